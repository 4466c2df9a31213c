//! Facts about names of projects, as bytes to use in place; `data/PROVENANCE.toml` says where they come from.
//!
//! `data/` holds the truth, as text that can be reviewed; `built/` is made from it by
//! `cargo xtask data build` and nothing else, and a test compares the two. Formats are documented
//! beside their readers in `pychain_core::knowledge`.

/// The most downloaded projects: `pychain_core::knowledge::ranked`.
pub static RANKED: &[u8] = include_bytes!("../built/ranked.bin");

/// The words that names are made of: `pychain_core::knowledge::vocabulary`.
pub static WORDS: &[u8] = include_bytes!("../built/words.bin");

/// Every project of the public index, as a filter: `pychain_core::knowledge::filter`.
pub static INDEX: &[u8] = include_bytes!("../built/index.bin");

/// Modules of the standard library, sorted lines.
pub static STANDARD_LIBRARY: &str = include_str!("../data/standard-library.txt");

/// Names of modules and the project that brings each, sorted lines.
pub static IMPORTS: &str = include_str!("../data/imports.tsv");

/// Names under which something malicious was published, sorted lines.
pub static MALICIOUS: &str = include_str!("../data/malicious.tsv");
