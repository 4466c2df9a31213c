//! The fixture of the tests: a small project in one string, with marks under what must be found.

use crate::audit::{Request, Workflow, audit};
use crate::config::{Config, Policy};
use crate::format::detect;
use crate::knowledge::filter::NameFilter;
use crate::knowledge::lines::SortedLines;
use crate::knowledge::ranked::RankedNames;
use crate::knowledge::remembered::Remembered;
use crate::knowledge::vocabulary::Vocabulary;
use crate::knowledge::{Knowledge, Names, pack};
use crate::model::PathKind;
use crate::order::{Map, Set};
use crate::report::Report;
use crate::rules::tests::formats::assert_known;
use crate::text::{ColumnEncoding, apply_edits};
use crate::tree::{Loader, Project, Want};

/// Two sides of a project: head, and base where the fixture has one.
pub(crate) struct Fixture {
    pub(crate) head: Project,
    pub(crate) base: Option<Project>,
    pub(crate) config: Config,
    pub(crate) head_config: Option<Config>,
    pub(crate) workflows: Vec<Workflow>,
    /// Path, line, first column, one past the last column, rule, text in the message.
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    path: String,
    line: usize,
    columns: (usize, usize),
    rule: String,
    text: String,
}

impl Fixture {
    /// `==> path <==` starts a file (`requirements.txt` without one), `==> base/path <==` one of the
    /// old side; a `pychain.toml` configures the audit; a line of `^` marks what stands above it.
    pub(crate) fn parse(text: &str) -> Self {
        let mut files: Vec<(String, Vec<String>)> = Vec::new();
        let mut marks = Vec::new();
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            if let Some(path) = bare.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
                files.push((path.to_owned(), Vec::new()));
                continue;
            }
            if files.is_empty() {
                files.push(("requirements.txt".to_owned(), Vec::new()));
            }
            let (path, lines) = files.last_mut().expect("a file");
            let trimmed = bare.trim_start_matches(' ');
            if trimmed.starts_with('^') {
                let width = trimmed.len() - trimmed.trim_start_matches('^').len();
                let start = bare.len() - trimmed.len() + 1;
                let (rule, text) = trimmed[width..].split_once(':').unwrap_or((&trimmed[width..], ""));
                let (rule, text) = (rule.trim().to_owned(), text.trim().to_owned());
                marks.push(Mark { path: path.clone(), line: lines.len(), columns: (start, start + width), rule, text });
            } else {
                lines.push(line.to_owned());
            }
        }
        let texts: Map<String, String> = files.into_iter().map(|(path, lines)| (path, lines.concat())).collect();
        let side = |base: bool| -> Map<&str, &str> {
            let of_side = texts.iter().filter(|(path, _)| path.starts_with("base/") == base);
            of_side.map(|(path, text)| (path.strip_prefix("base/").unwrap_or(path), text.as_str())).collect()
        };
        let (head, old) = (side(false), side(true));
        let config_of = |files: &Map<&str, &str>| {
            let text = files.get("pychain.toml")?;
            let file = crate::text::SourceFile::from_text("pychain.toml", *text);
            Some(crate::config::from_pychain_toml(&file).expect("a configuration"))
        };
        let (head_config, base_config) = (config_of(&head), config_of(&old));
        let strict = || Config { policy: Policy::Strict, ..Config::default() };
        let with_base = texts.keys().any(|path| path.starts_with("base/"));
        let (config, head_config) = if with_base {
            (base_config.unwrap_or_else(strict), head_config)
        } else {
            (head_config.unwrap_or_else(strict), None)
        };
        let workflow = |path: &str, files: &Map<&str, &str>| {
            files.get(path).map(|text| crate::text::SourceFile::from_text(path, *text))
        };
        let workflows = head
            .keys()
            .chain(old.keys())
            .collect::<Set<_>>()
            .into_iter()
            .filter(|path| with_base && path.starts_with(".github/workflows/"))
            .map(|path| Workflow { before: workflow(path, &old), after: workflow(path, &head) })
            .collect();
        Self { head: load(&head), base: with_base.then(|| load(&old)), config, head_config, workflows, marks }
    }

    pub(crate) fn report(&self) -> Report {
        let report = self.unchecked_report();
        for finding in &report.findings {
            assert_known(finding.rule.id, report.file(finding.primary.file).path());
        }
        report
    }

    /// What is found, whether or not the table of the rules and their files has it.
    pub(crate) fn unchecked_report(&self) -> Report {
        audit(&Request {
            head: &self.head,
            base: self.base.as_ref(),
            config: &self.config,
            head_config: self.head_config.as_ref(),
            workflows: &self.workflows,
            knowledge: &knowledge(),
            as_of: Some(crate::config::Date { year: 2026, month: 11, day: 22 }),
        })
    }
}

