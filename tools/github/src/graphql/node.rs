//! The objects of the graph and their fields.

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use serde_json::{Value, json};

use super::connection::{Info, Page, page};
use super::{Context, error, mutation};
use crate::clock::iso;
use crate::rest::objects;
use crate::state::{Comment, IssueComment, Review, Thread, World};
use crate::token::Level;

/// What an object is.
#[derive(Clone)]
pub(super) enum Kind {
    Query,
    Mutation,
    Viewer(String),
    Actor(String),
    Repository,
    Pull,
    Review(u64),
    Thread(u64),
    Comment(u64),
    IssueComment(u64),
    Page(Page),
    Info(Info),
    RateLimit,
    /// The answer to a mutation: its type, its fields.
    Payload(&'static str, Option<String>, Vec<(&'static str, Kind)>),
}

impl Kind {
    /// GraphQL's id.
    pub(super) fn id(&self) -> String {
        match self {
            Kind::Review(id) => format!("PRR_{id}"),
            Kind::Thread(id) => format!("PRRT_{id}"),
            Kind::Comment(id) => format!("PRRC_{id}"),
            Kind::IssueComment(id) => format!("IC_{id}"),
            Kind::Repository => format!("R_{}", objects::REPOSITORY_ID),
            Kind::Viewer(login) | Kind::Actor(login) => format!("U_{}", objects::user_id(login)),
            _ => String::new(),
        }
    }

    /// The inverse of [`Kind::id`], if there is such a thing.
    pub(super) fn find(world: &World, id: &str, viewer: &str) -> Option<Kind> {
        if id == objects::pull_node(world) {
            return Some(Kind::Pull);
        }
        let (kind, number) = id.split_once('_')?;
        let number: u64 = number.parse().ok()?;
        let seen = |comment: &Comment| world.visible(comment.review, viewer);
        match kind {
            "PRR" => world.visible(number, viewer).then_some(Kind::Review(number)),
            "PRRT" => world.thread(number).map(|_| Kind::Thread(number)),
            "PRRC" => world.comment(number).filter(|comment| seen(comment)).map(|_| Kind::Comment(number)),
            "IC" => {
                world.issue_comments.iter().find(|comment| comment.id == number).map(|_| Kind::IssueComment(number))
            }
            "R" if number == objects::REPOSITORY_ID => Some(Kind::Repository),
            _ => None,
        }
    }
}

/// An object, and what it needs to be resolved.
pub(super) struct Object<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) kind: Kind,
}

/// What a field is.
enum Field {
    Leaf(Value),
    One(Option<Kind>),
    Many(Vec<Kind>),
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        match &self.kind {
            Kind::Query => "Query",
            Kind::Mutation => "Mutation",
            Kind::Viewer(_) => "User",
            Kind::Actor(login) => {
                if objects::is_bot(login) {
                    "Bot"
                } else {
                    "User"
                }
            }
            Kind::Repository => "Repository",
            Kind::Pull => "PullRequest",
            Kind::Review(_) => "PullRequestReview",
            Kind::Thread(_) => "PullRequestReviewThread",
            Kind::Comment(_) => "PullRequestReviewComment",
            Kind::IssueComment(_) => "IssueComment",
            Kind::Page(page) => page.type_name,
            Kind::Info(_) => "PageInfo",
            Kind::RateLimit => "RateLimit",
            Kind::Payload(name, ..) => name,
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let name = info.field_name();
        let arguments = serde_json::to_value(info.arguments()).unwrap_or_default();
        let field = if matches!(self.kind, Kind::Mutation) {
            Some(Field::One(Some(mutation::carry_out(self.context, name, &arguments["input"])?)))
        } else {
            self.field(name, &arguments)?
        };
        let object = |kind: Kind| Object { context: self.context, kind };
        match field {
            None => Err(self.unknown_field_error(info)),
            Some(Field::Leaf(value)) => Ok(ResolvedValue::leaf(value)),
            Some(Field::One(kind)) => Ok(ResolvedValue::nullable_object(kind.map(object))),
            Some(Field::Many(kinds)) => {
                let objects: Vec<_> = kinds.into_iter().map(|kind| ResolvedValue::object(object(kind))).collect();
                Ok(ResolvedValue::list(objects))
            }
        }
    }
}

