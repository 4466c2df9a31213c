//! Gathers files without doing I/O: says what it still wants, takes what the caller brings.

use std::borrow::Cow;

use super::{Project, Role, run};
use crate::format::requirements_txt::{self, Paths, folder, join, leaves_root};
use crate::format::{self, detect, lock};
use crate::model::{Document, Line, LineKind, LockFormat, ManifestFormat, PathKind, Purpose, Section, Tool};
use crate::order::{Arrange as _, Map, Set};
use crate::requirement::Environment;
use crate::text::{DecodeError, FileId, MAX_FILE_BYTES, Problem, SourceFile};

/// How many files one project may have; more is a [`Problem`].
pub const MAX_FILES: usize = 20_000;

/// Something that the loader would like to know before it can tell what the installer would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The bytes of a file that another one includes: answer with [`Loader::file`] or [`Loader::missing`].
    File(String),
    /// What a path is: answer with [`Loader::path`].
    Path(String),
}

/// Gathers the files of a project. Paths are relative to the audited root, normalized, with `/`.
///
/// ```
/// use pychain_core::model::PathKind;
/// use pychain_core::tree::{Loader, Role, Want};
///
/// let mut loader = Loader::new();
/// loader.root("requirements.txt", b"-r base.txt\n", Role::Requirements);
/// for want in loader.wants() {
///     match want {
///         Want::File(path) => loader.file(&path, b"requests==2.32.3\n"),
///         Want::Path(path) => loader.path(&path, PathKind::Absent),
///     }
/// }
/// assert!(loader.wants().is_empty());
/// assert_eq!(loader.finish().requirements().count(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Loader {
    loaded: Map<String, Loaded>,
    roots: Map<String, Role>,
    missing: Set<String>,
    paths: Map<String, PathKind>,
    problems: Vec<Problem>,
    environment: Map<String, String>,
    markers: Option<Environment>,
    strict: bool,
    /// Lock files that requirements files include.
    also_requirements: Set<String>,
    /// Documents as they were, by path.
    before: Map<String, Document>,
    /// Files and paths that came since [`Loader::wants`] looked last.
    fresh: Vec<String>,
    pending: Set<Want>,
}

#[derive(Debug)]
struct Loaded {
    file: SourceFile,
    decode_error: Option<DecodeError>,
    document: Document,
}

/// Lets the files that setuptools takes for lists of specifiers be that: what a manifest asks for, without pins and
/// hashes. One with hashes it could not read, so that is for pip.
fn read_as_lists(documents: &mut [Document]) {
    let mut lists: Map<String, Section> = Map::new();
    for document in documents.iter() {
        for line in &document.lines {
            if let LineKind::Include(include) = &line.kind
                && include.is_list
                && let (Some(path), Some(section)) = (&include.path, document.section(line))
            {
                lists.entry(path.clone()).or_insert_with(|| section.clone());
            }
        }
    }
    let of_build = documents.iter().filter(|document| is_of_setup_py(documents, document));
    let of_build: Vec<String> = of_build.map(|document| document.source.path().to_owned()).collect();
    for path in of_build {
        // pip reads it as well.
        lists.entry(path).or_insert_with(|| Section::new(Tool::Pip, Purpose::Dependencies));
    }
    for document in documents {
        if let (Some(list), [section]) = (lists.get(document.source.path()), document.sections.as_mut_slice())
            && section.purpose == Purpose::RequirementsFile
            && document.lines.iter().filter_map(Line::requirement).all(|asked| asked.hashes.is_empty())
        {
            *section = Section { table: String::new(), ..list.clone() };
        }
    }
}

/// Whether a requirements file says what a project asks for, because the `setup.py` beside or above it reads it: that
/// computes lists and names the file, or leaves all to pbr, which has names of its own. Where most lines are pinned
/// somebody installs from the file as well.
fn is_of_setup_py(documents: &[Document], document: &Document) -> bool {
    let path = document.source.path();
    let is_read = |at: usize| {
        let (root, within) = path.split_at_checked(at)?;
        let setup = format!("{root}setup.py");
        let found = documents.binary_search_by(|other| other.source.path().cmp(setup.as_str())).ok()?;
        let setup = documents.get(found)?;
        let text = setup.source.text();
        let is_named = |name: &str| ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")));
        let is_of_pbr = matches!(within, "requirements.txt" | "test-requirements.txt") && text.contains("pbr=True");
        let in_folder = within.strip_prefix("requirements/");
        (is_of_pbr || !setup.computed.is_empty() && (is_named(within) || in_folder.is_some_and(is_named))).then_some(())
    };
    let is_read = || path.match_indices('/').map(|(at, _)| at + 1).chain([0]).any(|at| is_read(at).is_some());
    let is_loose = || {
        let asked = document.lines.iter().filter_map(Line::requirement);
        let (all, pinned) = (asked.clone().count(), asked.filter(|asked| asked.pin().is_some()).count());
        all >= 2 * pinned
    };
    document.has_section(Section::demands_pins) && is_read() && is_loose()
}

