//! From the bytes of a test to the files of a project, the same ones for the same bytes.

use std::sync::LazyLock;

use pychain_core::audit::{Request, audit};
use pychain_core::config::{Config, Date, Installer, Policy, from_pychain_toml};
use pychain_core::format::detect::named_role;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::lines::SortedLines;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::remembered::Remembered;
use pychain_core::knowledge::vocabulary::Vocabulary;
use pychain_core::knowledge::{Knowledge, Names};
use pychain_core::model::PathKind;
use pychain_core::report::Report;
use pychain_core::requirement::Environment;
use pychain_core::text::SourceFile;
use pychain_core::tree::{Loader, Project, Role, Want};

/// Stands between the files of a project: the first is `requirements.txt`, the others answer includes.
pub const NEXT_FILE: &[u8] = b"\n%%\n";
/// Stands between head and base.
pub const BASE: &[u8] = b"\n%%%%\n";
/// A last file that begins so configures the audit.
const CONFIGURATION: &[u8] = b"#pychain.toml\n";
/// A further file whose first line is `#` and one of these names, or one of [`MANIFESTS`], is what the name says; the
/// line is no part of it.
const LOCKS: [&str; 5] = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"];
/// Names of manifests, one of each format.
pub const MANIFESTS: [&str; 6] = ["pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "script.py", "environment.yml"];

/// The files of one side, and what configures the audit.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    files: Vec<&'a [u8]>,
    configuration: Option<&'a [u8]>,
}

impl<'a> Input<'a> {
    /// Takes the bytes apart at [`NEXT_FILE`].
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut files = split(bytes, NEXT_FILE);
        let configuration = files.pop_if(|last| last.starts_with(CONFIGURATION));
        Self { files, configuration }
    }

    /// The bytes of `requirements.txt`.
    pub fn main(&self) -> &'a [u8] {
        self.files.first().copied().unwrap_or_default()
    }

    /// The bytes of every file.
    pub fn files(&self) -> &[&'a [u8]] {
        &self.files
    }

    /// The same with other files.
    #[must_use]
    pub fn with_files<'b>(&self, files: Vec<&'b [u8]>) -> Input<'b>
    where
        'a: 'b,
    {
        Input { files, configuration: self.configuration }
    }

    /// Reads the project as a caller would: no variables, every marker taken to hold.
    pub fn load(&self) -> Project {
        self.load_with(Loader::new(), self.main())
    }

    /// Reads it with `main` as the content of `requirements.txt`.
    pub fn load_changed(&self, main: &[u8]) -> Project {
        self.load_with(Loader::new(), main)
    }

    /// Reads it as pip would in one environment, some variables set.
    pub fn load_strictly(&self) -> Project {
        let mut loader = Loader::new();
        loader.strict();
        loader.environment([("A", "b"), ("LINE", "\n-r x"), ("EMPTY", "")].map(|(k, v)| (k.into(), v.into())).into());
        let environment: Environment = [
            ("extra", ""),
            ("implementation_name", "cpython"),
            ("implementation_version", "3.11.7"),
            ("os_name", "posix"),
            ("platform_machine", "x86_64"),
            ("platform_python_implementation", "CPython"),
            ("platform_release", "6.1.0"),
            ("platform_system", "Linux"),
            ("platform_version", "#1"),
            ("python_full_version", "3.11.7"),
            ("python_version", "3.11"),
            ("sys_platform", "linux"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        loader.markers(environment);
        self.load_with(loader, self.main())
    }

    fn load_with(&self, mut loader: Loader, main: &[u8]) -> Project {
        loader.root("requirements.txt", main, Role::Requirements);
        // Every other file is handed to pip by itself as well: some as constraints.
        for (at, bytes) in self.files.iter().enumerate().skip(1).take(4) {
            if let Some((name, bytes)) = named(bytes) {
                loader.root(&format!("{at}/{name}"), bytes, named_role(name));
                continue;
            }
            let role = if at % 2 == 0 { Role::Constraints } else { Role::Requirements };
            loader.root(&format!("requirements/{at}.txt"), *bytes, role);
        }
        let mut asked = 0;
        loop {
            let wants = loader.wants();
            if wants.is_empty() {
                return loader.finish();
            }
            for want in wants {
                asked += 1;
                match want {
                    // Ever new names could be asked for without end.
                    Want::File(path) => match self.answer(&path).filter(|_| asked < 64) {
                        Some(bytes) => loader.file(&path, bytes),
                        None => loader.missing(&path),
                    },
                    Want::Path(path) => loader.path(&path, kind(&path)),
                }
            }
        }
    }

    /// The content of an included file: one of the others, or none, by its name.
    fn answer(&self, path: &str) -> Option<&'a [u8]> {
        let others = self.files.get(1..).filter(|others| !others.is_empty())?;
        others.get(usize::from(digest(path)) % (others.len() + 1)).copied()
    }

    /// Audits with every rule on, configured by the last file if it says so.
    pub fn audit(&self, head: &Project, base: Option<&Project>) -> Report {
        let size = self.files.iter().map(|file| file.len()).sum::<usize>();
        let mut config = self.configuration.and_then(configuration).unwrap_or_default();
        if self.configuration.is_none() {
            config.policy = Policy::Strict;
            config.installer = if size.is_multiple_of(2) { Installer::Pip } else { Installer::Uv };
            if size.is_multiple_of(3) {
                config.expected_indexes = vec!["https://pypi.org/simple".to_owned()];
                config.private_prefixes = vec!["acme-".to_owned()];
            }
        }
        audit(&Request {
            head,
            base,
            config: &config,
            head_config: None,
            workflows: &[],
            knowledge: &KNOWLEDGE,
            as_of: Date::parse("2026-11-22"),
        })
    }
}

