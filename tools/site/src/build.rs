//! Names each file after its content, so that it may be kept for ever, and mends the references.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::pack;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::rules;
use sha2::{Digest as _, Sha256};

use crate::bind::Engine;

/// The page itself, which keeps its name: people and the service worker know it by that.
pub const PAGE: &str = "index.html";
/// The service worker, which keeps its name too: the browser looks there for a new version.
pub const SERVICE_WORKER: &str = "sw.js";
/// The full list of names, which is loaded when there is time and kept apart.
pub const NAMES: &str = "names.bin";
/// The manuals of the rules, which the page reads when somebody wants one.
pub const MANUALS: &str = "manuals.txt";

/// The bound script, which refers to nothing: it is told where its program lies.
const ENGINE: &str = "engine.js";
/// Files whose references are mended.
const TEXTS: [&str; 4] = ["html", "css", "js", "webmanifest"];
/// Digits of the hash in a name; they tell versions apart, nobody trusts them.
const DIGITS: usize = 16;

/// A site: file names and contents.
pub type Site = BTreeMap<String, Vec<u8>>;

/// The sources of the page by their plain names: `web/static`, the bound program, the lists of names, the manuals.
///
/// # Errors
///
/// Where the folder cannot be read.
pub fn sources(folder: &Path, engine: Engine) -> Result<Site> {
    let mut sources = Site::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().with_context(|| format!("{}", entry.path().display()))?;
        sources.insert(name, fs::read(entry.path()).with_context(|| entry.path().display().to_string())?);
    }
    let made = [
        (ENGINE, engine.script.into_bytes()),
        ("engine.wasm", engine.program),
        ("ranked.bin", ranked()?),
        ("words.bin", pychain_data::WORDS.to_vec()),
        (NAMES, pychain_data::INDEX.to_vec()),
        (MANUALS, rules::MANUALS.written().into_bytes()),
    ];
    for (name, content) in made {
        let twice = sources.insert(name.to_owned(), content).is_some();
        ensure!(!twice, "{name} is made, and cannot lie in {}", folder.display());
    }
    Ok(sources)
}

/// The most downloaded names as they travel; the worker packs them.
fn ranked() -> Result<Vec<u8>> {
    let names = RankedNames::new(pychain_data::RANKED).context("the ranked names")?;
    let index = NameFilter::new(pychain_data::INDEX).context("the index")?;
    let lines = pack::to_lines(&names, &index);
    ensure!(pack::from_lines(&lines)? == pychain_data::RANKED, "the ranked names are others when packed again");
    Ok(lines)
}

/// The site of the sources. A file that nobody refers to is left out: it is an error to have one.
///
/// # Errors
///
/// References to what is not there, to each other in a circle, or not at all.
pub fn site(sources: &Site) -> Result<Site> {
    let mut naming = Naming { sources, named: BTreeMap::new(), open: BTreeSet::new() };
    let page = naming.mended(PAGE)?;
    let unused: Vec<&str> = sources
        .keys()
        .map(String::as_str)
        .filter(|name| *name != PAGE && *name != SERVICE_WORKER && !naming.named.contains_key(*name))
        .collect();
    ensure!(unused.is_empty(), "nothing refers to: {}", unused.join(", "));

    let names = naming.named.get(NAMES).map(|(name, _)| name.clone());
    let mut site: Site = naming.named.into_values().collect();
    let service_worker = service_worker(sources, &site, names.as_deref(), &page)?;
    site.insert(SERVICE_WORKER.to_owned(), service_worker);
    site.insert(PAGE.to_owned(), page);
    Ok(site)
}

/// Writes a site into a folder, which then holds nothing else.
///
/// # Errors
///
/// Those of the file system.
pub fn write(site: &Site, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, content) in site {
        fs::write(folder.join(name), content).with_context(|| name.clone())?;
    }
    Ok(())
}

/// Names files after their contents, those first that others refer to.
struct Naming<'a> {
    sources: &'a Site,
    /// Plain name to name and content.
    named: BTreeMap<&'a str, (String, Vec<u8>)>,
    /// Files that are being mended, to see a circle.
    open: BTreeSet<&'a str>,
}