/// Whether a file is one of ours only where it asks for something: a script that installs nothing is none.
fn is_told_by_content(role: Role, path: &str) -> bool {
    match role {
        Role::Command => true,
        Role::Manifest => ManifestFormat::of_path(path).is_some_and(ManifestFormat::is_told_by_content),
        _ => false,
    }
}

impl Loader {
    /// A loader without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for local paths only from the root, as pip does from the folder that it is started in.
    /// Otherwise a path that stands beside the file which names it is taken as well.
    pub fn strict(&mut self) {
        self.strict = true;
    }

    /// Sets the variables that `${NAME}` stands for; none are known otherwise, and the text stays literal.
    pub fn environment(&mut self, variables: Map<String, String>) {
        self.environment = variables;
    }

    /// Sets the environment that markers are judged in; otherwise every marker is taken to hold.
    pub fn markers(&mut self, environment: Environment) {
        self.markers = Some(environment);
    }

    /// Says how the files were read before an edit, by a loader that was told the same. Only saves time: what is read is
    /// what would be read without.
    pub fn before(&mut self, project: Project) {
        let documents = project.documents.into_iter().filter(|document| document.lock.is_none());
        let by_path = documents.map(|document| (document.source.path().to_owned(), document));
        self.before = by_path.collect();
    }

