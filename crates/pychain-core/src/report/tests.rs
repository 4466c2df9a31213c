//! The sinks over one menagerie of a report: what they write, and what they never write.

use std::sync::LazyLock;

use comrak::nodes::NodeValue;
use jsonschema::{Registry, Resource, Validator};
use proptest::prelude::*;
use serde_json::Value;

use super::sarif::tests::with_rules;
use super::{Report, annotations, json, markdown, review, sarif};
use crate::finding::{Finding, Location, Subject};
use crate::order::Set;
use crate::prose::is_hidden;
use crate::rules::MANUALS;
use crate::text::{Edit, FileId, Problem, SourceFile, Span};

mod menagerie;

const MARKDOWN: markdown::Options<'_> = markdown::Options {
    manuals: menagerie::MANUALS,
    docs: Some("https://docs.example/rules"),
    limit: markdown::COMMENT_LIMIT,
};
const SARIF: sarif::Options<'_> =
    sarif::Options { manuals: menagerie::MANUALS, docs: Some("https://docs.example/rules/"), suppressed: true };

fn to_sarif(report: &Report) -> String {
    with_rules(report, menagerie::RULES, SARIF)
}

#[test]
fn each_sink_writes_the_menagerie() {
    let report = menagerie::report();
    insta::assert_snapshot!("json", json::to_string(&report));
    insta::assert_snapshot!("sarif", to_sarif(&report));
    insta::assert_snapshot!("annotations", annotations::to_string(&report));
    insta::assert_snapshot!("markdown", markdown::to_string(&report, MARKDOWN));
}

#[test]
fn nothing_wrong_is_one_calm_line() {
    let mut report = menagerie::report();
    report.changes.clear();
    report.findings.clear();
    report.problems.clear();
    assert_eq!(
        markdown::to_string(&report, MARKDOWN),
        "pychain: no findings in 3 files (2 suppressed, 1 rule not run)\n"
    );
    report.suppressed.clear();
    report.not_run.clear();
    assert_eq!(markdown::to_string(&report, MARKDOWN), "pychain: no findings in 3 files\n");
    assert_eq!(annotations::to_string(&report), "");
}

#[test]
fn rules_that_lack_the_same_are_told_together() {
    let mut report = menagerie::report();
    let [first] = report.not_run.as_slice() else { panic!("one rule") };
    let (rule, missing) = (first.rule, first.missing.clone());
    report.not_run.push(super::NotRun { rule, missing });
    report.not_run.push(super::NotRun { rule, missing: vec![crate::rule::Need::Base] });
    let text = markdown::to_string(&report, markdown::Options { docs: None, ..MARKDOWN });
    assert!(text.contains("- `odd-style`, `odd-style` need `expected-indexes`"), "{text}");
    assert!(text.contains("- `odd-style` needs a base"), "{text}");
}

mod schemas {
    use super::*;

    const JSON_SCHEMA: &str = include_str!("../../../../docs/report.schema.json");
    const DIFF_SCHEMA: &str = include_str!("../../../../docs/diff.schema.json");
    const SARIF_SCHEMA: &str = include_str!("../../tests/data/sarif-schema-2.1.0.json");

