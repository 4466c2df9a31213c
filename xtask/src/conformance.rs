//! `cargo xtask conformance [DIR]`: compares with pip's records, where a corpus is at hand.

use std::path::PathBuf;

use anyhow::Result;

use crate::run;

/// Where the corpus is when nobody says: `$PYCHAIN_CORPUS`, else beside the repository.
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("PYCHAIN_CORPUS").map_or_else(|| run::root().join("../shared/corpus"), PathBuf::from)
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut words = arguments.to_vec();
    if words.first().is_none_or(|word| word.starts_with('-')) {
        let corpus = corpus();
        if corpus.join("manifest.tsv").is_file() {
            words.insert(0, corpus.to_string_lossy().into_owned());
        } else {
            println!("conformance: SKIPPED but for the histories: there is no corpus at `{}`", corpus.display());
            println!("conformance: name its directory, or set PYCHAIN_CORPUS; docs/contributing.md says what it holds");
        }
    } else if let Some(directory) = words.first_mut() {
        // The tool starts at the top of the repository, the path was said from here.
        *directory = std::path::absolute(&*directory)?.to_string_lossy().into_owned();
    }
    // Without optimization: seconds for thousands of files, against minutes to build it with.
    run::status(run::cargo(["run", "--quiet", "-p", "pychain-conformance", "--"]).args(words))
}
