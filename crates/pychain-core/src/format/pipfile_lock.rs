//! `Pipfile.lock`: JSON, with digests that do not say which file they belong to.

use super::json::{self, Json, Value, elements, is_true, members};
use crate::model::{
    Lock, LockError, LockFormat, LockedFile, LockedHash, LockedMarker, LockedPackage, LockedSource, SourceKind, Word,
};
use crate::name::ProjectName;
use crate::text::SourceFile;

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    let json = Json(file.text());
    let mut lock = Lock::new(LockFormat::Pipfile);
    let top = match json.parse() {
        Ok(top) => top,
        Err(error) => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            lock.errors.push(LockError { span: json.place(&error), message: format!("this is no JSON: {what}") });
            return lock;
        }
    };
    let Some(top_members) = members(top) else {
        lock.errors.push(LockError { span: json.span(top), message: "this is no JSON object".to_owned() });
        return lock;
    };
    let mut reader = Reader { json, indexes: Vec::new(), lock };
    for (key, value) in &top_members {
        if json::text(key).as_deref() == Some("_meta") {
            reader.lock.metadata = reader.json.word(key).map(|word| word.span);
            reader.meta(value);
        }
    }
    for (key, value) in &top_members {
        let Some(category) = json::text(key).filter(|category| category != "_meta") else { continue };
        for (name, entry) in members(value).unwrap_or_default() {
            reader.package(&category, name, entry);
        }
    }
    reader.lock.indexes = reader.indexes.into_iter().map(|(_, url)| url).collect();
    reader.lock
}

struct Reader<'t> {
    json: Json<'t>,
    /// The indexes that the file declares, by name.
    indexes: Vec<(String, Word)>,
    lock: Lock,
}

impl<'t> Reader<'t> {
    fn meta(&mut self, meta: Value<'t>) {
        for (key, value) in members(meta).unwrap_or_default() {
            match json::text(key).as_deref() {
                Some("pipfile-spec") => self.lock.version = Some(value.get().trim_matches('"').to_owned()),
                Some("hash") => {
                    let digest = Entry(members(value).unwrap_or_default());
                    self.lock.content_hash = self.word(&digest, "sha256");
                }
                Some("sources") => {
                    for source in elements(value).unwrap_or_default() {
                        let source = Entry(members(source).unwrap_or_default());
                        let url = source.get("url").and_then(|url| self.json.word(url));
                        let name = source.get("name").and_then(json::text);
                        let is_unverified = source.get("verify_ssl").is_some_and(|verify| verify.get() == "false");
                        self.lock.unverified.extend(url.clone().filter(|_| is_unverified));
                        self.indexes.extend(name.zip(url));
                    }
                }
                _ => {}
            }
        }
    }

    fn package(&mut self, category: &str, name: Value<'t>, value: Value<'t>) {
        let Some(name) = self.json.word(name) else { return };
        // Instead of a table the version alone may stand there.
        let entry = Entry(members(value).unwrap_or_default());
        let version = if entry.0.is_empty() { self.json.word(value) } else { self.word(&entry, "version") };
        let marker = self.word(&entry, "markers");
        self.refuse_more_than(version.as_ref(), "version", |c| {
            c.is_whitespace() || c.is_control() || "#;@,'\"".contains(c)
        });
        self.refuse_more_than(marker.as_ref(), "marker", char::is_control);
        self.refuse_more_than(Some(&name), "name", |c| c.is_whitespace() || c.is_control());
        let hashes = entry.get("hashes").and_then(elements).unwrap_or_default();
        let files = hashes.into_iter().filter_map(|hash| self.json.word(hash)).map(|hash| LockedFile {
            hashes: vec![LockedHash::new(&hash.value, hash.span)],
            span: hash.span,
            ..LockedFile::default()
        });
        let package = LockedPackage {
            files: files.collect(),
            files_span: entry.get("hashes").map(|hashes| self.json.span(hashes)),
            name: ProjectName::new(&name.value),
            name_span: name.span,
            version: version.map(bare),
            source: self.source(&entry),
            markers: marker.map(|marker| LockedMarker { group: None, text: marker.value }).into_iter().collect(),
            groups: vec![category.to_owned()],
            dependencies: Vec::new(),
            asked: None,
            offered: Vec::new(),
        };
        self.lock.packages.push(package);
    }

    /// Pipenv writes what it reads into a requirements file, so that a line in a value is a line of that.
    fn refuse_more_than(&mut self, word: Option<&Word>, what: &str, is_odd: impl Fn(char) -> bool) {
        if let Some(word) = word.filter(|word| word.value.contains(&is_odd)) {
            let message = format!("this {what} holds more than a {what}, and Pipenv hands all of it to pip");
            self.lock.errors.push(LockError { span: word.span, message });
        }
    }