    /// Adds a file that is handed to the installer by itself, unless another file includes it.
    pub fn root<'b>(&mut self, path: &str, bytes: impl Into<Cow<'b, [u8]>>, role: Role) {
        self.roots.insert(path.to_owned(), role);
        self.file(path, bytes);
    }

    /// Adds a file that another one includes.
    pub fn file<'b>(&mut self, path: &str, bytes: impl Into<Cow<'b, [u8]>>) {
        let bytes = bytes.into();
        self.pending.remove(&Want::File(path.to_owned()));
        if self.loaded.contains_key(path) {
            return;
        }
        let limit = if bytes.len() > MAX_FILE_BYTES {
            Some((
                format!("the file has {} bytes, more than the {MAX_FILE_BYTES} that are read", bytes.len()),
                "Split the file",
            ))
        } else if self.loaded.len() >= MAX_FILES {
            Some((format!("there are more than {MAX_FILES} files"), "Audit a smaller folder"))
        } else {
            None
        };
        if let Some((message, help)) = limit {
            self.problems.push(Problem::of_file(path, message, help));
            self.missing.insert(path.to_owned());
            return;
        }
        let role = self.role_of(path);
        let (file, decode_error) = match role {
            // Python's rule for its own source is the one that pip took over.
            role if role.is_pips() || path.ends_with(".py") => SourceFile::decode(path, bytes),
            _ => SourceFile::decode_utf8(path, bytes),
        };
        let before = self.before.remove(path);
        let document = self.parse_as(role, &file, decode_error.as_ref(), before);
        self.loaded.insert(path.to_owned(), Loaded { file, decode_error, document });
        self.fresh.push(path.to_owned());
    }

    /// Says that an included file is not there, or may not be read.
    pub fn missing(&mut self, path: &str) {
        self.pending.remove(&Want::File(path.to_owned()));
        self.missing.insert(path.to_owned());
    }

    /// Says what a path is.
    pub fn path(&mut self, path: &str, kind: PathKind) {
        self.pending.remove(&Want::Path(path.to_owned()));
        self.paths.insert(path.to_owned(), kind);
    }

    /// Adds something that the caller could not read or do.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// What is still unknown, in a fixed order; empty when all is said. Never names a path outside the root.
    pub fn wants(&mut self) -> Vec<Want> {
        let mut fresh = std::mem::take(&mut self.fresh);
        while let Some(path) = fresh.pop() {
            let Some(loaded) = self.loaded.get(&path) else { continue };
            let included = loaded.document.lines.iter().filter_map(|line| match &line.kind {
                LineKind::Include(include) => include.path.clone(),
                _ => None,
            });
            // A lock file that a requirements file includes is one of requirements to pip.
            for target in included.collect::<Vec<_>>() {
                if self.role_of(&target) == Role::Lock && self.also_requirements.insert(target.clone()) {
                    self.read_also_as_requirements(&target);
                    fresh.push(target);
                }
            }
            let Some(loaded) = self.loaded.get(&path) else { continue };
            for line in &loaded.document.lines {
                let LineKind::Include(include) = &line.kind else { continue };
                let Some(target) = &include.path else { continue };
                let section = loaded.document.section(line);
                let is_command = section.is_some_and(|section| section.purpose == Purpose::Command);
                // The folder that a command runs in is often that of its file.
                let beside = is_command.then(|| join(folder(&path), &include.target));
                for target in [target].into_iter().chain(&beside) {
                    // A name of our own tells whoever looks for files; any other only the command does.
                    if leaves_root(target)
                        || self.loaded.contains_key(target)
                        || self.missing.contains(target)
                        || is_command && (detect::is_named(target) || detect::is_source(target))
                    {
                        continue;
                    }
                    self.pending.insert(Want::File(target.clone()));
                    if is_command {
                        let role = if include.constraint { Role::Constraints } else { Role::Requirements };
                        self.roots.insert(target.clone(), role);
                    }
                }
            }
            let unknown = loaded.document.paths.iter().filter(|path| !self.paths.contains_key(*path));
            self.pending.extend(unknown.cloned().map(Want::Path));
        }
        self.pending.iter().cloned().collect()
    }

    /// Reads everything together.
    pub fn finish(mut self) -> Project {
        let paths: Vec<String> = self.loaded.keys().cloned().collect();
        let mut files = Vec::with_capacity(paths.len());
        let mut documents = Vec::with_capacity(paths.len());
        for path in &paths {
            let Some(Loaded { file, decode_error, document }) = self.loaded.remove(path) else { continue };
            let stale = document.paths.iter().any(|path| self.paths.contains_key(path));
            let mut document = match (document.lock, self.role_of(path)) {
                (Some(lock), _) if stale => Document { lock: Some(lock), ..self.parse(&file, None) },
                (None, role) if stale => self.parse_as(role, &file, decode_error.as_ref(), None),
                (lock, _) => Document { lock, ..document },
            };
            if document.lines.is_empty() && document.computed.is_empty() && is_told_by_content(self.role_of(path), path)
            {
                continue;
            }
            document.file = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
            // A shell takes bytes of any encoding; what is odd in them has no line.
            document.decode_error = decode_error.filter(|_| self.role_of(path) != Role::Command);
            files.push(file);
            documents.push(document);
        }
        self.problems.arrange();
        read_as_lists(&mut documents);
        let own_names = documents.iter().filter_map(|document| document.project.as_ref());
        let own_names = own_names.map(|name| name.normalized().to_owned()).collect::<Set<_>>();
        let mut project = Project {
            files,
            documents,
            own_names,
            runs: Vec::new(),
            problems: self.problems,
            missing: self.missing,
            paths: self.paths,
            listing: None,
            constraints_only: Vec::new(),
        };
        run::read(&mut project, &self.roots, self.markers.as_ref());
        project
    }

    fn read_also_as_requirements(&mut self, path: &str) {
        let Some(file) = self.loaded.get(path).map(|loaded| loaded.file.clone()) else { return };
        let document = self.parse(&file, None);
        if let Some(loaded) = self.loaded.get_mut(path) {
            loaded.document = Document { lock: loaded.document.lock.take(), ..document };
        }
    }

    /// How a file is read: one that is no root is there because a requirements file includes it.
    fn role_of(&self, path: &str) -> Role {
        self.roots.get(path).copied().unwrap_or(Role::Requirements)
    }

    fn parse_as(
        &self,
        role: Role,
        file: &SourceFile,
        undecodable: Option<&DecodeError>,
        before: Option<Document>,
    ) -> Document {
        match (role, LockFormat::of_path(file.path())) {
            (Role::Lock, Some(format)) => {
                Document { lock: Some(Box::new(lock::parse(file, format, undecodable))), ..Document::empty(file) }
            }
            (Role::Manifest | Role::Command | Role::Settings, _) => {
                let beside = (!self.strict).then(|| folder(file.path()));
                format::parse(file, role, Paths::new(&self.paths, beside))
            }
            _ => self.parse(file, before),
        }
    }

    fn parse(&self, file: &SourceFile, before: Option<Document>) -> Document {
        let beside = (!self.strict).then(|| folder(file.path()));
        requirements_txt::parse(file, &self.environment, Paths::new(&self.paths, beside), before)
    }
}
