//! Commits, and what is between two of them.

use serde_json::{Value, json};

use crate::diff;
use crate::http::{Call, Reply};
use crate::rest::objects::{self, WEB};
use crate::rest::pages;
use crate::state::World;

pub(super) fn get(world: &mut World, call: &Call) -> Reply {
    let Some(sha) = world.resolve(call.text("ref")) else {
        return Reply::refused(&format!("No commit found for SHA: {}", call.text("ref")), &json!([]));
    };
    let parent = world.git.get(&sha).and_then(|commit| commit.parents.first().cloned());
    let changes = world.diff(&parent.unwrap_or_default(), &sha);
    let (page, size) = pages::asked(call);
    let shown = changes.iter().skip((page - 1) * size).take(size);
    let files: Vec<Value> = shown.map(|change| objects::diff_entry(world, change, &sha)).collect();
    let reply = Reply::json(200, objects::commit(world, &sha, Some(json!(files))));
    pages::linked(world, call, changes.len(), reply)
}

/// N4: at most 300 files, all on the first page.
pub(super) fn compare(world: &mut World, call: &Call) -> Reply {
    let basehead = call.text("basehead").to_owned();
    let Some((base, head)) = basehead.split_once("...").and_then(|(base, head)| {
        // `owner:branch` names a branch of a fork.
        let name = |text: &str| text.rsplit(':').next().unwrap_or_default().to_owned();
        Some((world.resolve(&name(base))?, world.resolve(&name(head))?))
    }) else {
        return Reply::not_found();
    };
    let Some(merge_base) = world.git.merge_base(&base, &head) else {
        return Reply::error(404, &format!("No common ancestor between {base} and {head}."));
    };
    let changes = world.diff(&merge_base, &head);
    if call.request.accepts("diff") {
        return match diff::whole(&changes, &world.scenario.limits.diff) {
            Ok(text) => Reply::bytes("application/vnd.github.diff; charset=utf-8", text.into_bytes()),
            Err(message) => Reply::error(406, &message),
        };
    }
    let (page, size) = pages::asked(call);
    let commits = world.git.between(&base, &head);
    let shown = commits.iter().skip((page - 1) * size).take(size);
    let shown: Vec<Value> = shown.map(|sha| objects::commit(world, sha, None)).collect();
    let (ahead, behind) = (commits.len(), world.git.between(&head, &base).len());
    let web = format!("{WEB}/{}/compare/{base}...{head}", world.scenario.repository);
    let mut body = json!({
        "url": format!("{}/repos/{}/compare/{base}...{head}", world.api, world.scenario.repository),
        "html_url": web, "permalink_url": web, "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
        "base_commit": objects::commit(world, &base, None),
        "merge_base_commit": objects::commit(world, &merge_base, None),
        "status": match (ahead, behind) {
            (0, 0) => "identical", (_, 0) => "ahead", (0, _) => "behind", _ => "diverged",
        },
        "ahead_by": ahead, "behind_by": behind, "total_commits": ahead, "commits": shown,
    });
    if page == 1 {
        let files = changes.iter().take(world.scenario.limits.files_compared);
        body["files"] = files.map(|change| objects::diff_entry(world, change, &head)).collect();
    }
    pages::linked(world, call, commits.len(), Reply::json(200, body))
}
