//! `editable-install`: code that runs from where it lies, outside of what was installed.

use super::support::{hash_checked_files, is_input};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::model::{InstallOption, Section, Source};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `-e` in files that are not named for development (`requirements-dev.txt`, `tests/requirements.txt`, `docs/…`).
    ///
    /// ## Why it matters
    ///
    /// An editable install runs the files of a working directory: whoever can write there changes what runs, with no install in between.
    /// No hash can check it, and a file with one editable line cannot use hashes at all.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// -e git+https://git.example.org/acme/tools.git@4b825dc642cb6eb9a060e54bf8d69288fbee4904#egg=acme-tools
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// acme-tools @ git+https://git.example.org/acme/tools.git@4b825dc642cb6eb9a060e54bf8d69288fbee4904
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When only developers install from the file, whatever its name.
    /// Of a folder of the audited project it is only a note: its files are what is reviewed here.
    ///
    /// ## References
    ///
    /// - pip: [Local project installs](https://pip.pypa.io/en/stable/topics/local-project-installs/#editable-installs)
    "editable-install": "editable install outside of development",
    severity: Low, confidence: Medium, persona: Pedantic, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// Words in a path that say that nobody runs a service from what the file installs.
const DEVELOPMENT: [&str; 15] = [
    "ci",
    "dev",
    "develop",
    "development",
    "doc",
    "docs",
    "example",
    "examples",
    "lint",
    "local",
    "test",
    "testing",
    "tests",
    "tox",
    "typing",
];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    // There pip refuses it, and `mixed-hashes` says so.
    let checked = hash_checked_files(project);
    for entry in project.requirements().filter(|entry| entry.requirement.editable && entry.is_in(Section::is_pips)) {
        let file = entry.document.file;
        if is_for_development(project.file(file).path()) || is_input(project, file) || checked.contains(&file) {
            continue;
        }
        let requirement = entry.requirement;
        let used = entry.line.acting(InstallOption::Editable).next();
        let place = entry.at(used.map_or(requirement.span, |used| used.span));
        let message =
            format!("{} runs from a working directory that can change after the install", code(&requirement.label()));
        let finding = findings.finding(place, requirement.subject(), message);
        let finding = finding.help("Install it without `-e`, or move the line to a file for development");
        // The project's own files are what is under review anyway.
        let is_own = matches!(&requirement.source, Source::Path(_));
        findings.push(if is_own { finding.at_most(Severity::Info) } else { finding });
    }
}

fn is_for_development(path: &str) -> bool {
    path.to_lowercase().split(['/', '-', '_', '.']).any(|word| DEVELOPMENT.contains(&word))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_option_and_its_value_are_marked() {
        check(
            "editable-install",
            "==> r.txt <==\na\n-e . --config-settings x=y\n^^^^ editable-install\n--editable=git+https://e.org/b#egg=b\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ editable-install: `b` runs from\n==> setup.py <==\n",
        );
    }

    #[test]
    fn files_for_development_are_left_alone() {
        check(
            "editable-install",
            "==> requirements_dev.txt <==\n-e .\n==> docs/requirements.txt <==\n-e .\n==> r.txt <==\n.\n==> setup.py <==\n",
        );
    }

    #[test]
    fn where_hashes_are_checked_another_rule_speaks() {
        check("editable-install", "==> r.txt <==\n-e .\na==1 --hash=sha256:00\n==> setup.py <==\n");
    }
}
