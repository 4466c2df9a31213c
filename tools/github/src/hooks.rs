//! What a test can do to the stand-in, at once or in the middle of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::anchor::{self, Wanted};
use crate::diff::Side;
use crate::git::Changes;
use crate::limits::Meter;
use crate::state::World;
use crate::token::Token;

/// Something that happens. In JSON, `{"push": {"requirements.txt": "…"}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// A commit on top of head; paths with `null` are removed.
    Push(Changes),
    /// One new commit in place of the old ones: head's files with these changes.
    ForcePush(Changes),
    /// A commit on the base branch.
    PushBase(Changes),
    /// Somebody writes in the conversation.
    Comment {
        /// Who.
        author: String,
        /// What.
        body: String,
    },
    /// Somebody comments on a line of head's diff, in a review of its own.
    ReviewComment {
        /// Who.
        author: String,
        /// The file.
        path: String,
        /// The line, on the right side.
        line: usize,
        /// What.
        body: String,
    },
    /// Somebody answers in a thread, counted from 0 by age.
    Reply {
        /// Who.
        author: String,
        /// Which thread.
        thread: usize,
        /// What.
        body: String,
    },
    /// Somebody resolves a thread, counted from 0 by age.
    Resolve {
        /// Who.
        author: String,
        /// Which thread.
        thread: usize,
    },
    /// R15: the conversation is locked, or not.
    Lock(bool),
    /// The pull request is closed, or opened again.
    Close(bool),
    /// F7: whether it can be merged is being computed.
    Computing(bool),
    /// Time passes, in seconds.
    Advance(u64),
    /// Requests come with another token from now on; a token that is registered stays.
    Token(Token),
    /// One secret stands for one token.
    Register {
        /// What the client sends.
        secret: String,
        /// Whose it is.
        token: Token,
    },
    /// L1: the primary limit is used up for so many seconds.
    Exhaust(u64),
    /// L2: the secondary limit refuses.
    Block {
        /// For how many seconds.
        seconds: u64,
        /// Whether `retry-after` says so.
        told: bool,
    },
    /// Requests fail.
    Fail(Failure),
    /// Each answer takes so many milliseconds.
    Latency(u64),
}

/// A failure of the next requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Failure {
    /// How many requests.
    pub count: usize,
    /// Only requests for this operation, such as `pulls/create-review` or `graphql`; else any.
    pub operation: Option<String>,
    /// The status; 0 drops the connection.
    pub status: u16,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// The message in its body.
    pub message: String,
    /// G8: the request is carried out all the same.
    pub applied: bool,
}

impl Default for Failure {
    fn default() -> Failure {
        Failure {
            count: 1,
            operation: None,
            status: 502,
            headers: BTreeMap::new(),
            message: "Server Error".to_owned(),
            applied: false,
        }
    }
}

/// When an action happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// Before the request with this number, counted from 1 over the life of the stand-in.
    Request(usize),
    /// Before the next request for an operation, such as `pulls/create-review` or `graphql`.
    Before(String),
    /// After the next request for an operation was answered.
    After(String),
}

/// An action, at once or later. In JSON, `{"when": {"before": "pulls/create-review"}, "do": {…}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// When; at once if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What.
    #[serde(rename = "do")]
    pub action: Action,
}

/// What hooks have left for later.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    waiting: Vec<Hook>,
    failures: Vec<Failure>,
    /// Tokens by what a client sends.
    pub secrets: BTreeMap<String, Token>,
}

impl Hooks {
    /// Carries out a hook, or keeps it for later. Gives the id of what was written.
    pub(crate) fn add(&mut self, hook: Hook, world: &mut World, meter: &mut Meter) -> Result<Option<u64>, String> {
        if hook.when.is_some() {
            self.waiting.push(hook);
            return Ok(None);
        }
        self.act(hook.action, world, meter)
    }

