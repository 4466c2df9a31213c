//! A pull request in, a review out: all that pychain says to GitHub.
//!
//! The only place that knows the network, octocrab or GitHub's shapes. Calls block; inside, one small runtime reads
//! several things at a time and writes one after the other. What is to be written is decided by
//! [`pychain_core::report::review`]; here it is only carried out, and carried out once, whatever fails on the way.

mod client;
mod error;
mod pull;
mod state;
mod tree;
mod write;

use std::time::Duration;

pub use client::GitHub;
pub use error::{Error, Kind};
pub use pull::{ChangedFile, Pull};
pub use tree::{TreeEntry, TreeListing};
pub use write::{Done, Stopped};

/// Where GitHub is and how to talk to it.
pub struct Settings {
    /// Of the REST interface, such as `https://api.github.com`; a path is kept.
    pub api_url: String,
    /// Of the GraphQL interface.
    pub graphql_url: String,
    /// `owner/name`.
    pub repository: String,
    /// The token; without one only public repositories can be read, and nothing written. Shown nowhere.
    pub token: Option<String>,
    /// How long to wait between two writes; GitHub asks for a second.
    pub pause: Duration,
    /// How long to wait in all for a rate limit to pass.
    pub patience: Duration,
    /// How long to wait before what failed is tried again the first time; twice as long the next.
    pub backoff: Duration,
}

impl Settings {
    /// As GitHub asks for.
    pub const PAUSE: Duration = Duration::from_secs(1);
    /// Two minutes: a run that waits longer is better started again.
    pub const PATIENCE: Duration = Duration::from_mins(2);
    /// Half a second.
    pub const BACKOFF: Duration = Duration::from_millis(500);
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { api_url, graphql_url, repository, .. } = self;
        f.debug_struct("Settings")
            .field("api_url", api_url)
            .field("graphql_url", graphql_url)
            .field("repository", repository)
            .finish_non_exhaustive()
    }
}
