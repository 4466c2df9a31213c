//! One file's change as a unified diff: which lines it shows, and the text before it.

use std::ops::RangeInclusive;

/// The hunks of one file's change, as GitHub's `patch` has them: no header, three lines of context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    hunks: Vec<Hunk>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    /// The first line after the change, 1-based; the line before the gap where there is none.
    start: usize,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    kind: Kind,
    /// With its line feed, if it has one.
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kept,
    Added,
    Removed,
}

impl Patch {
    /// Reads a patch. `None` for text that is not a whole one: a hunk's lines must be as many as its header says.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let mut left = (0, 0);
        for line in text.split_terminator('\n') {
            if left == (0, 0)
                && let Some((before, after, start)) = header(line)
            {
                left = (before, after);
                hunks.push(Hunk { start, lines: Vec::new() });
                continue;
            }
            let hunk = hunks.last_mut()?;
            let (mark, content) = line.split_at_checked(1).unwrap_or((line, ""));
            let kind = match mark {
                " " | "" => Kind::Kept,
                "+" => Kind::Added,
                "-" => Kind::Removed,
                "\\" => {
                    let text = &mut hunk.lines.last_mut()?.text;
                    text.pop();
                    continue;
                }
                _ => return None,
            };
            if kind != Kind::Added {
                left.0 = usize::checked_sub(left.0, 1)?;
            }
            if kind != Kind::Removed {
                left.1 = usize::checked_sub(left.1, 1)?;
            }
            hunk.lines.push(Line { kind, text: format!("{content}\n") });
        }
        (left == (0, 0)).then_some(Self { hunks })
    }

    /// Whether the text before is one line without a line feed, as the target of a symbolic link is.
    pub fn begins_with_one_unended_line(&self) -> bool {
        let mut before = self.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind != Kind::Added);
        before.next().is_some_and(|line| !line.text.ends_with('\n')) && before.next().is_none()
    }

    /// How many lines it adds and how many it removes.
    pub fn counts(&self) -> (usize, usize) {
        let of = |kind| self.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind).count();
        (of(Kind::Added), of(Kind::Removed))
    }

    /// The lines after the change that each hunk shows, 1-based.
    pub fn ranges(&self) -> impl Iterator<Item = RangeInclusive<usize>> {
        self.hunks.iter().filter_map(|hunk| {
            let count = hunk.count_after();
            (count > 0).then(|| hunk.start..=hunk.start + count - 1)
        })
    }

    /// Whether one hunk shows all these lines.
    pub fn shows(&self, lines: &RangeInclusive<usize>) -> bool {
        self.ranges().any(|range| range.contains(lines.start()) && range.contains(lines.end()))
    }

    /// Whether it may concern a block of lines that all begin with `#`, the first one being `opening`. What stands above
    /// a hunk is not known, so that it may be such a block.
    pub fn may_touch_block(&self, opening: &str) -> bool {
        self.hunks.iter().any(|hunk| {
            // Whether such a block goes on here, before the change and after it.
            let (mut before, mut after) = (hunk.start > 1, hunk.start > 1);
            hunk.lines.iter().any(|line| {
                let opens = line.text.trim_end() == opening;
                let touches = line.kind != Kind::Kept && (opens || before || after);
                let goes_on = line.text.starts_with('#');
                if line.kind != Kind::Added {
                    before = opens || (before && goes_on);
                }
                if line.kind != Kind::Removed {
                    after = opens || (after && goes_on);
                }
                touches
            })
        })
    }

    /// Whether a line that it adds or takes away is such a one.
    pub fn touches(&self, is_such: impl Fn(&str) -> bool) -> bool {
        let mut lines = self.hunks.iter().flat_map(|hunk| &hunk.lines);
        lines.any(|line| line.kind != Kind::Kept && is_such(&line.text))
    }

    /// The text before the change, out of the text after it. `None` where the two do not fit together.
    pub fn revert(&self, after: &str) -> Option<String> {
        let mut rest = after.split_inclusive('\n');
        let mut at = 1;
        let mut before = String::with_capacity(after.len());
        for hunk in &self.hunks {
            let first = if hunk.count_after() == 0 { hunk.start + 1 } else { hunk.start };
            while at < first {
                before.push_str(rest.next()?);
                at += 1;
            }
            for line in &hunk.lines {
                if line.kind != Kind::Removed {
                    at += 1;
                    if rest.next()? != line.text {
                        return None;
                    }
                }
                if line.kind != Kind::Added {
                    // A byte that is no UTF-8 came as this: what it was, the patch does not tell.
                    if line.text.contains(char::REPLACEMENT_CHARACTER) {
                        return None;
                    }
                    before.push_str(&line.text);
                }
            }
        }
        before.extend(rest);
        Some(before)
    }
}

