//! One file per format: each turns a source file into a [`Document`](crate::model::Document), or into the
//! [`Lock`](crate::model::Lock) of one.

pub mod detect;
pub mod filename;
mod json;
pub mod lock;
mod logical;
mod notation;
mod pdm_lock;
mod pipfile;
mod pipfile_lock;
mod poetry_lock;
mod pylock;
mod pyproject;
pub mod requirements_txt;
mod table;
mod toml_value;
mod uv_lock;
mod value;
#[allow(dead_code, reason = "the readers of manifests come next")]
mod yaml;

use requirements_txt::Paths;

use crate::model::{Document, ManifestFormat, Role};
use crate::text::SourceFile;

/// Reads a file that is neither a requirements file nor a lock file, as its name says. A file that no
/// reader knows has no lines.
pub(crate) fn parse(file: &SourceFile, _role: Role, paths: Paths<'_>) -> Document {
    match ManifestFormat::of_path(file.path()) {
        Some(ManifestFormat::Pyproject) => pyproject::parse(file, paths),
        Some(ManifestFormat::Pipfile) => pipfile::parse(file, paths),
        None => Document::empty(file),
    }
}