impl Naming<'_> {
    /// The name of a file with the hash of its content.
    fn name(&mut self, plain: &str) -> Result<String> {
        let (plain, _) = self.sources.get_key_value(plain).with_context(|| format!("there is no `{plain}`"))?;
        if let Some((name, _)) = self.named.get(plain.as_str()) {
            return Ok(name.clone());
        }
        ensure!(self.open.insert(plain), "`{plain}` refers to itself");
        let content = self.mended(plain)?;
        let (stem, extension) = plain.rsplit_once('.').with_context(|| format!("`{plain}` has no extension"))?;
        let name = format!("{stem}-{}.{extension}", hash(&content));
        self.named.insert(plain, (name.clone(), content));
        Ok(name)
    }

    /// The content of a file, with its references mended: each quoted `./NAME`.
    fn mended(&mut self, plain: &str) -> Result<Vec<u8>> {
        let content = self.sources.get(plain).with_context(|| format!("there is no `{plain}`"))?;
        if plain == ENGINE || !TEXTS.iter().any(|extension| plain.rsplit('.').next() == Some(*extension)) {
            return Ok(content.clone());
        }
        let text = str::from_utf8(content).with_context(|| format!("`{plain}` is not UTF-8"))?;
        let mut out = String::with_capacity(text.len() + 256);
        let mut rest = text;
        while let Some(at) = rest.find("./") {
            let (before, reference) = rest.split_at(at);
            out.push_str(before);
            out.push_str("./");
            rest = &reference[2..];
            let Some(quote) = before.chars().next_back().filter(|c| matches!(c, '"' | '\'')) else { continue };
            let Some(end) = rest.find(quote).filter(|end| *end > 0) else { continue };
            out.push_str(&self.name(&rest[..end]).with_context(|| format!("in `{plain}`"))?);
            rest = &rest[end..];
        }
        out.push_str(rest);
        Ok(out.into_bytes())
    }
}

/// The service worker, told what belongs to the page: all but the full list of names.
fn service_worker(sources: &Site, site: &Site, names: Option<&str>, page: &[u8]) -> Result<Vec<u8>> {
    let template = sources.get(SERVICE_WORKER).with_context(|| format!("there is no `{SERVICE_WORKER}`"))?;
    let template = str::from_utf8(template)?;
    let files: Vec<&str> = site.keys().map(String::as_str).filter(|name| Some(*name) != names).collect();
    let list = files.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    // All other files are in the page's by their hashes.
    let version = hash(&[page, template.as_bytes()].concat());
    for mark in ["{{version}}", "{{files}}"] {
        if template.matches(mark).count() != 1 {
            bail!("`{SERVICE_WORKER}` must have one {mark}");
        }
    }
    Ok(template.replace("{{version}}", &version).replace("{{files}}", &format!("[{list}]")).into_bytes())
}

fn hash(content: &[u8]) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(content) {
        let _ = write!(out, "{byte:02x}");
    }
    out.truncate(DIGITS);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Site {
        let worker = ("sw.js", "'{{version}}' {{files}}");
        files.iter().chain([&worker]).map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn text<'a>(site: &'a Site, start: &str) -> &'a str {
        let (_, content) = site.iter().find(|(name, _)| name.starts_with(start)).expect(start);
        str::from_utf8(content).expect("text")
    }

    #[test]
    fn a_change_below_changes_every_name_above() {
        let of = |leaf: &str| {
            let files = [("index.html", "<script src=\"./a.js\">"), ("a.js", "import './b.js'"), ("b.js", leaf)];
            site(&sources(&files)).expect("a site")
        };
        let (one, other) = (of("1"), of("2"));
        assert_eq!(one.len(), 4);
        assert!(one.keys().filter(|name| name.contains('-')).all(|name| !other.contains_key(name)), "{other:?}");
        assert_ne!(text(&one, "sw.js"), text(&other, "sw.js"));
        assert_eq!(one, of("1"));
        let (b, _) = one.iter().find(|(name, _)| name.starts_with("b-")).expect("b");
        assert_eq!(text(&one, "a-"), format!("import './{b}'"));
    }

    #[test]
    fn the_service_worker_lists_all_but_the_names() {
        let files = [("index.html", "'./a.css' './names.bin'"), ("a.css", "a{}"), ("names.bin", "x")];
        let site = site(&sources(&files)).expect("a site");
        let worker = text(&site, "sw.js");
        assert!(worker.contains("['a-") && !worker.contains("names-") && !worker.contains("{{"), "{worker}");
    }

    #[test]
    fn only_quoted_references_are_mended() {
        let files = [("index.html", "see ./a.css or https://x.example/./y './a.css' './'"), ("a.css", "")];
        let site = site(&sources(&files)).expect("a site");
        assert!(text(&site, "index").starts_with("see ./a.css or https://x.example/./y './a-"));
    }

    #[test]
    fn the_ranked_names_survive_the_way() {
        let lines = ranked().expect("the names");
        assert!(lines.starts_with(b"20") && lines.len() < pychain_data::RANKED.len());
        assert!(pack::from_lines(&lines[..lines.len() - 1]).is_err() && pack::from_lines(b"").is_err());
    }

    #[test]
    fn what_cannot_be_is_said() {
        let wrong = |files: &[(&str, &str)], what: &str| {
            let error = format!("{:#}", site(&sources(files)).expect_err(what));
            assert!(error.contains(what), "{error}");
        };
        wrong(&[("index.html", "'./b.js'")], "there is no `b.js`");
        wrong(&[("index.html", "'./a.js'"), ("a.js", "'./a.js'")], "`a.js` refers to itself");
        wrong(&[("index.html", ""), ("a.js", "")], "nothing refers to: a.js");
    }
}
