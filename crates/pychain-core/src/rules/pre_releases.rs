//! `pre-releases`: versions that their own authors call unfinished are taken.

use super::support::{hash_checked_files, is_input, list, runs_of};
use crate::audit::{Context, Findings};
use crate::finding::{Severity, Subject};
use crate::format::detect::named_role;
use crate::model::{InstallOption, Role};
use crate::name::normalize;
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Project;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--pre` and `--all-releases`, where no later `--only-final` takes them back, and for the settings that mean the same: `PIP_PRE`, `UV_PRERELEASE=allow`, `pip_pre` of tox, `pre` in `pip.conf`.
    /// The option of a command line is left alone: who types it means what stands beside it.
    ///
    /// ## Why it matters
    ///
    /// `--pre` holds for every project of the install, those that nobody named included.
    /// A pre-release has had fewer eyes than a release, and replaces it in every range that it fits.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --pre
    /// black
    /// ```
    ///
    /// ## Use instead
    ///
    /// Name the one pre-release that you need; pip then takes it without the option.
    ///
    /// ```requirements,good
    /// black==24.1a1
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is there to test against what comes next.
    /// Inputs of pip-compile (`.in`) are left alone: what is locked from them is pinned.
    ///
    /// ## References
    ///
    /// - pip: [Pre-release versions](https://pip.pypa.io/en/stable/cli/pip_install/#pre-release-versions)
    "pre-releases": "pre-releases allowed",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let checked = hash_checked_files(project);
    for option in [InstallOption::Pre, InstallOption::AllReleases] {
        // What is locked from an input is pinned, pre-release or not.
        for (document, line, used) in project.options(option).filter(|(document, ..)| !is_input(project, document.file))
        {
            let value = if option == InstallOption::Pre { ":all:" } else { used.value.value.as_str() };
            let names: Vec<String> = value.split(',').map(normalize).filter(|name| name != ":none:").collect();
            let names: Vec<&str> =
                names.iter().map(String::as_str).filter(|name| is_in_effect(project, document.file, name)).collect();
            if names.is_empty() {
                continue;
            }
            let (what, severity) = if names.contains(&":all:") {
                ("every project, also of those that no line names".to_owned(), Severity::Medium)
            } else {
                (code(&list(names)), Severity::Low)
            };
            let subject = format!("{} {}", option.flag(), used.value.value);
            let mut finding = findings
                .finding(
                    crate::finding::Location { file: document.file, span: used.span },
                    Subject::Option(subject.trim_end().to_owned()),
                    format!("pre-releases are taken of {what}"),
                )
                .help("Remove the option, and pin the pre-release that you need")
                .at_most(severity);
            // Tests against what comes next are told to take it.
            if document.is_of_command(line) && named_role(document.source.path()) != Role::Settings {
                finding = finding.at_most(Severity::Low);
            }
            if checked.contains(&document.file) {
                finding = finding.at_most(Severity::Info).evidence("note", "hashes decide what is installed");
            }
            findings.push(finding);
        }
    }
}

/// Whether a run that reads the file ends with the option in effect. A run that pip refuses stops anywhere.
fn is_in_effect(project: &Project, file: FileId, name: &str) -> bool {
    runs_of(project, file).any(|run| run.refused.is_some() || run.options.all_releases.contains(name))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_option_is_found_wherever_it_acts() {
        check(
            "pre-releases",
            "==> r.txt <==\n-r b.txt\na --all-releases b,C.c\n  ^^^^^^^^^^^^^^^^^^^^ pre-releases: of `b, c-c`\n\
             ==> b.txt <==\n--pre\n^^^^^ pre-releases: every project\na\n",
        );
    }

    #[test]
    fn variables_and_settings_are_read() {
        check(
            "pre-releases",
            "==> x.sh <==\nexport PIP_PRE=1\n               ^ pre-releases: every project\npip install a==1\nPIP_PRE=0 pip install b==1\nUV_PRERELEASE=if-necessary uv sync\nUV_PRERELEASE=allow uv sync\n              ^^^^^ pre-releases\n\
             ==> tox.ini <==\n[testenv]\npip_pre = true\n          ^^^^ pre-releases\ndeps = a\n[testenv:b]\npip_pre = false\n\
             ==> tox.toml <==\n[env_run_base]\npip_pre = true\n          ^^^^ pre-releases\ndeps = [\"a\"]\n\
             ==> pip.conf <==\n[global]\npre = yes\n      ^^^ pre-releases\n",
        );
    }

    #[test]
    fn what_is_taken_back_or_does_nothing_is_left_alone() {
        check("pre-releases", "--pre\na\n--only-final :all:\n");
        check("pre-releases", "a --pre\nb==1rc1\n--all-releases :none:\n");
        check("pre-releases", "==> r.in <==\n--pre\na\n");
    }

    #[test]
    fn one_file_is_not_excused_by_another() {
        check("pre-releases", "==> a.txt <==\n--pre\n^^^^^ pre-releases\na\n==> b.txt <==\n--only-final :all:\nb\n");
    }
}
