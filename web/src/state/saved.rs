//! The files of the page as they are kept: in the browser over a reload, and in a link.

use serde::{Deserialize, Serialize};

use super::{File, Mode};
use crate::kind::Kind;

/// All files, with what the page does with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Audit or compare.
    pub mode: Mode,
    /// The files.
    pub head: Vec<SavedFile>,
    /// The files before the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base: Vec<SavedFile>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// Its path.
    pub path: String,
    /// Its kind, where that is not what the path tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Its text.
    pub text: String,
}

impl SavedFile {
    /// A file as it is.
    pub fn of(file: &File) -> Self {
        Self {
            path: file.path.clone(),
            kind: Some(file.kind).filter(|kind| *kind != Kind::of_path(&file.path)),
            text: String::from_utf8(file.content().into_owned()).unwrap_or_else(|_| file.text.to_string()),
        }
    }
}

impl Saved {
    /// Reads what was kept; hostile text gives none.
    pub fn read(json: &str) -> Option<Self> {
        let saved: Self = serde_json::from_str(json).ok()?;
        let is_sound = |file: &SavedFile| super::clean_path(&file.path).as_deref() == Some(file.path.as_str());
        saved.head.iter().chain(&saved.base).all(is_sound).then_some(saved)
    }

    /// Writes it down.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
