//! `conflicting-requirements`: no version satisfies them all.

use super::same_project::{Overlap, contradict, each_pair, is_unsatisfiable};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::model::{Document, Requirement, Source};
use crate::order::Set;
use crate::prose::code;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for entries of one project that are installed together and that no version satisfies: two pins, a pin outside a range or a constraint, ranges that do not meet, two URLs.
    /// Entries whose markers exclude each other do not conflict; where that cannot be told nothing is said.
    /// Of a manifest each list is judged by itself, because nobody knows which groups are asked for together.
    ///
    /// ## Why it matters
    ///
    /// pip refuses the whole install, after it has looked for a way out.
    /// Under pressure one of the two lines is dropped, and it may be the one with the fix.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> requirements.txt <==
    /// -c constraints.txt
    /// urllib3==2.2.3
    /// ==> constraints.txt <==
    /// urllib3<2
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> requirements.txt <==
    /// -c constraints.txt
    /// urllib3==1.26.20
    /// ==> constraints.txt <==
    /// urllib3<2
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the files are never installed together, though one includes the other.
    /// Where only a marker brings the two together the severity is medium: it may never hold.
    /// What pybuild-deps collects is left alone: it is downloaded, and never installed as a whole.
    ///
    /// ## References
    ///
    /// - pip: [Dealing with dependency conflicts](https://pip.pypa.io/en/stable/topics/dependency-resolution/#dealing-with-dependency-conflicts)
    "conflicting-requirements": "requirements that no version satisfies",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Decide which of the two is meant, and change the other";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut hopeless = Set::new();
    for entry in context.project.requirements().filter(|entry| is_unsatisfiable(&entry.requirement.specifiers)) {
        hopeless.insert(entry.location());
        let (label, asked) = (code(&entry.requirement.label()), asked(context, &entry));
        let message = format!("no version of {label} is {}", code(&asked));
        let finding =
            findings.finding(entry.at(entry.requirement.specifiers_span), entry.requirement.subject(), message);
        findings.push(finding.help("Correct the version specifiers").identified_by(asked));
    }
    let mut told = Set::new();
    each_pair(context.project, |pair| {
        let (earlier, later) = (pair.earlier, pair.later);
        if is_collection(later.document) {
            return;
        }
        let is_new = !hopeless.contains(&earlier.location()) && !hopeless.contains(&later.location());
        if !is_new || !contradict(earlier.requirement, later.requirement) || !told.insert(later.location()) {
            return;
        }
        let (one, other) = (asked(context, &earlier), asked(context, &later));
        let (tail, severity) = match pair.overlap {
            Overlap::Always => (format!(", so {} refuses the whole install", later.installer()), Severity::High),
            Overlap::Sometimes(marker) => (format!(", where {} holds", code(&marker.to_string())), Severity::Medium),
        };
        let label = code(&later.requirement.label());
        let message = format!("{label} cannot be {} and {}{tail}", code(&one), code(&other));
        let role = if earlier.constraint { "the constraint" } else { "the other requirement" };
        findings.push(
            findings
                .finding(later.at(part(later.requirement)), later.requirement.subject(), message)
                .help(HELP)
                .related(earlier.location(), role)
                .identified_by(format!("{one} {other}"))
                .at_most(severity),
        );
    });
}

/// Whether a file lists all that builds need, each in its own version: pybuild-deps says so at the top. It is downloaded
/// from, and never installed as a whole.
fn is_collection(document: &Document) -> bool {
    let text = document.source.text();
    let top = document.comments.iter().take(10).take_while(|comment| comment.start < 1000);
    top.filter_map(|comment| text.get(comment.range())).any(|comment| comment.contains(" pybuild-deps "))
}

/// The part of an entry that conflicts.
fn part(requirement: &Requirement) -> crate::text::Span {
    match &requirement.source {
        Source::Url(url) if !url.span.is_empty() => url.span,
        _ if !requirement.specifiers_span.is_empty() => requirement.specifiers_span,
        _ => requirement.span,
    }
}

