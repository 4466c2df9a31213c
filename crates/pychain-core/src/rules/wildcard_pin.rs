//! `wildcard-pin`: `==1.*` looks like a pin and is a range.

use super::loose_lines::loose_lines;
use super::support::part_accepted;
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Finding, Subject};
use crate::prose::code;
use crate::requirement::{Binding, Specifier};
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements held to `==` and a version that ends in `.*`, where nothing else holds them.
    /// A full audit says it once a file, and so does a review of a change that brings the file; other new lines it names each.
    ///
    /// ## Why it matters
    ///
    /// `==1.*` is every release that begins with `1`, also one that is uploaded tomorrow.
    /// It reads like a pin, to people and to pip, whose hash-checking mode counts it as one.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// django==5.1.*
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// django==5.1.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When taking each release of a series as it comes is what you want, and you accept what comes with it.
    ///
    /// ## References
    ///
    /// - Python packaging: [Version matching](https://packaging.python.org/en/latest/specifications/version-specifiers/#version-matching)
    "wildcard-pin": "pin with a wildcard",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Pin it to one release of the series";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for lines in loose_lines(context) {
        let wildcards: Vec<_> = lines.entries.iter().filter_map(|entry| Some((entry, wildcard(entry)?))).collect();
        let (accepted, wildcards) =
            part_accepted(context, wildcards, |(entry, wildcard)| of_line(findings, entry, wildcard));
        for finding in accepted {
            findings.push(finding);
        }
        match (context.scope_of(lines.file), wildcards.as_slice()) {
            (Scope::Full, [(entry, wildcard), _, ..]) => {
                let path = context.project.file(lines.file).path();
                let count = wildcards.len();
                let message = format!("{count} pins in {} have a wildcard, which makes them ranges", code(path));
                let finding = findings.finding(entry.at(wildcard.span), Subject::File(path.to_owned()), message);
                findings.push(finding.help(HELP));
            }
            (_, wildcards) => {
                for (entry, wildcard) in wildcards {
                    findings.push(of_line(findings, entry, wildcard));
                }
            }
        }
    }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>, wildcard: &Specifier) -> Finding {
    let message = format!(
        "{} is held to {}, which is every release of that series, also the next one",
        code(&entry.requirement.label()),
        code(&format!("=={}", wildcard.version))
    );
    findings.finding(entry.at(wildcard.span), entry.requirement.subject(), message).help(HELP)
}

fn wildcard<'a>(entry: &Entry<'a>) -> Option<&'a Specifier> {
    entry.requirement.specifiers.iter().find(|specifier| specifier.binding() == Binding::Wildcard)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_wildcard_is_found_among_other_specifiers() {
        check("wildcard-pin", "a!=1.3, ==1.*\n        ^^^^^ wildcard-pin: held to `==1.*`\n");
    }

    #[test]
    fn several_in_a_file_are_one_finding() {
        check("wildcard-pin", "a==1.*\n ^^^^^ wildcard-pin: 2 pins in `requirements.txt`\nb==1.*\n");
    }

    #[test]
    fn what_something_else_holds_is_left_alone() {
        check("wildcard-pin", "a==1.*,==1.2\nb==1.* --hash=sha256:00\n");
        check("wildcard-pin", "==> r.txt <==\n-c constraints.txt\na==1.*\n==> constraints.txt <==\na==1.2\nb==1.*\n");
    }

    #[test]
    fn exclusions_and_inputs_are_left_alone() {
        check("wildcard-pin", "==> r.txt <==\na!=1.*\n==> r.in <==\na==1.*\n");
    }

    #[test]
    fn a_pin_that_is_loosened_is_this_changes_doing() {
        check(
            "wildcard-pin",
            "==> base/r.txt <==\na==1.2\nb==1.*\n==> r.txt <==\na==1.*\n ^^^^^ wildcard-pin\nb==2.*\n",
        );
    }
}
