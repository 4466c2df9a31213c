//! Commands that install with less protection than before.

use super::super::support::{checks_hashes, list};
use super::{Kind, is_settings, judge, push};
use crate::audit::{Context, Findings};
use crate::finding::Location;
use crate::model::{Document, InstallOption, Line, LineKind, Purpose, Tool};
use crate::name::ProjectName;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Project;

/// A command that installs.
struct Installing<'a> {
    document: &'a Document,
    first: &'a Line,
    tool: Tool,
    /// Its name, where it has one that matters: `run`.
    name: &'a str,
    /// What it installs: files and names.
    what: Vec<&'a str>,
    /// Those that are files.
    files: Vec<&'a str>,
    constraint: Option<&'a str>,
    age: Option<&'a str>,
    /// What protects it.
    by: Set<Kind>,
    /// Whether its files have a hash for everything.
    is_checked: bool,
}

/// A file, and what is installed by its commands.
type Key<'k> = (&'k str, Tool, Vec<&'k str>);

pub(super) fn check(context: &Context<'_>, base: &Project, findings: &mut Findings<'_>) {
    let head = context.project;
    let mut before: Map<Key<'_>, Vec<Installing<'_>>> = Map::new();
    for one in commands(context, base) {
        let key = (base.file(one.document.file).path(), one.tool, one.what.clone());
        before.entry(key).or_default().push(one);
    }
    let mut after: Map<Key<'_>, Vec<Installing<'_>>> = Map::new();
    for one in commands(context, head) {
        let path = context.renames.base_path(head.file(one.document.file).path());
        after.entry((path, one.tool, one.what.clone())).or_default().push(one);
    }
    let total =
        |all: &Map<Key<'_>, Vec<Installing<'_>>>, kind| all.values().flatten().filter(|one| one.is(kind)).count();
    // What only went to another file is still there.
    let is_fewer = |kind| total(&after, kind) < total(&before, kind);
    let mut told: Set<(&str, Kind)> = Set::new();
    for (key, new) in &after {
        let Some(old) = before.get(key) else { continue };
        for kind in [Kind::Hashes, Kind::Age, Kind::Locked, Kind::Constraints] {
            let has = |one: &Installing<'_>| one.by.contains(&kind);
            let count = |all: &[Installing<'_>], wanted: bool| all.iter().filter(|one| has(one) == wanted).count();
            if count(new, true) >= count(old, true) || count(new, false) <= count(old, false) {
                continue;
            }
            if matches!(kind, Kind::Locked | Kind::Constraints) && !is_fewer(kind) {
                continue;
            }
            // The one that stands where a protected one stood, or else any.
            let was_there = |at: usize| old.get(at).is_some_and(has);
            let lacking = || new.iter().enumerate().filter(|(_, one)| !has(one));
            let Some((_, one)) = lacking().find(|(at, _)| was_there(*at)).or_else(|| lacking().next()) else {
                continue;
            };
            if kind == Kind::Hashes && one.is_checked && one.files.len() == one.what.len() {
                continue;
            }
            let was =
                |one: &Installing<'_>| if kind == Kind::Age { one.age } else { one.constraint }.map(str::to_owned);
            told.insert((key.0, kind));
            tell(findings, one, kind, &old.iter().find_map(was).unwrap_or_default());
        }
    }
    // Another command in the place of one that was protected.
    let hashed = hashed(base);
    // Whether a file was there and had no hashes: of others another rule speaks.
    let was_bare = |path: &&str| base.find(path).is_some_and(|file| !hashed.contains(&file));
    let checked = base.documents.iter().filter(|document| hashed.contains(&document.file));
    let checked = checked.flat_map(|document| base.requirements_of(document));
    let checked: Set<&str> =
        checked.filter_map(|entry| entry.requirement.name.as_ref().map(ProjectName::normalized)).collect::<Set<_>>();
    for kind in [Kind::Hashes, Kind::Locked].into_iter().filter(|kind| is_fewer(*kind)) {
        let in_files = |all: &Map<Key<'_>, Vec<Installing<'_>>>| {
            let mut counts: Map<String, usize> = Map::new();
            for (key, all) in all {
                *counts.entry(key.0.to_owned()).or_default() += all.iter().filter(|one| one.is(kind)).count();
            }
            counts
        };
        let (old, current) = (in_files(&before), in_files(&after));
        for (key, new) in &after {
            let known = before.get(key).map_or(0, Vec::len);
            let is_loose = |one: &&Installing<'_>| match kind {
                _ if one.is(kind) || new.len() <= known => false,
                // By its name what had a hash.
                Kind::Hashes if one.files.is_empty() => one.what.iter().any(|name| checked.contains(name)),
                Kind::Hashes => one.files.iter().all(was_bare),
                _ if one.files.is_empty() => one.what.is_empty() && one.tool != Tool::Pip,
                _ => !one.is_checked,
            };
            if let Some(one) = new.iter().find(is_loose)
                && !told.contains(&(key.0, kind))
                && current.get(key.0) < old.get(key.0)
            {
                told.insert((key.0, kind));
                tell(findings, one, kind, "");
            }
        }
    }
}

