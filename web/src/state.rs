//! What the page knows, and what each action makes of it. Nothing here touches the browser.

use std::rc::Rc;

use serde::Serialize;

use crate::highlight::{self, Mark, Marks};
use crate::json::texts;
use crate::kind::Kind;
use crate::protocol::{Ask, Body, Matched, Named, Names, Summary, What};
use crate::report::{Position, Report, Severity};
use crate::shared::Shared;
use pychain_core::order::Map;

mod actions;
mod file;
mod saved;

pub use actions::Action;
pub use file::{File, MAX_EDITABLE_BYTES, MAX_EDITABLE_LINES};
pub use saved::{Saved, SavedFile};

/// What the page does with the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Audits them.
    #[default]
    Audit,
    /// Tells what changes from a base to a head.
    Compare,
}

texts!(Mode: Audit "audit", Compare "compare");

/// Which files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As a change makes them, or as they are.
    Head,
    /// Before the change.
    Base,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn across(self) -> Self {
        match self {
            Self::Head => Self::Base,
            Self::Base => Self::Head,
        }
    }
}

/// Files in tabs; there is always one.
#[derive(Debug, Clone, PartialEq)]
pub struct Files {
    /// The files, in the order of their tabs.
    pub list: Vec<Rc<File>>,
    /// The one that is shown.
    pub active: usize,
}

impl Files {
    /// The file that is shown.
    pub fn shown(&self) -> &Rc<File> {
        &self.list[self.active]
    }

    /// The tab of a path.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.list.iter().position(|file| file.path == path)
    }

    /// Whether they are the same files with the same texts, however those came about.
    fn are(&self, others: &Self) -> bool {
        let is = |(one, other): (&Rc<File>, &Rc<File>)| {
            one.path == other.path && (one.text == other.text || *one.text == *other.text)
        };
        self.list.len() == others.list.len() && self.list.iter().zip(&others.list).all(is)
    }

    /// Whether there is nothing in any of them.
    pub fn are_blank(&self) -> bool {
        self.list.iter().all(|file| file.is_blank())
    }
}

/// An answered audit.
#[derive(Debug, PartialEq)]
pub struct Audited {
    /// The state of the page that it is about.
    pub revision: u32,
    /// What was found.
    pub report: Report,
    /// What was read.
    pub summary: Summary,
    /// How long it took in the worker.
    pub milliseconds: u32,
    /// The rules that found something, with how often, by name.
    pub rules: Vec<(String, usize)>,
}

/// Which findings are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// In the order of [`Severity::ALL`].
    pub severities: [bool; 4],
    /// One rule only.
    pub rule: Option<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { severities: [true; 4], rule: None }
    }
}

/// What the page knows of the worker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Worker {
    /// It is being loaded.
    #[default]
    Starting,
    /// It has nothing to do.
    Idle,
    /// It is asked something.
    Busy,
    /// It fell over this text, was started again, and waits for another one.
    Crashed(String),
}

/// A place to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Another number is another jump.
    pub count: u32,
    /// Where to.
    pub start: Position,
    /// Up to there.
    pub end: Position,
    /// Whether the text field takes the keyboard.
    pub focuses: bool,
}

/// Something to say, until it is put away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
}

impl Notice {
    /// Something that happened.
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_error: false }
    }

    /// Something that went wrong.
    pub fn error(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_error: true }
    }
}

/// A dropped wheel or sdist.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// Tells it from others of the name.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: f64,
    /// How far it is.
    pub stage: DropStage,
}

/// How far a dropped file is.
#[derive(Debug, Clone, PartialEq)]
pub enum DropStage {
    /// Being read and hashed: how much is done, in per cent, where that is known.
    Hashing(Option<u32>),
    /// Hashed; being looked for.
    Hashed(String),
    /// Looked for in the files.
    Matched(Rc<Matched>),
    /// Could not be read.
    Failed(String),
}

/// The page of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manual {
    /// The rule.
    pub rule: String,
    /// Markdown, or why there is none; nothing while it is on its way.
    pub text: Option<Result<Rc<str>, String>>,
}

/// What can be undone: the files as they were before something was done to them, and as it left them.
#[derive(Debug, Clone, PartialEq)]
struct Undo {
    what: String,
    before: Sides,
    after: Sides,
}

/// The files of both sides, and what the page does with them.
type Sides = (Mode, Files, Files);

