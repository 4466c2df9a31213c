//! What a person reads: findings, summary, the list of rules.

use pychain_core::finding::{Location, Subject};
use pychain_core::report::NotRun;
use pychain_core::text::{Edit, FileId};

use super::*;
use loose_lid::RULE;

mod loose_lid {
    pychain_core::declare_rule! {
        /// ## What it does
        ///
        /// Looks for lids.
        ///
        /// ## Why it matters
        ///
        /// A loose lid lets the steam out,
        /// see [the manual](https://example.org). A second sentence.
        ///
        /// ## Example
        "loose-lid": "lid that is not closed",
        severity: Medium, confidence: High, persona: Regular, fix: Sometimes,
        needs: [ExpectedIndexes],
        since: "0.1.0",
        check: |_, _| {},
    }
}

fn report(files: &[(&str, &str)], findings: Vec<Finding>) -> Report {
    Report {
        files: files.iter().map(|(path, text)| SourceFile::from_text(*path, *text)).collect(),
        changes: Vec::new(),
        findings,
        problems: Vec::new(),
        not_run: Vec::new(),
        suppressed: Vec::new(),
        version: "0.0.0".to_owned(),
    }
}

fn at(file: u32, start: usize, end: usize) -> Location {
    Location { file: FileId(file), span: Span::new(start, end) }
}

fn lid(place: Location, message: &str) -> Finding {
    Finding::new(&RULE, place, Subject::File("r.txt".to_owned()), message)
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn more_than_ten_of_a_rule_have_a_line_each() {
    let text = "flask\n".repeat(13);
    let of = |line: usize| lid(at(0, 6 * line, 6 * line + 5), &format!("lid {line}"));
    let mut all: Vec<Finding> = (0..12).map(of).collect();
    all.push(of(12).at_most(Severity::Low));
    let shown = plain(&findings(&report(&[("r.txt", &text)], all), None));
    let end = "10 | flask\n   | ^^^^^\n\nmedium[loose-lid]: lid 10 --> r.txt:11:1\nmedium[loose-lid]: lid 11 --> r.txt:12:1\n\nlow[loose-lid]: lid 12\n  --> r.txt:13:1\n";
    assert!(shown.contains(end), "{shown}");
}

#[test]
fn a_finding_shows_place_reason_and_remedy() {
    let finding = lid(at(0, 11, 16), "`flask` has a loose lid")
        .help("Close it")
        .evidence("temperature", "98 °C")
        .related(at(1, 0, 5), "closed here")
        .fix("close the lid", Safety::Safe, vec![Edit::delete(Span::new(0, 1))]);
    let report = report(&[("r.txt", "click==8.1\nflask==3.0  # 熱\n"), ("a/b.txt", "stove\n")], vec![finding]);
    let shown = plain(&findings(&report, None));
    assert_eq!(
        shown,
        "\
medium[loose-lid]: `flask` has a loose lid
 --> r.txt:2:1
  |
2 | flask==3.0  # 熱
  | ^^^^^
  |
 ::: a/b.txt:1:1
  |
1 | stove
  | ----- closed here
  |
  = note: temperature: 98 °C
  = why: A loose lid lets the steam out, see the manual (https://example.org)
  = help: Close it
  = fix: close the lid (`--fix`)

"
    );
}

#[test]
fn the_underline_stands_below_wide_characters() {
    let report = report(&[("r.txt", "熱x==1\n")], vec![lid(at(0, 3, 4), "here")]);
    let shown = plain(&findings(&report, None));
    assert!(shown.contains("\n1 | 熱x==1\n  |   ^\n"), "{shown}");
    assert!(shown.contains("r.txt:1:2\n"), "{shown}");
}

#[test]
fn why_is_said_once_a_rule_and_places_are_not_listed_without_end() {
    let many = (0..6)
        .fold(lid(at(0, 0, 1), "many"), |finding, at_byte| finding.related(at(0, at_byte, at_byte + 1), "one of them"));
    let report = report(&[("r.txt", "abcdef\n")], vec![many, lid(at(0, 1, 2), "again")]);
    let shown = plain(&findings(&report, None));
    assert_eq!(shown.matches("= why:").count(), 1);
    assert_eq!(shown.matches("one of them").count(), 3);
    assert!(shown.contains("= note: and 3 more places\n"), "{shown}");
}

#[test]
fn nothing_from_a_file_reaches_the_terminal_unescaped() {
    let evil = "\u{1b}[2J\u{9b}1m\r\n\u{202e}\u{200b}##[error]";
    let finding = lid(at(0, 0, 5), evil).help(evil).evidence("fact", evil).related(at(0, 1, 2), evil).fix(
        evil,
        Safety::Unsafe,
        vec![],
    );
    let mut report = report(&[(evil, evil)], vec![finding]);
    report.problems.push(Problem::of_file(evil, evil, evil));
    let shown = plain(
        &(findings(&report, None)
            + &problem(&report.problems[0])
            + &diagnostic(&report.files[0], Span::new(0, 5), evil, evil)),
    );
    assert!(!shown.contains("##["), "{shown}");
    let hidden = shown.chars().find(|c| *c != '\n' && pychain_core::prose::is_hidden(*c));
    assert_eq!(hidden, None, "{shown}");
    assert_eq!(shown.lines().count(), 24, "no line of its own making\n{shown}");
}

#[test]
fn the_summary_counts() {
    let clean = report(&[("r.txt", "a\n")], vec![]);
    assert_eq!(summary(&clean), "No findings in 1 file\n");
    let mut high = lid(at(0, 0, 1), "x");
    high.severity = Severity::High;
    let fixable = lid(at(0, 0, 1), "y").fix("close", Safety::Safe, vec![]);
    let unsafely = lid(at(0, 0, 1), "z").fix("open", Safety::Unsafe, vec![]);
    let mut found = report(&[("r.txt", "a\n"), ("s.txt", "")], vec![high, fixable, unsafely]);
    found.not_run.push(NotRun { rule: &RULE, missing: vec![Need::ExpectedIndexes] });
    assert_eq!(
        summary(&found),
        "3 findings (1 high, 2 medium) in 1 of 2 files; 1 fixable (`--fix`); \
         1 fixable unsafely (`--fix --unsafe-fixes`); 1 rule not run without `expected-indexes`\n"
    );
}

#[test]
fn a_rule_that_only_lacks_a_base_is_not_worth_a_word() {
    let mut clean = report(&[("r.txt", "a\n")], vec![]);
    clean.not_run.push(NotRun { rule: &RULE, missing: vec![Need::Base] });
    assert_eq!(summary(&clean), "No findings in 1 file\n");
}

#[test]
fn rules_are_listed_in_columns() {
    assert_eq!(
        plain(&rules(&[&RULE])),
        "rule       severity  for       fix        what is wrong\n\
         loose-lid  medium    regular   sometimes  lid that is not closed\n"
    );
}
