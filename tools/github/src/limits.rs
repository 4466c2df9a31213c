//! Rate limits (L1–L5) and the sizes at which GitHub cuts (F2, N3, N4).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::http::Reply;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// All limits, each as GitHub has it unless a test says otherwise.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// L5: GHES has none by default.
    pub off: bool,
    /// L1: requests per hour.
    pub primary: u64,
    /// L3: content created per minute.
    pub content_per_minute: usize,
    /// L3: content created per hour.
    pub content_per_hour: usize,
    /// L3: requests at the same time.
    pub concurrent: usize,
    /// L3: points per minute of REST.
    pub rest_points: u64,
    /// L3: points per minute of GraphQL.
    pub graphql_points: u64,
    /// N3: files listed.
    pub files_listed: usize,
    /// N4: commits listed.
    pub commits_listed: usize,
    /// N4: files compared.
    pub files_compared: usize,
    /// R8: comments in one review.
    pub comments_per_review: usize,
    /// S6: uploads per hour.
    pub sarif_per_hour: usize,
    /// F2.
    pub diff: DiffLimits,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            off: false,
            primary: 1000,
            content_per_minute: 80,
            content_per_hour: 500,
            concurrent: 100,
            rest_points: 900,
            graphql_points: 2000,
            files_listed: 3000,
            commits_listed: 250,
            files_compared: 300,
            comments_per_review: 100,
            sarif_per_hour: 1000,
            diff: DiffLimits::default(),
        }
    }
}

/// F2: over these a patch is kept back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiffLimits {
    /// Lines of one file's diff.
    pub file_lines: usize,
    /// Bytes of one file's diff.
    pub file_bytes: usize,
    /// Lines of the whole diff.
    pub total_lines: usize,
    /// Bytes of the whole diff.
    pub total_bytes: usize,
    /// Files of the whole diff.
    pub total_files: usize,
}

impl Default for DiffLimits {
    fn default() -> DiffLimits {
        DiffLimits {
            file_lines: 20_000,
            file_bytes: 500_000,
            total_lines: 20_000,
            total_bytes: 1_000_000,
            total_files: 300,
        }
    }
}

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// REST, reading: 1 point.
    Read,
    /// REST, writing: 5 points; `content` if it creates something that people see.
    Write {
        /// It creates a comment or a review.
        content: bool,
    },
    /// GraphQL, 1 point.
    Query,
    /// GraphQL, 5 points.
    Mutation,
}

/// What was used so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    reset: u64,
    used: u64,
    recent: VecDeque<(u64, Cost)>,
    blocked: Option<(u64, bool)>,
}

/// The fields of `x-ratelimit-*`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Requests per hour.
    pub limit: u64,
    /// Requests used.
    pub used: u64,
    /// Requests left.
    pub remaining: u64,
    /// When it starts anew, in seconds since the epoch.
    pub reset: u64,
}

impl Meter {
    /// How the primary limit stands.
    pub(crate) fn rate(&mut self, limits: &Limits, now: u64) -> Rate {
        if now >= self.reset {
            self.reset = now + HOUR;
            self.used = 0;
        }
        Rate {
            limit: limits.primary,
            used: self.used,
            remaining: limits.primary.saturating_sub(self.used),
            reset: self.reset.div_ceil(1000),
        }
    }

    /// Counts a request, or says why it is refused.
    pub(crate) fn count(&mut self, limits: &Limits, now: u64, cost: Cost, in_flight: usize) -> Result<(), Reply> {
        if limits.off {
            return Ok(());
        }
        if let Some((until, told)) = self.blocked {
            if now < until {
                let reply = secondary();
                let seconds = (until - now).div_ceil(1000).to_string();
                return Err(if told { reply.with("retry-after", seconds) } else { reply });
            }
            self.blocked = None;
        }
        // L1: the reply's own x-ratelimit headers say the rest.
        if self.rate(limits, now).remaining == 0 {
            return Err(Reply::error(403, "API rate limit exceeded for installation ID 1."));
        }
        self.used += 1;
        self.recent.retain(|(then, _)| now < then + HOUR);
        self.recent.push_back((now, cost));
        let since = |age: u64| self.recent.iter().filter(move |(then, _)| now < then + age);
        let content = |age| since(age).filter(|(_, cost)| *cost == Cost::Write { content: true }).count();
        let points = |graphql: bool| -> u64 {
            since(MINUTE)
                .map(|(_, cost)| points(*cost))
                .filter(|(kind, _)| *kind == graphql)
                .map(|(_, points)| points)
                .sum()
        };
        let over = content(MINUTE) > limits.content_per_minute
            || content(HOUR) > limits.content_per_hour
            || in_flight > limits.concurrent
            || points(false) > limits.rest_points
            || points(true) > limits.graphql_points;
        if over {
            self.blocked = Some((now + MINUTE, true));
            return Err(secondary().with("retry-after", "60"));
        }
        Ok(())
    }

    /// G10: a 304 is given back.
    pub(crate) fn refund(&mut self) {
        self.used = self.used.saturating_sub(1);
    }

    /// A hook: the primary limit is used up and starts anew after so many seconds.
    pub(crate) fn exhaust(&mut self, limits: &Limits, now: u64, seconds: u64) {
        self.used = limits.primary;
        self.reset = now + seconds * 1000;
    }

    /// A hook: the secondary limit refuses for so many seconds, and says for how long or not.
    pub(crate) fn block(&mut self, now: u64, seconds: u64, told: bool) {
        self.blocked = Some((now + seconds * 1000, told));
    }
}

/// Whether it is GraphQL, and how many points.
fn points(cost: Cost) -> (bool, u64) {
    match cost {
        Cost::Read => (false, 1),
        Cost::Write { .. } => (false, 5),
        Cost::Query => (true, 1),
        Cost::Mutation => (true, 5),
    }
}

/// L2, L6: the message tells it from a missing permission.
fn secondary() -> Reply {
    Reply::error(
        403,
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.",
    )
}
