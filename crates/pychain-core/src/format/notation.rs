//! Notations of Poetry and Pipenv: versions in the standard's terms, and sources in keys of their own.

use toml::de::DeTable;

use super::requirements_txt::{Paths, folder, join, to_url};
use crate::model::{LocalPath, Source, Word};
use crate::name::ExtraName;
use crate::order::Arrange as _;
use crate::requirement::{Specifier, parse_requirement, typed};
use crate::url::DirectUrl;

/// A version constraint of Poetry as the standard's specifiers: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`,
/// `1.2` is `==1.2`, `*` is none. Every specifier stands where the constraint does. None also for what has no
/// such form: alternatives (`||`), and what cannot be read.
pub(super) fn poetry(written: &Word) -> Vec<Specifier> {
    let text = written.value.trim();
    if text.contains('|') {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Commas or blanks separate; an operator may stand apart from its version.
    let mut parts: Vec<String> = Vec::new();
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        match parts.last_mut() {
            Some(last) if last.ends_with(['=', '<', '>', '~', '^', '!']) => last.push_str(part),
            _ => parts.push(part.to_owned()),
        }
    }
    for part in parts {
        let Some(one) = poetry_part(&part) else { return Vec::new() };
        found.extend(one);
    }
    placed(found, written)
}

fn poetry_part(part: &str) -> Option<Vec<(&'static str, String)>> {
    if matches!(part, "*" | "x" | "") {
        return Some(Vec::new());
    }
    if let Some(version) = part.strip_prefix('^') {
        let release = release(version)?;
        // The first part that is not zero is raised, or else the last.
        let at = release.iter().position(|part| *part != 0).unwrap_or(release.len().saturating_sub(1));
        return Some(vec![(">=", version.to_owned()), ("<", raised(&release, at))]);
    }
    if let Some(version) = part.strip_prefix('~').filter(|version| !version.starts_with('=')) {
        let release = release(version)?;
        let at = usize::from(release.len() > 1);
        return Some(vec![(">=", version.to_owned()), ("<", raised(&release, at))]);
    }
    if part.starts_with(|c: char| c.is_ascii_digit() || c == 'v') {
        let version = part.replace(".x", ".*");
        return standard(&format!("=={version}"));
    }
    standard(&part.replace(".x", ".*"))
}

/// The parts of a release that is a version.
fn release(version: &str) -> Option<Vec<u64>> {
    Some(typed::version(version)?.release().to_vec())
}

/// The release up to a part, that part raised by one.
fn raised(release: &[u64], at: usize) -> String {
    let kept = release.iter().take(at + 1).enumerate();
    let parts = kept.map(|(index, part)| if index == at { part.saturating_add(1) } else { *part }.to_string());
    parts.collect::<Vec<_>>().join(".")
}

/// A version constraint of Pipenv and of PDM's overrides: the standard's, where `1.2` is `==1.2` and `*` none.
pub(super) fn exact_or_standard(written: &Word) -> Vec<Specifier> {
    let text = written.value.trim();
    let is_bare = text.starts_with(|c: char| c.is_ascii_digit());
    let found = match text {
        "*" => None,
        _ if is_bare => standard(&format!("=={text}")),
        _ => standard(text),
    };
    placed(found.unwrap_or_default(), written)
}

/// The extras of a dependency that is a table, sorted, each once.
pub(super) fn extras(dependency: &DeTable<'_>) -> Vec<ExtraName> {
    let extras = dependency.get("extras").and_then(|extras| extras.get_ref().as_array());
    let extras = extras.into_iter().flat_map(|extras| extras.iter());
    let mut extras: Vec<ExtraName> = extras.filter_map(|extra| extra.get_ref().as_str()).map(ExtraName::new).collect();
    extras.arrange();
    extras.dedup();
    extras
}

