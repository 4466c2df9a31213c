//! A requirement's text to its meaning, with pip's own order of decisions (`pip._internal.req.constructors`).

use std::ops::Range;

use super::paths::{self, Paths};
use super::wheel;
use crate::format::logical::LogicalLine;
use crate::model::{LocalPath, PathKind, Refusal, RefusalClass, Requirement, Source, Stage};
use crate::name::{ExtraName, ProjectName};
use crate::order::Arrange as _;
use crate::requirement::{Marker, Parsed, Specifier, parse_extras, parse_marker, parse_requirement, strip};
use crate::text::Span;
use crate::url::{DirectUrl, InvalidUrl, is_archive, is_vcs_scheme};

/// Reads the text at `range` of a line (pip's `parse_req_from_line`).
pub(super) fn from_line(
    line: &LogicalLine<'_>,
    range: Range<usize>,
    paths: &Paths<'_>,
) -> Result<Requirement, Refusal> {
    let reader = Reader { line, paths, editable: false };
    let text = line.text.get(range.clone()).unwrap_or_default();
    let is_url = reader.is_url(text, range.clone())?;
    let (at, separator) = if is_url { (text.find("; "), 2) } else { (text.bytes().position(|byte| byte == b';'), 1) };
    let (name_range, marker) = match at {
        None => (range, None),
        Some(at) => {
            let marker_range = trimmed(&line.text, range.start + at + separator..range.end);
            (range.start..range.start + at, reader.marker(marker_range)?)
        }
    };
    let name_range = trimmed(&line.text, name_range);
    let name = line.text.get(name_range.clone()).unwrap_or_default();

    // The marker that was cut off wins over one that the parser sees in the rest.
    let finish = |mut requirement: Requirement| {
        if let Some((marker, span)) = marker.clone() {
            requirement.marker = Some(marker);
            requirement.marker_span = Some(span);
            requirement.span = requirement.span.cover(span);
        }
        requirement
    };

    if is_url && reader.is_url(name, name_range.clone())? {
        return reader.read_url(name, name_range).map(finish);
    }
    // pip looks at the normalized path: an archive's name may end in slashes.
    let (bare, extras) = reader.strip_extras(without_slashes(name), name_range.clone())?;
    if let Some(path) = reader.local_path(name, &bare, name_range.clone())? {
        return reader.read_path(path, extras, name_range).map(finish);
    }
    let parsed = parse_requirement(name).map_err(|error| {
        let at = name_range.start + error.at.min(name.len());
        reader.not_a_requirement(name, at..name_range.end, name_range.clone(), error.message)
    })?;
    let mut requirement = reader.read_parsed(name, name_range, parsed)?;
    if !extras.is_empty() {
        requirement.extras = extras;
    }
    Ok(finish(requirement))
}

/// Reads a value that can be nothing but a dependency specifier (`packaging.requirements.Requirement`).
pub(in crate::format) fn from_specifier(line: &LogicalLine<'_>, paths: &Paths<'_>) -> Result<Requirement, Refusal> {
    let reader = Reader { line, paths, editable: false };
    let text = line.text.as_ref();
    let parsed = parse_requirement(text).map_err(|error| {
        let at = error.at.min(text.len());
        let help = if text.contains('=') {
            "Write a version as `name==1.0` or `name>=1.0,<2`"
        } else {
            "Write `name`, or `name @ URL`"
        };
        reader.refusal(RefusalClass::InvalidRequirement, at..text.len(), error.message, help)
    })?;
    // The parser's ranges are those of the whole text; the requirement itself is what is left without blanks.
    let span = line.span(trimmed(text, 0..text.len()));
    reader.read_parsed(text, 0..text.len(), parsed).map(|requirement| Requirement { span, ..requirement })
}

/// Reads what stands behind `-e ` in a value that is a line of its own, `from` the byte where it begins.
pub(in crate::format) fn from_editable_value(
    line: &LogicalLine<'_>,
    from: usize,
    paths: &Paths<'_>,
) -> Result<Requirement, Refusal> {
    let range = trimmed(&line.text, from..line.text.len());
    from_editable(line, line.text.get(range.clone()).unwrap_or_default(), range, paths)
}

