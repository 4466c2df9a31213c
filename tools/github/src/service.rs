//! From a request to a reply: every check in the order in which GitHub makes them.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::git::sha1_hex;
use crate::graphql::GraphQl;
use crate::hooks::{Failure, Hooks};
use crate::http::{Body, Call, FORBIDDEN, Reply, Request};
use crate::journal::Entry;
use crate::limits::{Cost, Meter};
use crate::rest;
use crate::rest::objects::REPOSITORY_ID;
use crate::schema::{Operation, Schema};
use crate::state::World;
use crate::token::{Level, Token};

/// The versions of the API that there are.
const VERSIONS: [&str; 3] = ["", "2022-11-28", "2026-03-10"];

/// The whole stand-in but for its socket.
pub(crate) struct Service {
    /// What it knows.
    pub world: World,
    /// What hooks have left for later.
    pub hooks: Hooks,
    /// Rate limits.
    pub meter: Meter,
    /// The log.
    pub log: Vec<Entry>,
    /// What was wrong with its own replies, or with a hook.
    pub faults: Vec<String>,
    schema: Arc<Schema>,
    graphql: Arc<GraphQl>,
    started: Instant,
}

/// What a connection is to do.
pub(crate) enum Outcome {
    /// Send this.
    Reply(Reply),
    /// Close without an answer.
    Drop,
}

/// What a request turned out to be.
enum Target<'a> {
    GraphQl,
    Rest(&'a Operation, std::collections::BTreeMap<String, String>),
    Unknown,
    /// G7: where it has gone.
    Moved(String),
}

impl Service {
    /// A stand-in in this state.
    pub(crate) fn new(world: World) -> Service {
        Service {
            world,
            hooks: Hooks::default(),
            meter: Meter::default(),
            log: Vec::new(),
            faults: Vec::new(),
            schema: Schema::shared(),
            graphql: GraphQl::shared(),
            started: Instant::now(),
        }
    }

    /// Answers a request.
    pub(crate) fn handle(&mut self, request: Request, in_flight: usize) -> Outcome {
        let number = self.log.len() + 1;
        let schema = Arc::clone(&self.schema);
        let target = self.target(&schema, &request);
        let operation = match &target {
            Target::GraphQl => Some("graphql".to_owned()),
            Target::Rest(operation, _) => Some(operation.id.clone()),
            Target::Unknown | Target::Moved(_) => None,
        };
        let name = operation.clone().unwrap_or_default();
        if let Err(why) = self.hooks.before(number, &name, &mut self.world, &mut self.meter) {
            self.faults.push(format!("hook before request {number}: {why}"));
        }
        let failure = self.hooks.failure(&name);
        let before = self.world.notifications;
        let mut writes = matches!(&target, Target::Rest(operation, _) if operation.writes());
        let reply = match &failure {
            Some(failure) if !failure.applied => {
                let query = matches!(target, Target::GraphQl).then(|| self.graphql.prepare(&request.body));
                writes |= matches!(query, Some(Ok(query)) if query.cost == Cost::Mutation);
                failed(failure)
            }
            _ => {
                let (reply, mutates) = self.answer(&schema, &target, &request, in_flight);
                writes |= mutates;
                let known = match &target {
                    Target::Rest(operation, _) => Some(*operation),
                    _ => None,
                };
                if !matches!(target, Target::GraphQl) || reply.status != 200 {
                    self.faults.extend(schema.check_reply(known, &reply));
                }
                failure.as_ref().map_or(reply, failed)
            }
        };
        let notifies = self.world.notifications > before;
        if let Err(why) = self.hooks.after(&name, &mut self.world, &mut self.meter) {
            self.faults.push(format!("hook after request {number}: {why}"));
        }
        let dropped = failure.is_some_and(|failure| failure.status == 0);
        self.log.push(Entry {
            number,
            writes,
            notifies,
            operation,
            body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
            status: if dropped { 0 } else { reply.status },
            at_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            in_flight,
            method: request.method,
            path: request.path,
            query: request.query,
        });
        if dropped { Outcome::Drop } else { Outcome::Reply(reply) }
    }

