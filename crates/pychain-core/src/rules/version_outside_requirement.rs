//! `version-outside-requirement`: a locked version that the manifest beside the lock file does not accept.

use crate::audit::{Context, Findings};
use crate::model::{Document, LockFormat, Purpose, Section, SourceKind, Tool};
use crate::order::Map;
use crate::prose::code;
use crate::requirement::typed::{self, VersionSpecifiers};
use crate::rules::lock_files::manifest_beside;
use crate::tree::{Entry, Locked, Project};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Compares each version in a lock file with what the manifest in the same directory asks for: `pyproject.toml`, or `Pipfile`.
    /// It reports a version that every requirement of the project excludes.
    ///
    /// ## Why it matters
    ///
    /// No tool writes such a lock file.
    /// Either the manifest was changed and the lock file was not, or somebody edited the lock file by hand.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> pyproject.toml <==
    /// [tool.poetry.dependencies]
    /// click = "^8.1"
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "7.0"
    /// files = [{file = "click-7.0-py2.py3-none-any.whl", hash = "sha256:2335065e6395b9e67ca716de5f7526736bfa6ceead690adf616d925bdc622b13"}]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock the project again with its tool.
    ///
    /// ```requirements,good
    /// ==> pyproject.toml <==
    /// [tool.poetry.dependencies]
    /// click = "^8.1"
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [{file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"}]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// It keeps silent where a lock file may hold several versions for good reasons: where a requirement has a marker, where the manifest overrides what it asks for, where several projects are locked together, and about pre-releases and local versions.
    ///
    /// ## References
    ///
    /// - Python packaging: [Version specifiers](https://packaging.python.org/en/latest/specifications/version-specifiers/)
    "version-outside-requirement": "locked version that the manifest excludes",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for (document, lock) in project.locks() {
        let several = lock.packages.iter().filter(|package| package.is_own()).count() > 1;
        let Some(asked) = asked_beside(project, document, lock.format).filter(|_| !several) else {
            continue;
        };
        for package in &lock.packages {
            let locked = Locked { document, lock, package };
            let Some(requirements) = asked.get(package.name.normalized()) else { continue };
            let Some(entry) = excluding(&locked, requirements) else { continue };
            let written = project.text(entry.at(entry.requirement.specifiers_span));
            let (name, version) = (package.name.as_written(), package.version());
            let path = project.file(entry.document.file).path();
            let message =
                format!("{} is locked at {}, and {} asks for {}", code(name), code(version), code(path), code(written));
            let finding = findings
                .finding(locked.at(package.place()), package.subject(), message)
                .help("Find out who changed which of the two, and lock the project again with its tool")
                .related(entry.location(), "what is asked for");
            findings.push(finding.identified_by(version));
        }
    }
}

/// What the manifest beside a lock file asks for, by project; of a project that is overridden, or asked for only
/// in some environments, nothing is known.
fn asked_beside<'a>(
    project: &'a Project,
    document: &Document,
    format: LockFormat,
) -> Option<Map<&'a str, Vec<Entry<'a>>>> {
    let document = manifest_beside(project, document, format)?;
    let mut asked: Map<&str, Vec<Entry<'_>>> = Map::new();
    let mut unknown = Vec::new();
    for entry in project.requirements_of(document) {
        let Some(name) = entry.requirement.name.as_ref().map(crate::name::ProjectName::normalized) else { continue };
        if entry.requirement.marker.is_some() || entry.is_in(|section| section.purpose == Purpose::Constraints) {
            unknown.push(name);
        }
        if entry.is_in(|section| binds(section, format)) {
            asked.entry(name).or_default().push(entry);
        }
    }
    asked.retain(|name, _| !unknown.contains(name));
    Some(asked)
}

/// Whether what a section asks for holds for all that its tool locks.
fn binds(section: &Section, format: LockFormat) -> bool {
    match format {
        // Environments and extras may be locked apart; what the project itself needs is in all of them.
        LockFormat::Uv => matches!(section.tool, Tool::Uv | Tool::Pip) && section.purpose == Purpose::Dependencies,
        LockFormat::Pdm => matches!(section.tool, Tool::Pdm | Tool::Pip) && section.purpose == Purpose::Dependencies,
        LockFormat::Poetry => {
            section.tool == Tool::Poetry && matches!(section.purpose, Purpose::Dependencies | Purpose::Group)
        }
        LockFormat::Pipfile => section.tool == Tool::Pipenv,
        LockFormat::Pylock => false,
    }
}

