//! From findings to what the editor underlines: marks on lines, and segments of a line.

use std::rc::Rc;

use crate::lines::Lines;
use crate::report::{Finding, Position, Severity};

use pychain_core::order::Map;

/// Characters of a line that are marked; beyond them nobody reads.
pub const MAX_COLUMNS: usize = 4000;

/// A finding's range in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The first character.
    pub start: Position,
    /// Behind the last one.
    pub end: Position,
    /// How bad.
    pub severity: Severity,
    /// The finding's number in its report.
    pub finding: usize,
}

/// The marks of each file, in the order of their places.
pub type Marks = Map<String, Rc<[Mark]>>;

/// The marks of a report.
pub fn marks(findings: &[Finding]) -> Marks {
    let mut by_path: Map<&str, Vec<Mark>> = Map::new();
    for (number, finding) in findings.iter().enumerate() {
        let (start, end) = (finding.location.start, finding.location.end);
        let mark = Mark { start, end: end.max(start), severity: finding.severity, finding: number };
        by_path.entry(&finding.location.path).or_default().push(mark);
    }
    by_path.into_iter().map(|(path, marks)| (path.to_owned(), marks.into())).collect::<Map<_, _>>()
}

/// A stretch of a line that is shown in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'t> {
    /// The text.
    pub text: &'t str,
    /// The worst mark on it.
    pub mark: Option<Mark>,
    /// Whether it belongs to the chosen finding.
    pub chosen: bool,
}

/// Cuts line `number` (from 1) wherever a mark begins or ends. Where marks overlap the chosen one is shown, else the worst.
pub fn segments<'t>(line: &'t str, number: usize, marks: &[Mark], chosen: Option<usize>) -> Vec<Segment<'t>> {
    let line = line.char_indices().nth(MAX_COLUMNS).map_or(line, |(end, _)| line.get(..end).unwrap_or_default());
    // Columns from 0, half-open, within this line.
    let here: Vec<(usize, usize, Mark)> = marks
        .iter()
        .filter(|mark| mark.start.line <= number && number <= mark.end.line)
        .map(|mark| {
            let start = if mark.start.line == number { mark.start.column - 1 } else { 0 };
            let end = if mark.end.line == number { mark.end.column - 1 } else { usize::MAX };
            // A place without width is shown on the character behind it.
            (start, if mark.start == mark.end { start + 1 } else { end }, *mark)
        })
        .collect();
    if here.is_empty() {
        return vec![Segment { text: line, mark: None, chosen: false }];
    }
    let mut cuts: Vec<usize> = here.iter().flat_map(|(start, end, _)| [*start, *end]).chain([0]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut out: Vec<(usize, usize, Option<Mark>)> = Vec::with_capacity(cuts.len());
    let mut places = line.char_indices().map(|(at, _)| at).chain([line.len()]).enumerate();
    let mut byte_of = |column: usize| places.find(|(at, _)| *at >= column).map_or(line.len(), |(_, byte)| byte);
    let mut from = byte_of(0);
    for (at, column) in cuts.iter().enumerate() {
        let to = cuts.get(at + 1).map_or(line.len(), |next| byte_of(*next));
        if from == to {
            continue;
        }
        let on = here.iter().filter(|(start, end, _)| start <= column && column < end);
        let best =
            on.max_by_key(|(_, _, mark)| (Some(mark.finding) == chosen, mark.severity)).map(|(_, _, mark)| *mark);
        match out.last_mut() {
            Some((_, end, mark)) if *mark == best => *end = to,
            _ => out.push((from, to, best)),
        }
        from = to;
    }
    let segment = |(from, to, mark): (usize, usize, Option<Mark>)| Segment {
        text: line.get(from..to).unwrap_or_default(),
        mark,
        chosen: mark.is_some_and(|mark| Some(mark.finding) == chosen),
    };
    out.into_iter().map(segment).collect()
}

/// The marks after an edit and before the next report: those behind it move, those it touches go.
pub fn follow(marks: &[Mark], (old, old_lines): (&str, &Lines), (new, new_lines): (&str, &Lines)) -> Vec<Mark> {
    let (old_bytes, new_bytes) = (old.as_bytes(), new.as_bytes());
    let same = same_bytes((old_bytes.chunks_exact(CHUNK), new_bytes.chunks_exact(CHUNK)), |from| {
        (old_bytes.iter().skip(from), new_bytes.iter().skip(from))
    });
    let longest = old.len().min(new.len()) - same;
    let (old_tail, new_tail) = (&old_bytes[old.len() - longest..], &new_bytes[new.len() - longest..]);
    let same_behind = same_bytes((old_tail.rchunks_exact(CHUNK), new_tail.rchunks_exact(CHUNK)), |from| {
        (old_tail.iter().rev().skip(from), new_tail.iter().rev().skip(from))
    });
    // An edit may be told between two bytes of a character; its place is before it, or behind it.
    let from = old_lines.position(old, old.floor_char_boundary(same));
    let end = |text: &str, lines: &Lines| lines.position(text, text.ceil_char_boundary(text.len() - same_behind));
    let (old_end, new_end) = (end(old, old_lines), end(new, new_lines));
    let moved = |at: Position| {
        let column = if at.line == old_end.line { at.column - old_end.column + new_end.column } else { at.column };
        Position { line: at.line - old_end.line + new_end.line, column }
    };
    let followed = marks.iter().filter_map(|mark| {
        if mark.end <= from && mark.start < from {
            Some(*mark)
        } else if mark.start >= old_end {
            Some(Mark { start: moved(mark.start), end: moved(mark.end), ..*mark })
        } else {
            None
        }
    });
    followed.collect()
}

