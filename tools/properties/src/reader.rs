//! The reader is total, loses nothing, and points only into the text.

use pychain_core::format::detect::named_role;
use pychain_core::format::lock;
use pychain_core::format::requirements_txt::{text_of, tokens};
use pychain_core::model::{Document, Line, LineKind, Lock, LockFormat, Requirement, Role, Section, Tool};
use pychain_core::name::ProjectName;
use pychain_core::text::{SourceFile, Span};
use pychain_core::tree::{Loader, Project, Run};

use crate::input::{Input, MANIFESTS};

/// Reads the bytes as a project in two ways and checks all that was read.
pub fn check(bytes: &[u8]) {
    let input = Input::new(bytes);
    let project = input.load();
    check_project(&project);
    check_project(&input.load_strictly());
    check_bytes(input.main());
    check_locks(input.main());
    check_manifests(input.main());
    check_scripts(input.main());
    assert_eq!(format!("{project:?}"), format!("{:?}", input.load()), "read twice, read differently");
}

/// Names of files that hold commands or settings, one of each kind.
pub const SCRIPTS: [&str; 16] = [
    ".github/workflows/ci.yml",
    "action.yml",
    ".gitlab-ci.yml",
    ".readthedocs.yaml",
    ".pre-commit-config.yaml",
    ".devcontainer/devcontainer.json",
    "docker-compose.yml",
    "Dockerfile",
    "justfile",
    "Makefile",
    "install.sh",
    "install.ps1",
    "noxfile.py",
    "tox.ini",
    "pip.conf",
    "uv.toml",
];

/// Every reader of commands and settings reads the bytes, points only into them, and finds the same with Windows' line
/// ends.
pub fn check_scripts(bytes: &[u8]) {
    for path in SCRIPTS {
        let project = load_alone(path, bytes);
        for (file, document) in project.files.iter().zip(&project.documents) {
            for comment in &document.comments {
                check_span(file, *comment, "comment");
            }
            for line in &document.lines {
                assert!(document.section(line).is_some(), "{path}: a line without a section");
                check_line(file, document, line);
            }
        }
        for run in &project.runs {
            check_run(&project, run);
        }
        check_again(path, bytes, &project);
    }
}

/// Reads one file by itself.
fn load_alone(path: &str, bytes: &[u8]) -> Project {
    let mut loader = Loader::new();
    loader.root(path, bytes, named_role(path));
    drop(loader.wants());
    loader.finish()
}

/// Read again, the file holds the same, and with Windows' line ends too.
fn check_again(path: &str, bytes: &[u8], project: &Project) {
    let again = load_alone(path, bytes);
    assert_eq!(format!("{project:?}"), format!("{again:?}"), "{path}: read twice, read differently");
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains(['\r', '\u{feff}'])
    {
        let windows = load_alone(path, text.replace('\n', "\r\n").as_bytes());
        assert_eq!(places(project), places(&windows), "{path}: with CRLF something else is found");
    }
}

/// What a project asks for, line by line.
fn places(project: &Project) -> Vec<(usize, String)> {
    let of = |(document, line): (&Document, &Line)| {
        let what = match &line.kind {
            LineKind::Requirement(requirement) => requirement.name.as_ref().map(|name| name.normalized().to_owned()),
            LineKind::Options => line.options.first().map(|used| used.option.flag().to_owned()),
            LineKind::Include(_) => Some("include".to_owned()),
            LineKind::Refused(_) => Some("refused".to_owned()),
        };
        let file = project.file(document.file);
        // Where broken YAML breaks is told by its parser, which may take another line for the place with these line ends.
        let is_yaml = file.path().ends_with(".yml") || file.path().ends_with(".yaml");
        let is_broken = is_yaml && matches!(line.kind, LineKind::Refused(_));
        let place = if is_broken { 0 } else { file.line_of(line.span.start) };
        (place, what.unwrap_or_default())
    };
    project.lines().map(of).collect()
}

