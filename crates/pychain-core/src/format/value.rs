//! What the readers of manifests share: a value that is a dependency specifier, a setting, or unreadable.

use super::logical::LogicalLine;
use super::requirements_txt::{Paths, from_specifier};
use crate::model::{InstallOption, Line, LineKind, OptionUse, Refusal, RefusalClass, Requirement, Stage, Word};
use crate::text::{SourceFile, Span};

/// A line of a manifest: what stands at `span` in the section of the number.
pub(super) fn line(file: &SourceFile, section: u32, span: Span, kind: LineKind) -> Line {
    Line {
        section,
        number: u32::try_from(file.line_of(span.start)).unwrap_or(u32::MAX),
        span,
        expanded: None,
        options: Vec::new(),
        dropped: Vec::new(),
        cut_by_comment: None,
        kind,
    }
}

/// A dependency specifier, read as packaging reads it: no path, no option, no comment.
pub(super) fn specifier(file: &SourceFile, section: u32, value: &LogicalLine<'_>, paths: &Paths<'_>) -> Line {
    let kind = match from_specifier(value, paths) {
        Ok(requirement) => LineKind::Requirement(Box::new(requirement)),
        Err(refusal) => LineKind::Refused(Box::new(refusal)),
    };
    of_value(file, section, value, kind)
}

/// A requirement that a reader put together itself.
pub(super) fn requirement(file: &SourceFile, section: u32, requirement: Requirement) -> Line {
    line(file, section, requirement.span, LineKind::Requirement(Box::new(requirement)))
}

/// A setting that means the same as an option of pip. `span` is the whole setting.
pub(super) fn setting(file: &SourceFile, section: u32, option: InstallOption, span: Span, value: Word) -> Line {
    Line {
        options: vec![OptionUse { option, span, value, acts: true }],
        ..line(file, section, span, LineKind::Options)
    }
}

/// Something that the tool does not accept.
pub(super) fn refused(file: &SourceFile, section: u32, span: Span, message: impl Into<String>, help: &str) -> Line {
    let refusal = Refusal {
        class: RefusalClass::ValueError,
        stage: Stage::Requirement,
        span,
        message: message.into(),
        help: help.to_owned(),
        editable: false,
    };
    line(file, section, span, LineKind::Refused(Box::new(refusal)))
}

fn of_value(file: &SourceFile, section: u32, value: &LogicalLine<'_>, kind: LineKind) -> Line {
    let span = value.span(0..value.text.len());
    let expanded =
        (file.slice(span) != value.text || value.text.contains(['\n', '\r'])).then(|| value.text.as_ref().into());
    Line { number: value.number, expanded, ..line(file, section, span, kind) }
}
