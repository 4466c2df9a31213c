//! One file per format: each turns a source file into a [`Document`], or into the
//! [`Lock`](crate::model::Lock) of one.

mod cibuildwheel;
mod commands;
mod conda;
pub(crate) mod content_hash;
pub mod detect;
mod dockerfile;
pub mod filename;
mod ini;
mod json;
pub mod lock;
mod logical;
mod makefile;
mod notation;
mod noxfile;
mod pdm_lock;
mod pip_conf;
mod pipeline;
mod pipfile;
mod pipfile_lock;
mod poetry_lock;
mod pre_commit;
pub mod prose;
mod pylock;
mod pyproject;
mod python;
pub mod requirements_txt;
mod script;
mod scripts;
mod services;
mod setup_cfg;
mod setup_py;
mod setuptools;
mod shell;
mod shell_script;
mod table;
mod tasks;
mod toml_value;
mod tox_ini;
mod tox_toml;
mod uv_lock;
mod value;
mod workflow;
mod yaml;

use requirements_txt::Paths;

use crate::model::{Document, ManifestFormat, Role};
use crate::text::SourceFile;

/// Reads a file that is neither a requirements file nor a lock file, as its name says. A file that no
/// reader knows has no lines.
pub(crate) fn parse(file: &SourceFile, _role: Role, paths: Paths<'_>) -> Document {
    if let Some((_, read)) = scripts::of_path(file.path()) {
        return read(file);
    }
    match ManifestFormat::of_path(file.path()) {
        Some(ManifestFormat::Pyproject) => pyproject::parse(file, paths),
        Some(ManifestFormat::HatchToml) => pyproject::parse_hatch_toml(file, paths),
        Some(ManifestFormat::Pipfile) => pipfile::parse(file, paths),
        Some(ManifestFormat::SetupCfg) => setup_cfg::parse(file, paths),
        Some(ManifestFormat::SetupPy) => setup_py::parse(file, paths),
        Some(ManifestFormat::Script) => script::parse(file, paths),
        Some(ManifestFormat::Environment) => conda::parse(file, paths),
        None => Document::empty(file),
    }
}
