//! What only has the name of a requirements file.

use super::detect::{Certainty, role};
use super::requirements_txt::{self, Paths};
use crate::model::{Document, Line, LineKind, Role, Source};
use crate::order::Map;
use crate::text::SourceFile;
use crate::url::is_archive;

/// Whether a document reads like prose: most lines are refused, and they are more than a slip or a conflict marker
/// would leave; or one of them is a sentence, and no line says more than a bare name.
///
/// pip refuses such a file, so that nothing is installed from it.
pub fn is_prose(document: &Document) -> bool {
    let text = |line: &Line| document.source.slice(line.span);
    let is_refused = |line: &&Line| matches!(line.kind, LineKind::Refused(_)) && is_refused_everywhere(text(line));
    let says_more = |line: &Line| match &line.kind {
        LineKind::Requirement(requirement) => {
            !requirement.specifiers.is_empty()
                || !requirement.hashes.is_empty()
                || !matches!(requirement.source, Source::Index)
        }
        LineKind::Include(_) => true,
        LineKind::Options => !line.options.is_empty(),
        LineKind::Refused(_) => false,
    };
    let lines = &document.lines;
    let refused = lines.iter().filter(is_refused).count();
    refused >= 4 && refused * 2 > lines.len()
        || lines.iter().filter(is_refused).any(|line| is_sentence(text(line))) && !lines.iter().any(says_more)
}

/// Whether a file has only the customary name of a requirements file, and reads like prose.
pub fn is_prose_file(path: &str, bytes: &[u8]) -> bool {
    if !matches!(role(path), Some((Role::Requirements | Role::Constraints, Certainty::Conventional))) {
        return false;
    }
    let (file, _) = SourceFile::decode(path, bytes);
    is_prose(&requirements_txt::parse(&file, &Map::new(), Paths::new(&Map::new(), None), None))
}

/// Whether a line that is refused here is refused wherever somebody installs: no path that may be there then, no
/// variable that may hold something else, no option that another pip may know.
fn is_refused_everywhere(text: &str) -> bool {
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '['));
    !text.starts_with('-') && !text.contains(['/', '$']) && !words.any(is_archive)
}

/// Whether a text has four words, which nobody writes for one requirement by mistake.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.trim_start_matches(['"', '\'', '(', '`']).starts_with(char::is_alphanumeric);
    text.split_whitespace().filter(is_word).nth(3).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_prose_file;

    #[test]
    fn sentences_are_prose_where_nothing_is_asked_for() {
        for text in [
            "System requirements\n\nThe system shall be fast.\nIt must not fail, ever!\nAnd so on: see below.\nOr not?\n",
            "Overview\n========\n\nPython 3.8 or later is needed.\n- 8 GB of memory\n",
            "Click\nThe rest shall not fail.\n",
        ] {
            assert!(is_prose_file("docs/requirements_spec.txt", text.as_bytes()), "{text}");
            // Whatever it holds.
            assert!(!is_prose_file("requirements.txt", text.as_bytes()), "{text}");
        }
        // What another machine may not refuse.
        for line in ["./a b c d", "a b c d.whl; x", "${A} ${B} ${C} ${D}", "--new a b c"] {
            let text = format!("click\n{line}\n{line}\n{line}\n{line}\n");
            assert!(!is_prose_file("requirements-dev.txt", text.as_bytes()), "{text}");
        }
        // A slip in a file that asks for something, or one that is not of words.
        for text in ["click==8\nand so it is said\n", "click\nflask = 3\n", "--pre\nand so it is said\n", "click\n", ""]
        {
            assert!(!is_prose_file("requirements-dev.txt", text.as_bytes()), "{text}");
        }
    }
}
