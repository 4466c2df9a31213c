//! `path-outside-project`: a local path that leads out of what is audited.

use crate::audit::{Context, Findings, Scope};
use crate::finding::{Finding, Subject};
use crate::format::requirements_txt::leaves_root;
use crate::model::{Requirement, Source};
use crate::prose::code;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for local paths and `file:` URLs that leave the audited root: absolute ones, and those that go up with `..`.
    /// A full audit says it once a file; a review of a change says it of each new line.
    ///
    /// ## Why it matters
    ///
    /// What lies there is no part of the repository: nobody reviews it, and every machine may hold something else, or nothing.
    /// Absolute paths are often left over from `pip freeze` on a machine whose packages were built locally.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-tools @ file:///home/builder/tools/dist/acme_tools-1.4-py3-none-any.whl
    /// ```
    ///
    /// ## Use instead
    ///
    /// Bring the code into the repository, or install a released version from an index.
    ///
    /// ```requirements,good
    /// acme-tools==1.4
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When only a part of a repository is audited, and the path leads to another part of it.
    ///
    /// ## References
    ///
    /// - pip: [Local project installs](https://pip.pypa.io/en/stable/topics/local-project-installs/)
    "path-outside-project": "local path that leaves the project",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Bring the code into the repository, or install a released version from an index";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for document in &project.documents {
        let outside = |requirement: &Requirement| matches!(&requirement.source, Source::Path(path) if leaves_root(&path.path) && !path.given.contains("${"));
        let entries: Vec<Entry<'_>> =
            project.requirements_of(document).filter(|entry| outside(entry.requirement)).collect();
        match (context.scope, entries.as_slice()) {
            (Scope::Full, [first, rest @ ..]) if !rest.is_empty() => {
                let path = project.file(document.file).path();
                let message = format!(
                    "{} and {} more requirements in {} come from outside of the project",
                    code(&first.requirement.label()),
                    rest.len(),
                    code(path)
                );
                let finding = findings.finding(place(first), Subject::File(path.to_owned()), message);
                findings.push(finding.help(HELP));
            }
            (_, entries) => entries.iter().for_each(|entry| findings.push(of_line(findings, entry))),
        }
    }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>) -> Finding {
    let given = match &entry.requirement.source {
        Source::Path(path) => path.given.as_str(),
        _ => "",
    };
    let message = format!("{} leads out of the project, to files that nobody reviews with it", code(given));
    findings.finding(place(entry), entry.requirement.subject(), message).help(HELP).identified_by(given)
}

fn place(entry: &Entry<'_>) -> crate::finding::Location {
    entry.at(entry.requirement.direct_url().map_or(entry.requirement.span, |url| url.span))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn paths_that_go_up_or_are_absolute_are_found() {
        check("path-outside-project", "-e ../lib\n   ^^^^^^ path-outside-project: `../lib` leads out\n");
        check("path-outside-project", "../lib[x] ; os_name == 'nt'\n^^^^^^^^^ path-outside-project\n");
        check("path-outside-project", "a @ file:///b/a.zip\n    ^^^^^^^^^^^^^^^ path-outside-project\n");
        check("path-outside-project", "/b/a.whl.zip\n^^^^^^^^^^^^ path-outside-project\n");
    }

    #[test]
    fn a_whole_file_of_them_is_one_finding() {
        check(
            "path-outside-project",
            "a @ file:///x/a\n    ^^^^^^^^^^^ path-outside-project: `a` and 1 more\nb @ file:///x/b\n",
        );
        check(
            "path-outside-project",
            "==> base/r.txt <==\na @ file:///x/a\n==> r.txt <==\na @ file:///x/a\nb @ file:///x/b\n    ^^^^^^^^^^^ path-outside-project\n",
        );
    }

    #[test]
    fn what_a_variable_stands_for_is_not_in_the_file() {
        check(
            "path-outside-project",
            "==> pyproject.toml <==\n[project]\ndependencies = ['a @ file:///${PROJECT_ROOT}/../a']\n==> r.txt <==\n-e file:///${PROJECT_ROOT}/a\n",
        );
    }

    #[test]
    fn paths_inside_are_left_alone_whichever_folder_they_start_from() {
        check(
            "path-outside-project",
            "==> sub/r.txt <==\n../lib\n../gone\n./here.zip\n-e ..\n==> lib/setup.py <==\n==> setup.py <==\n",
        );
    }
}
