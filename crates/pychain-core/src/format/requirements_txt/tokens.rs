//! A file as a row of tokens that, joined, are the file: for highlighting, and as proof that nothing is lost.

use crate::model::{Document, Line, LineKind};
use crate::order::Arrange as _;
use crate::text::{SourceFile, Span};

/// A stretch of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a stretch of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// White space, line ends, continuations.
    Space,
    /// A comment.
    Comment,
    /// The name of a project.
    Name,
    /// Version specifiers.
    Specifier,
    /// An environment marker.
    Marker,
    /// A URL or path that a requirement comes from.
    Reference,
    /// The rest of a requirement: extras, brackets, `@`, `;`.
    Requirement,
    /// An option with its value.
    Option,
    /// A `--hash` option.
    Hash,
    /// Text that the installer throws away.
    Dropped,
    /// Text that the installer refuses.
    Refused,
}

/// Takes a file apart. The tokens' spans touch each other and cover the file.
pub fn tokens(file: &SourceFile, document: &Document) -> Vec<Token> {
    let mut marks: Vec<Token> =
        document.comments.iter().map(|span| Token { kind: TokenKind::Comment, span: *span }).collect();
    for line in &document.lines {
        of_line(line, &mut marks);
    }
    // Narrow before wide, so that what stands inside a requirement is seen and the requirement fills the gaps.
    marks.retain(|mark| !mark.span.is_empty());
    let full = file.full_span();
    let mut edges: Vec<u32> =
        marks.iter().flat_map(|mark| [mark.span.start, mark.span.end]).chain([full.start, full.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut starting = marks;
    starting.arrange_by_key(|mark| std::cmp::Reverse((mark.span.start, std::cmp::Reverse(mark.span.len()))));
    let mut open: Vec<Token> = Vec::new();
    let mut out: Vec<Token> = Vec::new();
    for pair in edges.windows(2) {
        let [start, end] = *pair else { continue };
        while let Some(mark) = starting.pop_if(|mark| mark.span.start <= start) {
            open.push(mark);
        }
        open.retain(|mark| mark.span.end > start);
        let kind = open.iter().min_by_key(|mark| mark.span.len()).map_or(TokenKind::Space, |mark| mark.kind);
        match out.last_mut() {
            Some(last) if last.kind == kind && last.span.end == start => last.span.end = end,
            _ => out.push(Token { kind, span: Span { start, end } }),
        }
    }
    out
}

fn of_line(line: &Line, marks: &mut Vec<Token>) {
    let mut mark = |kind, span| marks.push(Token { kind, span });
    for used in &line.options {
        let hash = used.option == crate::model::InstallOption::Hash;
        mark(if hash { TokenKind::Hash } else { TokenKind::Option }, used.span);
    }
    line.dropped().iter().for_each(|word| mark(TokenKind::Dropped, word.span));
    match &line.kind {
        LineKind::Refused(refusal) => {
            mark(TokenKind::Refused, refusal.span);
            mark(TokenKind::Requirement, line.span);
        }
        LineKind::Requirement(requirement) => {
            mark(TokenKind::Requirement, requirement.span);
            requirement.hashes.iter().for_each(|hash| mark(TokenKind::Hash, hash.span));
            if let Some(span) = requirement.name_span {
                mark(TokenKind::Name, span);
            }
            mark(TokenKind::Specifier, requirement.specifiers_span);
            if let Some(span) = requirement.marker_span {
                mark(TokenKind::Marker, span);
            }
            if let Some(url) = requirement.direct_url() {
                mark(TokenKind::Reference, url.span);
            }
        }
        LineKind::Include(_) | LineKind::Options => {}
    }
}
