//! The worker's side: from files to the report, with the same core as the command line. Sole caller of the audit.

use pychain_core::audit::{Request, audit, is_plain};
use pychain_core::config::{Config, Date, from_pychain_toml, from_pyproject_toml, glob_matches};
use pychain_core::finding::Safety;
use pychain_core::fix;
use pychain_core::knowledge::Knowledge;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::remembered::Remembered;
use pychain_core::manual::Manuals;
use pychain_core::model::PathKind;
use pychain_core::order::{Arrange as _, Map, Set};
use pychain_core::report::{self, Report, markdown, sarif};
use pychain_core::text::{Problem, SourceFile};
use pychain_core::tree::{Loader, Project, Want};

use crate::matching;
use crate::protocol::{Ask, Body, Format, Named, Summary, What};

/// Names that are remembered with what was found out of them: more than any text has that somebody types in.
const MAX_JUDGED: usize = 100_000;

/// What the worker remembers.
#[derive(Debug, Default)]
pub struct Agent {
    /// Contents by their number.
    contents: Map<u32, Vec<u8>>,
    /// Facts about names, as they arrive.
    pub knowledge: Knowledge,
    /// Names of which there is something to say; `plain` among the facts has the others.
    odd: Remembered,
    /// The files as they were audited last: what an edit leaves alone is not read again.
    head: Project,
    base: Project,
}

impl Agent {
    /// Answers a question about files; `brought` are the contents that came along with it, and `manuals` those of the
    /// rules where it asks for an export that explains them.
    ///
    /// The second value is the report as JSON version 1, for an audit.
    ///
    /// # Panics
    ///
    /// Where that is what is asked for.
    pub fn answer(&mut self, ask: &Ask, brought: Vec<Vec<u8>>, manuals: Manuals<'_>) -> (Body, Option<String>) {
        self.contents.extend(ask.brought.iter().copied().zip(brought));
        let used: Set<u32> =
            ask.head.iter().chain(ask.base.iter().flatten()).map(|file| file.version).collect::<Set<_>>();
        self.contents.retain(|version, _| used.contains(version));
        match &ask.what {
            What::Audit => {
                let report = self.audit(ask, &Map::new());
                let (requirements, locked) = (self.head.requirements().count(), self.head.locked().count());
                let summary = Summary { requirements, locked };
                (Body::Audit(summary), Some(report::json::to_string(&report)))
            }
            What::Fix => (Body::Fix(self.fix(ask)), None),
            What::Export(format) => {
                let report = self.audit(ask, &Map::new());
                (Body::Export(*format, export(&report, *format, manuals)), None)
            }
            What::Match { name, sha256 } => {
                let (project, _) = self.load(&ask.head, &ask.beside, &Map::new(), &[], Project::default());
                (Body::Match(matching::find(&project, name, sha256)), None)
            }
            What::Crash => panic!("a crash was asked for"),
        }
    }

    /// Audits, with some texts in place of those of the page.
    fn audit(&mut self, ask: &Ask, instead: &Map<String, String>) -> Report {
        let (of_head, mut problems) = self.configuration(&ask.head);
        let before = std::mem::take(&mut self.head);
        let (head, missing) = self.load(&ask.head, &ask.beside, instead, &of_head.exclude, before);
        problems.extend(missing);
        let before = std::mem::take(&mut self.base);
        let base = ask.base.as_ref().map(|files| {
            let (config, _) = self.configuration(files);
            (self.load(files, &[], &Map::new(), &config.exclude, before).0, config)
        });
        self.remember(&head);
        // What is to be judged must not choose its judge.
        let differs = base.as_ref().is_some_and(|(_, of_base)| !of_base.means_the_same_as(&of_head));
        let mut report = audit(&Request {
            head: &head,
            base: base.as_ref().map(|(project, _)| project),
            config: base.as_ref().map_or(&of_head, |(_, config)| config),
            head_config: differs.then_some(&of_head),
            workflows: &[],
            knowledge: &self.knowledge,
            as_of: Date::parse(&ask.today),
        });
        report.problems.extend(problems);
        report.problems.arrange();
        report.problems.dedup();
        self.head = head;
        self.base = base.map(|(project, _)| project).unwrap_or_default();
        report
    }

    /// Judges the names that are new to the worker and remembers what came of it: a key changes one name of thousands, and to
    /// judge a name is the longest part of an audit.
    fn remember(&mut self, project: &Project) {
        let Some(names) = &mut self.knowledge.names else { return };
        if names.plain.len() + self.odd.len() > MAX_JUDGED {
            names.plain.clear();
            self.odd.clear();
        }
        for name in project.mentions().filter_map(|mention| mention.name()) {
            let name = name.normalized();
            if names.plain.contains(name) || self.odd.contains(name) {
                continue;
            }
            if is_plain(name, names) { names.plain.insert(name) } else { self.odd.insert(name) }
        }
    }

