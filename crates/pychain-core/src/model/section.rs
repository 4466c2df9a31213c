//! What the lines of a document are read for, and by which tool.

use super::Word;

/// Lines that one tool reads together. A requirements file has one section; a manifest has one for
/// each list of requirements or block of settings in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Whose it is.
    pub tool: Tool,
    /// What for.
    pub purpose: Purpose,
    /// The name of the group, extra, category or environment.
    pub label: Option<String>,
    /// The dotted name of the table or list that it is, in a format that has such; empty elsewhere.
    pub table: String,
    /// The groups of the file that it includes, as written.
    pub includes: Vec<Word>,
    /// The sections of settings that act on it, where not all of the file do that are the tool's.
    pub under: Option<Vec<u32>>,
}

/// A tool that reads dependency files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the tool of that name")]
pub enum Tool {
    Pip,
    Uv,
    Poetry,
    Pdm,
    Pipenv,
    Hatch,
    Setuptools,
    Conda,
}

impl Tool {
    /// As it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Poetry => "Poetry",
            Self::Pdm => "PDM",
            Self::Pipenv => "Pipenv",
            Self::Hatch => "Hatch",
            Self::Setuptools => "setuptools",
            Self::Conda => "conda",
        }
    }
}

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A requirements or constraints file: what is installed from it is what it says.
    RequirementsFile,
    /// The command line of an installer.
    Command,
    /// What a project needs wherever it is installed.
    Dependencies,
    /// What is needed beside that by whoever asks for an extra of it.
    Extra,
    /// What is needed to work on it: a dependency group, a category, an environment.
    Group,
    /// What the project is built with.
    Build,
    /// What only limits or replaces what others ask for.
    Constraints,
    /// Settings alone: indexes, and how they are used.
    Settings,
}

impl Section {
    /// A section without a name.
    pub fn new(tool: Tool, purpose: Purpose) -> Self {
        Self { tool, purpose, label: None, table: String::new(), includes: Vec::new(), under: None }
    }

    /// A section of a name.
    pub fn labelled(tool: Tool, purpose: Purpose, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..Self::new(tool, purpose) }
    }

    /// The same section, by the dotted name of its table.
    #[must_use]
    pub fn at(self, table: impl Into<String>) -> Self {
        Self { table: table.into(), ..self }
    }

    /// Whether each requirement is to name one version. A manifest says what a project can work with, and
    /// the lock file beside it which versions that are.
    pub fn demands_pins(&self) -> bool {
        self.purpose == Purpose::RequirementsFile
    }

    /// Whether each requirement is to have a hash.
    pub fn demands_hashes(&self) -> bool {
        self.demands_pins() && self.takes_hashes()
    }

    /// Whether a requirement can have one at all: only a requirements file has a place for it.
    pub fn takes_hashes(&self) -> bool {
        self.purpose == Purpose::RequirementsFile
    }

    /// Whether it is a list in a manifest that is taken as a whole, so that two entries of one project are asked for
    /// together. A table that has keys for what entries depend on is none, and neither is one that code puts together.
    pub fn is_whole_list(&self) -> bool {
        let is_standards = ["project.", "dependency-groups.", "build-system.", "options."]
            .iter()
            .any(|table| self.table.starts_with(table))
            || (self.tool == Tool::Uv && self.table == "dependencies");
        is_standards && matches!(self.purpose, Purpose::Dependencies | Purpose::Extra | Purpose::Group | Purpose::Build)
    }

    /// Whether it is read by pip's rules of what a line may be.
    pub fn is_pips(&self) -> bool {
        self.tool == Tool::Pip && matches!(self.purpose, Purpose::RequirementsFile | Purpose::Command)
    }
}
