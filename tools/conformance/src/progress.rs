//! A counter on a terminal, and silence everywhere else.

use std::cell::Cell;
use std::io::{IsTerminal as _, stderr};

/// Counts up on standard error where that is a terminal; wipes its line when dropped.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: Cell<usize>,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        Self { what, total, done: Cell::new(0), shown: stderr().is_terminal() }
    }

    pub(crate) fn step(&self) {
        self.done.set(self.done.get() + 1);
        if self.shown && self.done.get().is_multiple_of(50) {
            eprint!("\r{}: {} of {}", self.what, self.done.get(), self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            eprint!("\r\x1b[2K");
        }
    }
}
