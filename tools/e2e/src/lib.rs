//! Runs the real `action.yml` in `act`, which stands for GitHub's runner, and reads what came of it.
//!
//! Where act is kinder than the runner, this is as strict: no `INPUT_*` reaches pychain (W4), and [`Run`] refuses
//! what GitHub would cut (W1–W3).

// act runs jobs on the machine itself, with a shell and permissions as Unix has them.
#![cfg(unix)]

mod act;
mod log;

pub use act::{Job, programs};
pub use log::Run;