    /// Takes the names of the public index. They tell how many neighbours a name has, so that the names judged without them
    /// are judged anew.
    pub fn learn(&mut self, index: NameFilter) {
        if let Some(names) = &mut self.knowledge.names {
            names.index = Some(index);
            names.plain.clear();
            self.odd.clear();
        }
    }

    /// Reads files as the installers do, knowing how they were `before`; whatever they include is answered from the same
    /// files.
    fn load(
        &self,
        files: &[Named],
        beside: &[String],
        instead: &Map<String, String>,
        exclude: &[String],
        before: Project,
    ) -> (Project, Vec<Problem>) {
        let mut loader = Loader::new();
        loader.before(before);
        let content = |path: &str| -> Option<&[u8]> {
            if let Some(text) = instead.get(path) {
                return Some(text.as_bytes());
            }
            let file = files.iter().find(|file| file.path == path)?;
            self.contents.get(&file.version).map(Vec::as_slice)
        };
        let mut problems = Vec::new();
        for file in files {
            let Some(role) = file.kind.role() else { continue };
            if exclude.iter().any(|pattern| glob_matches(pattern, &file.path)) {
                continue;
            }
            match content(&file.path) {
                Some(bytes) => loader.root(&file.path, bytes, role),
                None => problems.push(Problem::of_file(
                    &file.path,
                    "the page did not hand this file over",
                    "Reload the page",
                )),
            }
        }
        let mut answered = Set::new();
        loop {
            let wants: Vec<Want> = loader.wants().into_iter().filter(|want| answered.insert(want.clone())).collect();
            if wants.is_empty() {
                break;
            }
            for want in wants {
                match want {
                    Want::File(path) => match content(&path) {
                        Some(bytes) => loader.file(&path, bytes),
                        None => loader.missing(&path),
                    },
                    Want::Path(path) => {
                        let known =
                            files.iter().map(|file| file.path.as_str()).chain(beside.iter().map(String::as_str));
                        loader.path(&path, kind_of_path(&path, known));
                    }
                }
            }
        }
        let mut project = loader.finish();
        // Of a folder or an archive every file is known, and else only what was pasted.
        if !beside.is_empty() {
            let all = files.iter().map(|file| file.path.as_str()).chain(beside.iter().map(String::as_str));
            project.listing = Some(all.map(str::to_owned).collect::<Set<_>>());
        }
        (project, problems)
    }

    /// The configuration among the files; the default where there is none or where it cannot be meant.
    fn configuration(&self, files: &[Named]) -> (Config, Vec<Problem>) {
        for (name, read) in [("pychain.toml", from_pychain_toml as fn(&SourceFile) -> _), ("pyproject.toml", pyproject)]
        {
            let named = files.iter().find(|file| file.path == name);
            let Some(content) = named.and_then(|file| self.contents.get(&file.version)) else { continue };
            let (file, _) = SourceFile::decode_utf8(name, content.as_slice());
            return match read(&file) {
                Ok(config) => (config, Vec::new()),
                Err(errors) => {
                    let problem = |error: pychain_core::config::ConfigError| {
                        let message = format!("the configuration is not used: {}", error.message);
                        Problem::at(&file, error.span, message, error.help)
                    };
                    (Config::default(), errors.into_iter().map(problem).collect())
                }
            };
        }
        (Config::default(), Vec::new())
    }

    /// Applies safe fixes until there are none left.
    fn fix(&mut self, ask: &Ask) -> Vec<(String, String)> {
        let mut texts = Map::new();
        for _ in 0..fix::MAX_ROUNDS {
            let fixed = fix::round(&self.audit(ask, &texts), Safety::Safe);
            if fixed.is_empty() {
                break;
            }
            texts.extend(fixed.into_iter().map(|fixed| (fixed.before.path().to_owned(), fixed.after)));
        }
        texts.into_iter().collect()
    }
}

fn pyproject(file: &SourceFile) -> Result<Config, Vec<pychain_core::config::ConfigError>> {
    from_pyproject_toml(file).map(Option::unwrap_or_default)
}

/// What a path is, as far as a list of existing files tells.
fn kind_of_path<'p>(path: &str, files: impl Iterator<Item = &'p str>) -> PathKind {
    // Of the root, what is not shown here may be there.
    if path == "." {
        return PathKind::Unknown;
    }
    let mut kind = PathKind::Absent;
    for file in files {
        match file.strip_prefix(path) {
            Some("") => return PathKind::File,
            Some("/pyproject.toml" | "/setup.py") => return PathKind::Project,
            Some(rest) if rest.starts_with('/') => kind = PathKind::Directory,
            _ => {}
        }
    }
    kind
}

fn export(report: &Report, format: Format, manuals: Manuals<'_>) -> String {
    match format {
        Format::Json => report::json::to_string(report),
        Format::Sarif => sarif::to_string(report, sarif::Options { manuals, docs: None, suppressed: false }),
        Format::Markdown => {
            let limit = markdown::STEP_SUMMARY_LIMIT;
            markdown::to_string(report, markdown::Options { manuals, docs: None, limit })
        }
    }
}

#[cfg(test)]
mod tests;
