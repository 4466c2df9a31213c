//! `non-ascii-text`: characters that look like others, or that are taken for white space.

use super::characters::{code_point, looks_like};
use super::support::{is_in_comment, lines_at, pieces};
use crate::audit::{Context, Findings};
use crate::confusable::assess;
use crate::finding::{Location, Safety, Severity, Subject};
use crate::format::requirements_txt::{self, text_of};
use crate::knowledge::Names;
use crate::model::{Document, Line, LineKind};
use crate::order::Map;
use crate::prose::{code, is_hidden};
use crate::text::{Edit, SourceFile, Span};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for characters beyond ASCII outside of comments: letters that look like Latin ones, typographic quotes and dashes, no-break and other spaces, and any others.
    /// What cannot be seen at all is the matter of `hidden-characters`.
    ///
    /// ## Why it matters
    ///
    /// Names and versions are ASCII, so pip refuses most of this, with a message that shows nothing odd.
    /// In the host of a URL it does not: a Cyrillic letter there leads to another server under the same picture.
    /// The severity is high in both cases, medium for a letter among Latin ones elsewhere, and low for the rest.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    #[doc = " click==8.1.7\u{a0}# pinned"]
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// click==8.1.7 # pinned
    /// ```
    ///
    /// The fix writes plain spaces and quotes where pip takes them for such, or refuses the line for them.
    ///
    /// ## When it is wrong
    ///
    /// When a local path or a host has a name in another script.
    ///
    /// ## References
    ///
    /// - Python packaging: [Names and normalization](https://packaging.python.org/en/latest/specifications/name-normalization/)
    /// - Unicode: [Security mechanisms, confusable detection](https://www.unicode.org/reports/tr39/#Confusable_Detection)
    "non-ascii-text": "characters beyond ASCII",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// How many characters of one line are looked at: enough to say that something is amiss.
const MAX_PER_LINE: usize = 1000;
/// Longer words are no names that anybody means.
const MAX_NAME_BYTES: usize = 200;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // Lock files hold what authors wrote about their projects, in their own words.
    let documents = context.project.documents.iter();
    for document in documents.filter(|document| document.decode_error.is_none() && document.lock.is_none()) {
        let file = context.project.file(document.file);
        if file.text().is_ascii() {
            continue;
        }
        let is_all = document.is_script();
        let is_pips = document.has_section(|section| section.is_pips() && (is_all || section.under.is_none()));
        let mended: Vec<Span> =
            document.lines.iter().filter(|line| is_cause(document, line)).map(|line| line.span).collect();
        for line in pieces(file, document) {
            let text = file.slice(line);
            let Some((worst, edits)) = odd_in(text, line, document, &mended) else { continue };
            // Of a manifest only what is asked for matters: around it people write their names.
            if !is_pips && lines_at(document, worst.span).next().is_none() {
                continue;
            }
            let edits = edits.filter(|_| is_pips);
            let place = Location { file: document.file, span: worst.span };
            let meant = context.knowledge.names.as_ref().and_then(|names| meant(text, line, &worst, names));
            let reads = meant.map(|meant| format!("; the name then reads `{meant}`")).unwrap_or_default();
            let finding = findings
                .finding(place, Subject::File(file.path().to_owned()), format!("{}{reads}", worst.message()))
                .help(worst.kind.help())
                .identified_by(text)
                .at_most(worst.severity);
            findings.push(match edits {
                Some(edits) => finding.fix("Write it in ASCII", Safety::Safe, edits),
                None => finding,
            });
        }
    }
}

/// Whether pip refuses a line for its characters: with ASCII ones in their places, and without hidden ones, it would
/// read it.
pub(super) fn is_cause(document: &Document, line: &Line) -> bool {
    let text = text_of(document, line);
    let is_odd = |c: char| !c.is_ascii() || (is_hidden(c) && c != '\t');
    if !matches!(line.kind, LineKind::Refused(_)) || !text.contains(is_odd) {
        return false;
    }
    let plain: String = text
        .chars()
        .filter(|c| !is_hidden(*c) || *c == '\t')
        .map(|c| match Kind::of(c) {
            _ if c.is_ascii() => c,
            Kind::Space => ' ',
            Kind::Quote(plain) | Kind::LooksLike(plain) => plain,
            Kind::Other => c,
        })
        .collect();
    let unknown = Map::new();
    let paths = requirements_txt::Paths::new(&unknown, None);
    let document = requirements_txt::parse(&SourceFile::from_text("", plain), &Map::new(), paths, None);
    document.lines.iter().all(|line| !matches!(line.kind, LineKind::Refused(_)))
}

