//! packaging's grammar of dependency specifiers (`packaging._parser`), with ranges, and the same refusals.

use super::scan::{Scanner, is_space, strip};
use super::{Marker, TextRange, marker};

/// A dependency specifier, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Where the name stands.
    pub name: TextRange,
    /// Extras in the order written.
    pub extras: Vec<TextRange>,
    /// Operator and version of each specifier, with the range of both.
    pub specifiers: Vec<(&'static str, String, TextRange)>,
    /// Where the specifiers stand, parentheses included; empty where there are none.
    pub specifiers_range: TextRange,
    /// The direct reference.
    pub url: Option<ParsedUrl>,
    /// The environment marker and where it stands.
    pub marker: Option<(Marker, TextRange)>,
}

/// The URL of a direct reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedUrl {
    /// Where it stands.
    pub range: TextRange,
}

/// Why a text is no dependency specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub at: usize,
    /// What is wrong, one sentence, no final period.
    pub message: String,
}

impl SyntaxError {
    pub(super) fn new<T>(at: usize, message: impl Into<String>) -> Result<T, Self> {
        Err(Self { at, message: message.into() })
    }
}

/// Parses a dependency specifier (`packaging.requirements.Requirement`).
pub fn parse_requirement(text: &str) -> Result<Parsed, SyntaxError> {
    let mut scanner = Scanner::new(text);
    scanner.eat_blanks();
    let Some(name) = identifier(&mut scanner) else {
        return SyntaxError::new(scanner.position(), "a requirement begins with the name of a project");
    };
    scanner.eat_blanks();
    let extras = extras(&mut scanner)?;
    scanner.eat_blanks();
    let mut parsed = Parsed { name, extras, specifiers: Vec::new(), specifiers_range: 0..0, url: None, marker: None };
    let start = scanner.position();
    parsed.specifiers_range = start..start;
    if scanner.eat("@") {
        scanner.eat_blanks();
        let start = scanner.position();
        if scanner.eat_while(|c| c != ' ' && c != '\t') == 0 {
            return SyntaxError::new(start, "`@` is not followed by a URL");
        }
        parsed.url = Some(ParsedUrl { range: start..scanner.position() });
        if scanner.is_at_end() {
            return Ok(parsed);
        }
        scanner.eat_blanks();
        if scanner.is_at_end() {
            return Ok(parsed);
        }
        parsed.marker =
            Some(requirement_marker(&mut scanner, "a URL ends at the first space; only `;` and a marker may follow")?);
    } else {
        parsed.specifiers_range = specifiers(&mut scanner, &mut parsed.specifiers)?;
        scanner.eat_blanks();
        if !scanner.is_at_end() {
            let message = if parsed.specifiers.is_empty() {
                "expected a version specifier (such as `==1.0`), `;` or the end of the line after the name"
            } else {
                "expected `,` and another version specifier, `;` or the end of the line"
            };
            parsed.marker = Some(requirement_marker(&mut scanner, message)?);
        }
        split_specifiers(&mut parsed)?;
    }
    if scanner.is_at_end() { Ok(parsed) } else { SyntaxError::new(scanner.position(), "expected the end of the line") }
}

/// Parses `[extra, …]` alone: pip reads the extras of a path through a made-up requirement.
pub fn parse_extras(text: &str) -> Result<Vec<TextRange>, SyntaxError> {
    let mut scanner = Scanner::new(text);
    let extras = extras(&mut scanner)?;
    scanner.eat_blanks();
    if scanner.is_at_end() {
        Ok(extras)
    } else {
        SyntaxError::new(scanner.position(), "unexpected text after the extras")
    }
}

/// `\b[a-zA-Z0-9][a-zA-Z0-9._-]*\b`, greedy with backtracking to the last word boundary.
fn identifier(scanner: &mut Scanner<'_>) -> Option<TextRange> {
    let start = scanner.position();
    let rest = scanner.rest();
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) || !scanner.is_word_boundary(start) {
        return None;
    }
    let run = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(rest.len());
    let end = (start + 1..=start + run).rev().find(|end| scanner.is_word_boundary(*end))?;
    scanner.advance_to(end);
    Some(start..end)
}

fn extras(scanner: &mut Scanner<'_>) -> Result<Vec<TextRange>, SyntaxError> {
    let open = scanner.position();
    if !scanner.eat("[") {
        return Ok(Vec::new());
    }
    scanner.eat_blanks();
    let mut extras = Vec::new();
    if let Some(first) = identifier(scanner) {
        extras.push(first);
        loop {
            scanner.eat_blanks();
            if identifier(&mut scanner.clone()).is_some() {
                return SyntaxError::new(scanner.position(), "extras are separated by commas");
            }
            if !scanner.eat(",") {
                break;
            }
            scanner.eat_blanks();
            let Some(next) = identifier(scanner) else {
                return SyntaxError::new(scanner.position(), "expected the name of an extra after the comma");
            };
            extras.push(next);
        }
    }
    scanner.eat_blanks();
    if scanner.eat("]") { Ok(extras) } else { SyntaxError::new(open, "the extras have no closing `]`") }
}

