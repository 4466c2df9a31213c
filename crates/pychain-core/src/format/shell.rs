//! Shell text: its simple commands, word by word, each with its place. Nothing is run, nothing expanded.
//!
//! Mirrors the token recognition of POSIX (Shell Command Language, 2.3) with the quotes, substitutions and here-documents
//! of bash. What a shell would put in the place of a word, or a template before it (`${{ … }}`, `{{ … }}`), stays as
//! written, and the word says so. A quote that is left open takes the rest, as it would in a shell.

use std::ops::Range;

use super::logical::{LogicalLine, Pieces, Segments};
use crate::text::Span;

/// Whose rules of quoting and continuation hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `sh`, `bash` and their kin.
    Posix,
    /// PowerShell, in which the backtick escapes and the backslash does not.
    PowerShell,
}

/// A command with its arguments.
#[derive(Debug, Clone, Default)]
pub(super) struct Command {
    /// `NAME=value` before the command, or alone.
    pub(super) assignments: Vec<Assignment>,
    /// The command and its arguments, redirections left out.
    pub(super) words: Vec<Word>,
    /// Files that its output goes to.
    pub(super) outputs: Vec<Word>,
    /// Here-documents that it reads.
    pub(super) documents: Vec<LogicalLine<'static>>,
    /// How many subshells it is inside of. One without words stands where a subshell ends.
    pub(super) depth: usize,
}

/// `NAME=value`.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) value: Word,
}

/// A word of a command.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// What the command is handed, as far as that is known: quotes and escapes are resolved.
    pub(super) text: LogicalLine<'static>,
    /// Where it stands, quotes included.
    pub(super) span: Span,
    /// Whether the shell or a template puts something else in the place of a part.
    pub(super) expands: bool,
    /// Whether it may stand for the names of files.
    pub(super) globs: bool,
}

impl Word {
    /// The value; what is expanded stays as written.
    pub(super) fn value(&self) -> &str {
        &self.text.text
    }

    /// A value of another format, which no shell takes apart.
    pub(super) fn of_value(text: LogicalLine<'static>) -> Self {
        let kept = text.text.trim_end().len();
        let text = if kept < text.text.len() { slice(&text, 0..kept) } else { text };
        let span = text.span(0..text.text.len());
        Self { expands: is_expansion(&text.text), text, span, globs: false }
    }

    /// A word that something else stands for.
    pub(super) fn standing_for(value: &str, span: Span) -> Self {
        let mut pieces = Pieces::default();
        pieces.escaped(value, span.range());
        Self { text: pieces.finish(span.range().start, 1), span, expands: false, globs: false }
    }

    /// A part of the value as a word of its own, such as the value behind `--option=`.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let text = slice(&self.text, range.clone());
        let span = self.text.span(range);
        let expands = self.expands && is_expansion(&text.text);
        Self { text, span, expands, globs: self.globs }
    }
}

/// Whether a shell or a template puts something else in the place of a part of a text.
fn is_expansion(text: &str) -> bool {
    text.contains(['$', '`', '{', '%'])
}

/// A range of a text as one of its own, with its places.
pub(super) fn slice(text: &LogicalLine<'_>, range: Range<usize>) -> LogicalLine<'static> {
    let mut pieces = Pieces::default();
    copy(text, range.clone(), &mut pieces);
    let start = text.span(range.start..range.start).start as usize;
    pieces.finish(start, text.number)
}

/// Each line of a text, with its places.
pub(super) fn lines<'t>(text: &'t LogicalLine<'_>) -> impl Iterator<Item = LogicalLine<'static>> + 't {
    let mut at = 0;
    text.text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        slice(text, start..start + line.trim_end().len())
    })
}