/// Reads the value of `-e` (pip's `parse_editable`). `value` may hold quotes that the line's text does not.
pub(super) fn from_editable(
    line: &LogicalLine<'_>,
    value: &str,
    range: Range<usize>,
    paths: &Paths<'_>,
) -> Result<Requirement, Refusal> {
    let reader = Reader { line, paths, editable: true };
    let direct = parse_requirement(value).ok().filter(|parsed| parsed.url.is_some());
    let (name, url_text, extras, marker) = if let Some(parsed) = direct {
        let slice = |range: &Range<usize>| value.get(range.clone()).unwrap_or_default();
        let url = parsed.url.as_ref().map(|url| slice(&url.range).to_owned()).unwrap_or_default();
        let extras = sorted_extras(parsed.extras.iter().map(slice));
        (Some(slice(&parsed.name).to_owned()), url, extras, parsed.marker.map(|(marker, _)| marker))
    } else {
        let (bare, extras) = reader.strip_extras(value, range.clone())?;
        let (path, kind) = if bare.contains("://") { (String::new(), PathKind::Absent) } else { paths.resolve(&bare) };
        if matches!(kind, PathKind::Project | PathKind::Directory | PathKind::Unknown)
            && !has_vcs_prefix(&bare)
            && !is_file_url(&bare)
        {
            let local = LocalPath { url: reader.url(&paths::to_url(&path), range.clone())?, given: bare, path, kind };
            return reader
                .read_path(local, extras, range)
                .map(|requirement| Requirement { editable: true, ..requirement });
        }
        if is_file_url(&bare) {
            let name = reader.egg(&reader.url(&bare, range.clone())?, range.clone())?;
            (name, bare, extras, None)
        } else {
            let lower = value.to_lowercase();
            let prefix = ["git", "hg", "bzr", "svn"]
                .into_iter()
                .find(|vcs| lower.strip_prefix(vcs).is_some_and(|rest| rest.starts_with(':')));
            let url = prefix.map_or_else(|| value.to_owned(), |vcs| format!("{vcs}+{value}"));
            let name = reader.egg(&reader.url(&url, range.clone())?, range.clone())?;
            (name, url, Box::default(), None)
        }
    };
    let url = reader.url(&url_text, range.clone())?;
    // As in `InstallRequirement`: the URL's own fragment is checked whenever a link is made of it.
    reader.egg(&url, range.clone())?;
    let is_file = url.text.starts_with("file:");
    if !url.is_vcs() && !is_file {
        let help = "Give the path of a local project, or a VCS URL that begins with `git+`, `hg+`, `svn+` or `bzr+`";
        return Err(reader.refuse(
            range,
            "`-e` takes a local project or a VCS URL, and this is neither".to_owned(),
            help,
        ));
    }
    if name.is_none() && !is_file {
        let help = "Write it as `-e \"NAME @ URL\"`, quoted, or add `#egg=NAME`";
        return Err(reader.refuse(range, "the URL does not say which project it is".to_owned(), help));
    }
    let span = line.span(range.clone());
    Ok(Requirement {
        span,
        name: name.as_deref().map(ProjectName::new),
        name_span: None,
        extras,
        specifiers: Box::default(),
        specifiers_span: Span::new(span.end as usize, span.end as usize),
        marker,
        marker_span: None,
        source: reader.source_of(url, range)?,
        hashes: Box::default(),
        editable: true,
        index: None,
    })
}

fn has_vcs_prefix(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default().to_lowercase();
    text.contains(':') && (is_vcs_scheme(&scheme) || ["git", "hg", "bzr", "svn"].contains(&scheme.as_str()))
}

fn is_file_url(text: &str) -> bool {
    text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"))
}

/// What `normpath` takes from the end of a path.
fn without_slashes(mut path: &str) -> &str {
    while let Some(shorter) = path.strip_suffix('/').or_else(|| path.strip_suffix("/.")).filter(|it| !it.is_empty()) {
        path = shorter;
    }
    path
}

/// What every step needs: the line for places, and what is known of paths.
struct Reader<'a, 'l> {
    line: &'a LogicalLine<'l>,
    paths: &'a Paths<'a>,
    editable: bool,
}

impl Reader<'_, '_> {
    fn refusal(&self, class: RefusalClass, range: Range<usize>, message: String, help: &str) -> Refusal {
        let span = self.line.span(range);
        Refusal { class, stage: Stage::Requirement, span, message, help: help.to_owned(), editable: self.editable }
    }