impl Installing<'_> {
    fn is(&self, kind: Kind) -> bool {
        self.by.contains(&kind) || (kind == Kind::Hashes && self.is_checked)
    }
}

fn tell(findings: &mut Findings<'_>, one: &Installing<'_>, kind: Kind, was: &str) {
    let location = Location { file: one.document.file, span: one.first.span };
    let what = match one.what.as_slice() {
        [] => String::new(),
        what => format!(" ({})", code(&list(what.iter().copied()))),
    };
    push(findings, location, one.tool, kind, was, &what);
}

/// Files in which everything has a hash.
fn hashed(project: &Project) -> Set<FileId> {
    project.runs.iter().filter(|run| checks_hashes(run)).map(|run| run.root).collect::<Set<_>>()
}

/// The commands of all files, each with what acts on it.
fn commands<'a>(context: &Context<'_>, project: &'a Project) -> Vec<Installing<'a>> {
    let mut all = Vec::new();
    // Where hashes are given in all of a file, they are checked without the option.
    let hashed = hashed(project);
    let constrains = |line: &Line| matches!(&line.kind, LineKind::Include(include) if include.constraint);
    let constraining = project.documents.iter().filter(|document| document.lines.iter().any(constrains));
    let constraining: Set<FileId> = constraining.map(|document| document.file).collect::<Set<_>>();
    let is_ours =
        |document: &&Document| document.has_section(|section| section.under.is_some()) && !is_settings(document);
    for document in project.documents.iter().filter(is_ours) {
        let mut found: Map<u32, Installing<'a>> = Map::new();
        let mut constrained: Set<Tool> = Set::new();
        let mut variables: Set<u32> = Set::new();
        for line in &document.lines {
            let Some(section) = document.section(line).filter(|section| section.under.is_some()) else { continue };
            let is_new = !found.contains_key(&line.section);
            if constrains(line) && (variables.contains(&line.section) || is_new && is_variable(document, line)) {
                variables.insert(line.section);
                constrained.insert(section.tool);
                continue;
            }
            let one = found.entry(line.section).or_insert_with(|| Installing {
                document,
                first: line,
                tool: section.tool,
                name: "",
                what: Vec::new(),
                files: Vec::new(),
                constraint: None,
                age: None,
                by: Set::new(),
                is_checked: false,
            });
            match &line.kind {
                LineKind::Requirement(requirement) => {
                    one.what.extend(requirement.name.as_ref().map(ProjectName::normalized));
                }
                LineKind::Include(include) => {
                    let path = include.path.as_deref().unwrap_or(&include.target);
                    if include.constraint {
                        one.by.insert(Kind::Constraints);
                        one.constraint = Some(path);
                    } else {
                        one.what.push(path);
                        one.files.push(path);
                    }
                }
                LineKind::Options if line.options.is_empty() => one.name = document.source.slice(line.span),
                _ => {}
            }
            for used in &line.options {
                match judge(context, used) {
                    Some((Kind::Age, false)) | None => {}
                    Some((kind, _)) => drop(one.by.insert(kind)),
                }
                match used.option {
                    InstallOption::ExcludeNewer if one.by.contains(&Kind::Age) => one.age = Some(&used.value.value),
                    InstallOption::Locked => one.name = &used.value.value,
                    _ => {}
                }
            }
        }
        let has_commands = document.has_section(|section| section.purpose == Purpose::Command);
        let acting: Map<u32, (Set<Kind>, Option<&str>)> =
            found.iter().map(|(number, one)| (*number, (one.by.clone(), one.age))).collect::<Map<_, _>>();
        // What was brought up to date is not looked at again by the commands that run in it.
        let is_synced = found.values().any(|one| one.name == "sync" && one.by.contains(&Kind::Locked));
        for (number, mut one) in found {
            let Some(section) = document.sections.get(number as usize) else { continue };
            for (by, age) in section.under.iter().flatten().filter_map(|under| acting.get(under)) {
                one.by.extend(by.iter().copied());
                one.age = one.age.or(*age);
            }
            // Settings count with the commands that they act on; a file of settings has none.
            if section.purpose != Purpose::Command && has_commands {
                continue;
            }
            let file = |path: &&str| project.find(path);
            one.is_checked = !one.files.is_empty()
                && one.files.iter().all(|path| file(path).is_some_and(|file| hashed.contains(&file)));
            let mut files = one.files.iter().filter_map(file);
            if constrained.contains(&one.tool) || one.is_checked || files.any(|file| constraining.contains(&file)) {
                one.by.insert(Kind::Constraints);
            }
            if one.name == "run" && is_synced {
                one.by.insert(Kind::Locked);
            }
            one.what.sort_unstable();
            all.push(one);
        }
    }
    all
}