/// Every format of lock file reads the bytes, and points only into them.
pub fn check_locks(bytes: &[u8]) {
    for format in LockFormat::ALL {
        let (file, undecodable) = SourceFile::decode_utf8("lock", bytes);
        let lock = lock::parse(&file, format, undecodable.as_ref());
        check_lock(&file, &lock);
        let again = lock::parse(&file, format, undecodable.as_ref());
        assert_eq!(format!("{lock:?}"), format!("{again:?}"), "read twice, read differently");
    }
}

/// Every format of manifest reads the bytes, and points only into them.
pub fn check_manifests(bytes: &[u8]) {
    for name in MANIFESTS {
        let project = load_alone(name, bytes);
        check_project(&project);
        check_again(name, bytes, &project);
    }
}

fn check_lock(file: &SourceFile, lock: &Lock) {
    for error in &lock.errors {
        check_span(file, error.span, "error");
        assert!(!error.message.is_empty(), "refused for no reason");
    }
    for package in &lock.packages {
        check_span(file, package.name_span, "name");
        let source = &package.source;
        for word in [&package.version, &source.url, &source.reference].into_iter().flatten() {
            check_span(file, word.span, "value");
        }
        for locked in &package.files {
            check_span(file, locked.span, "file");
            check_span(file, locked.place(), "place of a file");
            for hash in &locked.hashes {
                check_span(file, hash.span, "hash");
            }
            for word in [&locked.url, &locked.size, &locked.uploaded].into_iter().flatten() {
                check_span(file, word.span, "value of a file");
                let text = file.slice(word.span);
                assert!(text.contains(['\\', '"', '\'']) || text == word.value, "{text:?} is not {:?}", word.value);
            }
        }
    }
}

/// Files are sorted by path, documents belong to them, runs point into them.
pub fn check_project(project: &Project) {
    assert_eq!(project.files.len(), project.documents.len());
    assert!(project.files.is_sorted_by(|a, b| a.path() < b.path()), "files are not in the order of their paths");
    for (at, (file, document)) in project.files.iter().zip(&project.documents).enumerate() {
        assert_eq!(document.file.0 as usize, at);
        if let Some(lock) = &document.lock {
            check_lock(file, lock);
        } else if document.sections.iter().all(Section::is_pips) {
            check_document(file, document);
        } else {
            check_manifest(file, document);
        }
    }
    let is_pips = |document: &Document| document.has_section(Section::is_pips);
    assert!(!project.runs.is_empty() || !project.documents.iter().any(is_pips), "a root file that nobody runs");
    for run in &project.runs {
        check_run(project, run);
    }
    for problem in &project.problems {
        if let (Some(span), Some(file)) = (problem.span, project.find(&problem.path)) {
            check_span(project.file(file), span, "problem");
        }
    }
}

/// What can be written back is written back as it was.
fn check_bytes(bytes: &[u8]) {
    let (file, error) = SourceFile::decode("requirements.txt", bytes);
    let mut offset = 0;
    for line in 1..=file.line_count() {
        let span = file.line_span(line);
        check_span(&file, span, "line");
        assert!(span.range().start >= offset, "lines overlap");
        offset = span.range().end;
        assert_eq!(file.line_of(span.start), line);
    }
    if error.is_none()
        && let Some(encoded) = file.encode(file.text())
    {
        assert_eq!(encoded, bytes, "decoded and encoded again, the bytes are others");
    }
}

fn check_document(file: &SourceFile, document: &Document) {
    let joined: String = {
        let mut end = 0;
        let tokens = tokens(file, document);
        for token in &tokens {
            assert_eq!(token.span.start, end, "tokens overlap or leave a gap");
            assert!(!token.span.is_empty(), "an empty token");
            end = token.span.end;
        }
        tokens.iter().map(|token| file.slice(token.span)).collect()
    };
    assert!(joined == file.text(), "the tokens, joined, are not the file");

    for comment in &document.comments {
        check_span(file, *comment, "comment");
        assert!(file.slice(*comment).starts_with('#'), "a comment begins with `#`");
    }
    let mut before = (0, 0);
    for line in &document.lines {
        assert!((line.number, line.span.start) >= before, "lines are not in order");
        before = (line.number, line.span.end);
        check_line(file, document, line);
    }
}