/// Adds a range of a text to a value, with its places.
pub(super) fn copy(text: &LogicalLine<'_>, range: Range<usize>, pieces: &mut Pieces) {
    let of = |range: Range<usize>| text.text.get(range).unwrap_or_default();
    match &text.segments {
        Segments::One(offset) => pieces.plain(of(range.clone()), offset + range.start),
        Segments::Many(segments) => {
            let first = segments.partition_point(|segment| segment.logical <= range.start).saturating_sub(1);
            let mut at = range.start;
            let mut rest = segments.get(first..).unwrap_or_default().iter().peekable();
            while let Some(segment) = rest.next() {
                let end = rest.peek().map_or(range.end, |next| next.logical.min(range.end));
                match segment.expanded_to {
                    Some(source_end) => pieces.escaped(of(at..end), segment.source..source_end),
                    None => pieces.plain(of(at..end), segment.source + (at - segment.logical.min(at))),
                }
                at = end;
                if at >= range.end {
                    break;
                }
            }
        }
    }
}

/// Words that stand before a command and are none.
const RESERVED: [&str; 13] =
    ["if", "then", "elif", "else", "do", "while", "until", "!", "{", "}", "time", "fi", "done"];

/// How deep groups may nest whose output goes somewhere together.
const MAX_GROUPS: usize = 8;

/// How deep `$(…)` may nest.
const MAX_NESTING: usize = 4;

/// The simple commands of a text, in order.
pub(super) fn commands(text: &LogicalLine<'_>, dialect: Dialect) -> Vec<Command> {
    read(text, dialect, MAX_NESTING)
}

/// The same with those whose output stands in others, `$(…)`, each before the one that it stands in.
pub(super) fn all_commands(text: &LogicalLine<'_>, dialect: Dialect) -> Vec<Command> {
    read(text, dialect, 0)
}

fn read(text: &LogicalLine<'_>, dialect: Dialect, nesting: usize) -> Vec<Command> {
    let mut lexer = Lexer {
        text,
        dialect,
        at: 0,
        command: Command::default(),
        commands: Vec::new(),
        documents: Vec::new(),
        no_template_before: 0,
        nesting,
        groups: Vec::new(),
        closed: None,
    };
    lexer.read();
    lexer.commands
}

