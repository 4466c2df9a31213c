//! `lost-wheels`: a locked version could be installed from wheels, and now has to be built.

use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::model::FileKind;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files whose wheels the change takes away, so that only the source distribution is left.
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

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (before, after) in context.locked.iter().filter_map(LockedPair::same_version) {
        let (old, new) = (before.package, after.package);
        let wheels = old.files.iter().filter(|file| file.kind() == FileKind::Wheel).count();
        if wheels == 0 || !new.is_sdist_only() || !new.is_fetched() {
            continue;
        }
        let sdist = new.files.iter().find(|file| file.kind() == FileKind::Sdist);
        let gone = if wheels == 1 { "its wheel".to_owned() } else { format!("its {wheels} wheels") };
        let message = format!(
            "{} loses {gone} at the same version, so that installing it runs its build",
            code(new.name.as_written())
        );
        let finding = findings
            .finding(after.at(sdist.map_or(new.place(), crate::model::LockedFile::place)), new.subject(), message)
            .help("Put the wheels back, or say in the change why the package has to be built");
        findings.push(finding);
    }
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
}