    pub(super) static JSON_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(JSON_SCHEMA));
    static DIFF_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(DIFF_SCHEMA));
    // SARIF's pattern for a language, which is never written, has a bracket too many to be a regular expression.
    pub(super) static SARIF_VALIDATOR: LazyLock<Validator> =
        LazyLock::new(|| validator(&SARIF_SCHEMA.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")));

    fn validator(schema: &str) -> Validator {
        let schema = serde_json::from_str(schema).expect("the schema is JSON");
        let diff = serde_json::from_str(DIFF_SCHEMA).expect("the schema is JSON");
        // The report's schema points into that of the table of changes.
        let registry = Registry::new().add(json::DIFF_SCHEMA, Resource::from_contents(diff)).expect("a resource");
        let registry = registry.prepare().expect("resources without holes");
        let options = jsonschema::options().should_validate_formats(true).with_registry(&registry);
        options.build(&schema).expect("the schema is one")
    }

    #[track_caller]
    pub(super) fn check(validator: &Validator, text: &str) -> Value {
        let value: Value = serde_json::from_str(text).expect("the output is JSON");
        let errors: Vec<_> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, [""; 0]);
        value
    }

    #[test]
    fn the_json_is_of_its_schema() {
        let report = menagerie::report();
        let value = check(&JSON_VALIDATOR, &json::to_string(&report));
        assert_eq!(value, json::to_value(&report));
        assert_eq!(value["schema"], serde_json::from_str::<Value>(JSON_SCHEMA).expect("JSON")["$id"]);
    }

    #[test]
    fn the_json_of_the_table_is_of_its_schema() {
        let report = menagerie::report();
        let text = json::diff_to_string(&report.changes, &report.problems, &report.version);
        let value = check(&DIFF_VALIDATOR, &text);
        assert_eq!(value["schema"], serde_json::from_str::<Value>(DIFF_SCHEMA).expect("JSON")["$id"]);
        assert_eq!(value["counts"]["added"], 1);
        assert_eq!(value["changes"], json::to_value(&report)["changes"]);
    }

    /// So a field cannot be added to the output alone (`additionalProperties`) nor to the schema
    /// alone (`required`): the test above would fail.
    #[test]
    fn the_schema_of_the_json_is_closed_and_complete() {
        let schema: Value = serde_json::from_str(JSON_SCHEMA).expect("JSON");
        let objects =
            schema["$defs"].as_object().expect("definitions").iter().filter(|(_, def)| def["type"] == "object");
        let mut seen = 0;
        for (name, def) in objects {
            let fields: Vec<_> = def["properties"].as_object().expect("properties").keys().collect();
            let mut required: Vec<_> =
                def["required"].as_array().expect("required").iter().filter_map(Value::as_str).collect();
            required.sort_unstable();
            assert_eq!(fields, required, "{name}");
            assert_eq!(def["additionalProperties"], false, "{name}");
            seen += 1;
        }
        assert_eq!(seen, 15);
    }

    #[test]
    fn the_sarif_is_of_the_official_schema() {
        let report = menagerie::report();
        let value = check(&SARIF_VALIDATOR, &to_sarif(&report));
        let results = value["runs"][0]["results"].as_array().expect("results");
        assert_eq!(results.len(), report.findings.len() + report.suppressed.len());
        check(&SARIF_VALIDATOR, &with_rules(&report, &[], SARIF));
        check(
            &SARIF_VALIDATOR,
            &sarif::to_string(&report, sarif::Options { manuals: MANUALS, docs: None, suppressed: false }),
        );
    }

    #[test]
    fn the_sarif_keeps_to_what_code_scanning_takes() {
        let value = check(&SARIF_VALIDATOR, &to_sarif(&menagerie::report()));
        let run = &value["runs"][0];
        for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
            for required in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
                assert!(rule.pointer(required).and_then(Value::as_str).is_some_and(|text| !text.is_empty()), "{rule}");
            }
            if let Some(score) = rule["properties"].get("security-severity") {
                let score: f64 = score.as_str().expect("text").parse().expect("a number");
                assert!(score > 0.0 && score <= 10.0);
            }
        }
        for result in run["results"].as_array().expect("results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            assert_eq!(result["partialFingerprints"]["pychain/v1"].as_str().map(str::len), Some(64));
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(["startLine", "startColumn", "endLine", "endColumn"].iter().all(|key| region[key].is_u64()));
        }
    }
}

#[test]
fn columns_are_in_the_declared_unit() {
    let report = menagerie::report();
    let json = json::to_value(&report);
    // The finding's line begins with an emoji: one character, two UTF-16 code units, four bytes.
    assert_eq!(json["findings"][0]["location"]["start"], serde_json::json!({ "line": 2, "column": 5 }));
    let sarif: Value = serde_json::from_str(&to_sarif(&report)).expect("JSON");
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"], 6);
}