/// What an entry asks for, as written.
fn asked(context: &Context<'_>, entry: &Entry<'_>) -> String {
    match &entry.requirement.source {
        // Of one address, an editable install and another are two candidates.
        Source::Url(url) if entry.requirement.editable => format!("-e {}", url.redacted()),
        Source::Url(url) => url.redacted(),
        _ => context.project.text(entry.at(entry.requirement.specifiers_span)).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn what_is_collected_for_builds_is_not_installed_together() {
        let lines = "setuptools==80.10.2\nsetuptools==82.0.1\n";
        check(
            "conflicting-requirements",
            &format!("#\n#    pybuild-deps compile --output-file=b.txt a.txt\n#\n{lines}"),
        );
        check(
            "conflicting-requirements",
            &format!("# as of pybuild\n{lines}          ^^^^^^^^ conflicting-requirements\n"),
        );
    }

    #[test]
    fn what_no_version_satisfies_is_told_once_at_the_later_line() {
        check(
            "conflicting-requirements",
            "==> a.txt <==\n-r c.txt\nX==1\n ^^^ conflicting-requirements: `X` cannot be `==2.0` and `==1`, so pip refuses\n==> b.txt <==\n-r a.txt\n==> c.txt <==\nx==2.0\ny>1,<1\n ^^^^^ conflicting-requirements: no version of `y` is `>1,<1`\ny==1\n",
        );
    }

    #[test]
    fn a_constraint_counts_and_extras_are_the_same_project() {
        check(
            "conflicting-requirements",
            "==> r.txt <==\nx[e]>=2\n-c constraints.txt\n==> constraints.txt <==\nx<2\n ^^ conflicting-requirements: `x` cannot be `>=2` and `<2`\n",
        );
        check("conflicting-requirements", "==> constraints.txt <==\nx==1\nx==2\n");
    }

    #[test]
    fn a_list_of_a_manifest_is_asked_for_as_a_whole() {
        // As uv 0.13.9 and pip 23.2 were seen to refuse, or not.
        check(
            "conflicting-requirements",
            "==> pyproject.toml <==\n[project]\ndependencies = ['x==1', 'x==2', 'y>=1', 'y<3', \"z==1; os_name == 'nt'\", \"z==2; os_name != 'nt'\"]\n                          ^^^ conflicting-requirements: `x` cannot be `==1` and `==2`, so pip refuses\n\
             [project.optional-dependencies]\na = ['y<1']\n[dependency-groups]\nb = ['w==1', \"w==2; os_name == 'nt'\"]\n               ^^^ conflicting-requirements: where\n\
             ==> a/pyproject.toml <==\n[project]\ndependencies = ['x==1', 'x==2']\n[tool.uv]\noverride-dependencies = ['x==3']\n\
             ==> b/pyproject.toml <==\n[tool.poetry.dependencies]\nx = [{version = '1', python = '<3.9'}, {version = '2', python = '>=3.9'}]\n",
        );
    }

    #[test]
    fn two_urls_are_two_distributions() {
        check(
            "conflicting-requirements",
            "x @ https://u:p@h/a.zip\nx @ https://h/b.zip#sha256=00\n    ^^^^^^^^^^^^^^^^^^^^^^^^^ conflicting-requirements: cannot be `https://****@h/a.zip` and\ny @ https://h/y.zip#egg=y\ny @ https://u:p@h/y.zip\ny==1\nz @ git+https://h/z@v1\n-e git+https://h/z@v1#egg=z\n   ^^^^^^^^^^^^^^^^^^^^^^^^ conflicting-requirements\n",
        );
    }

    #[test]
    fn markers_decide() {
        check(
            "conflicting-requirements",
            "x==1; python_version < '3.8'\nx==2; python_version >= '3.8'\n\
             y==1\ny==2; sys_platform == 'win32'\n ^^^ conflicting-requirements: where `sys_platform == \"win32\"` holds\n\
             z==1; platform_release in '1 2'\nz==2; platform_release in '3 4'\n",
        );
    }

    #[test]
    fn a_change_of_either_line_is_a_new_conflict() {
        check(
            "conflicting-requirements",
            "==> base/r.txt <==\nx>=1\nx==2\ny==1\ny==2\n==> r.txt <==\nx>=3\nx==2\n ^^^ conflicting-requirements\ny==1\ny==2\n",
        );
    }
}
