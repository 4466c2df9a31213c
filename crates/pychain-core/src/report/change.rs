//! The table of a change, for people in Markdown and for programs in JSON. It adds no judgement.

use std::fmt::Write as _;

use crate::diff::{Kind, Route, Row, SizeChange, State};
use crate::order::Set;
use crate::prose::{clip, code};
use crate::report::markdown::{MAX_PIECE, escape, plural};
use crate::url::percent_encode_path;

/// Characters of a version, a name or a place that a table shows.
const MAX_CELL: usize = 60;
/// What stands for a version where none is asked for.
const ANY: &str = "any";
/// Projects on a way that are named; of a longer way, its ends.
const MAX_WAY: usize = 5;

/// How many of each kind, by the weightiest thing done to a project: `2 added, 1 upgraded`. Empty without rows.
pub fn counts(rows: &[Row]) -> String {
    let of = |kind: Kind| rows.iter().filter(|row| row.kinds.first() == Some(&kind)).count();
    let label = |kind: Kind, count: usize| match kind {
        Kind::Marker => format!("{count} with another marker"),
        Kind::Extras => format!("{count} with other extras"),
        Kind::Groups => format!("{count} in other groups"),
        _ => format!("{count} {}", kind.name()),
    };
    let parts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, of(kind)))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| label(kind, count))
        .collect();
    parts.join(", ")
}

/// What is done to a project: `upgraded, re-sourced`.
pub fn kinds(row: &Row) -> String {
    row.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

/// The versions before and after, as a reader wants them: empty where there is no such side.
pub fn versions(row: &Row) -> [String; 2] {
    let version = |state: &Option<State>| match state {
        None => String::new(),
        Some(state) if state.versions.is_empty() => ANY.to_owned(),
        Some(state) => state.version(),
    };
    [version(&row.before), version(&row.after)]
}

/// What else there is to know of a row, each as prose with code in backticks.
pub fn notes(row: &Row) -> Vec<String> {
    let mut notes = Vec::new();
    if row.constraint {
        notes.push("a constraint".to_owned());
    }
    if let (Some(before), Some(after)) = (&row.before, &row.after) {
        let none = |what: &[String], nothing: &str| {
            if what.is_empty() { nothing.to_owned() } else { code(&what.join(", ")) }
        };
        let place = |source: &str| if source.is_empty() { "the configured index".to_owned() } else { code(source) };
        for kind in &row.kinds {
            match kind {
                Kind::Resourced => {
                    notes.push(format!("from {} instead of {}", place(&after.source), place(&before.source)));
                }
                Kind::Rehashed => notes.push(hashes(row)),
                Kind::Marker => notes.push(format!(
                    "marker {}, was {}",
                    none(&after.markers, "none"),
                    none(&before.markers, "none")
                )),
                Kind::Extras => {
                    notes.push(format!(
                        "extras {}, were {}",
                        none(&after.extras, "none"),
                        none(&before.extras, "none")
                    ));
                }
                Kind::Groups => {
                    notes.push(format!(
                        "groups {}, were {}",
                        none(&after.groups, "none"),
                        none(&before.groups, "none")
                    ));
                }
                Kind::Added | Kind::Downgraded | Kind::Upgraded | Kind::Changed | Kind::Removed => {}
            }
        }
    }
    if row.kinds.contains(&Kind::Added) {
        notes.extend(way(&row.route));
        let source = row.after.as_ref().map_or("", |after| after.source.as_str());
        if !source.is_empty() && !is_public(source) {
            notes.push(format!("from {}", code(source)));
        }
    }
    notes.extend(row.age.map(age));
    notes.extend(row.size.and_then(|size| self::size(size, row.kinds.contains(&Kind::Added))));
    if row.is_newly_sdist_only() {
        notes.push("source distribution only".to_owned());
    }
    notes
}

fn is_public(source: &str) -> bool {
    source.trim_end_matches('/') == "https://pypi.org/simple"
}

fn hashes(row: &Row) -> String {
    match (row.hashes.added, row.hashes.removed) {
        (added, 0) => format!("{} added", plural_of(added, "hash", "hashes")),
        (0, removed) => format!("{} removed", plural_of(removed, "hash", "hashes")),
        (added, removed) => format!("{} added and {removed} removed", plural_of(added, "hash", "hashes")),
    }
}

fn plural_of(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `through a → b`, or that it is asked for.
fn way(route: &Route) -> Option<String> {
    match route {
        Route::Unknown => None,
        Route::Direct => Some("asked for directly".to_owned()),
        Route::Through(way) => {
            let named = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(" → ");
            let text = match (way.first(), way.last()) {
                (Some(first), Some(last)) if way.len() > MAX_WAY => {
                    format!("{} → … → {}", code(first), code(last))
                }
                _ => named(way),
            };
            Some(format!("needed by {text}"))
        }
    }
}

/// How old a release was, in the largest unit that says enough.
fn age(days: i64) -> String {
    match days {
        ..0 => "uploaded after the day of this audit".to_owned(),
        0 => "uploaded today".to_owned(),
        1 => "1 day old".to_owned(),
        2..60 => format!("{days} days old"),
        60..730 => format!("{} months old", days / 30),
        _ => format!("{} years old", days / 365),
    }
}

fn size(size: SizeChange, is_added: bool) -> Option<String> {
    match size.before {
        Some(before) if size.is_jump() => Some(format!("grew from {} to {}", bytes(before), bytes(size.after))),
        None if is_added => Some(bytes(size.after)),
        _ => None,
    }
}

/// A size in the unit that people would use, in powers of a thousand.
fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} bytes");
    }
    let mut tenths = u128::from(count) / 100;
    for unit in UNITS {
        if tenths < 10_000 || unit == "TB" {
            let rest = if tenths < 100 { format!(".{}", tenths % 10) } else { String::new() };
            return format!("{}{rest} {unit}", tenths / 10);
        }
        tenths /= 1000;
    }
    String::new()
}