#[test]
fn paths_are_percent_encoded_in_sarif() {
    let sarif: Value = serde_json::from_str(&to_sarif(&menagerie::report())).expect("JSON");
    let uri = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(uri["uri"], "dir/a%20b%25%2C%3A%C3%A9%0A%3A%3Aerror%3A%3A.txt");
    assert_eq!(uri["uriBaseId"], "%SRCROOT%");
}

#[test]
fn suppressed_findings_are_in_sarif_only_when_asked_for() {
    let report = menagerie::report();
    let text = with_rules(&report, menagerie::RULES, sarif::Options { suppressed: false, ..SARIF });
    let sarif: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(report.findings.len()));
    assert_eq!(sarif["runs"][0]["properties"]["suppressedFindings"], 2);
}

/// As many findings of each rule as asked for, in the order of `menagerie::RULES`.
fn many(counts: [usize; 4]) -> Report {
    let file = SourceFile::from_text("requirements.txt", "flask\n".repeat(100));
    let primary = Location { file: FileId(0), span: Span::new(6, 11) };
    let findings = menagerie::RULES.iter().zip(counts).flat_map(|(rule, count)| {
        std::iter::repeat_n(*rule, count)
            .map(move |rule| Finding::new(rule, primary, Subject::Project("flask".to_owned()), "`flask` is bad"))
    });
    let (changes, problems) = (Vec::new(), Vec::new());
    Report { files: vec![file], changes, findings: findings.collect(), problems, ..menagerie::report() }
}

#[test]
fn annotations_beyond_what_github_keeps_are_counted() {
    #[track_caller]
    fn check(counts: [usize; 4], expected: [usize; 3], rest: Option<usize>) {
        let text = annotations::to_string(&many(counts));
        let of = |level: &str| text.lines().filter(|line| line.starts_with(&format!("::{level} "))).count();
        assert_eq!([of("error"), of("warning"), of("notice")], expected, "{text}");
        let last = text.lines().last().expect("a line");
        assert_eq!(last.contains("not annotated"), rest.is_some(), "{last}");
        assert!(rest.is_none_or(|rest| last.starts_with(&format!("::notice title=pychain::{rest} more"))), "{last}");
        let level = |line: &str| ["::error", "::warning", "::notice"].iter().position(|level| line.starts_with(level));
        assert!(text.lines().map(level).is_sorted(), "worst first: {text}");
    }
    // The rules of the menagerie are medium, high, low and info.
    check([1, 1, 1, 1], [1, 1, 2], None);
    check([10, 10, 5, 5], [10, 10, 10], None);
    check([0, 11, 0, 0], [10, 0, 1], Some(1));
    check([12, 0, 5, 5], [0, 10, 10], Some(3));
    check([0, 0, 9, 2], [0, 0, 10], Some(2));
}