/// Whether a variable names what is included, so that it acts on more than one command: it stands right before.
fn is_variable(document: &Document, line: &Line) -> bool {
    let before = document.source.text().get(..line.span.start as usize).unwrap_or_default();
    let name = before.trim_end_matches([' ', '=', ':', '"', '\'', '\t']);
    name.ends_with("_CONSTRAINT") && !name.ends_with("_BUILD_CONSTRAINT")
}

#[cfg(test)]
mod tests {
    use crate::testing::check as check_all;

    fn check(base: &str, head: &str) {
        check_all("dropped-safeguard", &(base.replace("==> ", "==> base/") + head));
    }

    #[test]
    fn what_keeps_to_the_lock_file_is_missed() {
        let mark = "dropped-safeguard: may take other versions than the lock file has";
        for (base, head) in [
            ("uv sync --locked", "uv sync\n   ^^^^ "),
            ("uv sync --frozen --no-dev", "uv sync --no-dev\n   ^^^^ "),
            ("uv run --locked pytest", "uv run pytest\n   ^^^ "),
            ("UV_FROZEN=1 uv sync", "uv sync\n   ^^^^ "),
            ("uv sync --locked", "uv pip install -e .\n       ^^^^^^^ "),
            ("uv sync --locked", "uv pip install -r r.txt\n                  ^^^^^ "),
            ("pipenv sync", "pipenv install\n       ^^^^^^^ "),
            ("pipenv install --deploy", "pipenv install\n       ^^^^^^^ "),
            ("pdm sync", "pdm install\n    ^^^^^^^ "),
            ("pdm install --frozen-lockfile --prod", "pdm install --prod\n    ^^^^^^^ "),
        ] {
            check(&format!("==> x.sh <==\n{base}\n"), &format!("==> x.sh <==\n{head}{mark}\n"));
        }
    }

