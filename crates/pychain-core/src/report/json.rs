//! JSON, version 1: the report for other programs. Its schema is `docs/report.schema.json`.

use serde_json::Value;

use crate::diff::Row;
use crate::prose::is_hidden;
use crate::report::Report;
use crate::text::Problem;

mod change;
mod v1;

pub use change::SCHEMA as DIFF_SCHEMA;

/// Identifies the form of the output; the `$id` of its schema.
pub const SCHEMA: &str = "urn:pychain:report:v1";

/// The report as JSON text, indented, with a final line feed.
pub fn to_string(report: &Report) -> String {
    printable(&v1::Report::of(report))
}

/// The rows of a change as JSON text, with what could not be read. Its schema is `docs/diff.schema.json`.
pub fn diff_to_string(rows: &[Row], problems: &[Problem], version: &str) -> String {
    printable(&change::Diff::of(rows, problems, version))
}

/// The report as a JSON value.
pub fn to_value(report: &Report) -> Value {
    serde_json::to_value(v1::Report::of(report)).unwrap_or_default()
}

/// JSON text that is harmless on a terminal and in a workflow's log: hidden characters are written
/// as `\uXXXX`, and so is what makes `##[` a command to the runner of GitHub Actions. What a parser
/// reads is the same.
pub(super) fn printable(value: &impl serde::Serialize) -> String {
    // Cannot fail for structs of strings, numbers and lists, of which the sinks' are made.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + 1);
    let mut rest = text.as_str();
    // Nearly all of it is plain, and taken over as it is. What is replaced can only stand inside a string; a line feed
    // there is `\n` already.
    while let Some(at) = rest.bytes().position(|byte| !matches!(byte, b'\n' | b' '..=b'Z' | b'\\'..=b'~')) {
        let (plain, odd) = rest.split_at(at);
        out.push_str(plain);
        let mut after = odd.chars();
        let Some(c) = after.next() else { break };
        if c == '[' && out.ends_with("##") || c != '[' && is_hidden(c) {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('\n');
    out
}