#[test]
fn a_summary_keeps_the_worst_findings_that_fit() {
    let report = many([40, 2, 40, 40]);
    for limit in [0, markdown::LEAST_LIMIT, 5_000, 20_000, markdown::COMMENT_LIMIT] {
        let text = markdown::to_string(&report, markdown::Options { limit, ..MARKDOWN });
        assert!(text.len() <= limit.max(markdown::LEAST_LIMIT), "{limit}");
        let shown = text.lines().filter(|line| line.starts_with("- **")).count();
        let left_out = text.lines().find_map(|line| line.strip_prefix("**")?.split(' ').next()?.parse::<usize>().ok());
        assert_eq!(shown + left_out.unwrap_or_default(), report.findings.len(), "{limit}");
        assert!(text.contains("- **High**"), "{limit}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
    let text = markdown::to_string(&report, markdown::Options { limit: 5_000, ..MARKDOWN });
    assert!(!text.contains("- **Info**") && text.contains("40 low, 40 info) do not fit here"), "{text}");
}

#[test]
fn a_summary_shows_no_password_of_a_url() {
    let text = markdown::to_string(&menagerie::report(), MARKDOWN);
    assert!(text.contains("https://****@example.org/simple") && !text.contains("secret"), "{text}");
}

/// Renders as GitHub does, as far as its own additions can be had, and looks for what only ours may be.
#[track_caller]
fn assert_inert(markdown: &str) {
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options);
    let is_ours = |html: &str| {
        let marker = html.strip_prefix("<!-- pychain v1 ").and_then(|rest| rest.strip_suffix(" -->"));
        ["<details><summary>Details</summary>", "</details>"].contains(&html)
            || marker.is_some_and(|inner| inner.bytes().all(|b| b.is_ascii_alphanumeric() || b" =".contains(&b)))
    };
    let table = markdown.split_once("\n### Dependencies that change").map_or("", |(_, table)| table);
    let table = table.lines().skip(1).skip_while(|line| line.is_empty()).take_while(|line| line.starts_with('|'));
    for line in table.filter(|line| line.starts_with("| ")) {
        let bars = line.replace(r"\\", "").replace(r"\|", "").matches('|').count();
        assert!([6, 7].contains(&bars), "{line}");
    }
    let mut text = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Link(link) => {
                let places = ["https://docs.example/rules/", "https://github.example/o/r/blob/a1/"];
                assert!(places.iter().any(|place| link.url.starts_with(place)), "{}", link.url);
            }
            NodeValue::HtmlBlock(html) => assert!(is_ours(html.literal.trim()), "{}", html.literal),
            // A cell more would be somebody else's.
            NodeValue::Table(table) => assert!([5, 6].contains(&table.num_columns), "{markdown}"),
            NodeValue::Document
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
            | NodeValue::Heading(_)
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Paragraph
            | NodeValue::Strong
            | NodeValue::SoftBreak
            | NodeValue::CodeBlock(_)
            | NodeValue::Code(_) => text.push(' '),
            other => panic!("not ours: {other:?}\n{markdown}"),
        }
    }
    let chars: Vec<char> = text.chars().collect();
    for pair in chars.windows(2) {
        let [first, second] = pair else { continue };
        // A mention, a reference, the name of an emoji, a scheme's end.
        let lives = matches!(first, '@' | '#' | ':') && (second.is_alphanumeric() || "/+-_".contains(*second));
        assert!(!lives, "{first}{second} in {text}");
    }
    assert!(!text.to_lowercase().contains("gh-7"));
}

#[test]
fn a_table_that_does_not_fit_is_counted() {
    let mut report = menagerie::report();
    report.findings.clear();
    report.problems.clear();
    report.changes = std::iter::repeat_n(report.changes[1].clone(), 700).collect();
    let text = markdown::to_string(&report, MARKDOWN);
    assert!(text.contains("And 200 more projects change; `pychain diff BASE HEAD` shows all of them."), "{text}");
    let text = markdown::to_string(&report, markdown::Options { limit: 0, ..MARKDOWN });
    assert!(text.len() <= markdown::LEAST_LIMIT && text.contains("more projects change"), "{text}");
    assert!(!super::change::markdown(&report.changes).contains("more projects"));
    assert_eq!(super::change::markdown(&[]), "pychain: no dependency changes\n");
}

#[test]
fn the_summary_of_the_menagerie_is_inert() {
    assert_inert(&markdown::to_string(&menagerie::report(), MARKDOWN));
}

/// No line is a command that is not in `expected`; nothing hides or moves text.
#[track_caller]
fn assert_printable(text: &str) {
    assert!(!text.contains(|c| is_hidden(c) && c != '\n'), "{text:?}");
    assert!(!text.contains("##["), "{text}");
}

