//! `no-require-hashes`: one line lifts the demand for hashes from the whole install.

use super::indexes::{Together, names};
use super::support::runs_of;
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Severity, Subject};
use crate::model::{InstallOption, LineKind};
use crate::tree::Project;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--no-require-hashes` in a requirements or constraints file, an included one too.
    ///
    /// ## Why it matters
    ///
    /// One `--hash` puts pip into hash-checking mode, in which it refuses whatever has none: a line that somebody adds, a dependency that nobody listed.
    /// This option switches the mode off for the whole install, whichever file it stands in.
    /// The hashes that are there are still checked; everything else is installed as it comes.
    ///
    /// pip knows the option since 26.2; older versions refuse the file for it, and so does uv.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --no-require-hashes
    /// flask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Give everything a hash, and install what can have none in a step of its own.
    ///
    /// ```requirements,good
    /// flask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Where no requirement has a hash the option changes nothing yet, and the severity is low.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "no-require-hashes": "hash-checking mode switched off",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    // Once a file is enough: the option knows no degrees.
    let mut told = None;
    for (document, line, used) in project.options(InstallOption::NoRequireHashes) {
        if !matches!(line.kind, LineKind::Options) {
            continue;
        }
        if told.replace(document.file) == Some(document.file) {
            continue;
        }
        let together = Together::with(context, document.file);
        let has_hashes = together.unhashed.len() < together.asked.len();
        let conflict = required(project, document.file);
        let (outcome, severity) = if context.config.installer == Installer::Uv {
            ("uv refuses the whole file for it".to_owned(), Severity::High)
        } else if conflict.is_some() {
            ("pip refuses the whole install, as another option asks for hashes".to_owned(), Severity::High)
        } else if !has_hashes {
            ("no requirement here has a hash yet".to_owned(), Severity::Low)
        } else if together.unhashed.is_empty() {
            ("a new line or an unlisted dependency needs no hash any more".to_owned(), Severity::High)
        } else {
            (format!("{} may be anything", names(&together.unhashed)), Severity::High)
        };
        let location = Location { file: document.file, span: used.span };
        let subject = Subject::Option(used.option.flag().to_owned());
        let message = format!("hash-checking mode is switched off for the whole install: {outcome}");
        let finding = findings
            .finding(location, subject, message)
            .help("Remove the option; install what can have no hash in a step of its own")
            .evidence("older versions", "pip before 26.2 does not know the option and refuses the file")
            .at_most(severity);
        findings.push(match conflict {
            Some(place) => finding.related(place, "this asks for hashes"),
            None => finding,
        });
    }
}

/// The `--require-hashes` of a run that reads the file.
fn required(project: &Project, file: crate::text::FileId) -> Option<Location> {
    runs_of(project, file).find_map(|run| run.options.require_hashes)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn an_included_file_switches_it_off_for_all() {
        check(
            "no-require-hashes",
            "==> r.txt <==\n-c constraints.txt\na==1 --hash=sha256:00\nb==1\n==> constraints.txt <==\n--no-req\n^^^^^^^^ no-require-hashes: `b` may be anything\n",
        );
    }

    #[test]
    fn everything_hashed_is_no_excuse() {
        check(
            "no-require-hashes",
            "--no-require-hashes\n^^^^^^^^^^^^^^^^^^^ no-require-hashes: unlisted dependency\na==1 --hash=sha256:00\n",
        );
    }

    #[test]
    fn both_options_exclude_each_other() {
        check(
            "no-require-hashes",
            "--require-hashes\n--no-require-hashes\n^^^^^^^^^^^^^^^^^^^ no-require-hashes: pip refuses the whole install\na==1 --hash=sha256:00\n",
        );
    }

    #[test]
    fn where_it_does_nothing_it_is_left_alone() {
        check("no-require-hashes", "a==1 --no-require-hashes\n");
    }

    #[test]
    fn a_change_that_adds_it_is_told() {
        check(
            "no-require-hashes",
            "==> base/r.txt <==\na==1 --hash=sha256:00\n==> r.txt <==\na==1 --hash=sha256:00\n--no-require-hashes\n^^^^^^^^^^^^^^^^^^^ no-require-hashes\n",
        );
    }
}
