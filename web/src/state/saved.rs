//! The files of the page as they are kept: in the browser over a reload, and in a link.

use serde::Serialize;

use super::{File, Mode};
use crate::json::{self, FromJson, Json, members};
use crate::kind::Kind;

/// All files, with what the page does with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Audit or compare.
    pub mode: Mode,
    /// The files.
    pub head: Vec<SavedFile>,
    /// The files before the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub base: Vec<SavedFile>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedFile {
    /// Its path.
    pub path: String,
    /// Its kind, where that is not what the path tells.
    #[serde(skip_serializing_if = "Option::is_none")]
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
        let saved: Self = json::read(json)?;
        let is_sound = |file: &SavedFile| super::clean_path(&file.path).as_deref() == Some(file.path.as_str());
        saved.head.iter().chain(&saved.base).all(is_sound).then_some(saved)
    }

    /// Writes it down.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

members!(SavedFile: path, kind, text);

impl FromJson for Saved {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let mut members = value.members()?;
        let base: Option<_> = members.take("base")?;
        Some(Self { mode: members.take("mode")?, head: members.take("head")?, base: base.unwrap_or_default() })
    }
}
