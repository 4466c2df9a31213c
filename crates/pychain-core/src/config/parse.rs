//! From `pychain.toml` or `[tool.pychain]` to a [`Config`], with errors that name the place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::closest::closest;
use crate::config::{Config, Date, FailOn, Ignore, Installer, Policy, RuleSetting};
use crate::finding::Severity;
use crate::name::normalize;
use crate::order::Arrange as _;
use crate::rule::Rule;
use crate::rules::RULES;
use crate::text::{SourceFile, Span};

/// The file that a configuration was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigSource {
    /// The file.
    pub file: SourceFile,
}

/// Something in a configuration file that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where.
    pub span: Span,
    /// What is wrong, one sentence, no final period.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Reads a `pychain.toml`. All that is wrong is reported, in the order of the file.
pub fn from_pychain_toml(file: &SourceFile) -> Result<Config, Vec<ConfigError>> {
    let (document, errors) = DeTable::parse_recoverable(file.text());
    if !errors.is_empty() {
        return Err(syntax_errors(&errors));
    }
    Reader::new(file, RULES).read(document.get_ref())
}

/// Reads the `[tool.pychain]` table of a `pyproject.toml`; `None` where there is none.
///
/// A file that is no TOML and does not speak of pychain either (a template, say) has no such table.
pub fn from_pyproject_toml(file: &SourceFile) -> Result<Option<Config>, Vec<ConfigError>> {
    if !file.text().contains("pychain") {
        return Ok(None);
    }
    let (document, errors) = DeTable::parse_recoverable(file.text());
    if !errors.is_empty() {
        return Err(syntax_errors(&errors));
    }
    let tool = document.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
    match tool.and_then(|tool| tool.get("pychain")) {
        None => Ok(None),
        Some(value) => match value.get_ref() {
            DeValue::Table(table) => Reader::new(file, RULES).read(table).map(Some),
            other => Err(vec![ConfigError {
                span: span(value.span()),
                message: format!("`tool.pychain` is {}, not a table", article(other.type_str())),
                help: "write `[tool.pychain]` on a line of its own, and the keys below it".to_owned(),
            }]),
        },
    }
}

fn syntax_errors(errors: &[toml::de::Error]) -> Vec<ConfigError> {
    let mut errors: Vec<ConfigError> = errors
        .iter()
        .map(|error| ConfigError {
            span: error.span().map(span).unwrap_or_default(),
            message: format!("not valid TOML: {}", error.message().lines().next().unwrap_or_default()),
            help: String::new(),
        })
        .collect();
    errors.arrange_by_key(|error| error.span);
    errors.dedup_by(|later, earlier| later.span == earlier.span && later.message == earlier.message);
    errors.truncate(MAX_SYNTAX_ERRORS);
    errors
}

/// One mistake in TOML often brings others behind it; the first ones say what to mend.
const MAX_SYNTAX_ERRORS: usize = 3;

const KEYS: [&str; 10] = [
    "policy",
    "fail-on",
    "installer",
    "expected-indexes",
    "private-prefixes",
    "cooldown-days",
    "own-names",
    "exclude",
    "rules",
    "ignore",
];

const IGNORE_KEYS: [&str; 6] = ["rule", "path", "project", "reason", "owner", "until"];

