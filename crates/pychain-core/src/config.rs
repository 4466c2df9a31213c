//! What the user asked for: policy, severities, indexes, private names, accepted findings.

use std::collections::BTreeMap;
use std::fmt;

use crate::finding::{Finding, Severity};
use crate::model::time::days;
use crate::rule::{Persona, Rule};
use crate::text::{SourceFile, Span};

mod closest;
mod parse;

pub use closest::closest;
pub use parse::{ConfigError, ConfigSource, from_pychain_toml, from_pyproject_toml};

/// The configuration of an audit. `Config::default()` is what a user gets who writes none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Which rules are on.
    pub policy: Policy,
    /// Per rule id: off, or on with an optional severity.
    pub rules: BTreeMap<String, RuleSetting>,
    /// Findings at or above it make the exit code 1.
    pub fail_on: Option<FailOn>,
    /// Whose reading of index options the messages describe.
    pub installer: Installer,
    /// Every index that may be used; empty: not stated.
    pub expected_indexes: Vec<String>,
    /// Prefixes of names that only a private index may answer for, normalized (`acme-`).
    pub private_prefixes: Vec<String>,
    /// Days that a locked file has to be old; none where nothing is said.
    pub cooldown_days: Option<u16>,
    /// Normalized names of your own projects: never taken for others', watched for others that resemble them.
    pub own_names: Vec<String>,
    /// Glob patterns of paths that are not audited.
    pub exclude: Vec<String>,
    /// Accepted findings.
    pub ignores: Vec<Ignore>,
    /// The file that all this was read from, for findings about it.
    pub source: Option<ConfigSource>,
}

/// A preset of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Policy {
    /// Only what opens the chain or will break an install: regular rules of medium severity and up.
    Relaxed,
    /// Regular rules.
    #[default]
    Default,
    /// Every rule.
    Strict,
}

impl Policy {
    /// All of them, least strict first.
    pub const ALL: [Self; 3] = [Self::Relaxed, Self::Default, Self::Strict];

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Default => "default",
            Self::Strict => "strict",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether the preset switches `rule` on.
    pub fn includes(self, rule: &Rule) -> bool {
        match self {
            Self::Relaxed => rule.persona == Persona::Regular && rule.severity >= Severity::Medium,
            Self::Default => rule.persona == Persona::Regular,
            Self::Strict => true,
        }
    }
}

/// What the configuration says of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSetting {
    /// Never run.
    Off,
    /// Run, with the severities that its findings carry.
    On,
    /// Run, and give every finding this severity.
    Severity(Severity),
}

/// The threshold of the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Findings never fail the run.
    Never,
    /// Findings of this severity and up fail the run.
    Severity(Severity),
}

impl FailOn {
    /// What a user gets who asks for nothing: medium.
    pub const DEFAULT: Self = Self::Severity(Severity::Medium);

    /// The threshold of that name: a severity, or `never`.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { Severity::from_name(name).map(Self::Severity) }
    }

    /// Whether a finding of `severity` fails the run.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Severity(threshold) => severity >= threshold,
        }
    }
}

/// Which installer reads the files: the two judge the same index options oppositely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Installer {
    /// pip: pools the candidates of all indexes.
    #[default]
    Pip,
    /// uv: takes the first index that knows the name, extra indexes before the main one.
    Uv,
}

impl Installer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Pip, Self::Uv];

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
        }
    }

    /// The installer of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|installer| installer.name() == name)
    }
}

/// A date of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// A day that the calendar has.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        days(self.year.into(), self.month.into(), self.day.into())
    }

    /// Reads `2026-11-22`.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        if !shape.eq(*b"0000-00-00") {
            return None;
        }
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        Self::new(year, month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// An accepted finding: what, why, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// Glob pattern of the paths that it holds for; none: all.
    pub path: Option<String>,
    /// Normalized name of the project that it holds for; none: all.
    pub project: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands in the configuration file.
    pub span: Span,
}

impl Ignore {
    /// Whether the entry still holds on `today`; without a date it is taken to hold.
    pub fn holds_on(&self, today: Option<Date>) -> bool {
        match (self.until, today) {
            (Some(until), Some(today)) => today <= until,
            _ => true,
        }
    }

    /// Whether the entry speaks of `finding`, which is in the file at `path`.
    pub fn matches(&self, finding: &Finding, path: &str) -> bool {
        finding.rule.answers_to(&self.rule)
            && self.path.as_deref().is_none_or(|pattern| glob_matches(pattern, path))
            && self
                .project
                .as_deref()
                .is_none_or(|name| finding.subject.kind() == "project" && finding.subject.name() == name)
    }
}

