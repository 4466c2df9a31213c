//! `unpinned-command`: a command installs whatever version is the newest on the day.

use crate::audit::{Context, Findings, Scope};
use crate::finding::{Finding, Subject};
use crate::model::{Purpose, Source};
use crate::order::Map;
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for projects that a command of a workflow, an image, a script or a hook installs by name without an exact version.
    /// A full audit says it once a file; a review of a change says it of each command.
    ///
    /// ## Why it matters
    ///
    /// Such a command installs a release minutes after somebody has published it, on a machine that may hold secrets.
    /// The hijacked releases of recent years were online for minutes to hours.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> Dockerfile <==
    /// FROM python:3.13
    /// RUN pip install gunicorn
    /// ```
    ///
    /// ## Use instead
    ///
    /// Name the version, or install from a file with hashes.
    ///
    /// ```requirements,good
    /// ==> Dockerfile <==
    /// FROM python:3.13
    /// RUN pip install gunicorn==23.0.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Where the newest version is what is wanted, as in a job that tries it out.
    ///
    /// ## References
    ///
    /// - pip: [Repeatable installs](https://pip.pypa.io/en/stable/topics/repeatable-installs/)
    "unpinned-command": "command that installs any version",
    severity: Low, confidence: High, persona: Pedantic, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut files: Map<FileId, Vec<Entry<'_>>> = Map::new();
    for entry in context.project.requirements().filter(is_loose) {
        files.entry(entry.document.file).or_default().push(entry);
    }
    for (file, entries) in files {
        match (context.scope_of(file), entries.as_slice()) {
            (Scope::Full, [first, rest @ ..]) if !rest.is_empty() => {
                let path = context.project.file(file).path();
                let message = format!(
                    "{} and {} more that commands in {} install may be any version",
                    code(&first.requirement.label()),
                    rest.len(),
                    code(path)
                );
                let subject = Subject::File(path.to_owned());
                findings.push(findings.finding(first.location(), subject, message).help(HELP));
            }
            (_, entries) => entries.iter().for_each(|entry| findings.push(of_entry(findings, entry))),
        }
    }
}

const HELP: &str = "Name the version with `==`, or install from a requirements file with hashes";

fn is_loose(entry: &Entry<'_>) -> bool {
    let requirement = entry.requirement;
    let is_pinned = matches!(&*requirement.specifiers, [only] if only.operator == "===");
    entry.is_in(|section| section.purpose == Purpose::Command)
        && matches!(requirement.source, Source::Index)
        && requirement.pin().is_none()
        && !is_pinned
}

fn of_entry(findings: &Findings<'_>, entry: &Entry<'_>) -> Finding {
    let message = format!("{} may be any version on the day that the command runs", code(&entry.requirement.label()));
    findings.finding(entry.location(), entry.requirement.subject(), message).help(HELP)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_file_is_one_finding_and_what_is_pinned_none() {
        check(
            "unpinned-command",
            "==> x.sh <==\npip install -r r.txt a==1 b 'c>=1'\n                          ^ unpinned-command: `b` and 1 more that commands in `x.sh` install\npip install d===1 e==$V .\n",
        );
    }

    #[test]
    fn a_change_is_told_command_by_command() {
        check(
            "unpinned-command",
            "==> base/x.sh <==\npip install a\n==> x.sh <==\npip install a b\n              ^ unpinned-command: `b` may be any version\n",
        );
    }
}
