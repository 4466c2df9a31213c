//! Reviews: all comments at once or none (R1–R8, R11, R12, R18, P7).

use serde_json::{Value, json};

use crate::anchor::{Misplaced, Spot, Wanted, place};
use crate::diff::Side;
use crate::http::{Call, Reply};
use crate::rest::{locked, not_yours, objects, pages, too_long};
use crate::state::World;
use crate::token::ACTIONS;

pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    match call.operation.as_str() {
        "pulls/list-reviews" => return list(world, call),
        "pulls/create-review" => return create(world, call),
        _ => {}
    }
    let id = call.id("review_id");
    let Some(review) = world.review(id).filter(|_| world.visible(id, &call.login())).cloned() else {
        return Reply::not_found();
    };
    match call.operation.as_str() {
        "pulls/get-review" => {}
        "pulls/update-review" => {
            let body = call.field("body").unwrap_or_default();
            if let Some(refused) = not_yours(&review.author, call).or_else(|| too_long(body)) {
                return refused;
            }
            change(world, id, |review| body.clone_into(&mut review.body));
        }
        "pulls/delete-pending-review" => {
            // R12
            if review.state != "PENDING" {
                return Reply::unprocessable(&["Can not delete a non-pending pull request review".to_owned()]);
            }
            let reply = Reply::json(200, objects::review(world, &review));
            let comments: Vec<u64> =
                world.comments.iter().filter(|comment| comment.review == id).map(|comment| comment.id).collect();
            for comment in comments {
                world.delete_comment(comment);
            }
            world.reviews.retain(|review| review.id != id);
            return reply;
        }
        "pulls/submit-review" => {
            let event = call.field("event").unwrap_or_default();
            let body = call.field("body").unwrap_or(&review.body);
            if review.state != "PENDING" {
                return Reply::unprocessable(&["Can not submit a non-pending pull request review".to_owned()]);
            }
            if let Some(refused) = refused_event(call, Some(event), body).or_else(|| too_long(body)) {
                return refused;
            }
            let now = world.clock.now();
            change(world, id, |review| {
                review.state = state(Some(event));
                review.at = now;
                body.clone_into(&mut review.body);
            });
            world.notifications += 1;
        }
        "pulls/dismiss-review" => {
            // R12
            if !matches!(review.state, "CHANGES_REQUESTED" | "APPROVED") {
                return Reply::unprocessable(&["Can not dismiss a commented pull request review".to_owned()]);
            }
            change(world, id, |review| review.state = "DISMISSED");
        }
        _ => return Reply::not_found(),
    }
    match world.review(id) {
        Some(review) => Reply::json(200, objects::review(world, review)),
        None => Reply::not_found(),
    }
}

fn list(world: &World, call: &Call) -> Reply {
    let login = call.login();
    let shown = world.reviews.iter().filter(|review| world.visible(review.id, &login));
    pages::page(world, call, shown.map(|review| objects::review(world, review)).collect())
}

fn create(world: &mut World, call: &Call) -> Reply {
    let event = call.field("event");
    let body = call.field("body").unwrap_or_default();
    if let Some(refused) = locked(world, call).or_else(|| refused_event(call, event, body)) {
        return refused;
    }
    let login = call.login();
    // R18
    let pending = world.reviews.iter().any(|review| review.state == "PENDING" && review.author == login);
    if event.is_none() && pending && world.scenario.believed.one_pending_review {
        return Reply::unprocessable(&["User can only have one pending review per pull request".to_owned()]);
    }
    let commit = call.field("commit_id").unwrap_or(&world.pull.head).to_owned();
    if let Some(refused) = foreign(world, &commit) {
        return refused;
    }
    let none = Vec::new();
    let comments = call.body["comments"].as_array().unwrap_or(&none);
    // R8
    if comments.len() > world.scenario.limits.comments_per_review {
        return Reply::unprocessable(&["Pull request review has too many comments".to_owned()]);
    }
    // R7
    let bodies = comments.iter().filter_map(|comment| comment["body"].as_str());
    if let Some(refused) = std::iter::once(body).chain(bodies).find_map(too_long) {
        return refused;
    }
    // R4: one bad comment, and nothing is posted.
    let changes = world.changes(&commit);
    let (mut spots, mut errors) = (Vec::new(), Vec::new());
    for comment in comments {
        let body = comment["body"].as_str().unwrap_or_default();
        if body.trim().is_empty() {
            errors.push("Pull request review thread body can't be blank".to_owned());
        }
        match place(&changes, &wanted(comment)) {
            Ok(spot) => spots.push((spot, body)),
            Err(why) => errors.push(why.sentence().to_owned()),
        }
    }
    if !errors.is_empty() {
        errors.dedup();
        return Reply::unprocessable(&errors);
    }
    let id = world.add_review(&login, body, state(event), &commit);
    for (spot, body) in spots {
        world.add_thread(&login, id, spot, &commit, body);
    }
    // R16: one notification, however many comments; none while it is pending.
    if event.is_some() {
        world.notifications += 1;
    }
    match world.review(id) {
        Some(review) => Reply::json(200, objects::review(world, review)),
        None => Reply::not_found(),
    }
}

