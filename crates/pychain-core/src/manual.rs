//! A rule's documentation as Markdown: the one text that every place prints which explains a rule.

use crate::config::Policy;
use crate::rule::Rule;

/// The headings of a manual, in their order.
pub const HEADINGS: [&str; 6] =
    ["What it does", "Why it matters", "Example", "Use instead", "When it is wrong", "References"];

/// The manuals of some rules: of each the id and the text, which is the doc comment in front of it.
///
/// Those of our own are [`MANUALS`](crate::rules::MANUALS). Whoever names them carries them, a tenth of a megabyte.
#[derive(Debug, Clone, Copy)]
pub struct Manuals<'a>(pub &'a [(&'a str, &'a str)]);

/// Begins each manual where they are written one after the other: a page break.
const PAGE_BREAK: char = '\u{c}';

/// The manuals that [`Manuals::written`] wrote.
pub fn read(written: &str) -> Vec<(&str, &str)> {
    written.split(PAGE_BREAK).filter_map(|page| page.split_once('\n')).collect()
}

impl Manuals<'_> {
    /// All of them as one text, for a program that does not carry them; [`read`] reads it.
    pub fn written(self) -> String {
        let mut out = String::new();
        for (id, text) in self.0 {
            out.push(PAGE_BREAK);
            out.extend([*id, "\n", *text]);
        }
        out
    }

    /// The page of a rule: title, summary, facts, then its manual.
    pub fn page(self, rule: &Rule) -> String {
        let needs: Vec<_> = rule.needs.iter().map(|need| need.describe()).collect();
        let policies: Vec<_> =
            Policy::ALL.into_iter().filter(|policy| policy.includes(rule)).map(Policy::name).collect();
        let mut facts = vec![
            ("Severity", rule.severity.name().to_owned()),
            ("Confidence", rule.confidence.name().to_owned()),
            ("Audience", rule.persona.name().to_owned()),
            ("On in policy", policies.join(", ")),
            ("Fix", rule.fix.name().to_owned()),
            ("Since", rule.since.to_owned()),
        ];
        if !needs.is_empty() {
            facts.push(("Needs", needs.join(", ")));
        }
        if !rule.aliases.is_empty() {
            let aliases: Vec<_> = rule.aliases.iter().map(|alias| format!("`{alias}`")).collect();
            facts.push(("Formerly", aliases.join(", ")));
        }
        let mut page = format!("# {}\n\n{}.\n\n", rule.id, capitalized(rule.summary));
        for (label, value) in facts {
            page.extend(["- ", label, ": ", &value, "\n"]);
        }
        page.push('\n');
        page.push_str(&self.body(rule));
        page
    }

    /// One section of a rule's manual, without its heading; Markdown.
    pub fn section(self, rule: &Rule, heading: &str) -> Option<String> {
        self.sections(rule).into_iter().find(|section| section.heading == heading).map(|section| section.body)
    }

    /// The sections of a rule's manual, in their order.
    pub fn sections(self, rule: &Rule) -> Vec<Section> {
        let body = self.body(rule);
        let mut sections: Vec<Section> = Vec::new();
        for line in lines(&body) {
            match (line, sections.last_mut()) {
                (Line::Text(text), _) if text.starts_with("## ") => {
                    let heading = text.trim_start_matches('#').trim().to_owned();
                    sections.push(Section { heading, body: String::new() });
                }
                (line, Some(section)) => {
                    section.body.push_str(line.source());
                    section.body.push('\n');
                }
                (_, None) => {}
            }
        }
        for section in &mut sections {
            section.body = section.body.trim_matches('\n').to_owned();
        }
        sections
    }

    /// The blocks of a rule's manual whose info string says `bad`, `good` or `fixed`, in their order.
    ///
    /// The info string is `LANGUAGE,KIND[,file=PATH]`. Inside, a line `==> PATH <==` begins another file;
    /// what stands before the first one is in `file`, by default `requirements.txt`.
    pub fn examples(self, rule: &Rule) -> impl Iterator<Item = Example> {
        let body = self.body(rule);
        let mut examples = Vec::new();
        let mut open: Option<Example> = None;
        for line in lines(&body) {
            match line {
                Line::Open(_, info) => open = example(info),
                Line::Code(code) => {
                    if let Some(example) = &mut open {
                        push_line(&mut example.files, code);
                    }
                }
                Line::Close(_) => examples.extend(open.take()),
                Line::Text(_) => {}
            }
        }
        examples.extend(open);
        for example in &mut examples {
            // Nothing before the first header: the default file was never begun.
            if example.files.len() > 1 && example.files.first().is_some_and(|(_, text)| text.is_empty()) {
                example.files.remove(0);
            }
        }
        examples.into_iter()
    }

    /// The manual without the space that a doc comment has before every line; empty where there is none.
    fn body(self, rule: &Rule) -> String {
        let text = self.0.iter().find(|(id, _)| *id == rule.id).map_or("", |(_, text)| text);
        let mut body = String::with_capacity(text.len());
        for line in text.lines() {
            body.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end_matches([' ', '\t', '\r']));
            body.push('\n');
        }
        body.truncate(body.trim_end().len());
        body.push('\n');
        body
    }
}

