//! How a file comes to a tool.

/// How a root file is handed to the installer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `-r FILE`.
    Requirements,
    /// `-c FILE`.
    Constraints,
    /// To the tool that its name belongs to: what was resolved.
    Lock,
    /// To the tool that its name belongs to: what is asked for.
    Manifest,
    /// To somebody who runs the commands in it, some of which install.
    Command,
    /// To an installer that takes its settings from there.
    Settings,
}

impl Role {
    /// Whether it is read as a requirements or constraints file of pip.
    pub fn is_pips(self) -> bool {
        matches!(self, Self::Requirements | Self::Constraints)
    }
}

/// Which manifest it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ManifestFormat {
    /// `pyproject.toml`.
    Pyproject,
    /// `Pipfile`.
    Pipfile,
}

impl ManifestFormat {
    /// The format of the file at `path`, which the tools know by its name alone.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit('/').next().unwrap_or(path) {
            "pyproject.toml" => Some(Self::Pyproject),
            "Pipfile" => Some(Self::Pipfile),
            _ => None,
        }
    }
}
