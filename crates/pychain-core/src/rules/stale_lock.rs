//! `stale-lock`: the lock file was made for another manifest than the one beside it.

use crate::audit::{Context, Findings};
use crate::finding::{Finding, Location, Subject};
use crate::model::{Document, Lock, LockFormat, Word};
use crate::prose::code;
use crate::rules::lock_files::{is_made_for, manifest_beside};
use crate::tree::Project;

mod uv;

crate::declare_rule! {
    /// ## What it does
    ///
    /// `poetry.lock`, `pdm.lock` and `Pipfile.lock` hold a hash of what their manifest asked for when they were made.
    /// The rule makes that hash of the manifest in the same directory, as the tools of every generation did, and compares.
    /// In a change it also tells where that hash is taken out.
    ///
    /// `uv.lock` holds what the `pyproject.toml` of each project of one's own asked for, and the rule compares that:
    /// which projects are asked for, by the project itself, for an extra or in a group, in which versions and with which extras, and what constraints and overrides limit.
    ///
    /// ## Why it matters
    ///
    /// What is installed is not what the manifest asks for: a new requirement is missing, or one that was taken out is still there.
    /// Poetry refuses to install then, and so do `pipenv install --deploy` and `uv sync --locked`; `pdm lock --check` fails; other commands lock anew, or install the old versions.
    /// Without the hash these commands do the same, and nobody can tell whether the file was made for its manifest.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> pyproject.toml <==
    /// [tool.poetry.dependencies]
    /// click = "^8.1"
    /// ==> poetry.lock <==
    /// [metadata]
    /// lock-version = "2.1"
    /// content-hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    /// ```
    ///
    /// ```requirements,bad
    /// ==> pyproject.toml <==
    /// [project]
    /// name = "webshop"
    /// dependencies = ["click>=8.1"]
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    ///
    /// [[package]]
    /// name = "webshop"
    /// source = { virtual = "." }
    ///
    /// [package.metadata]
    /// requires-dist = [{ name = "click", specifier = ">=7" }]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock again, with `uv lock`, `poetry lock`, `pdm lock` or `pipenv lock`.
    ///
    /// ```requirements,good
    /// ==> pyproject.toml <==
    /// [tool.poetry.dependencies]
    /// click = "^8.1"
    /// ==> poetry.lock <==
    /// [metadata]
    /// lock-version = "2.1"
    /// content-hash = "aebd9c6d5542a257a112d1ce9b7c185a92720e1c74ce819fcbda9e00d353e5e6"
    /// ```
    ///
    /// ```requirements,good
    /// ==> pyproject.toml <==
    /// [project]
    /// name = "webshop"
    /// dependencies = ["click>=8.1"]
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    ///
    /// [[package]]
    /// name = "webshop"
    /// source = { virtual = "." }
    ///
    /// [package.metadata]
    /// requires-dist = [{ name = "click", specifier = ">=8.1" }]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a tool hashes the manifest in a way that is not known here.
    /// PDM hashes the members of a workspace too, which is not made again here.
    ///
    /// Of `uv.lock` it keeps silent where it cannot be sure, so that `uv lock --check` may fail where nothing is said here:
    /// about markers, sources, the versions of what has a source, empty groups, what is asked for several times in one list, `requires-python` and the project's own version;
    /// where `dynamic` leaves the dependencies to the build; about manifests that are not among the files; and about all but the project's own dependencies where the file has no `revision`, as before 2025.
    ///
    /// ## References
    ///
    /// - Poetry: [`check --lock`](https://python-poetry.org/docs/cli/#check)
    /// - PDM: [Lock file](https://pdm-project.org/latest/usage/lockfile/)
    /// - Pipenv: [`verify`](https://pipenv.pypa.io/en/latest/commands.html)
    /// - uv: [Locking and syncing](https://docs.astral.sh/uv/concepts/projects/sync/)
    "stale-lock": "lock file that was made for another manifest",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (document, lock) in context.project.locks() {
        let finding = match lock.format {
            LockFormat::Uv => by_what_was_asked(context.project, document, lock, findings),
            _ => by_hash(context, document, lock, findings),
        };
        if let Some(finding) = finding {
            findings.push(finding);
        }
    }
}

