//! The action, end to end: what a person would see on the pull request. `cargo xtask test e2e` runs these.

mod getting;
mod hooks;
mod life;
mod options;
mod people;
mod stage;
mod trouble;
