//! What happened, according to GitHub: which pull request, or which commits.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::options::Options;
use crate::error::Hinted;

/// What there is to review.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A pull request, with the head that the event speaks of.
    Pull { number: u64, head: Option<String> },
    /// A commit, and what it is compared with; all of it where there is nothing to compare with.
    Commits { base: Option<String>, head: String },
    /// Nothing, and why.
    Nothing(String),
}

/// Nobody's event is larger; GitHub cuts them at 25 MB.
const MAX_EVENT_BYTES: u64 = 32 * 1024 * 1024;

/// What the event's file says. One that cannot be read is no reason to stop where the user names the pull request.
pub(super) fn payload(path: Option<&Path>, is_named: bool) -> Result<Value> {
    let Some(path) = path.filter(|_| !is_named) else { return Ok(Value::Null) };
    let what = || format!("cannot read the event in `{}` (GITHUB_EVENT_PATH)", path.display());
    if fs::metadata(path).with_context(what)?.len() > MAX_EVENT_BYTES {
        bail!("{}: it is too large", what());
    }
    serde_json::from_slice(&fs::read(path).with_context(what)?).with_context(what)
}

/// What there is to do.
pub(super) fn target(options: &Options) -> Result<Target> {
    if let Some(number) = options.pull {
        return Ok(Target::Pull { number, head: None });
    }
    let of_event = of_event(&options.event_name, &options.event);
    let target = of_event.or_else(|| {
        let head = commit(options.commit.as_deref()?)?;
        Some(Target::Commits { base: None, head })
    });
    target.ok_or_else(|| {
        Hinted::new("there is no pull request to review", "`--pr NUMBER` names one; in a workflow the event does")
            .into()
    })
}

fn of_event(name: &str, event: &Value) -> Option<Target> {
    let hash = |value: &Value| commit(value.as_str()?);
    if let Some(pull) = event.get("pull_request").filter(|pull| pull.is_object()) {
        let number = pull["number"].as_u64().or_else(|| event["number"].as_u64())?;
        if pull["state"].as_str() == Some("closed") {
            return Some(Target::Nothing(format!("pull request {number} is closed: nothing to review")));
        }
        return Some(Target::Pull { number, head: hash(&pull["head"]["sha"]) });
    }
    match name {
        "merge_group" => {
            let group = &event["merge_group"];
            Some(Target::Commits { base: hash(&group["base_sha"]), head: hash(&group["head_sha"])? })
        }
        "push" => {
            if event["deleted"].as_bool() == Some(true) {
                return Some(Target::Nothing("the branch was deleted: nothing to review".to_owned()));
            }
            Some(Target::Commits { base: hash(&event["before"]), head: hash(&event["after"])? })
        }
        _ => None,
    }
}

/// A commit's name; the one of zeros is that of none.
fn commit(text: &str) -> Option<String> {
    let is_name = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_name && text.bytes().any(|byte| byte != b'0')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn commits(base: Option<&str>) -> Target {
        Target::Commits { base: base.map(str::to_owned), head: B.to_owned() }
    }

    #[test]
    fn pull_requests_are_taken_from_any_event_that_has_one() {
        let event =
            json!({ "action": "opened", "pull_request": { "number": 7, "state": "open", "head": { "sha": A } } });
        for name in ["pull_request", "pull_request_target", "pull_request_review"] {
            assert_eq!(of_event(name, &event), Some(Target::Pull { number: 7, head: Some(A.to_owned()) }));
        }
        let closed = json!({ "pull_request": { "number": 7, "state": "closed", "head": { "sha": A } } });
        assert!(matches!(of_event("pull_request", &closed), Some(Target::Nothing(_))));
    }

    #[test]
    fn other_events_have_commits_or_nothing() {
        let group = json!({ "merge_group": { "base_sha": A, "head_sha": B } });
        assert_eq!(of_event("merge_group", &group), Some(commits(Some(A))));
        assert_eq!(of_event("push", &json!({ "before": A, "after": B })), Some(commits(Some(A))));
        assert_eq!(of_event("push", &json!({ "before": ZERO, "after": B })), Some(commits(None)));
        assert!(matches!(of_event("push", &json!({ "deleted": true, "after": ZERO })), Some(Target::Nothing(_))));
        assert_eq!(of_event("workflow_dispatch", &json!({ "inputs": null })), None);
        assert_eq!(of_event("push", &json!({ "after": "../x" })), None);
    }
}
