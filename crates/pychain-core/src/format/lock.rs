//! Lock files of every tool, each read by its own reader into the one model.

use super::{pdm_lock, pipfile_lock, poetry_lock, pylock, uv_lock};
use crate::model::{Lock, LockError, LockFormat};
use crate::order::Arrange as _;
use crate::text::{DecodeError, SourceFile, Span};

/// Reads a lock file. Total: a file that its tool refuses says why in [`Lock::errors`].
pub fn parse(file: &SourceFile, format: LockFormat, undecodable: Option<&DecodeError>) -> Lock {
    if undecodable.is_some() {
        // What could not be decoded stands there as U+FFFD.
        let at = file.text().find('\u{fffd}').unwrap_or_default();
        let end = if file.text().is_empty() { at } else { at + '\u{fffd}'.len_utf8() };
        let error = LockError { span: Span::new(at, end), message: "these bytes are no UTF-8".to_owned() };
        return Lock { errors: vec![error], ..Lock::new(format) };
    }
    let mut lock = match format {
        LockFormat::Uv => uv_lock::parse(file),
        LockFormat::Poetry => poetry_lock::parse(file),
        LockFormat::Pdm => pdm_lock::parse(file),
        LockFormat::Pipfile => pipfile_lock::parse(file),
        LockFormat::Pylock => pylock::parse(file),
    };
    lock.errors.arrange();
    lock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_without_end_is_refused_or_read_and_never_a_crash() {
        const DEPTH: usize = 200_000;
        for text in [
            format!("{} = 1\n", vec!["a"; DEPTH].join(".")),
            format!("[{}]\n", vec!["a"; DEPTH].join(".")),
            format!("a = {}", "[".repeat(DEPTH)),
            format!("a = {}1{}", "{a = ".repeat(DEPTH), "}".repeat(DEPTH)),
            format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)),
            format!("{{\"default\": {}1{}}}", "{\"a\": ".repeat(DEPTH), "}".repeat(DEPTH)),
        ] {
            for format in LockFormat::ALL {
                parse(&SourceFile::from_text("lock", text.as_str()), format, None);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_have_a_place() {
        let (file, error) = SourceFile::decode_utf8("uv.lock", b"version = 1\n# \xff\n".as_slice());
        let lock = parse(&file, LockFormat::Uv, error.as_ref());
        assert_eq!(lock.errors.iter().map(|error| file.line_of(error.span.start)).collect::<Vec<_>>(), [2]);
    }
}
