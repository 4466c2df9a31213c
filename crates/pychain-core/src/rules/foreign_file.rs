//! `foreign-file`: a locked file whose name says that it belongs to another project or version.

use crate::audit::{Context, Findings};
use crate::format::filename;
use crate::model::{FileKind, LockedPackage};
use crate::name::normalize;
use crate::prose::code;
use crate::requirement::typed::{self, Version};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for wheels and source distributions in lock files whose name tells another project or another version than the entry they stand in.
    ///
    /// ## Why it matters
    ///
    /// The reviewer reads the name and the version at the top of the entry; what is installed is the file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "requests"
    /// version = "2.32.3"
    /// files = [
    ///     {file = "requests_oauth-2.32.3-py3-none-any.whl", hash = "sha256:48ee"},
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock the package again.
    ///
    /// ```requirements,good
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "requests"
    /// version = "2.32.3"
    /// files = [
    ///     {file = "requests-2.32.3-py3-none-any.whl", hash = "sha256:48ee"},
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When an old or private release has files that are named otherwise than its project; the public index has refused such names for years.
    /// A wheel with a local version (`1.0+cpu`) is taken for one of the version without it.
    ///
    /// ## References
    ///
    /// - Python packaging: [Binary distribution format, file name convention](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention)
    "foreign-file": "file of another project or version",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for locked in context.project.locked().filter(|locked| locked.package.is_fetched()) {
        let package = locked.package;
        for file in &package.files {
            let Some(name) = file.file_name() else { continue };
            let verdict = judge(&name, file.kind(), package);
            let Some(what) = verdict else { continue };
            let message = format!(
                "{} is a file of another {what} than {} {}",
                code(&name),
                code(package.name.as_written()),
                package.version()
            );
            let finding = findings
                .finding(locked.at(file.place()), package.subject(), message)
                .help("Do not install from this lock file; lock the package again")
                .identified_by(name);
            findings.push(finding);
        }
    }
}

/// What a file's name tells another one of than the entry does: `project` or `version`.
pub(super) fn judge(name: &str, kind: FileKind, package: &LockedPackage) -> Option<&'static str> {
    let version = typed::version(package.version());
    match kind {
        FileKind::Wheel => judge_wheel(name, package.name.normalized(), version.as_ref()),
        FileKind::Sdist => judge_sdist(name, package.name.normalized(), version.as_ref()),
        FileKind::Other | FileKind::Unknown => None,
    }
}

fn judge_wheel(name: &str, project: &str, version: Option<&Version>) -> Option<&'static str> {
    let (of, its) = filename::wheel(name).ok()?;
    if of != project {
        return Some("project");
    }
    (!version.is_none_or(|version| is_same(version, &its))).then_some("version")
}

/// Source distributions have been named freely: only what reads as another one in every way is judged.
fn judge_sdist(name: &str, project: &str, version: Option<&Version>) -> Option<&'static str> {
    let stem =
        [".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar.Z"].iter().find_map(|end| name.strip_suffix(end))?;
    let splits = stem.match_indices('-').filter_map(|(at, _)| Some((stem.get(..at)?, stem.get(at + 1..)?)));
    let mut of_project = splits.filter(|(before, _)| normalize(before) == project).peekable();
    if of_project.peek().is_none() {
        // Without a version at its end it is no name of a distribution at all.
        let has_version = stem.rsplit_once('-').is_some_and(|(_, version)| typed::version(version).is_some());
        return has_version.then_some("project");
    }
    let version = version?;
    let mut versions = of_project.map(|(_, its)| typed::version(its));
    versions.all(|its| its.is_some_and(|its| !is_same(version, &its))).then_some("version")
}

fn is_same(version: &Version, its: &Version) -> bool {
    version == its || (!version.is_local() && *version == its.clone().without_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_kindly_as_they_can_be() {
        let version = typed::version("1.0");
        for (name, expected) in [
            ("a_b-1.0-py3-none-any.whl", None),
            ("A.B-1.0.0-1-py3-none-any.whl", None),
            ("a_b-1.0+cpu-py3-none-any.whl", None),
            ("a_b-1.1-py3-none-any.whl", Some("version")),
            ("a-1.0-py3-none-any.whl", Some("project")),
            ("a_b-py3.whl", None),
            ("a-b-1.0.tar.gz", None),
            ("a-b-1.0-final.tar.gz", None),
            ("a-b-2.0.tar.gz", Some("version")),
            ("c-1.0.zip", Some("project")),
            ("main.zip", None),
        ] {
            let judge = if name.ends_with(".whl") { judge_wheel } else { judge_sdist };
            assert_eq!(judge(name, "a-b", version.as_ref()), expected, "{name}");
        }
    }
}
