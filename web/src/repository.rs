//! Which files of a repository are of interest.

use pychain_core::format::detect;

/// Whether a path, relative to the root, is that of a dependency file or of the configuration.
pub fn is_dependency_file(path: &str) -> bool {
    matches!(path, "pychain.toml" | "pyproject.toml") || detect::is_named(path)
}

/// Whether it has to be opened to tell if it is one: source code may say what a script needs, a text what compiled it.
pub fn may_be_dependency_file(path: &str) -> bool {
    is_dependency_file(path) || detect::is_unnamed(path)
}

/// Whether it is one, by its path or else by what is in it.
pub fn is_dependency_file_with(path: &str, bytes: &[u8]) -> bool {
    is_dependency_file(path) || detect::is_unnamed(path) && detect::is_told_by(path, bytes)
}

/// Whether a folder of this name holds other people's files or none at all.
pub fn is_skipped(name: &str) -> bool {
    detect::is_skipped_directory(name)
}

/// Whether a file is a wheel or an sdist, by its name.
pub fn is_distribution(name: &str) -> bool {
    [".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".egg"].iter().any(|extension| name.ends_with(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependency_files_are_known_by_their_names() {
        for path in ["requirements.txt", "a/dev-requirements.in", "constraints.txt", "b/uv.lock", "pyproject.toml"] {
            assert!(is_dependency_file(path), "{path}");
        }
        for path in ["README.txt", "a/pychain.toml", "requirements.py", "robots.txt", "cargo.lock"] {
            assert!(!is_dependency_file(path), "{path}");
        }
        let script = b"#!/usr/bin/env python\n# /// script\n# dependencies = [\"flask\"]\n# ///\n";
        assert!(may_be_dependency_file("tools/report.py") && !may_be_dependency_file("README.txt"));
        assert!(is_dependency_file_with("tools/report.py", script) && !is_dependency_file_with("a.py", b"import os\n"));
        assert!(is_distribution("a-1.0-py3-none-any.whl") && !is_distribution("requirements.txt"));
    }
}
