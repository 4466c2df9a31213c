//! The little Markdown that our own manuals are written in, taken apart for the page. Nothing of it becomes HTML text.

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'m> {
    /// A heading of a level.
    Heading(usize, &'m str),
    /// A paragraph; its lines are joined.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// A fenced block: the info string and the lines.
    Code(&'m str, String),
    /// A table: rows of cells, the first the heading.
    Table(Vec<Vec<&'m str>>),
}

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline<'m> {
    /// Words.
    Text(&'m str),
    /// Between backticks.
    Code(&'m str),
    /// Between double asterisks.
    Strong(&'m str),
    /// Text and an address with `https`.
    Link(&'m str, &'m str),
}

/// The blocks of a text.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        if ticks >= 3 {
            let mut code = String::new();
            for line in lines.by_ref() {
                let end = line.trim();
                if end.len() >= ticks && end.bytes().all(|byte| byte == b'`') {
                    break;
                }
                code.push_str(line);
                code.push('\n');
            }
            blocks.push(Block::Code(trimmed.trim_start_matches('`').trim(), code));
        } else if trimmed.starts_with('#') {
            let level = trimmed.len() - trimmed.trim_start_matches('#').len();
            blocks.push(Block::Heading(level, trimmed.trim_start_matches('#').trim()));
        } else if let Some(item) = item(trimmed) {
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(item.to_owned()),
                _ => blocks.push(Block::List(vec![item.to_owned()])),
            }
        } else if trimmed.starts_with('|') {
            let row: Vec<&str> = trimmed.trim_matches('|').split('|').map(str::trim).collect();
            let is_rule =
                row.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|byte| matches!(byte, b'-' | b':')));
            match blocks.last_mut() {
                _ if is_rule => {}
                Some(Block::Table(rows)) => rows.push(row),
                _ => blocks.push(Block::Table(vec![row])),
            }
        } else if !trimmed.is_empty() {
            let mut paragraph = trimmed.to_owned();
            let goes_on = |next: &&str| {
                let next = next.trim();
                !next.is_empty() && !next.starts_with(['#', '|']) && !next.starts_with("```") && item(next).is_none()
            };
            while let Some(next) = lines.next_if(goes_on) {
                paragraph.push(' ');
                paragraph.push_str(next.trim());
            }
            // A line below an item belongs to it.
            match blocks.last_mut() {
                Some(Block::List(items)) if line.starts_with("  ") => {
                    if let Some(last) = items.last_mut() {
                        last.push(' ');
                        last.push_str(&paragraph);
                    }
                }
                _ => blocks.push(Block::Paragraph(paragraph)),
            }
        }
    }
    blocks
}

fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// The stretches of a paragraph, an item or a cell.
pub fn inlines(text: &str) -> Vec<Inline<'_>> {
    let mut out = Vec::new();
    let mut words = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let found = code(rest).or_else(|| strong(rest)).or_else(|| link(rest)).or_else(|| bare(rest));
        let Some((inline, length)) = found else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if words < at {
            out.push(Inline::Text(&text[words..at]));
        }
        out.push(inline);
        at += length;
        words = at;
    }
    if words < text.len() {
        out.push(Inline::Text(&text[words..]));
    }
    out
}

fn code(rest: &str) -> Option<(Inline<'_>, usize)> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let fence = rest.get(..ticks).filter(|fence| !fence.is_empty())?;
    let inner = rest.get(ticks..)?;
    let end = inner.find(fence)?;
    let mut code = &inner[..end];
    if ticks > 1 {
        code = code.trim();
    }
    Some((Inline::Code(code), end + 2 * ticks))
}

fn strong(rest: &str) -> Option<(Inline<'_>, usize)> {
    let inner = rest.strip_prefix("**")?;
    let end = inner.find("**").filter(|end| *end > 0)?;
    Some((Inline::Strong(&inner[..end]), end + 4))
}

fn link(rest: &str) -> Option<(Inline<'_>, usize)> {
    let inner = rest.strip_prefix('[')?;
    let (text, after) = inner.split_once("](")?;
    let (address, _) = after.split_once(')')?;
    if text.contains(['[', ']']) {
        return None;
    }
    let length = text.len() + address.len() + 4;
    if address.starts_with("https://") {
        return Some((Inline::Link(text, address), length));
    }
    // A page beside the manuals, which is not here.
    let is_beside = address.ends_with(".md") && !address.contains(':');
    is_beside.then_some((Inline::Text(text), length))
}

fn bare(rest: &str) -> Option<(Inline<'_>, usize)> {
    if let Some(inner) = rest.strip_prefix("<https://") {
        let end = inner.find('>')?;
        let address = &rest[1..=end + 8];
        return Some((Inline::Link(address, address), end + 10));
    }
    None
}

#[cfg(test)]
mod tests {
    use pychain_core::rules::{MANUALS, RULES};

    use super::*;

    #[test]
    fn blocks_are_taken_apart() {
        let text = "# T\n\nOne\ntwo `x`.\n- a\n- b\n  more\n\n```text,bad\n# no heading\n\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        assert_eq!(
            blocks(text),
            [
                Block::Heading(1, "T"),
                Block::Paragraph("One two `x`.".to_owned()),
                Block::List(vec!["a".to_owned(), "b more".to_owned()]),
                Block::Code("text,bad", "# no heading\n\n".to_owned()),
                Block::Table(vec![vec!["a", "b"], vec!["1", "2"]]),
            ]
        );
    }

    #[test]
    fn stretches_are_taken_apart_and_only_https_is_a_link() {
        assert_eq!(
            inlines("See `a` and [b](https://b.org/x), **not** [c](javascript:d) é <https://e.org>"),
            [
                Inline::Text("See "),
                Inline::Code("a"),
                Inline::Text(" and "),
                Inline::Link("b", "https://b.org/x"),
                Inline::Text(", "),
                Inline::Strong("not"),
                Inline::Text(" [c](javascript:d) é "),
                Inline::Link("https://e.org", "https://e.org"),
            ]
        );
        assert_eq!(inlines("`` a`b `` `odd"), [Inline::Code("a`b"), Inline::Text(" `odd")]);
    }

    #[test]
    fn every_manual_is_understood() {
        for rule in RULES {
            let text = MANUALS.page(rule);
            let blocks = blocks(&text);
            assert!(blocks.len() > 5, "{}", rule.id);
            let plain = |text: &str| {
                inlines(text)
                    .iter()
                    .all(|inline| !matches!(inline, Inline::Text(text) if text.contains("](") || text.contains('`')))
            };
            for block in &blocks {
                let understood = match block {
                    Block::Paragraph(text) => plain(text),
                    Block::List(items) => items.iter().all(|item| plain(item)),
                    _ => true,
                };
                assert!(understood, "{}: {block:?}", rule.id);
            }
        }
    }
}