/// Text such as somebody would write who has read this file.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(&menagerie::HOSTILE[..]).prop_map(str::to_owned),
        "[`\\\\\\[\\]()<>@#:!*_~|&$ \n-]{0,6}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn hostile_report()(
        path in hostile(),
        texts in proptest::collection::vec(hostile(), 9),
        spans in proptest::collection::vec((0..60_usize, 0..60_usize), 4),
        rules in proptest::collection::vec(0..4_usize, 0..4),
    ) -> Report {
        let text = |at: usize| texts[at].clone();
        let files = vec![SourceFile::from_text("a.txt", &texts[8]), SourceFile::from_text(path, texts[0].clone() + &texts[1])];
        let span = |at: usize| Span::new(spans[at].0, spans[at].1);
        let finding = |rule: usize| {
            let rule = menagerie::RULES[rule];
            let primary = Location { file: FileId(1), span: span(0) };
            // A message is never empty; what is in it may be anything.
            Finding::new(rule, primary, Subject::Line(text(1)), format!("m{}", text(2)))
                .help(text(3))
                .evidence("fact", text(4))
                .related(Location { file: FileId(0), span: span(1) }, text(5))
                .fix(format!("t{}", text(6)), crate::finding::Safety::Safe, vec![Edit::replace(span(2), text(7))])
        };
        let findings = rules.iter().map(|rule| finding(*rule)).collect();
        let suppressed = vec![super::Suppressed { finding: finding(0), reason: text(3), comment: None }];
        let problems = vec![
            Problem::of_file(text(4), format!("m{}", text(5)), text(6)),
            Problem::at(&files[0], span(3), format!("m{}", text(7)), text(0)),
        ];
        let mut changes = menagerie::report().changes;
        for row in &mut changes {
            row.name = text(2);
            row.route = crate::diff::Route::Through(vec![text(3), text(4)]);
            row.places[0].path = text(5);
            if let Some(after) = &mut row.after {
                (after.versions, after.source, after.markers) = (vec![text(6)], text(7), vec![text(8)]);
            }
        }
        let not_run = Vec::new();
        Report { files, changes, findings, suppressed, problems, not_run, version: "0.0.0".to_owned() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_sink_prints_what_moves_or_hides_text(report in hostile_report()) {
        for text in [
            json::to_string(&report),
            to_sarif(&report),
            annotations::to_string(&report),
            markdown::to_string(&report, MARKDOWN),
        ] {
            assert_printable(&text);
        }
    }

    #[test]
    fn json_and_sarif_of_anything_are_of_their_schemas(report in hostile_report()) {
        let value = schemas::check(&schemas::JSON_VALIDATOR, &json::to_string(&report));
        prop_assert_eq!(value, json::to_value(&report), "what a parser reads is what was meant");
        schemas::check(&schemas::SARIF_VALIDATOR, &to_sarif(&report));
    }

    #[test]
    fn every_line_of_annotations_is_one_of_ours(report in hostile_report()) {
        let text = annotations::to_string(&report);
        prop_assert_eq!(text.lines().count(), report.findings.len() + report.problems.len());
        for line in text.lines() {
            let (command, _) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
            let (level, properties) = command.split_once(' ').expect("properties");
            prop_assert!(["error", "warning", "notice"].contains(&level));
            for property in properties.split(',') {
                let (name, _) = property.split_once('=').expect("a value");
                prop_assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{}", line);
            }
        }
    }

    #[test]
    fn a_review_of_anything_is_inert_and_fits(report in hostile_report(), lines in any::<bool>()) {
        let patches = report
            .files
            .iter()
            .filter(|_| lines)
            .map(|file| (file.path().to_owned(), crate::testing::whole_patch(file.text())))
            .collect();
        let existing = review::Existing::default();
        let plan = review::plan(&review::Input {
            report: &report,
            patches: &patches,
            existing: &existing,
            head: "a1",
            unread: &Set::new(),
            options: review::Options {
                manuals: MARKDOWN.manuals,
                inline: true,
                docs: MARKDOWN.docs,
                blob: Some("https://github.example/o/r/blob/a1"),
            },
        });
        let review::Summary::Create(summary) = plan.summary else {
            prop_assert!(report.findings.is_empty());
            return Ok(());
        };
        let comments = plan.review.iter().flat_map(|review| &review.comments);
        for body in comments.map(|comment| &comment.body).chain([&summary]) {
            assert_printable(body);
            assert_inert(body);
            prop_assert!(body.chars().count() < markdown::COMMENT_LIMIT);
        }
    }

    #[test]
    fn a_summary_of_anything_is_inert_and_fits(report in hostile_report(), limit in 0..20_000_usize) {
        let text = markdown::to_string(&report, markdown::Options { limit, ..MARKDOWN });
        prop_assert!(text.len() <= limit.max(markdown::LEAST_LIMIT));
        assert_inert(&text);
    }
}
