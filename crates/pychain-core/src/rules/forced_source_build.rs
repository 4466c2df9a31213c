//! `forced-source-build`: the install runs the build code of what it downloads.

use super::direct_reference;
use super::support::{is_input, list, runs_of};
use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::model::{InstallOption, Source};
use crate::name::normalize;
use crate::order::Set;
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Project;
use crate::url::is_archive;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--no-binary`, wherever it acts (pip heeds it on the line of a requirement too, and then for the whole install), where no later `--only-binary` takes it back.
    /// With a low severity it also looks for direct references to an archive that is no wheel; where that has no hash, `direct-reference` says both.
    ///
    /// ## Why it matters
    ///
    /// To build a source distribution pip runs its `setup.py`, or the build backend that it names, with your rights, before anything of it is imported.
    /// What that build needs is downloaded as well, and no hash in the file checks it.
    /// A wheel is only unpacked.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --no-binary lxml
    /// lxml==5.3.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// --only-binary :all:
    /// lxml==5.3.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the wheels are what you do not trust, or when you build against libraries of your own, in a place where build code can do no harm.
    ///
    /// ## References
    ///
    /// - pip: [`--no-binary`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-no-binary)
    /// - pip: [Build system interface](https://pip.pypa.io/en/stable/reference/build-system/)
    "forced-source-build": "build from source forced",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    of_options(context, findings);
    let project = context.project;
    // Of an archive without a hash `direct-reference` says that it is built, too.
    let told: Set<Location> = if context.runs(&direct_reference::RULE) {
        direct_reference::archives_without_a_hash(project).map(|(entry, _)| entry.location()).collect::<Set<_>>()
    } else {
        Set::new()
    };
    for entry in project.requirements().filter(|entry| !is_input(project, entry.document.file)) {
        let requirement = entry.requirement;
        let url = match &requirement.source {
            Source::Url(url) if !url.is_vcs() => url,
            Source::Path(path) => &path.url,
            _ => continue,
        };
        if url.is_wheel() || !is_archive(&url.path) || told.contains(&entry.location()) {
            continue;
        }
        let message =
            format!("{} comes as a source archive: its build code runs during the install", code(&requirement.label()));
        let finding = findings
            .finding(entry.at(url.span), requirement.subject(), message)
            .help("Use a wheel of the same version, if there is one")
            .identified_by(url.redacted());
        findings.push(finding.at_most(Severity::Low));
    }
}

fn of_options(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for (document, _, used) in project.options(InstallOption::NoBinary) {
        let names: Vec<String> = used.value.value.split(',').map(normalize).filter(|name| name != ":none:").collect();
        let names: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| is_in_effect(project, document.file, name)).collect();
        if names.is_empty() {
            continue;
        }
        let what = if names.contains(&":all:") {
            "every project, also of those that no line names,".to_owned()
        } else {
            code(&list(names))
        };
        let place = Location { file: document.file, span: used.span };
        let subject = Subject::Option(format!("{} {}", used.option.flag(), used.value.value));
        let finding = findings.finding(
            place,
            subject,
            format!("{what} must be built from source: build code runs during the install"),
        );
        findings.push(finding.help("Remove the option, or use it only where build code can do no harm"));
    }
}

/// Whether a run that reads the file ends with the option in effect. A run that pip refuses stops anywhere.
fn is_in_effect(project: &Project, file: FileId, name: &str) -> bool {
    runs_of(project, file).any(|run| run.refused.is_some() || run.options.no_binary.contains(name))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_option_acts_from_any_line() {
        check(
            "forced-source-build",
            "==> r.txt <==\n-r b.txt --no-binary :all:\n         ^^^^^^^^^^^^^^^^^ forced-source-build: every project\n==> b.txt <==\na==1 --no-binary=A_b\n     ^^^^^^^^^^^^^^^ forced-source-build: `a-b`\n",
        );
    }

    #[test]
    fn what_is_taken_back_is_left_alone() {
        check("forced-source-build", "--no-binary a\n--only-binary :all:\n--no-binary :none:\n");
        check("forced-source-build", "--only-binary :all:\n--no-binary a\n^^^^^^^^^^^^^ forced-source-build\n");
    }

    #[test]
    fn source_archives_are_built_and_wheels_are_not() {
        check(
            "forced-source-build",
            "==> r.txt <==\na @ https://e.org/a.tar.gz#sha256=00\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ forced-source-build: `a` comes as\n\
             b @ https://e.org/b-1-py3-none-any.whl\nd @ https://e.org/d.zip\n./c.zip\n^^^^^^^ forced-source-build\n==> c.zip <==\n",
        );
    }

    #[test]
    fn an_option_that_was_there_is_not_this_changes_doing() {
        check(
            "forced-source-build",
            "==> base/r.txt <==\n--no-binary a\n==> r.txt <==\n--no-binary a\n--no-binary b\n^^^^^^^^^^^^^ forced-source-build\n",
        );
    }
}
