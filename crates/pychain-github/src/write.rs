//! Carries out a plan: in order, with pauses, and each thing once, whatever fails on the way.

use std::future::Future;

use http::Method;
use pychain_core::report::review::{Edit, Existing, Id, Plan, Review, Summary};
use serde_json::{Value, json};

use crate::client::{GitHub, Shared};
use crate::error::{Error, Kind};
use crate::pull::{Pull, commit};

/// How often the state is read anew and the rest planned anew after a write of which nothing was heard.
const ROUNDS: u32 = 4;

const MINIMIZE: &str = "\
mutation($id: ID!) {
  minimizeComment(input: { subjectId: $id, classifier: RESOLVED }) { minimizedComment { isMinimized } }
}";

/// What came of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Writes that succeeded.
    pub written: usize,
    /// Whether anything of ours stands on the pull request now.
    pub commented: bool,
    /// Edits that wait for the next run.
    pub waiting: usize,
    /// Why not everything was written.
    pub stopped: Option<Stopped>,
}

/// Why writing ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// The pull request was closed meanwhile.
    Closed,
    /// It has another head now: another run speaks of that.
    HeadMoved,
    /// Writing is not allowed, or not at this time.
    NotAllowed(Error),
}

/// Which way out of one round.
enum Round {
    Finished,
    Again,
    Stopped(Stopped),
}

impl GitHub {
    /// What stands on the pull request.
    pub fn existing(&self, number: u64) -> Result<Existing, Error> {
        self.block_on(self.shared.existing(number))
    }

    /// Writes what `plan` says of the state of the pull request. Where a write may or may not have been done, the
    /// state is read again and the rest is planned anew: a plan leaves out what is there already.
    ///
    /// `plan` is told whether comments on lines can be had; where GitHub refuses them, they cannot.
    pub fn carry_out(&self, pull: &Pull, plan: &dyn Fn(&Existing, bool) -> Plan) -> Result<Done, Error> {
        self.block_on(async {
            let mut writer = Writer { shared: &self.shared, pull, done: Done::default(), inline: true, round: 0 };
            loop {
                writer.round += 1;
                let existing = match self.shared.existing(pull.number).await {
                    Ok(existing) => existing,
                    Err(error) if is_refusal(&error) => {
                        writer.done.stopped = Some(Stopped::NotAllowed(error));
                        return Ok(writer.done);
                    }
                    Err(error) => return Err(error),
                };
                let plan = plan(&existing, writer.inline);
                writer.done.commented = existing.comments.iter().any(|comment| comment.ours);
                writer.done.waiting = plan.waiting;
                match writer.round(&plan).await? {
                    Round::Finished => return Ok(writer.done),
                    Round::Again => {}
                    Round::Stopped(why) => {
                        writer.done.stopped = Some(why);
                        return Ok(writer.done);
                    }
                }
            }
        })
    }
}

struct Writer<'a> {
    shared: &'a Shared,
    pull: &'a Pull,
    done: Done,
    inline: bool,
    round: u32,
}

