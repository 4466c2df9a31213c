//! `private-name-exposed`: a name of one's own that somebody else's index may answer for.

use super::confusable_name;
use super::indexes::{binding_of, is_expected, is_foreign, is_private, names, shown};
use super::lock_files::{PYPI_FILES, host, is_from_pypi, manifest_beside};
use super::names::{is_public_index, is_told_otherwise};
use crate::audit::{Context, Findings, Scope};
use crate::confusable::{Level, verdict};
use crate::finding::{Confidence, Finding, Location, Severity, Subject};
use crate::model::{LockFormat, SourceKind, Tool};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::resolution::{Asked, Hold, Place, PlaceKind, Sources, Way, asked};
use crate::text::{FileId, Span};
use crate::tree::Locked;
use crate::url::{DEFAULT_INDEX, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for private names for which an index that anybody can publish to may answer.
    /// Private is what begins with one of the `private-prefixes` of the configuration; and, without any configuration, what the public index does not have where another index is asked as well: that one must be where it comes from.
    /// An index for all is the public one; where the configuration has `expected-indexes`, it is also every index that is not among them.
    /// What the installer would take is decided as recorded with pip and uv; a hash always protects.
    /// In lock files it looks at the index that a private name was locked from, or is asked because none is named.
    /// A full audit says it once a file; a review of a change says it of each line.
    ///
    /// ## Why it matters
    ///
    /// Names of private projects leak through error messages, lock files and published packages.
    /// Whoever registers one on the public index gets their code into every install that asks there too.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> pychain.toml <==
    /// private-prefixes = ["acme-"]
    /// ==> requirements.txt <==
    /// --extra-index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> pychain.toml <==
    /// private-prefixes = ["acme-"]
    /// ==> requirements.txt <==
    /// --index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the private names are registered on the public index as well, by yourselves.
    /// When a mirror of the public index, which a plugin or a variable puts in its stead, serves the private names of `poetry.lock` or `Pipfile.lock` as well.
    /// When a name was published on the public index after the list of its names was made; the message says when that was.
    /// When no file names a private index because the installer is given it on the command line or in its configuration: such a finding is of low severity and confidence.
    ///
    /// ## References
    ///
    /// - Birsan: [Dependency confusion](https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610)
    "private-name-exposed": "private name that a public index may answer for",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// What is told together: a file's, in a change a line's, that are private and exposed in one way.
type Key = (FileId, Option<Span>, Why, Option<Way>);

/// Why a name counts as private.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// The configuration says so.
    Configured,
    /// The public index does not have it, and another one is asked.
    Unclaimed,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let (project, config) = (context.project, context.config);
    check_locks(context, findings);
    let mut told: Set<Location> = Set::new();
    // Of what was there before `confusable-name` does not speak again.
    let known = context.names.iter().filter(|name| name.is_in_base);
    let mut mistyped: Map<String, bool> = known.map(|known| (known.name.to_owned(), false)).collect::<Map<_, _>>();
    for run in &project.runs {
        let sources = Sources::of(project, run, config.installer);
        // An index for those alone that name it answers for nothing else, so what it has is no reason for a name.
        let is_answered =
            sources.places.iter().any(|place| place.kind != PlaceKind::Named && !is_foreign(place, config));
        let exposures = [Hold::Open, Hold::Pinned].map(|hold| (hold, exposure(context, &sources, hold)));
        let exposure_of = |hold| exposures.iter().find(|(known, _)| *known == hold).and_then(|(_, exposure)| *exposure);
        let mut groups: Map<Key, (Exposure<'_>, Vec<Asked<'_>>)> = Map::new();
        for asked in asked(project, run, config.installer) {
            let location = asked.entry.location();
            let Some(exposure) = exposure_of(asked.hold).filter(|_| !told.contains(&location)) else { continue };
            let why = if is_private(&asked, config) {
                Why::Configured
            } else if is_answered
                && exposure.way.is_some()
                && is_public_index(&exposure.by.url)
                && is_unclaimed(&asked, context)
                && !is_mistyped(&asked, context, &mut mistyped)
            {
                Why::Unclaimed
            } else {
                continue;
            };
            if told.insert(location) {
                let line = (context.scope == Scope::Change).then_some(location.span);
                let new = || (exposure, Vec::new());
                groups.entry((location.file, line, why, exposure.way)).or_insert_with(new).1.push(asked);
            }
        }
        for ((_, _, why, _), (exposure, group)) in &groups {
            if let Some(first) = group.first() {
                let tool = run.tool.filter(|tool| *tool != Tool::Pip);
                let told = Told { why: *why, tool: tool.map_or(config.installer.name(), Tool::name) };
                findings.push(finding(context, findings, group, first, exposure, told));
            }
        }
    }
}

