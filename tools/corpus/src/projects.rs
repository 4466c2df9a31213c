//! Names of real projects, for what is longer than any real file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use lzma_rust2::XzReader;

/// One name in so many is none of the most downloaded; of the names in real requirements files it is one
/// in six, of those with hashes one in ten.
const UNRANKED: usize = 4;

/// Names of the index without end, the most downloaded first, others from the whole of it among them.
///
/// # Errors
///
/// Where the lists of names cannot be read.
pub fn all() -> Result<impl Iterator<Item = String>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/pychain-data/data");
    let ranks = fs::read_to_string(data.join("ranked.tsv")).context("ranked.tsv")?;
    let ranked: Vec<String> =
        ranks.lines().skip(1).filter_map(|line| line.split_once('\t')).map(|(_, name)| name.to_owned()).collect();
    let mut names = String::new();
    let packed = BufReader::new(File::open(data.join("names.txt.xz")).context("names.txt.xz")?);
    XzReader::new(packed, true).read_to_string(&mut names).context("names.txt.xz")?;
    let known: BTreeSet<&str> = ranked.iter().map(String::as_str).collect();
    // From everywhere in the alphabet, the same ones every time.
    let others: Vec<String> =
        names.lines().step_by(97).filter(|name| !known.contains(name)).map(str::to_owned).collect();
    Ok(mixed(ranked, others))
}

fn mixed(ranked: Vec<String>, others: Vec<String>) -> impl Iterator<Item = String> {
    let (mut ranked, mut others) = (ranked.into_iter(), others.into_iter());
    (1usize..).map_while(move |number| if number.is_multiple_of(UNRANKED) { others.next() } else { ranked.next() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_real_and_mixed() {
        let all: Vec<String> = all().expect("names").take(19_000).collect();
        assert_eq!(all.len(), 19_000);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().any(|name| name == "requests"));
    }
}
