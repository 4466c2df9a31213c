//! A stand-in for GitHub that enforces what GitHub enforces, and that a test can push to, break and look at.
//!
//! It serves one repository with one pull request on 127.0.0.1, checks every request and every reply
//! of its own against GitHub's published description, and keeps the rules that shapes cannot say;
//! each has an id (P1 … Q3) that stands in a comment where it is kept and in the name of its test.
//!
//! ```
//! use pychain_github_double::{Action, Double, Scenario, Token, files};
//!
//! let base = files([("requirements.txt", "click==8.1.7\n")]);
//! let head = files([("requirements.txt", "click==8.1.7\nflask==3.0.0\n")]);
//! let github = Double::start(Scenario::new(base, head));
//!
//! // The client under test gets these, and `github.event("pull_request", "opened")` as payload.
//! assert!(github.environment("pull_request").iter().any(|(name, _)| name == "GITHUB_API_URL"));
//!
//! github.act(Action::Comment { author: "mallory".into(), body: "<!-- our marker -->".into() });
//! github.before("pulls/create-review", Action::Push(github.text("requirements.txt", "x\n")));
//! github.act(Action::Token(Token::read()));
//!
//! assert_eq!(github.log().len(), 0);
//! assert!(github.view().contains("## Comment by mallory"));
//! github.assert_sound();
//! ```

mod anchor;
mod clock;
mod control;
mod diff;
mod event;
mod git;
mod graphql;
mod hooks;
mod http;
mod journal;
mod limits;
mod rest;
pub mod runner;
mod scenario;
mod schema;
mod server;
mod service;
mod state;
mod suggestion;
mod token;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

pub use git::{Changes, Entry as File, Tree};
pub use hooks::{Action, Failure, Hook, When};
pub use journal::{Entry, Journal};
pub use limits::{DiffLimits, Limits};
pub use rest::sarif::Upload;
pub use scenario::{Believed, Scenario, Shas, files};
pub use suggestion::{Invalid, blocks as suggestions};
pub use token::{ACTIONS, Level, Permissions, Token};

use server::Server;
use service::Service;
use state::World;

/// A running stand-in. It stops when it is dropped.
pub struct Double {
    service: Arc<Mutex<Service>>,
    server: Server,
    api: String,
}

impl Double {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If no port can be opened.
    pub fn start(scenario: Scenario) -> Double {
        Double::start_on(scenario, 0).expect("a port of 127.0.0.1 can be opened")
    }

    /// Starts on a given port; 0 is any.
    pub fn start_on(scenario: Scenario, port: u16) -> std::io::Result<Double> {
        let (listener, address) = server::bind(port)?;
        let api = format!("http://{address}{}", scenario.api_path);
        let service = Arc::new(Mutex::new(Service::new(World::new(scenario, api.clone()))));
        let server = Server::start(listener, Arc::clone(&service))?;
        Ok(Double { service, server, api })
    }

    /// Serves until the process is ended.
    pub fn wait(self) {
        self.server.wait();
    }

    /// `GITHUB_API_URL`.
    pub fn api_url(&self) -> &str {
        &self.api
    }

    /// `GITHUB_GRAPHQL_URL`.
    pub fn graphql_url(&self) -> String {
        event::graphql_url(&self.service().world)
    }

    /// Does something at once, and gives the id of what was written.
    ///
    /// # Panics
    ///
    /// If it cannot be done, such as a comment on a line that is not in the diff.
    pub fn act(&self, action: Action) -> Option<u64> {
        self.hook(Hook { when: None, action })
    }

    /// Does something before the next request for an operation, such as `pulls/create-review`.
    pub fn before(&self, operation: &str, action: Action) {
        self.hook(Hook { when: Some(When::Before(operation.to_owned())), action });
    }

    /// Does something after the next request for an operation.
    pub fn after(&self, operation: &str, action: Action) {
        self.hook(Hook { when: Some(When::After(operation.to_owned())), action });
    }

    /// Does something before the request with this number, counted from 1.
    pub fn before_request(&self, number: usize, action: Action) {
        self.hook(Hook { when: Some(When::Request(number)), action });
    }

    /// The next request for an operation is answered with a status before anything is done.
    pub fn fail(&self, operation: &str, status: u16) {
        let operation = Some(operation.to_owned());
        self.act(Action::Fail(Failure { operation, status, ..Failure::default() }));
    }

    /// G8: the next request for an operation is carried out and answered with 502.
    pub fn fail_after(&self, operation: &str) {
        let operation = Some(operation.to_owned());
        self.act(Action::Fail(Failure { operation, applied: true, ..Failure::default() }));
    }