/// How to tell of a group: why it is private, and who installs it.
struct Told {
    why: Why,
    tool: &'static str,
}

/// Whether somebody mistyped a name, as `confusable-name` says; `known` has what was looked up before.
fn is_mistyped(asked: &Asked<'_>, context: &Context<'_>, known: &mut Map<String, bool>) -> bool {
    let Some((names, name)) = context.knowledge.names.as_ref().zip(asked.entry.requirement.name.as_ref()) else {
        return false;
    };
    if !context.runs(&confusable_name::RULE) {
        return false;
    }
    let name = name.normalized();
    if let Some(known) = known.get(name) {
        return *known;
    }
    let is_mistyped = verdict(name, Level::Strict, names).is_some_and(|found| !found.mechanism.is_of_words());
    known.insert(name.to_owned(), is_mistyped);
    is_mistyped
}

/// Whether the public index has no such name, by the list of its names: whoever registers it there is asked.
fn is_unclaimed(asked: &Asked<'_>, context: &Context<'_>) -> bool {
    let Some((names, index)) = context.knowledge.names.as_ref().and_then(|names| Some((names, names.index.as_ref()?)))
    else {
        return false;
    };
    // The project's own extras are asked for by its name, and it is installed from here. The name of a module is
    // nobody's private one.
    let is_open = |name: &str| {
        !context.project.own_names.contains(name) && !index.contains(name) && !is_told_otherwise(name, names)
    };
    asked.entry.requirement.name.as_ref().is_some_and(|name| name.as_written().is_ascii() && is_open(name.normalized()))
}

/// Private names that a lock file takes from an index that anybody can publish to, or that is not expected.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let config = context.config;
    for locked in context.project.locked().filter(|locked| config.is_private(locked.package.name.normalized())) {
        let package = locked.package;
        let is_unexpected =
            |url: &str| package.is_fetched() && !config.expected_indexes.is_empty() && !is_expected(url, config);
        let files = package.files.iter().filter_map(|file| file.url.as_ref());
        let (span, index, outcome) = match (&package.source.kind, &package.source.url) {
            (SourceKind::Index, Some(url)) if is_from_pypi(package) || is_unexpected(&url.value) => {
                (url.span, url.value.as_str(), "is locked from")
            }
            (SourceKind::Default, _) => {
                if let Some(url) = files.into_iter().find(|url| host(&url.value).as_deref() == Some(PYPI_FILES)) {
                    (url.span, PYPI_FILES, "is locked from")
                } else if let Some(index) = public_by_default(context, &locked) {
                    (package.name_span, index, "names no index, so that its tool asks")
                } else {
                    continue;
                }
            }
            _ => continue,
        };
        let shown = redact(index);
        let message = format!("{} is a private name and {outcome} {}", code(package.name.as_written()), code(&shown));
        let finding = findings
            .finding(locked.at(span), package.subject(), message)
            .help("Bind the project to its own index in the configuration of the tool, and lock again")
            .identified_by(shown);
        findings.push(finding);
    }
}

/// The public index, where a package that names none is taken from it: by Pipenv from the first one of the file, by
/// Poetry, which writes down all but the public one, wherever the manifest has that beside one of one's own.
fn public_by_default<'a>(context: &Context<'a>, locked: &Locked<'a>) -> Option<&'a str> {
    let (project, lock) = (context.project, locked.lock);
    match lock.format {
        // With a setting Pipenv takes what fits the hash from any of them.
        LockFormat::Pipfile if lock.indexes.len() == 1 || locked.package.is_unhashed() => {
            lock.indexes.first().map(|url| url.value.as_str()).filter(|url| is_public_index(url))
        }
        LockFormat::Poetry => {
            let manifest = manifest_beside(project, locked.document, lock.format)?.file;
            let run = project.runs.iter().find(|run| run.root == manifest && run.tool == Some(Tool::Poetry))?;
            let places = Sources::of(project, run, context.config.installer).places;
            let is_public = |place: &Place| is_public_index(&place.url);
            (places.iter().any(is_public) && !places.iter().all(is_public)).then_some(DEFAULT_INDEX)
        }
        _ => None,
    }
}

