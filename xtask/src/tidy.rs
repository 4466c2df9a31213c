//! Invariants of the source text that no compiler holds: what a file says first, what core may name,
//! and in which order core's modules may know each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run;

/// Core's modules from the ground up; each may use those of its own layer and of layers before it.
/// `docs/architecture.md` says what they hold.
const LAYERS: &[&[&str]] = &[
    &["order"],
    &["text"],
    &["name", "digest", "prose", "patch"],
    &["url"],
    &["requirement"],
    &["model"],
    &["format"],
    &["tree"],
    &["diff"],
    &["knowledge"],
    &["confusable"],
    // A knot, and meant: a finding names its rule, a rule is a value that holds its check, a check
    // takes the audit's context and gives findings, configuration names rules, a manual page says which policy
    // has its rule on, what a name resolves to depends on the configured installer, the audit makes the report, the
    // report explains rules.
    &["finding", "rule", "rules", "config", "resolution", "manual", "audit", "report"],
    &["fix"],
];

/// Uses against the order, as (who, whom, why).
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("model", "finding", "a requirement names itself as a finding's `Subject`, plain data"),
    ("tree", "finding", "`Location` is a file and a span, plain data"),
];

/// Modules of the standard library that core may not name at all.
const NOT_IN_CORE: [&str; 6] = ["std::env::", "std::fs", "std::net::Tcp", "std::process", "std::thread", "std::time"];

/// A source file with its text; tests at its end are cut off.
struct Source {
    path: PathBuf,
    text: String,
}

fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&run::root().join(folder), &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            found.push(Source { path, text });
        }
    }
}

/// What is compiled into the library: no tests, no comments.
fn code(source: &Source) -> Vec<&str> {
    if ["tests.rs", "testing.rs"].iter().any(|name| source.path.ends_with(name)) {
        return Vec::new();
    }
    let text = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// The top-level module of core that a file belongs to; none for `lib.rs`.
fn module_of(path: &Path) -> Option<String> {
    let below = path.strip_prefix(run::root().join("crates/pychain-core/src")).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then(|| name.to_owned())
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The modules that a line names as `crate::MODULE`, whatever follows.
fn uses(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn every_source_file_says_first_what_it_is_for() {
    for folder in ["crates", "tools", "xtask", "fuzz"] {
        for source in sources(folder) {
            let first = source.text.lines().next().unwrap_or_default();
            assert!(first.starts_with("//! ") && first.len() > 12, "{}: {first}", source.path.display());
        }
    }
}

#[test]
fn modules_of_core_use_only_what_lies_below_them() {
    let mut used: BTreeSet<&(&str, &str, &str)> = BTreeSet::new();
    for source in sources("crates/pychain-core/src") {
        let Some(module) = module_of(&source.path) else { continue };
        if code(&source).is_empty() {
            continue;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("module `{module}` has no layer"));
        for other in code(&source).into_iter().flat_map(uses).filter(|other| *other != module) {
            // A macro of the crate, such as `crate::declare_rule!`, belongs to no module.
            let Some(theirs) = layer(other) else { continue };
            let exception = EXCEPTIONS.iter().find(|(who, whom, _)| (*who, *whom) == (&*module, other));
            used.extend(exception);
            assert!(
                theirs <= own || exception.is_some(),
                "{}: `{module}` may not use `{other}`, which lies above it",
                source.path.display()
            );
        }
    }
    let unused: Vec<_> = EXCEPTIONS.iter().filter(|exception| !used.contains(exception)).collect();
    assert!(unused.is_empty(), "no longer needed: {unused:?}");
}

#[test]
fn core_names_nothing_of_the_world() {
    for source in sources("crates/pychain-core/src") {
        for (line, name) in code(&source).into_iter().flat_map(|line| NOT_IN_CORE.map(|name| (line, name))) {
            assert!(!line.contains(name), "{}: {line}", source.path.display());
        }
    }
}

#[test]
fn a_use_is_seen_wherever_it_stands() {
    let line = "use crate::model::Line; let a: crate::tree::Run = crate::rules::RULES;";
    assert_eq!(uses(line).collect::<Vec<_>>(), ["model", "tree", "rules"]);
    assert_eq!(uses("pub(crate) fn a()").count(), 0);
}
