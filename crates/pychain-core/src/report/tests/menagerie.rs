//! A report by hand that holds one of everything, and the rules behind it.

use crate::audit::{Context, Findings};
use crate::diff::{HashChange, Kind, Place, Route, Row, SizeChange, State};
use crate::finding::{Evidence, Finding, Fingerprint, Fix, Location, Origin, Related, Safety, Severity, Subject};
use crate::manual::Manuals;
use crate::prose::code;
use crate::report::{NotRun, Report, Suppressed};
use crate::rule::{Need, Rule};
use crate::text::{Edit, FileId, Problem, SourceFile, Span};

/// The rules of the menagerie, as a registry.
pub(super) static RULES: &[&Rule] = &[&unhashed::RULE, &extra_index::RULE, &odd_text::RULE, &style::RULE];

/// Their manuals.
pub(super) const MANUALS: Manuals<'_> =
    Manuals(&[unhashed::MANUAL, extra_index::MANUAL, odd_text::MANUAL, style::MANUAL]);

fn check(_: &Context<'_>, _: &mut Findings<'_>) {}

mod unhashed {
    crate::declare_rule! {
        /// ## What it does
        ///
        /// Reports a requirement that has no `--hash`.
        ///
        /// ## Why it matters
        ///
        /// Whoever can change the file on the index can change what is installed.
        ///
        /// pip checks nothing then.
        ///
        /// ## Example
        ///
        /// ```requirements,bad
        /// flask==3.1.0
        /// ```
        ///
        /// ## When it is wrong
        ///
        /// - Where a lock file holds the hashes.
        "unhashed-requirement": "requirement without a hash",
        severity: Medium, confidence: High, persona: Regular, fix: Never,
        needs: [],
        since: "0.1.0",
        aliases: ["missing-hash"],
        check: super::check,
    }
}

mod extra_index {
    crate::declare_rule! {
        /// ## What it does
        ///
        /// Reports a second index.
        ///
        /// ## Why it matters
        ///
        /// Either index can answer for every name.
        ///
        /// ## Example
        ///
        /// ```requirements,bad
        /// --extra-index-url https://example.org/simple
        /// ```
        "extra-index-url": "second index that can answer for every name",
        severity: High, confidence: Medium, persona: Regular, fix: Sometimes,
        needs: [],
        since: "0.1.0",
        check: super::check,
    }
}

mod odd_text {
    crate::declare_rule! {
        /// ## What it does
        ///
        /// Reports characters that nobody sees.
        ///
        /// ## Why it matters
        ///
        /// A reviewer reads something else than the installer.
        ///
        /// ## Example
        ///
        /// ```requirements,bad
        /// a # b
        /// ```
        "hidden-text": "character that hides or reorders text",
        severity: Low, confidence: Low, persona: Auditor, fix: Always,
        needs: [Base, Date],
        since: "0.2.0",
        check: super::check,
    }
}

mod style {
    crate::declare_rule! {
        /// ## What it does
        ///
        /// Reports style.
        ///
        /// ## Why it matters
        ///
        /// It does not, much.
        ///
        /// ## Example
        ///
        /// ```requirements,bad
        /// x
        /// ```
        "odd-style": "unusual spelling",
        severity: Info, confidence: High, persona: Pedantic, fix: Never,
        needs: [ExpectedIndexes, Date],
        since: "0.2.0",
        check: super::check,
    }
}

/// What an attacker would write, one kind of trick each.
pub(super) const HOSTILE: [&str; 24] = [
    "\u{1b}[31mred\u{1b}[2J",
    "\n::error::injected",
    "\r::stop-commands::x",
    "##[error]injected",
    "[click](javascript:alert(1))",
    "![x](https://example.org/pixel)",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "</details><b>",
    "@someone",
    "#123 GH-7 org/repo#8",
    "https://example.org www.example.org a@example.org",
    ":tada:",
    "`` ``` ````",
    "a`b",
    "\u{202e}txet\u{2066}",
    "a\u{200b}\u{ad}\u{feff}b",
    "\u{85}\u{9b}2J\u{7f}",
    "\u{2028}\u{2029}\0",
    "| a | b |",
    "{0} {{1}} ${TOKEN}",
    "100%0A::notice::x,y=z",
    "\\](\\[*_~$x$&amp;",
    "\u{e0041}\u{1F600}名前",
];

/// The span of the first `what` in a file.
fn at(files: &[SourceFile], file: u32, what: &str) -> Location {
    let text = files.get(file as usize).expect("a file").text();
    let start = text.find(what).expect("what the file holds");
    Location { file: FileId(file), span: Span::new(start, start + what.len()) }
}

