//! What a file is by its path: which names are names of dependency files.

use super::{script, scripts};
use crate::model::{LockFormat, ManifestFormat, Role};
use crate::patch::Patch;

/// How sure it is that a file is a dependency file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The name is customary; a file that reads like prose is left alone.
    Conventional,
    /// The user named it, or it has the tool's own name for it: whatever it holds is audited.
    Certain,
}

const EXTENSIONS: [&str; 4] = ["txt", "in", "pip", "lock"];

/// Directories that hold other people's files or none at all.
const SKIPPED_DIRECTORIES: [&str; 14] = [
    ".git",
    ".hg",
    ".svn",
    ".tox",
    ".nox",
    ".eggs",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "__pypackages__",
    "node_modules",
    "site-packages",
    "dist-packages",
];

/// Whether a directory of this name is not searched.
pub fn is_skipped_directory(name: &str) -> bool {
    SKIPPED_DIRECTORIES.contains(&name)
}

/// Whether a path could be that of a dependency file, whatever else is known: it ends like one and
/// lies in no directory that is not searched.
pub fn is_candidate(path: &str) -> bool {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    (extension(name).is_some() || of_tool(path).is_some() || is_source(path))
        && !directories.split('/').any(is_skipped_directory)
}

/// Whether a path is one of source code, which is a dependency file only where it has a block for a script: see
/// [`is_script`].
pub fn is_source(path: &str) -> bool {
    ManifestFormat::of_path(path) == Some(ManifestFormat::Script) && scripts::of_path(path).is_none()
}

/// Whether the bytes of source code say what a script needs (PEP 723). A search through bytes: nothing is decoded.
pub fn is_script(bytes: &[u8]) -> bool {
    script::is_script(bytes)
}

/// Whether a change of source code may concern what a script needs.
pub fn may_change_script(patch: &Patch) -> bool {
    script::may_change(patch)
}

/// Whether a path is that of a dependency file by its name alone.
pub fn is_named(path: &str) -> bool {
    role(path).is_some()
}