/// A character beyond ASCII outside of comments.
struct Odd {
    character: char,
    span: Span,
    kind: Kind,
    /// What it does there, as the end of a message.
    effect: &'static str,
    severity: Severity,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A space to pip, or to the eye.
    Space,
    /// A quote that an editor made of a plain one.
    Quote(char),
    /// Looks like this ASCII character.
    LooksLike(char),
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_whitespace() => Self::Space,
            '\u{201c}'..='\u{201f}' => Self::Quote('"'),
            '\u{2018}'..='\u{201b}' => Self::Quote('\''),
            _ => looks_like(c).map_or(Self::Other, Self::LooksLike),
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Space => "Write a plain space, or none",
            Self::Quote(_) => "Write a plain quote",
            Self::LooksLike(_) => "Find out who wrote it, and write the ASCII character if that is meant",
            Self::Other => "Write it in ASCII, in a URL as `%` and two hexadecimal digits a byte",
        }
    }
}

impl Odd {
    fn message(&self) -> String {
        let character = code(&self.character.to_string());
        let point = code_point(self.character);
        let what = match self.kind {
            Kind::Space if self.character == '\u{a0}' => {
                format!("{point} NO-BREAK SPACE stands where a space is meant")
            }
            Kind::Space => format!("{point}, an unusual space, stands where a plain one is meant"),
            Kind::Quote(plain) => format!("{character} ({point}) stands where {} is meant", code(&plain.to_string())),
            Kind::LooksLike(plain) => {
                format!("{character} ({point}) looks like {} and is another character", code(&plain.to_string()))
            }
            Kind::Other => format!("{character} ({point}) is not ASCII"),
        };
        format!("{what}{}", self.effect)
    }
}

/// The worst character of a line, and edits where all of them can be written in ASCII.
fn odd_in(text: &str, line: Span, document: &Document, mended: &[Span]) -> Option<(Odd, Option<Vec<Edit>>)> {
    let first = mended.partition_point(|span| span.end < line.start);
    let is_cause = mended.get(first).is_some_and(|span| span.touches(line));
    let is_refused = lines_at(document, line).any(|line| matches!(line.kind, LineKind::Refused(_)));
    let kept = text.trim_end();
    let place = |at: usize, c: char| Span::new(line.start as usize + at, line.start as usize + at + c.len_utf8());
    let odd = text
        .char_indices()
        .filter(|(at, c)| !c.is_ascii() && !is_hidden(*c) && !is_in_comment(document, place(*at, *c)))
        .take(MAX_PER_LINE);
    let mut worst: Option<Odd> = None;
    let mut edits = Some(Vec::new());
    for (at, character) in odd {
        let span = place(at, character);
        let in_host = is_in_host(text, at);
        let kind = match Kind::of(character) {
            Kind::LooksLike(c) if c.is_ascii_alphanumeric() && !in_host && !is_among_latin(text, at) => Kind::Other,
            kind => kind,
        };
        let (effect, severity) = match kind {
            Kind::LooksLike(_) if in_host => (", in the host of a URL", Severity::High),
            _ if is_cause => (": pip refuses the line for it", Severity::High),
            Kind::LooksLike(plain) if plain.is_ascii_alphanumeric() => ("", Severity::Medium),
            // Why pip refuses the line is another matter, and so is the rest of it.
            _ if is_refused => {
                edits = None;
                continue;
            }
            _ => ("", Severity::Low),
        };
        // Spaces around what pip reads are spaces to it too; other edits only mend a line that it refuses.
        let is_read =
            || lines_at(document, span).any(|line| line.span.start <= span.start && span.end <= line.span.end);
        let edit = match kind {
            Kind::Space if at >= kept.len() && !kept.ends_with('\\') => Some(Edit::delete(span)),
            Kind::Space if is_cause || !is_read() => Some(Edit::replace(span, " ")),
            Kind::Quote(plain) if is_cause => Some(Edit::replace(span, plain)),
            _ => None,
        };
        edits = edits.zip(edit).filter(|(edits, _)| edits.len() + 1 < MAX_PER_LINE).map(|(mut edits, edit)| {
            edits.push(edit);
            edits
        });
        if worst.as_ref().is_none_or(|worst| worst.severity < severity) {
            worst = Some(Odd { character, span, kind, effect, severity });
        }
    }
    Some((worst?, edits))
}

