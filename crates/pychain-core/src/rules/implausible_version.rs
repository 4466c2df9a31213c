//! `implausible-version`: a version far above anything that the project is likely to have released.

use crate::audit::{Context, Findings};
use crate::diff::Change;
use crate::finding::{Confidence, Location, Severity};
use crate::model::{Requirement, Source};
use crate::order::Map;
use crate::prose::code;
use crate::requirement::{Specifier, typed};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for pins and lower bounds with a first number made of nines (`99.0`, `999.0.0`), or of a one or a nine and at least three zeros (`1000.0`, `9000.1`).
    /// In a change it also looks for a first number that grows by 90 or more at once.
    /// Years and dates (`2024.1`, `20241122`, `24.11`) are no such numbers, and neither is a step from one year to the next.
    /// Locked versions are looked at in the same way.
    /// A constraint of a million or more, as in `==1000000000.0.0`, is left alone: so some keep a project out.
    ///
    /// ## Why it matters
    ///
    /// Whoever uploads a package under the name of somebody's private one gives it a version that wins over every other.
    /// A version like that in a requirements file means that such a package was taken for the real one, or is meant to be.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// acme-billing==1.2.0
    /// ==> requirements.txt <==
    /// acme-billing==999.0.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// acme-billing==1.2.0
    /// ==> requirements.txt <==
    /// acme-billing==1.3.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project counts so: a driver that takes its version from a browser, a retired project whose last release is `9999`.
    ///
    /// ## References
    ///
    /// - MITRE: [CWE-427: Uncontrolled Search Path Element](https://cwe.mitre.org/data/definitions/427.html)
    /// - Alex Birsan: [Dependency Confusion](https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610)
    "implausible-version": "version too high to be true",
    severity: High, confidence: Medium, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str =
    "Look at what the index serves under that version, and where it comes from, before anybody installs it";

/// A lower bound whose first number has more digits than any count or date: pip reads numbers of any size.
fn beyond_numbers(requirement: &Requirement) -> Option<&Specifier> {
    lower_bounds(requirement).find(|specifier| {
        let version = specifier.version.trim_start_matches(['v', 'V']);
        let release = version.split_once('!').map_or(version, |(_, release)| release).trim_start_matches('0');
        release.bytes().take_while(u8::is_ascii_digit).count() > MAX_DIGITS
    })
}

/// A date to the microsecond has twenty digits.
const MAX_DIGITS: usize = 20;

/// How much higher the first number may be after a change.
const LEAP: u64 = 90;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let before: Map<Location, &Requirement> = context
        .changes
        .iter()
        .filter_map(Change::both)
        .map(|(before, after)| (after.location(), before.requirement))
        .collect::<Map<_, _>>();
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        if let Some(specifier) = beyond_numbers(requirement) {
            let message = format!(
                "{} wants {}, a number made to win over every release that there is",
                code(&requirement.label()),
                code(&specifier.version)
            );
            let finding = findings.finding(entry.at(specifier.span), requirement.subject(), message).help(HELP);
            findings.push(finding.identified_by(&*specifier.version));
            continue;
        }
        let before = before.get(&entry.location());
        // Without nines or noughts there is nothing to take apart.
        let is_worth_a_look =
            |specifier: &Specifier| specifier.version.as_bytes().windows(2).any(|pair| matches!(pair, b"99" | b"00"));
        if before.is_none() && !lower_bounds(requirement).any(is_worth_a_look) {
            continue;
        }
        let Some((specifier, release)) = version(requirement) else { continue };
        let before = before.and_then(|before| version(before));
        if entry.constraint && is_never(&release) {
            continue;
        }
        let leap = before.filter(|(_, old)| is_leap(old, &release));
        let signature = is_signature(&release);
        if leap.is_none() && !signature {
            continue;
        }
        let (name, new) = (code(&requirement.label()), code(&specifier.version));
        let message = match leap {
            Some((old, _)) => format!("{name} leaps from {} to {new}", code(&old.version)),
            None => format!("{name} wants {new}, a number made to win over every release that there is"),
        };
        let finding = findings
            .finding(entry.at(specifier.span), requirement.subject(), message)
            .help(HELP)
            .identified_by(&*specifier.version);
        findings.push(if signature { finding } else { finding.at_most(Severity::Medium).confidence(Confidence::Low) });
    }
}

/// Locked versions, which an index has already given.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let before: Map<Location, &str> = context
        .locked
        .iter()
        .filter_map(crate::diff::LockedPair::both)
        .map(|(before, after)| (after.at(after.package.place()), before.package.version()))
        .collect::<Map<_, _>>();
    for locked in context.project.locked().filter(|locked| locked.package.is_fetched()) {
        let package = locked.package;
        let Some(version) = typed::version(package.version()) else { continue };
        let place = locked.at(package.place());
        let leap = before
            .get(&place)
            .filter(|old| typed::version(old).is_some_and(|old| is_leap(old.release(), version.release())));
        let signature = is_signature(version.release());
        let (name, new) = (code(package.name.as_written()), code(package.version()));
        let message = match leap {
            Some(old) => format!("{name} leaps from {} to {new}", code(old)),
            None if signature => {
                format!("{name} is locked at {new}, a number made to win over every release that there is")
            }
            None => continue,
        };
        let finding = findings
            .finding(place, package.subject(), message)
            .help(
                "Look at what the index serves under that version, and where it comes from, before anybody installs it",
            )
            .identified_by(package.version());
        findings.push(if signature { finding } else { finding.at_most(Severity::Medium).confidence(Confidence::Low) });
    }
}

