//! `lost-wheels`: a locked version could be installed from wheels, and now has to be built.

use super::lock_files::{by_name, renamed, same_version};
use super::support::list;
use super::wheel_reach::Markers;
use crate::audit::{Context, Findings};
use crate::finding::{Confidence, Severity};
use crate::model::{Document, FileKind, LockedFile};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Locked;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files whose wheels the change takes away, so that only the source distribution is left.
    /// Where some wheels stay, severity and confidence are medium, and nothing is said where the change alters what the whole file
    /// is made for: the versions of Python, the environments, a date, the tool.
    ///
    /// ## Why it matters
    ///
    /// A wheel is unpacked; a source distribution is built, which runs code of the project and of whatever its build asks for.
    /// Files of a release do not go away by themselves.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    ///     {file = "click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"},
    /// ]
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"},
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Put the wheels back, or lock again.
    ///
    /// ```requirements,good
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    ///     {file = "click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"},
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project forbids wheels of that package, or asks for a Python that none of them fits: then its build code does run from now on.
    /// Wheels for machines on which no marker of the lock file asks for the package are left alone: newer versions of uv leave them out.
    ///
    /// ## References
    ///
    /// - Python packaging: [Package formats](https://packaging.python.org/en/latest/discussions/package-formats/)
    "lost-wheels": "wheels taken away so that a build is needed",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Put the wheels back, or say in the change why the package has to be built";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut made_for_the_same: Map<FileId, bool> = Map::new();
    let mut markers: Map<FileId, Markers<'_>> = Map::new();
    for (before, after) in same_version(context.locked) {
        let (old, new) = (before.package, after.package);
        let wheels = old.files.iter().filter(|file| file.kind() == FileKind::Wheel).count();
        let Some(sdist) = new.files.iter().find(|file| file.kind() == FileKind::Sdist) else { continue };
        if wheels == 0 || !new.is_fetched() {
            continue;
        }
        if !new.is_sdist_only() {
            let is_same = || is_made_for_the_same(before.document, after.document);
            if *made_for_the_same.entry(after.document.file).or_insert_with(is_same) {
                let markers = markers.entry(after.document.file).or_insert_with(|| Markers::of(after.lock));
                some(findings, before, after, sdist, markers);
            }
            continue;
        }
        let gone = if wheels == 1 { "its wheel".to_owned() } else { format!("its {wheels} wheels") };
        let message = format!(
            "{} loses {gone} at the same version, so that installing it runs its build",
            code(new.name.as_written())
        );
        findings.push(findings.finding(after.at(sdist.place()), new.subject(), message).help(HELP));
    }
}

/// Tells of wheels that go while others stay.
fn some(findings: &mut Findings<'_>, before: Locked<'_>, after: Locked<'_>, sdist: &LockedFile, markers: &Markers<'_>) {
    let (old, new) = (before.package, after.package);
    let kept = by_name(new);
    let renamed: Set<_> = renamed(old, new).into_iter().map(|(was, _, _)| was).collect();
    let is_gone = |name: &str| {
        !kept.contains_key(name) && !renamed.contains(name) && !markers.leave_out(new.name.normalized(), name)
    };
    let wheels = by_name(old).into_iter().filter(|(_, file)| file.kind() == FileKind::Wheel);
    let gone: Vec<_> = wheels.map(|(name, _)| name).filter(|name| is_gone(name)).collect();
    let (Some(first), name) = (gone.first(), code(new.name.as_written())) else { return };
    let what = match gone.len() {
        1 => format!("its wheel {}", code(first)),
        count => format!("{count} of its wheels"),
    };
    let message = format!("{name} loses {what} at the same version: where it fitted, the build is run instead");
    let finding = findings
        .finding(after.at(sdist.place()), new.subject(), message)
        .help(HELP)
        .evidence("wheels that are gone", list(gone.iter().map(AsRef::as_ref)))
        .at_most(Severity::Medium)
        .confidence(Confidence::Medium);
    findings.push(finding);
}

