//! The notes that pip-compile and uv leave in a compiled requirements file: who needs what.
//!
//! `# via flask, jinja2`, on the line or below it, or `# via` and below it a line for each.

use crate::model::Document;
use crate::name::normalize;
use crate::order::Set;
use crate::text::Span;

/// Why a requirement is there, by its note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason<'a> {
    /// An input asks for it.
    Asked,
    /// Another project needs it.
    Needed(&'a str),
}

/// The requirements that have notes, by normalized name, with the reasons, in the order of the file.
pub(super) fn notes(document: &Document) -> Vec<(&str, Vec<Reason<'_>>)> {
    let names: Vec<(u32, &str)> = document
        .lines
        .iter()
        .filter_map(|line| Some((line.span.start, line.requirement()?.name.as_ref()?.normalized())))
        .collect();
    let known: Set<&str> = names.iter().map(|(_, name)| *name).collect::<Set<_>>();
    let mut notes: Vec<(&str, Vec<Reason<'_>>)> = Vec::new();
    let mut is_listing = false;
    let mut of = None;
    for comment in &document.comments {
        let at = names.partition_point(|(start, _)| *start <= comment.start).checked_sub(1);
        let Some((index, name)) = at.and_then(|at| Some((at, names.get(at)?.1))) else { continue };
        is_listing &= of == Some(index);
        let text = text(document, *comment);
        let listed = match text.strip_prefix("via") {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => {
                is_listing = rest.trim().is_empty();
                rest
            }
            _ if is_listing => text,
            _ => continue,
        };
        let reasons = listed.split(',').filter_map(|one| reason(one.trim(), &known));
        match notes.last_mut().filter(|_| of == Some(index)) {
            Some((_, told)) => told.extend(reasons),
            None => notes.push((name, reasons.collect())),
        }
        of = Some(index);
    }
    notes
}

fn text(document: &Document, comment: Span) -> &str {
    document.source.slice(comment).trim_start_matches('#').trim()
}

fn reason<'a>(written: &str, known: &Set<&'a str>) -> Option<Reason<'a>> {
    if written.starts_with("-r ") || written.starts_with("-r-") || written.ends_with(')') {
        return Some(Reason::Asked);
    }
    known.get(normalize(written).as_str()).map(|name| Reason::Needed(name))
}
