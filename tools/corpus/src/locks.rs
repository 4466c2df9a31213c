//! The lock files of a corpus, and what their own readers were recorded to make of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use pychain_core::model::LockFormat;
use serde_json::Value;

use crate::by_id;

/// One lock file with the record of it.
pub struct LockItem {
    /// Its name in the corpus: `KIND/OWNER__NAME/COMMIT/PATH`.
    pub id: String,
    /// Which tool's it is; the name of the file does not always say so.
    pub format: LockFormat,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The record.
    pub oracle: Value,
}

impl LockItem {
    /// What all versions of one file share: its name without the commit.
    pub fn family(&self) -> String {
        match self.id.splitn(4, '/').collect::<Vec<_>>().as_slice() {
            [kind, repository, _, path] => [*kind, *repository, *path].join("/"),
            _ => self.id.clone(),
        }
    }

    /// The commit that this version is from, as far as its name tells.
    pub fn commit(&self) -> &str {
        self.id.split('/').nth(2).unwrap_or_default()
    }

    /// The name that its tool gives such a file.
    pub fn file_name(&self) -> &'static str {
        match self.format {
            LockFormat::Uv => "uv.lock",
            LockFormat::Poetry => "poetry.lock",
            LockFormat::Pdm => "pdm.lock",
            LockFormat::Pipfile => "Pipfile.lock",
            LockFormat::Pylock => "pylock.toml",
        }
    }
}

/// The lock files of the manifest; none where there are no records of them.
pub(crate) fn locks(directory: &Path, archive: &Arc<BTreeMap<String, Vec<u8>>>) -> Result<Vec<LockItem>> {
    let Some(mut oracle) = by_id(directory, "oracle_locks")? else { return Ok(Vec::new()) };
    let manifest = fs::read_to_string(directory.join("manifest.tsv")).context("manifest.tsv")?;
    let mut items = Vec::new();
    for row in manifest.lines().skip(1) {
        let mut cells = row.split('\t');
        let (Some(id), Some(kind)) = (cells.next(), cells.next()) else { continue };
        let format = match kind {
            "uv" => LockFormat::Uv,
            "poetry" => LockFormat::Poetry,
            "pdm" => LockFormat::Pdm,
            "pipenv" => LockFormat::Pipfile,
            "pylock" => LockFormat::Pylock,
            _ => continue,
        };
        items.push(LockItem {
            id: id.to_owned(),
            format,
            bytes: archive.get(id).with_context(|| format!("the archive lacks `{id}`"))?.clone(),
            oracle: oracle.remove(id).with_context(|| format!("there is no record of `{id}`"))?,
        });
    }
    Ok(items)
}
