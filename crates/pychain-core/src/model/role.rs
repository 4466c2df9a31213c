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
    /// `hatch.toml`.
    HatchToml,
    /// `Pipfile`.
    Pipfile,
    /// `setup.cfg` of setuptools.
    SetupCfg,
    /// `setup.py` of setuptools.
    SetupPy,
    /// A script in Python that says in its comments what it needs.
    Script,
    /// conda's `environment.yml`, of which pip's part is read.
    Environment,
}

impl ManifestFormat {
    /// The format of the file at `path`, which the tools know by its name alone, but for a script.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit('/').next().unwrap_or(path) {
            "pyproject.toml" => Some(Self::Pyproject),
            "hatch.toml" => Some(Self::HatchToml),
            "Pipfile" => Some(Self::Pipfile),
            "setup.cfg" => Some(Self::SetupCfg),
            "setup.py" => Some(Self::SetupPy),
            name if name.ends_with(".py") => Some(Self::Script),
            _ if is_environment(path) => Some(Self::Environment),
            _ => None,
        }
    }

    /// Whether files of these names may be about something else: without a line they are no manifests.
    pub(crate) fn is_told_by_content(self) -> bool {
        match self {
            Self::Pyproject | Self::Pipfile => false,
            Self::HatchToml | Self::SetupCfg | Self::SetupPy | Self::Script | Self::Environment => true,
        }
    }
}

/// `environment.yml`, and other names that people give such files: `environment-dev.yaml`, `conda_env.yml`, `envs/a.yml`.
fn is_environment(path: &str) -> bool {
    let lower = path.to_lowercase();
    let stem = lower.strip_suffix(".yml").or_else(|| lower.strip_suffix(".yaml")).unwrap_or_default();
    let mut parts = stem.rsplit('/');
    let is_named = |name: &str| name.split(['-', '_', '.']).any(|part| matches!(part, "environment" | "conda"));
    parts.next().is_some_and(is_named) || matches!(parts.next(), Some("deps" | "envs" | "requirements"))
}
