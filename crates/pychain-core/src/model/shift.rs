//! Moves what was read of a line to where the line stands now.

use super::{HashOption, Include, Line, LineKind, Oddities, OptionUse, Refusal, Requirement, Source, Word};
use crate::requirement::Specifier;
use crate::text::Span;

/// How far a line has moved; negative backwards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    /// In bytes.
    pub(crate) bytes: isize,
    /// In physical lines.
    pub(crate) lines: isize,
}

impl Line {
    /// Moves the line and all that was read of it. Names every field, so that none with a place is forgotten.
    pub(crate) fn shift(&mut self, by: Shift) {
        let Self { section: _, number, span, options, kind, odd } = self;
        *number = u32::try_from((*number as usize).saturating_add_signed(by.lines)).unwrap_or(u32::MAX);
        span.shift(by.bytes);
        for OptionUse { option: _, span, value, acts: _ } in options {
            span.shift(by.bytes);
            value.shift(by);
        }
        if let Some(odd) = odd {
            let Oddities { expanded: _, dropped, cut_by_comment } = &mut **odd;
            for word in dropped {
                word.shift(by);
            }
            by.moves(cut_by_comment);
        }
        match kind {
            LineKind::Requirement(requirement) => requirement.shift(by),
            LineKind::Include(include) => {
                let Include { target: _, target_span, constraint: _, is_list: _, path: _ } = &mut **include;
                target_span.shift(by.bytes);
            }
            LineKind::Refused(refusal) => {
                let Refusal { class: _, stage: _, span, message: _, help: _, editable: _ } = &mut **refusal;
                span.shift(by.bytes);
            }
            LineKind::Options => {}
        }
    }
}

impl Requirement {
    fn shift(&mut self, by: Shift) {
        let Self {
            span,
            name: _,
            name_span,
            extras: _,
            specifiers,
            specifiers_span,
            marker: _,
            marker_span,
            source,
            hashes,
            editable: _,
            index,
        } = self;
        span.shift(by.bytes);
        by.moves(name_span);
        for Specifier { operator: _, version: _, span } in specifiers {
            span.shift(by.bytes);
        }
        specifiers_span.shift(by.bytes);
        by.moves(marker_span);
        match source {
            Source::Index => {}
            Source::Url(url) => url.span.shift(by.bytes),
            Source::Path(path) => path.url.span.shift(by.bytes),
        }
        for HashOption { algorithm: _, digest: _, span, digest_span } in hashes {
            span.shift(by.bytes);
            digest_span.shift(by.bytes);
        }
        if let Some(index) = index {
            index.shift(by);
        }
    }
}

impl Word {
    fn shift(&mut self, by: Shift) {
        self.span.shift(by.bytes);
    }
}

impl Shift {
    fn moves(self, span: &mut Option<Span>) {
        if let Some(span) = span {
            span.shift(self.bytes);
        }
    }
}
