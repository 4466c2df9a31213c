//! `changed-source`: a package comes from another index, repository or place than before.

use super::support::origin;
use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::finding::{Location, Severity, Subject};
use crate::model::{Document, InstallOption, LockFormat, Source, SourceKind};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::{FileId, Span};
use crate::tree::{Entry, Locked, Project};
use crate::url::{DEFAULT_INDEX, DirectUrl, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files that a change lets come from another index, repository or archive.
    /// All packages of a file that move from one place to another are one finding.
    ///
    /// Of requirements it says the same where no lock file of the change does: another repository or host in a direct reference, one where there was none, another index that a project is bound to, and a binding that is gone.
    /// What comes from a folder of the project from now on is part of the change itself.
    /// Of pre-commit's hooks it says so where another owner, or another host, has the repository.
    ///
    /// ## Why it matters
    ///
    /// Whoever runs the place decides what is installed from it.
    /// A name of a private index that is suddenly taken from the public one is how dependency confusion looks in a lock file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.1"
    /// source = { registry = "https://pypi.org/simple" }
    /// ```
    ///
    /// ## Use instead
    ///
    /// Bind the project to its index in the configuration of the tool, and lock again.
    ///
    /// ```requirements,good
    /// ==> base/uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.1"
    /// source = { registry = "https://packages.example.org/simple" }
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the move is the point of the change.
    /// Another commit of the same repository is no other place.
    /// A project that is taken from the configured indexes instead of a repository is told with a low severity.
    ///
    /// ## References
    ///
    /// - Alex Birsan: [Dependency Confusion](https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610)
    "changed-source": "package from another place than before",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

/// What is said of where the configured indexes are asked, and of what is part of the change.
const INDEXES: &str = "the configured indexes";
const LOCAL: &str = "a local path";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut told = Set::new();
    let mut moves: Map<(FileId, String, String), Vec<Locked<'_>>> = Map::new();
    for (before, after) in context.locked.iter().filter_map(LockedPair::both) {
        // An index that the file does not name is no other place than one that it names.
        let is_elsewhere =
            |locked: &Locked<'_>| matches!(locked.package.source.kind, SourceKind::Vcs(_) | SourceKind::Url);
        let (old, new) = match (place(&before), place(&after)) {
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) if is_elsewhere(&before) => (old, INDEXES.to_owned()),
            (None, Some(new)) if is_elsewhere(&after) => (INDEXES.to_owned(), new),
            _ => continue,
        };
        if old != new {
            told.insert(after.package.name.normalized());
            moves.entry((after.document.file, old, new)).or_default().push(after);
        }
    }
    for ((_, old, new), packages) in moves {
        let Some(first) = packages.first() else { continue };
        let name = code(first.package.name.as_written());
        let who = match packages.len() {
            1 => format!("{name} comes"),
            2 => format!("{name} and one more come"),
            count => format!("{name} and {} more come", count - 1),
        };
        let message = format!("{who} from {} instead of {}", shown(&new), shown(&old));
        let url = first.package.source.url.as_ref().or_else(|| first.lock.index_of(first.package));
        let span = url.map_or(first.package.name_span, |url| url.span);
        let finding = findings
            .finding(first.at(span), first.package.subject(), message)
            .help("Make sure that the packages are meant to come from there")
            .evidence("packages", super::support::list(packages.iter().map(|locked| locked.package.name.normalized())))
            .identified_by(format!("{old} {new}"));
        findings.push(finding);
    }
    check_requirements(context, &told, findings);
    check_hooks(context, findings);
}

/// Hooks of pre-commit that somebody else has from now on: at another host, or another owner there.
fn check_hooks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let (Some(base), head) = (context.base, context.project) else { return };
    for document in &head.documents {
        let before = base.find(context.renames.base_path(head.file(document.file).path()));
        let Some(before) = before.and_then(|file| base.document(file)) else { continue };
        let was = hooks(before);
        let mut told: Set<Span> = Set::new();
        for (name, owners) in hooks(document) {
            let Some(known) = was.get(name) else { continue };
            let new = owners.iter().find(|(owner, _)| !known.contains_key(*owner));
            // Where all former owners still have it, somebody has another one of the name as well.
            let gone = known.keys().find(|owner| !owners.contains_key(*owner));
            if let (Some((owner, span)), Some(gone)) = (new, gone)
                && told.insert(*span)
            {
                let message = format!("the hook {} comes from {} instead of {}", code(name), code(owner), code(gone));
                let subject = Subject::Option(format!("repo {name}"));
                let finding = findings.finding(Location { file: document.file, span: *span }, subject, message);
                let help = "Make sure that the hooks are meant to come from there: they run wherever somebody commits";
                findings.push(finding.help(help).identified_by(owner));
            }
        }
    }
}

