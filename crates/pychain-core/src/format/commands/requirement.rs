//! What a word of a command line asks for.

use super::super::logical::LogicalLine;
use super::super::requirements_txt::{self, Paths};
use super::super::shell::{self, Word};
use crate::model::{Requirement, Source};
use crate::order::Map;
use crate::requirement::Specifier;
use crate::url::is_archive;

/// Operators, longer ones first.
const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

/// The requirement that a word is, with the text that it was read from; none for a path, and for what nobody can tell
/// before the shell has filled it in. pip's reading of a requirement on its command line.
pub(super) fn of_word(word: &Word, editable: bool) -> Option<(Requirement, LogicalLine<'static>)> {
    let text = word.value().trim();
    if is_path(text) {
        return None;
    }
    if word.expands {
        return partly_known(word);
    }
    let known = Map::new();
    let paths = Paths::new(&known, None);
    let read = if editable { requirements_txt::from_editable_word } else { requirements_txt::from_word };
    let requirement = read(&word.text, &paths)?;
    // Of what the shell takes for the names of files nothing is known.
    let is_file = matches!(requirement.source, Source::Path(_));
    (!(is_file || word.globs && requirement.name.is_none())).then(|| (requirement, word.text.clone()))
}

/// A name whose version is a variable: `acme==$VERSION`.
fn partly_known(word: &Word) -> Option<(Requirement, LogicalLine<'static>)> {
    let text = word.value();
    let from = text.find(['$', '`', '{', '%'])?;
    let known = text.get(..from)?;
    let at = known.find(['=', '~', '!', '<', '>', ' '])?;
    if known.contains(['@', ':', '/']) {
        return None;
    }
    let rest = text.get(at..)?.trim_start();
    let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator))?;
    let name = shell::slice(&word.text, 0..at);
    let map = Map::new();
    let mut requirement = requirements_txt::from_word(&name, &Paths::new(&map, None))?;
    requirement.name.as_ref()?;
    let start = text.len() - rest.len() + operator.len();
    let span = word.text.span(start..text.len());
    let version = text.get(start..)?.into();
    requirement.specifiers = [Specifier { operator, version, span }].into();
    requirement.specifiers_span = word.text.span(at..text.len());
    requirement.span = requirement.span.cover(span);
    Some((requirement, word.text.clone()))
}

/// `ruff@0.5.0` and `ruff@latest`, as uv's tools and Poetry take it; anything else as it is.
pub(super) fn with_at(word: &Word) -> Word {
    let text = word.value();
    match text.split_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains(['/', ':', ' ']) && !name.contains(' ') => {
            word.part(0..name.len())
        }
        _ => word.clone(),
    }
}

/// Whether pip takes a word for a path.
pub(super) fn is_path(text: &str) -> bool {
    let is_url = text.contains("://") || text.contains(" @ ");
    text.is_empty()
        || text.starts_with(['.', '/', '~', '\\', '<', '-'])
        || (!is_url && (text.contains(['/', '\\']) || is_archive(text)))
}
