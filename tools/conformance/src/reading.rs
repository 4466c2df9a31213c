//! Runs our reader, and writes what it read as the oracle writes what pip read.
//!
//! The schema is the oracle's (`oracle_pip.py` beside the corpus), cut to what can be compared.

use std::collections::{BTreeMap, BTreeSet};

use pychain_core::format::requirements_txt::text_of;
use pychain_core::model::{InstallOption, Line, LineKind, PathKind, Refusal, RefusalClass, Requirement, Source, Stage};
use pychain_core::name::ProjectName;
use pychain_core::requirement::Environment;
use pychain_core::text::{Encoding, FileId};
use pychain_core::tree::{
    Effective, HashLine, HashMode, HashVerdict, Loader, Project, Role, Run, RunEntry, Setting, Want,
};
use pychain_core::url::{DEFAULT_INDEX, DirectUrl};
use pychain_corpus::Files;
use serde_json::{Map, Value, json};

/// Reads one file as `pip install -r FILE` (or `-c`) started in the top directory of `files`.
pub(crate) fn project(files: &Files, file: &str, constraint: bool, environment: &BTreeMap<String, String>) -> Project {
    let mut loader = Loader::new();
    loader.strict();
    loader.environment(environment.clone().into_iter().collect());
    loader.markers(oracle_environment());
    let role = if constraint { Role::Constraints } else { Role::Requirements };
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

/// The interpreter that the oracle ran in. The kernel's release and version were not recorded; what
/// stands here is of their form.
fn oracle_environment() -> Environment {
    [
        ("implementation_name", "cpython"),
        ("implementation_version", "3.11.7"),
        ("os_name", "posix"),
        ("platform_machine", "x86_64"),
        ("platform_python_implementation", "CPython"),
        ("platform_release", "6.1.0-18-amd64"),
        ("platform_system", "Linux"),
        ("platform_version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1"),
        ("python_full_version", "3.11.7"),
        ("python_version", "3.11"),
        ("sys_platform", "linux"),
        // pip asks with no extra.
        ("extra", ""),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}

/// The record of the one run of a project.
pub(crate) fn record(project: &Project) -> Option<Value> {
    let run = project.runs.first()?;
    let accepted = run
        .entries
        .iter()
        .filter(|entry| line(project, entry).is_some_and(|line| line.requirement().is_some()))
        .count();
    Some(json!({
        "encoding": encoding(project.file(run.root).encoding()),
        "lines": (0..run.entries.len()).flat_map(|at| line_records(project, run, at)).collect::<Vec<_>>(),
        "options": options(&run.options),
        "error": run.refused.as_ref().map(|(at, refusal)| error(project, run, *at, refusal)),
        "accepted": if run.refused.is_some() { 0 } else { accepted },
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
    project.document(entry.file)?.lines.get(entry.line?)
}

/// Normalized name of the project that a line asks for.
fn name<'a>(project: &'a Project, judged: &HashLine) -> Option<&'a str> {
    let requirement = project.document(judged.file)?.lines.get(judged.line)?.requirement()?;
    requirement.name.as_ref().map(ProjectName::normalized)
}

fn place(project: &Project, file: FileId, index: usize) -> Value {
    let number = project.document(file).and_then(|document| document.lines.get(index)).map(|line| line.number);
    json!([project.file(file).path(), number])
}

/// An entry's record; an include that cannot be opened has a second one, for the file.
fn line_records(project: &Project, run: &Run, at: usize) -> Vec<Value> {
    let Some(entry) = run.entries.get(at) else { return Vec::new() };
    let path = project.file(entry.file).path();
    let Some((document, line)) = project.document(entry.file).zip(line(project, entry)) else {
        let error = entry.refusal.as_deref().map(refusal_record);
        return vec![file_error(path, entry.constraint, &chain(project, run, entry.via), &json!(error))];
    };
    let mut record = Map::new();
    let mut set = |key: &str, value: Value| record.insert(key.to_owned(), value);
    set("file", json!(path));
    set("line", json!(line.number));
    set("constraint", json!(entry.constraint));
    set("text", json!(text_of(document, line)));
    set("chain", chain(project, run, entry.via));
    set("dropped_args", json!(line.dropped().iter().map(|word| &word.value).collect::<Vec<_>>()));
    set("ignored_opts", json!(ignored_options(line)));
    let mut after = None;
    match (&line.kind, &entry.refusal) {
        (LineKind::Include(include), refusal) => {
            set("kind", json!(if include.path.is_some() { "nested" } else { "nested-remote" }));
            set("nested", json!(include.path.as_ref().unwrap_or(&include.target)));
            match (refusal, unopened(entry, line)) {
                (Some(refusal), Some(path)) => {
                    let chain = chain(project, run, Some(at));
                    after = Some(file_error(path, include.constraint, &chain, &refusal_record(refusal)));
                }
                (refusal, _) => {
                    set("error", json!(refusal.as_deref().map(refusal_record)));
                }
            }
        }
        (LineKind::Requirement(requirement), refusal) if refusal.as_deref().is_none_or(is_late) => {
            set("kind", json!(if requirement.editable { "editable" } else { "requirement" }));
            set("req", requirement_record(requirement));
            set("error", json!(refusal.as_deref().map(refusal_record)));
        }
        (LineKind::Refused(refusal), None) | (_, Some(refusal)) => {
            set("kind", json!("error"));
            set("error", refusal_record(refusal));
        }
        (_, None) => {
            set("kind", json!("option"));
        }
    }
    [Some(Value::Object(record)), after].into_iter().flatten().collect()
}

/// Whether pip finds the fault only after it has read all files.
fn is_late(refusal: &Refusal) -> bool {
    refusal.stage == Stage::Constraint
}

/// The path of an include that pip fails to open; one that is already open is another fault.
fn unopened<'a>(entry: &RunEntry, line: &'a Line) -> Option<&'a str> {
    let refusal = entry.refusal.as_ref()?;
    match &line.kind {
        LineKind::Include(include) if refusal.class == RefusalClass::InstallationError => include.path.as_deref(),
        _ => None,
    }
}

/// The includes that led to an entry, outermost first, from the innermost one's entry.
fn chain(project: &Project, run: &Run, mut via: Option<usize>) -> Value {
    let mut links = Vec::new();
    while let Some(entry) = via.and_then(|at| run.entries.get(at)) {
        if let Some(line) = line(project, entry)
            && let LineKind::Include(include) = &line.kind
        {
            let flag = if include.constraint { "-c" } else { "-r" };
            links.push(json!([project.file(entry.file).path(), line.number, flag]));
        }
        via = entry.via;
    }
    links.reverse();
    links.into()
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

fn refusal_record(refusal: &Refusal) -> Value {
    let stage = match refusal.stage {
        Stage::Option => "option",
        Stage::Requirement => "requirement",
        Stage::File => "file",
        Stage::Constraint => "constraint",
    };
    json!({"class": refusal.class.name(), "stage": stage})
}

fn requirement_record(requirement: &Requirement) -> Value {
    let normalized: BTreeSet<&str> = requirement.extras.iter().map(ProjectName::normalized).collect();
    let mut specifier: Vec<(&str, &str)> =
        requirement.specifiers.iter().map(|specifier| (specifier.operator, &*specifier.version)).collect();
    specifier.sort_unstable();
    let mut hashes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for hash in &requirement.hashes {
        hashes.entry(hash.algorithm.name()).or_default().push(hash.digest.to_string());
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
        InstallOption::NamedIndex => "index",
        InstallOption::SupplementalIndex => "supplemental_index",
        InstallOption::IndexStrategy => "index_strategy",
        InstallOption::NoVerifyHashes => "no_verify_hashes",
        InstallOption::ExcludeNewer => "exclude_newer",
        InstallOption::Locked => "locked",
        InstallOption::HookRepository => "hook_repository",
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
fn error(project: &Project, run: &Run, at: Option<usize>, refusal: &Refusal) -> Value {
    let place = at.and_then(|at| run.entries.get(at)).map(|entry| {
        let line = line(project, entry);
        match line.and_then(|line| unopened(entry, line)) {
            Some(path) => (path, 0),
            None => (project.file(entry.file).path(), line.map_or(0, |line| line.number)),
        }
    });
    json!({"class": refusal.class.name(), "file": place.map(|(file, _)| file), "line": place.map(|(_, line)| line)})
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
                "name": name(project, line),
                "applies": line.applies,
                "verdict": verdict(line.verdict),
                "verdict_before_26_1": verdict(line.verdict_before_26_1),
            })
        })
        .collect();
    let deciding = mode.lines.iter().filter(|line| line.decides);
    let projects: BTreeMap<String, Value> = deciding
        .map(|line| {
            let by = place(project, line.file, line.line);
            let unnamed = || format!("{}:{}", project.file(line.file).path(), by[1]);
            let key = name(project, line).map_or_else(unnamed, str::to_owned);
            (key, json!({"verdict": verdict(line.verdict), "by": by}))
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
