//! The action, end to end: what a person would see on the pull request. `cargo xtask test e2e` runs these.

// act runs jobs on the machine itself, with a shell and permissions as Unix has them.
#![cfg(unix)]

mod getting;
mod hooks;
mod life;
mod locks;
mod options;
mod people;
mod stage;
mod trouble;
