//! One finding or error as a block of lines: title, source lines with their spans underlined, notes.
//!
//! ```text
//! high[mixed-hashes]: `click` has no hash
//!  --> requirements.txt:2:1
//!   |
//! 2 | click==8.1.7
//!   | ^^^^^^^^^^^^
//!   |
//!   = help: add a `--hash`
//! ```

use std::ops::Range;

use anstyle::{AnsiColor, Style};
use pychain_core::prose::visible;
use pychain_core::text::{SourceFile, Span};
use unicode_width::UnicodeWidthStr as _;

use super::excerpt::{self, Excerpt};

/// Line number, bar, spaces and the marks of a cut, for files of up to 9999 lines.
const FRAME_WIDTH: usize = 9;

const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Made step by step; every text is made safe to show when it comes in.
#[derive(Debug)]
pub(crate) struct Block {
    color: Style,
    title: String,
    places: Vec<(String, Excerpt, String)>,
    notes: Vec<(&'static str, String)>,
    width: usize,
}

impl Block {
    /// A block titled `kind: message`, or `kind[id]: message`.
    pub(crate) fn new(kind: &str, color: AnsiColor, id: Option<&str>, message: &str) -> Self {
        let color = color.on_default().bold();
        let id = id.map(|id| format!("[{}]", visible(id))).unwrap_or_default();
        let bold = Style::new().bold();
        let title = format!("{color}{kind}{id}{color:#}{bold}: {}{bold:#}", visible(message));
        Self { color, title, places: Vec::new(), notes: Vec::new(), width: excerpt::WIDTH }
    }

    /// Source lines are to fit into so many columns, with what stands before them.
    pub(crate) fn within(mut self, columns: usize) -> Self {
        self.width = columns.saturating_sub(FRAME_WIDTH).min(excerpt::WIDTH);
        self
    }

    /// Shows a place: the first is what the block is about, others belong to it.
    pub(crate) fn place(&mut self, file: &SourceFile, span: Span, label: &str) {
        let excerpt = Excerpt::new(file, span, self.width);
        self.places.push((visible(file.path()).into_owned(), excerpt, visible(label).into_owned()));
    }

    /// Title and place in one line, without a line feed. Styled.
    pub(crate) fn in_a_line(&self) -> String {
        let place = self
            .places
            .first()
            .map(|(path, Excerpt { line, column, .. }, _)| format!(" {FRAME}-->{FRAME:#} {path}:{line}:{column}"));
        format!("{}{}", self.title, place.unwrap_or_default())
    }

    /// Says something at the end.
    pub(crate) fn note(&mut self, label: &'static str, text: &str) {
        self.notes.push((label, visible(text).into_owned()));
    }
}

impl std::fmt::Display for Block {
    /// Styled; ends with a line feed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = self.places.iter().map(|(_, excerpt, _)| excerpt.line);
        let gutter = lines.max().unwrap_or_default().to_string().len();
        writeln!(f, "{}", self.title)?;
        for (index, (path, excerpt, label)) in self.places.iter().enumerate() {
            let (arrow, mark, color) = if index == 0 { ("-->", "^", self.color) } else { (":::", "-", FRAME) };
            let Excerpt { line, column, text, marked } = excerpt;
            let piece = |range: Range<usize>| text.get(range).unwrap_or_default().width();
            let (before, under) = (piece(0..marked.start), mark.repeat(piece(marked.clone()).max(1)));
            writeln!(f, "{:gutter$}{FRAME}{arrow}{FRAME:#} {path}:{line}:{column}", "")?;
            writeln!(f, "{:gutter$} {FRAME}|{FRAME:#}", "")?;
            writeln!(f, "{FRAME}{line:gutter$} |{FRAME:#} {}", text.trim_end())?;
            let label = if label.is_empty() { String::new() } else { format!(" {label}") };
            writeln!(f, "{:gutter$} {FRAME}|{FRAME:#} {:before$}{color}{under}{label}{color:#}", "", "")?;
            if index + 1 < self.places.len() || !self.notes.is_empty() {
                writeln!(f, "{:gutter$} {FRAME}|{FRAME:#}", "")?;
            }
        }
        for (label, text) in &self.notes {
            let bold = Style::new().bold();
            writeln!(f, "{:gutter$} {FRAME}={FRAME:#} {bold}{label}{bold:#}: {text}", "")?;
        }
        Ok(())
    }
}