/// The first of the requirements, where all of them exclude the locked version.
fn excluding<'a>(locked: &Locked<'_>, requirements: &[Entry<'a>]) -> Option<Entry<'a>> {
    let package = locked.package;
    if !matches!(package.source.kind, SourceKind::Index | SourceKind::Default) {
        return None;
    }
    let version = typed::version(package.version())?;
    if version.any_prerelease() || version.is_local() {
        return None;
    }
    let of_category: Vec<&Entry<'a>> =
        requirements.iter().filter(|entry| is_of_category(locked, entry.section())).collect();
    let excludes = |entry: &&Entry<'a>| versions(entry).is_some_and(|versions| !versions.contains(&version));
    of_category.first().filter(|_| of_category.iter().all(excludes)).map(|entry| **entry)
}

/// Pipenv locks each category by itself.
fn is_of_category(locked: &Locked<'_>, section: Option<&Section>) -> bool {
    if locked.lock.format != LockFormat::Pipfile {
        return true;
    }
    let category = match section.and_then(|section| section.label.as_deref()) {
        Some("packages") => "default",
        Some("dev-packages") => "develop",
        other => other.unwrap_or_default(),
    };
    locked.package.groups.iter().any(|group| group == category)
}

/// The versions that a requirement accepts, where it names any in a form that is understood.
fn versions(entry: &Entry<'_>) -> Option<VersionSpecifiers> {
    let specifiers = &*entry.requirement.specifiers;
    if specifiers.is_empty() { None } else { typed::specifiers(specifiers) }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[track_caller]
    fn of_poetry(asked: &str, locked: &str) {
        check(
            "version-outside-requirement",
            &format!(
                "==> pyproject.toml <==\n[tool.poetry.dependencies]\n{asked}\n==> poetry.lock <==\n[[package]]\nname = \"a\"\n{locked}files = []\n"
            ),
        );
    }

    #[test]
    fn a_version_that_no_requirement_accepts_is_found() {
        let found = "version = \"1.9\"\n           ^^^ version-outside-requirement: `a` is locked at `1.9`, and `pyproject.toml` asks for `^2.0`\n";
        of_poetry("a = \"^2.0\"", found);
        of_poetry("A = {version = \"^2.0\", extras = [\"x\"]}", found);
    }

    #[test]
    fn what_is_accepted_or_not_understood_is_left_alone() {
        for (asked, version) in [
            ("a = \"^2.0\"", "2.9"),
            ("a = \"*\"", "1"),
            ("a = \"^2 || ^3\"", "1"),
            ("a = \"^2.0\"", "3.0a1"),
            ("a = \"2.0\"", "2.0+cpu"),
            ("a = {version = \"^2\", markers = \"os_name == 'nt'\"}", "1"),
            ("a = [{version = \"^2\", python = \"<3.9\"}, {version = \"^1\", python = \">=3.9\"}]", "1"),
            ("b = \"^2\"", "1"),
        ] {
            of_poetry(asked, &format!("version = \"{version}\"\n"));
        }
    }

    #[test]
    fn uv_is_asked_about_the_project_and_its_overrides() {
        let lock = "==> uv.lock <==\nversion = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
        let marked = lock.replace("source", "           ^^^ version-outside-requirement\nsource");
        let manifest = |more: &str| format!("==> pyproject.toml <==\n[project]\ndependencies = [\"a>=2\"]\n{more}");
        check("version-outside-requirement", &(manifest("") + &marked));
        check("version-outside-requirement", &(manifest("[tool.uv]\noverride-dependencies = [\"a==1.0\"]\n") + lock));
        check(
            "version-outside-requirement",
            &(manifest("[dependency-groups]\ng = [\"a==1; os_name == 'nt'\"]\n") + lock),
        );
    }

    #[test]
    fn pipenv_locks_each_category_by_itself() {
        check(
            "version-outside-requirement",
            "==> Pipfile <==\n[packages]\na = \">=2\"\n[dev-packages]\nb = \"<1\"\n==> Pipfile.lock <==\n{\"_meta\": {}, \"default\": {\"b\": {\"version\": \"==2\"}},\n\"develop\": {\"a\": {\"version\": \"==1\"}}}\n",
        );
        check(
            "version-outside-requirement",
            "==> Pipfile <==\n[packages]\na = \">=2\"\n==> Pipfile.lock <==\n{\"_meta\": {}, \"default\":\n{\"a\": {\"version\": \"==1\"}}}\n                     ^ version-outside-requirement\n",
        );
    }
}
