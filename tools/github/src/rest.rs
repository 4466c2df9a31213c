//! The operations of REST, one file per area.

pub(crate) mod checks;
pub(crate) mod comments;
pub(crate) mod commits;
pub(crate) mod contents;
pub(crate) mod issues;
pub(crate) mod objects;
pub(crate) mod pages;
pub(crate) mod pulls;
pub(crate) mod reviews;
pub(crate) mod sarif;

use serde_json::json;

use crate::http::{Call, Reply};
use crate::limits::Meter;
use crate::state::World;

/// Carries out an operation.
pub(crate) fn answer(world: &mut World, meter: &mut Meter, call: &Call) -> Reply {
    match call.operation.as_str() {
        "rate-limit/get" => rate_limit(world, meter),
        "users/get-authenticated" => me(world, call),
        "repos/get" => Reply::json(200, objects::repository(world, &world.scenario.repository)),
        "repos/get-content" => contents::content(world, call),
        "git/get-blob" => contents::blob(world, call),
        "git/get-tree" => contents::tree(world, call),
        "repos/compare-commits-with-basehead" => commits::compare(world, call),
        "repos/get-commit" => commits::get(world, call),
        operation if operation.starts_with("checks/") => checks::answer(world, call),
        operation if operation.starts_with("code-scanning/") => sarif::answer(world, call),
        operation if operation.starts_with("issues/") => issues::answer(world, call),
        _ if call.path.contains_key("pull_number") && call.id("pull_number") != world.scenario.number => {
            Reply::not_found()
        }
        "pulls/get" => pulls::get(world, call),
        "pulls/list-files" => pulls::files(world, call),
        "pulls/list-commits" => pulls::commits(world, call),
        operation if operation.contains("comment") => comments::answer(world, call),
        _ => reviews::answer(world, call),
    }
}

/// R15: the conversation is locked, and no token of an app is a collaborator.
pub(crate) fn locked(world: &World, call: &Call) -> Option<Reply> {
    (world.pull.locked && call.token.app)
        .then(|| Reply::error(403, "Unable to create comment because issue is locked."))
}

/// R7.
pub(crate) fn too_long(body: &str) -> Option<Reply> {
    (body.chars().count() > 65_536).then(|| {
        Reply::invalid(&[json!({
            "resource": "IssueComment", "code": "unprocessable", "field": "data",
            "message": "Body is too long (maximum is 65536 characters)",
        })])
    })
}

/// Only its author may change a comment. GitHub lets a token with write access do more; that a test
/// cannot hide a change to somebody else's words is worth the difference.
pub(crate) fn not_yours(author: &str, call: &Call) -> Option<Reply> {
    (author != call.login()).then(|| Reply::error(403, crate::http::FORBIDDEN))
}

/// Asking costs nothing.
fn rate_limit(world: &World, meter: &mut Meter) -> Reply {
    let rate = meter.rate(&world.scenario.limits, world.clock.now());
    let rate = json!({"limit": rate.limit, "remaining": rate.remaining, "reset": rate.reset, "used": rate.used});
    Reply::json(200, json!({"resources": {"core": rate, "search": rate}, "rate": rate}))
}

/// P3: for people only.
fn me(world: &World, call: &Call) -> Reply {
    let mut user = objects::user(world, &call.login());
    for key in ["name", "company", "blog", "location", "email", "hireable", "bio"] {
        user[key] = json!(null);
    }
    for key in ["public_repos", "public_gists", "followers", "following"] {
        user[key] = json!(0);
    }
    user["created_at"] = json!(crate::clock::iso(world.clock.now()));
    user["updated_at"] = user["created_at"].clone();
    Reply::json(200, user)
}