/// Hooks of a file, each with its owners and where these are named.
fn hooks(document: &Document) -> Map<&str, Map<String, Span>> {
    let mut found: Map<&str, Map<String, Span>> = Map::new();
    for used in document.lines.iter().flat_map(|line| line.acting(InstallOption::HookRepository)) {
        let Some((name, url)) = used.value.value.split_once(' ') else { continue };
        let Ok(url) = DirectUrl::parse(url, used.span) else { continue };
        let owner = url.path.split('/').find(|part| !part.is_empty()).unwrap_or_default().to_lowercase();
        found.entry(name).or_default().insert(format!("{}/{owner}", url.host()), used.span);
    }
    found
}

/// Requirements of each file, but those that a lock file has told of.
fn check_requirements(context: &Context<'_>, told: &Set<&str>, findings: &mut Findings<'_>) {
    let (Some(base), head) = (context.base, context.project) else { return };
    for document in &head.documents {
        let before = base.find(context.renames.base_path(head.file(document.file).path()));
        let Some(before) = before.and_then(|file| base.document(file)) else { continue };
        if !(has_places(base, before) || has_places(head, document)) {
            continue;
        }
        let was = origins(base, before);
        let in_part: Set<&str> =
            [before, document].iter().flat_map(|one| &one.bound_in_part).map(String::as_str).collect::<Set<_>>();
        for (name, places) in origins(head, document) {
            let Some(known) = was.get(name).filter(|_| !told.contains(name) && !in_part.contains(name)) else {
                continue;
            };
            let mut new = places.iter().filter(|(place, _)| !known.contains_key(*place) && *place != LOCAL);
            let Some((place, entry)) = new.next() else { continue };
            let gone = known.keys().find(|old| !places.contains_key(*old)).map(String::as_str);
            let gone = gone.or(known.is_empty().then_some(LOCAL));
            let label = code(&entry.requirement.label());
            let message = match gone {
                Some(gone) => format!("{label} comes from {} instead of {}", shown(place), shown(gone)),
                None => format!("{label} comes from {} as well", shown(place)),
            };
            // Only where the name was kept to one index may anybody else now answer for it.
            let is_bound = |old: &str| old == LOCAL || old.contains("://");
            let is_less = place == INDEXES && !gone.is_some_and(is_bound);
            let span = entry.requirement.direct_url().map_or(entry.requirement.span, |url| url.span);
            let finding = findings
                .finding(
                    entry.at(if span.is_empty() { entry.requirement.span } else { span }),
                    entry.requirement.subject(),
                    message,
                )
                .help("Make sure that the package is meant to come from there")
                .at_most(if is_less { Severity::Low } else { Severity::Medium });
            findings.push(finding.identified_by(place));
        }
    }
}

fn shown(place: &str) -> String {
    if place == INDEXES || place == LOCAL { place.to_owned() } else { code(place) }
}

/// Whether any requirement says where it comes from: most files have none.
fn has_places(project: &Project, document: &Document) -> bool {
    let mut requirements = project.requirements_of(document).map(|entry| entry.requirement);
    requirements.any(|requirement| requirement.index.is_some() || requirement.direct_url().is_some())
}

/// Where the file takes each project from: a URL for an index that it is bound to, host and path for a repository.
/// None at all is the workspace.
fn origins<'a>(project: &'a Project, document: &'a Document) -> Map<&'a str, Map<String, Entry<'a>>> {
    let mut found: Map<&str, Map<String, Entry<'_>>> = Map::new();
    for entry in project.requirements_of(document) {
        let requirement = entry.requirement;
        let Some(name) = &requirement.name else { continue };
        let place = match (&requirement.source, &requirement.index) {
            (Source::Url(url), _) => origin(url).unwrap_or_else(|| INDEXES.to_owned()),
            (Source::Path(_), _) => LOCAL.to_owned(),
            (Source::Index, _) if entry.constraint => continue,
            (Source::Index, None) => INDEXES.to_owned(),
            // uv says elsewhere where it comes from.
            (Source::Index, Some(index)) if index.value.is_empty() => {
                found.entry(name.normalized()).or_default();
                continue;
            }
            (Source::Index, Some(index)) => {
                document.index(&index.value).map_or_else(|| INDEXES.to_owned(), |url| redact(url.trim_end_matches('/')))
            }
        };
        found.entry(name.normalized()).or_default().entry(place).or_insert(entry);
    }
    found
}

