//! Environment markers: packaging's grammar, its canonical text, and its evaluation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr as _;

use pep508_rs::pep440_rs::{Version, VersionSpecifier};

use super::grammar::SyntaxError;
use super::scan::Scanner;
use crate::name::normalize;

/// How deep parentheses in a marker may nest; pip itself gives up at Python's recursion limit.
const MAX_DEPTH: usize = 200;

/// An environment marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker(Box<[Item]>);

/// An element of an expression, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Comparison(Comparison),
    Group(Vec<Item>),
    And,
    Or,
}

/// A marker as a tree, `and` binding tighter than `or`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkerExpression<'a> {
    /// Any of them.
    Or(Vec<MarkerExpression<'a>>),
    /// All of them.
    And(Vec<MarkerExpression<'a>>),
    /// One comparison.
    Comparison(&'a Comparison),
}

/// `left operator right`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Left side.
    pub left: MarkerValue,
    /// One of `<= < != == >= > ~= ===`, `in`, `not in`.
    pub operator: &'static str,
    /// Right side.
    pub right: MarkerValue,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkerValue {
    /// A variable of the environment, legacy spellings mapped to the present ones.
    Variable(&'static str),
    /// A quoted string, escapes resolved.
    Text(String),
}

/// Values of the marker variables.
pub type Environment = BTreeMap<&'static str, String>;

/// Spellings as written, and the variable that each means. `extra` is not a prefix trap: a word boundary must follow.
const VARIABLES: [(&str, &str); 19] = [
    ("python_version", "python_version"),
    ("python_full_version", "python_full_version"),
    ("os_name", "os_name"),
    ("os.name", "os_name"),
    ("sys_platform", "sys_platform"),
    ("sys.platform", "sys_platform"),
    ("platform_release", "platform_release"),
    ("platform_system", "platform_system"),
    ("platform_version", "platform_version"),
    ("platform.version", "platform_version"),
    ("platform_machine", "platform_machine"),
    ("platform.machine", "platform_machine"),
    ("platform_python_implementation", "platform_python_implementation"),
    ("platform.python_implementation", "platform_python_implementation"),
    ("python_implementation", "platform_python_implementation"),
    ("implementation_name", "implementation_name"),
    ("implementation_version", "implementation_version"),
    ("extra", "extra"),
    ("extras", "extras"),
];

/// Parses a whole text as a marker (`packaging.markers.Marker`).
pub fn parse_marker(text: &str) -> Result<Marker, SyntaxError> {
    let mut scanner = Scanner::new(text);
    let items = expression(&mut scanner)?;
    if scanner.is_at_end() {
        Ok(Marker::new(items))
    } else {
        SyntaxError::new(scanner.position(), "expected `and`, `or` or the end of the marker")
    }
}

pub(super) fn expression(scanner: &mut Scanner<'_>) -> Result<Vec<Item>, SyntaxError> {
    nested(scanner, 0)
}

fn nested(scanner: &mut Scanner<'_>, depth: usize) -> Result<Vec<Item>, SyntaxError> {
    if depth > MAX_DEPTH {
        return SyntaxError::new(scanner.position(), "the marker nests too deep");
    }
    let mut items = vec![atom(scanner, depth)?];
    loop {
        let operator = if scanner.eat_word("and") {
            Item::And
        } else if scanner.eat_word("or") {
            Item::Or
        } else {
            return Ok(items);
        };
        items.push(operator);
        items.push(atom(scanner, depth)?);
    }
}

fn atom(scanner: &mut Scanner<'_>, depth: usize) -> Result<Item, SyntaxError> {
    scanner.eat_blanks();
    let open = scanner.position();
    let item = if scanner.eat("(") {
        scanner.eat_blanks();
        let items = nested(scanner, depth + 1)?;
        scanner.eat_blanks();
        if !scanner.eat(")") {
            return SyntaxError::new(open, "the parenthesis in the marker is not closed");
        }
        Item::Group(items)
    } else {
        let left = value(scanner)?;
        scanner.eat_blanks();
        let operator = operator(scanner)?;
        scanner.eat_blanks();
        let right = value(scanner)?;
        Item::Comparison(Comparison { left, operator, right })
    };
    scanner.eat_blanks();
    Ok(item)
}

fn value(scanner: &mut Scanner<'_>) -> Result<MarkerValue, SyntaxError> {
    for (spelling, variable) in VARIABLES {
        if scanner.eat_word(spelling) {
            return Ok(MarkerValue::Variable(variable));
        }
    }
    if scanner.eat_word("dependency_groups") {
        return Ok(MarkerValue::Variable("dependency_groups"));
    }
    let start = scanner.position();
    let Some(quote) = scanner.peek().filter(|c| matches!(c, '"' | '\'')) else {
        return SyntaxError::new(start, "expected a marker variable (such as `python_version`) or a quoted string");
    };
    let rest = scanner.rest();
    let Some(len) = rest.get(1..).and_then(|inner| inner.find(quote)) else {
        return SyntaxError::new(start, "the quoted string in the marker is not closed");
    };
    let inner = rest.get(1..=len).unwrap_or_default();
    scanner.advance_to(start + len + 2);
    match python_string(inner) {
        Some(text) => Ok(MarkerValue::Text(text)),
        None => SyntaxError::new(start, "the quoted string in the marker has a bad escape"),
    }
}

/// What Python makes of the inside of a string literal.
fn python_string(inner: &str) -> Option<String> {
    if inner.contains('\0') {
        return None;
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        // The lone backslash at the end would have escaped the closing quote.
        match chars.next()? {
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                out.push(char::from(u8::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 2)?));
            }
            'u' => out.push(code_point(&mut chars, 4)?),
            'U' => out.push(code_point(&mut chars, 8)?),
            'N' => return None,
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '\\' => out.push('\\'),
            '\'' => out.push('\''),
            '"' => out.push('"'),
            first @ '0'..='7' => {
                let mut code = first.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    chars.next();
                }
                out.push(char::from_u32(code)?);
            }
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Some(out)
}

/// The character of `count` hexadecimal digits; a lone surrogate, which Python allows, is replaced.
fn code_point(chars: &mut impl Iterator<Item = char>, count: usize) -> Option<char> {
    let digits: String = chars.take(count).collect();
    let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == count)?;
    (code <= 0x0010_FFFF).then(|| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn operator(scanner: &mut Scanner<'_>) -> Result<&'static str, SyntaxError> {
    if scanner.eat_word("in") {
        return Ok("in");
    }
    if scanner.eat_word("not") {
        if scanner.eat_blanks() && scanner.eat_word("in") {
            return Ok("not in");
        }
        return SyntaxError::new(scanner.position(), "`not` is only understood in `not in`");
    }
    match ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].into_iter().find(|operator| scanner.eat(operator)) {
        Some(operator) => Ok(operator),
        None => {
            SyntaxError::new(scanner.position(), "expected a comparison: one of `<= < != == >= > ~= === in`, `not in`")
        }
    }
}

impl Marker {
    pub(super) fn new(mut items: Vec<Item>) -> Self {
        normalize_extras(&mut items);
        Self(items.into())
    }

    /// The marker as a tree.
    pub fn expression(&self) -> MarkerExpression<'_> {
        tree(&self.0)
    }

    /// What packaging answers in an environment: `None` where it raises, because a variable is not
    /// there or the two sides cannot be compared.
    pub fn evaluate(&self, environment: &Environment) -> Option<bool> {
        self.expression().evaluate(environment)
    }
}

fn normalize_extras(items: &mut [Item]) {
    for item in items {
        match item {
            Item::Group(inner) => normalize_extras(inner),
            Item::Comparison(Comparison { left, right, .. }) => {
                let is_extra = |value: &MarkerValue| *value == MarkerValue::Variable("extra");
                if is_extra(left) {
                    if let MarkerValue::Text(text) = right {
                        *text = normalize(text);
                    }
                } else if is_extra(right)
                    && let MarkerValue::Text(text) = left
                {
                    *text = normalize(text);
                }
            }
            Item::And | Item::Or => {}
        }
    }
}

fn tree(items: &[Item]) -> MarkerExpression<'_> {
    let mut any: Vec<MarkerExpression<'_>> = items
        .split(|item| *item == Item::Or)
        .map(|group| {
            let mut all: Vec<MarkerExpression<'_>> = group
                .iter()
                .filter_map(|item| match item {
                    Item::Comparison(comparison) => Some(MarkerExpression::Comparison(comparison)),
                    Item::Group(inner) => Some(tree(inner)),
                    Item::And | Item::Or => None,
                })
                .collect();
            if all.len() == 1 { all.remove(0) } else { MarkerExpression::And(all) }
        })
        .collect();
    if any.len() == 1 { any.remove(0) } else { MarkerExpression::Or(any) }
}

impl MarkerExpression<'_> {
    fn evaluate(&self, environment: &Environment) -> Option<bool> {
        // No short cut: packaging evaluates every part, and one that raises ends the evaluation.
        match self {
            Self::Or(parts) => fold(parts, environment).map(|values| values.contains(&true)),
            Self::And(parts) => fold(parts, environment).map(|values| !values.contains(&false)),
            Self::Comparison(comparison) => comparison.evaluate(environment),
        }
    }
}

