//! Brings a report to where it is wanted: standard output or a file, with or without color.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use anstream::ColorChoice;
use anyhow::{Context as _, Result};
use pychain_core::report::Report;

use crate::args::{Color, Format};
use crate::human;

/// The report in a format. Human output is styled.
pub(crate) fn render(format: Format, report: &Report) -> String {
    match format {
        Format::Human => human::findings(report),
        Format::Json | Format::Sarif | Format::Github | Format::Markdown => String::new(),
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

/// Writes data to `file`, without color, or to standard output.
pub(crate) fn deliver(text: &str, file: Option<&Path>) -> Result<()> {
    let Some(file) = file else { return print(text) };
    let plain = anstream::adapter::strip_str(text).to_string();
    fs::write(file, plain).with_context(|| format!("cannot write the report to `{}`", file.display()))
}

/// Writes data to standard output. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

/// Says something on standard error, where nobody may be listening.
pub(crate) fn say(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// Whether standard output goes to a terminal, which interprets what it is sent.
pub(crate) fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}