fn check_manifest(file: &SourceFile, document: &Document) {
    for comment in &document.comments {
        check_span(file, *comment, "comment");
        assert!(file.slice(*comment).starts_with('#'), "a comment begins with `#`");
    }
    assert!(document.lines.is_sorted_by_key(|line| line.span), "lines are not in order");
    for line in &document.lines {
        assert!(document.section(line).is_some(), "a line in no section");
        check_line(file, document, line);
    }
}

fn check_line(file: &SourceFile, document: &Document, line: &Line) {
    check_span(file, line.span, "line");
    let is_value = document.section(line).is_some_and(|section| !section.is_pips());
    assert!(is_value || !text_of(document, line).is_empty() || !line.span.is_empty(), "an empty logical line");
    let inside = |span: Span, what: &str| {
        check_span(file, span, what);
        let (outer, inner) = (line.span.range(), span.range());
        assert!(outer.start <= inner.start && inner.end <= outer.end, "{what} {inner:?} leaves its line {outer:?}");
    };
    for used in &line.options {
        inside(used.span, "option");
        inside(used.value.span, "value");
    }
    for word in line.dropped() {
        inside(word.span, "dropped word");
    }
    if let Some(span) = line.cut_by_comment() {
        check_span(file, span, "comment that cuts");
        assert!(file.slice(span).trim_start().starts_with('#'), "what cuts is a comment: {:?}", file.slice(span));
    }
    match &line.kind {
        LineKind::Requirement(requirement) => check_requirement(requirement, &inside),
        LineKind::Include(include) => inside(include.target_span, "target"),
        LineKind::Options => {}
        LineKind::Refused(refusal) => {
            inside(refusal.span, "refusal");
            assert!(!refusal.message.is_empty(), "refused for no reason");
        }
    }
}

fn check_requirement(requirement: &Requirement, inside: &dyn Fn(Span, &str)) {
    inside(requirement.span, "requirement");
    inside(requirement.specifiers_span, "specifiers");
    for span in requirement.name_span.into_iter().chain(requirement.marker_span) {
        inside(span, "name or marker");
    }
    for specifier in &requirement.specifiers {
        inside(specifier.span, "specifier");
    }
    for hash in &requirement.hashes {
        inside(hash.span, "hash");
        inside(hash.digest_span, "digest");
        assert!(hash.algorithm.is_strong(), "pip takes only strong hashes");
    }
    if let Some(url) = requirement.direct_url() {
        inside(url.span, "URL");
    }
    let is_before = |a: &ProjectName, b: &ProjectName| (a, a.as_written()) < (b, b.as_written());
    assert!(requirement.extras.is_sorted_by(is_before), "extras are sorted and each there once");
    assert_eq!(requirement.marker.is_some(), requirement.marker_span.is_some(), "a marker stands somewhere");
}

fn check_run(project: &Project, run: &Run) {
    for (at, entry) in run.entries.iter().enumerate() {
        let document = project.document(entry.file).expect("an entry's file");
        if let Some(line) = entry.line {
            assert!(line < document.lines.len(), "no such line");
        }
        assert!(entry.via.is_none_or(|via| via < at), "an include stands before what it brings");
    }
    if let Some((Some(at), _)) = &run.refused {
        assert!(*at < run.entries.len(), "refused where nothing is");
    }
    let is_pips = matches!(run.tool, None | Some(Tool::Pip)) && run.role != Role::Manifest;
    let is_judged = is_pips && run.refused.is_none();
    assert_eq!(is_judged, run.hash_mode.is_some(), "hash mode is judged unless pip refuses before");
    let Some(mode) = &run.hash_mode else { return };
    assert!(mode.on || (mode.lines.is_empty() && !mode.refused), "off, and yet it judges");
    let places = mode.by.iter().copied().chain(mode.lines.iter().map(|line| (line.file, line.line)));
    for (file, line) in places {
        let document = project.document(file).expect("a file");
        assert!(document.lines.get(line).is_some_and(|line| line.requirement().is_some()), "not a requirement");
    }
}

/// Inside the text and at character boundaries.
pub fn check_span(file: &SourceFile, span: Span, what: &str) {
    assert!(file.text().get(span.range()).is_some(), "{what}: {span:?} is no part of the text");
}
