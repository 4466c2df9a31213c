//! `noxfile.py`: literal arguments of what sessions install and run. The file is read as text, never run.

use super::commands::Commands;
use super::logical::{LogicalLine, Pieces};
use super::shell::Word;
use crate::model::Document;
use crate::text::{SourceFile, Span};

/// Methods of a session that run a command, and the words that stand for the call itself.
const METHODS: [(&str, &[&str]); 5] = [
    (".install(", &["pip", "install"]),
    (".run(", &[]),
    (".run_always(", &[]),
    (".run_install(", &[]),
    (".conda_install(", &["conda"]),
];

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    let mut commands = Commands::new(file);
    let mut lexer = Lexer { file, text: file.text(), at: 0 };
    while lexer.at < lexer.text.len() {
        let rest = lexer.rest();
        let method = METHODS.iter().find(|(method, _)| rest.starts_with('.') && rest.starts_with(method));
        if let Some((method, words)) = method {
            let start = lexer.at;
            lexer.at += method.len();
            let call = words.iter().map(|word| literal(word, start, start + method.len()));
            let words: Vec<Word> = call.chain(lexer.arguments()).collect();
            commands.words(&words);
        } else {
            lexer.step();
        }
    }
    commands.finish()
}

/// A word that stands for a call.
fn literal(value: &str, start: usize, end: usize) -> Word {
    let mut pieces = Pieces::default();
    pieces.escaped(value, start..end);
    let text = pieces.finish(start, 1);
    Word { span: Span::new(start, end), text, expands: false, globs: false }
}

struct Lexer<'a> {
    file: &'a SourceFile,
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Over one token: a comment, a string, a word, or a character.
    fn step(&mut self) {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return };
        if c == '#' {
            self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        } else if self.string().is_some() {
        } else if c.is_alphanumeric() || c == '_' {
            self.at += rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        } else {
            self.at += c.len_utf8();
        }
    }

    /// The positional arguments of a call up to its bracket. What is no plain string is one that nobody can tell.
    fn arguments(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        let mut depth = 0usize;
        // What stands since the last comma: a string, and whether there is anything else.
        let (mut string, mut is_other, mut is_keyword): (Option<Word>, bool, bool) = (None, false, false);
        let mut start = self.at;
        while let Some(c) = self.rest().chars().next() {
            if c.is_whitespace() || c == '#' {
                self.step();
                continue;
            }
            if depth == 0 && matches!(c, ',' | ')') {
                match (string.take(), is_other || is_keyword) {
                    (Some(word), false) => words.push(word),
                    (_, true) if !is_keyword => {
                        words.push(Word { expands: true, ..literal("$", start, self.at.max(start)) });
                    }
                    _ => {}
                }
                (is_other, is_keyword) = (false, false);
                self.at += 1;
                if c == ')' {
                    break;
                }
                start = self.at;
                continue;
            }
            if depth == 0
                && string.is_none()
                && !is_other
                && let Some(word) = self.string()
            {
                string = Some(word);
                continue;
            }
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '=' if depth == 0 && is_other && string.is_none() => is_keyword = true,
                _ => {}
            }
            is_other = true;
            self.step();
        }
        words
    }

    /// The string literal that begins here; none where none does.
    fn string(&mut self) -> Option<Word> {
        let rest = self.rest();
        let prefix_len = rest.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\''))?;
        let prefix = rest.get(..prefix_len)?.to_ascii_lowercase();
        if !["", "r", "f", "b", "u", "rf", "fr", "rb", "br"].contains(&prefix.as_str()) {
            return None;
        }
        let body = rest.get(prefix_len..)?;
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote))?;
        let start = self.at + prefix_len + quote.len();
        let mut pieces = Pieces::default();
        let (mut plain, mut at) = (start, start);
        let bytes = self.text.as_bytes();
        let mut has_escape = false;
        while let Some(byte) = bytes.get(at) {
            if self.text.get(at..).is_some_and(|rest| rest.starts_with(quote)) {
                break;
            }
            if *byte == b'\n' && quote.len() == 1 {
                break;
            }
            if *byte == b'\\' {
                has_escape = true;
                if !prefix.contains('r') {
                    pieces.plain(self.text.get(plain..at).unwrap_or_default(), plain);
                    plain = at + 1;
                }
                at += 1;
            }
            at += self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        }
        let at = at.min(self.text.len());
        pieces.plain(self.text.get(plain..at).unwrap_or_default(), plain);
        let end = (at + quote.len()).min(self.text.len());
        let end = if self.text.is_char_boundary(end) { end } else { at };
        let span = Span::new(self.at, end);
        let number = u32::try_from(self.file.line_of(span.start)).unwrap_or(u32::MAX);
        let text: LogicalLine<'static> = pieces.finish(start, number);
        let expands = has_escape || (prefix.contains('f') && text.text.contains('{'));
        self.at = end;
        Some(Word { text, span, expands, globs: false })
    }
}
