//! `unpinned-requirement`: the version is whatever is newest on the day of the install.

use super::loose_lines::{LooseLines, loose_lines};
use super::support::list;
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Finding, Location, Severity, Subject};
use crate::name::ProjectName;
use crate::prose::code;
use crate::requirement::Binding;
use crate::text::Span;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements that are held neither to one version nor by a hash: no specifier at all, or a range.
    /// A pin in a constraints file, or anywhere else in what is installed together, holds a line as well.
    /// Where at least three requirements of four in a file are pinned it names the others one by one; of any other file it speaks once.
    /// A review of a change names each new line.
    ///
    /// ## Why it matters
    ///
    /// pip takes the newest release that fits, and nobody reviews when that changes.
    /// A hijacked release is installed by everybody who does not pin, within minutes of its upload.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// flask>=3.0
    /// click
    /// ```
    ///
    /// ## Use instead
    ///
    /// Keep the ranges in an input file and install from the lock that `pip-compile` or `uv pip compile` makes of it.
    ///
    /// ```requirements,good
    /// flask==3.0.3
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is an input that another tool locks, and is not named `.in`.
    /// When it lists what a library needs, and is read by the library's build rather than installed from.
    ///
    /// ## References
    ///
    /// - pip: [Repeatable installs](https://pip.pypa.io/en/stable/topics/repeatable-installs/)
    "unpinned-requirement": "requirement without an exact version",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Pin it with `==`, or install from a lock that `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` makes";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for mut lines in loose_lines(context) {
        lines.entries.retain(|entry| binding(entry) <= Binding::Range);
        let others_are_pinned = lines.entries.len() * 4 <= lines.total;
        match (context.scope, lines.entries.as_slice()) {
            (Scope::Full, [_, _, ..]) if !others_are_pinned => findings.push(of_file(context, findings, &lines)),
            (_, entries) => entries.iter().for_each(|entry| findings.push(of_line(findings, entry))),
        }
    }
}

fn of_file(context: &Context<'_>, findings: &Findings<'_>, lines: &LooseLines<'_>) -> Finding {
    let path = context.project.file(lines.file).path();
    let (loose, total) = (lines.entries.len(), lines.total);
    let message = if loose == total {
        format!("none of the {total} requirements in {} is pinned", code(path))
    } else {
        format!("{loose} of the {total} requirements in {} are not pinned", code(path))
    };
    let first = lines.entries.first().map_or_else(Span::default, |entry| entry.requirement.span);
    let place = Location { file: lines.file, span: first };
    let mut finding = findings.finding(place, Subject::File(path.to_owned()), message).help(HELP);
    for (label, wanted) in [("without a version", Binding::None), ("with a range", Binding::Range)] {
        let of_kind = lines.entries.iter().filter(|entry| binding(entry) == wanted);
        let names: Vec<_> = of_kind.filter_map(|entry| entry.requirement.name.as_ref()).collect();
        if !names.is_empty() {
            finding = finding.evidence(label, list(names.into_iter().map(ProjectName::as_written)));
        } else if wanted == Binding::None {
            finding = finding.at_most(Severity::Low);
        }
    }
    finding
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>) -> Finding {
    let requirement = entry.requirement;
    let name = code(&requirement.label());
    if requirement.specifiers.is_empty() {
        let place = entry.at(requirement.name_span.unwrap_or(requirement.span));
        let message = format!("{name} has no version: pip takes the newest release that there is");
        // A range that is dropped is a change for the worse, not the same finding.
        return findings.finding(place, requirement.subject(), message).help(HELP).identified_by("any version");
    }
    let range: Vec<String> =
        requirement.specifiers.iter().map(|specifier| format!("{}{}", specifier.operator, specifier.version)).collect();
    let message = format!("{name} may be any version that fits {}: pip takes the newest", code(&range.join(",")));
    findings
        .finding(entry.at(requirement.specifiers_span), requirement.subject(), message)
        .help(HELP)
        .at_most(Severity::Low)
}

fn binding(entry: &Entry<'_>) -> Binding {
    Binding::of(&entry.requirement.specifiers)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_odd_ones_of_a_pinned_file_are_named_each() {
        check(
            "unpinned-requirement",
            "a==1\nb==1\nc[x] ; os_name == 'nt'\n^ unpinned-requirement: `c` has no version\n\
             d >=1, <2\n  ^^^^^^^ unpinned-requirement: fits `>=1,<2`\ne==1\nf==1\ng==1\nh==1\n",
        );
    }

    #[test]
    fn of_a_loose_file_it_speaks_once() {
        check("unpinned-requirement", "a\n^ unpinned-requirement: none of the 2 requirements in\nb>=1\n");
        check("unpinned-requirement", "a>=1\n^^^^ unpinned-requirement: 2 of the 3\nb\nc==1\n");
        check("unpinned-requirement", "a\n^ unpinned-requirement: `a` has no version\n");
    }

    #[test]
    fn each_new_line_of_a_change_is_named_and_so_is_a_range_that_goes() {
        check(
            "unpinned-requirement",
            "==> base/r.txt <==\na\nb>=1\nc==1\nd>=1\n==> r.txt <==\na\nb\n^ unpinned-requirement\nc>=1\n ^^^ unpinned-requirement\nd>=2\ne\n^ unpinned-requirement\n",
        );
    }

    #[test]
    fn a_pin_in_the_same_run_holds_a_line() {
        check(
            "unpinned-requirement",
            "==> r.txt <==\n-c constraints.txt\n-r b.txt\na\nB_b>=1\n==> b.txt <==\nb-b==1\n==> constraints.txt <==\na==1\nz>=1\n",
        );
        check("unpinned-requirement", "a\na @ https://e.org/a.zip#sha256=00\n");
    }

    #[test]
    fn a_pin_for_another_platform_does_not() {
        check(
            "unpinned-requirement",
            "a==1 ; python_version < '3.9'\na ; python_version >= '3.9'\n^ unpinned-requirement\nb==1\n",
        );
    }

    #[test]
    fn hashes_references_and_inputs_are_left_alone() {
        check(
            "unpinned-requirement",
            "==> r.txt <==\na --hash=sha256:00\nb>=1\n==> c.txt <==\n-e .\nx @ git+https://e.org/x\ny===1\n\
             ==> requirements.in <==\na\n==> pyproject.toml <==\n",
        );
    }
}