/// What a file is by its path alone.
pub fn role(path: &str) -> Option<(Role, Certainty)> {
    if !is_candidate(path) {
        return None;
    }
    if let Some(role) = of_tool(path) {
        return Some((role, Certainty::Certain));
    }
    let lower = path.to_lowercase();
    let (directories, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let (stem, extension) = extension(name)?;
    // Documentation has pages on constraints.
    if ["requirements.txt", "requirements.in"].contains(&name) {
        return Some((named_role(path), Certainty::Certain));
    }
    let by_name = stem == "requirement" || stem.contains("requirements") || stem.contains("constraints");
    // A lock file of an unknown tool in such a directory is no requirements file; `README.txt` and `MANIFEST.in` are not either.
    let by_directory = directories.split('/').any(|directory| directory.contains("requirements"))
        && extension != "lock"
        && !["readme", "license", "licence", "copying", "changelog", "changes", "notes", "manifest"].contains(&stem);
    (by_name || by_directory).then(|| (named_role(path), Certainty::Conventional))
}

/// How a file of this name is handed to the installer, when the user says that it is a dependency file.
pub fn named_role(path: &str) -> Role {
    if let Some(role) = of_tool(path) {
        return role;
    }
    if is_source(path) {
        return Role::Manifest;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.to_lowercase().contains("constraint") { Role::Constraints } else { Role::Requirements }
}

/// The role of a file that a tool knows by its name.
fn of_tool(path: &str) -> Option<Role> {
    let manifest = || ManifestFormat::of_path(path).filter(|_| !is_source(path)).map(|_| Role::Manifest);
    let script = || scripts::of_path(path).map(|(role, _)| role);
    LockFormat::of_path(path).map(|_| Role::Lock).or_else(script).or_else(manifest)
}

/// The name without, and the extension, if it is one that dependency files have.
fn extension(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let known = EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known));
    (known && !stem.is_empty()).then_some((stem, extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_python_projects_use_are_found() {
        for path in [
            "requirements.txt",
            "Requirements.txt",
            "requirements-dev.txt",
            "requirements_lock_3_11.txt",
            "dev-requirements.txt",
            "test_requirements.txt",
            "requirementslinux.txt",
            "requirement.txt",
            "requirements.in",
            "requirements.txt.in",
            "requirements.pip",
            "requirements.lock",
            "requirements-dev.lock",
            "requirements/base.txt",
            "requirements/extras/redis.txt",
            "requirements/dev.in",
            "requirements/pip.pip",
            "service/requirements/base.py37.txt",
            "ci-requirements/lint.txt",
            ".github/requirements.txt",
            "docs/requirements_spec.txt",
            "template/{{cookiecutter.name}}/requirements.in",
        ] {
            assert_eq!(role(path).map(|(role, _)| role), Some(Role::Requirements), "{path}");
        }
        for path in [
            "constraints.txt",
            "upper-constraints.txt",
            "constraints-3.12.txt",
            "requirements/constraints.txt",
            "constraints.in",
        ] {
            assert_eq!(role(path).map(|(role, _)| role), Some(Role::Constraints), "{path}");
        }
    }

    #[test]
    fn lock_files_are_found_by_the_names_of_their_tools() {
        for path in
            ["uv.lock", "a/poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements/pylock.dev.toml"]
        {
            assert_eq!(role(path), Some((Role::Lock, Certainty::Certain)), "{path}");
            assert!(is_candidate(path), "{path}");
            assert_eq!(named_role(path), Role::Lock, "{path}");
        }
    }

    #[test]
    fn manifests_are_found_by_the_names_of_their_tools() {
        for path in [
            "pyproject.toml",
            "a/pyproject.toml",
            "Pipfile",
            "setup.cfg",
            "setup.py",
            "environment.yml",
            "ci/environment-3.12.yaml",
            "dev_environment.yml",
            "conda.yaml",
            "conda-env.yml",
            "ci/deps/py-3.12.yaml",
            "workflow/envs/a.yml",
        ] {
            assert_eq!(role(path), Some((Role::Manifest, Certainty::Certain)), "{path}");
        }
        assert_eq!(role(".github/workflows/conda.yml").map(|(role, _)| role), Some(Role::Command));
        for path in ["environments.yml", "environment.json", "myconda.yml", "environment/a.yml"] {
            assert_eq!(role(path), None, "{path}");
        }
    }

    #[test]
    fn source_code_is_told_by_what_it_holds() {
        assert_eq!(role("tools/release.py"), None);
        assert!(is_candidate("tools/release.py") && is_source("tools/release.py") && !is_source("a/setup.py"));
        assert_eq!(named_role("tools/release.py"), Role::Manifest);
        assert_eq!(role("noxfile.py").map(|(role, _)| role), Some(Role::Command));
        for (bytes, expected) in [
            (b"# /// script\n" as &[u8], true),
            (b"#!/x\r\n# /// script\r\n", true),
            (b"\xef\xbb\xbf# /// script", true),
            (b" # /// script\nx = '# /// script'\n# /// scripts\n# ///script\n", false),
            (b" # /// script\n# /// script\n", true),
        ] {
            assert_eq!(is_script(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn names_of_other_things_are_not() {
        for path in [
            "MANIFEST.in",
            "requirements/MANIFEST.in",
            "requirements/README.txt",
            "requirements/cargo.lock",
            "configure.in",
            "words.in",
            "package.lock",
            "pylock.a.b.toml",
            "requirements.yml",
            "requirements.txt.bak",
            "requirements.py",
            "README.txt",
            "robots.txt",
            ".txt",
            "requirements",
            "node_modules/gyp/requirements_dev.txt",
            ".tox/py/requirements.txt",
            "venv/lib/python3.12/site-packages/x/requirements.txt",
            "foo.egg-info/requires.txt",
        ] {
            assert_eq!(role(path), None, "{path}");
        }
    }

    #[test]
    fn pips_own_names_are_certain() {
        assert_eq!(role("a/requirements.txt"), Some((Role::Requirements, Certainty::Certain)));
        assert_eq!(role("a/requirements-dev.txt"), Some((Role::Requirements, Certainty::Conventional)));
        assert_eq!(role("docs/constraints.txt"), Some((Role::Constraints, Certainty::Conventional)));
    }
}