/// All that the page knows.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Audit or compare.
    pub mode: Mode,
    /// The files.
    pub head: Files,
    /// The files before the change.
    pub base: Files,
    /// Paths of a dropped folder that are no files of ours.
    pub beside: Rc<[String]>,
    /// Counts whatever another audit is needed for.
    pub revision: u32,
    /// The last report.
    pub audited: Option<Shared<Audited>>,
    /// What is underlined in the head; follows the text between reports.
    pub marks: Shared<Marks>,
    /// Numbers of the findings that are listed.
    pub listed: Shared<[usize]>,
    /// The finding that is told in full.
    pub chosen: Option<usize>,
    /// Where the editor goes next.
    pub jump: Option<Jump>,
    /// Which findings are listed.
    pub filter: Filter,
    /// The page of a rule that is open.
    pub manual: Option<Manual>,
    /// What is known of names.
    pub names: Names,
    /// How the worker is.
    pub worker: Worker,
    /// What is said.
    pub notice: Option<Notice>,
    /// Whether the text is kept over a reload.
    pub keeps: bool,
    /// Whether a newer version of the page waits.
    pub has_update: bool,
    /// Dropped wheels and sdists.
    pub drops: Rc<[Dropped]>,
    undo: Vec<Undo>,
    last_number: u32,
}

impl Default for State {
    fn default() -> Self {
        let blank = |id| {
            let path = Kind::Requirements.file_name();
            Files { list: vec![Rc::new(File::new(id, id, path, Kind::Requirements))], active: 0 }
        };
        Self {
            mode: Mode::Audit,
            head: blank(1),
            base: blank(2),
            beside: [].into(),
            revision: 0,
            audited: None,
            marks: Marks::new().into(),
            listed: std::iter::empty().collect(),
            chosen: None,
            jump: None,
            filter: Filter::default(),
            manual: None,
            names: Names::default(),
            worker: Worker::Starting,
            notice: None,
            keeps: true,
            has_update: false,
            drops: [].into(),
            undo: Vec::new(),
            last_number: 2,
        }
    }
}

impl State {
    /// The files of a side.
    pub fn files(&self, side: Side) -> &Files {
        match side {
            Side::Head => &self.head,
            Side::Base => &self.base,
        }
    }

    /// The last report, where there is one.
    pub fn report(&self) -> Option<&Report> {
        self.audited.as_ref().map(|audited| &audited.report)
    }

    /// Whether the report is about the text as it is.
    pub fn is_current(&self) -> bool {
        self.audited.as_ref().is_some_and(|audited| audited.revision == self.revision)
    }

    /// Whether there is nothing to audit.
    pub fn is_blank(&self) -> bool {
        self.head.are_blank() && (self.mode == Mode::Audit || self.base.are_blank())
    }

    /// The marks of the file that is shown.
    pub fn marks_of(&self, side: Side) -> Rc<[Mark]> {
        match side {
            Side::Head => self.marks.get(&self.head.shown().path).cloned().unwrap_or_else(|| [].into()),
            Side::Base => [].into(),
        }
    }

    /// The fix that would be undone, no words for anything else; nothing while the files are not as it left them.
    pub fn undoable(&self) -> Option<&str> {
        let undo = self.undo.last()?;
        let (mode, head, base) = &undo.after;
        (*mode == self.mode && head.are(&self.head) && base.are(&self.base)).then_some(undo.what.as_str())
    }

    /// A question about the files as they are; `knows` tells which contents the worker has, by number.
    pub fn ask(&self, what: What, today: &str, knows: impl Fn(u32) -> bool) -> (Ask, Vec<Rc<File>>) {
        let files = |side: Side| self.files(side).list.iter();
        let named = |file: &Rc<File>| Named { path: file.path.clone(), kind: file.kind, version: file.version };
        let compares = self.mode == Mode::Compare;
        let mut brought: Vec<Rc<File>> = files(Side::Head)
            .chain(files(Side::Base).filter(|_| compares))
            .filter(|file| !knows(file.version))
            .cloned()
            .collect();
        brought.dedup_by_key(|file| file.version);
        let ask = Ask {
            revision: self.revision,
            brought: brought.iter().map(|file| file.version).collect(),
            head: files(Side::Head).map(named).collect(),
            base: compares.then(|| files(Side::Base).map(named).collect()),
            beside: self.beside.to_vec(),
            today: today.to_owned(),
            what,
        };
        (ask, brought)
    }

    /// The files, to keep.
    pub fn saved(&self) -> Saved {
        let of = |files: &Files| {
            let kept = files.list.iter().filter(|file| !file.is_blank() || files.list.len() > 1);
            kept.map(|file| SavedFile::of(file)).collect::<Vec<_>>()
        };
        let base = if self.mode == Mode::Compare { of(&self.base) } else { Vec::new() };
        Saved { mode: self.mode, head: of(&self.head), base }
    }

    fn number(&mut self) -> u32 {
        self.last_number += 1;
        self.last_number
    }

    fn relist(&mut self) {
        let passes = |severity: Severity, rule: &str| {
            self.filter.severities[severity.index()] && self.filter.rule.as_deref().is_none_or(|only| only == rule)
        };
        let findings = self.report().map(|report| report.findings.as_slice()).unwrap_or_default();
        let listed = findings.iter().enumerate().filter(|(_, finding)| passes(finding.severity, &finding.rule));
        self.listed = listed.map(|(number, _)| number).collect();
        if self.chosen.is_some_and(|chosen| !self.listed.contains(&chosen)) {
            self.chosen = None;
        }
    }

