//! Which project brings a module whose name is not the project's, read from wheels.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use pychain_core::name::normalize;

use crate::facts;

/// Modules that a wheel may hold beside what it is for, often by mistake.
const BESIDE: [&str; 21] = [
    "benchmarks",
    "build-backend",
    "cli",
    "config",
    "doc",
    "docs",
    "example",
    "examples",
    "integration",
    "integrations",
    "samples",
    "scripts",
    "setup",
    "src",
    "test",
    "tests",
    "tools",
    "util",
    "utils",
    "validate",
    "version",
];

/// Projects that bring the module of their own name and are meant by it, though a more popular one brings it as well.
const MEANT: [&str; 2] = ["cupy", "multipart"];

/// How many times as popular the project must be that a module of another one's name stands for.
const MUCH_MORE_POPULAR: u16 = 10;

/// Writes `MODULE<TAB>PROJECT` for the wheels in a folder: of several projects the most popular one.
///
/// Only a module that its project is known by counts: one that reads in the project's name, or one of at most three.
/// A module that is called like a project about as popular is left out, for whoever writes it means that one;
/// so is any such module of a wheel that has one of its own name.
pub(crate) fn run(wheels: &Path, out: &Path) -> Result<()> {
    let names = facts::names()?;
    let rank = |project: &str| names.ranked.find(project).map_or(u16::MAX, |name| names.ranked.rank(name));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut count = 0;
    for entry in fs::read_dir(wheels).with_context(|| wheels.display().to_string())? {
        let path = entry?.path();
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((project, _)) = file.strip_suffix(".whl").and_then(|stem| stem.split_once('-')) else { continue };
        let project = normalize(project);
        count += 1;
        let members = members(&fs::read(&path)?).with_context(|| path.display().to_string())?;
        let modules = modules(&members);
        let is_same = |module: &str| normalize(module).replace('-', "") == project.replace('-', "");
        let has_own = modules.iter().any(|module| is_same(module));
        for module in &modules {
            let name = normalize(module);
            let is_beside = BESIDE.contains(&name.as_str()) || name.split('-').any(|word| word.starts_with("test"));
            let is_known_by = modules.len() <= 3 || reads_in(&name, &project);
            let is_other_project =
                names.ranked.find(&name).is_some() && (has_own || rank(&name) / MUCH_MORE_POPULAR < rank(&project));
            let is_no_use =
                is_same(module) || MEANT.contains(&name.as_str()) || is_beside || !is_known_by || is_other_project;
            if is_no_use || names.standard_library.get(&name).is_some() {
                continue;
            }
            let better = found.get(&name).is_none_or(|known| (rank(&project), &project) < (rank(known), known));
            if better {
                found.insert(name, project.clone());
            }
        }
    }
    ensure!(count > 0, "there are no wheels in `{}`", wheels.display());
    let mut text = String::new();
    for (module, project) in &found {
        let _ = writeln!(text, "{module}\t{project}");
    }
    println!("{} modules of {count} wheels", found.len());
    fs::write(out, text).with_context(|| out.display().to_string())
}

/// Whether all letters of a module stand in the project's name in their order, as in `sklearn` and `scikit-learn`.
fn reads_in(module: &str, project: &str) -> bool {
    let mut rest = project.chars();
    module.chars().filter(|c| *c != '-').all(|wanted| rest.any(|c| c == wanted))
}

/// The importable names at the top of a wheel. A folder without `__init__` is shared by many projects and says nothing.
fn modules(members: &[String]) -> Vec<String> {
    let mut found: Vec<String> = members
        .iter()
        .filter_map(|member| {
            let path = member
                .split_once(".data/purelib/")
                .or_else(|| member.split_once(".data/platlib/"))
                .map_or(member.as_str(), |(_, path)| path);
            let module = match path.split_once('/') {
                Some((folder, "__init__.py")) => folder,
                Some(_) => return None,
                None => path
                    .strip_suffix(".py")
                    .or_else(|| path.ends_with(".so").then(|| path.split('.').next()).flatten())?,
            };
            let is_name = module.starts_with(|c: char| c.is_ascii_alphabetic())
                && module.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            is_name.then(|| module.to_owned())
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The names of a zip archive's members, from its central directory.
fn members(zip: &[u8]) -> Result<Vec<String>> {
    const END: &[u8] = b"PK\x05\x06";
    const MEMBER: &[u8] = b"PK\x01\x02";
    let number = |at: usize, length: usize| {
        let bytes = zip.get(at..at + length).context("cut short")?;
        Ok::<_, anyhow::Error>(bytes.iter().rev().fold(0usize, |number, byte| number << 8 | usize::from(*byte)))
    };
    let end = zip.windows(END.len()).rposition(|window| window == END).context("no zip archive")?;
    let (count, mut at) = (number(end + 10, 2)?, number(end + 16, 4)?);
    let mut found = Vec::with_capacity(count);
    for _ in 0..count {
        ensure!(zip.get(at..at + 4) == Some(MEMBER), "a broken central directory");
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        let bytes = zip.get(at + 46..at + 46 + name).context("cut short")?;
        found.push(String::from_utf8_lossy(bytes).into_owned());
        at += 46 + name + extra + comment;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_packages_files_and_extensions_at_the_top() {
        let members = [
            "cv2/__init__.py",
            "cv2/x.py",
            "six.py",
            "_yaml/__init__.py",
            "google/auth/__init__.py",
            "fast.cpython-312.so",
            "a.data/purelib/in_lib/__init__.py",
            "x-1.dist-info/RECORD",
        ];
        let members: Vec<String> = members.map(str::to_owned).to_vec();
        assert_eq!(modules(&members), ["cv2", "fast", "in_lib", "six"]);
    }

    #[test]
    fn a_project_is_known_by_what_reads_in_its_name() {
        assert!(reads_in("sklearn", "scikit-learn") && reads_in("bs4", "beautifulsoup4"));
        assert!(!reads_in("playhouse", "peewee"));
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(members(b"").is_err() && members(b"PK\x05\x06").is_err());
    }
}
