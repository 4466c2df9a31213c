//! The change between two sets of files: which requirements came, went, or were altered.

use crate::tree::{Entry, Project};

/// A requirement before and after a change; at least one side is there.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// As it was, in the base's files.
    pub before: Option<Entry<'a>>,
    /// As it is, in the head's files.
    pub after: Option<Entry<'a>>,
}

/// Pairs the requirements of two sets of files by path and project.
pub fn changes<'a>(base: &'a Project, head: &'a Project) -> Vec<Change<'a>> {
    let _ = (base, head);
    Vec::new()
}
