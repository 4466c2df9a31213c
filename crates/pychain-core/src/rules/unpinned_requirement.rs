//! `unpinned-requirement`: the version is whatever is newest on the day of the install.

use super::loose_lines::{LooseLines, loose_lines};
use super::support::{list, part_accepted};
use crate::audit::{Context, Findings, Scope};
use crate::diff::Change;
use crate::finding::{Finding, Location, Severity, Subject};
use crate::name::ProjectName;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::requirement::{Binding, Specifier};
use crate::text::{FileId, Span};
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements that are held neither to one version nor by a hash: no specifier at all, or a range.
    /// A pin in a constraints file, or anywhere else in what is installed together, holds a line as well.
    /// Where at least three requirements of four in a file are pinned it names the others one by one; of any other file it speaks once.
    /// A review of a change names each new line, and each line that loses its pin.
    ///
    /// The severity is medium for a requirement without a version in a file that pins most of its requirements, and for a pin that a change takes away: those are holes in a wall that is there.
    /// Where most of a file is loose, as in the development requirements of many libraries, nobody meant to pin; it is said, with a low severity, as it is of a range.
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
    /// When it lists what a library needs, and is read by the library's build rather than installed from, and no `setup.py`, `setup.cfg` or `pyproject.toml` names it.
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
    let lost: Map<Location, &Specifier> = context
        .changes
        .iter()
        .filter_map(Change::both)
        .filter_map(|(before, after)| Some((after.location(), before.requirement.pin()?)))
        .collect::<Map<_, _>>();
    for mut lines in unpinned_lines(context) {
        if is_one_matter(context, &lines) {
            let entries = std::mem::take(&mut lines.entries);
            let (accepted, others) = part_accepted(context, entries, |entry| of_line(findings, entry, None));
            for finding in accepted {
                findings.push(finding);
            }
            lines.entries = others;
        }
        if is_one_matter(context, &lines) {
            findings.push(of_file(context, findings, &lines));
            continue;
        }
        let is_exception = is_mostly_pinned(&lines);
        for entry in &lines.entries {
            let lost = lost.get(&entry.location()).copied();
            let finding = of_line(findings, entry, lost);
            findings.push(if is_exception || lost.is_some() { finding } else { finding.at_most(Severity::Low) });
        }
    }
}

/// Files of which this rule says once for all that they are not pinned.
pub(super) fn loose_files(context: &Context<'_>) -> Set<FileId> {
    unpinned_lines(context).filter(|lines| is_one_matter(context, lines)).map(|lines| lines.file).collect::<Set<_>>()
}

fn unpinned_lines<'a>(context: &Context<'a>) -> impl Iterator<Item = LooseLines<'a>> {
    loose_lines(context).into_iter().map(|mut lines| {
        lines.entries.retain(|entry| binding(entry) <= Binding::Range);
        lines
    })
}

/// Whether the file as a whole is the matter: several lines, and not the few exceptions of a pinned file.
fn is_one_matter(context: &Context<'_>, lines: &LooseLines<'_>) -> bool {
    let is_exception = lines.entries.len() * 4 <= lines.total;
    context.scope_of(lines.file) == Scope::Full && lines.entries.len() > 1 && !is_exception
}

fn is_mostly_pinned(lines: &LooseLines<'_>) -> bool {
    lines.held * 2 > lines.total
}

