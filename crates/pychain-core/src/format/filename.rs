//! Names of wheels and source distributions: which project and version they claim to be.

use crate::name::normalize;
use crate::requirement::typed::{self, Version};

/// Project (normalized) and version of a wheel, by its file name, or why it is none.
pub fn wheel(name: &str) -> Result<(String, Version), &'static str> {
    let (project, version) = super::requirements_txt::wheel::parse(name)?;
    typed::version(&version).map(|version| (project, version)).ok_or("its second part is no version")
}

/// Project (normalized) and version of a source distribution named as packaging demands it
/// (`parse_sdist_filename`), or why it is none.
pub fn sdist(name: &str) -> Result<(String, Version), &'static str> {
    let stem = name.strip_suffix(".tar.gz").or_else(|| name.strip_suffix(".zip"));
    let stem = stem.ok_or("it ends neither in `.tar.gz` nor in `.zip`")?;
    let (project, version) = stem.rsplit_once('-').ok_or("no `-` parts the name from the version")?;
    let version = typed::version(version.trim()).ok_or("what follows the last `-` is no version")?;
    Ok((normalize(project), version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_name_their_project_and_version() {
        let of = |parsed: Result<(String, Version), _>| parsed.map(|(name, version)| format!("{name} {version}")).ok();
        assert_eq!(of(wheel("Foo_Bar-1.0-py3-none-any.whl")).as_deref(), Some("foo-bar 1.0"));
        assert_eq!(of(sdist("Foo.Bar-1.0.post1.tar.gz")).as_deref(), Some("foo-bar 1.0.post1"));
        assert_eq!(of(sdist("foo-1.0.tar.bz2")), None);
        assert_eq!(of(sdist("foo-x.zip")), None);
    }
}