    fn source(&self, entry: &Entry<'t>) -> LockedSource {
        let subdirectory = entry.get("subdirectory").and_then(json::text);
        for vcs in ["bzr", "svn", "hg", "git"] {
            if let Some(url) = entry.get(vcs) {
                return LockedSource {
                    kind: SourceKind::Vcs(vcs.to_owned()),
                    url: self.json.word(url),
                    reference: self.word(entry, "ref"),
                    requested: None,
                    subdirectory,
                };
            }
        }
        // The place of the index is where its URL stands, if the file declares it.
        let index = self.word(entry, "index").filter(|index| !index.value.is_empty());
        let (kind, url) = if let Some(path) = self.word(entry, "path") {
            let is_editable = entry.get("editable").is_some_and(is_true);
            (if is_editable { SourceKind::Editable } else { SourceKind::Directory }, Some(path))
        } else if let Some(file) = self.word(entry, "file") {
            let lower = file.value.to_ascii_lowercase();
            let is_remote = lower.starts_with("https:") || lower.starts_with("http:");
            (if is_remote { SourceKind::Url } else { SourceKind::File }, Some(file))
        } else if let Some(url) = self.word(entry, "url") {
            (SourceKind::Url, Some(url))
        } else if let Some(index) = index {
            let declared = self.indexes.iter().rev().find(|(name, _)| *name == index.value).cloned();
            (SourceKind::Index, Some(declared.map_or(index, |(_, url)| url)))
        } else {
            (SourceKind::Default, None)
        };
        LockedSource { kind, url, subdirectory, ..LockedSource::default() }
    }

    fn word(&self, entry: &Entry<'t>, key: &str) -> Option<Word> {
        self.json.word(entry.get(key)?)
    }
}

/// The members of an object; of several of one name the last counts.
struct Entry<'t>(Vec<(Value<'t>, Value<'t>)>);

impl<'t> Entry<'t> {
    fn get(&self, key: &str) -> Option<Value<'t>> {
        self.0.iter().rev().find(|(name, _)| json::text(name).as_deref() == Some(key)).map(|(_, value)| *value)
    }
}

/// A version without the `==` or `===` before it.
fn bare(version: Word) -> Word {
    let Some(rest) = version.value.strip_prefix("===").or_else(|| version.value.strip_prefix("==")) else {
        return version;
    };
    if rest.contains(',') {
        return version;
    }
    let cut = u32::try_from(version.value.len() - rest.len()).unwrap_or_default();
    let mut span = version.span;
    if span.len() == version.value.len() {
        span.start += cut;
    }
    Word { value: rest.to_owned(), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
    "_meta": {"pipfile-spec": 6, "sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": true}]},
    "default": {
        "A": {"hashes": ["sha256:aa", "sha256:bb"], "index": "pypi", "markers": "os_name == 'nt'", "version": "==1.0"},
        "b": {"git": "https://e.org/b", "ref": "0123"},
        "c": "==2"
    },
    "develop": {"d": {"editable": true, "path": "."}}
}"#;

    #[test]
    fn packages_come_by_category_with_their_places() {
        let file = SourceFile::from_text("Pipfile.lock", TEXT);
        let lock = parse(&file);
        assert_eq!((lock.errors.len(), lock.version.as_deref()), (0, Some("6")));
        let say = |package: &LockedPackage| {
            let url = package.source.url.as_ref().map_or("", |url| &*url.value);
            format!("{} {} {:?} {url}", file.slice(package.name_span), file.slice(package.place()), package.groups)
        };
        assert_eq!(
            lock.packages.iter().map(say).collect::<Vec<_>>(),
            [
                "A 1.0 [\"default\"] https://pypi.org/simple",
                "b b [\"default\"] https://e.org/b",
                "c 2 [\"default\"] ",
                "d d [\"develop\"] ."
            ]
        );
        assert_eq!(file.slice(lock.packages[0].files[1].hashes[0].span), "sha256:bb");
    }

    #[test]
    fn a_broken_file_says_where() {
        let file = SourceFile::from_text("Pipfile.lock", "{\n  \"default\": {\n<<<<<<< HEAD\n  }\n}\n");
        let lock = parse(&file);
        assert_eq!(lock.errors.iter().map(|error| file.line_of(error.span.start)).collect::<Vec<_>>(), [3]);
    }
}
