//! `unreachable-package`: an entry of a lock file that nothing asks for.

use crate::audit::{Context, Findings};
use crate::model::{Document, Line, LineKind, Lock, LockFormat, LockedDependency, LockedPackage};
use crate::name::ProjectName;
use crate::order::{Arrange as _, Map, Set};
use crate::prose::code;
use crate::rules::lock_files::{is_made_for, manifest_beside};
use crate::tree::{Locked, Project};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Follows a lock file from what is asked for, along all that its entries need, and reports each entry that is never reached.
    ///
    /// - `uv.lock`: from the projects of one's own that the file holds, and from `[manifest]`. What such a project needs counts only where its `[package.metadata]` asks for it.
    /// - `poetry.lock`, `pdm.lock`: from the `pyproject.toml` in the same directory, where the hash in the file says that it was made for that.
    ///
    /// Every extra, group and marker is taken to hold, so that what is reported is needed nowhere and by nobody.
    ///
    /// ## Why it matters
    ///
    /// A tool that resolves dependencies writes only what something asks for: the entry was put there by hand.
    /// Poetry and PDM install it, and `poetry check --lock` and `pdm lock --check` find the file in order.
    /// uv keeps it without a word, ready for the one line that will ask for it.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    ///
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    ///
    /// [[package]]
    /// name = "click-helper"
    /// version = "1.0"
    /// source = { registry = "https://pypi.org/simple" }
    ///
    /// [[package]]
    /// name = "webshop"
    /// version = "1.0"
    /// source = { virtual = "." }
    /// dependencies = [{ name = "click" }]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock again, and find out who added the entry.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    ///
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    ///
    /// [[package]]
    /// name = "webshop"
    /// version = "1.0"
    /// source = { virtual = "." }
    /// dependencies = [{ name = "click" }]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a tool is made to lock more than is asked for, by a plugin.
    /// It keeps silent where it cannot be sure: where the manifest is not there, is another one than the file was made for (`stale-lock`), or asks for something that has no name.
    /// `Pipfile.lock` and `pylock.toml` do not tell who needs whom, and are not looked at.
    ///
    /// ## References
    ///
    /// - Poetry: [`install`](https://python-poetry.org/docs/cli/#install)
    /// - PDM: [Lock file](https://pdm-project.org/latest/usage/lockfile/)
    /// - uv: [Locking and syncing](https://docs.astral.sh/uv/concepts/projects/sync/)
    "unreachable-package": "locked package that nothing asks for",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for (document, lock) in project.locks() {
        // In a broken file a way may be missing.
        let Some(asked) = asked(project, document, lock).filter(|_| lock.errors.is_empty()) else { continue };
        for package in unreached(lock, &asked) {
            let locked = Locked { document, lock, package };
            let name = code(package.name.as_written());
            let finding = findings
                .finding(
                    locked.at(package.name_span),
                    package.subject(),
                    format!("nothing asks for {name}, and nothing that is asked for needs it"),
                )
                .help("Find out who added the entry, and lock the project again with its tool");
            findings.push(finding.identified_by(package.version()));
        }
    }
}

/// The names that are asked for by other than the projects in the file; none where that is not known.
fn asked<'a>(project: &'a Project, document: &Document, lock: &'a Lock) -> Option<Set<&'a str>> {
    match lock.format {
        LockFormat::Uv => {
            let asked: Set<&str> = names(&lock.inputs.requirements).collect::<Set<_>>();
            (!asked.is_empty() || lock.packages.iter().any(LockedPackage::is_own)).then_some(asked)
        }
        LockFormat::Poetry | LockFormat::Pdm => {
            let manifest = manifest_beside(project, document, lock.format)?;
            if is_made_for(project, lock, manifest) != Some(true) || manifest.lines.iter().any(is_unknown) {
                return None;
            }
            let requirements = project.requirements_of(manifest);
            let names = requirements.map(|entry| entry.requirement.name.as_ref().map(ProjectName::normalized));
            Some(names.collect::<Option<Vec<&str>>>()?.into_iter().collect::<Set<_>>())
        }
        LockFormat::Pipfile | LockFormat::Pylock => None,
    }
}

fn is_unknown(line: &Line) -> bool {
    matches!(line.kind, LineKind::Refused(_))
}

fn names(needed: &[LockedDependency]) -> impl Iterator<Item = &str> {
    needed.iter().map(|needed| needed.name.normalized())
}