/// The report.
pub(super) fn report() -> Report {
    let hostile_name = "evil\u{1b}[31m`\u{202e}](javascript:x) @someone <script> #1 ::error::x\n::error::y";
    let files = vec![
        SourceFile::from_text(
            "constraints.txt",
            "# 日本語 😀\r\nflask==3.1.0  # pychain: ignore[unhashed-requirement] internal mirror\r\n",
        ),
        SourceFile::from_text("dir/a b%,:é\n::error::.txt", format!("ok\n😀 é {hostile_name}\n``` # </details>\n")),
        SourceFile::from_text(
            "requirements.txt",
            "--extra-index-url https://user:secret@example.org/simple\nflask==3.1.0\ndjango==5.2 \\\n    \
             # x\n    --no\ncelery\n",
        ),
    ];
    let finding = |rule, primary, subject, message: String| {
        let finding = Finding::new(rule, primary, subject, message);
        Finding { fingerprint: Fingerprint::of(&[rule.id, finding.subject.name()]), ..finding }
    };
    let evil = at(&files, 1, hostile_name);
    let emoji = at(&files, 1, "é");
    let findings = vec![
        Finding {
            related: HOSTILE
                .iter()
                .map(|text| Related { location: emoji, label: (*text).to_owned() })
                .take(3)
                .collect(),
            ..finding(
                &odd_text::RULE,
                evil,
                Subject::Line(hostile_name.to_owned()),
                format!("{} holds hidden characters", code(hostile_name)),
            )
            .help(HOSTILE.join(" "))
            .evidence("text", hostile_name)
            .evidence("characters", HOSTILE.concat())
            .fix(
                "Write them out",
                Safety::Safe,
                vec![Edit::replace(emoji.span, "\\u{e9}"), Edit::delete(evil.span)],
            )
        },
        finding(
            &extra_index::RULE,
            at(&files, 2, "--extra-index-url https://user:secret@example.org/simple"),
            Subject::Index("https://example.org/simple".to_owned()),
            "`flask`, `django` and 1 more can come from `https://example.org/simple` too".to_owned(),
        )
        .help("Use one index, or a proxy that decides which name comes from where")
        .evidence("index", "https://****@example.org/simple"),
        Finding {
            origin: Origin::Introduced,
            related: vec![Related { location: at(&files, 0, "flask==3.1.0"), label: "constrained here".to_owned() }],
            evidence: vec![Evidence { label: "pin", value: "==3.1.0".to_owned() }],
            ..finding(
                &unhashed::RULE,
                at(&files, 2, "flask==3.1.0"),
                Subject::Project("flask".to_owned()),
                "`flask` has no hash".to_owned(),
            )
            .help("Add `--hash=sha256:…`, for example with `pip-compile --generate-hashes`")
        },
        finding(
            &unhashed::RULE,
            at(&files, 2, "django==5.2 \\\n    # x\n    --no"),
            Subject::Project("django".to_owned()),
            "`django` has no hash".to_owned(),
        )
        .at_most(Severity::Low),
        Finding {
            fix: Some(Fix { title: "Nothing to do".to_owned(), safety: Safety::Unsafe, edits: Vec::new() }),
            ..finding(
                &style::RULE,
                Location { file: FileId(2), span: Span::new(95, 95) },
                Subject::File("requirements.txt".to_owned()),
                "the file ends oddly".to_owned(),
            )
        },
    ];
    let suppressed = vec![
        Suppressed {
            finding: finding(
                &unhashed::RULE,
                at(&files, 0, "flask==3.1.0"),
                Subject::Project("flask".to_owned()),
                "`flask` has no hash".to_owned(),
            ),
            reason: "internal mirror".to_owned(),
            comment: Some(at(&files, 0, "# pychain: ignore[unhashed-requirement] internal mirror")),
        },
        Suppressed {
            finding: finding(
                &style::RULE,
                at(&files, 2, "celery"),
                Subject::Option("--no".to_owned()),
                "`celery` is spelled oddly".to_owned(),
            ),
            reason: HOSTILE.concat(),
            comment: None,
        },
    ];
    let problems = vec![
        Problem::of_file("", "the change could not be compared: no base", ""),
        Problem::of_file("too\u{202e}big.txt", "the file is larger than 32 MiB", "Split it"),
        Problem::at(&files[2], at(&files, 2, "celery").span, HOSTILE.join(" "), "Close the quotation mark"),
    ];
    let not_run = vec![NotRun { rule: &style::RULE, missing: vec![Need::ExpectedIndexes, Need::Date] }];
    Report { files, changes: changes(), findings, problems, not_run, suppressed, version: "0.0.0".to_owned() }
}

/// A row with everything that a row can have, and one with next to nothing.
fn changes() -> Vec<Row> {
    let state = |version: &str, source: &str, marker: &str| State {
        versions: vec![version.to_owned()],
        source: source.to_owned(),
        markers: vec![marker.to_owned()],
        extras: vec!["x".to_owned()],
        groups: vec!["dev".to_owned()],
        uploaded: Some("2026-11-20T10:00:00Z".to_owned()),
        is_sdist_only: !source.is_empty(),
    };
    let place = |path: &str| Place { path: path.to_owned(), line: 3, in_base: false, is_locked: true };
    vec![
        Row {
            name: "@everyone|`x`".to_owned(),
            kinds: vec![Kind::Resourced, Kind::Downgraded, Kind::Marker],
            before: Some(state("2", "", "os_name == 'nt'")),
            after: Some(state("1", "https://index.example|\\|/simple", "os_name == '|'")),
            constraint: true,
            route: Route::Unknown,
            age: Some(2),
            size: Some(SizeChange { before: Some(100_000), after: 11_000_000 }),
            hashes: HashChange { added: 2, removed: 1 },
            places: vec![place("uv.lock"), place("ev|l\n.lock")],
        },
        Row {
            name: "jinja2".to_owned(),
            kinds: vec![Kind::Added],
            before: None,
            after: Some(State { versions: vec!["3.1.6".to_owned()], ..State::default() }),
            constraint: false,
            route: Route::Through(vec!["flask".to_owned()]),
            age: None,
            size: None,
            hashes: HashChange::default(),
            places: vec![place("uv.lock")],
        },
    ]
}
