//! Brings a report to where it is wanted: standard output or a file, with or without color.

use std::env;
use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;

use anstream::ColorChoice;
use anyhow::{Context as _, Result};
use pychain_core::report::{Report, annotations, json, markdown, sarif};
use pychain_core::rules::MANUALS;

use crate::args::{Color, Format};
use crate::human;

/// The report in a format for programs.
pub(crate) fn render(format: Format, report: &Report) -> String {
    match format {
        Format::Human => human::findings(report, None),
        Format::Json => json::to_string(report),
        Format::Sarif => sarif::to_string(report, sarif::Options { manuals: MANUALS, docs: None, suppressed: false }),
        Format::Github => annotations::to_string(report),
        Format::Markdown => {
            let options = markdown::Options { manuals: MANUALS, docs: None, limit: markdown::STEP_SUMMARY_LIMIT };
            markdown::to_string(report, options)
        }
    }
}

/// Decides once for the whole run where colors go; `auto` asks the stream and the environment.
pub(crate) fn choose_color(color: Color) {
    let choice = match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Writes styled text to `file`, without color, or to standard output.
pub(crate) fn deliver_styled(text: &str, file: Option<&Path>) -> Result<()> {
    match file {
        None => print_styled(text),
        Some(file) => write(&anstream::adapter::strip_str(text).to_string(), file),
    }
}

/// Writes text to `file` or to standard output, byte for byte.
pub(crate) fn deliver_exact(text: &str, file: Option<&Path>) -> Result<()> {
    match file {
        None => print(text, io::stdout().lock()),
        Some(file) => write(text, file),
    }
}

/// Writes styled text to standard output, with color where it is wanted.
pub(crate) fn print_styled(text: &str) -> Result<()> {
    print(text, anstream::stdout().lock())
}

fn write(text: &str, file: &Path) -> Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write the report to `{}`", file.display()))
}

/// A reader that has seen enough (`| head`) is no error.
fn print(text: &str, mut stdout: impl io::Write) -> Result<()> {
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

/// How wide the terminal is that standard output goes to, if it goes to one.
pub(crate) fn columns() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// Says something on standard error, where nobody may be listening.
pub(crate) fn say(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// Whether standard output goes where it is interpreted: to a terminal, or to the log of a workflow.
pub(crate) fn is_interpreted() -> bool {
    io::stdout().is_terminal() || env::var_os("GITHUB_ACTIONS").is_some()
}
