//! Suggestion blocks: found in a comment, applied to head, or refused as GitHub refuses them (R14).

use crate::diff::{Side, lines};
use crate::git::{Entry, Tree};
use crate::state::World;

/// Why a suggestion cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// There is no such comment, or no block in it.
    None,
    /// It changes nothing.
    Unchanged,
    /// It sits on removed lines.
    Deleted,
    /// Its thread is outdated.
    Outdated,
    /// The pull request is closed.
    Closed,
    /// Its review is pending.
    Pending,
    /// Two of a batch touch one line.
    Overlap,
    /// It sits on a file as a whole.
    File,
}

impl Invalid {
    /// What GitHub prints beside the suggestion.
    pub fn message(self) -> &'static str {
        match self {
            Invalid::None => "There is no suggestion",
            Invalid::Unchanged => "This suggestion is invalid because no changes were made to the code.",
            Invalid::Deleted => "Applying suggestions on deleted lines is not supported.",
            Invalid::Outdated => "Outdated suggestions cannot be applied.",
            Invalid::Closed => "Suggestions cannot be applied while the pull request is closed.",
            Invalid::Pending => "Suggestions cannot be applied from pending reviews.",
            Invalid::Overlap => "Only one suggestion per line can be applied in a batch.",
            Invalid::File => "Suggestions cannot be applied on files as a whole.",
        }
    }
}

/// The contents of the suggestion blocks of a comment, each with a line feed after every line.
pub fn blocks(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        let Some((fence, info)) = opening(line) else { continue };
        let mut content = String::new();
        for line in lines.by_ref() {
            if closes(line, &fence) {
                break;
            }
            content.push_str(line);
            content.push('\n');
        }
        if info == "suggestion" {
            found.push(content);
        }
    }
    found
}

/// The files of head after a batch of suggestions, the first block of each comment.
pub(crate) fn apply(world: &World, comments: &[u64]) -> Result<Tree, Invalid> {
    if !world.pull.open {
        return Err(Invalid::Closed);
    }
    let mut edits: Vec<(String, usize, usize, String)> = Vec::new();
    for id in comments {
        let comment = world.comment(*id).ok_or(Invalid::None)?;
        let content = blocks(&comment.body).into_iter().next().ok_or(Invalid::None)?;
        let thread = world.thread(comment.thread).ok_or(Invalid::None)?;
        if world.review(comment.review).is_some_and(|review| review.state == "PENDING") {
            return Err(Invalid::Pending);
        }
        if thread.spot.side == Side::Left {
            return Err(Invalid::Deleted);
        }
        if thread.spot.line.is_none() {
            return Err(Invalid::File);
        }
        let now = thread.now.as_ref().ok_or(Invalid::Outdated)?;
        let last = now.line.ok_or(Invalid::File)?;
        let first = match now.start {
            Some((Side::Left, _)) => return Err(Invalid::Deleted),
            Some((Side::Right, first)) => first,
            None => last,
        };
        edits.push((now.path.clone(), first, last, content));
    }
    // From the last line up, so that earlier numbers stay true.
    edits.sort_by(|one, other| (&one.0, other.1).cmp(&(&other.0, one.1)));
    for pair in edits.windows(2) {
        if pair[0].0 == pair[1].0 && pair[1].2 >= pair[0].1 {
            return Err(Invalid::Overlap);
        }
    }
    let mut tree = world.tree(&world.pull.head);
    for (path, first, last, content) in edits {
        let file = tree.get(&path).ok_or(Invalid::Outdated)?;
        let changed = replace(file.bytes(), first, last, &content).ok_or(Invalid::Outdated)?;
        if changed == file.bytes() {
            return Err(Invalid::Unchanged);
        }
        tree.insert(path, Entry::File(changed));
    }
    Ok(tree)
}

/// Replaces exactly the lines `first..=last`, with the line ending that they have.
fn replace(file: &[u8], first: usize, last: usize, content: &str) -> Option<Vec<u8>> {
    let lines = lines(file);
    let old = lines.get(first.checked_sub(1)?..last)?;
    let end = *old.last()?;
    let mut new = content.to_owned();
    if old.iter().all(|line| line.ends_with(b"\r\n") || !line.ends_with(b"\n"))
        && old.iter().any(|line| line.ends_with(b"\r\n"))
    {
        new = new.replace('\n', "\r\n");
    }
    if !end.ends_with(b"\n") {
        // The file ended without a line feed, and still does.
        new.truncate(new.trim_end_matches(['\r', '\n']).len());
    }
    Some([lines[..first - 1].concat(), new.into_bytes(), lines[last..].concat()].concat())
}

/// A fence of backticks or tildes, indented by up to three spaces, and the first word after it.
fn opening(line: &str) -> Option<(String, &str)> {
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > 3 {
        return None;
    }
    let sign = text.chars().next().filter(|sign| ['`', '~'].contains(sign))?;
    let info = text.trim_start_matches(sign);
    let length = text.len() - info.len();
    if length < 3 || (sign == '`' && info.contains('`')) {
        return None;
    }
    Some((text[..length].to_owned(), info.split_whitespace().next().unwrap_or_default()))
}

fn closes(line: &str, fence: &str) -> bool {
    let text = line.trim_start_matches(' ');
    let sign = fence.chars().next().unwrap_or('`');
    line.len() - text.len() <= 3
        && text.trim_end().chars().all(|character| character == sign)
        && text.trim_end().len() >= fence.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r14_a_longer_fence_holds_a_shorter_one() {
        let body = "text\n\n````suggestion\n```\nclick==8.1.7\n````\nmore\n```suggestion\n```\n";
        assert_eq!(blocks(body), ["```\nclick==8.1.7\n", ""]);
        assert_eq!(blocks("```python\n```suggestion\nx\n```\n"), [""; 0]);
    }

    #[test]
    fn r14_line_endings_are_kept() {
        assert_eq!(replace(b"a\r\nb\r\nc", 2, 2, "B\n").unwrap(), b"a\r\nB\r\nc");
        assert_eq!(replace(b"a\nb", 2, 2, "B\nC\n").unwrap(), b"a\nB\nC");
        assert_eq!(replace(b"a\nb\n", 1, 1, "").unwrap(), b"b\n");
    }
}
