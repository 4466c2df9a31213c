//! Requests and answers: where they go, when they are tried again, and when not.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{ACCEPT, LINK, LOCATION, RETRY_AFTER};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};
use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::Settings;
use crate::error::{Error, Kind};

/// GitHub cuts a request after ten seconds; one that is not answered by now never will be.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a read or an idempotent write is tried.
const ATTEMPTS: u32 = 4;
/// As many redirects are followed; a renamed repository needs one.
const MAX_REDIRECTS: usize = 5;
/// The largest answer that is read. A listing of 100,000 files has some 20 MB.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// What GitHub asks to wait where it does not say how long.
const NO_TIME_TOLD: Duration = Duration::from_mins(1);
/// Reads at a time.
const CONCURRENT: usize = 12;

pub(crate) const JSON: &str = "application/vnd.github+json";
pub(crate) const RAW: &str = "application/vnd.github.raw+json";

/// One repository on GitHub.
pub struct GitHub {
    runtime: Runtime,
    pub(crate) shared: Rc<Shared>,
}

/// What concurrent requests share.
pub(crate) struct Shared {
    rest: Octocrab,
    graphql: Octocrab,
    graphql_route: String,
    /// Scheme, host and path of the REST interface: what an address must begin with.
    base: Uri,
    pub(crate) repository: String,
    pub(crate) settings: Settings,
    requests: Cell<usize>,
    waited: Cell<Duration>,
    /// When the last write was answered, or not.
    wrote: Cell<Option<Instant>>,
    log: RefCell<Vec<String>>,
}

/// An answer that says yes.
pub(crate) struct Answer {
    request: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitHub").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl GitHub {
    /// Prepares to talk; does not talk yet.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let wrong = |message: String| Error::new(Kind::Other, "settings", message);
        let repository = repository_path(&settings.repository)
            .ok_or_else(|| wrong(format!("`{}` is not OWNER/NAME", settings.repository)))?;
        let base = address(&settings.api_url).ok_or_else(|| wrong("the URL of the API is not one".to_owned()))?;
        let graphql = settings.graphql_url.trim_end_matches('/');
        let (graphql_base, route) = graphql.rsplit_once('/').unwrap_or((graphql, "graphql"));
        let graphql_base =
            address(graphql_base).ok_or_else(|| wrong("the URL of the GraphQL API is not one".to_owned()))?;
        if settings.token.as_deref().is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(wrong("the token has characters that no token has".to_owned()));
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| wrong(format!("cannot start the network runtime: {error}")))?;
        let client = |base: &Uri| {
            // octocrab starts a task of its own as it is built.
            let _inside = runtime.enter();
            let mut builder = Octocrab::builder();
            if let Some(token) = &settings.token {
                builder = builder.personal_token(token.clone());
            }
            let builder = builder.base_uri(base.clone()).map_err(|error| wrong(causes(&error)))?;
            builder.build().map_err(|error| wrong(causes(&error)))
        };
        let shared = Shared {
            rest: client(&base)?,
            graphql: client(&graphql_base)?,
            graphql_route: format!("/{route}"),
            base,
            repository,
            settings,
            requests: Cell::new(0),
            waited: Cell::new(Duration::ZERO),
            wrote: Cell::new(None),
            log: RefCell::default(),
        };
        Ok(Self { runtime, shared: Rc::new(shared) })
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> usize {
        self.shared.requests.get()
    }

    /// What happened since the last time that somebody should know of: waits, second attempts, fallbacks.
    pub fn take_log(&self) -> Vec<String> {
        self.shared.log.take()
    }

    /// Runs to the end.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        let mut answer = None;
        self.run(Box::pin(async { answer = Some(work.await) }));
        answer.unwrap_or_else(|| unreachable!("the work has run to its end"))
    }

    /// The same without an answer: all work is of one type here, so that the runtime's loop is there once.
    fn run(&self, work: Pin<Box<dyn Future<Output = ()> + '_>>) {
        LocalSet::new().block_on(&self.runtime, work);
    }

    /// Several reads, not all at once; the answers in the order of the questions.
    pub(crate) fn all<Q: 'static, T: 'static, F>(&self, questions: Vec<Q>, ask: impl Fn(Rc<Shared>, Q) -> F) -> Vec<T>
    where
        F: Future<Output = T> + 'static,
    {
        self.block_on(async {
            let mut answers: Vec<Option<T>> = questions.iter().map(|_| None).collect();
            let mut waiting = questions.into_iter().enumerate();
            let mut running = tokio::task::JoinSet::new();
            loop {
                while running.len() < CONCURRENT
                    && let Some((at, question)) = waiting.next()
                {
                    let work = ask(Rc::clone(&self.shared), question);
                    running.spawn_local(async move { (at, work.await) });
                }
                let Some(done) = running.join_next().await else { break };
                match done {
                    Ok((at, answer)) => answers[at] = Some(answer),
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            }
            answers.into_iter().flatten().collect()
        })
    }
}