fn by_hash(context: &Context<'_>, document: &Document, lock: &Lock, findings: &Findings<'_>) -> Option<Finding> {
    let project = context.project;
    let help = match lock.format {
        LockFormat::Poetry => "Lock again: `poetry lock`",
        LockFormat::Pdm => "Lock again: `pdm lock`",
        _ => "Lock again: `pipenv lock`",
    };
    let (span, message) = match given_hash(lock) {
        None if lock.errors.is_empty() && given_hash(before(context, document, lock)?).is_some() => {
            let empty = lock.content_hash.as_ref().map(|hash| hash.span);
            let span = empty.or(lock.metadata).unwrap_or_else(|| document.source.line_span(1));
            let message = "the change takes out which manifest this lock file was made for".to_owned();
            (span, message)
        }
        None => return None,
        Some(hash) => {
            let manifest = manifest_beside(project, document, lock.format)?;
            if is_made_for(project, lock, manifest) != Some(false) {
                return None;
            }
            let name = code(project.file(manifest.file).path());
            let message =
                format!("this lock file was made for another {name}: what is installed is not what that asks for");
            (hash.span, message)
        }
    };
    let location = Location { file: document.file, span };
    Some(findings.finding(location, subject(project, document), message).help(help))
}

fn given_hash(lock: &Lock) -> Option<&Word> {
    lock.content_hash.as_ref().filter(|hash| !hash.value.is_empty())
}

/// The lock file as it was before the change.
fn before<'a>(context: &Context<'a>, document: &Document, lock: &Lock) -> Option<&'a Lock> {
    let base = context.base?;
    let path = context.renames.base_path(context.project.file(document.file).path());
    let before = base.document(base.find(path)?)?.lock.as_deref();
    before.filter(|before| before.format == lock.format)
}

fn by_what_was_asked(project: &Project, document: &Document, lock: &Lock, findings: &Findings<'_>) -> Option<Finding> {
    let differences = uv::differences(project, document, lock);
    let first = differences.first()?;
    let more = match differences.len() - 1 {
        0 => String::new(),
        1 => "; 1 more differs".to_owned(),
        more => format!("; {more} more differ"),
    };
    let manifest = code(project.file(first.manifest.file).path());
    let message = format!("this lock file was made for another {manifest}, which {}{more}", first.message);
    // A change that makes the two differ in more is told, also where they differed before.
    let key: Vec<&str> = differences.iter().map(|difference| difference.message.as_str()).collect();
    let finding = findings
        .finding(first.location, subject(project, document), message)
        .identified_by(key.join("; "))
        .help("Lock again: `uv lock`");
    Some(match first.asked {
        Some(asked) => finding.related(asked, "what is asked for"),
        None => finding,
    })
}

