//! `unlocked-manifest`: nothing locks what an application asks for.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};
use crate::format::detect;
use crate::model::{Document, LockFormat, ManifestFormat, Purpose, Role};
use crate::order::Set;
use crate::prose::code;
use crate::text::SourceFile;
use crate::tree::Project;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for a `pyproject.toml` or `Pipfile` of an application that has dependencies, and neither a lock file nor a requirements file of pins beside it or in a directory above.
    ///
    /// A `pyproject.toml` is one of an application where it says so (`package = false` of uv, `package-mode = false` of Poetry, `distribution = false` of PDM), or where it has no `[build-system]`, no settings of a build backend, and nothing that only a distribution needs: `classifiers`, `dynamic`, `keywords`, `license`, `scripts`, `urls`.
    /// Where a `setup.py` or `setup.cfg` lies beside it, it may be one of a library and is left alone; so is a `Pipfile` beside a `pyproject.toml`.
    ///
    /// The rule speaks only where all files are known: of a repository, or of a directory that lies in none.
    ///
    /// ## Why it matters
    ///
    /// Each installation takes whatever the index has that day.
    /// A release that somebody else publishes is running before anybody has seen it in a change, and nothing holds the files to a hash.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> Pipfile <==
    /// [packages]
    /// flask = "*"
    /// ```
    ///
    /// ## Use instead
    ///
    /// Commit the lock file: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`; or compile one with hashes, as `uv pip compile --generate-hashes` and `pip-compile --generate-hashes` do.
    ///
    /// ```requirements,good
    /// ==> Pipfile <==
    /// [packages]
    /// flask = "*"
    /// ==> Pipfile.lock <==
    /// {"_meta": {"hash": {}}, "default": {}, "develop": {}}
    /// ```
    ///
    /// A library needs none: what its users install is decided where they lock.
    ///
    /// ```requirements,good
    /// ==> pyproject.toml <==
    /// [project]
    /// name = "example"
    /// version = "1.0"
    /// dependencies = ["flask"]
    ///
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the lock file is made and kept elsewhere, or the directory is an example that nobody installs.
    ///
    /// ## References
    ///
    /// - Python Packaging User Guide: [pylock.toml Specification](https://packaging.python.org/en/latest/specifications/pylock-toml/)
    /// - uv: [Locking and syncing](https://docs.astral.sh/uv/concepts/projects/sync/)
    "unlocked-manifest": "application whose dependencies nothing locks",
    severity: Low, confidence: High, persona: Pedantic, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let Some(listing) = &project.listing else { return };
    if context.base.is_some_and(|base| base.listing.is_none()) {
        return;
    }
    for document in project.documents.iter().filter(|document| document.is_application) {
        let path = project.file(document.file).path();
        let needed = document.lines.iter().find(|line| {
            let is_needed = document.section(line).is_some_and(|section| section.purpose == Purpose::Dependencies);
            is_needed && line.requirement().is_some()
        });
        let Some(needed) = needed.filter(|_| !may_be_library(path, listing)) else { continue };
        let mut names = listing.iter().map(String::as_str).chain(project.files.iter().map(SourceFile::path));
        if names.any(|other| locks(project, path, other)) {
            continue;
        }
        let message = format!("no lock file says which versions {} is installed with", code(path));
        let place = Location { file: document.file, span: needed.span };
        findings.push(
            findings
                .finding(place, Subject::File(path.to_owned()), message)
                .help("Lock what is asked for, and commit the lock file"),
        );
    }
}

/// Whether what lies beside a manifest may make a distribution of the project.
fn may_be_library(path: &str, listing: &Set<String>) -> bool {
    let beside = |name: &str| listing.contains(&format!("{}{name}", folder(path)));
    beside("setup.py")
        || beside("setup.cfg")
        || (ManifestFormat::of_path(path) == Some(ManifestFormat::Pipfile) && beside("pyproject.toml"))
}

/// Whether a file may say which versions a manifest is installed with. One that was not read may.
fn locks(project: &Project, manifest: &str, other: &str) -> bool {
    let is_beside_or_above = folder(manifest).starts_with(folder(other));
    if LockFormat::of_path(other).is_some() || other.ends_with("pixi.lock") {
        return is_beside_or_above;
    }
    // What is compiled often lies in a directory of its own.
    let is_near = is_beside_or_above || folder(other).starts_with(folder(manifest));
    match project.find(other).and_then(|id| project.document(id)) {
        _ if !is_near => false,
        Some(document) => is_of_pins(document) && !project.is_constraints(document.file),
        None => detect::role(other).is_some_and(|(role, _)| role == Role::Requirements),
    }
}

/// Whether it is a requirements file in which every entry names one version.
fn is_of_pins(document: &Document) -> bool {
    let mut asked = document.lines.iter().filter_map(|line| line.requirement()).peekable();
    document.has_section(|section| section.purpose == Purpose::RequirementsFile)
        && asked.peek().is_some()
        && asked.all(|asked| asked.pin().is_some() || asked.direct_url().is_some())
}