/// The foreign index that may answer, and how. No way: no private index is there at all.
#[derive(Clone, Copy)]
struct Exposure<'a> {
    by: &'a Place,
    way: Option<Way>,
}

fn exposure<'a>(context: &Context<'_>, sources: &'a Sources, hold: Hold) -> Option<Exposure<'a>> {
    let config = context.config;
    let (foreign, own): (Vec<_>, Vec<_>) =
        sources.places.iter().enumerate().partition(|(_, place)| is_foreign(place, config));
    // What one place can do to another depends on their order alone, so the outermost ones stand for all.
    let (Some((first, _)), Some((last, _))) = (own.first(), own.last()) else {
        // Of a default index that is not expected `unexpected-index` speaks.
        let is_told =
            |by: &Place| by.location.is_none() && !config.expected_indexes.is_empty() && !is_expected(&by.url, config);
        return foreign.into_iter().map(|(_, by)| by).find(|by| !is_told(by)).map(|by| Exposure { by, way: None });
    };
    foreign.into_iter().find_map(|(at, by)| {
        let way = sources.way_in(*first, at, hold).or_else(|| sources.way_in(*last, at, hold))?;
        Some(Exposure { by, way: Some(way) })
    })
}

fn finding(
    context: &Context<'_>,
    findings: &Findings<'_>,
    group: &[Asked<'_>],
    first: &Asked<'_>,
    exposure: &Exposure<'_>,
    Told { why, tool }: Told,
) -> Finding {
    let by = shown(exposure.by);
    let named = names(group);
    let (is, has, it) = if group.len() == 1 { ("is", "has", "it") } else { ("are", "have", "them") };
    let index = context.knowledge.names.as_ref().and_then(|names| names.index.as_ref());
    let message = match exposure.way.filter(|_| why == Why::Configured) {
        None if why == Why::Unclaimed => {
            let date = index.map_or("", |index| index.date());
            let then = match exposure.way {
                Some(Way::SameVersion) => format!("may take a file of the same version from {by}"),
                Some(Way::AskedFirst) => format!("asks {by} first"),
                _ => format!("takes a higher version from {by}"),
            };
            format!(
                "nobody has {named} on the public index, as of {date}: whoever registers {it} is asked as well, and {tool} {then}"
            )
        }
        None if exposure.by.location.is_none() => {
            format!("{named} {is} private, and no option names another index than {by}")
        }
        None => format!("{named} {is} private, and only {by} is asked"),
        Some(Way::AskedFirst) => {
            format!("{named} {is} private, and {tool} asks {by} first and takes any file of that name")
        }
        Some(Way::HigherVersion) => format!("{named} {is} private, and {tool} takes a higher version from {by}"),
        Some(Way::SameVersion) => {
            format!("{named} {is} private and {has} no hash, and {tool} may take a file of the same version from {by}")
        }
    };
    let subject = match (group, context.scope) {
        ([_, _, ..], _) => Subject::File(context.project.file(first.entry.document.file).path().to_owned()),
        _ => first.entry.requirement.subject(),
    };
    let span = first.entry.requirement.name_span.unwrap_or(first.entry.requirement.span);
    let finding =
        findings
            .finding(first.entry.at(span), subject, message)
            .help(binding_of(tool).unwrap_or(
                "Serve private projects from one index of your own (`--index-url` alone), or give them hashes",
            ))
            .identified_by(redact(&exposure.by.url));
    // The list of names is of one day.
    let finding = if why == Why::Unclaimed { finding.confidence(Confidence::Medium) } else { finding };
    match exposure.by.location {
        Some(location) => finding.related(location, "this index may answer"),
        None if exposure.way.is_none() => finding.at_most(Severity::Low).confidence(Confidence::Low),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const CONFIG: &str = "==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\n";

    #[test]
    fn a_lock_file_tells_where_a_private_name_came_from() {
        let lock = |index: &str| {
            format!(
                "==> uv.lock <==\n[[package]]\nname = \"acme-x\"\nversion = \"1\"\nsource = {{ registry = \"{index}\" }}\n"
            )
        };
        check("private-name-exposed", &format!("{CONFIG}{}", lock("https://packages.example.org/simple")));
        let mark = "                       ^^^^^^^^^^^^^^^^^^^^^^^ private-name-exposed: is locked from\n";
        check("private-name-exposed", &format!("{CONFIG}{}{mark}", lock("https://pypi.org/simple")));
    }

    #[test]
    fn a_file_of_the_public_index_tells_where_a_private_name_came_from() {
        check(
            "private-name-exposed",
            &format!(
                "{CONFIG}==> pdm.lock <==\n[[package]]\nname = \"acme-x\"\nversion = \"1\"\nfiles = [\n{{ url = \"https://files.pythonhosted.org/a/acme_x-1.zip\", hash = \"sha256:aa\" }},\n         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ private-name-exposed: is locked from `files.pythonhosted.org`\n]\n[[package]]\nname = \"acme-y\"\nversion = \"1\"\nfiles = [{{ file = \"acme_y-1.zip\", hash = \"sha256:aa\" }}]\n"
            ),
        );
    }

    #[test]
    fn what_names_no_index_in_a_poetry_lock_is_from_the_public_one_beside_others() {
        let project = |sources: &str, mark: &str| {
            format!(
                "{CONFIG}==> pyproject.toml <==\n[tool.poetry.dependencies]\nclick = \"*\"\n{sources}==> poetry.lock <==\n[[package]]\nname = \"acme-x\"\n{mark}version = \"1\"\n"
            )
        };
        let source = |priority: &str| {
            format!(
                "[[tool.poetry.source]]\nname = \"own\"\nurl = \"https://a.example.org\"\npriority = \"{priority}\"\n"
            )
        };
        let mark =
            "        ^^^^^^ private-name-exposed: names no index, so that its tool asks `https://pypi.org/simple`\n";
        for priority in ["supplemental", "explicit"] {
            check("private-name-exposed", &project(&source(priority), mark));
        }
        let public = "[[tool.poetry.source]]\nname = \"pypi\"\n".to_owned();
        check("private-name-exposed", &project(&(public.clone() + &source("primary")), mark));
        check("private-name-exposed", &project(&(source("primary") + &public), mark));
        // Without the public one Poetry asks the first; and with it alone a mirror is likely.
        check("private-name-exposed", &project(&source("primary"), ""));
        check("private-name-exposed", &project("", ""));
    }

    #[test]
    fn what_names_no_index_in_a_pipfile_lock_is_from_the_first() {
        let lock = |sources: &str, entry: &str, mark: &str| {
            format!(
                "{CONFIG}==> Pipfile.lock <==\n{{\"_meta\": {{\"sources\": [{sources}]}}, \"default\": {{\n\"acme-x\": {{{entry}\"version\": \"==1\"}}\n{mark}}}}}\n"
            )
        };
        let (pypi, own) = (
            "{\"name\": \"pypi\", \"url\": \"https://pypi.org/simple\"}",
            "{\"name\": \"own\", \"url\": \"https://a.example.org\"}",
        );
        let hashed = "\"hashes\": [\"sha256:aa\"], ";
        let mark = " ^^^^^^ private-name-exposed: names no index\n";
        check("private-name-exposed", &lock(pypi, hashed, mark));
        check("private-name-exposed", &lock(&format!("{pypi}, {own}"), "", mark));
        // Which one the hash is of nobody can tell.
        check("private-name-exposed", &lock(&format!("{pypi}, {own}"), hashed, ""));
        check("private-name-exposed", &lock(&format!("{own}, {pypi}"), "", ""));
    }

    #[test]
    fn a_pool_with_the_public_index_exposes_what_has_no_hash() {
        check(
            "private-name-exposed",
            &format!(
                "{CONFIG}==> r.txt <==\n-i https://a.example.org\n--extra-index-url https://pypi.org/simple\nAcme.X>=1\n^^^^^^ private-name-exposed: takes a higher version from `https://pypi.org/simple`\nclick\n"
            ),
        );
        check(
            "private-name-exposed",
            &format!(
                "{CONFIG}==> r.txt <==\n--extra-index-url https://a.example.org\nacme-x==1\n^^^^^^ private-name-exposed: has no hash, and pip may take a file of the same version\n"
            ),
        );
        check(
            "private-name-exposed",
            &format!("{CONFIG}==> r.txt <==\n--extra-index-url https://a.example.org\nacme-x==1 --hash=sha256:00\n"),
        );
    }

    #[test]
    fn what_the_public_index_lacks_is_private_where_another_one_is_asked() {
        check(
            "private-name-exposed",
            "--extra-index-url https://a.example.org\nclick\nacme-x\n^^^^^^ private-name-exposed: nobody has `acme-x` and `acme-z` on the public index, as of 2026-11-22: whoever registers them is asked as well, and pip takes a higher version from `https://pypi.org/simple`\nacme-y==1\n^^^^^^ private-name-exposed: nobody has `acme-y` on the public index, as of 2026-11-22: whoever registers it is asked as well, and pip may take a file of the same version\nacme-z>1\n",
        );
        // Nothing that the public index could give, or nothing but it.
        for text in [
            "--extra-index-url https://a.example.org\nacme-x==1 --hash=sha256:00\n",
            "-i https://a.example.org\nacme-x\n",
            "acme-x\n",
            // Another rule says what such names are.
            "--extra-index-url https://a.example.org\nyaml\nsmtplib\nevil-sample\n",
            "--extra-index-url https://a.example.org\nacme-x @ https://a.example.org/acme-x-1.zip\n",
            "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n--extra-index-url https://a.example.org\nacme-x\n",
            "==> pyproject.toml <==\n[project]\nname = \"acme-x\"\n==> r.txt <==\n--extra-index-url https://a.example.org\nacme-x[dev]\n",
        ] {
            check("private-name-exposed", text);
        }
    }

    #[test]
    fn uv_protects_what_is_asked_first() {
        let uv = "==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\ninstaller = \"uv\"\n==> r.txt <==\n";
        check("private-name-exposed", &format!("{uv}--extra-index-url https://a.example.org\nacme-x\n"));
        check(
            "private-name-exposed",
            &format!(
                "{uv}-i https://a.example.org\n--extra-index-url https://pypi.org/simple\nacme-x==1\n^^^^^^ private-name-exposed: uv asks `https://pypi.org/simple` first\n"
            ),
        );
    }

    #[test]
    fn a_file_is_one_finding_in_a_full_audit() {
        check(
            "private-name-exposed",
            &format!(
                "{CONFIG}==> r.txt <==\nacme-x\n^^^^^^ private-name-exposed: `acme-x` and `acme-y` are private, and no option names another index than\nacme-y==1\n"
            ),
        );
    }

    #[test]
    fn an_index_added_by_a_change_exposes_lines_that_stay() {
        check(
            "private-name-exposed",
            "==> base/pychain.toml <==\nprivate-prefixes = [\"acme-\"]\n==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\n==> base/r.txt <==\n-i https://a.example.org\nacme-x\nacme-y\n==> r.txt <==\n-i https://a.example.org\n--extra-index-url https://pypi.org/simple\nacme-x\n^^^^^^ private-name-exposed\nacme-y\n^^^^^^ private-name-exposed\n",
        );
    }

    #[test]
    fn any_index_but_the_expected_ones_is_foreign() {
        let config =
            "==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\nexpected-indexes = [\"https://a.example.org\"]\n";
        check(
            "private-name-exposed",
            &format!(
                "{config}==> r.txt <==\n-i https://a.example.org\n--extra-index-url https://b.example.org\nacme-x\n^^^^^^ private-name-exposed: `https://b.example.org`\n"
            ),
        );
        check("private-name-exposed", &format!("{config}==> r.txt <==\n-i https://a.example.org\nacme-x\n"));
        check("private-name-exposed", &format!("{config}==> r.txt <==\nacme-x\n"));
    }

    #[test]
    fn an_index_for_those_that_name_it_is_asked_for_nothing_else() {
        let manifest = |told: &str, priority: &str| {
            format!(
                "==> pyproject.toml <==\n[tool.poetry.dependencies]\nnobodys-at-all = '1'\n{told}[[tool.poetry.source]]\nname = 'a'\nurl = 'https://a.example.org'\npriority = '{priority}'\n"
            )
        };
        let told = "^^^^^^^^^^^^^^ private-name-exposed: nobody has `nobodys-at-all` on the public index\n";
        check("private-name-exposed", &manifest(told, "supplemental"));
        check("private-name-exposed", &manifest("", "explicit"));
    }
}
