//! Facts from outside, gathered beforehand by the caller; a missing fact is unknown, never "fine".

pub(crate) mod bytes;
pub mod crowd;
pub mod filter;
pub mod letters;
pub mod lines;
pub mod pack;
pub mod ranked;
pub mod remembered;
pub mod vocabulary;

pub use bytes::hash;

use filter::NameFilter;
use lines::SortedLines;
use ranked::RankedNames;
use remembered::Remembered;
use vocabulary::Vocabulary;

/// What the caller knows of the world beyond the audited files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Knowledge {
    /// Names of projects, ranked and otherwise.
    pub names: Option<Names>,
}

/// What is known of names.
#[derive(Debug, Clone)]
pub struct Names {
    /// The most downloaded projects.
    pub ranked: RankedNames,
    /// The words that names are made of.
    pub vocabulary: Vocabulary,
    /// Every project of the public index; `None` where only the ranked ones are at hand.
    pub index: Option<NameFilter>,
    /// Modules of the standard library.
    pub standard_library: SortedLines,
    /// Names of modules, and the project that brings each.
    pub imports: SortedLines,
    /// Names under which something malicious was published, and what is known of each.
    pub malicious: SortedLines,
    /// Normalized names that are on no list and resemble no other, as the caller has found out before
    /// ([`crate::audit::is_plain`]) and need not be found again.
    pub plain: Remembered,
}
