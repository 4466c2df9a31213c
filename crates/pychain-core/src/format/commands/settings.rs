//! Settings of installers by their names in variables and in pip's configuration.

use std::ops::Range;

use super::super::shell::Word;
use crate::model::{InstallOption, Tool, Word as Value};
use crate::text::Span;

/// A setting that means the same as an option.
#[derive(Debug)]
pub(in crate::format) struct Setting {
    pub(in crate::format) option: InstallOption,
    /// Where it stands.
    pub(in crate::format) span: Span,
    pub(in crate::format) value: Value,
}

/// What the values of a setting look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    One,
    /// Several, with white space between.
    Many,
    /// Several, with white space between, each of them `name=URL` or a URL.
    Named,
    /// Yes or no.
    Flag,
}

/// Settings of pip by the names in its configuration: `PIP_` and the name in upper case is the variable.
const PIP: [(&str, InstallOption, Shape); 11] = [
    ("index-url", InstallOption::IndexUrl, Shape::One),
    ("pypi-url", InstallOption::IndexUrl, Shape::One),
    ("extra-index-url", InstallOption::ExtraIndexUrl, Shape::Many),
    ("no-index", InstallOption::NoIndex, Shape::Flag),
    ("find-links", InstallOption::FindLinks, Shape::Many),
    ("trusted-host", InstallOption::TrustedHost, Shape::Many),
    ("require-hashes", InstallOption::RequireHashes, Shape::Flag),
    ("no-require-hashes", InstallOption::NoRequireHashes, Shape::Flag),
    ("only-binary", InstallOption::OnlyBinary, Shape::One),
    ("pre", InstallOption::Pre, Shape::Flag),
    ("uploaded-prior-to", InstallOption::ExcludeNewer, Shape::One),
];

/// Variables of other tools.
const VARIABLES: [(&str, Tool, InstallOption, Shape); 17] = [
    ("PDM_FROZEN_LOCKFILE", Tool::Pdm, InstallOption::Locked, Shape::Flag),
    ("PDM_PYPI_URL", Tool::Pdm, InstallOption::IndexUrl, Shape::One),
    ("PIPENV_PYPI_MIRROR", Tool::Pipenv, InstallOption::IndexUrl, Shape::One),
    ("UV_DEFAULT_INDEX", Tool::Uv, InstallOption::IndexUrl, Shape::Named),
    ("UV_EXCLUDE_NEWER", Tool::Uv, InstallOption::ExcludeNewer, Shape::One),
    ("UV_EXTRA_INDEX_URL", Tool::Uv, InstallOption::ExtraIndexUrl, Shape::Many),
    ("UV_FIND_LINKS", Tool::Uv, InstallOption::FindLinks, Shape::Many),
    ("UV_FROZEN", Tool::Uv, InstallOption::Locked, Shape::Flag),
    ("UV_INDEX", Tool::Uv, InstallOption::ExtraIndexUrl, Shape::Named),
    ("UV_INDEX_STRATEGY", Tool::Uv, InstallOption::IndexStrategy, Shape::One),
    ("UV_INDEX_URL", Tool::Uv, InstallOption::IndexUrl, Shape::One),
    ("UV_INSECURE_HOST", Tool::Uv, InstallOption::TrustedHost, Shape::Many),
    ("UV_LOCKED", Tool::Uv, InstallOption::Locked, Shape::Flag),
    ("UV_NO_INDEX", Tool::Uv, InstallOption::NoIndex, Shape::Flag),
    ("UV_NO_VERIFY_HASHES", Tool::Uv, InstallOption::NoVerifyHashes, Shape::Flag),
    ("UV_PRERELEASE", Tool::Uv, InstallOption::Pre, Shape::Flag),
    ("UV_REQUIRE_HASHES", Tool::Uv, InstallOption::RequireHashes, Shape::Flag),
];

/// What a variable of the environment sets, and of which tool.
pub(super) fn of_variable(name: &str, value: &Word) -> Option<(Tool, Vec<Setting>)> {
    // What is handed through from somewhere else may well be nothing.
    if value.expands && !value.value().contains("://") {
        return None;
    }
    if let Some(key) = name.strip_prefix("PIP_") {
        return Some((Tool::Pip, pip_setting(key, value)));
    }
    let (_, tool, option, shape) = VARIABLES.iter().find(|(known, ..)| *known == name)?;
    Some((*tool, settings(*option, *shape, value)))
}

/// What a name of pip's configuration sets: `extra-index-url`, `EXTRA_INDEX_URL`, `--extra-index-url`.
pub(in crate::format) fn pip_setting(key: &str, value: &Word) -> Vec<Setting> {
    let key = key.to_ascii_lowercase().replace('_', "-");
    let key = key.trim_start_matches('-');
    let known = PIP.iter().find(|(known, ..)| *known == key);
    known.map(|(_, option, shape)| settings(*option, *shape, value)).unwrap_or_default()
}

fn settings(option: InstallOption, shape: Shape, value: &Word) -> Vec<Setting> {
    match shape {
        Shape::One if value.value().trim().is_empty() => Vec::new(),
        Shape::One => vec![setting(option, value)],
        Shape::Flag if is_true(value.value()) => {
            vec![Setting { option, span: value.span, value: Value { value: String::new(), span: value.span } }]
        }
        Shape::Flag => Vec::new(),
        Shape::Many | Shape::Named => {
            let parts = split_words(value.value()).into_iter().map(|range| value.part(range));
            parts.map(|part| setting(option, &if shape == Shape::Named { without_name(&part) } else { part })).collect()
        }
    }
}

fn setting(option: InstallOption, value: &Word) -> Setting {
    let span = value.text.span(0..value.value().len());
    Setting { option, span, value: Value { value: value.value().to_owned(), span } }
}

/// The URL of uv's `name=URL`.
pub(super) fn without_name(value: &Word) -> Word {
    let text = value.value();
    match text.split_once('=') {
        Some((name, url)) if !name.contains([':', '/', '$', '{']) => value.part(text.len() - url.len()..text.len()),
        _ => value.clone(),
    }
}

/// pip's `strtobool`, and what uv takes for pre-releases; what nobody can tell is no.
fn is_true(value: &str) -> bool {
    ["y", "yes", "t", "true", "on", "1", "allow"].contains(&value.trim().to_ascii_lowercase().as_str())
}

/// The words of a value, split at white space that is outside of templates.
pub(in crate::format) fn split_words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let (mut start, mut depth, mut last) = (None, 0usize, ' ');
    for (at, c) in text.char_indices() {
        match (last, c) {
            ('{', '{') => depth += 1,
            ('}', '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        last = c;
        if c.is_whitespace() && depth == 0 {
            words.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}