type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'a> {
    file: &'a SourceFile,
    rules: &'a [&'static Rule],
    errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a SourceFile, rules: &'a [&'static Rule]) -> Self {
        Self { file, rules, errors: Vec::new() }
    }

    fn read(mut self, table: &DeTable<'_>) -> Result<Config, Vec<ConfigError>> {
        let mut config = Config { source: Some(ConfigSource { file: self.file.clone() }), ..Config::default() };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "policy" => config.policy = self.policy(value).unwrap_or_default(),
                "fail-on" => config.fail_on = self.fail_on(value),
                "installer" => config.installer = self.installer(value).unwrap_or_default(),
                "expected-indexes" => config.expected_indexes = self.strings(value, "expected-indexes", index),
                "private-prefixes" => config.private_prefixes = self.strings(value, "private-prefixes", prefix),
                "cooldown-days" => config.cooldown_days = self.days(value),
                "own-names" => config.own_names = self.strings(value, "own-names", project_name),
                "exclude" => config.exclude = self.strings(value, "exclude", glob),
                "rules" => self.rules(value, &mut config),
                "ignore" => config.ignores = self.ignores(value),
                "tool" => self.error(
                    key.span(),
                    "unknown key `tool`",
                    "in `pychain.toml` the keys stand at the top, without `[tool.pychain]`",
                ),
                other => self.unknown_key(key.span(), other, &KEYS),
            }
        }
        if self.errors.is_empty() {
            return Ok(config);
        }
        self.errors.arrange_by_key(|error| error.span);
        Err(self.errors)
    }

    fn policy(&mut self, value: &Value<'_>) -> Option<Policy> {
        let names = Policy::ALL.map(Policy::name);
        self.choice(value, "policy", &names, Policy::from_name)
    }

    fn fail_on(&mut self, value: &Value<'_>) -> Option<FailOn> {
        self.choice(value, "fail-on", &["info", "low", "medium", "high", "never"], FailOn::from_name)
    }

    fn installer(&mut self, value: &Value<'_>) -> Option<Installer> {
        let names = Installer::ALL.map(Installer::name);
        self.choice(value, "installer", &names, Installer::from_name)
    }

    fn days(&mut self, value: &Value<'_>) -> Option<u16> {
        let days = match value.get_ref() {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if days.is_none() {
            self.error(value.span(), "`cooldown-days` is not a number of days", "write a whole number, 0 for none: 3");
        }
        days
    }

    fn rules(&mut self, value: &Value<'_>, config: &mut Config) {
        let DeValue::Table(table) = value.get_ref() else {
            let help = "write `[rules]` on a line of its own, and `RULE = \"off\"` below it";
            return self.wrong_type(value, "rules", "a table", help);
        };
        for (key, value) in table {
            let Some(rule) = self.rule(key.span(), key.get_ref()) else { continue };
            let choices = ["off", "on", "info", "low", "medium", "high"];
            let setting = self.choice(value, rule.id, &choices, |name| match name {
                "off" => Some(RuleSetting::Off),
                "on" => Some(RuleSetting::On),
                _ => Severity::from_name(name).map(RuleSetting::Severity),
            });
            let Some(setting) = setting else { continue };
            if config.rules.insert(rule.id.to_owned(), setting).is_some() {
                let message = format!("`{}` is set twice, once by a former name", rule.id);
                self.error(key.span(), message, "remove one of the two");
            }
        }
    }

    fn ignores(&mut self, value: &Value<'_>) -> Vec<Ignore> {
        const HELP: &str = "write `[[ignore]]`, with two brackets, before each entry";
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value, "ignore", "an array of tables", HELP);
            return Vec::new();
        };
        let mut ignores = Vec::new();
        for entry in entries {
            match entry.get_ref() {
                DeValue::Table(table) => ignores.extend(self.ignore(entry.span(), table)),
                _ => self.wrong_type(entry, "ignore", "an array of tables", HELP),
            }
        }
        ignores.arrange_by_key(|ignore| ignore.span);
        ignores
    }

    fn ignore(&mut self, place: Range<usize>, table: &DeTable<'_>) -> Option<Ignore> {
        let (mut rule, mut path, mut project, mut reason, mut owner, mut until) = (None, None, None, None, None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rule" => {
                    rule = self.string(value, "rule").and_then(|id| self.rule(value.span(), id)).map(|rule| rule.id);
                    // An id that is unknown is said to be so, not also to be missing.
                    rule = rule.or(Some(""));
                }
                "path" => path = self.checked(value, "path", glob),
                "project" => project = self.checked(value, "project", project_name),
                "reason" => reason = Some(self.string(value, "reason").unwrap_or_default().to_owned()),
                "owner" => owner = self.checked(value, "owner", not_empty),
                "until" => until = self.date(value),
                other => self.unknown_key(key.span(), other, &IGNORE_KEYS),
            }
        }
        let span = table.iter().fold(span(place), |all, (key, value)| {
            if all.is_empty() { span(key.span()) } else { all }.cover(span(key.span())).cover(span(value.span()))
        });
        let header = span.range();
        if rule.is_none() {
            self.error(
                header.clone(),
                "this `[[ignore]]` names no `rule`",
                "name the rule whose findings are accepted",
            );
        }
        match &reason {
            Some(reason) if !reason.trim().is_empty() => {}
            _ => self.error(
                header,
                "this `[[ignore]]` gives no `reason`",
                "say why the finding is accepted: the next reader has to decide whether it still is",
            ),
        }
        Some(Ignore { rule: rule?.to_owned(), path, project, reason: reason?, owner, until, span })
    }

    fn date(&mut self, value: &Value<'_>) -> Option<Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) => {
                Date::new(date.year, date.month, date.day)
            }
            DeValue::String(text) => Date::parse(text),
            _ => None,
        };
        if date.is_none() {
            self.error(value.span(), "`until` is not a date", "write the last day on which it holds: 2027-01-31");
        }
        date
    }

    /// The rule that a configuration calls by its id or a former one.
    fn rule(&mut self, place: Range<usize>, id: &str) -> Option<&'static Rule> {
        let rule = self.rules.iter().copied().find(|rule| rule.answers_to(id));
        if rule.is_none() {
            let help = closest(id, self.rules.iter().map(|rule| rule.id)).map_or_else(
                || "`pychain rules` lists all rules".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            self.error(place, format!("unknown rule `{id}`"), help);
        }
        rule
    }

    fn choice<T>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        choices: &[&'static str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.string(value, key)?;
        let chosen = parse(text);
        if chosen.is_none() {
            let choices_text = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
            let help = closest(text, choices.iter().copied())
                .map_or_else(|| format!("write one of {choices_text}"), |meant| format!("did you mean `{meant}`?"));
            self.error(value.span(), format!("`{key}` cannot be `{text}`: it is one of {choices_text}"), help);
        }
        chosen
    }

    fn strings(&mut self, value: &Value<'_>, key: &str, check: Check) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, "an array of strings", "write it in brackets: `[\"…\"]`");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.checked(item, key, check)).collect()
    }

    fn checked(&mut self, value: &Value<'_>, key: &str, check: Check) -> Option<String> {
        let text = self.string(value, key)?;
        match check(text) {
            Ok(text) => Some(text),
            Err((why, help)) => {
                self.error(value.span(), format!("`{key}` {why}: `{text}`"), help);
                None
            }
        }
    }

    fn string<'v>(&mut self, value: &'v Value<'_>, key: &str) -> Option<&'v str> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text);
        }
        self.wrong_type(value, key, "a string", "write it in quotation marks");
        None
    }

    fn wrong_type(&mut self, value: &Value<'_>, key: &str, wanted: &str, help: &str) {
        let got = article(value.get_ref().type_str());
        self.error(value.span(), format!("`{key}` is {got}, not {wanted}"), help);
    }

    fn unknown_key(&mut self, place: Range<usize>, key: &str, keys: &[&'static str]) {
        let help = closest(key, keys.iter().copied()).map_or_else(
            || {
                format!(
                    "the keys here are {}",
                    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                )
            },
            |meant| format!("did you mean `{meant}`?"),
        );
        self.error(place, format!("unknown key `{key}`"), help);
    }

    fn error(&mut self, place: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(ConfigError { span: span(place), message: message.into(), help: help.into() });
    }
}

