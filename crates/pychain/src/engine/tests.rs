//! A crash in a rule: what is lost, and what is told.

use std::fs;

use pychain_core::finding::Subject;
use pychain_core::order::Set;
use pychain_core::text::Span;
use pychain_core::tree::Role;

use super::*;
use crate::discover::{Certainty, Root};
use crate::tree::Disk;
use sour_milk::RULE;

mod sour_milk {
    pychain_core::declare_rule! {
        /// ## What it does
        "sour-milk": "milk that turned",
        severity: Medium, confidence: High, persona: Regular, fix: Never,
        needs: [],
        since: "0.1.0",
        check: |_, _| {},
    }
}

/// One finding at the start of every file; panics where `bad.txt` is among them.
fn brittle(request: &Request<'_>) -> Report {
    let files = request.head.files.clone();
    assert!(!files.iter().any(|file| file.path() == "bad.txt"), "met \u{1b}[31m bad milk");
    let findings = files.iter().enumerate().map(|(index, file)| {
        let location = Location { file: FileId(u32::try_from(index).unwrap()), span: Span::new(0, 1) };
        let mut finding = Finding::new(&RULE, location, Subject::File(file.path().to_owned()), "it turned");
        finding.fingerprint = pychain_core::finding::Fingerprint::of(&[file.path()]);
        finding.related(location, "here")
    });
    Report {
        changes: Vec::new(),
        findings: findings.collect(),
        files: files.clone(),
        problems: Vec::new(),
        not_run: Vec::new(),
        suppressed: Vec::new(),
        version: String::new(),
    }
}

fn job(directory: &tempfile::TempDir, files: &[(&str, &str)], roots: &[&str]) -> Job {
    for (path, text) in files {
        fs::write(directory.path().join(path), text).unwrap();
    }
    let root = Root { role: Role::Requirements, certainty: Certainty::Certain };
    let head = Side {
        tree: Tree::Disk(Disk::new(directory.path().canonicalize().unwrap())),
        roots: roots.iter().map(|path| ((*path).to_owned(), root)).collect(),
        listing: None,
    };
    Job {
        head,
        base: None,
        config: Config::default(),
        head_config: None,
        workflows: Vec::new(),
        as_of: None,
        problems: Vec::new(),
        audited: Set::new(),
        unread: Set::new(),
    }
}

fn places(report: &Report) -> Vec<(&str, &str)> {
    let path = |location: Location| report.file(location.file).path();
    report.findings.iter().map(|finding| (path(finding.primary), path(finding.related[0].location))).collect()
}

#[test]
fn a_crash_on_one_file_leaves_the_findings_on_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let files = [("a.txt", "-r base.txt\n"), ("bad.txt", "x\n"), ("base.txt", "y\n"), ("c.txt", "-r base.txt\n")];
    let mut job = job(&directory, &files, &["a.txt", "bad.txt", "c.txt"]);
    let report = job.run_with(&brittle);
    assert_eq!(
        places(&report),
        [("a.txt", "a.txt"), ("base.txt", "base.txt"), ("c.txt", "c.txt")],
        "a file that two others include is reported once, and every place is in its own file"
    );
    let [problem] = report.problems.as_slice() else { panic!("{:?}", report.problems) };
    assert_eq!(problem.path, "bad.txt");
    assert!(problem.message.contains("this is a bug in pychain (met \u{1b}[31m bad milk at "), "{}", problem.message);
    assert!(problem.message.contains("engine/tests.rs:"), "{}", problem.message);
    assert_eq!(job.audited, Set::from(["a.txt".to_owned(), "c.txt".to_owned()]));
}

#[test]
fn a_crash_on_all_files_together_is_told_even_if_each_alone_is_well() {
    let directory = tempfile::tempdir().unwrap();
    let mut job = job(&directory, &[("a.txt", "x\n"), ("b.txt", "y\n")], &["a.txt", "b.txt"]);
    let report = job.run_with(&|request| {
        assert!(request.head.files.len() < 2, "too many");
        brittle(request)
    });
    assert_eq!(places(&report).len(), 2);
    let messages: Vec<&str> = report.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert!(
        matches!(messages.as_slice(), [only] if only.starts_with("auditing all files together failed")),
        "{messages:?}"
    );
}

#[test]
fn an_audit_that_does_not_crash_runs_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut job = job(&directory, &[("a.txt", "x\n"), ("b.txt", "y\n")], &["a.txt", "b.txt"]);
    let runs = std::cell::Cell::new(0);
    let report = job.run_with(&|request| {
        runs.set(runs.get() + 1);
        brittle(request)
    });
    assert_eq!((runs.get(), report.findings.len(), report.problems.len()), (1, 2, 0));
}