struct Lexer<'a> {
    text: &'a LogicalLine<'a>,
    dialect: Dialect,
    at: usize,
    command: Command,
    commands: Vec<Command>,
    /// Delimiters of here-documents that begin on the next line, whether tabs before them do not count, and the number of
    /// the command that they are for.
    documents: Vec<(String, bool, usize)>,
    /// Where no `}}` is found before, so that a line of `{{` is gone through once.
    no_template_before: usize,
    nesting: usize,
    /// What is open (`{`, `(`, `if`, `do`), by what closes it, and the number of the first command inside.
    groups: Vec<(&'static str, usize)>,
    /// The number of the first command of what was closed last, whose redirections may follow.
    closed: Option<usize>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn read(&mut self) {
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' => self.at += 1,
                '\n' => {
                    self.at += 1;
                    self.end_command();
                    self.skip_documents();
                }
                '#' => self.skip_line(),
                '&' if self.rest().starts_with("&>") => self.redirection(),
                ';' | '|' | '&' => {
                    self.at += 1;
                    self.end_command();
                }
                '(' => {
                    self.at += 1;
                    self.end_command();
                    self.command.depth += 1;
                    self.open(")");
                }
                ')' => {
                    self.at += 1;
                    self.end_command();
                    self.command.depth = self.command.depth.saturating_sub(1);
                    self.commands.push(Command { depth: self.command.depth, ..Command::default() });
                    self.close(")");
                }
                '<' | '>' => self.redirection(),
                '0'..='9' if self.is_descriptor() => {
                    let digits = self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_digit()).len();
                    self.at += digits;
                }
                _ => {
                    if let Some(word) = self.word() {
                        self.take(word);
                    }
                }
            }
        }
        self.end_command();
    }

    /// Whether digits are the number of what is redirected.
    fn is_descriptor(&self) -> bool {
        self.rest().trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['<', '>'])
    }

    fn skip_line(&mut self) {
        self.at += memchr::memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.rest().len());
    }

    fn end_command(&mut self) {
        let depth = self.command.depth;
        let command = std::mem::replace(&mut self.command, Command { depth, ..Command::default() });
        // `{ …; } >> FILE`: what all of them write goes there, whatever else is open.
        if let (Some(first), Some(output)) = (self.closed.take(), command.outputs.last()) {
            for inside in self.commands.iter_mut().skip(first) {
                inside.outputs.push(output.clone());
            }
        }
        if !(command.words.is_empty() && command.assignments.is_empty()) {
            self.commands.push(command);
        }
    }

    fn take(&mut self, word: Word) {
        let is_plain = word.span.len() == word.value().len();
        if self.command.words.is_empty() {
            if is_plain && self.command.assignments.is_empty() && RESERVED.contains(&word.value()) {
                match word.value() {
                    "{" => self.open("}"),
                    "if" => self.open("fi"),
                    "do" => self.open("done"),
                    closing => self.close(closing),
                }
                return;
            }
            if let Some(assignment) = self.assignment(&word) {
                self.command.assignments.push(assignment);
                return;
            }
        }
        self.command.words.push(word);
    }

    fn open(&mut self, closing: &'static str) {
        // Beyond a few levels the redirection of a group is nobody's habit.
        if self.groups.len() < MAX_GROUPS {
            self.groups.push((closing, self.commands.len()));
        }
    }

    fn close(&mut self, closing: &str) {
        if let Some((_, first)) = self.groups.pop_if(|(expected, _)| *expected == closing) {
            self.closed = Some(first);
        }
    }

    /// `NAME=value`, or PowerShell's `$env:NAME = value` without the blanks.
    fn assignment(&self, word: &Word) -> Option<Assignment> {
        let (name, _) = word.value().split_once('=')?;
        let start = name.len() + 1;
        let name = if self.dialect == Dialect::PowerShell { name.strip_prefix("$env:")? } else { name };
        is_name(name).then(|| Assignment { name: name.to_owned(), value: word.part(start..word.value().len()) })
    }

    /// A redirection with its target; the target of an output is kept.
    fn redirection(&mut self) {
        let operators = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"];
        let Some(operator) = operators.into_iter().find(|operator| self.rest().starts_with(operator)) else {
            self.at += 1;
            return;
        };
        self.at += operator.len();
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
        // `<(…)` is a command of its own.
        if matches!(self.peek(), None | Some('\n' | '\r' | ';' | '&' | '|' | '(' | ')' | '<' | '>' | '#')) {
            return;
        }
        let Some(word) = self.word() else { return };
        match operator {
            "<<" | "<<-" => {
                let number = self.commands.len();
                self.documents.push((word.value().to_owned(), operator == "<<-", number));
            }
            "&>>" | "&>" | ">>" | ">" | ">|" => self.command.outputs.push(word),
            _ => {}
        }
    }

    /// What here-documents hold is handed to a command, and is none itself.
    fn skip_documents(&mut self) {
        for (delimiter, tabs, number) in std::mem::take(&mut self.documents) {
            let start = self.at;
            let mut end = start;
            while !self.rest().is_empty() {
                let rest = self.rest();
                let len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
                let line = rest.get(..len).unwrap_or_default().trim_end_matches(['\n', '\r']);
                let is_end = if tabs { line.trim_start_matches('\t') } else { line } == delimiter;
                self.at += len;
                if is_end {
                    break;
                }
                end = self.at;
            }
            if let Some(command) = self.commands.get_mut(number) {
                command.documents.push(slice(self.text, start..end));
            }
        }
    }

    /// Reads one word; none where only a continuation stood.
    fn word(&mut self) -> Option<Word> {
        let start = self.at;
        let mut word = Building { pieces: Pieces::default(), plain: start, expands: false, globs: false, any: false };
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | '\r' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\\' if self.dialect == Dialect::Posix => self.escape(&mut word),
                '`' if self.dialect == Dialect::PowerShell => self.escape(&mut word),
                '\'' => {
                    word.flush(self.text, self.at);
                    word.any = true;
                    let inside = self.at + 1;
                    let end = memchr::memchr(b'\'', self.text.text.as_bytes().get(inside..).unwrap_or_default())
                        .map_or(self.text.text.len(), |len| inside + len);
                    // A template is filled in before the shell sees a quote.
                    word.expands |= self.text.text.get(inside..end).is_some_and(|text| text.contains("{{"));
                    word.plain = inside;
                    word.flush(self.text, end);
                    self.at = (end + 1).min(self.text.text.len());
                    word.plain = self.at;
                }
                '"' => self.double_quoted(&mut word),
                '$' | '`' => self.expansion(&mut word),
                '{' => {
                    word.expands = true;
                    self.at += self.template().unwrap_or(1);
                }
                '%' => {
                    word.expands = true;
                    self.at += 1;
                }
                '*' | '?' => {
                    word.globs = true;
                    self.at += 1;
                }
                _ => self.at += c.len_utf8(),
            }
        }
        word.flush(self.text, self.at);
        let (any, expands, globs) = (word.any, word.expands, word.globs);
        let text = word.pieces.finish(self.text.span(start..start).start as usize, self.text.number);
        (any || !text.text.is_empty()).then(|| Word { span: self.text.span(start..self.at), text, expands, globs })
    }

    /// An escape outside quotes: of a line end, which then joins the lines, or of a character.
    fn escape(&mut self, word: &mut Building) {
        word.flush(self.text, self.at);
        self.at += 1;
        let rest = self.rest();
        let skipped = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        self.at += skipped;
        word.plain = self.at;
        if skipped == 0
            && let Some(c) = self.peek()
        {
            word.any = true;
            self.at += c.len_utf8();
        }
    }

    fn double_quoted(&mut self, word: &mut Building) {
        word.flush(self.text, self.at);
        word.any = true;
        self.at += 1;
        word.plain = self.at;
        let escape = if self.dialect == Dialect::Posix { '\\' } else { '`' };
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    word.flush(self.text, self.at);
                    self.at += 1;
                    word.plain = self.at;
                    return;
                }
                _ if c == escape => {
                    let next = self.rest().chars().nth(1);
                    match next {
                        Some('\n' | '\r') => self.escape(word),
                        Some('$' | '`' | '"' | '\\') => {
                            word.flush(self.text, self.at);
                            self.at += 1;
                            word.plain = self.at;
                            self.at += 1;
                        }
                        _ => self.at += 1,
                    }
                }
                '$' | '`' => self.expansion(word),
                '{' => {
                    word.expands |= self.rest().starts_with("{{");
                    self.at += self.template().unwrap_or(1);
                }
                _ => self.at += c.len_utf8(),
            }
        }
        word.flush(self.text, self.at);
        word.plain = self.at;
    }

    /// The length of `{{ … }}` on one line.
    fn template(&mut self) -> Option<usize> {
        let rest = self.rest();
        if !rest.starts_with("{{") || self.at < self.no_template_before {
            return None;
        }
        let line = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let end = rest.get(..line).and_then(|line| line.find("}}"));
        if end.is_none() {
            self.no_template_before = self.at + line;
        }
        end.map(|end| end + 2)
    }

    /// `$NAME`, `${…}`, `$(…)`, a command between backticks, `${{ … }}`: kept as written.
    fn expansion(&mut self, word: &mut Building) {
        let rest = self.rest();
        if rest.starts_with('`') {
            word.expands = true;
            let end = rest.char_indices().skip(1).find(|(at, c)| *c == '`' && !ends_in_escape(rest, *at));
            let end = end.map(|(at, _)| at);
            let len = end.map_or(rest.len(), |at| at + 1);
            if self.dialect == Dialect::Posix
                && let Some(end) = end
            {
                self.substituted(self.at + 1..self.at + end);
            }
            self.at += len;
            return;
        }
        let after = rest.get(1..).unwrap_or_default();
        if after.starts_with("{{")
            && let Some(end) = after.find("}}")
        {
            word.expands = true;
            self.at += 1 + end + 2;
        } else if after.starts_with(['(', '{']) {
            word.expands = true;
            let len = balanced(after);
            let is_closed = after.get(..len).is_some_and(|inner| inner.ends_with(')'));
            if is_closed && after.starts_with('(') && !after.starts_with("((") {
                self.substituted(self.at + 2..self.at + len);
            }
            self.at += 1 + len;
        } else if after.starts_with(|c: char| c.is_ascii_alphanumeric() || "_@*#?!-$".contains(c)) {
            word.expands = true;
            let name = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            self.at += 1 + name.max(1);
        } else {
            // `$'…'` and `$"…"` are read as the quotes that they begin with.
            word.expands |= after.starts_with(['\'', '"']);
            self.at += 1;
        }
    }
}

