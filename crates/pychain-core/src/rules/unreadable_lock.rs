//! `unreadable-lock`: a lock file that its tool refuses, so that nothing in it is checked.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::model::LockFormat;
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for lock files that are no TOML or JSON, or that miss what their format demands.
    ///
    /// ## Why it matters
    ///
    /// What cannot be read can be neither installed nor reviewed.
    /// Most often a merge left its marks; a file that is broken on purpose would pass every check that looks inside.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    /// <<<<<<< HEAD
    /// revision = 3
    /// ```
    ///
    /// ## Use instead
    ///
    /// Let the tool write the file again.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is a template or the test data of another tool; then exclude it.
    /// Readers of `pylock.toml` differ in how strict they are, so there a breach of the specification is of medium severity.
    ///
    /// ## References
    ///
    /// - Python packaging: [`pylock.toml` Specification](https://packaging.python.org/en/latest/specifications/pylock-toml/)
    "unreadable-lock": "lock file that its tool refuses",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (document, lock) in context.project.locks() {
        let path = context.project.file(document.file).path();
        let mut told = Set::new();
        for error in lock.errors.iter().filter(|error| told.insert(error.message.as_str())) {
            let message = match lock.format {
                LockFormat::Pylock => format!("{} breaks its specification: {}", code(path), error.message),
                // What could be read, Pipenv takes as well.
                LockFormat::Pipfile if !lock.packages.is_empty() => {
                    format!("{} is not as Pipenv writes it: {}", code(path), error.message)
                }
                _ => format!("{} refuses {}: {}", lock.format.tool(), code(path), error.message),
            };
            let place = Location { file: document.file, span: error.span };
            let finding = findings
                .finding(place, Subject::File(path.to_owned()), message)
                .help("Write the file anew with the tool that it belongs to")
                .identified_by(error.message.as_str());
            let is_spec = lock.format == LockFormat::Pylock && !lock.packages.is_empty();
            findings.push(if is_spec { finding.at_most(Severity::Medium) } else { finding });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn every_format_says_where() {
        check(
            "unreadable-lock",
            "==> a/poetry.lock <==\n[[package]]\nname = \"a\n        ^ unreadable-lock: Poetry refuses `a/poetry.lock`\n==> Pipfile.lock <==\n{\"default\": {],}\n             ^ unreadable-lock: Pipenv refuses\n\
             ==> pdm.lock <==\n[[package]]\n^^^^^^^^^^^ unreadable-lock: PDM refuses `pdm.lock`: this package has no `name`\nversion = \"1\"\n",
        );
    }

    #[test]
    fn what_pipenv_would_hand_to_pip_as_more_than_a_value_is_told() {
        check(
            "unreadable-lock",
            "==> Pipfile.lock <==\n{\"default\": {\"a\": {\"version\": \"==1\\n-i https://e.org\"},\n                               ^^^^^^^^^^^^^^^^^^^^^ unreadable-lock: not as Pipenv writes it: this version\n\"b\": {\"version\": \"==1\", \"markers\": \"os_name == 'nt' and python_version > '3'\"}}}\n",
        );
    }

    #[test]
    fn what_a_requirements_file_includes_is_read_as_pip_reads_it_too() {
        let fixture = "==> requirements.txt <==\n-r poetry.lock\n==> poetry.lock <==\nclick\n^^^^^ ";
        check("unpinned-requirement", &format!("{fixture}unpinned-requirement\n"));
        check(
            "unreadable-lock",
            "==> requirements.txt <==\n-r poetry.lock\n==> poetry.lock <==\nclick\n    ^ unreadable-lock\n",
        );
    }

    #[test]
    fn a_broken_file_hides_nothing_in_the_others() {
        check(
            "unhashed-file",
            "==> uv.lock <==\n!\n==> b/poetry.lock <==\n[[package]]\nname = \"a\"\n        ^ unhashed-file\nversion = \"1\"\nfiles = []\n",
        );
    }
}