fn requirement_marker(scanner: &mut Scanner<'_>, expected: &str) -> Result<(Marker, TextRange), SyntaxError> {
    if !scanner.eat(";") {
        return SyntaxError::new(scanner.position(), expected);
    }
    let start = scanner.position();
    let parsed = marker::expression(scanner)?;
    scanner.eat_blanks();
    let text = scanner.slice(start..scanner.position());
    let lead = text.len() - text.trim_start().len();
    Ok((Marker::new(parsed), start + lead..start + text.trim_end().len()))
}

fn specifiers(
    scanner: &mut Scanner<'_>,
    out: &mut Vec<(&'static str, String, TextRange)>,
) -> Result<TextRange, SyntaxError> {
    let open = scanner.position();
    let parenthesized = scanner.eat("(");
    scanner.eat_blanks();
    let mut end = scanner.position();
    let start = if parenthesized { open } else { end };
    while let Some((operator, range)) = specifier(scanner) {
        end = range.end;
        if scanner.rest().starts_with(".*") {
            return SyntaxError::new(end, wildcard_message(operator));
        }
        if local_label(scanner.rest()) {
            return SyntaxError::new(end, "a local version (`+…`) can only be compared with `==` and `!=`");
        }
        let text = scanner.slice(range.clone());
        let version = strip(text.get(operator.len()..).unwrap_or_default()).to_owned();
        out.push((operator, version, range));
        scanner.eat_blanks();
        if !scanner.eat(",") {
            break;
        }
        end = scanner.position();
        scanner.eat_blanks();
    }
    scanner.eat_blanks();
    if parenthesized {
        if !scanner.eat(")") {
            return SyntaxError::new(open, "the version specifiers have no closing `)`, or one of them cannot be read");
        }
        end = scanner.position();
    }
    Ok(start..end.max(start))
}

fn wildcard_message(operator: &str) -> &'static str {
    if operator == "==" || operator == "!=" {
        "`.*` cannot follow a pre-, post-, development or local version"
    } else {
        "`.*` can only be compared with `==` and `!=`"
    }
}

fn local_label(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// `SpecifierSet` splits the text at commas once more: `===a,b` was one token and is two specifiers, `b` a bad one.
fn split_specifiers(parsed: &mut Parsed) -> Result<(), SyntaxError> {
    let mut split = Vec::with_capacity(parsed.specifiers.len());
    for (operator, version, range) in parsed.specifiers.drain(..) {
        if operator != "===" || !version.contains(',') {
            split.push((operator, version, range));
            continue;
        }
        let mut parts = version.split(',');
        split.push((operator, strip(parts.next().unwrap_or_default()).to_owned(), range.clone()));
        for part in parts.map(strip).filter(|part| !part.is_empty()) {
            let mut scanner = Scanner::new(part);
            match specifier(&mut scanner) {
                Some((operator, _)) if scanner.is_at_end() => {
                    let version = strip(part.get(operator.len()..).unwrap_or_default()).to_owned();
                    split.push((operator, version, range.clone()));
                }
                _ => return SyntaxError::new(range.start, format!("`{part}` after the comma is no version specifier")),
            }
        }
    }
    parsed.specifiers = split;
    Ok(())
}

/// One token of `Specifier._specifier_regex_str`.
fn specifier(scanner: &mut Scanner<'_>) -> Option<(&'static str, TextRange)> {
    let start = scanner.position();
    let mut ahead = scanner.clone();
    let operator = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].into_iter().find(|operator| ahead.eat(operator))?;
    ahead.eat_while(is_space);
    if operator == "===" {
        // `\s*[^\s;)]*` may also match nothing, and then takes no space either way: the space counts.
        ahead.eat_while(|c| !is_space(c) && c != ';' && c != ')');
    } else {
        version(&mut ahead, operator)?;
    }
    scanner.advance_to(ahead.position());
    Some((operator, start..scanner.position()))
}

/// The version part of the pattern; greedy, with optional parts taken whole or not at all.
fn version(scanner: &mut Scanner<'_>, operator: &str) -> Option<()> {
    if !scanner.eat("v") {
        scanner.eat("V");
    }
    digits(scanner)?;
    if scanner.eat("!") && digits(scanner).is_none() {
        // `1!` without a release: the epoch is optional, so the release is the `1` and `!` is left over.
        scanner.advance_to(scanner.position() - 1);
        return (operator != "~=").then_some(());
    }
    let mut parts = 1;
    while optional(scanner, |scanner| scanner.eat(".").then_some(()).and_then(|()| digits(scanner))) {
        parts += 1;
    }
    if operator == "~=" && parts < 2 {
        return None;
    }
    if matches!(operator, "==" | "!=") && scanner.eat(".*") {
        return Some(());
    }
    // Most versions are a release and no more.
    if !scanner.rest().starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+')) {
        return Some(());
    }
    optional(scanner, |scanner| {
        separator(scanner);
        let word = ["alpha", "beta", "preview", "pre", "a", "b", "c", "rc"];
        word.into_iter().find(|word| eat_ignoring_case(scanner, word))?;
        separator(scanner);
        let _ = digits(scanner);
        Some(())
    });
    if !optional(scanner, |scanner| scanner.eat("-").then_some(()).and_then(|()| digits(scanner))) {
        optional(scanner, |scanner| {
            separator(scanner);
            ["post", "rev", "r"].into_iter().find(|word| eat_ignoring_case(scanner, word))?;
            separator(scanner);
            let _ = digits(scanner);
            Some(())
        });
    }
    optional(scanner, |scanner| {
        separator(scanner);
        eat_ignoring_case(scanner, "dev").then_some(())?;
        separator(scanner);
        let _ = digits(scanner);
        Some(())
    });
    if matches!(operator, "==" | "!=") {
        optional(scanner, |scanner| {
            scanner.eat("+").then_some(())?;
            label(scanner)?;
            while optional(scanner, |scanner| separator(scanner).then_some(()).and_then(|()| label(scanner))) {}
            Some(())
        });
    }
    Some(())
}

