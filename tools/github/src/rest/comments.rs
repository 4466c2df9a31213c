//! Comments on lines: listing, single ones, answers, changing and deleting.

use serde_json::Value;

use crate::anchor::place;
use crate::http::{Call, Reply};
use crate::rest::{locked, not_yours, objects, pages, reviews, too_long};
use crate::state::{Comment, World};

pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    match call.operation.as_str() {
        "pulls/list-review-comments" | "pulls/list-review-comments-for-repo" => list(world, call),
        "pulls/list-comments-for-review" => of_review(world, call),
        "pulls/create-review-comment" => create(world, call),
        "pulls/create-reply-for-review-comment" => reply(world, call, call.id("comment_id")),
        "pulls/get-review-comment" => match seen(world, call) {
            Some(comment) => Reply::json(200, objects::comment(world, comment)),
            None => Reply::not_found(),
        },
        "pulls/update-review-comment" => update(world, call),
        "pulls/delete-review-comment" => delete(world, call),
        _ => Reply::not_found(),
    }
}

fn seen<'a>(world: &'a World, call: &Call) -> Option<&'a Comment> {
    let comment = world.comment(call.id("comment_id"))?;
    world.visible(comment.review, &call.login()).then_some(comment)
}

fn list(world: &World, call: &Call) -> Reply {
    let login = call.login();
    let since = call.query("since").unwrap_or_default();
    let mut shown: Vec<&Comment> = world
        .comments
        .iter()
        .filter(|comment| world.visible(comment.review, &login))
        .filter(|comment| crate::clock::iso(comment.updated).as_str() >= since)
        .collect();
    if call.query("sort") == Some("updated") {
        shown.sort_by_key(|comment| comment.updated);
    }
    if call.query("sort").is_some() && call.query("direction") == Some("desc") {
        shown.reverse();
    }
    pages::page(world, call, shown.into_iter().map(|comment| objects::comment(world, comment)).collect())
}

fn of_review(world: &World, call: &Call) -> Reply {
    let id = call.id("review_id");
    if !world.visible(id, &call.login()) {
        return Reply::not_found();
    }
    let shown = world.comments.iter().filter(|comment| comment.review == id);
    let comments: Vec<Value> = shown
        .map(|comment| {
            let mut value = objects::comment(world, comment);
            // This one operation leaves null out where others write it.
            if let Some(map) = value.as_object_mut() {
                map.remove("subject_type");
            }
            value
        })
        .collect();
    pages::page(world, call, comments)
}

fn create(world: &mut World, call: &Call) -> Reply {
    let body = call.field("body").unwrap_or_default();
    if let Some(refused) = locked(world, call).or_else(|| too_long(body)) {
        return refused;
    }
    // R13: with `in_reply_to` everything but the body is ignored.
    if let Some(first) = call.body["in_reply_to"].as_u64() {
        return reply(world, call, first);
    }
    let commit = call.field("commit_id").unwrap_or_default().to_owned();
    if let Some(refused) = reviews::foreign(world, &commit) {
        return refused;
    }
    let spot = if call.field("subject_type") == Some("file") {
        reviews::file_spot(world, &commit, call.field("path").unwrap_or_default())
    } else {
        place(&world.changes(&commit), &reviews::wanted(&call.body))
    };
    match spot {
        Ok(spot) => {
            let review = world.add_review(&call.login(), "", "COMMENTED", &commit);
            let id = world.add_thread(&call.login(), review, spot, &commit, body);
            created(world, id)
        }
        Err(why) => reviews::single(why),
    }
}

/// R13: an answer belongs to the first comment of a thread.
fn reply(world: &mut World, call: &Call, first: u64) -> Reply {
    let body = call.field("body").unwrap_or_default();
    if let Some(refused) = locked(world, call).or_else(|| too_long(body)) {
        return refused;
    }
    let Some(comment) = world.comment(first) else { return Reply::not_found() };
    if comment.reply_to.is_some() {
        return Reply::invalid(&[serde_json::json!({
            "resource": "PullRequestReviewComment", "code": "invalid", "field": "in_reply_to",
        })]);
    }
    let (thread, head) = (comment.thread, world.pull.head.clone());
    let review = world.add_review(&call.login(), "", "COMMENTED", &head);
    let id = world.add_comment(&call.login(), review, thread, body, Some(first));
    created(world, id)
}

fn created(world: &mut World, id: u64) -> Reply {
    world.notifications += 1;
    match world.comment(id) {
        Some(comment) => Reply::json(201, objects::comment(world, comment)),
        None => Reply::not_found(),
    }
}

fn update(world: &mut World, call: &Call) -> Reply {
    let Some((id, author)) = seen(world, call).map(|comment| (comment.id, comment.author.clone())) else {
        return Reply::not_found();
    };
    let body = call.field("body").unwrap_or_default();
    if let Some(refused) = not_yours(&author, call).or_else(|| too_long(body)) {
        return refused;
    }
    let now = world.clock.now();
    for comment in world.comments.iter_mut().filter(|comment| comment.id == id) {
        body.clone_into(&mut comment.body);
        comment.updated = now;
    }
    match world.comment(id) {
        Some(comment) => Reply::json(200, objects::comment(world, comment)),
        None => Reply::not_found(),
    }
}

fn delete(world: &mut World, call: &Call) -> Reply {
    let Some((id, author)) = seen(world, call).map(|comment| (comment.id, comment.author.clone())) else {
        return Reply::not_found();
    };
    if let Some(refused) = not_yours(&author, call) {
        return refused;
    }
    world.delete_comment(id);
    Reply::empty(204)
}
