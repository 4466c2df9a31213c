//! Writes a corpus as first inputs for fuzzing: `pychain-corpus CORPUS OUT`.
//!
//! `OUT/files` gets one input for each real file and each case, with all that it includes; `OUT/pairs` two
//! versions of one file, or two cases, as head and base.

#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use pychain_corpus::{Corpus, Item};
use pychain_properties::input::{BASE, NEXT_FILE};

/// Long inputs make a fuzzer slow and teach it nothing that short ones do not.
const MAX_BYTES: usize = 8 * 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, out] = arguments.as_slice() else { bail!("usage: pychain-corpus CORPUS OUT") };
    let corpus = Corpus::open(Path::new(corpus))?;

    let mut inputs = Vec::new();
    // Versions of one file stand next to each other, and so make a pair.
    let mut versions: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for item in corpus.files.iter().chain(&corpus.cases) {
        let bytes = input(item);
        if bytes.len() <= MAX_BYTES {
            versions.entry(family(&item.id)).or_default().push(bytes.clone());
            inputs.push(bytes);
        }
    }
    let pairs: Vec<Vec<u8>> =
        versions.values().flat_map(|family| family.windows(2)).map(|pair| pair.join(BASE)).collect();
    for (name, inputs) in [("files", &inputs), ("pairs", &pairs)] {
        let folder = Path::new(out).join(name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        for (at, bytes) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("{at:05}")), bytes)?;
        }
        println!("{} inputs in {}", inputs.len(), folder.display());
    }
    Ok(())
}

/// The file that is read, then all others beside it that are text of requirements.
fn input(item: &Item) -> Vec<u8> {
    let main = item.files.read(&item.file).unwrap_or_default();
    let others = item.files.iter().filter(|(path, _)| *path != item.file && path.ends_with(".txt")).take(4);
    let parts: Vec<&[u8]> = [main].into_iter().chain(others.map(|(_, bytes)| bytes)).collect();
    parts.join(NEXT_FILE)
}

/// `req/OWNER__NAME/COMMIT/PATH` without the commit; every case is of one family.
fn family(id: &str) -> String {
    match id.splitn(4, '/').collect::<Vec<_>>().as_slice() {
        [kind, repository, _, path] => [*kind, *repository, *path].join("/"),
        _ => String::new(),
    }
}