impl Shared {
    pub(crate) fn note(&self, message: impl Into<String>) {
        self.log.borrow_mut().push(message.into());
    }

    /// A path below this repository's own.
    pub(crate) fn route(&self, rest: &str) -> String {
        format!("/repos/{}{rest}", self.repository)
    }

    /// A read. Tried again where GitHub fails or asks to wait.
    pub(crate) async fn get(&self, route: &str, accept: &str) -> Result<Answer, Error> {
        self.persist(Method::GET, route, accept, None).await
    }

    /// A write that does the same when it is done twice.
    pub(crate) async fn idempotent(&self, method: Method, route: &str, body: Option<&Value>) -> Result<Answer, Error> {
        self.persist(method, route, JSON, body).await
    }

    /// A write that would be done twice if it were sent twice. Sent once.
    pub(crate) async fn post(&self, route: &str, body: &Value) -> Result<Answer, Error> {
        self.send(&self.rest, Method::POST, route, JSON, Some(body)).await
    }

    /// A query, or a mutation that does the same when it is done twice. What GraphQL calls an error is one here too.
    pub(crate) async fn graphql(&self, query: &str, variables: &Value) -> Result<Value, Error> {
        let body = serde_json::json!({ "query": query, "variables": variables });
        let mut tried = 0;
        loop {
            tried += 1;
            let answer = self.send(&self.graphql, Method::POST, &self.graphql_route, JSON, Some(&body)).await;
            match answer.and_then(data) {
                Err(error) if tried < ATTEMPTS && self.is_worth_another(&error, tried).await => {}
                answer => return answer,
            }
        }
    }

