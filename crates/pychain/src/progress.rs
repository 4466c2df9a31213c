//! A word on standard error while a long audit runs; silent where nobody watches.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use pychain_core::prose::{clip, visible};

/// What lasts less needs no word.
const PATIENCE: Duration = Duration::from_millis(500);
const FRAME: Duration = Duration::from_millis(100);
const WIDTH: usize = 70;

/// Shows that something goes on, from half a second after its start until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to wait; `message` is shown if it takes long.
    pub(crate) fn start(message: &str, quiet: bool) -> Self {
        // A line that wraps could not be drawn over.
        let message = clip(&visible(message), WIDTH).into_owned();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if quiet || dumb || !stderr().is_terminal() {
            return Self { thread: None };
        }
        let (done, finished) = channel();
        let thread = std::thread::spawn(move || {
            let mut frames = r"|/-\".chars().cycle();
            let mut wait = PATIENCE;
            let mut shown = false;
            while finished.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let frame = frames.next().unwrap_or(' ');
                let _ = write!(stderr(), "\r{frame} {message}").and_then(|()| stderr().flush());
                (wait, shown) = (FRAME, true);
            }
            if shown {
                let _ = write!(stderr(), "\r\x1b[K").and_then(|()| stderr().flush());
            }
        });
        Self { thread: Some((done, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.thread.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}