    fn refuse(&self, range: Range<usize>, message: String, help: &str) -> Refusal {
        self.refusal(RefusalClass::InstallationError, range, message, help)
    }

    /// pip's `is_url`: by the scheme of the whole text.
    fn is_url(&self, text: &str, range: Range<usize>) -> Result<bool, Refusal> {
        if !text.contains(':') {
            // `urlsplit` may still refuse brackets after `//`.
            if !text.starts_with("//") {
                return Ok(false);
            }
        }
        let url = self.plain_url(text, range)?;
        Ok(matches!(url.scheme.as_str(), "http" | "https" | "file" | "ftp") || url.is_vcs())
    }

    fn url(&self, text: &str, range: Range<usize>) -> Result<DirectUrl, Refusal> {
        // pip takes a Windows share for a path, and on POSIX a path of backslashes is a file's name.
        let share = text.starts_with("\\\\").then(|| paths::to_url(&paths::join("", text)));
        self.plain_url(share.as_deref().unwrap_or(text), range)
    }

    fn plain_url(&self, text: &str, range: Range<usize>) -> Result<DirectUrl, Refusal> {
        let span = self.line.span(range.clone());
        DirectUrl::parse(text, span).map_err(|InvalidUrl(why)| {
            self.refusal(RefusalClass::ValueError, range, format!("the URL cannot be read: {why}"), "Correct the URL")
        })
    }

    fn egg(&self, url: &DirectUrl, range: Range<usize>) -> Result<Option<String>, Refusal> {
        url.egg().map(|egg| egg.map(str::to_owned)).map_err(|_| {
            let message = "`#egg=` takes the bare name of a project: no extras, no version".to_owned();
            self.refusal(RefusalClass::InvalidEggFragment, range, message, "Write it as `NAME[extras] @ URL`")
        })
    }

    fn marker(&self, range: Range<usize>) -> Result<Option<(Marker, Span)>, Refusal> {
        let text = self.line.text.get(range.clone()).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        match parse_marker(text) {
            Ok(marker) => Ok(Some((marker, self.line.span(range)))),
            Err(error) => {
                let at = range.start + error.at.min(text.len());
                let message = format!("the environment marker cannot be read: {}", error.message);
                Err(self.refuse(at..range.end.max(at), message, "Correct the marker after the `;`"))
            }
        }
    }

    /// `strip_extras` of the absolute path, which pip does to every text that is no URL.
    fn strip_extras(&self, text: &str, range: Range<usize>) -> Result<(String, Box<[ExtraName]>), Refusal> {
        // `^(.+)(\[[^\]]+\])$`: something before the brackets, something inside, and no other `]` there.
        let open = text.strip_suffix(']').and_then(|inner| {
            let last = inner.char_indices().next_back()?.0;
            inner.get(..last)?.rfind('[').filter(|open| inner.get(*open..).is_some_and(|inner| !inner.contains(']')))
        });
        let Some(open) = open.filter(|open| *open > 0 || !self.editable) else {
            return Ok((text.to_owned(), Box::default()));
        };
        let (bare, brackets) = text.split_at(open);
        let lowered = brackets.to_lowercase();
        match parse_extras(&lowered) {
            Ok(extras) => {
                let names = extras.into_iter().map(|range| lowered.get(range).unwrap_or_default());
                Ok((strip_end(bare).to_owned(), sorted_extras(names)))
            }
            Err(error) => {
                let message = format!("the extras cannot be read: {}", error.message);
                Err(self.refusal(
                    RefusalClass::InvalidRequirement,
                    range.start + open..range.end,
                    message,
                    "Correct the extras in the brackets",
                ))
            }
        }
    }

