//! Check runs and their annotations (C1–C4).

use serde_json::{Value, json};

use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::rest::objects::{WEB, repository};
use crate::rest::pages;
use crate::state::World;

pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    match call.operation.as_str() {
        "checks/create" => return create(world, call),
        "checks/list-for-ref" => return list(world, call),
        _ => {}
    }
    let id = call.id("check_run_id");
    let Some(index) = world.checks.iter().position(|check| check["id"] == json!(id)) else {
        return Reply::not_found();
    };
    match call.operation.as_str() {
        "checks/update" => match wrong(call) {
            Some(refused) => return refused,
            None => update(world, index, id, call),
        },
        "checks/list-annotations" => {
            let annotations = world.annotations.get(&id).cloned().unwrap_or_default();
            return pages::page(world, call, annotations);
        }
        _ => {}
    }
    Reply::json(200, world.checks[index].clone())
}

fn create(world: &mut World, call: &Call) -> Reply {
    if let Some(refused) = wrong(call) {
        return refused;
    }
    let sha = call.field("head_sha").unwrap_or_default().to_owned();
    if world.git.get(&sha).is_none() {
        return Reply::refused(&format!("No commit found for SHA: {sha}"), &json!([]));
    }
    let id = world.id();
    let name = world.scenario.repository.clone();
    let api = format!("{}/repos/{name}", world.api);
    let url = format!("{api}/check-runs/{id}");
    let html = format!("{WEB}/{name}/runs/{id}");
    // C4: a commit that is in a fork only has no pull requests.
    let pulls = if sha == world.pull.head && !world.scenario.fork {
        let repository = repository(world, &name);
        let repository = json!({"id": repository["id"], "url": api, "name": repository["name"]});
        json!([{
            "id": world.scenario.number + 1_000_000, "number": world.scenario.number,
            "url": format!("{api}/pulls/{}", world.scenario.number),
            "head": {"ref": world.scenario.head_ref, "sha": sha, "repo": repository},
            "base": {"ref": world.scenario.base_ref, "sha": world.base_tip(), "repo": repository},
        }])
    } else {
        json!([])
    };
    world.checks.push(json!({
        "id": id, "node_id": format!("CR_{id}"), "head_sha": sha, "external_id": "", "url": url,
        "html_url": html, "details_url": html, "status": "queued", "conclusion": null,
        "started_at": iso(world.clock.now()), "completed_at": null, "name": "", "check_suite": {"id": 1},
        "app": null, "pull_requests": pulls,
        "output": {
            "title": null, "summary": null, "text": null, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
    }));
    update(world, world.checks.len() - 1, id, call);
    world.checks.last().map_or_else(Reply::not_found, |check| Reply::json(201, check.clone()))
}

fn list(world: &World, call: &Call) -> Reply {
    let Some(sha) = world.resolve(call.text("ref")) else {
        return Reply::refused(&format!("No commit found for SHA: {}", call.text("ref")), &json!([]));
    };
    let wanted = |check: &&Value| {
        check["head_sha"] == json!(sha)
            && call.query("check_name").is_none_or(|name| check["name"] == json!(name))
            && call.query("status").is_none_or(|status| check["status"] == json!(status))
    };
    let all: Vec<&Value> = world.checks.iter().filter(wanted).collect();
    let (page, size) = pages::asked(call);
    let shown: Vec<&&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    let reply = Reply::json(200, json!({"total_count": all.len(), "check_runs": shown}));
    pages::linked(world, call, all.len(), reply)
}

fn update(world: &mut World, index: usize, id: u64, call: &Call) {
    let check = &mut world.checks[index];
    for key in ["name", "details_url", "external_id", "status", "conclusion", "started_at", "completed_at"] {
        if let Some(value) = call.body.get(key) {
            check[key] = value.clone();
        }
    }
    if call.body.get("conclusion").is_some() {
        check["status"] = json!("completed");
        if check["completed_at"].is_null() {
            check["completed_at"] = json!(iso(world.clock.now()));
        }
    }
    for key in ["title", "summary", "text"] {
        if let Some(value) = call.body["output"].get(key) {
            check["output"][key] = value.clone();
        }
    }
    // C1: annotations are added to those that are there.
    let annotations = world.annotations.entry(id).or_default();
    for annotation in call.body["output"]["annotations"].as_array().into_iter().flatten() {
        let mut whole = json!({
            "start_column": null, "end_column": null, "title": null, "raw_details": null,
            "blob_href": check["html_url"],
        });
        for (key, value) in annotation.as_object().into_iter().flatten() {
            whole[key] = value.clone();
        }
        annotations.push(whole);
    }
    check["output"]["annotations_count"] = json!(annotations.len());
}

/// C1–C3; the counts and lengths that the schema has are checked there.
fn wrong(call: &Call) -> Option<Reply> {
    if !call.token.app {
        return Some(Reply::error(403, "You must authenticate via a GitHub App."));
    }
    let body = &call.body;
    let invalid = |field: &str, message: &str| {
        Some(Reply::invalid(&[json!({
            "resource": "CheckRun", "code": "invalid", "field": field, "message": message,
        })]))
    };
    // C3
    if body["status"] == "completed" && body["conclusion"].is_null() {
        return invalid("conclusion", "conclusion is required when status is completed");
    }
    if body["conclusion"] == "stale" {
        return invalid("conclusion", "only GitHub can set stale");
    }
    // C2
    for annotation in body["output"]["annotations"].as_array().into_iter().flatten() {
        let length = |key: &str| annotation[key].as_str().map_or(0, str::len);
        if length("message") > 65_536 || length("raw_details") > 65_536 || length("title") > 255 {
            return invalid("annotations", "an annotation is too long");
        }
        let columns = annotation.get("start_column").or(annotation.get("end_column")).is_some();
        if columns && annotation["start_line"] != annotation["end_line"] {
            return invalid("annotations", "columns need start_line and end_line to be the same");
        }
        if annotation["start_line"].as_u64() > annotation["end_line"].as_u64() {
            return invalid("annotations", "end_line precedes start_line");
        }
    }
    None
}
