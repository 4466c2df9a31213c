//! What can go wrong with GitHub, told apart by what to do about it.

use std::fmt;
use std::time::Duration;

/// A request that failed, or an answer that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure.
    pub kind: Kind,
    /// What was asked, as `GET /repos/…`.
    pub request: String,
    /// What GitHub or the network said.
    pub message: String,
}

/// Failures, by what to do about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The token does not allow it: to try again is no use.
    Permission,
    /// Too many requests; it may be tried again after this time.
    RateLimit(Duration),
    /// It is not there, or may not be seen.
    NotFound,
    /// GitHub understood it and refuses it.
    Refused,
    /// GitHub failed or was not heard of again: whether it was done is not known.
    Unknown,
    /// Anything else: a redirect to elsewhere, an answer of another shape, an address that is none.
    Other,
}

impl Error {
    pub(crate) fn new(kind: Kind, request: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, request: request.into(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.message)
    }
}

impl std::error::Error for Error {}
