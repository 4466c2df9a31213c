//! The manifests of a corpus, and what a reference reader was recorded to make of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use pychain_core::model::ManifestFormat;
use serde_json::Value;

use crate::by_id;

/// One manifest with the record of it.
pub struct ManifestItem {
    /// Its name in the corpus: `KIND/OWNER__NAME/COMMIT/PATH`.
    pub id: String,
    /// Which it is; the name of the file does not always say so.
    pub format: ManifestFormat,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The record.
    pub oracle: Value,
}

impl ManifestItem {
    /// The name that such a file has.
    pub fn file_name(&self) -> &'static str {
        match self.format {
            ManifestFormat::Pyproject => "pyproject.toml",
            ManifestFormat::Pipfile => "Pipfile",
        }
    }
}

/// The manifests of the list of files; none where there are no records of them.
pub(crate) fn manifests(directory: &Path, archive: &Arc<BTreeMap<String, Vec<u8>>>) -> Result<Vec<ManifestItem>> {
    let Some(mut oracle) = by_id(directory, "oracle_locks")? else { return Ok(Vec::new()) };
    let manifest = fs::read_to_string(directory.join("manifest.tsv")).context("manifest.tsv")?;
    let mut items = Vec::new();
    for row in manifest.lines().skip(1) {
        let mut cells = row.split('\t');
        let (Some(id), Some(kind)) = (cells.next(), cells.next()) else { continue };
        let format = match kind {
            "pyproject" => ManifestFormat::Pyproject,
            "pipfile" => ManifestFormat::Pipfile,
            _ => continue,
        };
        items.push(ManifestItem {
            id: id.to_owned(),
            format,
            bytes: archive.get(id).with_context(|| format!("the archive lacks `{id}`"))?.clone(),
            oracle: oracle.remove(id).with_context(|| format!("there is no record of `{id}`"))?,
        });
    }
    Ok(items)
}
