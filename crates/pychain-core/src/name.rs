//! Names of projects and extras: as written, and normalized for comparison.

use std::fmt;

/// The name of a project: what somebody wrote, and what it is compared as.
#[derive(Debug, Clone)]
pub struct ProjectName {
    given: Box<str>,
    /// None where it is what was written, which is the common case.
    normalized: Option<Box<str>>,
}

/// The name of an extra.
pub type ExtraName = ProjectName;

impl ProjectName {
    /// Keeps `given` and normalizes it (`PyPA` "Names and normalization", packaging's `canonicalize_name`).
    pub fn new(given: &str) -> Self {
        let normalized = (!is_normalized(given)).then(|| normalize(given).into());
        Self { given: given.into(), normalized }
    }

    /// As it was written.
    pub fn as_written(&self) -> &str {
        &self.given
    }

    /// Lower case, each run of `-`, `_`, `.` one `-`.
    pub fn normalized(&self) -> &str {
        self.normalized.as_deref().unwrap_or(&self.given)
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

impl PartialEq for ProjectName {
    fn eq(&self, other: &Self) -> bool {
        self.normalized() == other.normalized()
    }
}

impl Eq for ProjectName {}

impl PartialOrd for ProjectName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ProjectName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.normalized().cmp(other.normalized())
    }
}

/// Lower case, each run of `-`, `_`, `.` one `-` (packaging's `canonicalize_name`).
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if !matches!(c, '-' | '_' | '.') {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

/// Whether [`normalize`] plainly leaves a name as it is; `false` where it takes a closer look to tell.
fn is_normalized(name: &str) -> bool {
    let mut before = b' ';
    name.bytes().all(|byte| {
        let run = byte == b'-' && before == b'-';
        before = byte;
        !run && matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalization_folds_case_and_runs_of_separators() {
        assert_eq!(normalize("Friendly-._.Bard"), "friendly-bard");
        assert_eq!(normalize("foo_"), "foo-");
        assert_eq!(ProjectName::new("Foo.Bar"), ProjectName::new("foo-bar"));
    }

    #[test]
    fn normalization_is_idempotent() {
        for name in ["A__b", "-x-", "Ünï.Code", "", "a--b", "a-b-1", "a.b"] {
            assert_eq!(normalize(&normalize(name)), normalize(name));
            assert_eq!(ProjectName::new(name).normalized(), normalize(name));
        }
    }
}
