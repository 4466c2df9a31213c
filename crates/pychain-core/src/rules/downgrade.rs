//! `downgrade`: the change pins an older version than before.

use std::cell::LazyCell;

use pep508_rs::pep440_rs::Version;

use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::order::Map;
use crate::prose::code;
use crate::requirement::typed;
use crate::text::FileId;
use crate::tree::{Entry, Locked, Project};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for pins that a change sets to an older version, in the order of PEP 440.
    /// A pin that is split by markers is no downgrade as long as one part keeps the version.
    /// In lock files the highest version of a project counts, because tools lock several where environments need them.
    ///
    /// ## Why it matters
    ///
    /// An older version lacks the fixes since, security fixes among them, and in a long diff it looks like an update.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// requests==2.32.3
    /// ==> requirements.txt <==
    /// requests==2.19.1
    /// ```
    ///
    /// ## Use instead
    ///
    /// Say in the change why the older version is needed, or keep the newer one.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// requests==2.32.3
    /// ==> requirements.txt <==
    /// requests==2.32.4
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the newer version is broken or compromised, and going back is the point.
    ///
    /// ## References
    ///
    /// - Python packaging: [Version ordering](https://packaging.python.org/en/latest/specifications/version-specifiers/#summary-of-permitted-suffixes-and-relative-ordering)
    "downgrade": "pin set to an older version",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let highest = LazyCell::new(|| highest(context.project));
    for (before, after) in context.changes.iter().filter_map(crate::diff::Change::both) {
        let (Some(old), Some(new)) = (before.requirement.pin(), after.requirement.pin()) else { continue };
        let (Some(old_version), Some(new_version)) = (typed::version(&old.version), typed::version(&new.version))
        else {
            continue;
        };
        let marker = |entry: &Entry<'_>| entry.requirement.marker.as_ref().map(ToString::to_string);
        let is_split = || {
            marker(before) != marker(after)
                && key(after).and_then(|key| highest.get(&key)).is_some_and(|highest| *highest >= old_version)
        };
        if new_version >= old_version || is_split() {
            continue;
        }
        let requirement = after.requirement;
        let message =
            format!("{} goes back from {} to {}", code(&requirement.label()), code(&old.version), code(&new.version));
        // The version of a wheel's URL is in its file name and has no place of its own.
        let span = if new.span.is_empty() { requirement.span } else { new.span };
        let finding = findings
            .finding(after.at(span), requirement.subject(), message)
            .help("Keep the newer version, or say why the older one is needed")
            .identified_by(format!("{old_version} {new_version}"));
        findings.push(finding);
    }
}

/// Locked packages, by the highest version of a project on each side: tools that lock for several
/// environments lock several versions.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut projects: Map<(FileId, &str), LockedPair<'_>> = Map::new();
    let none = LockedPair { before: None, after: None };
    // The pairs say which file of the base a file of the head was.
    let files: Map<FileId, FileId> = context
        .locked
        .iter()
        .filter_map(LockedPair::both)
        .map(|(before, after)| (before.document.file, after.document.file))
        .collect::<Map<_, _>>();
    for pair in context.locked {
        if let Some(after) = pair.after {
            let key = (after.document.file, after.package.name.normalized());
            higher(&mut projects.entry(key).or_insert(none).after, after);
        }
        if let Some(before) = pair.before
            && let Some(file) = files.get(&before.document.file)
        {
            let key = (*file, before.package.name.normalized());
            higher(&mut projects.entry(key).or_insert(none).before, before);
        }
    }
    for (before, after) in projects.values().filter_map(LockedPair::both) {
        let (old, new) = (before.package.version(), after.package.version());
        let Some((old_version, new_version)) = typed::version(old).zip(typed::version(new)) else { continue };
        if new_version >= old_version || !after.package.is_fetched() {
            continue;
        }
        let package = after.package;
        let message = format!("{} goes back from {} to {}", code(package.name.as_written()), code(old), code(new));
        let finding = findings
            .finding(after.at(package.place()), package.subject(), message)
            .help("Keep the newer version, or say why the older one is needed")
            .identified_by(format!("{old_version} {new_version}"));
        findings.push(finding);
    }
}

fn higher<'a>(slot: &mut Option<Locked<'a>>, locked: Locked<'a>) {
    let version = |locked: &Locked<'_>| typed::version(locked.package.version());
    if slot.is_none_or(|known| version(&known) < version(&locked)) {
        *slot = Some(locked);
    }
}

/// The highest pin of each project in each file.
fn highest(project: &Project) -> Map<(FileId, &str), Version> {
    let mut highest: Map<(FileId, &str), Version> = Map::new();
    for entry in project.requirements() {
        let version = entry.requirement.pin().and_then(|pin| typed::version(&pin.version));
        let Some((key, version)) = key(&entry).zip(version) else { continue };
        let known = highest.entry(key).or_insert_with(|| version.clone());
        if *known < version {
            *known = version;
        }
    }
    highest
}

fn key<'a>(entry: &Entry<'a>) -> Option<(FileId, &'a str)> {
    Some((entry.document.file, entry.requirement.name.as_ref()?.normalized()))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn versions_are_ordered_as_pep_440_orders_them() {
        check(
            "downgrade",
            "==> base/r.txt <==\na==1.10\nb==1.0\nc==1.0\nd==1.0.post1\ne==1!1\nf==1.0\n\
             ==> r.txt <==\na==1.9 \\\n ^^^^^ downgrade: from `1.10` to `1.9`\n  --hash=sha256:00\nb==1.0rc1\n ^^^^^^^^ downgrade\nc==1.0.0\nd==1.0\n ^^^^^ downgrade\ne==2\n ^^^ downgrade\nf==1.0+local\n",
        );
    }

    #[test]
    fn a_wheels_version_is_in_its_name() {
        check(
            "downgrade",
            "==> base/r.txt <==\nhttps://e.org/a-2-py3-none-any.whl\n==> r.txt <==\nhttps://e.org/a-1-py3-none-any.whl\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ downgrade\n",
        );
    }

    #[test]
    fn a_pin_that_is_split_by_markers_keeps_its_version() {
        check(
            "downgrade",
            "==> base/r.txt <==\na==2\n==> r.txt <==\na==1 ; python_version < '3.9'\na==2.1 ; python_version >= '3.9'\n",
        );
        check("downgrade", "==> base/r.txt <==\na==2\n==> r.txt <==\na==1 ; python_version < '3.9'\n ^^^ downgrade\n");
    }

    #[test]
    fn a_lock_file_goes_back_by_its_highest_version() {
        let package = |version: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            )
        };
        let change = |old: &str, new: &[&str]| {
            let new: String = new.iter().map(|version| package(version)).collect();
            format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{new}", package(old))
        };
        check("downgrade", &change("2", &["1", "2.1"]));
        let marked = change("2", &["1"]).replacen(
            "version = \"1\"\n",
            "version = \"1\"\n           ^ downgrade: `a` goes back from `2` to `1`\n",
            1,
        );
        check("downgrade", &marked);
    }

    #[test]
    fn ranges_and_new_names_have_no_version_to_go_back_from() {
        check("downgrade", "==> base/r.txt <==\na>=2\nb==2\n==> r.txt <==\na==1\nb>=1\nc==1\n");
    }
}
