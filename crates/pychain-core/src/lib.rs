//! Text and facts in, report out.
//!
//! Reads Python dependency files as the installers read them and says what weakens the supply
//! chain. No files, no network, no clock, no environment, no threads: callers bring bytes and
//! facts, [`audit::audit`] answers. Any bytes give a report; nothing here panics.

pub mod audit;
pub mod config;
pub mod diff;
pub mod digest;
pub mod finding;
pub mod format;
pub mod knowledge;
pub mod model;
pub mod name;
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