/// The table in Markdown, and how many rows it has: as many as fit into `room` bytes and are not more than `most`. What
/// does not fit is counted. Names link to their lines, where `blob` tells where the files are shown: an absolute URL that
/// a path is appended to. Empty without rows. Begins with a line feed.
pub(super) fn table(rows: &[Row], most: usize, room: usize, blob: Option<&str>) -> (String, usize) {
    if rows.is_empty() {
        return (String::new(), 0);
    }
    let places = rows.iter().flat_map(|row| &row.places);
    let has_files = places.map(|place| place.path.as_str()).collect::<Set<_>>().len() > 1;
    let mut out = format!("\n### Dependencies that change: {}\n", counts(rows));
    let columns = if has_files {
        "\n| | project | before | after | | where |\n|---|---|---|---|---|---|\n"
    } else {
        "\n| | project | before | after | |\n|---|---|---|---|---|\n"
    };
    let mut left = room.saturating_sub(out.len() + columns.len() + MAX_PIECE);
    let mut lines = String::new();
    let mut shown = 0;
    for row in rows.iter().take(most) {
        let line = line(row, has_files, blob);
        let Some(rest) = left.checked_sub(line.len()) else { break };
        left = rest;
        lines.push_str(&line);
        shown += 1;
    }
    if shown > 0 {
        out.extend([columns, &lines]);
    }
    let more = rows.len() - shown;
    if more > 0 {
        let these = plural(more, "more project");
        let verb = if more == 1 { "changes" } else { "change" };
        let _ = writeln!(out, "\nAnd {these} {verb}; `pychain diff BASE HEAD` shows all of them.");
    }
    (out, shown)
}

/// The table alone, as `pychain diff --format markdown` prints it. Ends with a line feed.
pub fn markdown(rows: &[Row]) -> String {
    let (table, _) = table(rows, usize::MAX, usize::MAX, None);
    if table.is_empty() { "pychain: no dependency changes\n".to_owned() } else { table.trim_start().to_owned() }
}

fn line(row: &Row, has_files: bool, blob: Option<&str>) -> String {
    let cell = |text: &str| if text.is_empty() { String::new() } else { escape::cell_code(&clip(text, MAX_CELL)) };
    let version = |state: &Option<State>| match state {
        None => String::new(),
        Some(state) if state.versions.is_empty() => ANY.to_owned(),
        Some(state) => cell(&state.version()),
    };
    let name = match (blob, row.places.first()) {
        (Some(blob), Some(place)) if !place.in_base => {
            let blob = blob.trim_end_matches('/');
            format!("[{}]({blob}/{}#L{})", cell(&row.name), percent_encode_path(&place.path), place.line)
        }
        _ => cell(&row.name),
    };
    let notes: Vec<String> = notes(row).iter().map(|note| escape::cell_prose(&clip(note, MAX_PIECE))).collect();
    let (before, after) = (version(&row.before), version(&row.after));
    let mut out = format!("| {} | {name} | {before} | {after} | {} |", kinds(row), notes.join(", "));
    if has_files {
        let files: Set<&str> = row.places.iter().map(|place| place.path.as_str()).collect::<Set<_>>();
        let mut named: Vec<String> = files.iter().take(3).map(|path| cell(path)).collect();
        if files.len() > 3 {
            named.push(format!("and {} more", files.len() - 3));
        }
        let _ = write!(out, " {} |", named.join(", "));
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_in_units_that_people_use() {
        for (count, said) in [
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (9_960, "9.9 kB"),
            (97_941, "97 kB"),
            (999_999, "999 kB"),
            (1_234_567, "1.2 MB"),
            (11_000_000, "11 MB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(bytes(count), said);
        }
        for (days, said) in [
            (-1, "uploaded after the day of this audit"),
            (1, "1 day old"),
            (59, "59 days old"),
            (60, "2 months old"),
            (730, "2 years old"),
        ] {
            assert_eq!(age(days), said);
        }
    }
}
