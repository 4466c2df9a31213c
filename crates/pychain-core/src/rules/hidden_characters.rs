//! `hidden-characters`: text that shows otherwise than it is read.

use super::characters::describe;
use super::non_ascii_text::is_cause;
use super::support::{is_in_comment, lines_at, pieces};
use crate::audit::{Context, Findings};
use crate::finding::{Finding, Location, Safety, Severity, Subject};
use crate::model::Document;
use crate::order::Set;
use crate::prose::is_hidden;
use crate::text::eight::is_plain;
use crate::text::{Edit, SourceFile, Span};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for characters that cannot be seen or that reorder what is shown: bidirectional controls, zero-width and other invisible characters, control characters.
    /// Comments count; of workflows, scripts and their like, what is asked for and set, and what reorders a line that holds such a thing.
    /// It also names the characters at which pip ends a line and most editors do not, such as a line tabulation or a lone carriage return.
    ///
    /// ## Why it matters
    ///
    /// A reviewer approves what the screen shows, and pip installs what the file says.
    /// A line separator in a comment makes the rest of the comment a requirement.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    #[doc = " click==8.1.7  # a zero width space:\u{200b}"]
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// click==8.1.7  # a zero width space:
    /// ```
    ///
    /// The fix removes hidden characters from comments; elsewhere somebody has to look.
    ///
    /// ## When it is wrong
    ///
    /// When a comment in a script that runs from right to left needs a mark.
    /// Joiners in emoji, and those that Arabic and Indic scripts need between letters, are left alone in comments, and in a manifest wherever nothing is asked for.
    ///
    /// ## References
    ///
    /// - [Trojan Source: invisible vulnerabilities](https://trojansource.codes/)
    /// - Unicode: [Bidirectional algorithm](https://www.unicode.org/reports/tr9/)
    "hidden-characters": "characters that are not seen",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// How many characters of one line a fix removes.
const MAX_EDITS: usize = 1000;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // What cannot be decoded is refused as a whole, and its text is a guess.
    for document in context.project.documents.iter().filter(|document| document.decode_error.is_none()) {
        let file = context.project.file(document.file);
        if !may_hide(file.text()) {
            continue;
        }
        let mut null_is_told = false;
        for line in lines(file, document) {
            if document.lock.is_some() && is_prose(file.slice(line)) {
                continue;
            }
            let Some(hidden) = hidden_in(file.slice(line), line, document) else { continue };
            // Null characters come by the thousand, in UTF-16 without its mark.
            if hidden.worst.0 == '\0' && std::mem::replace(&mut null_is_told, true) {
                continue;
            }
            findings.push(of_line(findings, file, document, hidden, file.slice(line)));
        }
    }
}

/// The lines of a file, in one that holds other things as well those with something that is asked for or set.
fn lines(file: &SourceFile, document: &Document) -> Vec<Span> {
    if !document.is_partly_read() {
        return pieces(file, document);
    }
    let numbers = document.lines.iter().flat_map(|line| file.line_of(line.span.start)..=file.line_of(line.span.end));
    numbers.collect::<Set<_>>().into_iter().map(|number| file.line_span(number)).collect()
}

/// Whether a line of a lock file holds what a project says of itself: no tool acts on it.
fn is_prose(line: &str) -> bool {
    ["description = ", "summary = "].iter().any(|key| line.starts_with(key))
}

/// Whether it is worth a closer look: most files are plain ASCII.
fn may_hide(text: &str) -> bool {
    if is_plain(text) {
        return false;
    }
    let bytes = text.as_bytes();
    let mut pairs = bytes.iter().zip(bytes.iter().skip(1).chain([&b'\n']));
    pairs.any(|(byte, next)| match byte {
        b'\t' | b'\n' => false,
        b'\r' => *next != b'\n',
        _ => !(b' '..=b'~').contains(byte),
    })
}