fn fold(parts: &[MarkerExpression<'_>], environment: &Environment) -> Option<Vec<bool>> {
    parts.iter().map(|part| part.evaluate(environment)).collect()
}

impl Comparison {
    /// packaging's `_eval_op`: versions where the variable is one and the right side makes a specifier, else text.
    fn evaluate(&self, environment: &Environment) -> Option<bool> {
        let (key, left, right) = match (&self.left, &self.right) {
            (MarkerValue::Variable(key), right) => (*key, environment.get(key)?.as_str(), right.as_text()),
            (MarkerValue::Text(left), MarkerValue::Variable(key)) => {
                (*key, left.as_str(), environment.get(key)?.as_str())
            }
            // Text against text: packaging looks the right text up as a variable, and raises.
            (MarkerValue::Text(_), MarkerValue::Text(_)) => return None,
        };
        if matches!(key, "python_version" | "python_full_version" | "implementation_version" | "platform_release")
            && let Some(answer) = compare_versions(left, self.operator, right)
        {
            return Some(answer);
        }
        match self.operator {
            "in" => Some(right.contains(left)),
            "not in" => Some(!right.contains(left)),
            "==" | "<=" | ">=" => Some(left == right),
            "!=" => Some(left != right),
            "<" | ">" => Some(false),
            _ => None,
        }
    }
}

/// `Specifier(operator + right).contains(left, prereleases=True)`, or `None` where that is no specifier.
fn compare_versions(left: &str, operator: &str, right: &str) -> Option<bool> {
    if operator == "===" {
        return Some(left.eq_ignore_ascii_case(right));
    }
    let specifier = VersionSpecifier::from_str(&format!("{operator}{right}")).ok()?;
    Some(Version::from_str(left).is_ok_and(|version| specifier.contains(&version)))
}

impl MarkerValue {
    fn as_text(&self) -> &str {
        match self {
            Self::Variable(name) => name,
            Self::Text(text) => text,
        }
    }
}

/// packaging's canonical text (`str(Marker)`).
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_items(f, &self.0, true)
    }
}

