//! Real cases to try: each is something that has happened to people, cut down to what matters.

use crate::state::{Mode, Saved, SavedFile};

/// A case.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is called.
    pub title: &'static str,
    /// What it shows, in a few words.
    pub lesson: &'static str,
    /// Audit or compare.
    mode: Mode,
    /// Path and text of its files.
    head: &'static [(&'static str, &'static str)],
    /// The files before the change.
    base: &'static [(&'static str, &'static str)],
}

/// All of them, in the order of the menu.
pub static EXAMPLES: &[Example] = &[
    Example {
        title: "Dependency confusion",
        lesson: "an extra index, and a name that anybody may register",
        mode: Mode::Audit,
        head: &[
            ("requirements.txt", include_str!("examples/confusion.txt")),
            ("requirements/dev.txt", include_str!("examples/confusion-dev.txt")),
        ],
        base: &[],
    },
    Example {
        title: "Mixed hashes",
        lesson: "hashes for some, and an install that fails for all",
        mode: Mode::Audit,
        head: &[("requirements.txt", include_str!("examples/hashes.txt"))],
        base: &[],
    },
    Example {
        title: "Names that resemble others",
        lesson: "one letter away from what was meant",
        mode: Mode::Audit,
        head: &[("requirements.txt", include_str!("examples/names.txt"))],
        base: &[],
    },
    Example {
        title: "Tampered lock file",
        lesson: "an honest upgrade, and an exchange hidden beside it",
        mode: Mode::Compare,
        head: &[("uv.lock", include_str!("examples/tampered-head.lock"))],
        base: &[("uv.lock", include_str!("examples/tampered-base.lock"))],
    },
];

impl Example {
    /// Its files, as if they had been kept.
    pub fn saved(&self) -> Saved {
        let files = |files: &[(&str, &str)]| {
            let of = |(path, text): &(&str, &str)| SavedFile {
                path: (*path).to_owned(),
                kind: None,
                text: (*text).to_owned(),
            };
            files.iter().map(of).collect()
        };
        Saved { mode: self.mode, head: files(self.head), base: files(self.base) }
    }
}