/// Whether nothing that decides for all packages which files are listed is altered: what stands before the first of them,
/// but the hash of the manifest. Old files of PDM do not tell the versions of Python that they were made for.
fn is_made_for_the_same(before: &Document, after: &Document) -> bool {
    let same = head(before).eq(head(after));
    let tells = |key: &str| head(after).any(|line| line.starts_with(key));
    same && (tells("requires_python") || !tells("lock_version"))
}

fn head(document: &Document) -> impl Iterator<Item = &str> {
    let lines = document.source.text().lines().take_while(|line| !line.starts_with("[[package"));
    lines.filter(|line| !line.starts_with("content_hash"))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn what_never_had_wheels_has_none_to_lose() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n";
        check("lost-wheels", &format!("==> base/pdm.lock <==\n{lock}==> pdm.lock <==\n{lock}"));
    }

    #[test]
    fn an_upgrade_may_come_without_wheels() {
        check(
            "lost-wheels",
            "==> base/pdm.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{file = \"a-1-py3-none-any.whl\", hash = \"sha256:aa\"}]\n\
             ==> pdm.lock <==\n[[package]]\nname = \"a\"\nversion = \"2\"\nfiles = [{file = \"a-2.zip\", hash = \"sha256:aa\"}]\n",
        );
    }

    #[test]
    fn a_wheel_for_where_the_project_is_never_asked_for_may_go() {
        let lock = |marker: &str, wheels: &str| {
            format!(
                "version = 1\nrequires-python = \">=3.12\"\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\nsdist = {{ url = \"https://e.org/a-1.tar.gz\", hash = \"sha256:cc\" }}\nwheels = [\n{wheels}]\n\
                 [[package]]\nname = \"b\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\ndependencies = [\n{{ name = \"a\", marker = \"{marker}\" }},\n]\n"
            )
        };
        let wheel = |machine: &str| {
            format!(
                "{{ url = \"https://e.org/a-1-cp312-cp312-manylinux_2_17_{machine}.whl\", hash = \"sha256:{machine}\" }},\n"
            )
        };
        let (all, fewer) = (wheel("x86_64") + &wheel("s390x"), wheel("x86_64"));
        let change = |marker: &str, head: &str| {
            check("lost-wheels", &format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{head}", lock(marker, &all)));
        };
        let marker = "platform_machine == 'x86_64'";
        change(marker, &lock(marker, &fewer));
        let marker = "platform_machine != 'x86'";
        let told = "cc\" }\n                 ^^^^^^^^^^^^^^^^^^^^^^^^ lost-wheels: `a` loses its wheel\n";
        change(marker, &lock(marker, &fewer).replace("cc\" }\n", told));
    }

    #[test]
    fn one_wheel_of_many_is_told_of_unless_the_file_is_made_for_something_else() {
        let lock = |python: &str, wheels: &str| {
            format!(
                "version = 1\nrequires-python = \">={python}\"\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\nsdist = {{ url = \"https://e.org/a-1.tar.gz\", hash = \"sha256:cc\" }}\nwheels = [\n{wheels}]\n"
            )
        };
        let wheel = |tag: &str| format!("{{ url = \"https://e.org/a-1-{tag}.whl\", hash = \"sha256:{tag}\" }},\n");
        let (old, new) = ("cp311-cp311-win32", "cp312-cp312-win32");
        let base = format!("==> base/uv.lock <==\n{}==> uv.lock <==\n", lock("3.11", &(wheel(old) + &wheel(new))));
        check("lost-wheels", &(base.clone() + &lock("3.12", &wheel(new))));
        let told = lock("3.11", &wheel(new)).replace(
            "cc\" }\n",
            "cc\" }\n                 ^^^^^^^^^^^^^^^^^^^^^^^^ lost-wheels: `a` loses its wheel `a-1-cp311-cp311-win32.whl` at the same version\n",
        );
        check("lost-wheels", &(base + &told));
    }
}
