//! The manifests of a corpus, and what a reference reader was recorded to make of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::by_id;

/// One manifest with the record of it.
pub struct ManifestItem {
    /// Its name in the corpus: `KIND/OWNER__NAME/COMMIT/PATH`.
    pub id: String,
    /// The name that its tool knows it by; in the corpus it may have another.
    pub file_name: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The record.
    pub oracle: Value,
}

/// The manifests of the list of files; none where there are no records of them.
pub(crate) fn manifests(directory: &Path, archive: &Arc<BTreeMap<String, Vec<u8>>>) -> Result<Vec<ManifestItem>> {
    let Some(mut oracle) = by_id(directory, "oracle_locks")? else { return Ok(Vec::new()) };
    let manifest = fs::read_to_string(directory.join("manifest.tsv")).context("manifest.tsv")?;
    let mut items = Vec::new();
    for row in manifest.lines().skip(1) {
        let mut cells = row.split('\t');
        let (Some(id), Some(kind)) = (cells.next(), cells.next()) else { continue };
        let file_name = match kind {
            "pyproject" => "pyproject.toml",
            "pipfile" => "Pipfile",
            _ => continue,
        };
        items.push(ManifestItem {
            id: id.to_owned(),
            file_name,
            bytes: archive.get(id).with_context(|| format!("the archive lacks `{id}`"))?.clone(),
            oracle: oracle.remove(id).with_context(|| format!("there is no record of `{id}`"))?,
        });
    }
    Ok(items)
}
