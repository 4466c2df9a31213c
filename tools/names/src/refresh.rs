//! Makes the lists anew from what anybody can download: an index's list of projects, and a list of the most downloaded ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use lzma_rust2::{XzOptions, XzWriter};
use pychain_core::name::normalize;
use serde_json::Value;

use crate::provenance;

/// How many ranked names are kept.
const RANKED: usize = 15_000;
/// A list shorter than this was cut off on its way.
const MIN_NAMES: usize = 500_000;

/// `index` is the list of projects as PEP 691 has it, `ranks` the most downloaded projects in order, both JSON.
///
/// The day of the first is today's, by the name of its file (`index-2026-11-22.json`); the second tells its own.
pub(crate) fn run(index: &Path, ranks: &Path, folder: &Path) -> Result<()> {
    let date = index
        .file_stem()
        .and_then(|stem| stem.to_str())
        .and_then(|stem| stem.strip_prefix("index-"))
        .context("the list is not called index-DATE.json")?;
    let names = names(&json(index)?)?;
    ensure!(names.len() >= MIN_NAMES, "only {} names: the list is not whole", names.len());
    let ranks = json(ranks)?;
    let ranked = ranked(&ranks, &names)?;
    let ranked_date: String = ranks["last_update"].as_str().unwrap_or(date).chars().take(10).collect();

    let text = names.iter().fold(String::new(), |mut text, name| {
        let _ = writeln!(text, "{name}");
        text
    });
    let mut writer = XzWriter::new(File::create(folder.join("data/names.txt.xz"))?, XzOptions::with_preset(9))?;
    writer.write_all(text.as_bytes())?;
    writer.finish()?.flush()?;
    fs::write(folder.join("data/ranked.tsv"), ranked)?;
    provenance::renew(folder, "names.txt.xz", Some(date))?;
    provenance::renew(folder, "ranked.tsv", Some(&ranked_date))?;
    println!("{} names of {date}, ranks of {ranked_date}; now `cargo xtask data build`", names.len());
    Ok(())
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_str(&fs::read_to_string(path).with_context(|| path.display().to_string())?)
        .with_context(|| format!("`{}` is no JSON", path.display()))
}

fn names(index: &Value) -> Result<BTreeSet<String>> {
    let projects = index["projects"].as_array().context("the index's list has no `projects`")?;
    let is_name = |name: &String| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    Ok(projects.iter().filter_map(|project| project["name"].as_str()).map(normalize).filter(is_name).collect())
}

/// `RANK<TAB>NAME` for the most downloaded projects that are still there; a rank of one that is gone stays free.
fn ranked(ranks: &Value, names: &BTreeSet<String>) -> Result<String> {
    let rows = ranks["rows"]
        .as_array()
        .or_else(|| ranks.as_array())
        .context("the list of the most downloaded projects has no `rows`")?;
    let name =
        |row: &Value| row["project"].as_str().or_else(|| row["name"].as_str()).or_else(|| row.as_str()).map(normalize);
    let mut ranked: BTreeMap<usize, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (at, name) in rows.iter().take(RANKED).filter_map(name).enumerate() {
        if names.contains(&name) && seen.insert(name.clone()) {
            ranked.insert(at + 1, name);
        }
    }
    let mut text = "rank\tname\n".to_owned();
    for (rank, name) in ranked {
        let _ = writeln!(text, "{rank}\t{name}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_and_a_list_of_ranks_become_lists() {
        let index = serde_json::json!({"meta": {"api-version": "1.1"}, "projects": [{"name": "B.b"}, {"name": "a"}, {"name": "\u{e9}"}]});
        let names = names(&index).expect("names");
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "b-b"]);
        let ranks = serde_json::json!({"last_update": "2026-06-15 05:00:00", "rows": [{"project": "gone"}, {"project": "b_b"}, {"project": "a"}]});
        assert_eq!(ranked(&ranks, &names).expect("ranks"), "rank\tname\n2\tb-b\n3\ta\n");
    }
}