/// The hidden characters of a line.
struct Hidden {
    /// The worst of them: what, where, what it does, how bad.
    worst: (char, Span, &'static str, Severity),
    count: usize,
    /// What removes them, where all are in comments.
    edits: Option<Vec<Edit>>,
}

fn of_line(findings: &Findings<'_>, file: &SourceFile, document: &Document, hidden: Hidden, line: &str) -> Finding {
    let (character, span, effect, severity) = hidden.worst;
    let more = match hidden.count - 1 {
        0 => String::new(),
        more => format!(" (and {more} more on this line)"),
    };
    let place = Location { file: document.file, span };
    let subject = Subject::File(file.path().to_owned());
    let finding = findings
        .finding(place, subject, format!("{} {effect}{more}", describe(character)))
        .help("Remove it, and look at what the line says without it")
        .identified_by(line)
        .at_most(severity);
    match hidden.edits {
        Some(edits) => finding.fix("Remove the hidden characters", Safety::Safe, edits),
        None => finding,
    }
}

fn hidden_in(text: &str, line: Span, document: &Document) -> Option<Hidden> {
    let mut hidden: Option<Hidden> = None;
    let is_script = document.is_partly_read();
    let is_ink = |c: char| !c.is_whitespace() && !is_hidden(c);
    let ink = text.find(is_ink).unwrap_or(text.len())..text.rfind(is_ink).unwrap_or_default();
    for (at, character) in text.char_indices().filter(|(_, c)| is_hidden(*c) && *c != '\t') {
        let start = line.start as usize + at;
        let span = Span::new(start, start + character.len_utf8());
        let reorders = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if is_script && !reorders && lines_at(document, span).next().is_none() {
            continue;
        }
        let in_comment = is_in_comment(document, span);
        let (before, rest) = text.split_at(at);
        // The description of a project may have emoji as well.
        let is_prose = || in_comment || lines_at(document, span).next().is_none();
        if is_orthography(before.chars().next_back(), character, rest.chars().nth(1)) && is_prose() {
            continue;
        }
        let is_cause = || lines_at(document, span).any(|line| is_cause(document, line));
        let (effect, severity) = match character {
            _ if !in_comment && is_cause() => {
                ("stands here unseen, and the line cannot be read for it", Severity::High)
            }
            _ if reorders => ("makes the line show in another order than it is read", Severity::High),
            '\u{200e}' | '\u{200f}' | '\u{61c}' => ("can change the order in which the line shows", Severity::Medium),
            _ if ends_line(character) && ink.contains(&at) && !is_script => {
                ("ends the line for pip, which reads what follows as a line of its own", Severity::High)
            }
            _ if in_comment || ends_line(character) => ("stands here and cannot be seen", Severity::Low),
            _ => ("stands here and cannot be seen", Severity::Medium),
        };
        let found = (character, span, effect, severity);
        let hidden = hidden.get_or_insert_with(|| Hidden { worst: found, count: 0, edits: Some(Vec::new()) });
        hidden.count += 1;
        if severity > hidden.worst.3 {
            hidden.worst = found;
        }
        // Null characters elsewhere in the file are not told, and would be once these are gone.
        let is_removable = in_comment && !ends_line(character) && character != '\0';
        hidden.edits = hidden.edits.take().filter(|edits| is_removable && edits.len() < MAX_EDITS);
        if let Some(edits) = &mut hidden.edits {
            edits.push(Edit::delete(span));
        }
    }
    hidden
}

/// Where Python ends a line and git does not (`str.splitlines`).
fn ends_line(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether the character is a part of how an emoji or a word is written.
fn is_orthography(before: Option<char>, character: char, after: Option<char>) -> bool {
    let is_picture = |c: Option<char>| {
        c.is_some_and(|c| matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2bff}' | '\u{3030}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}'))
    };
    let is_joined = |c: Option<char>| c.is_some_and(|c| ('\u{620}'..='\u{dff}').contains(&c));
    match character {
        '\u{fe0e}' | '\u{fe0f}' => is_picture(before) || after == Some('\u{20e3}'),
        '\u{200c}' => is_joined(before) && is_joined(after),
        '\u{200d}' => {
            (is_joined(before) && is_joined(after))
                || ((is_picture(before) || before == Some('\u{fe0f}')) && is_picture(after))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn hidden_characters_are_found_anywhere_and_named() {
        check(
            "hidden-characters",
            "a==1  # \u{202e}x\u{202c}\n        ^^^ hidden-characters: U+202E RIGHT-TO-LEFT OVERRIDE makes the line show in another order than it is read (and 1 more\n",
        );
        check("hidden-characters", "a\u{200b}b==1\n ^^^ hidden-characters: U+200B ZERO WIDTH SPACE stands here\n");
        check("hidden-characters", "a==1\u{1b}[2J # x\n    ^ hidden-characters: U+001B ESCAPE\n");
        let alone =
            "==> pychain.toml <==\n==> r.txt <==\nfl\u{1b}ask==1\n  ^ hidden-characters: cannot be read for it\n";
        check("*", alone);
    }

    #[test]
    fn what_a_locked_project_says_of_itself_is_nobodys_business() {
        check(
            "hidden-characters",
            "==> poetry.lock <==\n[[package]]\nname = \"a\u{200b}\"\n         ^^^ hidden-characters\ndescription = \"for \u{200b}you\"\n",
        );
    }

    #[test]
    fn line_ends_that_only_pip_sees_are_told_for_what_they_are() {
        check(
            "hidden-characters",
            "# c\u{b}a==1\n   ^ hidden-characters: U+000B LINE TABULATION ends the line for pip\n",
        );
        check("hidden-characters", "# c\ra==1\n   ^ hidden-characters: CARRIAGE RETURN ends the line\n");
        check("hidden-characters", "# c\r\na==1\r\r\n");
    }

    #[test]
    fn how_bad_it_is_depends_on_what_it_does() {
        let text =
            "\u{2066}a\na; os_name == '\u{200f}'\na; os_name == '\u{200b}'\n# \u{200b}\n\u{c}\nc\u{2028}d\nb\u{200b}\n";
        let report = Fixture::parse(text).report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "hidden-characters");
        let severities: Vec<_> = of_rule.map(|finding| finding.severity.name()).collect();
        assert_eq!(severities, ["high", "medium", "medium", "low", "low", "high", "high"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_for_them_is_told_once() {
        for line in
            ["click\u{200b}==8.1.7", "click==8.1.7\u{feff}", "\u{200f}click==8.1.7", "click\u{200b}\u{2013}x==1"]
        {
            let findings = Fixture::parse(&format!("{line}\nflask==1\n")).report().findings;
            let rules = |it: &&crate::finding::Finding| ["hidden-characters", "unreadable-line"].contains(&it.rule.id);
            let told: Vec<_> = findings.iter().filter(rules).map(|it| (it.rule.id, it.severity.name())).collect();
            assert_eq!(told, [("hidden-characters", "high")], "{line:?}");
        }
    }

    #[test]
    fn comments_are_cleaned_and_code_is_left_to_people() {
        assert_eq!(fixed("hidden-characters", "a  # \u{200b}x\u{2069}\r\n"), "a  # x\r\n");
        let report = Fixture::parse("a\u{200b}  # \u{200b}\n").report();
        let of_rule = report.findings.iter().find(|finding| finding.rule.id == "hidden-characters");
        assert!(of_rule.is_some_and(|finding| finding.fix.is_none()));
    }

    #[test]
    fn emoji_in_the_description_of_a_project_are_left_alone() {
        check(
            "hidden-characters",
            "==> pyproject.toml <==\n[project]\ndescription = \"\u{26a1}\u{fe0f} fast\"\nreadme = \"a\u{fe0f}\"\n           ^^^ hidden-characters\n",
        );
    }

    #[test]
    fn emoji_and_scripts_that_need_joiners_are_left_alone_in_comments() {
        check(
            "hidden-characters",
            "# 👩\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥 ⚠\u{fe0f} 1\u{fe0f}\u{20e3}\n# می\u{200c}خواهم ක\u{200d}ෂ\n# é ünïcode 名前\na\t==1\n",
        );
        check(
            "hidden-characters",
            "# a\u{200d}b\n   ^^^ hidden-characters\n# 👩\u{200d}\n      ^^^ hidden-characters\n",
        );
    }

    #[test]
    fn source_code_around_the_block_of_a_script_is_nobodys_business() {
        check(
            "hidden-characters",
            "==> x.py <==\n# /// script\n# dependencies = [\"a\u{200b}\"]\n                    ^^^ hidden-characters\n# ///\nprint('⚠\u{fe0f}')\n",
        );
    }

    #[test]
    fn a_file_of_null_characters_is_one_finding() {
        check("hidden-characters", "a\0\n ^ hidden-characters: NULL\nb\0\n");
    }

    #[test]
    fn the_same_line_is_no_new_finding() {
        check(
            "hidden-characters",
            "==> base/r.txt <==\n# \u{200b}\n==> r.txt <==\na==1\n# \u{200b}\n# x\u{200b}\n   ^^^ hidden-characters\n",
        );
    }
}