    /// Takes the answer to an audit, unless the text is another one by now.
    fn take_report(&mut self, revision: u32, report: Report, summary: Summary, milliseconds: u32) {
        if revision != self.revision {
            return;
        }
        let chosen = self.chosen.and_then(|at| Some(self.report()?.findings.get(at)?.fingerprint.clone()));
        self.marks = highlight::marks(&report.findings).into();
        self.chosen = chosen.and_then(|it| report.findings.iter().position(|finding| finding.fingerprint == it));
        if let Some(only) = &self.filter.rule
            && !report.findings.iter().any(|finding| finding.rule == *only)
        {
            self.filter.rule = None;
        }
        let mut rules = Map::new();
        for finding in &report.findings {
            *rules.entry(finding.rule.clone()).or_default() += 1;
        }
        let rules = rules.into_iter().collect();
        self.audited = Some(Audited { revision, report, summary, milliseconds, rules }.into());
        self.relist();
    }

    fn take_answer(&mut self, revision: u32, body: Body) {
        match body {
            Body::Fix(texts) if revision == self.revision => {
                let count = self.report().map(Report::safe_fixes).unwrap_or_default();
                let what = if count == 1 { "1 safe fix".to_owned() } else { format!("{count} safe fixes") };
                self.replace_texts(&texts, &what);
            }
            Body::Match(matched) => {
                let matched = Rc::new(matched);
                let of = |drop: &Dropped| match &drop.stage {
                    DropStage::Hashed(sha256) if drop.name == matched.name && *sha256 == matched.sha256 => {
                        Dropped { stage: DropStage::Matched(matched.clone()), ..drop.clone() }
                    }
                    DropStage::Matched(old) if old.name == matched.name && old.sha256 == matched.sha256 => {
                        Dropped { stage: DropStage::Matched(matched.clone()), ..drop.clone() }
                    }
                    _ => drop.clone(),
                };
                self.drops = self.drops.iter().map(of).collect();
            }
            Body::Fix(_) | Body::Export(..) | Body::Audit(_) => {}
        }
    }

    /// Puts fixed texts in place of files of the head.
    fn replace_texts(&mut self, texts: &[(String, String)], what: &str) {
        self.undoably(&format!("Applied: {what}"), what, |state| {
            for (path, text) in texts {
                let Some(at) = state.head.find(path) else { continue };
                let version = state.number();
                let old = state.head.list[at].clone();
                let new = Rc::new(old.with_text(version, text));
                state.follow(&old, &new);
                state.head.list[at] = new;
            }
            state.changed();
        });
    }

    /// Does something that can be undone where it takes a text away, which is said then; `what` is the fix that it applies.
    fn undoably(&mut self, notice: &str, what: &str, deed: impl FnOnce(&mut Self)) {
        let sides = |state: &Self| (state.mode, state.head.clone(), state.base.clone());
        let before = sides(self);
        self.notice = None;
        deed(self);
        let after = sides(self);
        let lacks = |now: &Files, old: &Files| {
            let stands = |old: &File| now.list.iter().any(|now| now.id == old.id && *now.text == *old.text);
            old.list.iter().any(|old| !old.is_blank() && !stands(old))
        };
        if lacks(&after.1, &before.1) || lacks(&after.2, &before.2) {
            self.notice.get_or_insert(Notice::of(notice));
            self.undo.push(Undo { what: what.to_owned(), before, after });
        }
    }

    /// The files are others than before.
    fn changed(&mut self) {
        self.revision += 1;
        if matches!(self.worker, Worker::Crashed(_)) {
            self.worker = Worker::Idle;
        }
    }

    /// Lets the marks follow an edit of the head until the next report is there.
    fn follow(&mut self, old: &File, new: &File) {
        if let Some(marks) = self.marks.get(&old.path) {
            let followed = highlight::follow(marks, (&old.text, &old.lines), (&new.text, &new.lines));
            let mut all: Marks = (*self.marks).clone();
            all.insert(new.path.clone(), followed.into());
            self.marks = all.into();
        }
    }
}

/// A path relative to the root, as pip and the core spell it; none where it leaves the root or could not be shown.
pub fn clean_path(path: &str) -> Option<String> {
    let path = path.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            _ => parts.push(part),
        }
    }
    let is_drive = parts.first().is_some_and(|first| first.len() == 2 && first.ends_with(':'));
    let path_is_sound = !path.starts_with('/') && !is_drive && !path.contains(pychain_core::prose::is_hidden);
    (path_is_sound && !parts.is_empty() && path.len() <= 500).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests;