/// The value as it is kept, or why it cannot be meant and what to do.
type Check = fn(&str) -> Result<String, (&'static str, &'static str)>;

fn not_empty(text: &str) -> Result<String, (&'static str, &'static str)> {
    if text.trim().is_empty() { Err(("is empty", "fill it in or remove the key")) } else { Ok(text.to_owned()) }
}

fn index(text: &str) -> Result<String, (&'static str, &'static str)> {
    const HELP: &str = "write the URL that the installer is given, like `https://pypi.org/simple`";
    let Some((scheme, rest)) = text.split_once("://") else { return Err(("is not a URL", HELP)) };
    if scheme.is_empty() || rest.is_empty() || text.contains(char::is_whitespace) {
        return Err(("is not a URL", HELP));
    }
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return Err(("holds a user name or password", "leave them out: indexes are compared without them"));
    }
    Ok(text.to_owned())
}

fn prefix(text: &str) -> Result<String, (&'static str, &'static str)> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Err((
            "is not the beginning of a project name",
            "write the letters that the names begin with, like `acme-`; no `*` is needed",
        ));
    }
    match normalize(text) {
        only if only == "-" => Err(("would match no name", "write the letters that the names begin with")),
        prefix => Ok(prefix),
    }
}

fn project_name(text: &str) -> Result<String, (&'static str, &'static str)> {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if inside && ends(text.chars().next()) && ends(text.chars().next_back()) {
        return Ok(normalize(text));
    }
    Err(("is not a project name", "write the name alone, without version or extras"))
}

fn glob(text: &str) -> Result<String, (&'static str, &'static str)> {
    if text.trim_matches('/').is_empty() {
        return Err(("is an empty pattern", "name a file or folder, like `tests/fixtures`"));
    }
    if text.starts_with('!') {
        return Err(("does not know `!`", "list only what is meant to match"));
    }
    if text.contains('\\') {
        return Err(("holds a backslash", "write `/` between folders, on every system"));
    }
    if text.contains(['[', ']']) {
        return Err(("does not know `[…]`", "write `?` for one character"));
    }
    if text.split('/').any(|segment| segment == "..") {
        return Err(("leaves the audited root", "patterns are relative to the root and match below it"));
    }
    if text.split('/').any(|segment| segment.contains("**") && segment != "**") {
        return Err(("has `**` beside other characters", "write `**` between slashes: `docs/**/*.txt`"));
    }
    Ok(text.to_owned())
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {kind}")
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

#[cfg(test)]
mod tests;