    fn target<'s>(&self, schema: &'s Schema, request: &Request) -> Target<'s> {
        let root = &self.world.scenario.api_path;
        // Q2: beside REST, not below it.
        let graphql = root.strip_suffix("/v3").unwrap_or(root);
        if request.path == format!("{graphql}/graphql") {
            return if request.method == "POST" { Target::GraphQl } else { Target::Unknown };
        }
        let Some(path) = request.path.strip_prefix(root.as_str()) else { return Target::Unknown };
        // N2
        let path = match path.strip_prefix(&format!("/repositories/{REPOSITORY_ID}")) {
            Some(rest) => format!("/repos/{}{rest}", self.world.scenario.repository),
            None => path.to_owned(),
        };
        // G7
        if let Some(old) = &self.world.scenario.renamed_from
            && let Some(rest) = path.strip_prefix(&format!("/repos/{old}"))
            && (rest.is_empty() || rest.starts_with('/'))
        {
            let mut url = vec![format!("{}/repositories/{REPOSITORY_ID}{rest}", self.world.api)];
            for (index, (key, value)) in request.query.iter().enumerate() {
                let sign = if index == 0 { '?' } else { '&' };
                url.push(format!("{sign}{key}={}", rest::pages::escape(value)));
            }
            return Target::Moved(url.concat());
        }
        match schema.find(&request.method, &path) {
            Some((operation, parameters)) => Target::Rest(operation, parameters),
            None => Target::Unknown,
        }
    }

    /// The reply, and whether it was a mutation of GraphQL.
    fn answer(&mut self, schema: &Schema, target: &Target<'_>, request: &Request, in_flight: usize) -> (Reply, bool) {
        // G1
        if request.header("user-agent").is_empty() {
            let message =
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.";
            return (self.finish(Reply::error(403, message), request), false);
        }
        // G2
        if !VERSIONS.contains(&request.header("x-github-api-version")) {
            let message = format!("{:?} is not a valid version of the API.", request.header("x-github-api-version"));
            return (self.finish(Reply::error(400, &message), request), false);
        }
        let token = match self.token(request) {
            Ok(token) => token,
            Err(reply) => return (self.finish(reply, request), false),
        };
        let (reply, mutates) = match target {
            Target::Unknown => (Reply::not_found(), false),
            Target::Moved(url) => {
                let status = if request.method == "GET" { 301 } else { 307 };
                let body = json!({"message": "Moved Permanently", "url": url, "documentation_url": "https://docs.github.com/rest"});
                (Reply::json(status, body).with("location", url.as_str()), false)
            }
            Target::GraphQl => self.graphql(request, &token, in_flight),
            Target::Rest(operation, parameters) => {
                let call = Call {
                    request: request.clone(),
                    operation: operation.id.clone(),
                    path: parameters.clone(),
                    body: Value::Null,
                    token,
                };
                (self.rest(schema, operation, call, in_flight), false)
            }
        };
        (self.finish(reply, request), mutates)
    }

    fn graphql(&mut self, request: &Request, token: &Token, in_flight: usize) -> (Reply, bool) {
        let prepared = match self.graphql.prepare(&request.body) {
            Ok(prepared) => prepared,
            Err(reply) => {
                if reply.status == 200 {
                    self.faults.push(format!("a query of GraphQL is not valid: {:?}", reply.body));
                }
                return (reply, false);
            }
        };
        let mutates = prepared.cost == Cost::Mutation;
        let now = self.world.clock.now();
        let limits = self.world.scenario.limits.clone();
        if let Err(reply) = self.meter.count(&limits, now, prepared.cost, in_flight) {
            return (reply, mutates);
        }
        let rate = self.meter.rate(&limits, now);
        let reply = self.graphql.execute(&prepared, &mut self.world, token, rate);
        // Errors that GitHub would give have a type; others are variables or values of the wrong type.
        if let Body::Json(body) = &reply.body {
            let errors = body["errors"].as_array().into_iter().flatten();
            let untyped = errors.filter(|error| error["type"].is_null());
            self.faults.extend(untyped.map(|error| format!("graphql: {error}")));
        }
        (reply, mutates)
    }

    fn rest(&mut self, schema: &Schema, operation: &Operation, mut call: Call, in_flight: usize) -> Reply {
        // P4, P8: what is not yours to see is not there.
        if call.path.contains_key("owner") {
            let wanted = format!("{}/{}", call.text("owner"), call.text("repo"));
            let hidden = self.world.scenario.private && call.token.permissions.contents == Level::None;
            if hidden || !wanted.eq_ignore_ascii_case(&self.world.scenario.repository) {
                return Reply::not_found();
            }
        }
        if operation.id != "rate-limit/get" {
            let cost = if operation.writes() { Cost::Write { content: operation.notifies } } else { Cost::Read };
            let now = self.world.clock.now();
            if let Err(reply) = self.meter.count(&self.world.scenario.limits, now, cost, in_flight) {
                return reply;
            }
        }
        if let Some(refused) = permitted(operation, &call.token) {
            return refused;
        }
        // G4, G9
        let wrong = Schema::check_query(operation, &call.request);
        if !wrong.is_empty() {
            return Reply::refused(&format!("Invalid request.\n\n{}", wrong.join("\n")), &json!(wrong));
        }
        call.body = match schema.check_body(operation, &call.request.body) {
            Ok(body) => body,
            Err(reply) => return reply,
        };
        rest::answer(&mut self.world, &mut self.meter, &call)
    }

    fn token(&self, request: &Request) -> Result<Token, Reply> {
        let header = request.header("authorization");
        if header.is_empty() {
            return Ok(Token::none());
        }
        let secret = header.split_once(' ').filter(|(scheme, secret)| {
            (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")) && !secret.trim().is_empty()
        });
        let Some((_, secret)) = secret else { return Err(Reply::error(401, "Bad credentials")) };
        let token = self.hooks.secrets.get(secret.trim()).unwrap_or(&self.world.scenario.token);
        Ok(token.clone())
    }

    /// The headers that every reply has, and G10.
    fn finish(&mut self, mut reply: Reply, request: &Request) -> Reply {
        if request.method == "GET" && reply.status == 200 {
            let bytes = match &reply.body {
                Body::Json(value) => value.to_string().into_bytes(),
                Body::Bytes(_, bytes) => bytes.clone(),
                Body::Empty => Vec::new(),
            };
            let tag = format!("\"{}\"", sha1_hex(&bytes));
            let known =
                request.header("if-none-match").split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
            if known {
                self.meter.refund();
                reply.status = 304;
                reply.body = Body::Empty;
            }
            reply = reply.with("etag", tag);
        }
        let rate = self.meter.rate(&self.world.scenario.limits, self.world.clock.now());
        if !self.world.scenario.limits.off {
            reply = reply
                .with("x-ratelimit-limit", rate.limit.to_string())
                .with("x-ratelimit-remaining", rate.remaining.to_string())
                .with("x-ratelimit-used", rate.used.to_string())
                .with("x-ratelimit-reset", rate.reset.to_string())
                .with("x-ratelimit-resource", "core");
        }
        reply.with("x-github-media-type", "github.v3; format=json")
    }
}

