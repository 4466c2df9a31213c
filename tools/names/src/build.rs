//! From the reviewable lists to the form that is used in place. Offline; the same lists give the same bytes.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use lzma_rust2::XzReader;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::pack;

use crate::provenance;

/// What is built of a data folder: file names and bytes.
pub(crate) fn built(folder: &Path) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let names_date = provenance::date(folder, "names.txt.xz")?;
    let ranked_date = provenance::date(folder, "ranked.tsv")?;
    let all = all_names(&folder.join("data/names.txt.xz"))?;
    let names: Vec<&str> = all.lines().collect();
    ensure!(names.is_sorted(), "the names are not sorted");
    let ranks = fs::read_to_string(folder.join("data/ranked.tsv")).context("ranked.tsv")?;
    let ranked = ranks.lines().skip(1).map(|line| {
        let (rank, name) = line.split_once('\t').with_context(|| format!("no rank and name: `{line}`"))?;
        Ok((rank.parse().with_context(|| format!("`{rank}` is no rank"))?, name))
    });
    let ranked: Vec<(u16, &str)> = ranked.collect::<Result<_>>()?;
    let index = pack::filter(&names, &names_date)?;
    let filter = NameFilter::new(index.clone()).context("the filter cannot be read back")?;
    ensure!(names.iter().all(|name| filter.contains(name)), "the filter misses a name");
    Ok(vec![
        ("ranked.bin", pack::ranked(&ranked, &ranked_date, Some(&filter))?),
        ("words.bin", pack::words(&names)),
        ("index.bin", index),
    ])
}

/// Builds into `FOLDER/built`.
pub(crate) fn run(folder: &Path) -> Result<()> {
    for (name, bytes) in built(folder)? {
        let path = folder.join("built").join(name);
        fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
        println!("{name}: {} bytes", bytes.len());
    }
    Ok(())
}

/// Compares what is built with what would be built.
pub(crate) fn check(folder: &Path) -> Result<()> {
    for (name, bytes) in built(folder)? {
        let there = fs::read(folder.join("built").join(name)).with_context(|| name.to_owned())?;
        ensure!(there == bytes, "{name} is not what the lists give: run `cargo xtask data build`");
    }
    provenance::check(folder)?;
    println!("the built name data is what its lists give");
    Ok(())
}

/// Every name of the snapshot, a line each.
pub(crate) fn all_names(path: &Path) -> Result<String> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut text = String::new();
    XzReader::new(BufReader::new(file), true).read_to_string(&mut text).context("unpacking the names")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_built_is_what_the_lists_give() {
        super::check(&crate::facts::folder()).expect("the data");
    }
}