/// The shipped names: the rules about names are to be tried as well.
static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let mut knowledge = Knowledge::default();
    knowledge.names = Some(Names {
        ranked: RankedNames::new(pychain_data::RANKED).expect("whole data"),
        vocabulary: Vocabulary::new(pychain_data::WORDS).expect("whole data"),
        index: NameFilter::new(pychain_data::INDEX),
        standard_library: SortedLines::new(pychain_data::STANDARD_LIBRARY),
        imports: SortedLines::new(pychain_data::IMPORTS),
        malicious: SortedLines::new(pychain_data::MALICIOUS),
        plain: Remembered::default(),
    });
    knowledge
});

/// The name and the content of a lock file or a manifest.
fn named(bytes: &[u8]) -> Option<(&'static str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let first = bytes.get(..end)?.strip_prefix(b"#")?.trim_ascii_end();
    let name = LOCKS.into_iter().chain(MANIFESTS).find(|name| name.as_bytes() == first)?;
    Some((name, bytes.get(end + 1..)?))
}

/// The configuration that the bytes are, if they are one; what is wrong with them points into them.
fn configuration(bytes: &[u8]) -> Option<Config> {
    let (file, _) = SourceFile::decode("pychain.toml", bytes);
    match from_pychain_toml(&file) {
        Ok(config) => Some(config),
        Err(errors) => {
            assert!(!errors.is_empty(), "refused for no reason");
            for error in errors {
                assert!(file.text().get(error.span.range()).is_some(), "outside the file: {error:?}");
            }
            None
        }
    }
}

/// The head's and the base's bytes; without a base it is the head again.
pub fn sides(bytes: &[u8]) -> (&[u8], &[u8]) {
    match find(bytes, BASE) {
        Some(at) => (&bytes[..at], &bytes[at + BASE.len()..]),
        None => (bytes, bytes),
    }
}

fn split<'a>(mut bytes: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(bytes, separator) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + separator.len()..];
    }
    parts.push(bytes);
    parts
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn kind(path: &str) -> PathKind {
    match digest(path) % 5 {
        0 => PathKind::Project,
        1 => PathKind::Directory,
        2 => PathKind::File,
        3 => PathKind::Absent,
        _ => PathKind::Unknown,
    }
}

fn digest(path: &str) -> u8 {
    path.bytes().fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_sides_and_configuration_are_told_apart() {
        let input = Input::new(b"a\n%%\nb\n%%\n#pychain.toml\npolicy = 'strict'\n");
        assert_eq!(input.files, [b"a", b"b"]);
        assert!(input.configuration.is_some_and(|bytes| configuration(bytes).is_some()));
        assert_eq!(sides(b"a\n%%%%\nb"), (b"a".as_slice(), b"b".as_slice()));
        assert_eq!(sides(b"a"), (b"a".as_slice(), b"a".as_slice()));
    }

    #[test]
    fn names_are_judged() {
        let input = Input::new(b"reqeusts==1\n");
        let report = input.audit(&input.load(), None);
        assert!(report.findings.iter().any(|finding| finding.rule.id == "confusable-name"));
    }

    #[test]
    fn an_included_file_is_answered() {
        let read: usize = (0..16)
            .map(|at| format!("-r {at}.txt\n%%\nb==1\n"))
            .map(|text| Input::new(text.as_bytes()).load().files.len())
            .filter(|files| *files == 3)
            .count();
        assert!(read > 0, "no name is ever answered");
    }
}