    /// The next request for an operation is carried out, and the connection closed without an answer.
    pub fn drop_after(&self, operation: &str) {
        let operation = Some(operation.to_owned());
        self.act(Action::Fail(Failure { operation, status: 0, applied: true, ..Failure::default() }));
    }

    /// The change that writes one text file.
    pub fn text(&self, path: &str, text: &str) -> Changes {
        Changes::from([(path.to_owned(), Some(File::from(text)))])
    }

    /// Pushes one text file, and gives the new head.
    pub fn push(&self, path: &str, text: &str) -> String {
        self.act(Action::Push(self.text(path, text)));
        self.head()
    }

    /// Force-pushes one text file, and gives the new head.
    pub fn force_push(&self, path: &str, text: &str) -> String {
        self.act(Action::ForcePush(self.text(path, text)));
        self.head()
    }

    /// The tip of the pull request.
    pub fn head(&self) -> String {
        self.service().world.pull.head.clone()
    }

    /// The tip of the base branch.
    pub fn base(&self) -> String {
        self.service().world.base_tip().to_owned()
    }

    /// The test merge, `None` on a conflict.
    pub fn merge_commit(&self) -> Option<String> {
        self.service().world.merge_commit()
    }

    /// Every request so far.
    pub fn log(&self) -> Vec<Entry> {
        self.service().log.clone()
    }

    /// Forgets the requests so far, so that the next run can be counted alone.
    pub fn clear_log(&self) {
        self.service().log.clear();
    }

    /// R16: how often people were notified.
    pub fn notifications(&self) -> usize {
        self.service().world.notifications
    }

    /// What a person would see on the pull request.
    pub fn view(&self) -> String {
        view::view(&self.service().world)
    }

    /// The ids of all review comments, oldest first.
    pub fn comments(&self) -> Vec<u64> {
        self.service().world.comments.iter().map(|comment| comment.id).collect()
    }

    /// The path and the text of a review comment.
    pub fn comment(&self, id: u64) -> Option<(String, String)> {
        let service = self.service();
        let comment = service.world.comment(id)?;
        Some((service.world.thread(comment.thread)?.spot.path.clone(), comment.body.clone()))
    }

    /// R14: the file of a comment after the comment's first suggestion.
    pub fn apply_suggestion(&self, comment: u64) -> Result<Vec<u8>, Invalid> {
        let tree = self.apply_suggestions(&[comment])?;
        let (path, _) = self.comment(comment).ok_or(Invalid::None)?;
        tree.get(&path).map(|file| file.bytes().to_vec()).ok_or(Invalid::Outdated)
    }

    /// R14: all files of head after a batch of suggestions.
    pub fn apply_suggestions(&self, comments: &[u64]) -> Result<Tree, Invalid> {
        suggestion::apply(&self.service().world, comments)
    }

    /// S5: the code scanning alerts that the pull request shows, as `path:line rule`.
    pub fn alerts(&self) -> Vec<String> {
        rest::sarif::shown_alerts(&mut self.service().world)
    }

    /// What was uploaded to code scanning.
    pub fn sarifs(&self) -> Vec<Upload> {
        self.service().world.sarifs.clone()
    }

    /// The payload of an event, such as `("pull_request", "opened")`.
    ///
    /// # Panics
    ///
    /// If there is no such event.
    pub fn event(&self, name: &str, action: &str) -> Value {
        event::payload(&mut self.service().world, name, action).expect("there is such an event")
    }

    /// The environment that the runner sets for an event, without token and payload.
    pub fn environment(&self, name: &str) -> Vec<(String, String)> {
        event::environment(&self.service().world, name)
    }

    /// What is wrong with the stand-in's own replies, with hooks, or with a query of GraphQL.
    pub fn faults(&self) -> Vec<String> {
        self.service().faults.clone()
    }

    /// Forgets the faults so far, for a test that makes one on purpose.
    pub fn forget_faults(&self) {
        self.service().faults.clear();
    }

    /// Nothing of [`Double::faults`].
    ///
    /// # Panics
    ///
    /// With the faults, if there are any.
    pub fn assert_sound(&self) {
        let faults = self.faults();
        assert!(faults.is_empty(), "the stand-in is not sound:\n{}", faults.join("\n"));
    }

    fn hook(&self, hook: Hook) -> Option<u64> {
        let mut service = self.service();
        let service = &mut *service;
        match service.hooks.add(hook, &mut service.world, &mut service.meter) {
            Ok(id) => id,
            Err(why) => panic!("the hook cannot be carried out: {why}"),
        }
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