/// The packages to which no way leads from what is asked for, nor from a project of one's own; in the order of the file.
fn unreached<'a>(lock: &'a Lock, asked: &Set<&str>) -> Vec<&'a LockedPackage> {
    let is_root = |package: &&LockedPackage| package.is_own() || asked.contains(package.name.normalized());
    let (mut queue, rest): (Vec<&LockedPackage>, Vec<&LockedPackage>) = lock.packages.iter().partition(is_root);
    let mut left: Map<&str, Vec<&LockedPackage>> = Map::new();
    for package in rest {
        left.entry(package.name.normalized()).or_default().push(package);
    }
    while let Some(package) = queue.pop() {
        // What a project of one's own needs, it has asked for; what others asked for is not in the file.
        let asked = package.asked.as_ref().filter(|_| package.is_own());
        let asked: Option<Set<&str>> = asked.map(|asked| names(asked).collect::<Set<_>>());
        let is_asked_for = |name: &str| asked.as_ref().is_none_or(|asked| asked.contains(name));
        let needed = package.dependencies.iter().filter(|needed| is_asked_for(needed.name.normalized()));
        let needed = needed.map(|needed| (needed.name.normalized(), needed.version.as_deref()));
        let offered = package.offered.iter().map(|name| (name.normalized(), None));
        for (name, version) in needed.chain(offered) {
            if let Some(unreached) = left.get_mut(name) {
                queue.extend(
                    unreached.extract_if(.., |package| version.is_none_or(|version| version == package.version())),
                );
            }
        }
    }
    let mut left: Vec<&LockedPackage> = left.into_values().flatten().collect();
    left.arrange_by_key(|package| package.name_span);
    left
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const INDEX: &str = "registry = \"https://pypi.org/simple\"";

    fn uv(name: &str, source: &str, more: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ {source} }}\n{more}\n")
    }

    #[track_caller]
    fn of_uv(packages: &[String]) {
        check("unreachable-package", &format!("==> uv.lock <==\nversion = 1\n{}", packages.concat()));
    }

    fn marked(name: &str) -> String {
        uv(name, INDEX, "").replace("\nversion", "\n        ^ unreachable-package: nothing asks for\nversion")
    }

    #[test]
    fn what_an_extra_a_group_or_a_fork_leads_to_is_asked_for() {
        let own = uv(
            "own",
            "editable = \".\"",
            "dependencies = [{ name = \"a\", version = \"1\", marker = \"os_name == 'nt'\" }, { name = \"member\" }]\n\
             [package.optional-dependencies]\nx = [{ name = \"b\" }]\n[package.dev-dependencies]\ndev = [{ name = \"c\" }]",
        );
        let member = uv("member", "editable = \"packages/member\"", "dependencies = [{ name = \"d\" }]");
        let lonely = uv("lonely", "virtual = \"packages/lonely\"", "");
        let reached = ["a", "b", "d", "e"].map(|name| uv(name, INDEX, ""));
        let c = uv("c", "git = \"https://e.org/c#00\"", "[package.optional-dependencies]\ny = [{ name = \"e\" }]");
        let mut packages = vec![own, member, lonely, c];
        packages.extend(reached);
        of_uv(&packages);
        packages.push(marked("f"));
        of_uv(&packages);
    }

    #[test]
    fn another_version_is_another_package() {
        let own = uv("own", "virtual = \".\"", "dependencies = [{ name = \"a\", version = \"1\" }]");
        let other = "[[package]]\nname = \"a\"\n        ^ unreachable-package\nversion = \"2\"\n".to_owned();
        of_uv(&[own, uv("a", INDEX, ""), other]);
    }

    #[test]
    fn what_needs_only_each_other_is_found_and_so_is_what_a_ghost_needs() {
        let own = uv("own", "virtual = \".\"", "");
        let circle = |name: &str, other: &str| {
            let needs = format!("dependencies = [{{ name = \"{other}\" }}]");
            uv(name, INDEX, &needs).replace("\nversion", "\n        ^ unreachable-package\nversion")
        };
        of_uv(&[own, circle("a", "b"), circle("b", "a")]);
    }

    #[test]
    fn what_the_own_project_needs_and_has_not_asked_for_is_no_way() {
        let needs = "dependencies = [{ name = \"a\" }, { name = \"b\" }]\n";
        let own = |asked: &str| uv("own", "virtual = \".\"", &format!("{needs}[package.metadata]\n{asked}"));
        let asked = "requires-dist = [{ name = \"A\" }]\n[package.metadata.requires-dev]\ndev = [{ name = \"b\" }]";
        of_uv(&[own(asked), uv("a", INDEX, ""), uv("b", INDEX, "")]);
        of_uv(&[own("requires-dist = [{ name = \"a\" }]"), uv("a", INDEX, ""), marked("b")]);
        of_uv(&[uv("own", "virtual = \".\"", needs), uv("a", INDEX, ""), uv("b", INDEX, "")]);
    }

    #[test]
    fn a_root_that_is_no_project_asks_in_the_manifest_of_the_file() {
        let manifest = "[manifest.dependency-groups]\ndev = [{ name = \"a\", specifier = \">=1\" }]\n".to_owned();
        of_uv(&[manifest.clone(), uv("a", INDEX, "dependencies = [{ name = \"b\" }]"), uv("b", INDEX, "")]);
        of_uv(&[manifest, marked("c"), uv("a", INDEX, "")]);
        // Nothing in the file says what was asked for.
        of_uv(&[uv("a", INDEX, ""), uv("b", INDEX, "")]);
    }

    const POETRY: &str = "==> pyproject.toml <==\n[tool.poetry.dependencies]\nclick = \"^8.1\"\n==> poetry.lock <==\n";
    /// Made with Poetry's own `Locker._get_content_hash`.
    const FITS: &str =
        "[metadata]\ncontent-hash = \"aebd9c6d5542a257a112d1ce9b7c185a92720e1c74ce819fcbda9e00d353e5e6\"\n";

    fn poetry(name: &str, more: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\nfiles = []\n{more}")
    }

    #[test]
    fn poetry_is_asked_about_the_manifest_that_the_file_was_made_for() {
        let click = poetry(
            "click",
            "[package.dependencies]\na = {version = \"*\", optional = true}\n[package.extras]\nx = [\"B.b (>=1)\"]\n",
        );
        let others = poetry("a", "") + &poetry("b-b", "");
        let ghost = poetry("g", "");
        let marked = ghost.replace("\nversion", "\n        ^ unreachable-package\nversion");
        check("unreachable-package", &format!("{POETRY}{click}{others}{FITS}"));
        check("unreachable-package", &format!("{POETRY}{click}{others}{marked}{FITS}"));
        // Made for another manifest, or one that nobody knows.
        let other = FITS.replace("aebd", "0000");
        check("unreachable-package", &format!("{POETRY}{click}{ghost}{other}"));
        check("unreachable-package", &format!("{POETRY}{click}{ghost}"));
        check("unreachable-package", &format!("==> poetry.lock <==\n{click}{ghost}{FITS}"));
    }

    #[test]
    fn pdm_is_asked_about_the_manifest_that_the_file_was_made_for() {
        let manifest = "==> pyproject.toml <==\n[project]\ndependencies = [\"a\"]\n==> pdm.lock <==\n";
        // Made with PDM's own `PyProject.content_hash`.
        let fits =
            "[metadata]\ncontent_hash = \"sha256:1d8325cdeb183f642d79ac8cec97e3706830c1f15f8cc0598d2c0ccb4f1fc24b\"\n";
        let package = |name: &str, more: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\n{more}");
        // An entry for the extra, a project in a folder, and a requirement that is older than the grammar.
        let reached = package("a", "dependencies = [\"b[x]>=1; os_name == 'nt'\", \"e (>dev)\"]\n")
            + &package("b", "")
            + &package("b", "extras = [\"x\"]\ndependencies = [\"b==1\", \"c\"]\n")
            + &package("c", "")
            + &package("own", "path = \"./own\"\neditable = true\ndependencies = [\"d\"]\n")
            + &package("d", "")
            + &package("e", "");
        let ghost = package("g", "groups = [\"default\"]\n");
        let marked = ghost.replace("\nversion", "\n        ^ unreachable-package\nversion");
        check("unreachable-package", &format!("{manifest}{fits}{reached}"));
        check("unreachable-package", &format!("{manifest}{fits}{reached}{marked}"));
        check("unreachable-package", &format!("{manifest}{}{reached}{ghost}", fits.replace("1d83", "0000")));
    }

    #[test]
    fn formats_without_ways_are_left_alone() {
        check(
            "unreachable-package",
            "==> Pipfile <==\n[packages]\na = \"*\"\n==> Pipfile.lock <==\n{\"_meta\": {}, \"default\": {\"a\": {\"version\": \"==1\"}, \"b\": {\"version\": \"==1\"}}}\n",
        );
    }
}
