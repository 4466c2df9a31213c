//! `cargo xtask gen [--check]`: documentation that the program prints itself.
//!
//! `docs/rules/` is one page a rule and a table of them all. In README.md and in the pages of `docs/`
//! whatever stands between `<!-- generated:NAME -->` and `<!-- /generated -->` is the output of the
//! command that [`BLOCKS`] names, a table of action.yml, or the workflow to begin with.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{action, audit, run};

const RULES: &str = "docs/rules";
/// The least that a user must copy.
const WORKFLOW: &str = "examples/workflows/minimal.yml";
const OPEN: &str = "<!-- generated:";
const CLOSE: &str = "<!-- /generated -->";

/// What a marked block holds: the words after `pychain`, and the language of the fence.
const BLOCKS: &[(&str, &[&str], &str)] = &[
    ("audit", &["audit", audit::EXAMPLE], "text"),
    ("audit-json", &["audit", "--format", "json", audit::EXAMPLE], "json"),
    ("audit-markdown", &["audit", "--format", "markdown", audit::EXAMPLE], "markdown"),
    ("fix", &["audit", "--fix", "--diff", audit::EXAMPLE], "diff"),
    ("help", &["--help"], "text"),
    ("audit-help", &["audit", "--help"], "text"),
    ("rules", &["rules"], "text"),
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => bail!("usage: cargo xtask gen [--check]"),
    };
    // Once, so that the calls below only run it.
    run::status(&mut run::cargo(["build", "--quiet", "-p", "pychain"]))?;

    let mut wanted = rule_pages()?;
    for page in pages_with_blocks()? {
        let text = fs::read_to_string(run::root().join(&page)).with_context(|| page.display().to_string())?;
        wanted.insert(page.clone(), fill(&text).with_context(|| page.display().to_string())?);
    }

    let mut different = Vec::new();
    for (path, text) in &wanted {
        let full = run::root().join(path);
        if fs::read_to_string(&full).ok().as_deref() == Some(text) {
            continue;
        }
        different.push(path.display().to_string());
        if !check {
            fs::create_dir_all(full.parent().context("a page without a folder")?)?;
            fs::write(&full, text).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    // A rule that is gone leaves no page.
    for path in folder(RULES)?.into_iter().filter(|path| !wanted.contains_key(path)) {
        different.push(path.display().to_string());
        if !check {
            fs::remove_file(run::root().join(&path))?;
        }
    }
    if check {
        ensure!(
            different.is_empty(),
            "not what would be generated: {}\n\nhint: run `cargo xtask gen` and commit",
            different.join(", ")
        );
    } else {
        println!("{} files looked at, {} changed", wanted.len(), different.len());
    }
    Ok(())
}

fn pychain(words: &[&str]) -> Result<String> {
    let mut command = run::cargo(["run", "--quiet", "-p", "pychain", "--"]);
    command.args(words).env("NO_COLOR", "1").env("COLUMNS", "100");
    // 1 says that there are findings.
    run::output_with(&mut command, &[0, 1])
}

/// A page for each rule and the table of all, from core itself.
fn rule_pages() -> Result<BTreeMap<PathBuf, String>> {
    let printed = run::output(&mut run::cargo(["run", "--quiet", "--locked", "-p", "pychain-docs"]))?;
    let pages: BTreeMap<String, String> = serde_json::from_str(&printed).context("what pychain-docs prints")?;
    Ok(pages.into_iter().map(|(name, text)| (Path::new(RULES).join(name), text)).collect())
}

/// README.md and the hand-written pages of `docs/` that have a block.
fn pages_with_blocks() -> Result<Vec<PathBuf>> {
    let mut pages = folder("docs")?;
    pages.push(PathBuf::from("README.md"));
    pages.retain(|page| fs::read_to_string(run::root().join(page)).is_ok_and(|text| text.contains(OPEN)));
    Ok(pages)
}

/// The Markdown files of a folder, relative to the top of the repository; none where there is no folder.
fn folder(path: &str) -> Result<Vec<PathBuf>> {
    let full = run::root().join(path);
    if !full.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(&full)? {
        let name = PathBuf::from(entry?.file_name());
        if name.extension().is_some_and(|extension| extension == "md") {
            files.push(PathBuf::from(path).join(name));
        }
    }
    files.sort();
    Ok(files)
}

/// The text with each marked block filled anew.
fn fill(text: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once(OPEN) {
        let (name, after) = marked.split_once(" -->").context("a marker is not closed")?;
        let (_, tail) = after.split_once(CLOSE).with_context(|| format!("the block `{name}` has no end"))?;
        out.push_str(before);
        let _ = write!(out, "{OPEN}{name} -->\n{}{CLOSE}", block(name)?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn block(name: &str) -> Result<String> {
    match name {
        "inputs" | "outputs" => action::table(name),
        "workflow" => workflow(),
        _ => command(name),
    }
}

fn workflow() -> Result<String> {
    let text = fs::read_to_string(run::root().join(WORKFLOW)).context(WORKFLOW)?;
    Ok(format!("```yaml\n{text}```\n"))
}

fn command(name: &str) -> Result<String> {
    let (_, words, language) =
        BLOCKS.iter().find(|(block, ..)| *block == name).with_context(|| format!("there is no block `{name}`"))?;
    let output = pychain(words)?;
    let fence = "`".repeat(longest_run_of_backticks(&output).max(2) + 1);
    Ok(format!("{fence}{language}\n$ pychain {}\n{}\n{fence}\n", words.join(" "), output.trim_end()))
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_a_block_stays() {
        assert_eq!(fill("a\n<!-- b -->\n").expect("well-formed"), "a\n<!-- b -->\n");
    }

    #[test]
    fn a_broken_marker_is_an_error() {
        assert!(fill("<!-- generated:audit").is_err());
        assert!(fill("<!-- generated:audit -->\n").is_err());
        assert!(fill("<!-- generated:nothing -->\n<!-- /generated -->").is_err());
    }

    #[test]
    fn the_fence_is_longer_than_any_inside() {
        assert_eq!(longest_run_of_backticks("a `b` ````c"), 4);
        assert_eq!(longest_run_of_backticks("a"), 0);
    }
}
