//! What can happen to the page.

use std::rc::Rc;

use super::{
    DropStage, Dropped, File, Files, Filter, Jump, Manual, Mode, Notice, Saved, SavedFile, Side, State, Worker,
    clean_path,
};
use crate::customary;
use crate::examples::EXAMPLES;
use crate::highlight::Marks;
use crate::kind::Kind;
use crate::protocol::{Body, Names, Summary};
use crate::report::{Position, Report, Severity};

use pychain_core::order::Arrange as _;

/// Bytes of one file that are taken; the core reads no more either.
const MAX_FILE_BYTES: usize = pychain_core::text::MAX_FILE_BYTES;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Somebody typed; the whole text.
    Edit(Side, String),
    /// Something long was pasted, which the text field never saw.
    Paste(Side, String),
    /// Files were dropped or chosen: path and bytes; and paths that stand beside them.
    Open(Side, Vec<(String, Rc<[u8]>)>, Vec<String>),
    /// All files are replaced: by an example, a link, or what was kept.
    Load(Saved),
    /// Everything is put away.
    Clear,
    /// A new tab.
    Add(Side),
    /// A tab is closed.
    Close(Side, usize),
    /// A tab is shown.
    Show(Side, usize),
    /// The file that is shown gets another name.
    Rename(Side, String),
    /// The file that is shown is of another kind.
    SetKind(Side, Kind),
    /// The file that is shown is edited although it is long.
    EditAnyway(Side),
    /// Audit or compare.
    SetMode(Mode),
    /// The worker listens.
    Started,
    /// The worker was asked something.
    Asked,
    /// The worker reported.
    Reported(u32, Box<(Report, Summary)>, u32),
    /// The worker answered something else.
    Answered(u32, Body),
    /// The worker fell over.
    Crashed(String),
    /// Audit the same text again.
    Retry,
    /// What is known of names.
    Learned(Names),
    /// A finding is chosen; whether the text field takes the keyboard.
    Choose(usize, bool),
    /// A neighbor in the list is chosen, some steps on.
    Step(isize),
    /// The caret stands somewhere in the head.
    Caret(Position),
    /// The next or previous finding from a place in the text.
    StepFrom(Position, bool),
    /// Go to a place in a file of the head.
    Visit(String, Position, Position),
    /// Findings of a severity are listed or not.
    Toggle(Severity),
    /// Only findings of one rule are listed.
    Only(Option<String>),
    /// The fix of a finding is applied.
    Fix(usize),
    /// The last fixes are taken back.
    Undo,
    /// The page of a rule is opened.
    OpenManual(String),
    /// It is here, or why it is not.
    Explained(String, Result<Rc<str>, String>),
    /// And closed.
    CloseManual,
    /// Something is said, or put away.
    Say(Option<Notice>),
    /// Whether the text is kept over a reload.
    Keep(bool),
    /// A newer version of the page waits.
    Update,
    /// A wheel or sdist was dropped, or is further.
    Drop(Dropped),
    /// All dropped wheels and sdists are put away.
    ForgetDrops,
}

