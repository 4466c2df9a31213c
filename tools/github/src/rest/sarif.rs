//! Uploads of SARIF to code scanning (S1–S6).

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::diff::Side;
use crate::http::{Call, Reply};
use crate::state::World;

const LARGEST: usize = 10 * 1024 * 1024;
const HOUR: u64 = 3_600_000;

/// One upload, and what became of it.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// The branch or pull request.
    pub reference: String,
    /// The commit.
    pub commit: String,
    /// The document.
    pub sarif: Value,
    /// Why it was refused after it was accepted; empty if it was not.
    pub errors: Vec<String>,
    /// What people should know all the same, such as alerts that would be there twice (S4).
    pub warnings: Vec<String>,
    at: u64,
}

pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    if call.operation == "code-scanning/get-sarif" {
        let id = call.text("sarif_id");
        return match world.sarifs.iter().find(|upload| upload.id == id) {
            None => Reply::empty(404),
            Some(upload) if upload.errors.is_empty() => Reply::json(
                200,
                json!({
                    "processing_status": "complete",
                    "analyses_url": format!(
                        "{}/repos/{}/code-scanning/analyses?sarif_id={id}", world.api, world.scenario.repository
                    ),
                }),
            ),
            Some(upload) => Reply::json(200, json!({"processing_status": "failed", "errors": upload.errors})),
        };
    }
    upload(world, call)
}

fn upload(world: &mut World, call: &Call) -> Reply {
    let now = world.clock.now();
    // S6
    let recent = world.sarifs.iter().filter(|upload| now < upload.at + HOUR).count();
    if recent >= world.scenario.limits.sarif_per_hour {
        return Reply::error(403, "You have exceeded the rate limit for SARIF uploads.");
    }
    let (reference, commit) = (call.field("ref").unwrap_or_default(), call.field("commit_sha").unwrap_or_default());
    // S2: the schema has the form; here, whether it exists.
    if world.resolve(reference).is_none() || world.git.get(commit).is_none() {
        return Reply::error(404, "commit or ref not found");
    }
    // S1
    let Ok(packed) = STANDARD.decode(call.field("sarif").unwrap_or_default()) else {
        return Reply::empty(400);
    };
    if packed.len() > LARGEST {
        return Reply::empty(413);
    }
    let mut text = Vec::new();
    if GzDecoder::new(packed.as_slice()).read_to_end(&mut text).is_err() {
        return Reply::empty(400);
    }
    let Ok(sarif) = serde_json::from_slice::<Value>(&text) else { return Reply::empty(400) };
    let mut errors = limits(&sarif);
    let mut warnings = Vec::new();
    if sarif["version"] != "2.1.0" {
        errors.push("only SARIF 2.1.0 is supported".to_owned());
    }
    // S4
    if list(&sarif["runs"]).flat_map(|run| list(&run["results"])).any(|result| result["partialFingerprints"].is_null())
    {
        warnings.push("a result without partialFingerprints: its alert will be there twice".to_owned());
    }
    let (tool, category) = identity(&sarif);
    world
        .sarifs
        .retain(|upload| upload.commit != commit || identity(&upload.sarif) != (tool.clone(), category.clone()));
    let id = format!("sarif-{}", world.id());
    world.sarifs.push(Upload {
        id: id.clone(),
        reference: reference.to_owned(),
        commit: commit.to_owned(),
        sarif,
        errors,
        warnings,
        at: now,
    });
    let url = format!("{}/repos/{}/code-scanning/sarifs/{id}", world.api, world.scenario.repository);
    Reply::json(202, json!({"id": id, "url": url}))
}

/// S5: the alerts that the pull request shows, as `path:line` and the rule: those of which every
/// line was added or edited.
pub(crate) fn shown_alerts(world: &mut World) -> Vec<String> {
    let head = world.pull.head.clone();
    let changes = world.changes(&head);
    let uploads = world.sarifs.iter().filter(|upload| upload.errors.is_empty());
    let results = uploads.flat_map(|upload| list(&upload.sarif["runs"])).flat_map(|run| list(&run["results"]));
    let mut shown = Vec::new();
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let path = place["artifactLocation"]["uri"].as_str().unwrap_or_default();
        let first = place["region"]["startLine"].as_u64().unwrap_or(1);
        let last = place["region"]["endLine"].as_u64().unwrap_or(first);
        let Some(change) = changes.iter().find(|change| change.path == path) else { continue };
        let added = |line: u64| {
            let found = usize::try_from(line).ok().and_then(|line| change.find(Side::Right, line));
            found.is_some_and(|(hunk, line)| change.hunks[hunk].lines[line].old.is_none())
        };
        if (first..=last).all(added) {
            shown.push(format!("{path}:{first} {}", result["ruleId"].as_str().unwrap_or_default()));
        }
    }
    shown
}

/// S3.
fn limits(sarif: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    let mut check = |what: &str, count: usize, most: usize| {
        if count > most {
            errors.push(format!("{count} {what}, more than {most}"));
        }
    };
    check("runs", list(&sarif["runs"]).count(), 20);
    for run in list(&sarif["runs"]) {
        check("results", list(&run["results"]).count(), 25_000);
        check("rules", list(&run["tool"]["driver"]["rules"]).count(), 25_000);
        check("extensions", list(&run["tool"]["extensions"]).count(), 100);
        for rule in list(&run["tool"]["driver"]["rules"]) {
            check("tags", list(&rule["properties"]["tags"]).count(), 20);
        }
        for result in list(&run["results"]) {
            check("locations", list(&result["locations"]).count(), 1000);
            let flows = list(&result["codeFlows"]).flat_map(|flow| list(&flow["threadFlows"]));
            check("thread flow locations", flows.map(|flow| list(&flow["locations"]).count()).sum(), 10_000);
        }
    }
    errors
}

fn identity(sarif: &Value) -> (String, String) {
    let run = &sarif["runs"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&run["tool"]["driver"]["name"]), text(&run["automationDetails"]["id"]))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
