//! `mixed-hashes`: hash-checking mode is on and a requirement cannot be checked.

use super::detached_hashes;
use crate::audit::{Context, Findings, Scope};
use crate::finding::Location;
use crate::model::{InstallOption, Line, Requirement};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::FileId;
use crate::tree::{HashLine, HashVerdict, Project, Run};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements without a usable hash in a run that is in hash-checking mode.
    /// One `--hash` anywhere switches the mode on for all files that are installed together.
    ///
    /// ## Why it matters
    ///
    /// pip refuses the whole install when one requirement has no hash.
    /// The usual way out under pressure is to drop the hashes, and with them the only check of what is downloaded.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// flask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// flask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is never handed to pip as it is, but to a tool that fills in the missing hashes.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "mixed-hashes": "requirement without a hash among hashed ones",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// From so many on, a full audit says it once a file.
const MANY: usize = 10;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    // Of requirements whose hashes stand in the wrong place `detached-hashes` says what happens, and mends it.
    let mut told: Set<Location> =
        if context.runs(&detached_hashes::RULE) { detached_hashes::owners(project) } else { Set::new() };
    for run in &project.runs {
        let Some(mode) = run.hash_mode.as_ref().filter(|mode| mode.on) else { continue };
        let mut by_file: Map<FileId, Vec<(&HashLine, &Requirement)>> = Map::new();
        for row in mode.lines.iter().filter(|row| !row.verdict.is_ok() && row.verdict != HashVerdict::Unreadable) {
            let Some(requirement) = line_of(project, row).and_then(Line::requirement) else { continue };
            if told.insert(Location { file: row.file, span: requirement.span }) {
                by_file.entry(row.file).or_default().push((row, requirement));
            }
        }
        let switch = switched_on_by(project, run);
        for (file, rows) in by_file {
            let shown = if context.scope == Scope::Full && rows.len() >= MANY { 1 } else { rows.len() };
            for (row, requirement) in rows.iter().take(shown) {
                let name = code(&requirement.label());
                let (mut why, help) = explain(row.verdict);
                let others = format!("{why}, nor have {} more requirements of this file", rows.len() - 1);
                if shown < rows.len() {
                    why = &others;
                }
                let message = format!("{name} {why}, and hash-checking mode is on: pip refuses the whole install");
                let primary = Location { file, span: requirement.span };
                let mut finding = findings.finding(primary, requirement.subject(), message).help(help);
                if let Some((location, label)) = &switch {
                    finding = finding.related(*location, label);
                }
                findings.push(finding);
            }
        }
    }
}

fn line_of<'a>(project: &'a Project, row: &HashLine) -> Option<&'a Line> {
    project.document(row.file)?.lines.get(row.line)
}

fn explain(verdict: HashVerdict) -> (&'static str, &'static str) {
    match verdict {
        HashVerdict::Editable => {
            ("is editable, which no hash can check", "Install it in a step of its own, without hashes")
        }
        HashVerdict::Vcs => (
            "comes from version control, which no hash can check",
            "Install it in a step of its own, or depend on a released distribution",
        ),
        HashVerdict::Directory => {
            ("is a local directory, which no hash can check", "Install it in a step of its own, without hashes")
        }
        HashVerdict::Unpinned => (
            "has neither a hash nor an exact version",
            "Lock the file again with hashes, for example by `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`",
        ),
        _ => (
            "has no hash",
            "Lock the file again with hashes, for example by `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`",
        ),
    }
}

/// What switched the mode on: the option, or the first hash.
fn switched_on_by(project: &Project, run: &Run) -> Option<(Location, String)> {
    if let Some(location) = run.options.require_hashes {
        return Some((location, format!("`{}` asks for hashes", InstallOption::RequireHashes.flag())));
    }
    let (file, line) = run.hash_mode.as_ref()?.by.first()?;
    let hash = project.document(*file)?.lines.get(*line)?.requirement()?.hashes.first()?;
    Some((Location { file: *file, span: hash.span }, "a hash here switches the mode on".to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn every_requirement_of_the_run_counts_across_files() {
        check(
            "mixed-hashes",
            "==> requirements.txt <==\n-r base.txt\na==1 --hash=sha256:00\n==> base.txt <==\nb>=1\n^^^^ mixed-hashes: neither a hash nor\n",
        );
    }

    #[test]
    fn a_file_that_hardly_has_hashes_is_one_finding() {
        let names = || (0..12).map(|n| format!("p{n:02}==1"));
        let many = names().collect::<Vec<_>>().join("\n");
        let once = many.replacen('\n', "\n^^^^^^ mixed-hashes: 11 more\n", 1);
        check("mixed-hashes", &format!("a==1 --hash=sha256:00\n{once}\n"));
        let each = names().map(|line| format!("{line}\n^^^^^^ mixed-hashes")).collect::<Vec<_>>().join("\n");
        let base = "==> base/r.txt <==\na==1 --hash=sha256:00\n==> r.txt <==\na==1 --hash=sha256:00\n";
        check("mixed-hashes", &format!("{base}{each}\n"));
    }

    #[test]
    fn what_can_never_be_hashed_is_told_apart() {
        check(
            "mixed-hashes",
            "--require-hashes\na @ git+https://e.org/a@0123456789012345678901234567890123456789\n\
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ mixed-hashes: version control\n",
        );
    }

    #[test]
    fn a_hash_in_a_constraint_or_a_url_is_enough() {
        check(
            "mixed-hashes",
            "==> requirements.txt <==\n-c constraints.txt\na==1\nb @ https://e.org/b.zip#sha256=00\n==> constraints.txt <==\na==1 --hash=sha256:00\n",
        );
    }

    #[test]
    fn files_without_hashes_are_another_rules_matter() {
        check("mixed-hashes", "a==1\nb==2\n");
    }

    #[test]
    fn hashes_in_the_wrong_place_are_another_rules_matter() {
        check(
            "*",
            "==> pychain.toml <==\n==> r.txt <==\na==1 \\\n    # note\n    ^^^^^^ detached-hashes: pip ignores a hash here, and so refuses the whole install\n\
             \x20   --hash=sha256:7d5d0167b2b1ba821647616af46a749d1c653740dd0d2415100fe26e27afdf41\n\
             b==1 --hash=sha256:7d5d0167b2b1ba821647616af46a749d1c653740dd0d2415100fe26e27afdf41\n",
        );
    }
}