    /// Carries out what is due before a request.
    pub(crate) fn before(
        &mut self,
        number: usize,
        operation: &str,
        world: &mut World,
        meter: &mut Meter,
    ) -> Result<(), String> {
        self.due(world, meter, |when| match when {
            When::Request(wanted) => *wanted == number,
            When::Before(wanted) => wanted == operation,
            When::After(_) => false,
        })
    }

    /// Carries out what is due after a request.
    pub(crate) fn after(&mut self, operation: &str, world: &mut World, meter: &mut Meter) -> Result<(), String> {
        self.due(world, meter, |when| matches!(when, When::After(wanted) if wanted == operation))
    }

    /// The failure that this request runs into.
    pub(crate) fn failure(&mut self, operation: &str) -> Option<Failure> {
        let mut failures = self.failures.iter();
        let index =
            failures.position(|failure| failure.operation.as_deref().is_none_or(|wanted| wanted == operation))?;
        let failure = self.failures[index].clone();
        self.failures[index].count -= 1;
        if self.failures[index].count == 0 {
            self.failures.remove(index);
        }
        Some(failure)
    }

    fn due(&mut self, world: &mut World, meter: &mut Meter, due: impl Fn(&When) -> bool) -> Result<(), String> {
        let waiting = std::mem::take(&mut self.waiting);
        let (now, later): (Vec<Hook>, Vec<Hook>) =
            waiting.into_iter().partition(|hook| hook.when.as_ref().is_some_and(&due));
        self.waiting = later;
        now.into_iter().try_for_each(|hook| self.act(hook.action, world, meter).map(drop))
    }

    fn act(&mut self, action: Action, world: &mut World, meter: &mut Meter) -> Result<Option<u64>, String> {
        let now = world.clock.now();
        match action {
            Action::Push(changes) => drop(world.push(&changes)),
            Action::ForcePush(changes) => drop(world.force_push(&changes)),
            Action::PushBase(changes) => drop(world.push_base(&changes)),
            Action::Comment { author, body } => return Ok(Some(world.add_issue_comment(&author, &body))),
            Action::ReviewComment { author, path, line, body } => {
                let head = world.pull.head.clone();
                let wanted = Wanted { path: &path, line: Some(line), side: Some(Side::Right), ..Wanted::default() };
                let spot = anchor::place(&world.changes(&head), &wanted).map_err(|why| why.sentence().to_owned())?;
                let review = world.add_review(&author, "", "COMMENTED", &head);
                return Ok(Some(world.add_thread(&author, review, spot, &head, &body)));
            }
            Action::Reply { author, thread, body } => {
                let thread = world.threads.get(thread).ok_or("no such thread")?.id;
                let first = world.comments.iter().find(|comment| comment.thread == thread);
                let first = first.map(|comment| comment.id);
                let head = world.pull.head.clone();
                let review = world.add_review(&author, "", "COMMENTED", &head);
                return Ok(Some(world.add_comment(&author, review, thread, &body, first)));
            }
            Action::Resolve { author, thread } => {
                world.threads.get_mut(thread).ok_or("no such thread")?.resolved_by = Some(author);
            }
            Action::Lock(locked) => world.pull.locked = locked,
            Action::Close(closed) => world.pull.open = !closed,
            Action::Computing(computing) => world.pull.computing = computing,
            Action::Advance(seconds) => world.clock.advance(seconds),
            Action::Token(token) => world.scenario.token = token,
            Action::Register { secret, token } => drop(self.secrets.insert(secret, token)),
            Action::Exhaust(seconds) => meter.exhaust(&world.scenario.limits, now, seconds),
            Action::Block { seconds, told } => meter.block(now, seconds, told),
            Action::Fail(failure) if failure.count == 0 => {}
            Action::Fail(failure) => self.failures.push(failure),
            Action::Latency(milliseconds) => world.scenario.latency_ms = milliseconds,
        }
        Ok(None)
    }
}