    async fn persist(&self, method: Method, route: &str, accept: &str, body: Option<&Value>) -> Result<Answer, Error> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.send(&self.rest, method.clone(), route, accept, body).await {
                Err(error) if tried < ATTEMPTS && self.is_worth_another(&error, tried).await => {}
                answer => return answer,
            }
        }
    }

    /// Waits where that may help; false where it does not.
    pub(crate) async fn is_worth_another(&self, error: &Error, tried: u32) -> bool {
        let wait = match error.kind {
            Kind::Unknown => self.settings.backoff * 2_u32.pow(tried.saturating_sub(1)),
            Kind::RateLimit(wait) => wait,
            _ => return false,
        };
        let waited = self.waited.get() + wait;
        if waited > self.settings.patience {
            return false;
        }
        self.waited.set(waited);
        self.note(format!("{error}; trying again in {:.1} s", wait.as_secs_f32()));
        sleep(wait).await;
        true
    }

    async fn send(
        &self,
        client: &Octocrab,
        method: Method,
        route: &str,
        accept: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let is_query = body.is_some_and(|body| body["query"].as_str().is_some_and(|query| query.starts_with("query")));
        let writes = method != Method::GET && !is_query;
        let mut route = route.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            let request = format!("{method} {route}");
            let failed = |kind: Kind, message: String| Error::new(kind, request.clone(), message);
            let builder = Request::builder().method(method.clone()).uri(&route).header(ACCEPT, accept);
            let prepared = client.build_request(builder, body).map_err(|error| failed(Kind::Other, causes(&error)))?;
            if let Some(before) = self.wrote.get().filter(|_| writes) {
                sleep_until(before + self.settings.pause).await;
            }
            self.requests.set(self.requests.get() + 1);
            let exchange = async {
                let answer = client.execute(prepared).await.map_err(|error| failed(Kind::Unknown, causes(&error)))?;
                let (parts, body) = answer.into_parts();
                let body = Limited::new(body, MAX_ANSWER).collect().await;
                let body = body.map_err(|error| failed(Kind::Unknown, causes(error.as_ref())))?.to_bytes().to_vec();
                Ok((parts.status, parts.headers, body))
            };
            let answer = timeout(TIMEOUT, exchange).await;
            if writes {
                self.wrote.set(Some(Instant::now()));
            }
            let (status, headers, body) =
                answer.map_err(|_| failed(Kind::Unknown, format!("no answer in {} s", TIMEOUT.as_secs())))??;
            if status.is_redirection() {
                let target = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
                route = self.route_of(target).ok_or_else(|| {
                    failed(Kind::Other, "redirected to another host, which is not followed".to_owned())
                })?;
                continue;
            }
            if status.is_success() {
                return Ok(Answer { request, headers, body });
            }
            return Err(failed(kind(status, &headers, &body), message(status, &body)));
        }
        Err(Error::new(Kind::Other, format!("{method} {route}"), "too many redirects"))
    }

    /// The route that an absolute address is, if it is one of this very interface. The token goes nowhere else.
    fn route_of(&self, target: &str) -> Option<String> {
        if target.starts_with('/') && !target.starts_with("//") {
            return self.below_base(target);
        }
        let target: Uri = target.parse().ok()?;
        let same = target.scheme() == self.base.scheme() && target.authority() == self.base.authority();
        self.below_base(target.path_and_query().filter(|_| same)?.as_str())
    }

    fn below_base(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.base.path().trim_end_matches('/'))?;
        rest.starts_with('/').then(|| rest.to_owned())
    }

    /// All pages of a list, as far as `link` headers lead.
    pub(crate) async fn pages<T: DeserializeOwned>(&self, route: &str) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut next = Some(route.to_owned());
        let mut pages = 0;
        while let Some(route) = next {
            let answer = self.get(&route, JSON).await?;
            next = match answer.next() {
                None => None,
                Some(target) => Some(self.route_of(&target).ok_or_else(|| {
                    Error::new(Kind::Other, route, "the next page is on another host, which is not followed")
                })?),
            };
            items.extend(answer.json::<Vec<T>>()?);
            pages += 1;
            if pages > MAX_PAGES {
                return Err(Error::new(Kind::Other, answer.request, "the list does not end"));
            }
        }
        Ok(items)
    }
}

/// GitHub's longest list that is read has 3,000 entries.
const MAX_PAGES: usize = 100;

impl Answer {
    /// The body as what it should be.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::new(Kind::Other, self.request.clone(), format!("the answer is not of the expected shape: {error}"))
        })
    }

    /// The body as it is.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.body
    }

    /// Where the next page is.
    fn next(&self) -> Option<String> {
        let links = self.headers.get(LINK)?.to_str().ok()?;
        links.split(',').find_map(|link| {
            let (target, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
            rest.split(';').any(|part| part.trim() == r#"rel="next""#).then(|| target.to_owned())
        })
    }
}

/// What a query gave; it has a status of 200 also where it gave errors.
fn data(answer: Answer) -> Result<Value, Error> {
    let mut value: Value = answer.json()?;
    let Some(first) = value["errors"].get(0) else { return Ok(value["data"].take()) };
    let message = first["message"].as_str().unwrap_or("an error without a message");
    let kind = match first["type"].as_str() {
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Kind::Permission,
        Some("NOT_FOUND") => Kind::NotFound,
        Some("RATE_LIMITED" | "RATE_LIMIT") => Kind::RateLimit(NO_TIME_TOLD),
        _ if message.starts_with("Something went wrong") => Kind::Unknown,
        _ => Kind::Other,
    };
    Err(Error::new(kind, answer.request, message))
}

/// `owner/name`, if it is that and nothing else.
fn repository_path(text: &str) -> Option<String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && !matches!(name, "." | "..")
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let (owner, name) = text.split_once('/')?;
    (is_name(owner) && is_name(name)).then(|| text.to_owned())
}

fn address(text: &str) -> Option<Uri> {
    let uri: Uri = text.trim_end_matches('/').parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("https" | "http"));
    let is_plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@')) && uri.query().is_none();
    (is_web && is_plain).then_some(uri)
}

