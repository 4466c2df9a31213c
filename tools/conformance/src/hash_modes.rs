//! Compares our verdict of hash-checking mode with what five versions of pip really did.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

use pychain_core::tree::{HashMode, HashVerdict, Project};
use pychain_corpus::Experiment;
use serde_json::Value;

use crate::outcome::Difference;
use crate::reading;

/// What becomes of an install, as far as the files decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Decision {
    /// The files cannot be read, or contradict themselves.
    Refused,
    /// Hash-checking mode stops it, for one of these reasons.
    Stopped(BTreeSet<&'static str>),
    /// It goes on to download; a digest that does not match is found only there.
    Proceeds,
}

/// One difference for each version of pip that decided otherwise.
pub(crate) fn compare(experiment: &Experiment) -> Vec<Difference> {
    let Ok(project) =
        catch_unwind(|| reading::project(&experiment.files, &experiment.file, false, &BTreeMap::default()))
    else {
        return vec![difference("panic", "panics".to_owned(), String::new())];
    };
    let mut differences = Vec::new();
    for (version, outcome) in &experiment.pip {
        let Some(theirs) = real(outcome) else { continue };
        let ours = ours(&project, version.starts_with("26."));
        let same = match (&ours, &theirs) {
            // pip names one of its reasons.
            (Decision::Stopped(ours), Decision::Stopped(theirs)) => !ours.is_disjoint(theirs),
            _ => ours == theirs,
        };
        if !same {
            differences.push(difference(&format!("pip {version}"), format!("{ours:?}"), format!("{theirs:?}")));
        }
    }
    differences
}

fn difference(field: &str, ours: String, theirs: String) -> Difference {
    Difference { field: field.to_owned(), place: String::new(), ours, theirs }
}

/// What a pip really did; none where it decided on something other than hashes.
fn real(outcome: &Value) -> Option<Decision> {
    let Some(error) = outcome.get("error").and_then(Value::as_str) else { return Some(Decision::Proceeds) };
    let stopped = |reason| Some(Decision::Stopped(BTreeSet::from([reason])));
    match error {
        "HashUnpinned" => stopped("unpinned"),
        "HashMissing" => stopped("missing"),
        "VcsHashUnsupported" => stopped("vcs"),
        "DirectoryUrlHashUnsupported" => stopped("directory"),
        "editable" => stopped("editable"),
        "option: hash algorithm" | "CommandError: exclusive" => Some(Decision::Refused),
        // An option or a form that this version of pip does not know; we read as 26.3 does.
        "option: unknown" | "parse" => None,
        _ => Some(Decision::Proceeds),
    }
}

fn ours(project: &Project, new: bool) -> Decision {
    let Some(run) = project.runs.first() else { return Decision::Refused };
    if run.refused.is_some() {
        return Decision::Refused;
    }
    let Some(mode) = run.hash_mode.as_ref().filter(|mode| mode.on) else { return Decision::Proceeds };
    let stopped: BTreeSet<&'static str> = verdicts(mode, new)
        .filter(|verdict| !matches!(verdict, HashVerdict::Ok | HashVerdict::OkByConstraint))
        .map(reading::verdict)
        .collect();
    if stopped.is_empty() { Decision::Proceeds } else { Decision::Stopped(stopped) }
}

/// The verdict on each project: as of 26.1, or before, by the same line.
fn verdicts(mode: &HashMode, new: bool) -> impl Iterator<Item = HashVerdict> {
    let deciding = mode.lines.iter().filter(|line| line.decides);
    deciding.map(move |line| if new { line.verdict } else { line.verdict_before_26_1 })
}