    /// pip's `_get_url_from_path`: a local project or archive, by what is there and by the extension.
    fn local_path(&self, name: &str, bare: &str, range: Range<usize>) -> Result<Option<LocalPath>, Refusal> {
        let looks_like_path = looks_like_path(name);
        let archive = is_archive(bare);
        if !looks_like_path && !archive {
            return Ok(None);
        }
        let (path, kind) = self.paths.resolve(bare);
        let local = |kind| {
            let url = self.url(&paths::to_url(&path), range.clone())?;
            Ok(Some(LocalPath { given: bare.to_owned(), path: path.clone(), kind, url }))
        };
        let names_url = name.split_once('@').is_some_and(|(before, _)| !looks_like_path_str(before));
        match kind {
            PathKind::Project if looks_like_path => return local(kind),
            PathKind::Directory if looks_like_path => {
                let message =
                    "the directory holds no Python project: neither `pyproject.toml` nor `setup.py`".to_owned();
                return Err(self.refuse(range, message, "Correct the path"));
            }
            // Nobody can look: take a text that is no dependency specifier for the path that it looks like.
            PathKind::Unknown if looks_like_path && !archive && !names_url && parse_requirement(name).is_err() => {
                return local(kind);
            }
            _ => {}
        }
        if !archive {
            return Ok(None);
        }
        if kind != PathKind::File && names_url {
            return Ok(None);
        }
        if bare.starts_with("//") && !bare.starts_with("///") {
            // The URL that pip makes of it has the first folder for its host.
            let message = "a path cannot begin with two slashes".to_owned();
            return Err(self.refusal(RefusalClass::ValueError, range, message, "Correct the path"));
        }
        local(kind)
    }

    /// A bare URL: the project is in the wheel's name or in `#egg=`.
    fn read_url(&self, text: &str, range: Range<usize>) -> Result<Requirement, Refusal> {
        let mut url = self.url(text, range.clone())?;
        self.egg(&url, range.clone())?;
        if url.is_file() && url.text.contains("../") {
            let (path, _) = self.paths.resolve(&crate::url::percent_decode(&url.path));
            url = self.url(&paths::to_url(&path), range.clone())?;
        }
        self.read_link(url, Box::default(), range)
    }

    fn read_path(
        &self,
        path: LocalPath,
        extras: Box<[ExtraName]>,
        range: Range<usize>,
    ) -> Result<Requirement, Refusal> {
        let mut requirement = self.read_link(path.url.clone(), extras, range)?;
        requirement.source = Source::Path(Box::new(path));
        Ok(requirement)
    }

    fn read_link(&self, url: DirectUrl, extras: Box<[ExtraName]>, range: Range<usize>) -> Result<Requirement, Refusal> {
        let egg = self.egg(&url, range.clone())?;
        let span = self.line.span(range.clone());
        let end = Span::new(span.end as usize, span.end as usize);
        let mut specifiers = Vec::new();
        let name = if url.is_wheel() && !self.editable {
            let (name, version) = wheel::parse(&url.filename()).map_err(|why| {
                let message = format!("this is no valid name of a wheel: {why}");
                self.refusal(
                    RefusalClass::InvalidWheelFilename,
                    range.clone(),
                    message,
                    "Use the wheel's own file name",
                )
            })?;
            let text = format!("{name}=={version}");
            if parse_requirement(&text).is_err() {
                return Err(self.refuse(
                    range,
                    "the wheel's name holds no valid project name".to_owned(),
                    "Use the wheel's own file name",
                ));
            }
            specifiers.push(Specifier { operator: "==", version: version.into(), span: end });
            Some(name)
        } else {
            egg
        };
        Ok(Requirement {
            span,
            name: name.as_deref().map(ProjectName::new),
            name_span: None,
            extras,
            specifiers: specifiers.into(),
            specifiers_span: end,
            marker: None,
            marker_span: None,
            source: self.source_of(url, range)?,
            hashes: Box::default(),
            editable: self.editable,
            index: None,
        })
    }

    /// A URL as a source; `file:` URLs are paths (`InstallRequirement.__init__` turns them into one at once).
    fn source_of(&self, url: DirectUrl, range: Range<usize>) -> Result<Source, Refusal> {
        if !url.is_file() {
            return Ok(Source::Url(Box::new(url)));
        }
        if !url.text.starts_with("file:") {
            return Err(self.refusal(
                RefusalClass::AssertionError,
                range,
                "pip takes `file:` only in lower case".to_owned(),
                "Write `file:`",
            ));
        }
        if !url.authority.is_empty() && url.authority != "localhost" && url.authority != "$ROOT" {
            let message = "a `file:` URL cannot name another host".to_owned();
            return Err(self.refusal(RefusalClass::ValueError, range, message, "Write `file:///` and the path"));
        }
        let decoded = crate::url::percent_decode(&url.path);
        let (path, kind) = if url.authority == "$ROOT" {
            self.paths.resolve(decoded.trim_start_matches('/'))
        } else if decoded.is_empty() {
            // Not the working directory: nothing has the empty name.
            (String::new(), PathKind::Absent)
        } else {
            self.paths.resolve(&decoded)
        };
        Ok(Source::Path(Box::new(LocalPath { given: url.text.clone(), path, kind, url })))
    }