impl Hunk {
    fn count_after(&self) -> usize {
        self.lines.iter().filter(|line| line.kind != Kind::Removed).count()
    }
}

/// Of `@@ -1,2 +3,4 @@ anything`: lines before, lines after, first line after.
fn header(line: &str) -> Option<(usize, usize, usize)> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (before, after) = ranges.split_once(" +")?;
    let range = |text: &str| -> Option<(usize, usize)> {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let (start, count) = range(after)?;
    Some((range(before)?.1, count, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, patch: &str, ranges: &[RangeInclusive<usize>]) {
        let patch = Patch::parse(patch).expect("a patch");
        assert_eq!(patch.revert(after).as_deref(), Some(before));
        assert_eq!(patch.ranges().collect::<Vec<_>>(), ranges);
    }

    #[test]
    fn the_text_before_comes_out_of_the_text_after() {
        check("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c", &[1..=3]);
        check("a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b", &[1..=2]);
        check("a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b", &[]);
        check("", "a\n", "@@ -0,0 +1 @@\n+a", &[1..=1]);
    }

    #[test]
    fn line_ends_are_part_of_lines() {
        check("a\r\nb", "a\r\nc\n", "@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c", &[1..=2]);
        check("a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file", &[1..=1]);
    }

    #[test]
    fn lines_outside_of_hunks_are_kept() {
        let after: String = (1..=20).flat_map(|n| [n.to_string(), "\n".to_owned()]).collect();
        let before = after.replace("2\n3\n", "2\n").replace("18\n", "18\nx\n");
        let patch = "@@ -1,2 +1,3 @@ section\n 1\n 2\n+3\n@@ -17,2 +18 @@\n 18\n-x";
        let parsed = Patch::parse(patch).expect("a patch");
        assert_eq!(parsed.revert(&after), Some(before));
        assert!(parsed.shows(&(1..=3)) && parsed.shows(&(18..=18)));
        assert!(!parsed.shows(&(3..=18)) && !parsed.shows(&(4..=4)));
        assert_eq!(parsed.counts(), (1, 1));
    }

    #[test]
    fn blocks_of_comments_are_told_from_other_lines() {
        for (patch, expected) in [
            ("@@ -0,0 +1,3 @@\n+# /// script\n+# x\n+# ///", true),
            ("@@ -1,3 +1,3 @@\n # License\n-# 2025\n+# 2026\n x", false),
            ("@@ -1,3 +1,4 @@\n # /// script\n # x\n+\n # y", true),
            ("@@ -4,3 +4,3 @@\n # a\n # b\n-# c\n+# d", true),
            ("@@ -4,3 +4,3 @@\n # a\n b\n-# c\n+# d", false),
            ("@@ -4,2 +4,2 @@\n-a\n+b\n c", true),
            ("@@ -4,3 +4,3 @@\n a\n-b\n+c\n # /// script", false),
        ] {
            assert_eq!(Patch::parse(patch).expect("a patch").may_touch_block("# /// script"), expected, "{patch}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for patch in ["a", "@@ -1,2 +1,2 @@\n a", "@@ -1 +1 @@\n a\n b", "@@ -1 +1 @@\n?a", "@@ -x +1 @@"] {
            assert_eq!(Patch::parse(patch), None, "{patch}");
        }
        let patch = Patch::parse("@@ -1 +1 @@\n-a\n+b").expect("a patch");
        assert_eq!(patch.revert("c\n"), None);
        assert_eq!(patch.revert("b"), None);
        assert_eq!(Patch::parse("@@ -1 +1 @@\n-\u{fffd}\n+b").expect("a patch").revert("b\n"), None);
    }
}