impl State {
    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> Self {
        let mut state = self.clone();
        state.act(action);
        state
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Edit(side, text) => self.edit(side, |file, version| file.typed(version, &text)),
            Action::Paste(side, text) if text.len() > MAX_FILE_BYTES => {
                let _ = side;
                self.notice = Some(Notice::error(format!(
                    "That is {} MB; files of up to {} MB are read",
                    text.len() / 1_000_000,
                    MAX_FILE_BYTES / 1_000_000
                )));
            }
            Action::Paste(side, text) => {
                let given = |file: &File, version| File { given: version, ..file.typed(version, &text) };
                self.undoably("Pasted", "", |it| it.edit(side, given));
            }
            Action::Open(side, files, beside) => {
                self.undoably("Opened in place of a file of the same name", "", |it| {
                    it.open(side, files, beside);
                });
            }
            // An example that nobody changed is no loss.
            Action::Load(saved) if EXAMPLES.iter().any(|example| example.saved() == self.saved()) => self.load(saved),
            Action::Load(saved) => {
                self.undoably("Your files were put away", "", |it| it.load(saved));
            }
            Action::Clear => {
                let mode = self.mode;
                let nothing = Saved { mode, ..Saved::default() };
                self.undoably("Everything was put away", "", |it| it.load(nothing));
            }
            Action::Add(side) => {
                let path = self.free_path(side, Kind::Requirements.file_name());
                let file = self.blank(&path, Kind::Requirements);
                let files = self.files_mut(side);
                files.list.push(Rc::new(file));
                files.active = files.list.len() - 1;
                self.changed();
            }
            Action::Close(side, at) => {
                let path = self.files(side).list.get(at).map(|file| pychain_core::prose::code(&file.path));
                let path = path.unwrap_or_default();
                self.undoably(&format!("Closed: {path}"), "", |it| it.close(side, at));
            }
            Action::Show(side, at) => {
                let files = self.files_mut(side);
                files.active = at.min(files.list.len() - 1);
            }
            Action::Rename(side, path) => self.rename(side, &path),
            Action::SetKind(side, kind) => {
                let path = kind.fitting_path(&self.files(side).shown().path);
                let path = if path == self.files(side).shown().path { path } else { self.free_path(side, &path) };
                self.replace(side, |file| File { path, kind, is_named: true, ..file.clone() });
                self.changed();
            }
            Action::EditAnyway(side) => {
                self.replace(side, |file| File { edits_anyway: true, ..file.clone() });
            }
            Action::SetMode(mode) if mode != self.mode => {
                self.mode = mode;
                self.changed();
                // A change begins with nothing changed.
                if mode == Mode::Compare && self.base.are_blank() && !self.head.are_blank() {
                    self.base = self.head.clone();
                    for at in 0..self.base.list.len() {
                        let (id, version) = (self.number(), self.number());
                        let file = File { id, version, ..self.base.list[at].as_ref().clone() };
                        self.base.list[at] = Rc::new(file);
                    }
                }
            }
            Action::SetMode(_) => {}
            Action::Started => {
                if !matches!(self.worker, Worker::Crashed(_)) {
                    self.worker = Worker::Idle;
                }
            }
            Action::Asked => self.worker = Worker::Busy,
            Action::Reported(revision, told, milliseconds) => {
                self.worker = Worker::Idle;
                self.take_report(revision, told.0, told.1, milliseconds);
            }
            Action::Answered(revision, body) => {
                self.worker = Worker::Idle;
                self.take_answer(revision, body);
            }
            Action::Crashed(what) => {
                self.worker = Worker::Crashed(what);
                self.names = Names::default();
            }
            Action::Retry => self.changed(),
            Action::Learned(names) => {
                if names.ranked.is_some() || names.index.is_some() {
                    self.revision += u32::from(!matches!(self.worker, Worker::Crashed(_)));
                }
                self.names = names;
            }
            Action::Choose(finding, focuses) => self.choose(finding, focuses),
            Action::Step(by) => self.step(by),
            Action::Caret(place) => {
                let marks = self.marks_of(Side::Head);
                let here = marks.iter().filter(|mark| mark.start <= place && place <= mark.end);
                let best = here.max_by_key(|mark| (mark.severity, mark.start));
                if let Some(finding) = best.map(|mark| mark.finding).filter(|it| self.listed.contains(it)) {
                    self.chosen = Some(finding);
                }
            }
            Action::StepFrom(place, forward) => {
                let marks = self.marks_of(Side::Head);
                let mut listed = marks.iter().filter(|mark| self.listed.contains(&mark.finding));
                let next = if forward {
                    listed.clone().find(|mark| mark.start > place).or_else(|| listed.next())
                } else {
                    listed.clone().rfind(|mark| mark.start < place).or_else(|| listed.next_back())
                };
                if let Some(finding) = next.map(|mark| mark.finding) {
                    self.choose(finding, true);
                }
            }
            Action::Visit(path, start, end) => self.visit(&path, start, end, true),
            Action::Toggle(severity) => {
                let shown = &mut self.filter.severities[severity.index()];
                *shown = !*shown;
                self.relist();
            }
            Action::Only(rule) => {
                self.filter.rule = rule;
                self.relist();
            }
            Action::Fix(finding) => self.fix(finding),
            Action::Undo => self.take_back(),
            Action::OpenManual(rule) => self.manual = Some(Manual { rule, text: None }),
            Action::Explained(rule, text) => {
                if let Some(manual) = self.manual.as_mut().filter(|manual| manual.rule == rule) {
                    manual.text = Some(text);
                }
            }
            Action::CloseManual => self.manual = None,
            Action::Say(notice) => self.notice = notice,
            Action::Keep(keeps) => self.keeps = keeps,
            Action::Update => self.has_update = true,
            Action::Drop(dropped) => {
                let others = self.drops.iter().filter(|drop| drop.id != dropped.id).cloned();
                let mut drops: Vec<Dropped> = others.collect();
                // Progress of what was put away meanwhile is of no interest.
                let is_new = matches!(dropped.stage, DropStage::Hashing(None));
                if is_new || drops.len() < self.drops.len() {
                    drops.push(dropped);
                    drops.arrange_by_key(|drop| drop.id);
                }
                self.drops = drops.into();
            }
            Action::ForgetDrops => self.drops = [].into(),
        }
    }

    fn files_mut(&mut self, side: Side) -> &mut Files {
        match side {
            Side::Head => &mut self.head,
            Side::Base => &mut self.base,
        }
    }

    fn blank(&mut self, path: &str, kind: Kind) -> File {
        let id = self.number();
        File::new(id, self.number(), path, kind)
    }

    /// Puts another file in place of the one that is shown.
    fn replace(&mut self, side: Side, with: impl FnOnce(&File) -> File) {
        let files = self.files_mut(side);
        let new = Rc::new(with(files.shown()));
        files.list[files.active] = new;
    }

    fn edit(&mut self, side: Side, with: impl FnOnce(&File, u32) -> File) {
        let version = self.number();
        let old = self.files(side).shown().clone();
        let mut new = with(&old, version);
        if *new.text == *old.text {
            return;
        }
        if !new.is_named {
            let path = customary::path(&new.text).unwrap_or(Kind::Requirements.file_name());
            let kind = Kind::of_path(path);
            // One of several has a number, in the name of requirements or as a folder.
            if kind != new.kind || (kind != Kind::Requirements && !new.path.ends_with(path)) {
                new.path = self.free_path(side, path);
                new.kind = kind;
            }
        }
        if side == Side::Head {
            self.follow(&old, &new);
        }
        self.replace(side, |_| new);
        self.changed();
    }

    /// A path that no file of a side has: the given one, or one with a number.
    fn free_path(&self, side: Side, path: &str) -> String {
        let taken = |path: &str| self.files(side).find(path).is_some();
        if !taken(path) {
            return path.to_owned();
        }
        let (stem, extension) = match path.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (path, String::new()),
        };
        // Tools know lock files by their name alone, so that another one needs another folder.
        let is_plain = matches!(Kind::of_path(path), Kind::Requirements | Kind::Constraints);
        let numbered =
            |number: usize| if is_plain { format!("{stem}-{number}{extension}") } else { format!("{number}/{path}") };
        // One number more than there are files is free.
        let most = self.files(side).list.len() + 2;
        (2..=most).map(numbered).find(|path| !taken(path)).unwrap_or_default()
    }

    fn open(&mut self, side: Side, files: Vec<(String, Rc<[u8]>)>, beside: Vec<String>) {
        let mut refused = Vec::new();
        let mut first = None;
        for (path, bytes) in files {
            let Some(path) = clean_path(&path).filter(|_| bytes.len() <= MAX_FILE_BYTES) else {
                refused.push(path);
                continue;
            };
            let version = self.number();
            let new = self.blank(&path, Kind::of_path(&path)).with_bytes(version, &bytes);
            // A name that any text may have says less than what is in the file.
            let told = customary::path(&new.text).filter(|_| new.kind == Kind::Requirements);
            let path = told.map_or(path, |told| customary::beside(&new.path, told));
            let place = self.files(side).find(&path);
            let id = place.map_or(new.id, |at| self.files(side).list[at].id);
            let file = Rc::new(File { kind: Kind::of_path(&path), path, id, is_named: true, ..new });
            let files = self.files_mut(side);
            match place {
                Some(at) => files.list[at] = file,
                None => files.list.push(file),
            }
            first = first.or(place.or(Some(files.list.len() - 1)));
        }
        let files = self.files_mut(side);
        if let Some(first) = first {
            files.active = first;
        }
        // The empty file that everything begins with is of no use beside others.
        if files.list.len() > 1 {
            let shown = files.shown().id;
            files.list.retain(|file| file.is_named || !file.is_blank() || file.id == shown);
            files.active = files.list.iter().position(|file| file.id == shown).unwrap_or_default();
        }
        if !beside.is_empty() {
            self.beside = beside.into();
        }
        if !refused.is_empty() {
            let names: Vec<String> = refused.iter().take(3).map(|path| pychain_core::prose::code(path)).collect();
            let megabytes = MAX_FILE_BYTES / 1_000_000;
            self.notice = Some(Notice::error(format!(
                "Not read, because of an unusual path or more than {megabytes} MB: {}{}",
                names.join(", "),
                if refused.len() > 3 { format!(" and {} more", refused.len() - 3) } else { String::new() }
            )));
        }
        self.changed();
    }

    fn load(&mut self, saved: Saved) {
        let mut files = |saved: Vec<SavedFile>| {
            let mut list = Vec::new();
            for file in saved {
                let kind = file.kind.unwrap_or_else(|| Kind::of_path(&file.path));
                let version = self.number();
                let blank = self.blank(&file.path, kind);
                list.push(Rc::new(File { is_named: true, ..blank.with_text(version, &file.text) }));
            }
            if list.is_empty() {
                list.push(Rc::new(self.blank(Kind::Requirements.file_name(), Kind::Requirements)));
            }
            Files { list, active: 0 }
        };
        let (head, base) = (files(saved.head), files(saved.base));
        (self.head, self.base, self.mode) = (head, base, saved.mode);
        self.beside = [].into();
        self.audited = None;
        self.marks = Marks::new().into();
        self.chosen = None;
        self.filter = Filter::default();
        self.notice = None;
        self.relist();
        self.changed();
    }

    fn close(&mut self, side: Side, at: usize) {
        if self.files(side).list.get(at).is_none() {
            return;
        }
        let files = self.files_mut(side);
        files.list.remove(at);
        if files.active > at || files.active == files.list.len() {
            files.active = files.active.saturating_sub(1);
        }
        if files.list.is_empty() {
            let blank = self.blank(Kind::Requirements.file_name(), Kind::Requirements);
            self.files_mut(side).list.push(Rc::new(blank));
        }
        self.changed();
    }

    fn rename(&mut self, side: Side, path: &str) {
        let Some(path) = clean_path(path) else {
            self.notice = Some(Notice::error("A name is a path below the root, like `requirements/dev.txt`"));
            return;
        };
        if path == self.files(side).shown().path {
            return;
        }
        if self.files(side).find(&path).is_some() {
            let name = pychain_core::prose::code(&path);
            self.notice = Some(Notice::error(format!("There is a file {name} already")));
            return;
        }
        let kind = Kind::of_path(&path);
        self.replace(side, |file| File { path, kind, is_named: true, ..file.clone() });
        self.changed();
    }

    fn choose(&mut self, number: usize, focuses: bool) {
        let Some(finding) = self.report().and_then(|report| report.findings.get(number)) else { return };
        let path = finding.location.path.clone();
        // Where the text has moved on since the report, its mark has too.
        let mark = self.marks.get(&path).and_then(|marks| marks.iter().find(|mark| mark.finding == number));
        let (start, end) = mark.map_or((finding.location.start, finding.location.end), |mark| (mark.start, mark.end));
        self.chosen = Some(number);
        self.visit(&path, start, end, focuses);
    }

    fn visit(&mut self, path: &str, start: Position, end: Position, focuses: bool) {
        if let Some(at) = self.head.find(path) {
            self.head.active = at;
            let count = self.jump.map_or(0, |jump| jump.count) + 1;
            self.jump = Some(Jump { count, start, end, focuses });
        }
    }

    fn step(&mut self, by: isize) {
        let Some(last) = self.listed.len().checked_sub(1) else { return };
        let at = self.chosen.and_then(|chosen| self.listed.iter().position(|listed| *listed == chosen));
        let next = match at {
            Some(at) => at.saturating_add_signed(by).min(last),
            None if by < 0 => last,
            None => 0,
        };
        self.choose(self.listed[next], false);
    }

    fn fix(&mut self, number: usize) {
        if !self.is_current() {
            self.notice = Some(Notice::of("The text is being audited again; try once more in a moment"));
            return;
        }
        let Some(finding) = self.report().and_then(|report| report.findings.get(number)) else { return };
        let Some(fix) = &finding.fix else { return };
        let path = finding.location.path.clone();
        let Some(at) = self.head.find(&path) else { return };
        let title = &fix.title.clone();
        if let Some(fixed) = self.head.list[at].fixed(fix) {
            self.head.active = at;
            self.replace_texts(&[(path, fixed)], title);
        }
    }

    fn take_back(&mut self) {
        if self.undoable().is_none() {
            return;
        }
        let Some(undo) = self.undo.pop() else { return };
        let (mode, mut head, mut base) = undo.before;
        for file in &head.list {
            if let Some(now) = self.head.list.iter().find(|now| now.id == file.id).cloned() {
                self.follow(&now, file);
            }
        }
        for file in head.list.iter_mut().chain(&mut base.list) {
            *file = Rc::new(File { given: self.number(), ..file.as_ref().clone() });
        }
        (self.mode, self.head, self.base) = (mode, head, base);
        self.changed();
        let what = if undo.what.is_empty() { String::new() } else { format!(": {}", undo.what) };
        self.notice = Some(Notice::of(format!("Taken back{what}")));
    }
}
