//! Reading a file again after an edit: the lines before and behind the edit are as they were, only elsewhere.

use std::ops::Range;

use super::lines::physical_lines;
use crate::model::{Document, Line, Purpose, Section, Shift, Tool};
use crate::text::Span;

/// Bytes that are compared at a time.
const BLOCK: usize = 4096;

/// Whether the lines of a document say nothing that is not in its text, so that the same lines elsewhere are read the same.
/// Lines that name local paths also say what is there.
pub(super) fn is_of_text_alone(document: &Document) -> bool {
    document.paths.is_empty() && document.sections == [Section::new(Tool::Pip, Purpose::RequirementsFile)]
}

/// The lines and comments of a text of which an earlier state has been read; `read` reads what is between.
pub(super) fn lines_again(
    before: Document,
    text: &str,
    read: impl FnOnce(&str) -> (Vec<Line>, Vec<Span>),
) -> (Vec<Line>, Vec<Span>) {
    let Document { source, mut lines, mut comments, .. } = before;
    let (old, new) = edited(source.text(), text);
    let count =
        |text: &str, range: Range<usize>| text.get(range).map_or(0, |text| physical_lines(text).count()).cast_signed();
    let within = Shift { bytes: new.start.cast_signed(), lines: count(text, 0..new.start) };
    let moved = Shift {
        bytes: new.end.cast_signed() - old.end.cast_signed(),
        lines: count(text, new.clone()) - count(source.text(), old.clone()),
    };

    let (mut lines_between, mut comments_between) = read(text.get(new.clone()).unwrap_or_default());
    for line in &mut lines_between {
        line.shift(within);
    }
    for comment in &mut comments_between {
        comment.shift(within.bytes);
    }

    let is_before = |span: Span, at: usize| (span.start as usize) < at;
    let kept = lines.partition_point(|line| is_before(line.span, old.start));
    let behind = lines.partition_point(|line| is_before(line.span, old.end));
    for line in lines.iter_mut().skip(behind) {
        line.shift(moved);
    }
    lines.splice(kept..behind, lines_between);
    let kept = comments.partition_point(|comment| is_before(*comment, old.start));
    let behind = comments.partition_point(|comment| is_before(*comment, old.end));
    for comment in comments.iter_mut().skip(behind) {
        comment.shift(moved.bytes);
    }
    comments.splice(kept..behind, comments_between);
    (lines, comments)
}

/// Where two texts differ: whole physical lines, which neither continue the line before them nor are continued by the one
/// behind them.
fn edited(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let common = common_start(old, new);
    let shared = new.get(..common).unwrap_or_default();
    let start = memchr::memrchr_iter(b'\n', shared).find(|at| ends_line(shared, *at)).map_or(0, |at| at + 1);
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let shared = new_rest.get(new_rest.len() - common_end(old_rest, new_rest)..).unwrap_or_default();
    let tail = memchr::memchr_iter(b'\n', shared)
        .find(|at| *at > 0 && ends_line(shared, *at))
        .map_or(shared.len(), |at| at + 1);
    let behind = shared.len() - tail;
    (start..old.len() - behind, start..new.len() - behind)
}

/// Whether a line ends for good with the line feed at `at`. No look is taken at what stands before a carriage return.
fn ends_line(text: &[u8], at: usize) -> bool {
    !at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|before| matches!(before, b'\\' | b'\r'))
}

/// How many bytes two texts begin with alike.
fn common_start(one: &[u8], other: &[u8]) -> usize {
    let same = one.chunks(BLOCK).zip(other.chunks(BLOCK)).take_while(|(one, other)| one == other);
    let at: usize = same.map(|(block, _)| block.len()).sum();
    let rest = one.iter().skip(at).zip(other.iter().skip(at));
    at + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes two texts end with alike.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let same = one.rchunks(BLOCK).zip(other.rchunks(BLOCK)).take_while(|(one, other)| one == other);
    let at: usize = same.map(|(block, _)| block.len()).sum();
    let rest = one.iter().rev().skip(at).zip(other.iter().rev().skip(at));
    at + rest.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::super::{Paths, parse};
    use super::edited;
    use crate::order::Map;
    use crate::text::SourceFile;

    /// What is read of a text is the same whether an earlier state of it was read or not.
    #[track_caller]
    fn check(before: &str, after: &str) {
        let unknown = Map::new();
        let file = |text: &str| SourceFile::from_text("a/r.txt", text);
        let read = |text: &str, before| parse(&file(text), &Map::new(), Paths::new(&unknown, Some("a")), before);
        let again = read(after, Some(read(before, None)));
        assert_eq!(format!("{again:#?}"), format!("{:#?}", read(after, None)), "{before:?} became {after:?}");
    }

    #[test]
    fn a_key_changes_one_line() {
        let text = "a==1\n# é\n-e git+https://e.org/x#egg=b  # c\nc==1 \\\n  --hash=sha256:00 \\\n  --hash=md5:11\n\n./d\n-r e.txt\nf\n";
        for (at, _) in text.char_indices() {
            for edit in ["x", "\n", " ", "#", "\\", "\\\n", "\r\n", "\n\n", "é"] {
                let after = [&text[..at], edit, &text[at..]].concat();
                check(text, &after);
                check(&after, text);
            }
        }
    }

    #[test]
    fn only_the_lines_of_the_edit_are_read() {
        let parts = |old: &'static str, new: &'static str| {
            let (in_old, in_new) = edited(old, new);
            (&old[in_old], &new[in_new])
        };
        assert_eq!(parts("a\nb\nc\n", "a\nbb\nc\n"), ("b\n", "bb\n"));
        assert_eq!(parts("a\nb\nc\n", "a\nc\n"), ("b\nc\n", "c\n"));
        assert_eq!(parts("a\nb", "a\nb"), ("b", "b"));
        assert_eq!(parts("a \\\n b\nc\nd", "a \\\n b\\\nc\nd"), ("a \\\n b\nc\n", "a \\\n b\\\nc\n"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_kept_is_what_would_be_read(
            start in PART, before in PART, after in PART, end in PART
        ) {
            check(&[&*start, &before, &end].concat(), &[&*start, &after, &end].concat());
        }
    }

    const PART: &str = "([ab]|\\\\|\n|\r\n|\r|\u{85}| |\t|#|;|@|==1|\\[c\\]|https://e.org/|--hash=sha256:a|-r |-e |-i |os_name=='a'|\\./|\"){0,12}";
}
