//! `external-include`: what is installed is decided by a file that nobody reviews here.

use super::indexes::remote;
use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::format::requirements_txt::{folder, join, leaves_root};
use crate::model::{Include, LineKind};
use crate::prose::code;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `-r` and `-c` with a URL, a path outside the audited folder, or a path in a variable.
    /// Such a file is never read here, so nothing is known of what it says.
    ///
    /// ## Why it matters
    ///
    /// The file may change from one install to the next.
    /// It may add requirements, and for pip any index: options act on the whole install, those of a constraints file too.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// -c https://constraints.example.org/2026.1.txt
    /// flask
    /// ```
    ///
    /// ## Use instead
    ///
    /// Keep a copy in the repository, where a change of it is reviewed.
    ///
    /// ```requirements,good
    /// ==> requirements.txt <==
    /// -c constraints.txt
    /// flask
    /// ==> constraints.txt <==
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the audited folder is a part of the repository and the file lies in another part: audit the whole.
    /// A path outside, or in a variable, is of low severity, and of medium where a change brings it: it may lead back to
    /// another file of the change.
    ///
    /// ## References
    ///
    /// - pip: [`--requirement`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-r), [`--constraint`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-c)
    "external-include": "include of a file that is not part of the project",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (document, line) in context.project.lines() {
        let LineKind::Include(include) = &line.kind else { continue };
        // The folder that a command runs in is often that of its file.
        let beside = || join(folder(document.source.path()), &include.target);
        if document.is_of_command(line) && include.path.is_some() && !leaves_root(&beside()) {
            continue;
        }
        let Some((where_to, severity)) = explain(context, include) else { continue };
        let severity = if context.base.is_some() { severity.max(Severity::Medium) } else { severity };
        let location = Location { file: document.file, span: include.target_span };
        let message = format!("{} {where_to}", code(&redact(&include.target)));
        let power = if include.constraint { "versions and options" } else { "requirements and options" };
        let finding = findings.finding(location, Subject::File(redact(&include.target)), message);
        findings.push(
            finding
                .help("Keep a copy of the file in the project and include that")
                .evidence("what it may set", power)
                .at_most(severity),
        );
    }
}

fn explain(context: &Context<'_>, include: &Include) -> Option<(&'static str, Severity)> {
    match &include.path {
        None => match remote(&include.target) {
            Some(url) if url.scheme == "https" => {
                Some(("is fetched at every install, and says then whatever its host wants it to say", Severity::Medium))
            }
            Some(_) => Some((
                "is fetched at every install without encryption, and anybody on the way can change what it says",
                Severity::High,
            )),
            None => Some(("is a file of the machine that installs, and is not read here", Severity::Low)),
        },
        Some(path) if leaves_root(path) => {
            Some(("lies outside the audited folder, and is not read here", Severity::Low))
        }
        Some(path) if include.target.contains("${") && context.project.find(path).is_none() => {
            Some(("is known only when a variable has its value, and is not read here", Severity::Low))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::testing::{Fixture, check};

    #[test]
    fn urls_paths_and_variables_are_told_apart() {
        check(
            "external-include",
            "-r https://u:p@h.example.org/r.txt\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ external-include: `https://****@h.example.org/r.txt` is fetched at every install, and\n\
             -c http://h.example.org/c.txt\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^ external-include: without encryption\n\
             -r ../x.txt\n   ^^^^^^^^ external-include: lies outside\n\
             -r file:///x.txt\n   ^^^^^^^^^^^^^ external-include: a file of the machine\n\
             -r ${D}/x.txt\n   ^^^^^^^^^^ external-include: variable\n",
        );
    }

    #[test]
    fn commands_that_fetch_a_file_are_told() {
        check(
            "external-include",
            "==> Dockerfile <==\nRUN pip install -r https://e.org/main/r.txt -r https://$HOST/r.txt -r /r.txt\n                   ^^^^^^^^^^^^^^^^^^^^^^^^ external-include: is fetched at every install\n\
             ==> a/x.sh <==\npip install -r ../r.txt\npip install -r ../../r.txt\n               ^^^^^^^^^^^ external-include: lies outside\n",
        );
    }

    #[test]
    fn the_severity_follows_who_can_change_it() {
        let report =
            Fixture::parse("-r https://h.example.org/r.txt\n-r http://h.example.org/r.txt\n-r ../x.txt\n").report();
        let found = report.findings.iter().filter(|finding| finding.rule.id == "external-include");
        let severities: Vec<_> = found.map(|finding| finding.severity.name()).collect();
        assert_eq!(severities, ["medium", "high", "low"]);

        let report = Fixture::parse("==> base/r.txt <==\na\n==> r.txt <==\na\n-r ${PWD}/x.txt\n").report();
        let found = report.findings.iter().find(|finding| finding.rule.id == "external-include");
        assert_eq!(found.map(|finding| finding.severity), Some(Severity::Medium));
    }

    #[test]
    fn files_of_the_project_are_left_alone() {
        check("external-include", "==> a/r.txt <==\n-r ../b.txt\nx\n==> b.txt <==\ny\n==> c.txt <==\n-r gone.txt\n");
    }
}
