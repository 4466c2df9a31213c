//! The one place where text becomes Markdown that GitHub renders as that text and nothing else.

use crate::prose::{Piece, prose as pieces, visible};

/// Parts a character from what follows, so that GitHub sees no mention, reference, emoji or address.
/// Invisible in the rendered page, and an entity, so visible in the source.
const BREAK: &str = "&#8203;";

/// Prose: its words as text, its code as code.
pub(crate) fn prose(source: &str) -> String {
    prose_with(source, code)
}

/// Prose in a cell of a table.
pub(crate) fn cell_prose(source: &str) -> String {
    prose_with(source, cell_code)
}

fn prose_with(source: &str, code: fn(&str) -> String) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    for piece in pieces(source) {
        match piece {
            Piece::Text(words) => out.push_str(&text(words)),
            Piece::Code(inner) => {
                // Two code spans that touch would be read as one.
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str(&code(inner));
            }
        }
    }
    out
}

/// Words. Must not stand at the start of a line, where `#`, `-`, `1.` and the like mean something else again.
pub(crate) fn text(source: &str) -> String {
    let source = visible(source);
    let mut out = String::with_capacity(source.len() + 16);
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '`' {
            // A backslash before a backtick would not keep it from joining a code span's.
            out.push_str("&#96;");
            continue;
        }
        let is_live = match c {
            // `@someone`, `a@b.example`, `#123`.
            '@' | '#' => true,
            // `https://…`, `:tada:`.
            ':' => chars.peek().is_some_and(|next| !next.is_whitespace()),
            // `www.…`, `GH-123`.
            '.' => ends_with(&out, "www"),
            '-' => ends_with(&out, "gh"),
            _ => false,
        };
        if "\\*_[]<>|~&$".contains(c) {
            out.push('\\');
        }
        out.push(c);
        if is_live {
            out.push_str(BREAK);
        }
    }
    out
}

/// A code span, delimited by more backticks than it holds in a row.
pub(crate) fn code(source: &str) -> String {
    let source = visible(source);
    let fence = "`".repeat(longest_run(&source) + 1);
    let at_edge = |edge: Option<char>| edge.is_none_or(|c| matches!(c, '`' | ' '));
    // One space on each side is taken off again; without it a backtick at the edge would join the fence.
    let pad = if at_edge(source.chars().next()) || at_edge(source.chars().next_back()) { " " } else { "" };
    format!("{fence}{pad}{source}{pad}{fence}")
}

/// A code span in a cell of a table. Readers of tables look for `|` before they look for code, and do not agree on what
/// a backslash before it does: it is written out.
pub(crate) fn cell_code(source: &str) -> String {
    code(&source.replace('|', r"\u{7c}"))
}

/// A fenced block, each line after `indent`; the fence is longer than any run of backticks inside.
pub(crate) fn fenced(lines: &[String], indent: &str) -> String {
    let fence = fence(lines.iter().map(String::as_str));
    let mut out = format!("{indent}{fence}text\n");
    for line in lines {
        out.extend([indent, &visible(line), "\n"]);
    }
    out.extend([indent, &fence, "\n"]);
    out
}

/// What opens and closes a fenced block of these lines: more backticks than any of them has in a row.
pub(crate) fn fence<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let longest = lines.map(longest_run).max().unwrap_or_default();
    "`".repeat((longest + 1).max(3))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn ends_with(text: &str, suffix: &str) -> bool {
    text.len()
        .checked_sub(suffix.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_to_github() {
        for (source, expected) in [
            ("plain words, ünïcode: fine (1.0)", "plain words, ünïcode: fine (1.0)"),
            ("@someone #123 GH-7", "@&#8203;someone #&#8203;123 GH-&#8203;7"),
            ("[x](javascript:y)", r"\[x\](javascript:&#8203;y)"),
            ("<script> & :tada:", r"\<script\> \& :&#8203;tada:"),
            ("www.example.org", "www.&#8203;example.org"),
            ("*a* _b_ ~c~ |d| $e$ \\", r"\*a\* \_b\_ \~c\~ \|d\| \$e\$ \\"),
            ("a\nb", r"a\\nb"),
        ] {
            assert_eq!(text(source), expected);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("flask"), "`flask`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(prose("`a``b`"), "`a` `b`");
        assert_eq!(prose("`a` is\u{202e} #1 `odd"), r"`a` is\\u{202e} #&#8203;1 &#96;odd");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced(&["a ``` b\n".to_owned()], "  "), "  ````text\n  a ``` b\\n\n  ````\n");
    }
}