    fn read_parsed(&self, text: &str, range: Range<usize>, parsed: Parsed) -> Result<Requirement, Refusal> {
        let shift = |inner: Range<usize>| range.start + inner.start..range.start + inner.end;
        let slice = |inner: &Range<usize>| text.get(inner.clone()).unwrap_or_default();
        let source = match &parsed.url {
            None => Source::Index,
            Some(parsed_url) => {
                let url_range = shift(parsed_url.range.clone());
                let url = self.url(slice(&parsed_url.range), url_range.clone())?;
                self.egg(&url, url_range.clone())?;
                self.source_of(url, url_range)?
            }
        };
        let specifiers = parsed.specifiers.into_iter().map(|(operator, version, inner)| Specifier {
            operator,
            version: version.into(),
            span: self.line.span(shift(inner)),
        });
        let (marker, marker_span) = match parsed.marker {
            Some((marker, inner)) => (Some(marker), Some(self.line.span(shift(inner)))),
            None => (None, None),
        };
        Ok(Requirement {
            span: self.line.span(range.clone()),
            name: Some(ProjectName::new(slice(&parsed.name))),
            name_span: Some(self.line.span(shift(parsed.name.clone()))),
            extras: sorted_extras(parsed.extras.iter().map(slice)),
            specifiers: specifiers.collect(),
            specifiers_span: self.line.span(shift(parsed.specifiers_range)),
            marker,
            marker_span,
            source,
            hashes: Box::default(),
            editable: self.editable,
            index: None,
        })
    }

    /// The refusal of a text that is no dependency specifier, with the hint that fits it.
    fn not_a_requirement(&self, text: &str, at: Range<usize>, whole: Range<usize>, message: String) -> Refusal {
        let operators = ["~=", "==", "!=", "<=", ">=", "<", ">"];
        if looks_like_path_str(text) {
            let message = "this looks like a path, and nothing is there".to_owned();
            return self.refuse(
                whole,
                message,
                "Correct the path; pip looks for it from the folder that it is started in",
            );
        }
        let help = if text.contains('=') && !operators.iter().any(|operator| text.contains(operator)) {
            "`=` is no operator; write `==`"
        } else {
            "Correct the line, or make it a comment"
        };
        self.refuse(at, message, help)
    }
}

/// pip's `_looks_like_path` on a POSIX system.
fn looks_like_path(name: &str) -> bool {
    looks_like_path_str(name)
}

fn looks_like_path_str(name: &str) -> bool {
    name.contains('/') || name.starts_with('.')
}

/// In the order of what they mean, so that another way to write them is no other list; each text once, as for pip.
fn sorted_extras<'a>(names: impl Iterator<Item = &'a str>) -> Box<[ExtraName]> {
    let mut names: Vec<&str> = names.collect();
    names.arrange();
    names.dedup();
    let mut names: Vec<ExtraName> = names.into_iter().map(ExtraName::new).collect();
    names.arrange();
    names.into()
}

fn strip_end(text: &str) -> &str {
    text.trim_end_matches(crate::requirement::is_space)
}

/// The range without white space at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = text.get(range.clone()).unwrap_or_default();
    let kept = strip(slice);
    let lead = slice.len() - slice.trim_start_matches(crate::requirement::is_space).len();
    if kept.is_empty() { range.start..range.start } else { range.start + lead..range.start + lead + kept.len() }
}

#[cfg(test)]
mod tests {
    use super::super::{Paths, parse};
    use crate::model::{LineKind, Source};
    use crate::text::SourceFile;

    #[test]
    fn an_archive_may_end_in_slashes() {
        let known = crate::order::Map::default();
        let read = |text: &str| {
            let file = SourceFile::from_text("requirements.txt", text);
            parse(&file, &crate::order::Map::default(), Paths::new(&known, None), None).lines.remove(0).kind
        };
        for text in ["x/a-1.0.tar.gz//", "x/a-1.0.tar.gz/./", "x/a-1.0.tar.gz[extra]/"] {
            let LineKind::Requirement(requirement) = read(text) else { panic!("{text}") };
            assert!(matches!(&requirement.source, Source::Path(path) if path.path == "x/a-1.0.tar.gz"), "{text}");
        }
    }
}
