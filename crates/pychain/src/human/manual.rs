//! A rule's manual page, from Markdown to plain text.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use pychain_core::rule::Rule;
use pychain_core::rules::MANUALS;

/// The whole page. Styled.
pub(crate) fn page(rule: &Rule) -> String {
    plain(&MANUALS.page(rule))
}

/// Why it matters, in one sentence; none where the manual does not say.
pub(crate) fn why(rule: &Rule) -> Option<String> {
    Some(links(rule.why)).filter(|sentence| !sentence.is_empty())
}

fn plain(markdown: &str) -> String {
    let heading = Style::new().bold().fg_color(Some(AnsiColor::Blue.into()));
    let mut out = String::new();
    let mut in_code = false;
    for line in markdown.trim_end().lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            let _ = writeln!(out, "    {line}");
        } else if line.starts_with('#') {
            let _ = writeln!(out, "{heading}{}{heading:#}", line.trim_start_matches('#').trim());
        } else {
            let _ = writeln!(out, "{}", links(line));
        }
    }
    out
}

/// `[text](url)` as `text (url)`, `<url>` as `url`.
fn links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['[', '<', '`']) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let taken = match rest.as_bytes().first() {
            Some(b'`') => rest.get(1..).and_then(|code| code.find('`')).map(|end| (end + 2, rest.get(..end + 2))),
            Some(b'<') if rest.starts_with("<http") => rest.find('>').map(|end| (end + 1, rest.get(1..end))),
            _ => None,
        };
        if let Some((length, Some(text))) = taken {
            out.push_str(text);
            rest = rest.get(length..).unwrap_or_default();
        } else if let Some((text, url, after)) = link(rest) {
            let _ = write!(out, "{text} ({url})");
            rest = after;
        } else {
            out.push_str(rest.get(..1).unwrap_or_default());
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// Text, URL and what follows of a Markdown link at the start of `rest`.
fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (url, after) = after.split_once(')')?;
    (!text.contains(['[', ']'])).then_some((text, url, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_text() {
        let text = "## Why it matters\nIt does. See [pip's manual](https://pip.pypa.io) and <https://x.example>.\n\n\
                    ```requirements,bad\n  a # ## b\n```\n`[x](y)` stays.\n";
        let shown = anstream::adapter::strip_str(&plain(text)).to_string();
        assert_eq!(
            shown,
            "Why it matters\nIt does. See pip's manual (https://pip.pypa.io) and https://x.example.\n\n\
             \x20     a # ## b\n`[x](y)` stays.\n"
        );
    }

    #[test]
    fn brackets_that_are_no_link_stay() {
        for text in ["a[extra]==1", "[a] (b)", "x < y", "`", "[", "a [b](c"] {
            assert_eq!(links(text), text);
        }
    }
}