/// A small world: a few popular names, an index of them and some others.
fn knowledge() -> Knowledge {
    static NAMES: std::sync::LazyLock<Names> = std::sync::LazyLock::new(|| {
        const DATE: &str = "2026-11-22";
        const RANKED: [&str; 16] = [
            "boto3",
            "urllib3",
            "requests",
            "setuptools",
            "certifi",
            "idna",
            "numpy",
            "click",
            "pyyaml",
            "flask",
            "django",
            "scikit-learn",
            "beautifulsoup4",
            "bs4",
            "pytest",
            "asyncio",
        ];
        const OTHERS: [&str; 5] = ["a", "b", "clicks", "sklearn", "taken-over"];
        let ranked: Vec<(u16, &str)> = (1..).zip(RANKED).collect();
        let mut all: Vec<&str> = RANKED.into_iter().chain(OTHERS).collect();
        all.sort_unstable();
        let index = NameFilter::new(pack::filter(&all, DATE).expect("names")).expect("a filter");
        Names {
            ranked: RankedNames::new(pack::ranked(&ranked, DATE, Some(&index)).expect("names")).expect("a list"),
            vocabulary: Vocabulary::new(pack::words(&all)).expect("words"),
            index: Some(index),
            standard_library: SortedLines::new("asyncio\nsmtplib\n"),
            imports: SortedLines::new("bs4\tbeautifulsoup4\nsklearn\tscikit-learn\nyaml\tpyyaml\n"),
            malicious: SortedLines::new("evil-sample\tMAL-0000-1\ntaken-over\tMAL-0000-2\t1.1 1.1.1\n"),
            plain: Remembered::default(),
        }
    });
    Knowledge { names: Some(NAMES.clone()) }
}

/// Loads files as a caller would: every root by its name, every include answered from the same set.
pub(crate) fn load(files: &Map<&str, &str>) -> Project {
    let mut loader = Loader::new();
    for (path, text) in files {
        let is_text = path.ends_with(".txt") || path.ends_with(".in");
        match detect::named_role(path) {
            role if role.is_pips() && !is_text => {}
            role => loader.root(path, text.as_bytes(), role),
        }
    }
    loop {
        let wants = loader.wants();
        if wants.is_empty() {
            let listing = files.keys().map(|path| (*path).to_owned()).collect();
            let mut project = loader.finish();
            project.listing = Some(listing);
            return project;
        }
        for want in wants {
            match want {
                Want::File(path) => match files.get(path.as_str()) {
                    Some(text) => loader.file(&path, text.as_bytes()),
                    None => loader.missing(&path),
                },
                Want::Path(path) => {
                    let below = |name: &str| {
                        let prefix = if path == "." { name.to_owned() } else { format!("{path}/{name}") };
                        files.keys().any(|file| *file == prefix || (name.is_empty() && file.starts_with(&prefix)))
                    };
                    let kind = if files.contains_key(path.as_str()) {
                        PathKind::File
                    } else if below("pyproject.toml") || below("setup.py") {
                        PathKind::Project
                    } else if below("") {
                        PathKind::Directory
                    } else {
                        PathKind::Absent
                    };
                    loader.path(&path, kind);
                }
            }
        }
    }
}

/// Findings of `rule` (of every rule for `*`) and the marks of the fixture must match exactly.
#[track_caller]
pub(crate) fn check(rule: &str, fixture: &str) {
    let fixture = Fixture::parse(fixture);
    let report = fixture.report();
    let mut found: Vec<(Mark, &str)> = Vec::new();
    for finding in report.findings.iter().filter(|finding| rule == "*" || finding.rule.id == rule) {
        let file = report.file(finding.primary.file);
        let start = file.position(finding.primary.span.start, ColumnEncoding::Bytes);
        let line = file.line_span(start.line);
        let end = finding.primary.span.end.min(line.end).max(finding.primary.span.start);
        let columns = (start.column, file.position(end, ColumnEncoding::Bytes).column);
        let path = file.path().to_owned();
        let mark = Mark { path, line: start.line, columns, rule: finding.rule.id.to_owned(), text: String::new() };
        found.push((mark, finding.message.as_str()));
    }
    found.sort();
    let mut wanted = fixture.marks.clone();
    wanted.sort();
    let show = |marks: Vec<&Mark>| {
        marks
            .iter()
            .map(|m| format!("{}:{}:{}-{} {}", m.path, m.line, m.columns.0, m.columns.1, m.rule))
            .collect::<Vec<_>>()
    };
    let bare = |mark: &Mark| Mark { text: String::new(), ..mark.clone() };
    let matches = found.len() == wanted.len()
        && found
            .iter()
            .zip(&wanted)
            .all(|((mark, message), wanted)| *mark == bare(wanted) && message.contains(&wanted.text));
    assert!(
        matches,
        "found {:#?}\nmessages {:#?}\nwanted {:#?}",
        show(found.iter().map(|(mark, _)| mark).collect()),
        found.iter().map(|(_, message)| *message).collect::<Vec<_>>(),
        wanted,
    );
}

/// The first file's text with the fixes of `rule` applied.
#[track_caller]
pub(crate) fn fixed(rule: &str, fixture: &str) -> String {
    let fixture = Fixture::parse(fixture);
    let report = fixture.report();
    let findings: Vec<_> =
        report.findings.iter().filter(|finding| finding.rule.id == rule && finding.fix.is_some()).collect();
    let first = findings.first().expect("a finding with a fix");
    let file = report.file(first.primary.file);
    let edits: Vec<_> = findings
        .iter()
        .filter(|finding| finding.primary.file == first.primary.file)
        .flat_map(|finding| finding.fix.iter().flat_map(|fix| fix.edits.clone()))
        .collect();
    apply_edits(file.text(), &edits).expect("edits that do not overlap")
}

/// The patch of a file that a change adds as a whole.
pub(crate) fn whole_patch(text: &str) -> crate::patch::Patch {
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    let mut patch = format!("@@ -0,0 +1,{} @@", lines.len());
    for line in &lines {
        patch.extend(["\n+", line]);
    }
    if !text.ends_with('\n') && !lines.is_empty() {
        patch.push_str("\n\\ No newline at end of file");
    }
    crate::patch::Patch::parse(&patch).expect("a patch")
}
