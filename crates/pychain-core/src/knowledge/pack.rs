//! From lists of names to the packed forms that are used in place. The same lists give the same bytes.
//!
//! For the builder of the shipped data, for lists that a user brings, and for tests; no audit packs anything. The page packs the names that came to it as lines.

mod filter;
mod ranked;
mod words;

pub use filter::filter;
pub use ranked::{from_lines, ranked, to_lines};
pub use words::words;

/// A list that cannot be packed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpackable(pub String);

impl std::fmt::Display for Unpackable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unpackable {}