/// Bytes that are compared at once: an edit of a long text leaves nearly all of it as it was.
const CHUNK: usize = 256;

/// How many bytes two texts share from where both are looked at: chunk by chunk, then one by one from a byte on.
fn same_bytes<'t, C: Iterator<Item = &'t [u8]>, B: Iterator<Item = &'t u8>>(
    (a, b): (C, C),
    from: impl Fn(usize) -> (B, B),
) -> usize {
    let chunks = a.zip(b).take_while(|(a, b)| a == b).count() * CHUNK;
    let (a, b) = from(chunks);
    chunks + a.zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(finding: usize, severity: Severity, start: (usize, usize), end: (usize, usize)) -> Mark {
        let at = |(line, column)| Position { line, column };
        Mark { start: at(start), end: at(end), severity, finding }
    }

    fn shown(line: &str, number: usize, marks: &[Mark], chosen: Option<usize>) -> String {
        let segments = segments(line, number, marks, chosen);
        assert_eq!(segments.iter().map(|segment| segment.text).collect::<String>(), line, "nothing is lost");
        let part = |segment: &Segment<'_>| match segment.mark {
            None => segment.text.to_owned(),
            Some(mark) if segment.chosen => format!("<{}!{}>", mark.finding, segment.text),
            Some(mark) => format!("<{}:{}>", mark.finding, segment.text),
        };
        segments.iter().map(part).collect()
    }

    #[test]
    fn a_line_is_cut_at_its_marks() {
        let marks = [mark(0, Severity::Low, (1, 1), (1, 9)), mark(1, Severity::High, (1, 4), (1, 6))];
        assert_eq!(shown("requests==2", 1, &marks, None), "<0:req><1:ue><0:sts>==2");
        assert_eq!(shown("requests==2", 1, &marks, Some(0)), "<0!requests>==2");
        assert_eq!(shown("flask", 2, &marks, None), "flask");
        assert_eq!(shown("", 1, &marks, None), "");
    }

    #[test]
    fn marks_run_over_lines_and_characters_count() {
        let marks = [mark(0, Severity::High, (1, 3), (2, 2))];
        assert_eq!(shown("é\u{1F600}ab", 1, &marks, None), "é\u{1F600}<0:ab>");
        assert_eq!(shown("éa", 2, &marks, None), "<0:é>a");
        let point = [mark(0, Severity::High, (1, 2), (1, 2))];
        assert_eq!(shown("abc", 1, &point, None), "a<0:b>c");
    }

    #[test]
    fn marks_follow_an_edit() {
        let marks = [mark(0, Severity::High, (1, 1), (1, 4)), mark(1, Severity::High, (2, 2), (2, 4))];
        let lines = |marks: &[Mark]| {
            marks.iter().map(|mark| (mark.finding, mark.start.line, mark.start.column)).collect::<Vec<_>>()
        };
        let follow = |old: &str, new: &str| lines(&follow(&marks, (old, &Lines::of(old)), (new, &Lines::of(new))));
        let old = "abcd\nefgh\n";
        assert_eq!(follow(old, "abcd\nnew\nefgh\n"), [(0, 1, 1), (1, 3, 2)]);
        assert_eq!(follow(old, "abcd\nXefgh\n"), [(0, 1, 1), (1, 2, 3)]);
        assert_eq!(follow(old, "aXbcd\nefgh\n"), [(1, 2, 2)]);
        assert_eq!(follow(old, "efgh\n"), [(1, 1, 2)]);
        assert_eq!(follow(old, ""), []);
        assert_eq!(follow(old, old), [(0, 1, 1), (1, 2, 2)]);
        // Two characters that share a byte.
        assert_eq!(follow("abc\u{e9}\nefgh\n", "abc\u{e8}\nefgh\n"), [(0, 1, 1), (1, 2, 2)]);
        assert_eq!(follow("ab\u{e9}d\nefgh\n", "ab\u{e8}d\nefgh\n"), [(1, 2, 2)]);
        let long = "x".repeat(3 * CHUNK);
        let (old, new) = (format!("abcd\n {long}\nefgh\n{long}"), format!("abcd\n {long}Y\nefgh\n{long}"));
        assert_eq!(follow(&old, &new), [(0, 1, 1), (1, 2, 2)]);
        assert_eq!(follow(&new, &old), [(0, 1, 1), (1, 2, 2)]);
    }
}