fn kind(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Kind {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    match status {
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
            let told = number(RETRY_AFTER.as_str()).map(Duration::from_secs);
            let is_used_up = number("x-ratelimit-remaining") == Some(0);
            let says_so = String::from_utf8_lossy(body).to_lowercase().contains("rate limit");
            let is_limit = status == StatusCode::TOO_MANY_REQUESTS || told.is_some() || is_used_up || says_so;
            if !is_limit {
                return Kind::Permission;
            }
            let until_reset = || {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
                Some(Duration::from_secs(number("x-ratelimit-reset")?).saturating_sub(now))
            };
            let reset = if is_used_up { until_reset() } else { None };
            Kind::RateLimit(told.or(reset).unwrap_or(NO_TIME_TOLD))
        }
        StatusCode::UNAUTHORIZED => Kind::Permission,
        StatusCode::NOT_FOUND | StatusCode::GONE => Kind::NotFound,
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => Kind::Refused,
        status if status.is_server_error() => Kind::Unknown,
        _ => Kind::Other,
    }
}

/// Status and message, with the reasons that GitHub gives.
fn message(status: StatusCode, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut out = status.to_string();
    if let Some(message) = body["message"].as_str() {
        out.extend([": ", message]);
    }
    for error in body["errors"].as_array().into_iter().flatten().take(5) {
        let reason = error.as_str().or_else(|| error["message"].as_str()).or_else(|| error["code"].as_str());
        out.extend(reason.into_iter().flat_map(|reason| ["; ", reason]));
    }
    out.chars().take(1000).collect()
}

/// An error with its causes, in one line; octocrab's own text says only that there is one.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = chain.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github(api_url: &str) -> GitHub {
        GitHub::new(Settings {
            api_url: api_url.to_owned(),
            graphql_url: "https://ghe.example/api/graphql".to_owned(),
            repository: "octo/repo".to_owned(),
            token: Some("not-a-token".to_owned()),
            pause: Duration::ZERO,
            patience: Duration::ZERO,
            backoff: Duration::ZERO,
        })
        .expect("settings")
    }

    #[test]
    fn only_addresses_of_the_interface_are_followed() {
        let github = github("https://ghe.example/api/v3/");
        for (target, route) in [
            ("https://ghe.example/api/v3/repositories/1/pulls?page=2", Some("/repositories/1/pulls?page=2")),
            ("/api/v3/repositories/1", Some("/repositories/1")),
            ("https://ghe.example/other", None),
            ("https://ghe.example/api/v3x/y", None),
            ("http://ghe.example/api/v3/x", None),
            ("https://evil.example/api/v3/x", None),
            ("https://ghe.example@evil.example/api/v3/x", None),
            ("https://ghe.example:444/api/v3/x", None),
            ("//evil.example/api/v3/x", None),
            ("", None),
        ] {
            assert_eq!(github.shared.route_of(target).as_deref(), route, "{target}");
        }
        assert_eq!(github.shared.graphql_route, "/graphql");
    }

    #[test]
    fn a_repository_is_two_names() {
        for text in ["", "a", "a/", "/b", "a/b/c", "a/..", "a/b?c", "a b/c", "a/b#"] {
            assert_eq!(repository_path(text), None, "{text}");
        }
        assert!(repository_path("octo-org/re.po_1").is_some());
        assert!(address("https://user@host").is_none() && address("ftp://host").is_none() && address("host").is_none());
    }

    #[test]
    fn nothing_tells_the_token() {
        let github = github("https://api.example");
        assert!(!format!("{github:?}").contains("not-a-token"));
    }

    #[test]
    fn limits_and_refusals_are_told_apart() {
        let check = |status: u16, headers: &[(&'static str, &'static str)], body: &str| {
            let headers = headers
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
            kind(StatusCode::from_u16(status).expect("a status"), &headers.collect(), body.as_bytes())
        };
        assert_eq!(check(403, &[], "Resource not accessible by integration"), Kind::Permission);
        assert_eq!(check(403, &[("retry-after", "7")], ""), Kind::RateLimit(Duration::from_secs(7)));
        assert_eq!(check(403, &[], "You have exceeded a secondary rate limit"), Kind::RateLimit(NO_TIME_TOLD));
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")];
        assert_eq!(check(429, &used_up, ""), Kind::RateLimit(Duration::ZERO));
        assert_eq!(check(502, &[], ""), Kind::Unknown);
        assert_eq!(check(422, &[], ""), Kind::Refused);
        assert_eq!(
            message(StatusCode::FORBIDDEN, br#"{"message":"no","errors":["a",{"message":"b"}]}"#),
            "403 Forbidden: no; a; b"
        );
    }
}