fn optional(scanner: &mut Scanner<'_>, part: impl FnOnce(&mut Scanner<'_>) -> Option<()>) -> bool {
    let before = scanner.position();
    let found = part(scanner).is_some();
    if !found {
        scanner.advance_to(before);
    }
    found
}

fn digits(scanner: &mut Scanner<'_>) -> Option<()> {
    (scanner.eat_while(|c| c.is_ascii_digit()) > 0).then_some(())
}

fn label(scanner: &mut Scanner<'_>) -> Option<()> {
    (scanner.eat_while(|c| c.is_ascii_alphanumeric()) > 0).then_some(())
}

fn separator(scanner: &mut Scanner<'_>) -> bool {
    scanner.eat("-") || scanner.eat("_") || scanner.eat(".")
}

fn eat_ignoring_case(scanner: &mut Scanner<'_>, word: &str) -> bool {
    let found = scanner.rest().get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word));
    if found {
        scanner.advance_to(scanner.position() + word.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        match parse_requirement(text) {
            Ok(parsed) => {
                let extras: Vec<_> = parsed.extras.iter().map(|range| &text[range.clone()]).collect();
                let specifiers: Vec<_> =
                    parsed.specifiers.iter().map(|(op, version, _)| format!("{op}{version}")).collect();
                let url = parsed.url.map(|url| format!(" @ {}", &text[url.range])).unwrap_or_default();
                let marker = parsed.marker.map(|(marker, _)| format!(" ; {marker}")).unwrap_or_default();
                format!("{} {extras:?} {}{url}{marker}", &text[parsed.name], specifiers.join(","))
            }
            Err(error) => format!("error at {}", error.at),
        }
    }

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(&shape(text), expected, "{text}");
        }
    }

    #[test]
    fn names_and_extras_follow_packaging() {
        check(&[
            ("foo", "foo [] "),
            ("foo_", "foo_ [] "),
            ("foo-", "error at 3"),
            ("nvidia-*", "error at 6"),
            ("foo[]", "foo [] "),
            ("foo[a, b]", "foo [\"a\", \"b\"] "),
            ("foo[a,]", "error at 6"),
            ("foo[a b]", "error at 6"),
            ("foo[bar-]", "error at 3"),
            ("foo[bar α]", "error at 3"),
            ("-foo", "error at 0"),
        ]);
    }

    #[test]
    fn specifiers_follow_packaging() {
        check(&[
            ("foo ()", "foo [] "),
            ("foo>=1,", "foo [] >=1"),
            ("foo (>=1)", "foo [] >=1"),
            ("foo>=1,,<2", "error at 7"),
            ("foo >=1 <2", "error at 8"),
            ("foo===a b", "error at 8"),
            ("foo===anything+goes", "foo [] ===anything+goes"),
            ("foo===1,2", "error at 3"),
            ("foo===1,>=2", "foo [] ===1,>=2"),
            ("foo~=1", "error at 3"),
            ("foo~=1.0", "foo [] ~=1.0"),
            ("foo==1.*", "foo [] ==1.*"),
            ("foo>=1.*", "error at 6"),
            ("foo==1.0a1.*", "error at 10"),
            ("foo>=1.0+x", "error at 8"),
            ("foo==1.0+x.y", "foo [] ==1.0+x.y"),
            ("foo==v1", "foo [] ==v1"),
            ("foo==1.0-1", "foo [] ==1.0-1"),
            ("foo== 1.0.post1.dev2", "foo [] ==1.0.post1.dev2"),
            ("foo==1!2.0rc1", "foo [] ==1!2.0rc1"),
            ("foo=1", "error at 3"),
            ("foo=>1", "error at 3"),
            ("foo==١", "error at 3"),
        ]);
    }

    #[test]
    fn direct_references_end_at_a_blank() {
        check(&[
            ("foo @ https://h/a.zip", "foo []  @ https://h/a.zip"),
            ("foo@ https://h/a.zip ; os_name=='a'", "foo []  @ https://h/a.zip ; os_name == \"a\""),
            ("foo @ https://h/a b.zip", "error at 18"),
            ("foo @", "error at 5"),
        ]);
    }
}
