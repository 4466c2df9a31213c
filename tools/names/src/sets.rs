//! The labelled names of a directory laid out like `confusables-dev`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// A name that was an attack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Positive {
    pub(crate) name: String,
    /// Names that it may be said to imitate.
    pub(crate) targets: Vec<String>,
    /// `top15k`, `stdlib`, `special`, `index`, `absent`; of synthetic rows `top15k`.
    pub(crate) scope: String,
    pub(crate) category: String,
    pub(crate) family: String,
    /// Of synthetic and Unicode rows: how it was made.
    pub(crate) technique: String,
}

/// A name that is legitimate.
#[derive(Debug, Clone)]
pub(crate) struct Negative {
    pub(crate) name: String,
    pub(crate) class: String,
    pub(crate) distance: String,
}

/// All of a directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    pub(crate) positives: Vec<Positive>,
    pub(crate) synthetic: Vec<Positive>,
    pub(crate) unicode: Vec<Positive>,
    pub(crate) negatives: Vec<Negative>,
    /// Name, and whether it is on the index.
    pub(crate) existence: Vec<(String, bool)>,
}

impl Sets {
    /// Every name of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let attacks = self.positives.iter().chain(&self.synthetic).chain(&self.unicode);
        let others = self.negatives.iter().map(|negative| negative.name.as_str());
        let existence = self.existence.iter().map(|(name, _)| name.as_str());
        attacks.map(|positive| positive.name.as_str()).chain(others).chain(existence)
    }

    pub(crate) fn open(directory: &Path) -> Result<Self> {
        let take = |row: &BTreeMap<String, String>, key: &str| row.get(key).cloned().unwrap_or_default();
        let positive = |row: BTreeMap<String, String>| {
            let targets = if row.contains_key("targets") { take(&row, "targets") } else { take(&row, "target") };
            let scope = take(&row, "target_scope");
            Positive {
                name: take(&row, "attack"),
                family: row.get("family").cloned().unwrap_or_else(|| targets.clone()),
                targets: targets.split(';').map(str::to_owned).collect(),
                scope: if scope.is_empty() { "top15k".to_owned() } else { scope },
                category: take(&row, "category"),
                technique: take(&row, "technique"),
            }
        };
        let positives = |file: &str| Ok::<_, anyhow::Error>(rows(directory, file)?.into_iter().map(positive).collect());
        let negative = |row: BTreeMap<String, String>| Negative {
            name: take(&row, "name"),
            class: take(&row, "class"),
            distance: take(&row, "near_dist"),
        };
        let existence = |row: BTreeMap<String, String>| (take(&row, "name"), take(&row, "exists") == "1");
        Ok(Self {
            positives: positives("positives.tsv")?,
            synthetic: positives("synthetic.tsv")?,
            unicode: positives("unicode.tsv")?,
            negatives: rows(directory, "negatives.tsv")?.into_iter().map(negative).collect(),
            existence: rows(directory, "existence.tsv")?.into_iter().map(existence).collect(),
        })
    }
}

/// The rows of a table with a header; none where there is no such file, except for the first two.
fn rows(directory: &Path, file: &str) -> Result<Vec<BTreeMap<String, String>>> {
    let path = directory.join(file);
    let is_needed = matches!(file, "positives.tsv" | "negatives.tsv");
    if !is_needed && !path.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines = text.split('\n').filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row =
        |line: &str| header.iter().map(|key| (*key).to_owned()).zip(line.split('\t').map(str::to_owned)).collect();
    Ok(lines.map(row).collect())
}
