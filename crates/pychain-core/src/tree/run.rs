//! What an installer makes of one root file: options in effect, pip's verdict and hash-checking mode.

use super::{Project, Role};
use crate::finding::Location;
use crate::format::requirements_txt::{folder, join, leaves_root};
use crate::model::{
    Document, Include, InstallOption, Line, LineKind, OptionUse, Purpose, Refusal, RefusalClass, Source, Stage, Tool,
};
use crate::name::normalize;
use crate::order::{Arrange as _, Map, Set};
use crate::requirement::Environment;
use crate::text::{DecodeError, FileId, Problem, Span};
use crate::url::{DirectUrl, is_vcs_scheme};

mod hashes;
mod part;

pub use hashes::{HashLine, HashMode, HashVerdict};
use part::Part;

/// How deep includes may nest; Python's recursion limit stops pip at about three times as many.
pub const MAX_INCLUDE_DEPTH: usize = 100;
/// How many logical lines one run may have: files that include each other many times grow without end.
pub const MAX_RUN_LINES: usize = 100_000;
/// How many logical lines all runs of a project may have together.
pub const MAX_LINES_OF_ALL_RUNS: usize = 1_000_000;

/// One tool's reading of a root file and all that it includes. A manifest has a run for each tool that it
/// speaks to, a file of commands one for each command.
#[derive(Debug, Clone)]
pub struct Run {
    /// The root file.
    pub root: FileId,
    /// How it is handed to the installer.
    pub role: Role,
    /// The tool, where the file decides on it: one of a requirements file is for the configuration to tell.
    pub tool: Option<Tool>,
    /// Logical lines in pip's order, depth first, up to and beyond what it refuses.
    pub entries: Vec<RunEntry>,
    /// Options in effect at the end, or where pip stops.
    pub options: Effective,
    /// What pip stops at, if it refuses: index into `entries` (none for the run as a whole) and why.
    pub refused: Option<(Option<usize>, Refusal)>,
    /// Hash-checking mode; none where pip refuses before.
    pub hash_mode: Option<HashMode>,
    /// Set where the run was cut off at [`MAX_INCLUDE_DEPTH`] or [`MAX_RUN_LINES`].
    pub truncated: bool,
}

/// A logical line in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEntry {
    /// The file.
    pub file: FileId,
    /// Index into the document's lines; none for a file that cannot be decoded.
    pub line: Option<usize>,
    /// Whether a requirement here only constrains.
    pub constraint: bool,
    /// Index of the entry of the include that led here.
    pub via: Option<usize>,
    /// Why pip refuses the line in this place, although it reads well by itself (or the file, where `line` is none).
    pub refusal: Option<Box<Refusal>>,
}

/// A value and the option that set it; no place for a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value as pip keeps it.
    pub value: String,
    /// The option.
    pub location: Option<Location>,
}

