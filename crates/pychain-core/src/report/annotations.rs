//! Workflow commands of GitHub Actions: each finding as an annotation at its line.

use std::cmp::Reverse;

use crate::finding::{Finding, Severity};
use crate::order::Arrange as _;
use crate::prose::{clip, visible};
use crate::report::Report;
use crate::text::{ColumnEncoding, Problem};

/// Annotations of one level that GitHub keeps for one step; the rest it drops in silence.
pub const MAX_PER_LEVEL: usize = 10;
/// Characters of a message that the runner keeps.
const MAX_MESSAGE: usize = 4096;

/// The levels of an annotation, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low | Severity::Info => Self::Notice,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// One command a line, the worst findings first, then problems as warnings.
///
/// Of each level only as many are printed as GitHub keeps; a last notice counts the rest.
pub fn to_string(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.arrange_by_key(|finding| Reverse(finding.severity));
    let commands: Vec<(Level, String)> = findings
        .into_iter()
        .map(|finding| (Level::of(finding.severity), of_finding(report, finding)))
        .chain(report.problems.iter().map(|problem| (Level::Warning, of_problem(problem))))
        .collect();
    let of_level = |level| commands.iter().filter(move |(l, _)| *l == level).map(|(_, command)| command.as_str());

    let overflows = Level::ALL.into_iter().any(|level| of_level(level).count() > MAX_PER_LEVEL);
    let mut out = String::new();
    let mut printed = 0;
    for level in Level::ALL {
        // The notice that counts the rest takes the place of one.
        let room = if overflows && level == Level::Notice { MAX_PER_LEVEL - 1 } else { MAX_PER_LEVEL };
        for command in of_level(level).take(room) {
            out.push_str(command);
            printed += 1;
        }
    }
    let rest = commands.len() - printed;
    if rest > 0 {
        let text = format!(
            "{rest} more are not annotated: GitHub keeps {MAX_PER_LEVEL} annotations of each level for a step. \
             The full report has all of them"
        );
        out.push_str(&command(Level::Notice, &[("title", "pychain".to_owned())], &text));
    }
    out
}

fn of_finding(report: &Report, finding: &Finding) -> String {
    let file = report.file(finding.primary.file);
    let start = file.position(finding.primary.span.start, ColumnEncoding::Chars);
    let end = file.position(finding.primary.span.end, ColumnEncoding::Chars);
    let mut properties =
        vec![("file", file.path().to_owned()), ("line", start.line.to_string()), ("endLine", end.line.to_string())];
    // The runner takes columns only within one line.
    if start.line == end.line {
        properties.extend([("col", start.column.to_string()), ("endColumn", end.column.to_string())]);
    }
    properties.push(("title", format!("{} ({})", finding.rule.id, finding.severity)));
    command(Level::of(finding.severity), &properties, &with_help(&finding.message, &finding.help))
}

fn of_problem(problem: &Problem) -> String {
    let mut properties = Vec::new();
    if !problem.path.is_empty() {
        properties.push(("file", problem.path.clone()));
        properties.extend(problem.line.map(|line| ("line", line.to_string())));
    }
    properties.push(("title", "not fully audited".to_owned()));
    command(Level::Warning, &properties, &with_help(&problem.message, &problem.help))
}

fn with_help(message: &str, help: &str) -> String {
    let message = visible(message);
    if help.is_empty() { message.into_owned() } else { format!("{message}\n{}", visible(help)) }
}

/// The one place where a command is put together. `message` may hold line feeds of our own.
fn command(level: Level, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<_> = properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{} {}::{}\n", level.name(), properties.join(","), data(&clip(message, MAX_MESSAGE)))
}

/// Escapes the message of a command (`escapeData` of GitHub's toolkit).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a command's property (`escapeProperty` of GitHub's toolkit). A hidden
/// character, which nothing of ours has, is written out first.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_the_toolkit_does() {
        assert_eq!(data("100%\r\n::error::x, y"), "100%25%0D%0A::error::x, y");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(property("a\n::error::b"), r"a\n%3A%3Aerror%3A%3Ab");
    }

    #[test]
    fn a_command_is_one_line_whatever_it_says() {
        let text = with_help("one\n::error::two\u{1b}[2J", "three");
        let command = command(Level::Error, &[("file", "a,line=9::x\r".to_owned())], &text);
        assert_eq!(command, "::error file=a%2Cline=9%3A%3Ax\\r::one\\n::error::two\\u{1b}[2J%0Athree\n");
    }
}
