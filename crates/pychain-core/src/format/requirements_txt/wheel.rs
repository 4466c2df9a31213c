//! Names of wheels, as far as pip reads them to learn project and version (`parse_wheel_filename`).

use crate::name::normalize;
use crate::requirement::{is_word, typed};

/// Project and version of a wheel by its file name, or why it is none.
pub(in crate::format) fn parse(filename: &str) -> Result<(String, String), &'static str> {
    let stem = filename.strip_suffix(".whl").ok_or("it does not end in `.whl`")?;
    let parts: Vec<&str> = stem.split('-').collect();
    let (name, version, build, tags) = match parts.as_slice() {
        [name, version, python, abi, platform] => (name, version, None, [python, abi, platform]),
        [name, version, build, python, abi, platform] => (name, version, Some(build), [python, abi, platform]),
        _ => return Err("it is not made of five or six parts between `-`"),
    };
    if name.contains("__") || name.is_empty() || !name.chars().all(|c| is_word(c) || c == '.') {
        return Err("its first part is no project name");
    }
    let version = typed::version(version.trim()).ok_or("its second part is no version")?;
    if build.is_some_and(|build| !build.starts_with(|c: char| c.is_ascii_digit())) {
        return Err("its build number does not begin with a digit");
    }
    if tags.iter().any(|tag| tag.split('.').any(str::is_empty)) {
        return Err("one of its tags is empty");
    }
    if tags.first().is_some_and(|tag| {
        tag.split('.').any(|tag| tag.starts_with(|c: char| c.is_numeric()) || !tag.chars().all(is_word))
    }) {
        return Err("its interpreter tag is no identifier");
    }
    Ok((normalize(name), version.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_name_their_project_and_version() {
        assert_eq!(parse("Foo_Bar-1.0.0-py3-none-any.whl"), Ok(("foo-bar".into(), "1.0.0".into())));
        assert_eq!(parse("foo-1.0+ABC-1x-cp311-cp311-linux_x86_64.whl"), Ok(("foo".into(), "1.0+abc".into())));
        for bad in [
            "foo-1.0.whl",
            "foo-x-py3-none-any.whl",
            "foo-1.0-x1-py3-none-any.whl",
            "foo__x-1.0-py3-none-any.whl",
            "foo-1-py3--any.whl",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
