//! Which files of a repository are of interest.

use pychain_core::format::detect;

/// Whether a path, relative to the root, is that of a dependency file or of the configuration.
pub fn is_dependency_file(path: &str) -> bool {
    matches!(path, "pychain.toml" | "pyproject.toml") || detect::is_named(path)
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
        assert!(is_distribution("a-1.0-py3-none-any.whl") && !is_distribution("requirements.txt"));
    }
}