impl Lexer<'_> {
    /// Takes the commands of a range, which a shell of their own runs.
    fn substituted(&mut self, range: Range<usize>) {
        if self.nesting >= MAX_NESTING {
            return;
        }
        let inner = slice(self.text, range);
        let depth = self.command.depth;
        let found = read(&inner, self.dialect, self.nesting + 1).into_iter();
        self.commands.extend(found.map(|command| Command { depth: depth + 1 + command.depth, ..command }));
        self.commands.push(Command { depth, ..Command::default() });
    }
}

fn ends_in_escape(text: &str, at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.as_bytes().get(before)) == Some(&b'\\')
}

/// The length of what begins with a bracket, up to the one that closes it; all, where nothing does.
fn balanced(text: &str) -> usize {
    let mut open: Vec<u8> = Vec::new();
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        let in_quotes = open.last() == Some(&b'"');
        match byte {
            b'\\' => drop(bytes.next()),
            b'\'' if !in_quotes => while bytes.next().is_some_and(|(_, byte)| byte != b'\'') {},
            b'"' if in_quotes => drop(open.pop()),
            b'"' => open.push(b'"'),
            b'(' if !in_quotes || at.checked_sub(1).and_then(|at| text.as_bytes().get(at)) == Some(&b'$') => {
                open.push(b')');
            }
            b'{' if !in_quotes || at.checked_sub(1).and_then(|at| text.as_bytes().get(at)) == Some(&b'$') => {
                open.push(b'}');
            }
            _ if open.last() == Some(&byte) => drop(open.pop()),
            _ => {}
        }
        if open.is_empty() {
            return at + 1;
        }
    }
    text.len()
}

