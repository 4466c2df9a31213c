//! What GraphQL can change: hiding, resolving, editing and deleting (P5, P6).

use apollo_compiler::resolvers::FieldError;
use serde_json::Value;

use super::node::Kind;
use super::{Context, error, forbidden};
use crate::state::World;
use crate::token::Level;

/// Carries out one mutation and gives its payload.
pub(super) fn carry_out(context: &Context<'_>, name: &str, input: &Value) -> Result<Kind, FieldError> {
    let mut world = context.world.borrow_mut();
    let world: &mut World = &mut world;
    let viewer = context.token.login.as_deref().unwrap_or_default();
    let permissions = &context.token.permissions;
    let text = |key: &str| input[key].as_str().unwrap_or_default();
    let id = ["subjectId", "threadId", "id", "pullRequestReviewCommentId", "pullRequestReviewId"]
        .into_iter()
        .map(text)
        .find(|id| !id.is_empty())
        .unwrap_or_default();
    let missing = format!("Could not resolve to a node with the global id of '{id}'");
    let found = Kind::find(world, id, viewer).ok_or_else(|| error("NOT_FOUND", &missing))?;

    let payload = |name: &'static str, field: &'static str| {
        let client = input["clientMutationId"].as_str().map(str::to_owned);
        Kind::Payload(name, client, vec![(field, found.clone())])
    };
    if let Kind::Thread(thread) = found {
        // P5: not with pull-requests: write alone.
        if permissions.contents != Level::Write {
            return Err(forbidden());
        }
        let resolve = name == "resolveReviewThread";
        for thread in world.threads.iter_mut().filter(|it| it.id == thread) {
            thread.resolved_by = resolve.then(|| viewer.to_owned());
        }
        return match name {
            "resolveReviewThread" => Ok(payload("ResolveReviewThreadPayload", "thread")),
            "unresolveReviewThread" => Ok(payload("UnresolveReviewThreadPayload", "thread")),
            _ => Err(error("NOT_FOUND", &missing)),
        };
    }
    // P6, and as in REST nobody changes what somebody else wrote.
    let issues = matches!(found, Kind::IssueComment(_)) && permissions.issues == Level::Write;
    let subject = Subject::find(world, &found).ok_or_else(|| error("NOT_FOUND", &missing))?;
    if (permissions.pull_requests != Level::Write && !issues) || subject.author != viewer {
        return Err(forbidden());
    }
    let fits = match name {
        "minimizeComment" | "unminimizeComment" => true,
        "updateIssueComment" | "deleteIssueComment" => matches!(found, Kind::IssueComment(_)),
        "updatePullRequestReviewComment" | "deletePullRequestReviewComment" => matches!(found, Kind::Comment(_)),
        _ => matches!(found, Kind::Review(_)),
    };
    if !fits {
        return Err(error("NOT_FOUND", &missing));
    }
    match name {
        "minimizeComment" => {
            *subject.minimized = Some(text("classifier").to_lowercase().replace('_', "-"));
            Ok(payload("MinimizeCommentPayload", "minimizedComment"))
        }
        "unminimizeComment" => {
            *subject.minimized = None;
            Ok(payload("UnminimizeCommentPayload", "unminimizedComment"))
        }
        "updateIssueComment" | "updatePullRequestReviewComment" | "updatePullRequestReview" => {
            // R7
            if text("body").chars().count() > 65_536 {
                return Err(error("UNPROCESSABLE", "Body is too long (maximum is 65536 characters)"));
            }
            text("body").clone_into(subject.body);
            match &found {
                Kind::IssueComment(_) => Ok(payload("UpdateIssueCommentPayload", "issueComment")),
                Kind::Comment(_) => Ok(payload("UpdatePullRequestReviewCommentPayload", "pullRequestReviewComment")),
                _ => Ok(payload("UpdatePullRequestReviewPayload", "pullRequestReview")),
            }
        }
        _ => {
            let client = input["clientMutationId"].as_str().map(str::to_owned);
            match found {
                Kind::IssueComment(id) => {
                    world.issue_comments.retain(|comment| comment.id != id);
                    Ok(Kind::Payload("DeleteIssueCommentPayload", client, Vec::new()))
                }
                Kind::Comment(id) => {
                    let review = world.comment(id).map(|comment| comment.review);
                    world.delete_comment(id);
                    let fields = review.map(|id| ("pullRequestReview", Kind::Review(id))).into_iter().collect();
                    Ok(Kind::Payload("DeletePullRequestReviewCommentPayload", client, fields))
                }
                _ => Err(error("NOT_FOUND", &missing)),
            }
        }
    }
}

/// What can be changed of a review or a comment.
struct Subject<'a> {
    author: String,
    body: &'a mut String,
    minimized: &'a mut Option<String>,
}

impl<'a> Subject<'a> {
    fn find(world: &'a mut World, kind: &Kind) -> Option<Subject<'a>> {
        let now = world.clock.now();
        match kind {
            Kind::Review(id) => {
                let review = world.reviews.iter_mut().find(|review| review.id == *id)?;
                Some(Subject {
                    author: review.author.clone(),
                    body: &mut review.body,
                    minimized: &mut review.minimized,
                })
            }
            Kind::Comment(id) => {
                let comment = world.comments.iter_mut().find(|comment| comment.id == *id)?;
                comment.updated = now;
                Some(Subject {
                    author: comment.author.clone(),
                    body: &mut comment.body,
                    minimized: &mut comment.minimized,
                })
            }
            Kind::IssueComment(id) => {
                let comment = world.issue_comments.iter_mut().find(|comment| comment.id == *id)?;
                comment.updated = now;
                Some(Subject {
                    author: comment.author.clone(),
                    body: &mut comment.body,
                    minimized: &mut comment.minimized,
                })
            }
            _ => None,
        }
    }
}