/// Where a comment in a body is wanted.
pub(super) fn wanted(comment: &Value) -> Wanted<'_> {
    let number = |name: &str| comment[name].as_u64().and_then(|number| usize::try_from(number).ok());
    let side = |name: &str| comment[name].as_str().and_then(Side::parse);
    Wanted {
        path: comment["path"].as_str().unwrap_or_default(),
        line: number("line"),
        side: side("side"),
        start_line: number("start_line"),
        start_side: side("start_side"),
        position: number("position"),
        file: false,
    }
}

/// R11.
pub(super) fn foreign(world: &World, commit: &str) -> Option<Reply> {
    let part = world.commits().iter().any(|sha| sha == commit);
    let known = world.git.get(commit).is_some();
    (!known || (!part && world.scenario.believed.foreign_commit_refused)).then(|| {
        Reply::unprocessable(&["The pull request review's commit oid is not part of the pull request".to_owned()])
    })
}

/// The same refusal as the operation for one comment words it (R1–R3).
pub(super) fn single(why: Misplaced) -> Reply {
    let error = |code: &str, field: &str, message: &str| {
        json!({
            "resource": "PullRequestReviewComment", "code": code,
            "field": format!("pull_request_review_thread.{field}"),
            "message": format!("pull_request_review_thread.{field} {message}"),
        })
    };
    Reply::invalid(&match why {
        Misplaced::Path => vec![error("invalid", "path", "is invalid")],
        Misplaced::NotInDiff => {
            vec![error("custom", "line", "must be part of the diff"), error("missing_field", "diff_hunk", "is missing")]
        }
        Misplaced::StartNotBefore => vec![error("custom", "start_line", "must precede the end line.")],
        Misplaced::OtherHunk => {
            vec![error("custom", "start_line", "must be part of the same hunk as the line.")]
        }
    })
}

/// P7, R5.
fn refused_event(call: &Call, event: Option<&str>, body: &str) -> Option<Reply> {
    let sentence = match event {
        Some("APPROVE") if call.token.login.as_deref() == Some(ACTIONS) => {
            "GitHub Actions is not permitted to approve pull requests."
        }
        Some("COMMENT" | "REQUEST_CHANGES") if body.trim().is_empty() => "Review body is required for this event",
        _ => return None,
    };
    Some(Reply::unprocessable(&[sentence.to_owned()]))
}

fn state(event: Option<&str>) -> &'static str {
    match event {
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some(_) => "COMMENTED",
        None => "PENDING",
    }
}

fn change(world: &mut World, id: u64, change: impl FnOnce(&mut crate::state::Review)) {
    if let Some(review) = world.reviews.iter_mut().find(|review| review.id == id) {
        change(review);
    }
}

/// A comment on a whole file (R6).
pub(super) fn file_spot(world: &mut World, commit: &str, path: &str) -> Result<Spot, Misplaced> {
    place(&world.changes(commit), &Wanted { path, file: true, ..Wanted::default() })
}