impl Writer<'_> {
    async fn round(&mut self, plan: &Plan) -> Result<Round, Error> {
        if plan.is_empty() {
            return Ok(Round::Finished);
        }
        if let Some(why) = self.moved().await? {
            return Ok(Round::Stopped(why));
        }
        if let Some(review) = &plan.review
            && let Err(error) = self.write(create_review(self.shared, self.pull, review)).await
        {
            if error.kind != Kind::Refused {
                return self.after_post(error).await;
            }
            // A line that is no longer in the diff, or a diff that was read wrongly: nothing of the review was posted.
            if let Some(why) = self.moved().await? {
                return Ok(Round::Stopped(why));
            }
            if !self.inline {
                return Err(error);
            }
            self.shared.note(format!("{error}; the summary has all findings instead"));
            self.inline = false;
            return Ok(Round::Again);
        }
        self.done.commented |= plan.review.is_some();
        for edit in &plan.edits {
            match self.write(replace(self.shared, "/pulls/comments", edit)).await {
                Ok(()) => {}
                Err(error) if is_refusal(&error) => return Ok(Round::Stopped(Stopped::NotAllowed(error))),
                Err(error) => self.shared.note(error.to_string()),
            }
        }
        for id in &plan.minimize {
            // To fold a comment away is a courtesy; it says already that it is settled.
            if let Err(error) = self.write(minimize(self.shared, id)).await {
                self.shared.note(error.to_string());
            }
        }
        for id in &plan.delete {
            if let Err(error) = self.write(delete(self.shared, id)).await {
                self.shared.note(error.to_string());
            }
        }
        match &plan.summary {
            Summary::Leave => {}
            Summary::Create(body) => {
                if let Err(error) = self.write(create_summary(self.shared, self.pull, body)).await {
                    return self.after_post(error).await;
                }
                self.done.commented = true;
            }
            Summary::Update(edit) => match self.write(replace(self.shared, "/issues/comments", edit)).await {
                Ok(()) => {}
                Err(error) if is_refusal(&error) => return Ok(Round::Stopped(Stopped::NotAllowed(error))),
                Err(error) => return Err(error),
            },
        }
        Ok(Round::Finished)
    }

    /// What to do after a write that must not be sent twice has failed.
    async fn after_post(&self, error: Error) -> Result<Round, Error> {
        if self.round < ROUNDS && self.shared.is_worth_another(&error, self.round).await {
            return Ok(Round::Again);
        }
        if is_refusal(&error) { Ok(Round::Stopped(Stopped::NotAllowed(error))) } else { Err(error) }
    }

    /// Whether the pull request is no longer what was audited.
    async fn moved(&self) -> Result<Option<Stopped>, Error> {
        let now = self.shared.pull(self.pull.number).await?;
        Ok(if !now.open {
            Some(Stopped::Closed)
        } else if now.head != self.pull.head {
            Some(Stopped::HeadMoved)
        } else {
            None
        })
    }

    /// One write.
    async fn write(&mut self, write: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
        write.await?;
        self.done.written += 1;
        Ok(())
    }
}

async fn create_review(shared: &Shared, pull: &Pull, review: &Review) -> Result<(), Error> {
    let comments: Vec<Value> = review
        .comments
        .iter()
        .map(|comment| {
            let mut value =
                json!({ "path": comment.path, "line": comment.line, "side": "RIGHT", "body": comment.body });
            if let Some(start) = comment.start_line {
                value["start_line"] = json!(start);
                value["start_side"] = json!("RIGHT");
            }
            value
        })
        .collect();
    // Anchored to the audited commit: GITHUB_SHA is another one, a merge that nobody pushed.
    let body =
        json!({ "commit_id": commit(&pull.head), "event": "COMMENT", "body": review.body, "comments": comments });
    shared.post(&shared.route(&format!("/pulls/{}/reviews", pull.number)), &body).await.map(drop)
}

async fn create_summary(shared: &Shared, pull: &Pull, body: &str) -> Result<(), Error> {
    let route = shared.route(&format!("/issues/{}/comments", pull.number));
    shared.post(&route, &json!({ "body": body })).await.map(drop)
}

async fn replace(shared: &Shared, list: &str, edit: &Edit) -> Result<(), Error> {
    let route = shared.route(&format!("{list}/{}", edit.id.number));
    shared.idempotent(Method::PATCH, &route, Some(&json!({ "body": edit.body }))).await.map(drop)
}

async fn minimize(shared: &Shared, id: &Id) -> Result<(), Error> {
    shared.graphql(MINIMIZE, &json!({ "id": id.node })).await.map(drop)
}

async fn delete(shared: &Shared, id: &Id) -> Result<(), Error> {
    let route = shared.route(&format!("/pulls/comments/{}", id.number));
    shared.idempotent(Method::DELETE, &route, None).await.map(drop)
}

/// Whether to try again is no use, now or at all.
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind, Kind::Permission | Kind::RateLimit(_))
}