fn subject(project: &Project, document: &Document) -> Subject {
    Subject::File(project.file(document.file).path().to_owned())
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_pipfile_that_was_changed_is_seen() {
        // Made with Pipenv's own `Pipfile.get_hash`.
        let hash = "0966391ec1b797b482f41741cbd9cb46d1c437aa7732fb1a10c3f61e1f2d7f93";
        let manifest = "==> Pipfile <==\n[[source]]\nname = \"pypi\"\nurl = \"https://pypi.org/simple\"\nverify_ssl = true\n[packages]\nclick = \"*\"\n[docs]\nidna = \"\u{e9}\"\n";
        let lock = format!("==> Pipfile.lock <==\n{{\"_meta\": {{\"hash\": {{\n\"sha256\": \"{hash}\"\n}}}}}}\n");
        check("stale-lock", &format!("{manifest}{lock}"));
        let marked = lock
            .replace("\n}}", &format!("\n           {} stale-lock: made for another `Pipfile`\n}}}}", "^".repeat(64)));
        check("stale-lock", &format!("{}{marked}", manifest.replace("\"*\"", "\"<9\"")));
    }

    #[test]
    fn every_generation_of_poetry_is_believed() {
        let manifest = "==> pyproject.toml <==\n[project]\ndependencies = [\"click\"]\n[dependency-groups]\ndev = [\"idna\"]\n[tool.poetry.group.dev]\noptional = true\n";
        // Made with Poetry 2.5's own `Locker._get_content_hash`, with the groups and without them.
        for hash in [
            "cd0522a0c6f4a343eee562541bce999bbd33d399569b38c8132ae0cac585222e",
            "6052b81705a3c5961d42f3d95b00b7c213ab13b32b91fbbd389cc7df612393d3",
        ] {
            check("stale-lock", &format!("{manifest}==> poetry.lock <==\n[metadata]\ncontent-hash = \"{hash}\"\n"));
        }
    }

    #[test]
    fn every_generation_of_pdm_is_believed() {
        let manifest = "==> pyproject.toml <==\n[project]\nname = \"x\"\ndependencies = [\"click>=8\", \"idna\"]\nrequires-python = \">=3.9\"\n\
                        [project.optional-dependencies]\nextra = [\"six\"]\n[dependency-groups]\nDev_x = [\"pytest\", {include-group = \"docs\"}]\n\
                        docs = [\"sphinx\"]\n[tool.pdm.dev-dependencies]\nold = [\"tox\"]\n[[tool.pdm.source]]\nname = \"pypi\"\n\
                        url = \"https://pypi.org/simple\"\nverify_ssl = true\n[tool.pdm.resolution]\nallow-prereleases = true\n\
                        [tool.pdm.resolution.overrides]\nidna = \"3.10\"\n";
        let lock = |hash: &str| format!("==> pdm.lock <==\n[metadata]\ncontent_hash = \"sha256:{hash}\"\n");
        // Made with the `PyProject.content_hash` of PDM 2.29 and of PDM 2.4.
        for hash in [
            "b8df35d70ac46e3961a47acf61c4c3d8aebefd75d810a9d73bd888f9b8d15b9c",
            "28dc3c564aad7365e615e849cfaec45859521aa48252464efaa22360dfdb9da2",
        ] {
            check("stale-lock", &format!("{manifest}{}", lock(hash)));
            let marked = format!(
                "{}                {} stale-lock: made for another `pyproject.toml`\n",
                lock(hash),
                "^".repeat(71)
            );
            check("stale-lock", &format!("{}{marked}", manifest.replace("click>=8", "click>=7")));
            // What a build makes up, and the members of a workspace, are not in the manifest.
            for more in ["dynamic = [\"dependencies\"]\n[project.optional", "[tool.pdm.workspace]\n[project.optional"] {
                check("stale-lock", &format!("{}{}", manifest.replace("[project.optional", more), lock(hash)));
            }
        }
    }

    #[test]
    fn a_hash_that_is_taken_out_is_missed() {
        for (path, key) in [("poetry.lock", "content-hash"), ("pdm.lock", "content_hash")] {
            let base = format!("==> base/{path} <==\n[metadata]\n{key} = \"aa\"\n==> {path} <==\n");
            let mark = " stale-lock: takes out which manifest this lock file was made for\n";
            check("stale-lock", &format!("{base}[metadata]\n ^^^^^^^^{mark}x = 1\n"));
            check("stale-lock", &format!("{base}x = 1\n^^^^^{mark}"));
            // What was not there before is not taken out, and a file that cannot be read has lost more than that.
            check("stale-lock", &format!("==> base/{path} <==\n[metadata]\n==> {path} <==\n[metadata]\n"));
            check("stale-lock", &format!("{base}[metadata\n"));
        }
        let base = "==> base/Pipfile.lock <==\n{\"_meta\": {\"hash\": {\"sha256\": \"aa\"}}}\n==> Pipfile.lock <==\n";
        check("stale-lock", &format!("{base}{{\"_meta\": {{}}}}\n  ^^^^^ stale-lock: takes out\n"));
    }

    #[test]
    fn what_has_no_hash_and_what_cannot_be_read_are_left_alone() {
        for (manifest, hash) in [("[tool.poetry.dependencies]\na = \"1\"\n", ""), ("[", "content-hash = \"aa\"\n")] {
            check("stale-lock", &format!("==> pyproject.toml <==\n{manifest}==> poetry.lock <==\n[metadata]\n{hash}"));
        }
        check(
            "stale-lock",
            "==> a/pyproject.toml <==\n[tool.poetry]\n==> poetry.lock <==\n[metadata]\ncontent-hash = \"aa\"\n",
        );
    }
}