fn placed(specifiers: Vec<(&'static str, String)>, written: &Word) -> Vec<Specifier> {
    let place = |(operator, version): (&'static str, String)| Specifier {
        operator,
        version: version.into(),
        span: written.span,
    };
    specifiers.into_iter().map(place).collect()
}

/// Specifiers of the standard.
fn standard(text: &str) -> Option<Vec<(&'static str, String)>> {
    let parsed = parse_requirement(&format!("x{text}")).ok()?;
    Some(parsed.specifiers.into_iter().map(|(operator, version, _)| (operator, version)).collect())
}

/// A repository at a revision, as the URL that pip would be given. It stands where the repository's address does.
pub(super) fn repository(system: &str, address: &Word, revision: Option<&Word>) -> Source {
    let given = address.value.trim();
    // `git@host:path` is SSH's own form.
    let address_url = match given.split_once(':') {
        Some((host, path)) if !given.contains("://") && !path.starts_with('/') => format!("ssh://{host}/{path}"),
        _ => given.to_owned(),
    };
    let prefix = format!("{system}+");
    let address_url = address_url.strip_prefix(&prefix).unwrap_or(&address_url);
    let text = revision.map(|revision| format!("@{}", revision.value)).unwrap_or_default();
    let mut source = direct(&format!("{prefix}{address_url}{text}"), address);
    if let Source::Url(url) = &mut source {
        url.revision_span = revision.map(|revision| revision.span);
    }
    source
}

/// The revision that a table names by its keys. A branch whose name alone is that of a tag or a commit is said to be one.
pub(super) fn revision(word: impl Fn(&str) -> Option<Word>) -> Option<Word> {
    if let Some(fixed) = word("rev").or_else(|| word("tag")) {
        return Some(fixed);
    }
    let name = word("branch")?;
    let is_ambiguous = name.value.contains(|c: char| c.is_ascii_digit()) && !name.value.starts_with("refs/");
    Some(if is_ambiguous { Word { value: format!("refs/heads/{}", name.value), ..name } } else { name })
}

/// An archive.
pub(super) fn archive(url: &Word) -> Source {
    direct(&url.value, url)
}

fn direct(text: &str, place: &Word) -> Source {
    DirectUrl::parse(text, place.span).map_or(Source::Index, |url| Source::Url(Box::new(url)))
}

/// A local project or archive beside the file at `file`.
pub(super) fn path(file: &str, given: &Word, paths: &Paths<'_>) -> Source {
    let path = join(folder(file), given.value.trim());
    let kind = paths.kind(&path);
    let Ok(url) = DirectUrl::parse(&to_url(&path), given.span) else { return Source::Index };
    Source::Path(Box::new(LocalPath { given: given.value.clone(), path, kind, url }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn constraints_of_poetry_have_the_standards_meaning() {
        for (written, expected) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2"),
            ("1.*", "==1.*"),
            ("1.2", "==1.2"),
            ("*", ""),
            (">= 1.2, <1.5", ">=1.2,<1.5"),
            (">=1.2 <1.5", ">=1.2,<1.5"),
            ("~=1.2", "~=1.2"),
            ("!=1.2.*,>1", "!=1.2.*,>1"),
            ("^1 || ^2", ""),
            ("^1.0a1", ">=1.0a1,<2"),
            ("latest", ""),
        ] {
            let word = Word { value: written.to_owned(), span: Span::new(1, 2) };
            let specifiers: Vec<_> =
                poetry(&word).iter().map(|one| format!("{}{}", one.operator, one.version)).collect();
            assert_eq!(specifiers.join(","), expected, "{written}");
        }
    }

    #[test]
    fn a_branch_is_no_tag_whatever_its_name() {
        for (key, value, expected) in [
            ("branch", "2.0", "refs/heads/2.0"),
            ("branch", "main", "main"),
            ("tag", "2.0", "2.0"),
            ("rev", "a1", "a1"),
        ] {
            let word = |asked: &str| (asked == key).then(|| Word { value: value.to_owned(), span: Span::new(0, 1) });
            assert_eq!(revision(word).map(|word| word.value).as_deref(), Some(expected), "{key}");
        }
    }

    #[test]
    fn repositories_are_urls_of_pips_form() {
        let word = |value: &str| Word { value: value.to_owned(), span: Span::new(0, 1) };
        for (address, expected) in [
            ("https://e.org/a.git", "git+https://e.org/a.git@v1"),
            ("git@e.org:o/a.git", "git+ssh://git@e.org/o/a.git@v1"),
            ("ssh://git@e.org/o/a.git", "git+ssh://git@e.org/o/a.git@v1"),
        ] {
            let Source::Url(url) = repository("git", &word(address), Some(&word("v1"))) else { panic!("{address}") };
            assert_eq!(url.text, expected);
            assert_eq!(url.revision(), Some("v1"), "{address}");
        }
    }
}
