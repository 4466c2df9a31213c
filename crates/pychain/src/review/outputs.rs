//! What a run leaves for later steps and for readers of its page.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use pychain_core::finding::{Severity, Subject};
use pychain_core::order::Set;
use pychain_core::report::{Report, json, markdown, sarif};
use pychain_core::rules::MANUALS;

use super::options::Options;

/// The rule whose findings are the new dependencies.
const NEW: &str = "new-dependency";

/// Everything, after a report.
pub(super) fn write(options: &Options, report: &Report, commented: bool) -> Result<()> {
    let mut sarif_path = String::new();
    if let Some(path) = &options.sarif_file {
        let docs = options.docs.as_deref();
        save(path, &sarif::to_string(report, sarif::Options { manuals: MANUALS, docs, suppressed: false }))?;
        sarif_path = path.display().to_string();
    }
    let mut report_path = String::new();
    if let Some(path) = &options.report_file {
        save(path, &json::to_string(report))?;
        report_path = path.display().to_string();
    }
    if let Some(path) = &options.step_summary {
        // What other steps of the job wrote has a limit of its own.
        let text = markdown::to_string(
            report,
            markdown::Options {
                manuals: MANUALS,
                docs: options.docs.as_deref(),
                limit: markdown::STEP_SUMMARY_LIMIT - 1024,
            },
        );
        append(path, &text)?;
    }
    let counts = report.counts();
    let of = |severity| counts.get(&severity).copied().unwrap_or_default().to_string();
    let new: Set<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule.id == NEW)
        .filter_map(|finding| match &finding.subject {
            Subject::Project(name) => Some(name.as_str()),
            _ => None,
        })
        .collect::<Set<_>>();
    step_outputs(
        options,
        &[
            ("findings", &report.findings.len().to_string()),
            ("high", &of(Severity::High)),
            ("medium", &of(Severity::Medium)),
            ("low", &of(Severity::Low)),
            ("info", &of(Severity::Info)),
            ("new-dependencies", &serde_json::to_string(&new)?),
            ("report", &report_path),
            ("sarif", &sarif_path),
            ("commented", if commented { "true" } else { "false" }),
        ],
    )
}

/// Where there was nothing to review.
pub(super) fn nothing(options: &Options) -> Result<()> {
    let zero = ["findings", "high", "medium", "low", "info"].map(|name| (name, "0"));
    let rest = [("new-dependencies", "[]"), ("report", ""), ("sarif", ""), ("commented", "false")];
    step_outputs(options, &[&zero[..], &rest[..]].concat())
}

/// Each value between lines that nobody could have foreseen: it may hold anything, line ends too.
fn step_outputs(options: &Options, values: &[(&str, &str)]) -> Result<()> {
    let Some(path) = &options.output else { return Ok(()) };
    let random = || RandomState::new().build_hasher().finish();
    let delimiter = format!("pychain_{:016x}{:016x}", random(), random());
    let mut out = String::new();
    for (name, value) in values {
        let _ = write!(out, "{name}<<{delimiter}\n{value}\n{delimiter}\n");
    }
    append(path, &out)
}

fn save(path: &Path, text: &str) -> Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).with_context(|| format!("cannot make `{}`", directory.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write the report to `{}`", path.display()))
}

fn append(path: &Path, text: &str) -> Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write to `{}`", path.display()))
}