/// The highest version that a requirement by name asks for at least, and its release numbers.
fn version(requirement: &Requirement) -> Option<(&Specifier, Vec<u64>)> {
    lower_bounds(requirement)
        .filter_map(|specifier| {
            let version = typed::version(specifier.version.strip_suffix(".*").unwrap_or(&specifier.version))?;
            Some((specifier, version.release().to_vec()))
        })
        .max_by(|(_, one), (_, other)| one.cmp(other))
}

fn lower_bounds(requirement: &Requirement) -> impl Iterator<Item = &Specifier> {
    let is_by_name = matches!(requirement.source, Source::Index);
    requirement
        .specifiers
        .iter()
        .filter(move |specifier| is_by_name && matches!(specifier.operator, "==" | "===" | "~=" | ">=" | ">"))
}

fn is_leap(before: &[u64], after: &[u64]) -> bool {
    let (Some(old), Some(new)) = (before.first(), after.first()) else { return false };
    new.saturating_sub(*old) >= LEAP && !is_date(*new) && !is_date(*old)
}

fn is_signature(release: &[u64]) -> bool {
    let Some((first, rest)) = release.split_first() else { return false };
    let nines = |number: u64| number > 0 && number.to_string().bytes().all(|digit| digit == b'9');
    match first {
        // A browser's driver has been at 99, with a build number behind it.
        0..99 => false,
        99 => rest.iter().all(|number| *number == 0 || nines(*number)),
        _ => nines(*first) || ["1", "9"].iter().any(|digit| is_round(*first, digit)),
    }
}

fn is_round(number: u64, digit: &str) -> bool {
    let text = number.to_string();
    text.strip_prefix(digit).is_some_and(|zeros| zeros.len() >= 3 && zeros.bytes().all(|byte| byte == b'0'))
}

/// What keeps a project out where it stands in a constraints file: `1000000000.0.0`, which nobody released.
fn is_never(release: &[u64]) -> bool {
    release.split_first().is_some_and(|(first, rest)| {
        *first >= 1_000_000 && is_round(*first, "1") && rest.iter().all(|number| *number == 0)
    })
}

/// Whether a first number is a year, or a date beginning with one: `2024`, `202411`, `20241122`, `2411`, `241122`.
fn is_date(number: u64) -> bool {
    let text = number.to_string();
    let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u64>().ok());
    let year = |at: usize| digits(at..at + 4).is_some_and(|year| (1990..2100).contains(&year));
    let month = |at: usize| digits(at..at + 2).is_some_and(|month| (1..=12).contains(&month));
    let day = |at: usize| digits(at..at + 2).is_some_and(|day| (1..=31).contains(&day));
    match text.len() {
        4 => year(0) || month(2),
        6 => (year(0) && month(4)) || (month(2) && day(4)),
        8.. => year(0) && month(4) && day(6),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_signature};
    use crate::testing::check;

    #[test]
    fn the_signature_is_found_without_a_base() {
        check(
            "implausible-version",
            "a==999.0.0\n ^^^^^^^^^ implausible-version: wants `999.0.0`\nb>=1,>=9999\n     ^^^^^^ implausible-version\nc==1\nd<999\n",
        );
    }

    #[test]
    fn a_constraint_that_keeps_a_project_out_is_left_alone() {
        check(
            "implausible-version",
            "==> constraints.txt <==\na==1000000000.0.0\nb==1000.0.0\n ^^^^^^^^^^ implausible-version\nc==1000000000.0.1\n ^^^^^^^^^^^^^^^^ implausible-version\n",
        );
    }

    #[test]
    fn a_number_of_any_size_is_read() {
        check(
            "implausible-version",
            "a==99999999999999999999999.0\n ^^^^^^^^^^^^^^^^^^^^^^^^^^^ implausible-version: wants\nb==20261122153045123456\nc==0000000000000000000000001.2\n",
        );
    }

    #[test]
    fn numbers_of_honest_projects_are_no_signature() {
        for release in [&[99u64, 0, 0][..], &[99, 99, 99], &[999], &[1000, 0, 1], &[90000], &[99999, 1]] {
            assert!(is_signature(release), "{release:?}");
        }
        for release in [&[9u64, 9, 9][..], &[99, 0, 4844, 51], &[100, 0], &[306], &[2000, 1], &[3000, 1]] {
            assert!(!is_signature(release), "{release:?}");
        }
    }

    #[test]
    fn a_leap_is_found_in_a_change() {
        check(
            "implausible-version",
            "==> base/r.txt <==\na==1.2\nb==1.2\nc>=2\n==> r.txt <==\na==140.1\n ^^^^^^^ implausible-version: leaps from `1.2` to `140.1`\nb==999.0\n ^^^^^^^ implausible-version: leaps\nc>=80\n",
        );
    }

    #[test]
    fn dates_are_no_leap() {
        check(
            "implausible-version",
            "==> base/r.txt <==\na==1.2\nb==2019.2\nc==2024.1\nd==306\ne==0.1\n==> r.txt <==\na==2026.11\nb==3000.1\nc==2026.11\nd==311\ne==20261122.0\n",
        );
        let number = |text: &str| text.parse().expect("a number");
        for date in ["1999", "2026", "2411", "202411", "241122", "20241122", "202411221530"] {
            assert!(is_date(number(date)), "{date}");
        }
        for other in ["140", "1000", "2100", "9999", "999999", "99999999"] {
            assert!(!is_date(number(other)), "{other}");
        }
    }

    #[test]
    fn what_was_there_before_is_not_this_changes_doing() {
        check("implausible-version", "==> base/r.txt <==\na==999\nb==1\n==> r.txt <==\na==999\nb==2\n");
    }
}
