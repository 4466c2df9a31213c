//! The action, end to end. `cargo xtask test e2e` runs these.

mod getting;
mod hooks;
