//! Runs our reader, and writes what it read as the oracle writes what pip read.
//!
//! The schema is the oracle's (`oracle_pip.py` beside the corpus), cut to what can be compared.

use std::collections::{BTreeMap, BTreeSet};

use pychain_core::model::{
    Document, Include, InstallOption, Line, LineKind, PathKind, Refusal, RefusalClass, Requirement, Source, Stage,
};
use pychain_core::name::ProjectName;
use pychain_core::text::{DecodeError, Encoding, FileId};
use pychain_core::tree::{Effective, HashMode, HashVerdict, Loader, Project, Role, Run, RunEntry, Setting, Want};
use pychain_core::url::DirectUrl;
use serde_json::{Map, Value, json};

use crate::files::Files;

/// The index that the oracle writes as `<default>`.
const DEFAULT_INDEX: &str = "https://pypi.org/simple";

/// Reads one file as `pip install -r FILE` (or `-c`) started in the top directory of `files`.
pub(crate) fn project(files: &Files, file: &str, constraint: bool, environment: &BTreeMap<String, String>) -> Project {
    let mut loader = Loader::new();
    let role = if constraint { Role::Constraints } else { Role::Requirements };
    let _ = environment;
    loader.root(file, files.read(file).unwrap_or_default(), role);
    loop {
        let wants = loader.wants();
        if wants.is_empty() {
            return loader.finish();
        }
        for want in wants {
            match want {
                Want::File(path) => match files.read(&path) {
                    Some(bytes) => loader.file(&path, bytes),
                    None => loader.missing(&path),
                },
                Want::Path(path) => loader.path(&path, files.kind(&path)),
            }
        }
    }
}

/// The record of the one run of a project.
pub(crate) fn record(project: &Project) -> Option<Value> {
    let run = project.runs.first()?;
    let mut lines = Vec::new();
    if let Some(error) = project.document(run.root).and_then(decode_error) {
        lines.push(file_error(project.file(run.root).path(), run.role == Role::Constraints, &json!([]), &error));
    }
    for entry in &run.entries {
        lines.extend(line_records(project, entry));
    }
    let accepted = if run.refused.is_some() {
        0
    } else {
        run.entries.iter().filter(|entry| line(project, entry).is_some_and(|line| line.requirement().is_some())).count()
    };
    Some(json!({
        "encoding": encoding(project.file(run.root).encoding()),
        "lines": lines,
        "options": options(&run.options),
        "error": run.refused.as_ref().map(|(entry, refusal)| error(project, run, entry.as_ref(), refusal)),
        "accepted": accepted,
        "hash_mode": run.hash_mode.as_ref().map(|mode| hash_mode(project, mode)),
    }))
}

/// The name that the oracle gives a verdict.
pub(crate) fn verdict(verdict: HashVerdict) -> &'static str {
    match verdict {
        HashVerdict::Ok => "ok",
        HashVerdict::OkByConstraint => "ok-constraint",
        HashVerdict::Editable => "editable",
        HashVerdict::Vcs => "vcs",
        HashVerdict::Directory => "directory",
        HashVerdict::Unreadable => "unreadable",
        HashVerdict::Missing => "missing",
        HashVerdict::Unpinned => "unpinned",
    }
}

fn encoding(encoding: &Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Bom(_) => "bom",
        Encoding::Declared(..) => "pep263",
        Encoding::Locale => "locale",
    }
}

fn line<'a>(project: &'a Project, entry: &RunEntry) -> Option<&'a Line> {
    project.document(entry.file)?.lines.get(entry.line)
}

fn place(project: &Project, file: FileId, index: usize) -> Value {
    let number = project.document(file).and_then(|document| document.lines.get(index)).map(|line| line.number);
    json!([project.file(file).path(), number])
}

/// A line, and after an include that cannot be read the record that pip's failure to open it gets.
fn line_records(project: &Project, entry: &RunEntry) -> Vec<Value> {
    let Some(line) = line(project, entry) else { return vec![json!("no such line")] };
    let mut record = Map::new();
    let mut set = |key: &str, value: Value| record.insert(key.to_owned(), value);
    set("file", json!(project.file(entry.file).path()));
    set("line", json!(line.number));
    set("constraint", json!(entry.constraint));
    set("text", json!(line.text));
    set("chain", chain(project, &entry.chain));
    set("dropped_args", json!(line.dropped.iter().map(|word| &word.value).collect::<Vec<_>>()));
    set("ignored_opts", json!(ignored_options(line)));
    let mut after = None;
    match &line.kind {
        LineKind::Options => {
            set("kind", json!("option"));
        }
        LineKind::Refused(refusal) => {
            set("kind", json!("error"));
            set("error", refusal_record(refusal));
        }
        LineKind::Include(include) => {
            set("kind", json!(if include.path.is_some() { "nested" } else { "nested-remote" }));
            set("nested", json!(include.path.as_ref().unwrap_or(&include.target)));
            if is_recursive(project, entry, include) {
                let class = RefusalClass::RequirementsFileParseError.name();
                set("error", json!({"class": class, "stage": "file"}));
            } else {
                after = unreadable_include(project, entry, include);
            }
        }
        LineKind::Requirement(requirement) => {
            set("kind", json!(if requirement.editable { "editable" } else { "requirement" }));
            set("req", requirement_record(requirement));
            if entry.constraint
                && let Some(refusal) = constraint_refusal(project, entry)
            {
                set("error", refusal_record(refusal));
            }
        }
    }
    [Some(Value::Object(record)), after].into_iter().flatten().collect()
}

