//! The pull request, its files and its commits.

use serde_json::{Value, json};

use crate::diff;
use crate::http::{Call, Reply};
use crate::rest::{objects, pages};
use crate::state::World;

pub(super) fn get(world: &mut World, call: &Call) -> Reply {
    if !call.request.accepts("diff") {
        return Reply::json(200, objects::pull(world));
    }
    let head = world.pull.head.clone();
    let changes = world.changes(&head);
    match diff::whole(&changes, &world.scenario.limits.diff) {
        Ok(text) => Reply::bytes("application/vnd.github.diff; charset=utf-8", text.into_bytes()),
        // F3
        Err(message) => {
            let mut reply =
                Reply::refused(&message, &json!([{"resource": "PullRequest", "field": "diff", "code": "too_large"}]));
            reply.status = 406;
            if let crate::http::Body::Json(body) = &mut reply.body {
                body["status"] = json!("406");
            }
            reply
        }
    }
}

/// N3: never more than 3,000.
pub(super) fn files(world: &mut World, call: &Call) -> Reply {
    let head = world.pull.head.clone();
    let changes = world.changes(&head);
    let total = changes.len().min(world.scenario.limits.files_listed);
    let (page, size) = pages::asked(call);
    let shown = changes.iter().take(total).skip((page - 1) * size).take(size);
    let files: Vec<Value> = shown.map(|change| objects::diff_entry(world, change, &head)).collect();
    pages::linked(world, call, total, Reply::json(200, json!(files)))
}

/// N4: at most 250.
pub(super) fn commits(world: &World, call: &Call) -> Reply {
    let commits = world.commits();
    let shown = commits.iter().take(world.scenario.limits.commits_listed);
    pages::page(world, call, shown.map(|sha| objects::commit(world, sha, None)).collect())
}