fn of_file(context: &Context<'_>, findings: &Findings<'_>, lines: &LooseLines<'_>) -> Finding {
    let path = context.project.file(lines.file).path();
    let (loose, total) = (lines.entries.len(), lines.total);
    let message = if loose == total {
        format!("none of the {total} requirements in {} is pinned", code(path))
    } else {
        format!("{loose} of the {total} requirements in {} are not pinned", code(path))
    };
    let without_version = lines.entries.iter().find(|entry| binding(entry) == Binding::None);
    let first = without_version.or(lines.entries.first()).map_or_else(Span::default, |entry| entry.requirement.span);
    let place = Location { file: lines.file, span: first };
    let mut finding = findings.finding(place, Subject::File(path.to_owned()), message).help(HELP);
    for (label, wanted) in [("without a version", Binding::None), ("with a range", Binding::Range)] {
        let of_kind = lines.entries.iter().filter(|entry| binding(entry) == wanted);
        let mut names: Vec<_> = of_kind.filter_map(|entry| entry.requirement.name.as_ref()).collect();
        names.dedup();
        if !names.is_empty() {
            finding = finding.evidence(label, list(names.into_iter().map(ProjectName::as_written)));
        }
    }
    if without_version.is_some() && is_mostly_pinned(lines) { finding } else { finding.at_most(Severity::Low) }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>, lost: Option<&Specifier>) -> Finding {
    let requirement = entry.requirement;
    let name = code(&requirement.label());
    let lost = lost.map(|pin| code(&pin.version));
    if requirement.specifiers.is_empty() {
        let place = entry.at(requirement.name_span.unwrap_or(requirement.span));
        let message = match &lost {
            Some(version) => {
                format!(
                    "{name} was held to {version} and now has no version: pip takes the newest release that there is"
                )
            }
            None => format!("{name} has no version: pip takes the newest release that there is"),
        };
        // A range that is dropped is a change for the worse, not the same finding.
        return findings.finding(place, requirement.subject(), message).help(HELP).identified_by("any version");
    }
    let range: Vec<String> =
        requirement.specifiers.iter().map(|specifier| format!("{}{}", specifier.operator, specifier.version)).collect();
    let range = code(&range.join(","));
    let place = entry.at(requirement.specifiers_span);
    if let Some(version) = lost {
        let message =
            format!("{name} was held to {version} and now may be any version that fits {range}: pip takes the newest");
        findings.finding(place, requirement.subject(), message).help(HELP)
    } else {
        let message = format!("{name} may be any version that fits {range}: pip takes the newest");
        findings.finding(place, requirement.subject(), message).help(HELP).at_most(Severity::Low)
    }
}

fn binding(entry: &Entry<'_>) -> Binding {
    Binding::of(&entry.requirement.specifiers)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

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
        check("unpinned-requirement", "a>=1\nb\n^ unpinned-requirement: 2 of the 3\nc==1\n");
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
    fn what_is_accepted_is_left_out_of_the_count() {
        check(
            "unpinned-requirement",
            "a  # pychain: ignore[unpinned-requirement] ours\nb\n^ unpinned-requirement: 2 of the 3\nc\n",
        );
        check(
            "*",
            "==> pychain.toml <==\n[[ignore]]\nrule = \"unpinned-requirement\"\nproject = \"a\"\nreason = \"ours\"\n\
             ==> r.txt <==\na\nb\n^ unpinned-requirement: `b` has no version\n",
        );
    }

    #[test]
    fn a_file_that_the_change_brings_is_judged_as_a_whole() {
        check(
            "unpinned-requirement",
            "==> base/r.txt <==\na==1\n==> r.txt <==\na==1\n==> s.txt <==\nb\n^ unpinned-requirement: none of the 2\nc\n",
        );
        check(
            "unpinned-requirement",
            "==> base/r.txt <==\na\nb\nc\n==> s.txt <==\na\nb\nc\nd\n^ unpinned-requirement: `d` has no version\n",
        );
    }

    #[test]
    fn exceptions_and_lost_pins_are_worse_than_loose_files() {
        let of = |text: &str| -> Vec<String> {
            let report = Fixture::parse(text).report();
            let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "unpinned-requirement");
            of_rule.map(|finding| finding.severity.to_string()).collect()
        };
        for (text, expected) in [
            ("a\n", "low"),
            ("a\nb\n", "low"),
            ("a\nb==1\n", "low"),
            ("a\nb==1\nc==1\n", "medium"),
            ("a\nb==1.*\nc==1.*\n", "low"),
            ("a\nb\nc==1\nd==1\ne==1\n", "medium"),
            ("a>=1\nb>=1\nc==1\nd==1\ne==1\n", "low"),
            ("==> base/r.txt <==\na==1\n==> r.txt <==\na\n", "medium"),
            ("==> base/r.txt <==\na==1\n==> r.txt <==\na>=1\n", "medium"),
            ("==> base/r.txt <==\na>=1\n==> r.txt <==\na\n", "low"),
            ("==> base/r.txt <==\na\n==> r.txt <==\na\nb\n", "low"),
            ("==> base/r.txt <==\na==1\nc==1\n==> r.txt <==\na==1\nb\nc==1\n", "medium"),
        ] {
            assert_eq!(of(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_lost_pin_is_named() {
        check(
            "unpinned-requirement",
            "==> base/r.txt <==\na==1.2\nb==1\n==> r.txt <==\na\n^ unpinned-requirement: held to `1.2` and now has no version\n\
             b>=1\n ^^^ unpinned-requirement: held to `1` and now may be any version that fits `>=1`\n",
        );
    }

    #[test]
    fn a_loose_file_is_marked_where_it_is_loosest() {
        check("unpinned-requirement", "a>=1\nb\n^ unpinned-requirement: none of the 2\n");
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
