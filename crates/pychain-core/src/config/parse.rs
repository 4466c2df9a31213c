//! From `pychain.toml` or `[tool.pychain]` to a [`Config`], with errors that name the place.

use crate::config::Config;
use crate::text::{SourceFile, Span};

/// The file that a configuration was read from.
#[derive(Debug, Clone)]
pub struct ConfigSource {
    /// The file.
    pub file: SourceFile,
}

/// Something in a configuration file that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where.
    pub span: Span,
    /// What is wrong, one sentence, no final period.
    pub message: String,
}

/// Reads a `pychain.toml`.
pub fn from_pychain_toml(file: &SourceFile) -> Result<Config, Vec<ConfigError>> {
    let _ = file;
    Ok(Config::default())
}

/// Reads the `[tool.pychain]` table of a `pyproject.toml`; `None` where there is none.
pub fn from_pyproject_toml(file: &SourceFile) -> Result<Option<Config>, Vec<ConfigError>> {
    let _ = file;
    Ok(None)
}