/// The options of a run in pip's end state.
#[derive(Debug, Clone, Default)]
pub struct Effective {
    /// Indexes, the main one first. The default index has no location.
    pub index_urls: Vec<Setting>,
    /// `--no-index`.
    pub no_index: Option<Location>,
    /// `--find-links`.
    pub find_links: Vec<Setting>,
    /// Hosts whose certificate is not checked, `host` or `host:port`.
    pub trusted_hosts: Vec<Setting>,
    /// Normalized names, or `:all:`, that are built from source.
    pub no_binary: Set<String>,
    /// Normalized names, or `:all:`, that are never built.
    pub only_binary: Set<String>,
    /// Normalized names, or `:all:`, of which pre-releases are taken.
    pub all_releases: Set<String>,
    /// Normalized names, or `:all:`, of which they are not.
    pub only_final: Set<String>,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--require-hashes`.
    pub require_hashes: Option<Location>,
    /// `--no-require-hashes`.
    pub no_require_hashes: Option<Location>,
    /// `--use-feature`.
    pub use_feature: Set<String>,
}

/// Reads every root that no other root includes, and fills in what each file is read as.
pub(super) fn read(project: &mut Project, roots: &Map<String, Role>, markers: Option<&Environment>) {
    // What a manifest or a command includes is a requirements file by itself all the same.
    let included: Set<FileId> = project
        .lines()
        .filter(|(document, line)| {
            document.section(line).is_some_and(|section| section.purpose == Purpose::RequirementsFile)
        })
        .filter_map(|(document, line)| match &line.kind {
            LineKind::Include(include) => project.find(include.path.as_ref()?).filter(|to| *to != document.file),
            _ => None,
        })
        .collect::<Set<_>>();
    let roots: Vec<(FileId, Role)> =
        roots.iter().filter_map(|(path, role)| project.find(path).map(|file| (file, *role))).collect();
    let mut wanted: Vec<(FileId, Role)> = roots.iter().copied().filter(|(_, role)| role.is_pips()).collect();
    // Files that only include each other have no root of their own: then each stands for itself.
    let free: Vec<_> = wanted.iter().copied().filter(|(file, _)| !included.contains(file)).collect();
    let mut budget = MAX_LINES_OF_ALL_RUNS;
    let mut walk = |file: FileId, role: Role| {
        let parts = if role.is_pips() { vec![Part::whole()] } else { Part::of(project, file) };
        let runs = parts.into_iter().map(|part| {
            // A manifest may hold commands as well.
            let role = if part.is_command && role == Role::Manifest { Role::Command } else { role };
            let run = Walk::run(project, file, role, &part, markers, budget.min(MAX_RUN_LINES));
            budget = budget.saturating_sub(run.entries.len());
            run
        });
        runs.collect::<Vec<Run>>()
    };
    let mut runs: Vec<Run> = free.iter().flat_map(|(file, role)| walk(*file, *role)).collect();
    let mut reached: Set<FileId> =
        runs.iter().flat_map(|run| run.entries.iter().map(|entry| entry.file)).collect::<Set<_>>();
    reached.extend(free.iter().map(|(file, _)| *file));
    wanted.retain(|(file, _)| !reached.contains(file) && project.document(*file).is_some_and(|d| !d.lines.is_empty()));
    while let Some((file, role)) = wanted.first().copied() {
        let new = walk(file, role);
        reached.extend(new.iter().flat_map(|run| &run.entries).map(|entry| entry.file));
        reached.insert(file);
        wanted.retain(|(file, _)| !reached.contains(file));
        runs.extend(new);
    }
    runs.extend(roots.iter().filter(|(_, role)| !role.is_pips()).flat_map(|(file, role)| walk(*file, *role)));
    // What is true of a requirements file by itself comes before what commands make of it. Stable: the runs of one file
    // stay in the order of its sections.
    runs.arrange_by_key(|run| (matches!(run.role, Role::Command | Role::Settings), run.root));
    let mut requires = vec![false; project.files.len()];
    let mut constrains = vec![false; project.files.len()];
    for entry in runs.iter().flat_map(|run| &run.entries) {
        let marks = if entry.constraint { &mut constrains } else { &mut requires };
        if let Some(mark) = marks.get_mut(entry.file.0 as usize) {
            *mark = true;
        }
    }
    project.constraints_only =
        requires.iter().zip(&constrains).map(|(requires, constrains)| *constrains && !requires).collect();
    let cut_off = runs.iter().filter(|run| run.truncated).map(|run| {
        let message = format!(
            "the includes nest deeper than {MAX_INCLUDE_DEPTH} or lead to more than {MAX_RUN_LINES} lines; what is beyond was not read together"
        );
        Problem::of_file(project.file(run.root).path(), message, "Include each file once")
    });
    let cut_off: Vec<Problem> = cut_off.collect();
    project.problems.extend(cut_off);
    project.runs = runs;
}

/// The walk of one run.
struct Walk<'a> {
    project: &'a Project,
    /// Whether pip reads it, so that the first thing that it refuses ends all.
    is_pips: bool,
    entries: Vec<RunEntry>,
    options: Effective,
    refused: Option<(Option<usize>, Refusal)>,
    truncated: bool,
    budget: usize,
    /// Values of `options.trusted_hosts`, to be looked up.
    trusted: Set<String>,
}

impl<'a> Walk<'a> {
    fn run(
        project: &'a Project,
        root: FileId,
        role: Role,
        part: &Part,
        markers: Option<&Environment>,
        budget: usize,
    ) -> Run {
        let options = Effective {
            index_urls: vec![Setting { value: crate::url::DEFAULT_INDEX.to_owned(), location: None }],
            ..Effective::default()
        };
        let is_pips = matches!(part.tool, None | Some(Tool::Pip)) && role != Role::Manifest;
        let mut walk = Walk {
            project,
            is_pips,
            entries: Vec::new(),
            options,
            refused: None,
            truncated: false,
            budget,
            trusted: Set::new(),
        };
        walk.file(root, part.lines.as_deref(), role == Role::Constraints, None, &mut vec![root]);
        if is_pips {
            walk.check_constraints();
            walk.check_exclusive();
        }
        let mut run = Run {
            root,
            role,
            tool: part.tool,
            entries: walk.entries,
            options: walk.options,
            refused: walk.refused,
            hash_mode: None,
            truncated: walk.truncated,
        };
        if is_pips && run.refused.is_none() {
            run.hash_mode = Some(hashes::judge(project, &run, markers));
        }
        run
    }

    /// The first refusal is pip's. Other tools refuse no whole file for one line of it.
    fn refuse(&mut self, at: Option<usize>, refusal: Refusal) {
        if self.is_pips && self.refused.is_none() {
            self.refused = Some((at, refusal));
        }
    }

    /// Adds an entry.
    fn enter(&mut self, entry: RunEntry) -> usize {
        let at = self.entries.len();
        if let Some(refusal) = entry.refusal.as_deref().or_else(|| self.line_of(&entry).and_then(own_refusal)).cloned()
        {
            self.refuse(Some(at), refusal);
        }
        self.entries.push(entry);
        at
    }

    fn is_command(&self, entry: &RunEntry) -> bool {
        let section = self.project.document(entry.file).zip(self.line_of(entry));
        let section = section.and_then(|(document, line)| document.section(line));
        section.is_some_and(|section| section.purpose == Purpose::Command)
    }

    fn line_of(&self, entry: &RunEntry) -> Option<&'a Line> {
        self.project.document(entry.file)?.lines.get(entry.line?)
    }

    /// Reads a file, or `only` some of its lines.
    fn file(
        &mut self,
        file: FileId,
        only: Option<&[usize]>,
        constraint: bool,
        via: Option<usize>,
        stack: &mut Vec<FileId>,
    ) {
        let project = self.project;
        let Some(document) = project.document(file) else { return };
        let all = only.is_none().then_some(0..document.lines.len());
        let indexes = only.unwrap_or_default().iter().copied().chain(all.into_iter().flatten());
        let entry = |line, refusal| RunEntry { file, line, constraint, via, refusal };
        if let Some(error) = &document.decode_error {
            self.enter(entry(None, Some(Box::new(undecodable(error)))));
            return;
        }
        let count = only.map_or(document.lines.len(), <[usize]>::len);
        self.entries.reserve(count.min(self.budget.saturating_sub(self.entries.len())));
        for index in indexes {
            let Some(line) = document.lines.get(index) else { continue };
            let constraint =
                constraint || document.section(line).is_some_and(|section| section.purpose == Purpose::Constraints);
            let entry = |line, refusal| RunEntry { constraint, ..entry(line, refusal) };
            if self.entries.len() >= self.budget {
                self.truncated = true;
                return;
            }
            match &line.kind {
                LineKind::Include(include) => {
                    self.apply_shared(line);
                    self.include(include, entry(Some(index), None), stack);
                }
                kind => {
                    let editable = match kind {
                        LineKind::Requirement(requirement) => requirement.editable,
                        LineKind::Refused(refusal) => refusal.editable,
                        _ => false,
                    };
                    // pip looks at this before it reads the requirement.
                    let refusal = (self.is_pips && constraint && editable).then(|| Refusal {
                        class: RefusalClass::InstallationError,
                        stage: Stage::Requirement,
                        span: line.span,
                        message: "a constraint cannot be editable".to_owned(),
                        help: "Move the line to a requirements file".to_owned(),
                        editable: true,
                    });
                    // Options are read before the requirement that stands on the line with them.
                    self.apply_shared(line);
                    if matches!(kind, LineKind::Options) && self.refused.is_none() {
                        self.apply(document, line);
                    }
                    self.enter(entry(Some(index), refusal.map(Box::new)));
                }
            }
        }
    }

    fn include(&mut self, include: &Include, mut entry: RunEntry, stack: &mut Vec<FileId>) {
        let refuse = |message: String, help: &str| Refusal {
            class: RefusalClass::InstallationError,
            stage: Stage::File,
            span: include.target_span,
            message,
            help: help.to_owned(),
            editable: false,
        };
        // A remote file: nobody here knows what it says. One of specifiers has no options that would act on others.
        let Some(path) = include.path.as_ref().filter(|_| !include.is_list) else {
            self.enter(entry);
            return;
        };
        let find = |path: &str| if leaves_root(path) { None } else { self.project.find(path) };
        let mut target = find(path);
        if target.is_none() && self.is_command(&entry) {
            // The folder that a command runs in is often that of its file. A file that is not there now may be made, or
            // copied, before the command runs.
            let beside = folder(self.project.file(entry.file).path());
            target = find(&join(beside, &include.target));
            if target.is_none() {
                self.enter(entry);
                return;
            }
        }
        let Some(target) = target else {
            let at = self.enter(RunEntry { refusal: None, ..entry.clone() });
            let refusal = if leaves_root(path) {
                refuse(
                    "the included file lies outside the audited root and is not read".to_owned(),
                    "Keep included files inside the project",
                )
            } else if path.contains('\0') {
                Refusal {
                    class: RefusalClass::ValueError,
                    ..refuse("the path holds a null character".to_owned(), "Correct the path")
                }
            } else {
                refuse("the included file is not there".to_owned(), "Correct the path: it is relative to this file")
            };
            // As pip sees it: an error of the file that could not be opened.
            self.refuse(Some(at), refusal.clone());
            if let Some(entry) = self.entries.get_mut(at) {
                entry.refusal = Some(Box::new(refusal));
            }
            return;
        };
        if stack.contains(&target) {
            entry.refusal = Some(Box::new(Refusal {
                class: RefusalClass::RequirementsFileParseError,
                ..refuse(
                    "the file includes itself, directly or through another".to_owned(),
                    "Remove one of the includes",
                )
            }));
            self.enter(entry);
            return;
        }
        if stack.len() > MAX_INCLUDE_DEPTH {
            self.truncated = true;
            self.enter(entry);
            return;
        }
        let at = self.enter(entry);
        stack.push(target);
        self.file(target, None, include.constraint, Some(at), stack);
        stack.pop();
    }

    /// Options that act while their line is read, whatever the line turns out to be.
    fn apply_shared(&mut self, line: &Line) {
        if self.refused.is_some() {
            return;
        }
        for used in &line.options {
            let Effective { no_binary, only_binary, all_releases, only_final, use_feature, .. } = &mut self.options;
            match used.option {
                // Python's shared default list: the feature is on wherever its line stands.
                InstallOption::UseFeature => {
                    use_feature.insert(used.value.value.clone());
                }
                _ if !used.acts => {}
                InstallOption::NoBinary => set_exclusive(&used.value.value, no_binary, only_binary),
                InstallOption::OnlyBinary => set_exclusive(&used.value.value, only_binary, no_binary),
                InstallOption::AllReleases => set_exclusive(&used.value.value, all_releases, only_final),
                InstallOption::OnlyFinal => set_exclusive(&used.value.value, only_final, all_releases),
                _ => {}
            }
        }
    }

    /// pip's `handle_option_line`.
    fn apply(&mut self, document: &Document, line: &Line) {
        let place = |used: &OptionUse| Some(Location { file: document.file, span: used.span });
        let last = |option| line.acting(option).last();
        let options = &mut self.options;
        if let Some(used) = last(InstallOption::RequireHashes) {
            options.require_hashes = place(used);
        }
        if let Some(used) = last(InstallOption::NoRequireHashes) {
            options.no_require_hashes = place(used);
        }
        if let Some(used) = last(InstallOption::NoIndex) {
            options.no_index = place(used);
            options.index_urls.clear();
        }
        if options.no_index.is_none() {
            let setting = |used: &OptionUse| Setting { value: used.value.value.clone(), location: place(used) };
            if let Some(used) = last(InstallOption::IndexUrl).filter(|used| !used.value.value.is_empty()) {
                options.index_urls = vec![setting(used)];
            }
            options.index_urls.extend(line.acting(InstallOption::ExtraIndexUrl).map(setting));
            options.index_urls.extend(line.acting(InstallOption::SupplementalIndex).map(setting));
        }
        if let Some(used) = line.acting(InstallOption::FindLinks).next() {
            let value = self.project.find_links_value(document, &used.value.value);
            options.find_links.push(Setting { value, location: place(used) });
        }
        if last(InstallOption::Pre).is_some() {
            options.all_releases.insert(":all:".to_owned());
        }
        options.prefer_binary |= last(InstallOption::PreferBinary).is_some();
        for used in line.acting(InstallOption::TrustedHost) {
            let Some(value) = trusted_host(&used.value.value) else {
                // Python raises where pip does not look for it, so no line of the file is named.
                let refusal = Refusal {
                    class: RefusalClass::ValueError,
                    stage: Stage::Option,
                    span: used.span,
                    message: "`--trusted-host` takes a host, or a host, a colon and a port".to_owned(),
                    help: "Remove the option".to_owned(),
                    editable: false,
                };
                self.refuse(None, refusal);
                return;
            };
            if self.trusted.insert(value.clone()) {
                options.trusted_hosts.push(Setting { value, location: place(used) });
            }
        }
    }

    /// pip's `check_invalid_constraint_type`, which it asks after all files are read.
    fn check_constraints(&mut self) {
        let project = self.project;
        for at in 0..self.entries.len() {
            let Some(entry) = self.entries.get(at).filter(|entry| entry.constraint && entry.refusal.is_none()) else {
                continue;
            };
            let line = entry.line.and_then(|line| project.document(entry.file)?.lines.get(line));
            let Some(requirement) = line.and_then(Line::requirement) else { continue };
            let message = if requirement.name.is_none() {
                "a constraint needs the name of a project"
            } else if !requirement.extras.is_empty() {
                "a constraint cannot have extras"
            } else {
                continue;
            };
            let refusal = Refusal {
                class: RefusalClass::InstallationError,
                stage: Stage::Constraint,
                span: requirement.span,
                message: message.to_owned(),
                help: "Write a constraint as a name and a version specifier".to_owned(),
                editable: false,
            };
            self.refuse(Some(at), refusal.clone());
            if let Some(entry) = self.entries.get_mut(at) {
                entry.refusal = Some(Box::new(refusal));
            }
        }
    }

    fn check_exclusive(&mut self) {
        if self.refused.is_some() {
            return;
        }
        if let (Some(require), Some(_)) = (self.options.require_hashes, self.options.no_require_hashes) {
            let refusal = Refusal {
                class: RefusalClass::CommandError,
                stage: Stage::Option,
                span: require.span,
                message: "`--require-hashes` and `--no-require-hashes` exclude each other".to_owned(),
                help: "Remove `--no-require-hashes`".to_owned(),
                editable: false,
            };
            self.refuse(None, refusal);
        }
    }
}

impl Project {
    /// pip's reading of `--find-links PATH`: beside the file where it exists there, else as given.
    fn find_links_value(&self, document: &Document, value: &str) -> String {
        let path = crate::format::requirements_txt::join(
            crate::format::requirements_txt::folder(self.file(document.file).path()),
            value,
        );
        let exists = self
            .paths
            .get(&path)
            .is_some_and(|kind| !matches!(kind, crate::model::PathKind::Absent | crate::model::PathKind::Unknown));
        if !exists || leaves_root(&path) {
            return value.to_owned();
        }
        // `os.path.join(folder, value)`, not normalized.
        let folder = crate::format::requirements_txt::folder(self.file(document.file).path());
        if folder.is_empty() { format!("$ROOT/{value}") } else { format!("$ROOT/{folder}/{value}") }
    }
}

fn own_refusal(line: &Line) -> Option<&Refusal> {
    match &line.kind {
        LineKind::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

fn undecodable(error: &DecodeError) -> Refusal {
    let (class, message) = match error {
        DecodeError::Malformed { encoding } => {
            (RefusalClass::UnicodeDecodeError, format!("the file is not valid {encoding}"))
        }
        DecodeError::UnknownCodec { .. } => (
            RefusalClass::LookupError,
            "a comment in the first two lines names an encoding that Python does not know".to_owned(),
        ),
    };
    Refusal {
        class,
        stage: Stage::File,
        span: Span::default(),
        message,
        help: "Save the file as UTF-8".to_owned(),
        editable: false,
    }
}

/// pip's `handle_mutual_excludes`: names join `target` and leave `other`; `:all:` empties both first.
fn set_exclusive(value: &str, target: &mut Set<String>, other: &mut Set<String>) {
    let mut names: Vec<&str> = value.split(',').collect();
    let last = |wanted: &str| names.iter().rposition(|name| *name == wanted);
    if let Some(all) = last(":all:") {
        // What follows counts where pip still finds a `:none:` ahead.
        let is_over = last(":none:").is_none_or(|none| none < all);
        other.clear();
        target.clear();
        target.insert(":all:".to_owned());
        if is_over {
            return;
        }
        names.drain(..=all);
    }
    for name in names {
        if name == ":none:" {
            target.clear();
            continue;
        }
        let name = normalize(name);
        other.remove(&name);
        target.insert(name);
    }
}

/// pip's `parse_netloc`: lower-case host, and the port where one is given. `None` where pip raises.
pub(crate) fn trusted_host(given: &str) -> Option<String> {
    let bare_ipv6 = given.matches(':').count() >= 2 && !given.contains('@') && !given.contains('[');
    let netloc = if bare_ipv6 { format!("[{given}]") } else { given.to_owned() };
    let url = DirectUrl::parse(&format!("https://{netloc}"), Span::default()).ok()?;
    let host = url.host();
    if host.is_empty() {
        return None;
    }
    let address = url.authority.rsplit_once('@').map_or(url.authority.as_str(), |(_, address)| address);
    let after = address.rsplit_once(']').map_or(address, |(_, after)| after);
    match after.split_once(':').map(|(_, port)| port).filter(|port| !port.is_empty()) {
        None => Some(host),
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => {
            let number: u32 = port.parse().ok().filter(|number| *number <= 65_535)?;
            // A port of zero is false to Python, and so is not shown.
            Some(format!("{host}:{number}"))
        }
        Some(_) => None,
    }
}

/// Whether a requirement comes from version control.
fn is_vcs(source: &Source) -> bool {
    matches!(source, Source::Url(url) if is_vcs_scheme(&url.scheme))
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::testing::load;

    #[test]
    fn includes_that_multiply_are_cut_off_and_said() {
        let many = |target: &str| format!("-r {target}\n").repeat(200);
        let texts = [
            ("requirements.txt", many("b.txt")),
            ("b.txt", many("c.txt")),
            ("c.txt", many("d.txt")),
            ("d.txt", "x==1\n".into()),
        ];
        let files: Map<&str, &str> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let project = load(&files);
        let all: usize = project.runs.iter().map(|run| run.entries.len()).sum();
        assert!((MAX_RUN_LINES..MAX_RUN_LINES + 1000).contains(&all), "{all}");
        assert!(project.problems.iter().any(|problem| problem.path == "requirements.txt"));
    }

    #[test]
    fn includes_that_nest_too_deep_are_cut_off_and_said() {
        let texts: Vec<(String, String)> =
            (0..MAX_INCLUDE_DEPTH + 10).map(|n| (format!("r{n:03}.txt"), format!("-r r{:03}.txt\n", n + 1))).collect();
        let files: Map<&str, &str> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert!(load(&files).problems.iter().any(|problem| problem.message.contains("deeper")));
    }

    #[test]
    fn an_index_line_wipes_the_extra_indexes_before_it() {
        let files = Map::from([
            ("r.txt", "--extra-index-url https://a\n-i https://b\n-r s.txt --pre\n"),
            ("s.txt", "--extra-index-url https://c\nx --extra-index-url https://d\n"),
        ]);
        let project = load(&files);
        let run = project.runs.first().expect("a run");
        let urls: Vec<&str> = run.options.index_urls.iter().map(|setting| setting.value.as_str()).collect();
        assert_eq!(urls, ["https://b", "https://c"]);
        assert!(run.options.all_releases.is_empty(), "an include line ignores what else it says");
    }
}
