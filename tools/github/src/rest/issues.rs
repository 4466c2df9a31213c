//! Comments of the conversation.

use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::rest::{locked, not_yours, objects, pages, too_long};
use crate::state::World;

pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    if call.path.contains_key("issue_number") && call.id("issue_number") != world.scenario.number {
        return Reply::not_found();
    }
    let body = call.field("body").unwrap_or_default();
    match call.operation.as_str() {
        "issues/list-comments" => {
            let since = call.query("since").unwrap_or_default();
            let shown = world.issue_comments.iter().filter(|comment| iso(comment.updated).as_str() >= since);
            let comments = shown.map(|comment| objects::issue_comment(world, comment)).collect();
            return pages::page(world, call, comments);
        }
        "issues/create-comment" => {
            if let Some(refused) = locked(world, call).or_else(|| too_long(body)) {
                return refused;
            }
            let id = world.add_issue_comment(&call.login(), body);
            world.notifications += 1;
            return show(world, id, 201);
        }
        _ => {}
    }
    let id = call.id("comment_id");
    let Some(comment) = world.issue_comments.iter_mut().find(|comment| comment.id == id) else {
        return Reply::not_found();
    };
    let author = comment.author.clone();
    match call.operation.as_str() {
        "issues/update-comment" => {
            if let Some(refused) = not_yours(&author, call).or_else(|| too_long(body)) {
                return refused;
            }
            body.clone_into(&mut comment.body);
            comment.updated = world.clock.now();
        }
        "issues/delete-comment" => {
            if let Some(refused) = not_yours(&author, call) {
                return refused;
            }
            world.issue_comments.retain(|comment| comment.id != id);
            return Reply::empty(204);
        }
        _ => {}
    }
    show(world, id, 200)
}

fn show(world: &World, id: u64, status: u16) -> Reply {
    match world.issue_comments.iter().find(|comment| comment.id == id) {
        Some(comment) => Reply::json(status, objects::issue_comment(world, comment)),
        None => Reply::not_found(),
    }
}
