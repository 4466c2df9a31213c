//! The hidden line at the end of what we write, by which a later run knows it again.
//!
//! It holds nothing of the pull request's own text. It is worth something only in a comment of ours: anybody can
//! write one, and so hide a finding that was never told.

use crate::finding::Finding;

/// What a comment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    /// It speaks of a finding, and perhaps of its end.
    Finding { fingerprint: String, fixed: bool },
    /// It is the summary.
    Summary,
}

const START: &str = "<!-- pychain v1 ";
const END: &str = " -->";

/// Hex digits of a fingerprint that a marker holds.
const DIGITS: usize = 16;

/// As much of a finding's fingerprint as a marker holds.
pub(super) fn fingerprint(finding: &Finding) -> String {
    finding.fingerprint.to_string().chars().take(DIGITS).collect()
}

/// The marker of a comment on a finding.
pub(super) fn of_finding(fingerprint: &str, head: &str, fixed: bool) -> String {
    format!("{START}f={fingerprint} h={}{}{END}", hex(head), if fixed { " fixed" } else { "" })
}

/// The marker of a review's own text.
pub(super) fn of_review(head: &str) -> String {
    format!("{START}review h={}{END}", hex(head))
}

/// The marker of the summary.
pub(super) fn of_summary() -> String {
    format!("{START}summary{END}")
}

/// What the last line of a text says that it is.
pub(super) fn parse(body: &str) -> Option<Marker> {
    let mut words = content(body.trim_end().lines().next_back()?)?.split(' ');
    let first = words.next()?;
    if first == "summary" {
        return words.next().is_none().then_some(Marker::Summary);
    }
    let fingerprint = first.strip_prefix("f=").filter(|hex| hex.len() == DIGITS && is_hex(hex))?;
    words.next()?.strip_prefix("h=").filter(|hex| is_hex(hex))?;
    let fixed = match (words.next(), words.next()) {
        (None, _) => false,
        (Some("fixed"), None) => true,
        _ => return None,
    };
    Some(Marker::Finding { fingerprint: fingerprint.to_owned(), fixed })
}

/// Whether two texts say the same, whichever commit their markers name.
pub(super) fn same_text(one: &str, other: &str) -> bool {
    let said = |body: &str| {
        let lines = body.trim_end().lines().map(str::trim_end).filter(|line| content(line).is_none());
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    };
    parse(one) == parse(other) && said(one) == said(other)
}

fn content(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix(START)?.strip_suffix(END)
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A commit's name, without anything that no such name has.
fn hex(head: &str) -> String {
    head.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        let finding = |fixed| Some(Marker::Finding { fingerprint: "0123456789abcdef".to_owned(), fixed });
        for fixed in [false, true] {
            let marker = of_finding("0123456789abcdef", "a1b2", fixed);
            assert_eq!(parse(&format!("text\n\n{marker}\r\n")), finding(fixed));
        }
        assert_eq!(of_finding("0123456789abcdef", "a1b2", false), "<!-- pychain v1 f=0123456789abcdef h=a1b2 -->");
        assert_eq!(parse(&of_summary()), Some(Marker::Summary));
        assert_eq!(parse(&of_review("a1b2")), None);
    }

    #[test]
    fn what_only_resembles_a_marker_is_none() {
        let good = of_finding("0123456789abcdef", "a1b2", false);
        for body in [
            "",
            "text",
            "<!-- pychain v1 -->",
            "<!-- pychain v1 f=0123 h=a1 -->",
            "<!-- pychain v1 f=0123456789abcdef h= -->",
            "<!-- pychain v1 f=0123456789abcdef h=a1 fixed too -->",
            "<!-- pychain v2 f=0123456789abcdef h=a1 -->",
            &format!("{good}\ntext after"),
            &format!("> {good}"),
        ] {
            assert_eq!(parse(body), None, "{body}");
        }
    }

    #[test]
    fn the_commit_in_a_marker_is_no_difference() {
        let body = |head, fixed| format!("text\n\n{}", of_finding("0123456789abcdef", head, fixed));
        assert!(same_text(&body("a1", false), &body("b2", false).replace('\n', "\r\n")));
        assert!(!same_text(&body("a1", false), &body("a1", true)));
        assert!(!same_text("text", &body("a1", false)));
    }
}
