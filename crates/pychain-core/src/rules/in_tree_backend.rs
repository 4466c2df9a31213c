//! `in-tree-backend`: code of the tree builds the project.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for a `backend-path` that a change brings: the build backend is then code of the tree itself.
    ///
    /// ## Why it matters
    ///
    /// Whoever builds or installs the project runs that code, with their rights, and so does a continuous integration that only meant to look at the change.
    /// In `setup.py` everybody expects such code; here it may be in any file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/pyproject.toml <==
    /// [build-system]
    /// requires = ["setuptools"]
    /// build-backend = "setuptools.build_meta"
    /// ==> pyproject.toml <==
    /// [build-system]
    /// requires = ["setuptools"]
    /// build-backend = "backend"
    /// backend-path = ["tools"]
    /// ```
    ///
    /// ## Use instead
    ///
    /// A backend that is released, with settings.
    ///
    /// ```requirements,good
    /// ==> base/pyproject.toml <==
    /// [build-system]
    /// requires = ["setuptools"]
    /// build-backend = "setuptools.build_meta"
    /// ==> pyproject.toml <==
    /// [build-system]
    /// requires = ["setuptools"]
    /// build-backend = "setuptools.build_meta:__legacy__"
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// In the project of a backend, which builds itself.
    ///
    /// ## References
    ///
    /// - PEP 517: [In-tree build backends](https://peps.python.org/pep-0517/#in-tree-build-backends)
    "in-tree-backend": "build backend that is code of the tree",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(base) = context.base else { return };
    for document in &context.project.documents {
        let Some(span) = document.backend_path else { continue };
        let path = document.source.path();
        let before = base.find(context.renames.base_path(path)).and_then(|file| base.document(file));
        // A project that is new is new as a whole.
        if before.is_none_or(|before| before.backend_path.is_some()) {
            continue;
        }
        let location = Location { file: document.file, span };
        let message = "the project is built by code of its own tree, which runs wherever it is installed";
        let finding = findings.finding(location, Subject::File(path.to_owned()), message);
        findings.push(finding.help("Read the backend as you would a `setup.py`"));
    }
}