/// The first sentence of what a manual says of why it matters, as far as `N` bytes go, and how many bytes it has.
///
/// Run while a rule is compiled, so that a program has the sentence without the manual.
#[expect(clippy::indexing_slicing, reason = "where it runs, an index that is wrong is an error of the compiler")]
pub const fn why<const N: usize>(manual: &str) -> ([u8; N], usize) {
    let (text, heading) = (manual.as_bytes(), b" ## Why it matters\n");
    let (mut sentence, mut length) = ([0; N], 0);
    let (mut at, mut matched) = (0, 0);
    while at < text.len() && matched < heading.len() {
        // The heading begins with the one space that is nowhere else in it before a `#`.
        matched = if text[at] == heading[matched] { matched + 1 } else { (text[at] == heading[0]) as usize };
        at += 1;
    }
    let mut breaks = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        let ends_word = at == text.len() || matches!(text[at], b' ' | b'\n');
        match byte {
            b'\n' => breaks += 1,
            b' ' if breaks > 0 || length == 0 => {}
            b'.' if ends_word => break,
            // Another paragraph.
            _ if breaks > 1 && length > 0 => break,
            _ => {
                if breaks > 0 && length > 0 {
                    if length < N {
                        sentence[length] = b' ';
                    }
                    length += 1;
                }
                breaks = 0;
                if length < N {
                    sentence[length] = byte;
                }
                length += 1;
            }
        }
    }
    (sentence, length)
}

/// A heading of a manual and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// One of [`HEADINGS`].
    pub heading: String,
    /// Markdown, without blank lines at its ends.
    pub body: String,
}

/// A fenced block of a manual that is run as a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub kind: ExampleKind,
    /// First word of its info string.
    pub language: String,
    /// Its files: path and text. A path below `base/` is of the old side of a change.
    pub files: Vec<(String, String)>,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// Gives exactly one finding of the rule.
    Bad,
    /// Gives none.
    Good,
    /// Is the bad example before it with its fix applied.
    Fixed,
}

impl Example {
    /// The files of the old side, by their path below `base/`.
    pub fn base(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.strip_prefix("base/")?, text.as_str())))
    }

    /// The files of the new side.
    pub fn head(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().filter(|(path, _)| !path.starts_with("base/"));
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// An example without its lines, if the info string announces one.
fn example(info: &str) -> Option<Example> {
    let mut words = info.split(',').map(str::trim);
    let language = words.next()?.to_owned();
    let mut kind = None;
    let mut path = "requirements.txt";
    for word in words {
        match word {
            "bad" => kind = Some(ExampleKind::Bad),
            "good" => kind = Some(ExampleKind::Good),
            "fixed" => kind = Some(ExampleKind::Fixed),
            _ => path = word.strip_prefix("file=").unwrap_or(path),
        }
    }
    Some(Example { kind: kind?, language, files: vec![(path.to_owned(), String::new())] })
}

fn push_line(files: &mut Vec<(String, String)>, line: &str) {
    if let Some(path) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
        files.push((path.to_owned(), String::new()));
    } else if let Some((_, text)) = files.last_mut() {
        text.push_str(line);
        text.push('\n');
    }
}

/// A line of Markdown, as far as fences go.
#[derive(Debug, Clone, Copy)]
enum Line<'a> {
    Text(&'a str),
    /// The line, and the info string on it.
    Open(&'a str, &'a str),
    Code(&'a str),
    Close(&'a str),
}

impl<'a> Line<'a> {
    fn source(self) -> &'a str {
        match self {
            Self::Text(line) | Self::Open(line, _) | Self::Code(line) | Self::Close(line) => line,
        }
    }
}

fn lines(markdown: &str) -> impl Iterator<Item = Line<'_>> {
    let mut fence = None;
    markdown.lines().map(move |line| {
        let rest = line.trim_start_matches('`');
        let ticks = line.len() - rest.len();
        match fence {
            Some(open) if ticks >= open && rest.is_empty() => {
                fence = None;
                Line::Close(line)
            }
            Some(_) => Line::Code(line),
            None if ticks >= 3 && !rest.contains('`') => {
                fence = Some(ticks);
                Line::Open(line, rest.trim())
            }
            None => Line::Text(line),
        }
    })
}