fn write_items(f: &mut fmt::Formatter<'_>, items: &[Item], outermost: bool) -> fmt::Result {
    if let [Item::Group(inner)] = items {
        return write_items(f, inner, outermost);
    }
    let bare = outermost || matches!(items, [Item::Comparison(_)]);
    if !bare {
        f.write_str("(")?;
    }
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(" ")?;
        }
        match item {
            Item::And => f.write_str("and")?,
            Item::Or => f.write_str("or")?,
            Item::Comparison(Comparison { left, operator, right }) => write!(f, "{left} {operator} {right}")?,
            Item::Group(inner) => write_items(f, inner, false)?,
        }
    }
    if bare { Ok(()) } else { f.write_str(")") }
}

impl fmt::Display for MarkerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Text(text) if text.contains('"') => write!(f, "'{text}'"),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shows(text: &str, expected: &str) {
        let shown =
            parse_marker(text).map_or_else(|error| format!("error at {}", error.at), |marker| marker.to_string());
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn the_canonical_text_is_packagings() {
        shows(
            "os.name=='a'and python_implementation!=\"b\"",
            "os_name == \"a\" and platform_python_implementation != \"b\"",
        );
        shows("((os_name=='a'))", "os_name == \"a\"");
        shows(
            "os_name=='a' and (os_name=='b' or os_name=='c')",
            "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")",
        );
        shows("extra == 'Foo_Bar'", "extra == \"foo-bar\"");
        shows(r#"os_name == "\x41""#, "os_name == \"A\"");
        shows(r#"os_name == "\x""#, "error at 11");
        shows("os_name AND 1", "error at 8");
        shows("'a' not  in os_name", "\"a\" not in os_name");
        shows("python_versions == '3'", "error at 0");
    }

    #[test]
    fn evaluation_is_packagings() {
        let environment = Environment::from([
            ("python_version", "3.11".into()),
            ("os_name", "posix".into()),
            ("extra", String::new()),
        ]);
        for (text, expected) in [
            ("python_version >= '3.9'", Some(true)),
            ("python_version < '3'", Some(false)),
            ("python_version not in '3.10, 3.11'", Some(false)),
            ("'3.10' <= python_version", Some(true)),
            ("os_name < 'z'", Some(false)),
            ("os_name ~= 'posix'", None),
            ("extra == 'x'", Some(false)),
            ("os_name == 'nt' or os_name == 'posix' and python_version > '3'", Some(true)),
            ("'a' == 'b'", None),
        ] {
            assert_eq!(parse_marker(text).expect(text).evaluate(&environment), expected, "{text}");
        }
    }
}