impl Config {
    /// Days that a locked file has to be old, 3 where nothing is said.
    pub fn cooldown_days(&self) -> u16 {
        self.cooldown_days.unwrap_or(3)
    }

    /// Whether a rule is to run.
    pub fn is_on(&self, rule: &Rule) -> bool {
        match self.setting(rule) {
            Some(RuleSetting::Off) => false,
            Some(_) => true,
            None => self.policy.includes(rule),
        }
    }

    /// The severity that the configuration gives a rule's findings, if it names one.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        match self.setting(rule) {
            Some(RuleSetting::Severity(severity)) => Some(severity),
            _ => None,
        }
    }

    fn setting(&self, rule: &Rule) -> Option<RuleSetting> {
        self.rules.iter().find(|(id, _)| rule.answers_to(id)).map(|(_, setting)| *setting)
    }

    /// Whether both ask for the same, wherever it is written.
    pub fn means_the_same_as(&self, other: &Self) -> bool {
        let essence = |config: &Self| {
            let mut config = Self { source: None, ..config.clone() };
            config.ignores.iter_mut().for_each(|ignore| ignore.span = Span::default());
            config
        };
        essence(self) == essence(other)
    }

    /// Whether only a private index may answer for this normalized name.
    pub fn is_private(&self, normalized: &str) -> bool {
        self.private_prefixes.iter().any(|prefix| normalized.starts_with(prefix.as_str()))
    }
}

/// Whether a path matches a glob pattern, as `.gitignore` reads it: `*` and `?` within a segment,
/// `**` across segments; a pattern without `/` matches at any depth; a pattern that names a folder
/// matches what is in it.
pub fn glob_matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let anchored = pattern.strip_prefix('/');
    let segments: Vec<&str> = path.split('/').collect();
    let wanted: Vec<&str> = anchored.unwrap_or(pattern).split('/').collect();
    let starts = if anchored.is_some() || wanted.len() > 1 { 1 } else { segments.len() };
    (0..starts).any(|start| segments.get(start..).is_some_and(|rest| segments_match(&wanted, rest)))
}

fn segments_match(pattern: &[&str], path: &[&str]) -> bool {
    let Some((first, pattern_rest)) = pattern.split_first() else { return true };
    if *first == "**" {
        return (0..=path.len()).any(|skip| path.get(skip..).is_some_and(|rest| segments_match(pattern_rest, rest)));
    }
    let Some((segment, path_rest)) = path.split_first() else { return false };
    segment_matches(first.as_bytes(), segment.as_bytes()) && segments_match(pattern_rest, path_rest)
}

fn segment_matches(pattern: &[u8], text: &[u8]) -> bool {
    // Greedy with one point of return: linear in practice, and never exponential on hostile patterns.
    let (mut p, mut t, mut back) = (0, 0, None);
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(literal) if literal == byte => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((star, from)) = back else { return false };
                back = Some((star, from + 1));
                (p, t) = (star + 1, from + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

impl ConfigSource {
    /// The text of a span of the configuration file.
    pub fn text(&self, span: Span) -> &str {
        let file: &SourceFile = &self.file;
        file.slice(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_in_gitignore() {
        for (pattern, path, expected) in [
            ("tests/fixtures/**", "tests/fixtures/a/b.txt", true),
            ("tests/fixtures", "tests/fixtures/a/b.txt", true),
            ("tests/fixtures/", "other/tests/fixtures/a", false),
            ("*.in", "a/b/dev.in", true),
            ("fixtures", "a/fixtures/b.txt", true),
            ("/requirements.txt", "a/requirements.txt", false),
            ("**/requirements.txt", "a/b/requirements.txt", true),
            ("req*.txt", "requirements-dev.txt", true),
            ("a/*/c", "a/b/x/c", false),
            ("", "a", false),
        ] {
            assert_eq!(glob_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        let date = |text: &str| Date::parse(text).map(|date| date.to_string());
        assert_eq!(date("2026-11-22").as_deref(), Some("2026-11-22"));
        assert_eq!(date("2024-02-29").as_deref(), Some("2024-02-29"));
        for text in
            ["2025-02-29", "1900-02-29", "2026-13-01", "2026-04-31", "2026-1-1", "+026-01-01", "2026-11-22Z", ""]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn where_a_configuration_is_written_does_not_matter() {
        let read = |text: &str| from_pychain_toml(&SourceFile::from_text("pychain.toml", text)).unwrap();
        let strict = read("policy = 'strict'");
        assert!(strict.means_the_same_as(&read("# moved\n\npolicy = \"strict\"\n")));
        assert!(!strict.means_the_same_as(&read("")));
        assert!(read("").means_the_same_as(&Config::default()));
    }
}