impl Object<'_> {
    fn field(&self, name: &str, arguments: &Value) -> Result<Option<Field>, FieldError> {
        let world = self.context.world.borrow();
        let world: &World = &world;
        if name == "id" {
            let id = if matches!(self.kind, Kind::Pull) { objects::pull_node(world) } else { self.kind.id() };
            return Ok(Some(Field::Leaf(json!(id))));
        }
        let gone = || error("NOT_FOUND", "It has been deleted");
        Ok(match &self.kind {
            Kind::Query => return self.query(world, name, arguments).map(Some),
            Kind::Mutation => None,
            Kind::Viewer(login) => (name == "login").then(|| Field::Leaf(json!(login))),
            // Bots are called without `[bot]` here, but not as `viewer`, and not in REST.
            Kind::Actor(login) => {
                (name == "login").then(|| Field::Leaf(json!(login.strip_suffix("[bot]").unwrap_or(login))))
            }
            Kind::Repository => match name {
                "isFork" => Some(Field::Leaf(json!(false))),
                "nameWithOwner" => Some(Field::Leaf(json!(world.scenario.repository))),
                "pullRequest" if arguments["number"] == json!(world.scenario.number) => {
                    Some(Field::One(Some(Kind::Pull)))
                }
                "pullRequest" => {
                    let message =
                        format!("Could not resolve to a PullRequest with the number of {}.", arguments["number"]);
                    return Err(error("NOT_FOUND", &message));
                }
                _ => None,
            },
            Kind::Pull => return self.pull(world, name, arguments),
            Kind::Review(id) => return self.review(world, world.review(*id).ok_or_else(gone)?, name, arguments),
            Kind::Thread(id) => return self.thread(world, world.thread(*id).ok_or_else(gone)?, name, arguments),
            Kind::Comment(id) => self.comment(world, world.comment(*id).ok_or_else(gone)?, name),
            Kind::IssueComment(id) => {
                let comment = world.issue_comments.iter().find(|comment| comment.id == *id).ok_or_else(gone)?;
                self.issue_comment(world, comment, name)
            }
            Kind::Page(page) => match name {
                "nodes" => Some(Field::Many(page.nodes.clone())),
                "pageInfo" => Some(Field::One(Some(Kind::Info(page.info.clone())))),
                "totalCount" => Some(Field::Leaf(json!(page.total))),
                _ => None,
            },
            Kind::Info(info) => match name {
                "startCursor" => Some(Field::Leaf(json!(info.start))),
                "endCursor" => Some(Field::Leaf(json!(info.end))),
                "hasPreviousPage" => Some(Field::Leaf(json!(info.previous))),
                "hasNextPage" => Some(Field::Leaf(json!(info.next))),
                _ => None,
            },
            Kind::RateLimit => {
                let rate = self.context.rate;
                match name {
                    "cost" => Some(Field::Leaf(json!(1))),
                    "limit" => Some(Field::Leaf(json!(rate.limit))),
                    "remaining" => Some(Field::Leaf(json!(rate.remaining))),
                    "used" => Some(Field::Leaf(json!(rate.used))),
                    "resetAt" => Some(Field::Leaf(json!(iso(rate.reset * 1000)))),
                    _ => None,
                }
            }
            Kind::Payload(_, mutation_id, fields) => {
                if name == "clientMutationId" {
                    Some(Field::Leaf(json!(mutation_id)))
                } else {
                    let found = fields.iter().find(|(field, _)| *field == name);
                    Some(Field::One(found.map(|(_, kind)| kind.clone())))
                }
            }
        })
    }

    fn viewer(&self) -> &str {
        self.context.token.login.as_deref().unwrap_or_default()
    }

    fn query(&self, world: &World, name: &str, arguments: &Value) -> Result<Field, FieldError> {
        Ok(Field::One(match name {
            "viewer" => Some(Kind::Viewer(self.viewer().to_owned())),
            "rateLimit" => Some(Kind::RateLimit),
            "node" => {
                let id = arguments["id"].as_str().unwrap_or_default();
                let message = format!("Could not resolve to a node with the global id of '{id}'.");
                Some(Kind::find(world, id, self.viewer()).ok_or_else(|| error("NOT_FOUND", &message))?)
            }
            // P4, P8: what cannot be seen is not there.
            _ => {
                let part = |name: &str| arguments[name].as_str().unwrap_or_default();
                let wanted = format!("{}/{}", part("owner"), part("name"));
                let renamed =
                    world.scenario.renamed_from.as_deref().is_some_and(|old| old.eq_ignore_ascii_case(&wanted));
                let follows = renamed && arguments["followRenames"] != json!(false);
                let hidden = world.scenario.private && self.context.token.permissions.contents == Level::None;
                if hidden || !(follows || wanted.eq_ignore_ascii_case(&world.scenario.repository)) {
                    let message = format!("Could not resolve to a Repository with the name '{wanted}'.");
                    return Err(error("NOT_FOUND", &message));
                }
                Some(Kind::Repository)
            }
        }))
    }

    fn pull(&self, world: &World, name: &str, arguments: &Value) -> Result<Option<Field>, FieldError> {
        let scenario = &world.scenario;
        let viewer = self.viewer();
        Ok(Some(match name {
            "author" => Field::One(Some(Kind::Actor(scenario.author.clone()))),
            "baseRefName" => Field::Leaf(json!(scenario.base_ref)),
            "baseRefOid" => Field::Leaf(json!(world.base_tip())),
            "headRefName" => Field::Leaf(json!(scenario.head_ref)),
            "headRefOid" => Field::Leaf(json!(world.pull.head)),
            "number" => Field::Leaf(json!(scenario.number)),
            "isCrossRepository" => Field::Leaf(json!(scenario.fork)),
            "isDraft" => Field::Leaf(json!(false)),
            "state" => Field::Leaf(json!(if world.pull.open { "OPEN" } else { "CLOSED" })),
            "changedFiles" => {
                let (base, head) = (world.tree(&world.merge_base(&world.pull.head)), world.tree(&world.pull.head));
                Field::Leaf(json!(crate::diff::diff(&base, &head, &scenario.limits.diff).len()))
            }
            "comments" => {
                let all: Vec<Kind> =
                    world.issue_comments.iter().map(|comment| Kind::IssueComment(comment.id)).collect();
                connection(world, "IssueCommentConnection", &all, arguments, name)?
            }
            "reviewThreads" => {
                let seen = |thread: &&Thread| {
                    world
                        .comments
                        .iter()
                        .any(|comment| comment.thread == thread.id && world.visible(comment.review, viewer))
                };
                let all: Vec<Kind> = world.threads.iter().filter(seen).map(|thread| Kind::Thread(thread.id)).collect();
                connection(world, "PullRequestReviewThreadConnection", &all, arguments, name)?
            }
            "reviews" => {
                let wanted = |review: &&Review| {
                    let states = arguments["states"].as_array();
                    let author = arguments["author"].as_str();
                    world.visible(review.id, viewer)
                        && states.is_none_or(|states| states.contains(&json!(review.state)))
                        && author.is_none_or(|author| author == review.author)
                };
                let all: Vec<Kind> =
                    world.reviews.iter().filter(wanted).map(|review| Kind::Review(review.id)).collect();
                connection(world, "PullRequestReviewConnection", &all, arguments, name)?
            }
            _ => return Ok(None),
        }))
    }

    fn review(
        &self,
        world: &World,
        review: &Review,
        name: &str,
        arguments: &Value,
    ) -> Result<Option<Field>, FieldError> {
        Ok(Some(Field::Leaf(match name {
            "author" => return Ok(Some(Field::One(Some(Kind::Actor(review.author.clone()))))),
            "comments" => {
                let own = world.comments.iter().filter(|comment| comment.review == review.id);
                let all: Vec<Kind> = own.map(|comment| Kind::Comment(comment.id)).collect();
                return connection(world, "PullRequestReviewCommentConnection", &all, arguments, name).map(Some);
            }
            "state" => json!(review.state),
            "submittedAt" => json!((review.state != "PENDING").then(|| iso(review.at))),
            "url" => json!(format!("{}#pullrequestreview-{}", objects::pull_web(world), review.id)),
            name => match self.common(name, review.id, &review.author, &review.body, review.minimized.as_ref()) {
                Some(value) => value,
                None => return Ok(None),
            },
        })))
    }

    fn thread(
        &self,
        world: &World,
        thread: &Thread,
        name: &str,
        arguments: &Value,
    ) -> Result<Option<Field>, FieldError> {
        let now = thread.now.as_ref();
        let may = self.context.token.permissions.contents == Level::Write;
        let resolved = thread.resolved_by.is_some();
        Ok(Some(Field::Leaf(match name {
            "comments" => {
                let seen =
                    |comment: &&Comment| comment.thread == thread.id && world.visible(comment.review, self.viewer());
                let all: Vec<Kind> =
                    world.comments.iter().filter(seen).map(|comment| Kind::Comment(comment.id)).collect();
                return connection(world, "PullRequestReviewCommentConnection", &all, arguments, name).map(Some);
            }
            "resolvedBy" => return Ok(Some(Field::One(thread.resolved_by.clone().map(Kind::Viewer)))),
            "diffSide" => json!(thread.spot.side.name()),
            "startDiffSide" => json!(thread.spot.start.map(|(side, _)| side.name())),
            "isCollapsed" => json!(resolved || now.is_none()),
            "isOutdated" => json!(now.is_none()),
            "isResolved" => json!(resolved),
            "line" => json!(now.and_then(|spot| spot.line)),
            "startLine" => json!(now.and_then(|spot| spot.start).map(|(_, line)| line)),
            "originalLine" => json!(thread.spot.line),
            "originalStartLine" => json!(thread.spot.start.map(|(_, line)| line)),
            "path" => json!(thread.spot.path),
            "subjectType" => json!(if thread.spot.line.is_some() { "LINE" } else { "FILE" }),
            "viewerCanReply" => json!(self.may_write()),
            // P5
            "viewerCanResolve" => json!(may && !resolved),
            "viewerCanUnresolve" => json!(may && resolved),
            _ => return Ok(None),
        })))
    }

    fn comment(&self, world: &World, comment: &Comment, name: &str) -> Option<Field> {
        let thread = world.thread(comment.thread)?;
        let now = thread.now.as_ref();
        Some(Field::Leaf(match name {
            "author" => return Some(Field::One(Some(Kind::Actor(comment.author.clone())))),
            "pullRequestReview" => return Some(Field::One(Some(Kind::Review(comment.review)))),
            "replyTo" => return Some(Field::One(comment.reply_to.map(Kind::Comment))),
            "line" => json!(now.and_then(|spot| spot.line)),
            "startLine" => json!(now.and_then(|spot| spot.start).map(|(_, line)| line)),
            "originalLine" => json!(thread.spot.line),
            "outdated" => json!(now.is_none()),
            "path" => json!(thread.spot.path),
            "state" => {
                let pending = world.review(comment.review).is_some_and(|review| review.state == "PENDING");
                json!(if pending { "PENDING" } else { "SUBMITTED" })
            }
            "createdAt" => json!(iso(comment.created)),
            "updatedAt" => json!(iso(comment.updated)),
            "url" => json!(format!("{}#discussion_r{}", objects::pull_web(world), comment.id)),
            name => self.common(name, comment.id, &comment.author, &comment.body, comment.minimized.as_ref())?,
        }))
    }

    fn issue_comment(&self, world: &World, comment: &IssueComment, name: &str) -> Option<Field> {
        Some(Field::Leaf(match name {
            "author" => return Some(Field::One(Some(Kind::Actor(comment.author.clone())))),
            "createdAt" => json!(iso(comment.created)),
            "updatedAt" => json!(iso(comment.updated)),
            "url" => json!(format!("{}#issuecomment-{}", objects::pull_web(world), comment.id)),
            name => self.common(name, comment.id, &comment.author, &comment.body, comment.minimized.as_ref())?,
        }))
    }

    /// What reviews and both kinds of comments have.
    fn common(&self, name: &str, id: u64, author: &str, body: &str, minimized: Option<&String>) -> Option<Value> {
        let own = author == self.viewer();
        Some(match name {
            "body" => json!(body),
            // Ids beyond 32 bits do not fit: that is why `fullDatabaseId` exists.
            "databaseId" => json!(i32::try_from(id).ok()),
            "fullDatabaseId" => json!(id.to_string()),
            "isMinimized" => json!(minimized.is_some()),
            "minimizedReason" => json!(minimized),
            "viewerDidAuthor" => json!(own),
            "viewerCanDelete" | "viewerCanMinimize" | "viewerCanUpdate" => json!(own && self.may_write()),
            _ => return None,
        })
    }

    fn may_write(&self) -> bool {
        self.context.token.permissions.pull_requests == Level::Write
    }
}

/// A part of a list, as a field.
fn connection(
    world: &World,
    type_name: &'static str,
    all: &[Kind],
    arguments: &Value,
    field: &str,
) -> Result<Field, FieldError> {
    let capped = world.scenario.believed.connection_cap;
    Ok(Field::One(Some(Kind::Page(page(type_name, all, arguments, capped, field)?))))
}