fn chain(project: &Project, includes: &[(FileId, usize)]) -> Value {
    let link = |(file, index): &(FileId, usize)| {
        let line = project.document(*file)?.lines.get(*index)?;
        let LineKind::Include(include) = &line.kind else { return None };
        let flag = if include.constraint { "-c" } else { "-r" };
        Some(json!([project.file(*file).path(), line.number, flag]))
    };
    includes.iter().map(link).collect()
}

fn is_recursive(project: &Project, entry: &RunEntry, include: &Include) -> bool {
    let open = entry.chain.iter().map(|(file, _)| *file).chain([entry.file]);
    open.into_iter().any(|file| include.path.as_deref() == Some(project.file(file).path()))
}

fn unreadable_include(project: &Project, entry: &RunEntry, include: &Include) -> Option<Value> {
    let path = include.path.as_deref()?;
    let error = match project.find(path).and_then(|file| project.document(file)) {
        Some(document) => decode_error(document)?,
        None => json!({"class": RefusalClass::InstallationError.name(), "stage": "file"}),
    };
    let mut includes = entry.chain.clone();
    includes.push((entry.file, entry.line));
    Some(file_error(path, include.constraint, &chain(project, &includes), &error))
}

fn file_error(path: &str, constraint: bool, chain: &Value, error: &Value) -> Value {
    json!({
        "file": path,
        "line": 0,
        "constraint": constraint,
        "text": null,
        "chain": chain,
        "kind": "error",
        "error": error,
    })
}

fn decode_error(document: &Document) -> Option<Value> {
    let class = match document.decode_error.as_ref()? {
        DecodeError::Malformed { .. } => RefusalClass::UnicodeDecodeError,
        DecodeError::UnknownCodec { .. } => RefusalClass::LookupError,
    };
    Some(json!({"class": class.name(), "stage": "file"}))
}

fn refusal_record(refusal: &Refusal) -> Value {
    let stage = match refusal.stage {
        Stage::Option => "option",
        Stage::Requirement => "requirement",
        Stage::File => "file",
        Stage::Constraint => "constraint",
    };
    json!({"class": refusal.class.name(), "stage": stage})
}

/// pip judges the form of constraints when all files are read; a run keeps only the first refusal,
/// so the others are told by pip's three conditions (`check_invalid_constraint_type`).
fn constraint_refusal<'a>(project: &'a Project, entry: &RunEntry) -> Option<&'a Refusal> {
    static REFUSAL: Refusal = Refusal {
        class: RefusalClass::InstallationError,
        stage: Stage::Constraint,
        span: pychain_core::text::Span { start: 0, end: 0 },
        message: String::new(),
        help: String::new(),
        editable: false,
    };
    let requirement = line(project, entry)?.requirement()?;
    (requirement.name.is_none() || requirement.editable || !requirement.extras.is_empty()).then_some(&REFUSAL)
}

fn requirement_record(requirement: &Requirement) -> Value {
    let normalized: BTreeSet<&str> = requirement.extras.iter().map(ProjectName::normalized).collect();
    let mut specifier: Vec<(&str, &str)> =
        requirement.specifiers.iter().map(|specifier| (specifier.operator, &*specifier.version)).collect();
    specifier.sort_unstable();
    let mut hashes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for hash in &requirement.hashes {
        hashes.entry(hash.algorithm.name()).or_default().push(&hash.digest);
    }
    let url = requirement.direct_url();
    let path = match &requirement.source {
        Source::Path(path) => Some(match path.kind {
            PathKind::Project | PathKind::Directory => "dir",
            PathKind::File => "file",
            PathKind::Absent => "absent",
            PathKind::Unknown => "unknown",
        }),
        Source::Url(_) | Source::Index => None,
    };
    json!({
        "canonical": requirement.name.as_ref().map(ProjectName::normalized),
        "extras_norm": normalized,
        "specifier": specifier,
        "marker": requirement.marker.as_ref().map(ToString::to_string),
        "url": url.map(|url| &url.text),
        "vcs": url.is_some_and(DirectUrl::is_vcs),
        "url_hash": url.and_then(|url| url.hash()).map(|(algorithm, digest)| [algorithm.name(), digest]),
        "path": path,
        "hashes": hashes,
        "editable": requirement.editable,
        "pinned": requirement.name.is_some() && requirement.is_pinned_for_pip(),
    })
}

