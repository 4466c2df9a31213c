//! `changed-source`: a locked package comes from another index, repository or place than before.

use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::model::{LockFormat, SourceKind};
use crate::order::Map;
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Locked;
use crate::url::{DEFAULT_INDEX, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files that a change lets come from another index, repository or archive.
    /// All packages of a file that move from one place to another are one finding.
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

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut moves: Map<(FileId, String, String), Vec<Locked<'_>>> = Map::new();
    for (before, after) in context.locked.iter().filter_map(LockedPair::both) {
        let (Some(old), Some(new)) = (place(&before), place(&after)) else { continue };
        if old != new {
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
        let message = format!("{who} from {} instead of {}", code(&new), code(&old));
        let span = first.package.source.url.as_ref().map_or(first.package.name_span, |url| url.span);
        let finding = findings
            .finding(first.at(span), first.package.subject(), message)
            .help("Make sure that the packages are meant to come from there")
            .evidence("packages", super::support::list(packages.iter().map(|locked| locked.package.name.normalized())))
            .identified_by(format!("{old} {new}"));
        findings.push(finding);
    }
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
        // The index that is configured elsewhere: most often one that other generations of the format name.
        SourceKind::Default | SourceKind::Other(_) => None,
        SourceKind::Vcs(system) => {
            let url = url?;
            // The revision that was asked for is no place.
            let repository = url.split(['?', '#']).next().unwrap_or(&url).trim_end_matches(".git");
            Some(format!("{system}+{repository}"))
        }
        SourceKind::Url => super::lock_files::host(&url?),
        SourceKind::File | SourceKind::Directory | SourceKind::Editable | SourceKind::Virtual => {
            Some("a local path".to_owned())
        }
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
    fn poetry_takes_from_the_public_index_what_names_none() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\nversion = \"1\"\n{source}");
        let own = lock("[package.source]\ntype = \"legacy\"\nurl = \"https://e.org/simple\"\nreference = \"own\"\n");
        let marked = lock("")
            .replace("\"a\"\n", "\"a\"\n        ^ changed-source: comes from `https://pypi.org/simple` instead\n");
        check("changed-source", &format!("==> base/poetry.lock <==\n{own}==> poetry.lock <==\n{marked}"));
        check("changed-source", &format!("==> base/pdm.lock <==\n{}==> pdm.lock <==\n{}", lock(""), lock("")));
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