    #[test]
    fn other_words_for_the_same_and_other_places_are_left_alone() {
        for (base, head) in [
            ("uv sync --locked", "uv sync --frozen"),
            ("uv sync --locked", "UV_LOCKED=1 uv sync"),
            ("uv sync --locked", "uv run --locked pytest"),
            ("uv run --locked a\nuv run --locked b", "uv sync --locked\nuv run a\nuv run b"),
            ("uv sync --locked", "uv run --no-sync pytest"),
            ("uv sync --locked", "uv pip install ruff==1"),
            ("uv sync --locked", "poetry install"),
            ("uv sync --locked", "echo"),
            ("uv sync", "uv sync\nuv run x"),
            ("pipenv install --deploy", "pipenv sync"),
            ("pdm install --check", "pdm sync"),
            ("uv sync --locked", "uv run x\n==> y.sh <==\nuv sync --locked"),
        ] {
            check(&format!("==> x.sh <==\n{base}\n"), &format!("==> x.sh <==\n{head}\n"));
        }
    }

    #[test]
    fn a_constraints_file_is_missed() {
        let mark = "dropped-safeguard: no longer held to the versions of `c.txt`";
        let base = "==> x.sh <==\npip install -c c.txt a\npip install -c c.txt -r r.txt\n";
        check(
            base,
            &format!("==> x.sh <==\npip install -c c.txt a\npip install -r r.txt\n               ^^^^^ {mark}\n"),
        );
        check(base, "==> x.sh <==\nexport PIP_CONSTRAINT=c.txt\npip install a\npip install -r r.txt\n");
        check(
            base,
            "==> x.sh <==\npip install -c c.txt a\npip install -r r.txt\n==> r.txt <==\n-c c.txt\nb\n==> c.txt <==\nb==1\n",
        );
        check(
            base,
            "==> x.sh <==\npip install -c c.txt a\npip install -r r.txt\n==> r.txt <==\nb==1 --hash=sha256:aa\n",
        );
        check(base, "==> x.sh <==\npip install -c c.txt a\n==> y.sh <==\npip install -c c.txt -r r.txt\n");
    }

    #[test]
    fn another_file_has_no_hashes() {
        let files = "==> r.txt <==\na==1 --hash=sha256:aa\n==> s.txt <==\na==1\n";
        let base = format!("==> x.sh <==\npip install -r r.txt\n{files}");
        let mark = "               ^^^^^ dropped-safeguard: no longer asks for a hash of everything (`s.txt`)\n";
        check(&base, &format!("==> x.sh <==\npip install -r s.txt\n{mark}{files}"));
        check(&base, &format!("==> x.sh <==\npip install -r t.txt\n{}", files.replace("r.txt", "t.txt")));
        check(&base, &format!("==> x.sh <==\npip install -r r.txt\npip install -r s.txt\n{files}"));
        check(&base, &format!("==> x.sh <==\npip install --require-hashes -r s.txt\n{files}"));
        let mark = "            ^^^^ dropped-safeguard: no longer asks for a hash of everything (`a`)\n";
        check(&base, &format!("==> x.sh <==\npip install a==1\n{mark}{files}"));
        check(&base, &format!("==> x.sh <==\npip install -r r.txt\npip install a==1\n{files}"));
        check(&base, &format!("==> x.sh <==\npip install uv\nuv sync\n{files}"));
    }

    #[test]
    fn commands_are_compared_by_what_they_install() {
        let base = "==> x.sh <==\npip install --require-hashes -r r.txt\nuv sync --exclude-newer '7 days'\npip install -r s.txt\n";
        check(
            base,
            "==> x.sh <==\npip install -r s.txt\npip install -r r.txt\n               ^^^^^ dropped-safeguard: no longer asks for a hash of everything (`r.txt`)\nuv sync --exclude-newer '4 days'\n",
        );
        check(
            base,
            "==> x.sh <==\nexport PIP_REQUIRE_HASHES=1 UV_EXCLUDE_NEWER='4 days'\npip install -r r.txt\nuv sync\n",
        );
        check(base, "==> x.sh <==\npip install -r r.txt\n==> r.txt <==\na==1 --hash=sha256:aa\n");
    }
}
