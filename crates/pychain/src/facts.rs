//! The facts that the binary carries: names, used in place where they lie in the program.

use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::lines::SortedLines;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::remembered::Remembered;
use pychain_core::knowledge::vocabulary::Vocabulary;
use pychain_core::knowledge::{Knowledge, Names};

/// All of them. Reads a few headers; nothing is parsed or copied.
pub(crate) fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::default();
    knowledge.names = names();
    knowledge
}

/// What is known of names. A test sees to it that the shipped data is whole.
pub(crate) fn names() -> Option<Names> {
    Some(Names {
        ranked: RankedNames::new(pychain_data::RANKED)?,
        vocabulary: Vocabulary::new(pychain_data::WORDS)?,
        index: NameFilter::new(pychain_data::INDEX),
        standard_library: SortedLines::new(pychain_data::STANDARD_LIBRARY),
        imports: SortedLines::new(pychain_data::IMPORTS),
        malicious: SortedLines::new(pychain_data::MALICIOUS),
        plain: Remembered::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_data_is_whole() {
        let names = names().expect("whole data");
        let index = names.index.expect("the index");
        assert!(names.ranked.count() > 10_000 && index.count() > 500_000);
        assert!(names.ranked.iter().all(|name| index.contains(&names.ranked.name(name))));
        assert_eq!(names.ranked.find("requests").map(|name| names.ranked.name(name)).as_deref(), Some("requests"));
        assert!(names.imports.get("yaml").is_some() && names.standard_library.get("smtplib").is_some());
    }
}