/// A word on its way.
struct Building {
    pieces: Pieces,
    /// Where what is not yet taken begins.
    plain: usize,
    expands: bool,
    globs: bool,
    /// Whether there is a word even if it is empty.
    any: bool,
}

impl Building {
    fn flush(&mut self, text: &LogicalLine<'_>, until: usize) {
        if self.plain < until {
            copy(text, self.plain..until, &mut self.pieces);
        }
        self.plain = until;
    }
}

/// Whether a text is a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
pub(super) fn whole(text: &str) -> LogicalLine<'_> {
    LogicalLine { number: 1, text: text.into(), cut_by_comment: None, segments: Segments::One(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each command as its words, `|` between; assignments first, expanded words with `~`, outputs with `>`.
    fn shape(text: &str, dialect: Dialect) -> Vec<String> {
        let line = whole(text);
        let show = |word: &Word| {
            let mark = if word.expands { "~" } else { "" };
            format!("{mark}{}", word.value())
        };
        let commands = commands(&line, dialect);
        for word in commands.iter().flat_map(|command| &command.words) {
            assert!(text.get(word.span.range()).is_some(), "{text:?}: {word:?}");
        }
        let shown = commands
            .iter()
            .filter(|command| !(command.words.is_empty() && command.assignments.is_empty()))
            .map(|command| {
                let assignments = command.assignments.iter().map(|one| format!("{}={}", one.name, show(&one.value)));
                let outputs = command.outputs.iter().map(|word| format!(">{}", show(word)));
                assignments.chain(command.words.iter().map(show)).chain(outputs).collect::<Vec<_>>().join("|")
            });
        shown.collect()
    }

    #[test]
    fn commands_are_told_apart() {
        for (text, expected) in [
            ("a b; c && d || e | f & g", &["a|b", "c", "d", "e", "f", "g"][..]),
            ("a \\\n  b\nc", &["a|b", "c"]),
            ("if a; then b; else c; fi", &["a", "b", "c"]),
            ("for x in a b; do c $x; done", &["for|x|in|a|b", "c|~$x"]),
            ("(cd a && b) ; c", &["cd|a", "b", "c"]),
            ("a # b ; c\nd#e", &["a", "d#e"]),
            ("a > out 2>&1 < in\nb >>x", &["a|>out", "b|>x"]),
            ("cat <<EOF > f\npip install x\nEOF\nb", &["cat|>f", "b"]),
            ("cat <<-'E'\n\tx\n\tE\nb", &["cat", "b"]),
            ("x() { a; }", &["x", "a"]),
            ("a\r\nb\r\n", &["a", "b"]),
            ("case x in a) b;; esac", &["case|x|in|a", "b", "esac"]),
        ] {
            assert_eq!(shape(text, Dialect::Posix), expected, "{text}");
        }
    }

    #[test]
    fn words_are_the_shells() {
        for (text, expected) in [
            (r#"a 'b c'"d e"f\ g "" '#'"#, "a|b cd ef g||#"),
            (r#""a\"b\$c\d""#, r#"a"b$c\d"#),
            ("A=1 B='x y' c D=2", "A=1|B=x y|c|D=2"),
            ("a $B ${C:-x y} $(d \"e )\") `f g` \"$H\"", "a|~$B|~${C:-x y}|~$(d \"e )\")|~`f g`|~$H"),
            ("a ${{ secrets.X && 'y z' }}/b '${{ x }}'", "a|~${{ secrets.X && 'y z' }}/b|~${{ x }}"),
            ("a {{ c.d }}-e {posargs} b", "a|~{{ c.d }}-e|~{posargs}|b"),
            ("a \"x\\\ny\"", "a|xy"),
            ("a$ $", "a$|$"),
            ("a 'open b", "a|open b"),
        ] {
            assert_eq!(shape(text, Dialect::Posix), [expected], "{text}");
        }
    }

    #[test]
    fn powershell_has_another_escape() {
        assert_eq!(shape("a `\n C:\\b", Dialect::PowerShell), ["a|C:\\b"]);
        assert_eq!(shape("$env:A='b'\nc", Dialect::PowerShell), ["A=b", "c"]);
    }

    #[test]
    fn a_word_across_pieces_has_its_place() {
        let mut pieces = Pieces::default();
        pieces.plain("pip inst", 10);
        pieces.plain("all 'x'y", 30);
        let line = pieces.finish(0, 1);
        let commands = commands(&line, Dialect::Posix);
        let words = &commands[0].words;
        assert_eq!(words[1].span, Span::new(14, 33));
        assert_eq!(words[2].value(), "xy");
        assert_eq!(words[2].text.span(1..2), Span::new(37, 38));
    }

    #[test]
    fn hostile_text_is_read_once() {
        for unit in ["$(", "${", "`", "\"", "'", "{{", "${{", "<<a\n", "((", "\\", "$'", "9", "a=", "<", "\"$("] {
            let text = unit.repeat(200_000);
            drop(commands(&whole(&text), Dialect::Posix));
            drop(commands(&whole(&text), Dialect::PowerShell));
        }
    }
}