/// The text with its first letter in upper case.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Context, Findings};

    fn check(_: &Context<'_>, _: &mut Findings<'_>) {}

    crate::declare_rule! {
        /// ## What it does
        ///
        /// Reports `x`.
        ///
        /// ## Why it matters
        ///
        /// Because.
        ///
        /// ## Example
        ///
        /// ```requirements,bad
        /// ## not a heading
        /// x==1  \
        ///     --no-hash
        /// ```
        ///
        /// A picture, not a test:
        ///
        /// ```text
        /// good
        /// ```
        ///
        /// ```requirements,bad,file=dev/requirements.txt
        /// x
        /// ==> base/dev/requirements.txt <==
        /// y
        /// ```
        ///
        /// ## Use instead
        ///
        /// ````requirements,good
        /// ==> a.txt <==
        /// ```
        /// ==> b.txt <==
        /// ````
        "sample-rule": "sample that is wrong",
        severity: Medium, confidence: High, persona: Regular, fix: Sometimes,
        needs: [Base, Date],
        since: "0.1.0",
        aliases: ["old-rule"],
        check: check,
    }

    const HERE: Manuals<'_> = Manuals(&[MANUAL]);

    #[test]
    fn a_page_has_title_summary_facts_and_manual() {
        let page = HERE.page(&RULE);
        let expected = "# sample-rule\n\nSample that is wrong.\n\n- Severity: medium\n- Confidence: high\n\
             - Audience: regular\n- On in policy: relaxed, default, strict\n- Fix: sometimes\n- Since: 0.1.0\n\
             - Needs: a base to compare with (`--base`), the date of the audit\n- Formerly: `old-rule`\n\n\
             ## What it does\n\nReports `x`.\n\n## Why it matters\n";
        assert_eq!(page.get(..expected.len()), Some(expected));
        assert!(page.ends_with("````\n") && !page.ends_with("\n\n"), "{page}");
    }

    #[test]
    fn what_is_written_is_read() {
        for manuals in [HERE, crate::rules::MANUALS] {
            assert_eq!(read(&manuals.written()), manuals.0);
        }
        assert_eq!(read(""), []);
    }

    #[test]
    fn the_reason_is_the_first_sentence() {
        let check = |manual: &str, expected: &str| {
            let (bytes, length) = why::<64>(manual);
            assert_eq!(str::from_utf8(&bytes[..length]), Ok(expected), "{manual}");
        };
        check(" ## Why it matters\n\n One\n two `a.b`. Three.\n", "One two `a.b`");
        check(" ## What\n\n a  ## Why\n\n ## Why it matters\n\n One.\n\n Two.\n", "One");
        check(" ## Why it matters\n\n é\n\n Two\n", "é");
        check(" ## Why it matters\n", "");
        check(" One.\n", "");
        assert_eq!(RULE.why, "Because");
    }

    #[test]
    fn sections_are_found_by_heading_and_not_inside_code() {
        assert_eq!(HERE.section(&RULE, "Why it matters").as_deref(), Some("Because."));
        assert_eq!(HERE.section(&RULE, "References"), None);
        let headings: Vec<_> = HERE.sections(&RULE).into_iter().map(|section| section.heading).collect();
        assert_eq!(headings, ["What it does", "Why it matters", "Example", "Use instead"]);
        assert!(
            HERE.section(&RULE, "Example").is_some_and(|text| text.contains("\n## not a heading\nx==1  \\\n    --"))
        );
    }

    #[test]
    fn examples_say_their_kind_and_files() {
        let examples: Vec<_> = HERE.examples(&RULE).collect();
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let expected = [
            (ExampleKind::Bad, vec![file("requirements.txt", "## not a heading\nx==1  \\\n    --no-hash\n")]),
            (ExampleKind::Bad, vec![file("dev/requirements.txt", "x\n"), file("base/dev/requirements.txt", "y\n")]),
            (ExampleKind::Good, vec![file("a.txt", "```\n"), file("b.txt", "")]),
        ];
        let got: Vec<_> = examples.iter().map(|example| (example.kind, example.files.clone())).collect();
        assert_eq!(got, expected);
        assert!(examples.iter().all(|example| example.language == "requirements"));
        let change = examples.get(1).expect("the second");
        assert_eq!(change.base().collect::<Vec<_>>(), [("dev/requirements.txt", "y\n")]);
        assert_eq!(change.head().collect::<Vec<_>>(), [("dev/requirements.txt", "x\n")]);
    }

    #[test]
    fn every_manual_has_the_fixed_headings_in_their_order() {
        let ours = crate::rules::RULES.iter().map(|rule| (*rule, crate::rules::MANUALS));
        for (rule, manuals) in ours.chain([(&RULE, HERE)]) {
            let found: Vec<_> = manuals.sections(rule).into_iter().map(|section| section.heading).collect();
            let known: Vec<_> = HEADINGS.into_iter().filter(|heading| found.iter().any(|f| f == heading)).collect();
            assert_eq!(found, known, "{}", rule.id);
            assert!(known.starts_with(&["What it does", "Why it matters", "Example"]), "{}", rule.id);
        }
    }
}
