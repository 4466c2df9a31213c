//! One file per format: each turns a source file into a [`Document`](crate::model::Document), or into the
//! [`Lock`](crate::model::Lock) of one.

pub mod detect;
pub mod filename;
mod json;
pub mod lock;
#[allow(dead_code, reason = "the readers of manifests come next")]
mod logical;
mod pdm_lock;
mod pipfile_lock;
mod poetry_lock;
mod pylock;
pub mod requirements_txt;
mod table;
#[allow(dead_code, reason = "the readers of manifests come next")]
mod toml_value;
mod uv_lock;
#[allow(dead_code, reason = "the readers of manifests come next")]
mod value;
#[allow(dead_code, reason = "the readers of manifests come next")]
mod yaml;

use requirements_txt::Paths;

use crate::model::{Document, Role};
use crate::text::SourceFile;

/// Reads a file that is neither a requirements file nor a lock file, as its name says. A file that no
/// reader knows has no lines.
pub(crate) fn parse(file: &SourceFile, _role: Role, _paths: Paths<'_>) -> Document {
    Document::empty(file)
}
