//! The table of a change at a terminal: aligned, one project a line, what else there is to know behind it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use pychain_core::diff::{Kind, Row};
use pychain_core::order::Set;
use pychain_core::prose::{clip, visible};
use pychain_core::report::change;
use unicode_width::UnicodeWidthStr as _;

use super::plural;

/// Characters of a name or a version that are shown.
const MAX_CELL: usize = 40;
/// Of what stands behind them, where the width of the terminal is not known.
const WIDTH: usize = 200;
/// Places of a project that are named.
const MAX_PLACES: usize = 3;
/// Behind the cells there is room for so many characters at least, or it goes below them.
const ROOM: usize = 40;

/// The table, and how much of what it shows, for a terminal of so many columns. Styled; ends with a line feed.
pub(crate) fn table(rows: &[Row], columns: Option<usize>) -> String {
    if rows.is_empty() {
        return "No dependency changes\n".to_owned();
    }
    let cell = |text: &str| clip(&visible(text), MAX_CELL).into_owned();
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            let [before, after] = change::versions(row);
            [change::kinds(row), cell(&row.name), cell(&before), cell(&after)]
        })
        .collect();
    let head = ["change", "project", "before", "after"].map(str::to_owned);
    let mut widths = [0; 4];
    for line in cells.iter().chain([&head]) {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.width());
        }
    }
    let bold = Style::new().bold();
    let mut out = format!("{bold}{}{bold:#}\n", aligned(&head, widths).trim_end());
    let room = columns.unwrap_or(WIDTH).max(ROOM);
    let before_notes = widths.iter().sum::<usize>() + 2 * widths.len();
    for (row, cells) in rows.iter().zip(&cells) {
        let style = color(row).on_default();
        let [kinds, rest @ ..] = aligned_cells(cells, widths);
        let line = format!("{style}{kinds}{style:#}  {}", rest.join("  "));
        let mut notes: Vec<String> = change::notes(row).iter().map(|note| visible(note).into_owned()).collect();
        notes.push(places(row));
        let notes = notes.join(", ");
        if before_notes + ROOM <= room {
            let wrapped = wrapped(&notes, room - before_notes);
            let _ = writeln!(out, "{line}  {}", wrapped.join(&format!("\n{:before_notes$}", "")));
        } else {
            let wrapped = wrapped(&notes, room.saturating_sub(4));
            let _ = writeln!(out, "{}\n    {}", line.trim_end(), wrapped.join("\n    "));
        }
    }
    let files: Set<&str> = rows.iter().flat_map(|row| &row.places).map(|place| place.path.as_str()).collect::<Set<_>>();
    let (count, noun) = (files.len(), plural(files.len(), "file", "files"));
    let _ = writeln!(out, "{} in {count} {noun}", change::counts(rows));
    out
}

fn aligned(cells: &[String; 4], widths: [usize; 4]) -> String {
    aligned_cells(cells, widths).join("  ")
}

fn aligned_cells(cells: &[String; 4], widths: [usize; 4]) -> [String; 4] {
    std::array::from_fn(|at| format!("{}{:pad$}", cells[at], "", pad = widths[at] - cells[at].width()))
}

fn color(row: &Row) -> AnsiColor {
    match row.kinds.first() {
        Some(Kind::Resourced | Kind::Rehashed) => AnsiColor::Red,
        Some(Kind::Added | Kind::Downgraded) => AnsiColor::Yellow,
        Some(Kind::Upgraded) => AnsiColor::Green,
        _ => AnsiColor::Cyan,
    }
}

fn places(row: &Row) -> String {
    let named = row.places.iter().take(MAX_PLACES).map(|place| {
        let base = if place.in_base { " (before)" } else { "" };
        format!("{}:{}{base}", visible(&clip(&place.path, 100)), place.line)
    });
    let mut named: Vec<String> = named.collect();
    if let Some(more) = row.places.len().checked_sub(MAX_PLACES).filter(|more| *more > 0) {
        named.push(format!("and {more} more"));
    }
    named.join(" ")
}

/// Lines of at most `width` columns, broken at spaces; a word that is longer has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_at_spaces() {
        assert_eq!(wrapped("a bb ccc dddddd e", 5), ["a bb", "ccc", "dddddd", "e"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
