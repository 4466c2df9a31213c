//! Text and facts in, report out.
//!
//! Reads Python dependency files as the installers read them and says what weakens the supply
//! chain. No files, no network, no clock, no environment, no threads: callers bring bytes and
//! facts, [`audit::audit`] answers. Any bytes give a report; nothing here panics.

// The ways in which code gives up; `clippy.toml` beside this crate lists what it may not touch.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::get_unwrap
    )
)]
// Tests read examples from files; what they may touch is no part of the promise.
#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod audit;
pub mod config;
pub mod confusable;
pub mod diff;
pub mod digest;
pub mod finding;
pub mod fix;
pub mod format;
pub mod knowledge;
pub mod manual;
pub mod model;
pub mod name;
pub mod order;
pub mod patch;
pub mod prose;
pub mod report;
pub mod requirement;
pub mod resolution;
pub mod rule;
pub mod rules;
pub mod text;
pub mod tree;
pub mod url;

#[cfg(test)]
mod testing;
