//! Where a review comment may stand (R1–R3, R6), and where it is after a push (R9).

use crate::diff::{FileChange, Side, survivors};

/// A place in the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The file.
    pub path: String,
    /// The side of `line`.
    pub side: Side,
    /// The last line; `None` is the file as a whole.
    pub line: Option<usize>,
    /// The first line, if there are several.
    pub start: Option<(Side, usize)>,
    /// The deprecated `position`.
    pub position: Option<usize>,
    /// The hunk down to the line.
    pub hunk: String,
}

/// Where a comment is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// The file.
    pub path: &'a str,
    /// The last line.
    pub line: Option<usize>,
    /// Its side, RIGHT if not given.
    pub side: Option<Side>,
    /// The first line.
    pub start_line: Option<usize>,
    /// Its side, that of `line` if not given.
    pub start_side: Option<Side>,
    /// Instead of a line, the deprecated `position`.
    pub position: Option<usize>,
    /// R6: the file as a whole.
    pub file: bool,
}

/// Why a comment cannot stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// The file is not part of the diff.
    Path,
    /// R1.
    NotInDiff,
    /// R2.
    StartNotBefore,
    /// R3.
    OtherHunk,
}

impl Misplaced {
    /// GitHub's sentence in the reply to a review.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Misplaced::Path => "Path could not be resolved",
            Misplaced::NotInDiff => {
                "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank"
            }
            Misplaced::StartNotBefore => "Pull request review thread start line must precede the end line.",
            Misplaced::OtherHunk => "Pull request review thread start line must be part of the same hunk as the line.",
        }
    }
}

/// The place in the diff, if there is one.
pub(crate) fn place(changes: &[FileChange], wanted: &Wanted<'_>) -> Result<Spot, Misplaced> {
    let change = changes.iter().find(|change| change.path == wanted.path).ok_or(Misplaced::Path)?;
    if wanted.file {
        return Ok(Spot {
            path: change.path.clone(),
            side: Side::Right,
            line: None,
            start: None,
            position: None,
            hunk: String::new(),
        });
    }
    let (side, line) = match (wanted.line, wanted.position) {
        (Some(line), _) => (wanted.side.unwrap_or(Side::Right), line),
        (None, Some(position)) => change.at_position(position).ok_or(Misplaced::NotInDiff)?,
        (None, None) => return Err(Misplaced::NotInDiff),
    };
    // R1
    let (hunk, at) = change.find(side, line).ok_or(Misplaced::NotInDiff)?;
    let start = wanted.start_line.map(|start| (wanted.start_side.unwrap_or(side), start));
    if let Some((start_side, start_line)) = start {
        // R2: on one side the numbers tell; across sides the order in the hunk does.
        if start_side == side && start_line >= line {
            return Err(Misplaced::StartNotBefore);
        }
        // R3
        match change.find(start_side, start_line) {
            Some((other, first)) if other == hunk => {
                if first >= at {
                    return Err(Misplaced::StartNotBefore);
                }
            }
            _ => return Err(Misplaced::OtherHunk),
        }
    }
    Ok(Spot {
        path: change.path.clone(),
        side,
        line: Some(line),
        start,
        position: Some(change.position(hunk, at)),
        hunk: change.hunks[hunk].text_to(at),
    })
}

/// R9: the place after its file went from `old` to `new`; `None` is outdated, which it is if a line
/// of it was changed or left the diff.
pub(crate) fn follow(spot: &Spot, old: &[u8], new: &[u8], changes: &[FileChange]) -> Option<Spot> {
    let Some(line) = spot.line else { return follow_file(spot, changes) };
    let moved = survivors(old, new);
    let to = *moved.get(&line)?;
    let start = match spot.start {
        Some((side, start)) if side == spot.side => {
            let first = *moved.get(&start)?;
            let whole = (start..=line).all(|line| moved.contains_key(&line));
            if !whole || to - first != line - start {
                return None;
            }
            Some((side, first))
        }
        other => other,
    };
    let wanted = Wanted {
        path: &spot.path,
        line: Some(to),
        side: Some(spot.side),
        start_line: start.map(|(_, start)| start),
        start_side: start.map(|(side, _)| side),
        ..Wanted::default()
    };
    // The hunk that is shown stays the original one.
    place(changes, &wanted).ok().map(|found| Spot { hunk: spot.hunk.clone(), ..found })
}

/// A comment on a file stays while the file is part of the diff.
pub(crate) fn follow_file(spot: &Spot, changes: &[FileChange]) -> Option<Spot> {
    let there = changes.iter().any(|change| change.path == spot.path);
    (spot.line.is_none() && there).then(|| spot.clone())
}
