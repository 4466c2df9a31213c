//! What kind of file a tab holds, by its name.

use pychain_core::format::detect;
use pychain_core::model::{LockFormat, Role};
use serde::Serialize;

use crate::json::{FromJson, Json};

/// A kind of file: what core tells apart by names, and the audit's own configuration. It travels and is kept as the
/// name that such a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub enum Kind {
    /// What `pip install -r` reads.
    Requirements,
    /// What `pip install -c` reads.
    Constraints,
    /// The lock file of a tool.
    Lock(LockFormat),
    /// `pyproject.toml` and its like: what is asked for, in a tool's own form.
    Manifest,
    /// Commands, some of which install.
    Command,
    /// What an installer takes its settings from.
    Settings,
    /// `pychain.toml`: what the audit is told.
    Config,
}

impl FromJson for Kind {
    fn from_json(value: Json<'_>) -> Option<Self> {
        value.text().map(|name| Self::of_path(&name))
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.file_name().to_owned()
    }
}

impl Kind {
    /// Those that a text may be said to be, as the menu lists them; the others go by their names.
    pub fn listed() -> impl Iterator<Item = Self> {
        let locks = LockFormat::ALL.into_iter().map(Self::Lock);
        [Self::Requirements, Self::Constraints].into_iter().chain(locks).chain([Self::Manifest, Self::Config])
    }

    /// What the menu says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Requirements => "requirements file",
            Self::Constraints => "constraints file",
            Self::Manifest => "project manifest",
            Self::Command => "commands",
            Self::Settings => "settings",
            Self::Lock(_) | Self::Config => self.file_name(),
        }
    }

    /// The name that a file of the kind has by default.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Requirements => "requirements.txt",
            Self::Constraints => "constraints.txt",
            Self::Lock(format) => format.file_name(),
            Self::Manifest => "pyproject.toml",
            Self::Command => "Dockerfile",
            Self::Settings => "pip.conf",
            Self::Config => "pychain.toml",
        }
    }

    /// The kind that a file's name tells.
    pub fn of_path(path: &str) -> Self {
        if let Some(format) = LockFormat::of_path(path) {
            return Self::Lock(format);
        }
        if path.rsplit('/').next() == Some(Self::Config.file_name()) {
            return Self::Config;
        }
        match detect::named_role(path) {
            Role::Requirements | Role::Lock => Self::Requirements,
            Role::Constraints => Self::Constraints,
            Role::Manifest => Self::Manifest,
            Role::Command => Self::Command,
            Role::Settings => Self::Settings,
        }
    }

    /// How a file of the kind is handed to the installer; none where it is not.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Requirements => Some(Role::Requirements),
            Self::Constraints => Some(Role::Constraints),
            Self::Manifest => Some(Role::Manifest),
            Self::Command => Some(Role::Command),
            Self::Settings => Some(Role::Settings),
            Self::Config => None,
            Self::Lock(_) => Some(Role::Lock),
        }
    }

    /// The path under which a file is of this kind: tools know lock files and configurations by their
    /// name alone, so that another name is needed where this one says something else.
    pub fn fitting_path(self, path: &str) -> String {
        let by_name = Self::of_path(path);
        let is_plain = |kind: Self| matches!(kind, Self::Requirements | Self::Constraints);
        if by_name == self || (is_plain(by_name) && is_plain(self)) {
            return path.to_owned();
        }
        match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{}", self.file_name()),
            None => self.file_name().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_kind() {
        for (path, kind) in [
            ("requirements.txt", Kind::Requirements),
            ("a/dev.in", Kind::Requirements),
            ("upper-Constraints.txt", Kind::Constraints),
            ("x/uv.lock", Kind::Lock(LockFormat::Uv)),
            ("Pipfile.lock", Kind::Lock(LockFormat::Pipfile)),
            ("pylock.dev.toml", Kind::Lock(LockFormat::Pylock)),
            ("pyproject.toml", Kind::Manifest),
            ("pychain.toml", Kind::Config),
        ] {
            assert_eq!(Kind::of_path(path), kind, "{path}");
        }
        for kind in Kind::listed().chain([Kind::Command, Kind::Settings]) {
            assert_eq!(Kind::of_path(&String::from(kind)), kind);
        }
    }

    #[test]
    fn another_kind_takes_another_name_where_tools_go_by_it() {
        assert_eq!(Kind::Lock(LockFormat::Uv).fitting_path("a/requirements.txt"), "a/uv.lock");
        assert_eq!(Kind::Constraints.fitting_path("base.txt"), "base.txt");
        assert_eq!(Kind::Requirements.fitting_path("uv.lock"), "requirements.txt");
        assert_eq!(Kind::Lock(LockFormat::Pylock).fitting_path("pylock.dev.toml"), "pylock.dev.toml");
    }
}