/// optparse's name of an option's value.
fn destination(option: InstallOption) -> &'static str {
    match option {
        InstallOption::IndexUrl => "index_url",
        InstallOption::ExtraIndexUrl => "extra_index_urls",
        InstallOption::NoIndex => "no_index",
        InstallOption::Constraint => "constraints",
        InstallOption::Requirement => "requirements",
        InstallOption::Editable => "editables",
        InstallOption::FindLinks => "find_links",
        InstallOption::NoBinary => "no_binary",
        InstallOption::OnlyBinary => "only_binary",
        InstallOption::PreferBinary => "prefer_binary",
        InstallOption::RequireHashes => "require_hashes",
        InstallOption::NoRequireHashes => "no_require_hashes",
        InstallOption::Pre => "pre",
        InstallOption::AllReleases => "all_releases",
        InstallOption::OnlyFinal => "only_final",
        InstallOption::TrustedHost => "trusted_hosts",
        InstallOption::UseFeature => "features_enabled",
        InstallOption::Hash => "hashes",
        InstallOption::ConfigSettings => "config_settings",
    }
}

/// Options on the line that pip does not act on, as the oracle counts them: on an option line only
/// those that belong to a requirement, and of an include's own kind all but the first.
fn ignored_options(line: &Line) -> BTreeSet<&'static str> {
    let mut uses: BTreeMap<InstallOption, (usize, bool)> = BTreeMap::new();
    for used in &line.options {
        let (count, acts) = uses.entry(used.option).or_default();
        *count += 1;
        *acts |= used.acts;
    }
    let ignored = |option: InstallOption, count: usize, acts: bool| match &line.kind {
        LineKind::Options => !acts && matches!(option, InstallOption::Hash | InstallOption::ConfigSettings),
        LineKind::Include(_) => {
            !acts || (count > 1 && matches!(option, InstallOption::Requirement | InstallOption::Constraint))
        }
        LineKind::Requirement(_) => !acts,
        LineKind::Refused(refusal) => !acts && refusal.stage == Stage::Requirement,
    };
    uses.into_iter()
        .filter(|(option, (count, acts))| ignored(*option, *count, *acts))
        .map(|(option, _)| destination(option))
        .collect()
}

fn options(effective: &Effective) -> Value {
    let values = |settings: &[Setting]| settings.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
    let mut index_urls = values(&effective.index_urls);
    if let Some(first) = index_urls.first_mut()
        && first == DEFAULT_INDEX
    {
        "<default>".clone_into(first);
    }
    let trusted: BTreeSet<String> = values(&effective.trusted_hosts).into_iter().collect();
    json!({
        "index_urls": index_urls,
        "no_index": effective.no_index.is_some(),
        "find_links": values(&effective.find_links),
        "trusted_hosts": trusted,
        "no_binary": effective.no_binary,
        "only_binary": effective.only_binary,
        "all_releases": effective.all_releases,
        "only_final": effective.only_final,
        "prefer_binary": effective.prefer_binary,
        "require_hashes": effective.require_hashes.is_some(),
        "no_require_hashes": effective.no_require_hashes.is_some(),
        "use_feature": effective.use_feature,
    })
}

/// The refusal with its place; a file that cannot be opened is its own place, at line 0.
fn error(project: &Project, run: &Run, entry: Option<&RunEntry>, refusal: &Refusal) -> Value {
    let line = entry.and_then(|entry| line(project, entry));
    let (file, number) = match (entry, line.map(|line| &line.kind)) {
        (Some(entry), Some(LineKind::Include(include)))
            if refusal.stage == Stage::File && !is_recursive(project, entry, include) =>
        {
            (include.path.as_deref(), Some(0))
        }
        (Some(entry), _) => (Some(project.file(entry.file).path()), line.map(|line| line.number)),
        (None, _) if refusal.stage == Stage::File => (Some(project.file(run.root).path()), Some(0)),
        (None, _) => (None, None),
    };
    json!({"class": refusal.class.name(), "file": file, "line": number})
}

fn hash_mode(project: &Project, mode: &HashMode) -> Value {
    let lines: Vec<Value> = mode
        .lines
        .iter()
        .map(|line| {
            let at = place(project, line.file, line.line);
            json!({
                "file": at[0],
                "line": at[1],
                "name": line.name,
                "applies": line.applies,
                "verdict": verdict(line.verdict),
                "verdict_before_26_1": verdict(line.verdict_before_26_1),
            })
        })
        .collect();
    let projects: BTreeMap<&str, Value> = mode
        .projects
        .iter()
        .map(|(name, (result, file, line))| {
            (name.as_str(), json!({"verdict": verdict(*result), "by": place(project, *file, *line)}))
        })
        .collect();
    let why = mode.on.then_some(if mode.by_option { "option" } else { "hash" });
    json!({
        "on": mode.on,
        "why": why,
        "by": mode.by.iter().map(|(file, line)| place(project, *file, *line)).collect::<Vec<_>>(),
        "lines": lines,
        "projects": projects,
        "refused": mode.refused,
    })
}