/// The known project that the eye reads where the line begins with a name and the character is in it.
fn meant(text: &str, line: Span, worst: &Odd, names: &Names) -> Option<String> {
    let is_name = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let start = text.len() - text.trim_start().len();
    let word = text.get(start..)?;
    let length = word.chars().take_while(is_name).map(char::len_utf8).sum();
    let at = (worst.span.start.checked_sub(line.start)? as usize).checked_sub(start)?;
    let word = word.get(..length).filter(|word| at < length && word.len() <= MAX_NAME_BYTES)?;
    let found = assess(word, names);
    let verdict = found.verdict().filter(|_| matches!(worst.kind, Kind::LooksLike(_)))?;
    verdict.rank.map(|_| verdict.target.clone())
}

/// Whether a place in a line is in the authority of a URL. No host is longer than what is looked at.
fn is_in_host(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let end = before.char_indices().rev().take(300).find(|(_, c)| matches!(c, '/' | '?' | '#' | ' ' | '\t'));
    end.and_then(|(end, _)| before.get(..=end)).is_some_and(|before| before.ends_with("://"))
}

/// Whether a letter stands among Latin ones: in a word of its own script it deceives nobody.
fn is_among_latin(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or_default();
    let is_latin = |c: char| c.is_ascii_alphabetic();
    let is_word = |c: &char| c.is_alphanumeric();
    before.chars().rev().take(64).take_while(is_word).any(is_latin)
        || after.chars().take(64).take_while(is_word).any(is_latin)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn letters_that_look_like_latin_ones_are_told() {
        check(
            "non-ascii-text",
            "r\u{435}quests==2\n ^^ non-ascii-text: pip refuses the line for it; the name then reads `requests`\n",
        );
        check("non-ascii-text", "qw\u{435}zk==2\n  ^^ non-ascii-text: and is another character\n");
        check(
            "non-ascii-text",
            "a @ https://g\u{456}t.example.org/a.zip\n             ^^ non-ascii-text: (U+0456) looks like `i` and is another character, in the host\n",
        );
        check(
            "non-ascii-text",
            "--index-url https://e.org/\u{ff53}imple\n                          ^^^ non-ascii-text: looks like `s`\n",
        );
    }

    #[test]
    fn spaces_and_quotes_become_plain_ones() {
        assert_eq!(fixed("non-ascii-text", "a==1\u{a0} # c\u{a0}d\r\n"), "a==1  # c\u{a0}d\r\n");
        assert_eq!(fixed("non-ascii-text", "a\u{3000}==1\n"), "a ==1\n");
        assert_eq!(fixed("non-ascii-text", "a==1\u{a0}--hash=sha256:00\n"), "a==1 --hash=sha256:00\n");
        assert_eq!(fixed("non-ascii-text", "a==1 ; os_name == \u{201c}nt\u{201d}\n"), "a==1 ; os_name == \"nt\"\n");
    }

    #[test]
    fn where_pip_refuses_a_line_for_it_the_message_says_so() {
        check("non-ascii-text", "a\u{a0}==1\n ^^ non-ascii-text: a space is meant: pip refuses the line for it\n");
        check("non-ascii-text", "a = 1\u{a0}\na\u{435} = 1\n ^^ non-ascii-text: and is another character\n");
        let report = Fixture::parse("a\u{a0}==1\na\u{435} = 1\na==1\u{a0}\n").report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "non-ascii-text");
        let severities: Vec<_> = of_rule.map(|finding| finding.severity.name()).collect();
        assert_eq!(severities, ["high", "medium", "low"]);
    }

    #[test]
    fn what_may_be_meant_is_not_edited() {
        let report = Fixture::parse("a==1 ; platform_version == 'x\u{a0}y'\nr\u{435}quests\na\u{2013}b\n").report();
        let of_rule: Vec<_> = report.findings.iter().filter(|finding| finding.rule.id == "non-ascii-text").collect();
        assert_eq!(of_rule.iter().map(|finding| finding.fix.is_some()).collect::<Vec<_>>(), [false, false, false]);
    }

    #[test]
    fn other_letters_are_a_lesser_matter_and_none_where_pip_refuses_them() {
        check(
            "non-ascii-text",
            "==> \u{3b1}\u{3c5}.txt <==\na==1\n==> r.txt <==\n-r \u{3b1}\u{3c5}.txt\n   ^^ non-ascii-text: is not ASCII\n",
        );
        check("non-ascii-text", "./pak\u{e9}t.zip\n     ^^ non-ascii-text: is not ASCII\nr\u{e9}quests\n");
    }

    #[test]
    fn comments_are_free() {
        check("non-ascii-text", "# \u{435}\u{a0}“é”\na==1  # é\n");
    }
}