/// The directory of a path, with a slash at its end; empty for the root.
fn folder(path: &str) -> &str {
    path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    const APPLICATION: &str = "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"click>=8\", \"idna\"]\n";
    const MARK: &str =
        "                 ^^^^^^^^ unlocked-manifest: which versions `a/pyproject.toml` is installed with\n";

    #[test]
    fn an_application_without_a_lock_is_told_once() {
        check("unlocked-manifest", &format!("==> a/pyproject.toml <==\n{APPLICATION}{MARK}"));
        for said in ["uv]\npackage", "poetry]\npackage-mode", "pdm]\ndistribution"] {
            let text = format!("==> a/pyproject.toml <==\n{APPLICATION}{MARK}[build-system]\n[tool.{said} = ");
            check("unlocked-manifest", &format!("{text}false\n"));
            check("unlocked-manifest", &format!("{}true\n", text.replace(MARK, "")));
        }
        check(
            "unlocked-manifest",
            "==> pyproject.toml <==\n[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = \"^3.12\"\n\
             click = \"^8\"\n^^^^^^^^^^^^ unlocked-manifest: no lock file\n",
        );
        // Files of elsewhere, of another kind or without versions lock nothing.
        for other in [
            "b/uv.lock <==\n",
            "a/b/uv.lock <==\n",
            "requirements.txt <==\nclick\n",
            "requirements.txt <==\n-r base.txt\n",
            "constraints.txt <==\nclick==8.1.7\n",
            "a/yarn.lock <==\n",
            "ab/requirements.txt <==\nclick==8.1.7\n",
        ] {
            check("unlocked-manifest", &format!("==> a/pyproject.toml <==\n{APPLICATION}{MARK}==> {other}"));
        }
    }

    #[test]
    fn what_is_locked_is_left_alone() {
        for other in [
            "a/uv.lock <==\nversion = 1\n",
            "uv.lock <==\nversion = 1\n",
            "poetry.lock <==\n",
            "a/pylock.toml <==\n",
            "pylock.dev.toml <==\n",
            "a/pixi.lock <==\n",
            "a/requirements.txt <==\nclick==8.1.7 --hash=sha256:aa\nidna==3.10\n",
            "a/requirements/prod.txt <==\nclick==8.1.7\n",
            "requirements.lock <==\nclick==8.1.7\n",
            "a/deps.txt <==\nclick==8.1.7\n",
        ] {
            check("unlocked-manifest", &format!("==> a/pyproject.toml <==\n{APPLICATION}==> {other}"));
        }
    }

    #[test]
    fn what_may_be_a_library_or_asks_for_nothing_is_left_alone() {
        let manifest = format!("==> a/pyproject.toml <==\n{APPLICATION}");
        for more in [
            "[build-system]\nrequires = []\n",
            "urls = {}\n",
            "dynamic = [\"version\"]\n",
            "[project.scripts]\nx = \"x:y\"\n",
            "[tool.setuptools]\n",
            "[tool.poetry]\n",
            "[tool.pdm]\n",
            "[tool.flit.module]\n",
            "==> a/setup.py <==\n",
            "==> a/setup.cfg <==\n",
        ] {
            check("unlocked-manifest", &format!("{manifest}{more}"));
        }
        for text in [
            "==> pyproject.toml <==\n[tool.ruff]\n",
            "==> pyproject.toml <==\n[project]\nname = \"x\"\n[dependency-groups]\ndev = [\"ruff\"]\n",
            "==> pyproject.toml <==\n[project]\nname = \"x\"\n[tool.uv]\nconstraint-dependencies = [\"ruff<2\"]\n",
            "==> Pipfile <==\n[dev-packages]\nruff = \"*\"\n",
            "==> Pipfile <==\n[packages]\nx = \"*\"\n==> pyproject.toml <==\n[build-system]\n",
            "==> environment.yml <==\ndependencies:\n- pip:\n  - click\n",
        ] {
            check("unlocked-manifest", text);
        }
    }

    #[test]
    fn without_a_listing_nobody_can_tell() {
        let mut fixture = Fixture::parse(&format!("==> pyproject.toml <==\n{APPLICATION}"));
        let count = |fixture: &Fixture| {
            fixture.report().findings.iter().filter(|finding| finding.rule.id == "unlocked-manifest").count()
        };
        assert_eq!(count(&fixture), 1);
        // A file that was not read may lock it.
        for (other, expected) in [("requirements.txt", 0), ("uv.lock", 0), ("setup.py", 0), ("b/pyproject.toml", 1)] {
            fixture.head.listing = Some(["pyproject.toml", other].map(str::to_owned).into());
            assert_eq!(count(&fixture), expected, "{other}");
        }
        fixture.head.listing = None;
        assert_eq!(count(&fixture), 0);
        let mut fixture = Fixture::parse(&format!("==> base/b.txt <==\n==> pyproject.toml <==\n{APPLICATION}"));
        assert_eq!(count(&fixture), 1);
        fixture.base.as_mut().expect("a base").listing = None;
        assert_eq!(count(&fixture), 0);
    }

    #[test]
    fn a_change_that_takes_the_lock_away_is_told_and_one_that_finds_none_is_not() {
        let manifest = format!("pyproject.toml <==\n{APPLICATION}");
        let both = format!("==> base/a/{manifest}==> a/{manifest}");
        check("unlocked-manifest", &both);
        check("unlocked-manifest", &format!("{both}{MARK}==> base/uv.lock <==\nversion = 1\n"));
        check("unlocked-manifest", &format!("==> base/b.txt <==\n==> a/{manifest}{MARK}"));
    }
}
