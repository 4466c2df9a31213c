//! `allowed-source-build`: nothing keeps the install from running build code.

use super::support::is_input;
use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};
use crate::model::{Line, Section, Source};
use crate::prose::code;
use crate::tree::{Project, Role, Run};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files that pip installs from without `--only-binary :all:`, in the file or in one that it includes.
    /// It says so once for what is installed together.
    ///
    /// ## Why it matters
    ///
    /// Where an index has no wheel that fits, pip takes the source distribution and runs its `setup.py`, or the build backend that it names, with your rights.
    /// Whoever can hide or withhold a wheel can make that happen, and the dependencies of the build are not checked against any hash in the file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// --only-binary :all:
    /// click==8.1.7
    /// ```
    ///
    /// Projects that publish no wheels can be let through by name, with `--no-binary NAME`.
    ///
    /// ## When it is wrong
    ///
    /// When the option is given on the command line, in pip's configuration or as `PIP_ONLY_BINARY`: none of those is in the file.
    ///
    /// ## References
    ///
    /// - pip: [`--only-binary`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-only-binary)
    "allowed-source-build": "build from source allowed",
    severity: Low, confidence: Medium, persona: Auditor, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for run in project.runs.iter().filter(|run| run.role == Role::Requirements && !is_input(project, run.root)) {
        // `forced-source-build` speaks of `--no-binary :all:`.
        if run.options.no_binary.contains(":all:") || !may_build(project, run) {
            continue;
        }
        // A list that a build reads takes no options.
        let document = project.document(run.root).filter(|document| document.has_section(Section::demands_pins));
        let Some(line) = document.and_then(|document| document.lines.first()) else { continue };
        let path = project.file(run.root).path();
        let message = format!("installing from {} may run build code: no `--only-binary :all:` forbids it", code(path));
        let span = line.requirement().map_or(line.span, |requirement| requirement.span);
        let place = Location { file: run.root, span };
        let finding = findings.finding(place, Subject::File(path.to_owned()), message);
        findings.push(finding.help("Add a line `--only-binary :all:`"));
    }
}

/// Whether a requirement by name may come as a source distribution.
fn may_build(project: &Project, run: &Run) -> bool {
    let only = &run.options.only_binary;
    !only.contains(":all:")
        && run.entries.iter().filter(|entry| !entry.constraint).any(|entry| {
            let line = entry.line.and_then(|line| project.document(entry.file)?.lines.get(line));
            line.and_then(Line::requirement).is_some_and(|requirement| {
                matches!(requirement.source, Source::Index)
                    && requirement.name.as_ref().is_some_and(|name| !only.contains(name.normalized()))
            })
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn it_is_said_once_at_the_beginning_of_the_root() {
        check(
            "allowed-source-build",
            "==> r.txt <==\n# c\n-r b.txt  # c\n^^^^^^^^ allowed-source-build: from `r.txt`\n==> b.txt <==\na==1\nb==1\n",
        );
    }

    #[test]
    fn the_option_holds_for_all_that_is_read_together() {
        check(
            "allowed-source-build",
            "==> r.txt <==\n-r b.txt\n==> b.txt <==\na==1\n--only-binary :all:\n--no-binary b\n",
        );
        check("allowed-source-build", "A_a==1 --only-binary a-a,b\nb==1\n");
        check("allowed-source-build", "a==1\n^^^^ allowed-source-build\n--only-binary b\n");
    }

    #[test]
    fn files_that_install_nothing_by_name_are_left_alone() {
        check(
            "allowed-source-build",
            "==> constraints.txt <==\na==1\n==> r.in <==\na\n==> s.txt <==\na @ https://e.org/a.zip\n--no-binary b\n",
        );
    }

    #[test]
    fn a_list_that_a_build_reads_takes_no_options() {
        check(
            "allowed-source-build",
            "==> setup.cfg <==\n[options]\ninstall_requires = file: r.txt\n==> r.txt <==\na\n",
        );
    }

    #[test]
    fn forced_builds_are_another_rules_matter() {
        check("allowed-source-build", "--no-binary :all:\na==1\n");
    }

    #[test]
    fn a_change_that_takes_the_option_away_is_told() {
        check(
            "allowed-source-build",
            "==> base/r.txt <==\n--only-binary :all:\na==1\n==> r.txt <==\na==1\n^^^^ allowed-source-build\n==> base/s.txt <==\na==1\n==> s.txt <==\na==2\n",
        );
    }
}