/// What is compared: where somebody else decides what comes. Local projects are part of the change itself.
fn place(locked: &Locked<'_>) -> Option<String> {
    let source = &locked.package.source;
    let url = source.url.as_ref().map(|url| redact(url.value.trim_end_matches('/')));
    match &source.kind {
        SourceKind::Index => url,
        // Poetry names every index but the public one.
        SourceKind::Default if locked.lock.format == LockFormat::Poetry => {
            Some(DEFAULT_INDEX.trim_end_matches('/').to_owned())
        }
        // Pipenv asks the first for what names none.
        SourceKind::Default if locked.lock.format == LockFormat::Pipfile => {
            locked.lock.indexes.first().map(|url| redact(url.value.trim_end_matches('/')))
        }
        // The index that is configured elsewhere: most often one that other generations of the format name.
        SourceKind::Default | SourceKind::Other(_) => None,
        SourceKind::Vcs(system) => {
            let url = url?;
            // The revision that was asked for is no place.
            let repository = url.split(['?', '#']).next().unwrap_or(&url).trim_end_matches(".git");
            Some(format!("{system}+{repository}"))
        }
        SourceKind::Url => origin(&DirectUrl::parse(&url?, Span::default()).ok()?),
        SourceKind::File | SourceKind::Directory | SourceKind::Editable | SourceKind::Virtual => Some(LOCAL.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_move_of_many_is_told_once() {
        let lock = |index: &str| {
            let package = |name: &str| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ registry = \"{index}\" }}\n")
            };
            package("a") + &package("b")
        };
        let change = format!(
            "==> base/uv.lock <==\n{}==> uv.lock <==\n{}",
            lock("https://e.org/simple/"),
            lock("https://pypi.org/simple")
        );
        let marked = change.replacen(
            "registry = \"https://pypi.org/simple\" }\n",
            "registry = \"https://pypi.org/simple\" }\n                       ^^^^^^^^^^^^^^^^^^^^^^^ changed-source: `a` and one more come from `https://pypi.org/simple` instead of `https://e.org/simple`\n",
            1,
        );
        check("changed-source", &marked);
    }

    #[test]
    fn hooks_of_another_owner_are_told_once_a_repository() {
        let hooks = |url: &str| {
            format!(".pre-commit-config.yaml <==\nrepos:\n- repo: {url}\n  rev: v1\n  hooks: [{{id: a}}, {{id: b}}]\n")
        };
        let base = hooks("https://github.com/Psf/black");
        let mark = "        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-source: the hook `a` comes from `github.com/evil` instead of `github.com/psf`\n";
        let moved = hooks("https://github.com/evil/black")
            .replace("  rev", &format!("{mark}  rev"))
            .replace("^^^^ changed", "^^^^^ changed");
        check("changed-source", &format!("==> base/{base}==> {moved}"));
        check("changed-source", &format!("==> base/{base}==> {}", hooks("https://github.com/psf/black-mirror")));
        check("changed-source", &format!("==> base/{base}==> {base}- repo: https://e.org/x/y\n  hooks: [id: a]\n"));
        check("changed-source", &format!("==> base/{base}==> {}", hooks("local")));
    }

    #[test]
    fn poetry_takes_from_the_public_index_what_names_none() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\nversion = \"1\"\n{source}");
        let own = lock("[package.source]\ntype = \"legacy\"\nurl = \"https://e.org/simple\"\nreference = \"own\"\n");
        let marked = lock("")
            .replace("\"a\"\n", "\"a\"\n        ^ changed-source: comes from `https://pypi.org/simple` instead\n");
        check("changed-source", &format!("==> base/poetry.lock <==\n{own}==> poetry.lock <==\n{marked}"));
        check("changed-source", &format!("==> base/pdm.lock <==\n{}==> pdm.lock <==\n{}", lock(""), lock("")));
    }

    #[test]
    fn an_index_that_no_file_names_is_left_for_a_repository() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\nversion = \"1\"\n{source}");
        let git = "git = \"https://e.org/a\"\n       ^^^^^^^^^^^^^^^ changed-source: comes from `git+https://e.org/a` instead of the configured indexes\nrevision = \"0123\"\n";
        check("changed-source", &format!("==> base/pdm.lock <==\n{}==> pdm.lock <==\n{}", lock(""), lock(git)));
    }

    #[test]
    fn requirements_are_compared_file_by_file() {
        let change = |old: &str, new: &str| {
            check("changed-source", &format!("==> base/r.txt <==\n{old}\n==> r.txt <==\n{new}\n"));
        };
        change(
            "a @ git+https://github.com/good/a@v1",
            "A @ git+https://github.com/evil/a@v1\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-source: comes from `github.com/evil/a` instead of `github.com/good/a`",
        );
        change(
            "a==1",
            "a @ https://e.org/a.whl\n    ^^^^^^^^^^^^^^^^^^^ changed-source: `e.org` instead of the configured indexes",
        );
        change(
            "a==1",
            "a==1\na @ https://e.org/a.whl\n    ^^^^^^^^^^^^^^^^^^^ changed-source: comes from `e.org` as well",
        );
        change("a @ https://e.org/a.whl", "a==1\n^^^^ changed-source: the configured indexes instead of `e.org`");
        change("a @ git+https://github.com/O/a.git@v1", "a @ https://github.com/o/A/archive/v2.zip");
        change("a==1", "a @ https://files.pythonhosted.org/a.whl");
        change("a==1", "a @ file:///a");
        change("b==1", "a @ https://e.org/a.whl");
    }

    #[test]
    fn bindings_to_an_index_are_places() {
        let uv = |url: &str, source: &str| {
            format!(
                "[project]\ndependencies = [\"a\"]\n[[tool.uv.index]]\nname = \"own\"\nurl = \"{url}\"\nexplicit = true\n[tool.uv.sources]\n{source}\n"
            )
        };
        let change = |old: &str, new: &str| {
            check("changed-source", &format!("==> base/pyproject.toml <==\n{old}==> pyproject.toml <==\n{new}"));
        };
        let own = uv("https://e.org/simple", "a = { index = \"own\" }");
        let marked = |text: String, mark: &str| {
            text.replace("[\"a\"]\n", &format!("[\"a\"]\n                 ^ changed-source: {mark}\n"))
        };
        change(
            &own,
            &marked(
                uv("https://f.org/simple", "a = { index = \"own\" }"),
                "comes from `https://f.org/simple` instead of `https://e.org/simple`",
            ),
        );
        change(
            &own,
            &marked(
                uv("https://e.org/simple", ""),
                "comes from the configured indexes instead of `https://e.org/simple`",
            ),
        );
        change(&own, &uv("https://e.org/simple", "a = [{ index = \"own\", marker = \"os_name == 'nt'\" }]"));
        change(&own, &own.replace("own", "other").replace("/simple", "/simple/"));
        let git = uv(
            "https://e.org/simple",
            "a = { git = \"https://e.org/a\" }\n             ^^^^^^^^^^^^^^^ changed-source: `e.org/a` instead of",
        );
        change(&uv("https://e.org/simple", "a = { workspace = true }"), &git);
        let poetry = |rest: &str| {
            format!(
                "[tool.poetry.dependencies]\na = {{ version = \"1\", source = \"own\" }}\n{rest}[[tool.poetry.source]]\nname = \"own\"\npriority = \"explicit\"\n"
            )
        };
        let mark = "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-source: `https://f.org` instead of `https://e.org`\n";
        change(&(poetry("") + "url = \"https://e.org\"\n"), &(poetry(mark) + "url = \"https://f.org\"\n"));
        let pipfile = |url: &str, mark: &str| {
            format!(
                "[[source]]\nname = \"own\"\nurl = \"{url}\"\n[packages]\na = {{ version = \"*\", index = \"own\" }}\n{mark}"
            )
        };
        check(
            "changed-source",
            &format!(
                "==> base/Pipfile <==\n{}==> Pipfile <==\n{}",
                pipfile("https://e.org", ""),
                pipfile(
                    "https://f.org",
                    "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-source: `https://f.org` instead of `https://e.org`\n"
                )
            ),
        );
    }

    #[test]
    fn a_commit_or_a_slash_is_no_place() {
        check(
            "changed-source",
            "==> base/uv.lock <==\n[[package]]\nname = \"a\"\nsource = { git = \"https://e.org/a?rev=v1#01\" }\n[[package]]\nname = \"b\"\nsource = { registry = \"https://e.org/\" }\n\
             ==> uv.lock <==\n[[package]]\nname = \"a\"\nsource = { git = \"https://e.org/a.git?rev=v2#02\" }\n[[package]]\nname = \"b\"\nsource = { registry = \"https://e.org\" }\n",
        );
    }
}