/// P1–P3: why a token may not do this.
fn permitted(operation: &Operation, token: &Token) -> Option<Reply> {
    let nobody = token.login.is_none();
    if nobody && (operation.writes() || operation.id.starts_with("users/")) {
        return Some(Reply::error(401, "Requires authentication"));
    }
    // P3
    if token.app && operation.apps == Some(false) {
        return Some(Reply::error(403, FORBIDDEN));
    }
    if !operation.writes() {
        return None;
    }
    let permissions = &token.permissions;
    let (any_of, accepted) = match operation.id.split('/').next() {
        Some("issues") => (vec![permissions.issues, permissions.pull_requests], "issues=write; pull_requests=write"),
        Some("checks") => (vec![permissions.checks], "checks=write"),
        Some("code-scanning") => (vec![permissions.security_events], "security_events=write"),
        _ => (vec![permissions.pull_requests], "pull_requests=write"),
    };
    let granted = any_of.contains(&Level::Write);
    // P2
    (!granted).then(|| Reply::error(403, FORBIDDEN).with("x-accepted-github-permissions", accepted))
}

fn failed(failure: &Failure) -> Reply {
    let mut reply = Reply::error(failure.status, &failure.message);
    for (name, value) in &failure.headers {
        reply = reply.with(name, value.as_str());
    }
    reply
}
