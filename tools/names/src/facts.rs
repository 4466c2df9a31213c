//! The shipped name data, as core reads it.

use anyhow::{Context as _, Result};
use pychain_core::knowledge::Names;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::lines::SortedLines;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::remembered::Remembered;
use pychain_core::knowledge::vocabulary::Vocabulary;

pub(crate) fn names() -> Result<Names> {
    const HELP: &str = "the built data is not whole; `cargo xtask data build` makes it";
    Ok(Names {
        ranked: RankedNames::new(pychain_data::RANKED).context(HELP)?,
        vocabulary: Vocabulary::new(pychain_data::WORDS).context(HELP)?,
        index: Some(NameFilter::new(pychain_data::INDEX).context(HELP)?),
        standard_library: SortedLines::new(pychain_data::STANDARD_LIBRARY),
        imports: SortedLines::new(pychain_data::IMPORTS),
        malicious: SortedLines::new(pychain_data::MALICIOUS),
        plain: Remembered::default(),
    })
}

/// The folder of the data crate.
pub(crate) fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/pychain-data")
}
