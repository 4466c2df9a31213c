//! Compares what pychain reads in a lock file with the record of its own reader.

use std::panic::catch_unwind;

use pychain_core::format::lock;
use pychain_core::model::{FileKind, Lock, LockedFile, LockedPackage, SourceKind, Word};
use pychain_core::requirement::{parse_marker, typed};
use pychain_core::text::SourceFile;
use pychain_corpus::LockItem;
use serde_json::{Map, Value, json};

use crate::compare::shown;
use crate::outcome::Difference;

/// Fields of a package that both sides have.
const FIELDS: [&str; 9] =
    ["name", "canonical", "version", "source", "marker", "groups", "files", "unhashed", "sdist_only"];

/// Reads one lock file and compares.
pub(crate) fn item(item: &LockItem) -> Vec<Difference> {
    let Ok(lock) = catch_unwind(|| {
        let (file, undecodable) = SourceFile::decode_utf8(item.file_name(), item.bytes.as_slice());
        lock::parse(&file, item.format, undecodable.as_ref())
    }) else {
        return vec![difference("panic", "", &json!("panics"), &Value::Null)];
    };
    if !item.oracle["error"].is_null() {
        // Each reader words its own errors, and stops at another one of several.
        let missed = lock.errors.is_empty();
        return missed.then(|| difference("error", "", &Value::Null, &item.oracle["error"])).into_iter().collect();
    }
    let mut differences = Vec::new();
    if let Some(error) = lock.errors.first() {
        differences.push(difference("error", "", &json!(error.message), &Value::Null));
    }
    compare(&lock, &item.oracle, &mut differences);
    differences
}

fn compare(lock: &Lock, theirs: &Value, differences: &mut Vec<Difference>) {
    let version = json!(lock.version);
    if version != theirs["lock_version"] {
        differences.push(difference("lock_version", "", &version, &theirs["lock_version"]));
    }
    let packages = theirs["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    if packages.len() != lock.packages.len() {
        differences.push(difference("packages", "", &json!(lock.packages.len()), &json!(packages.len())));
        return;
    }
    let is_pylock = theirs["kind"] == "pylock";
    for (package, theirs) in lock.packages.iter().zip(packages) {
        let ours = record(package, is_pylock);
        for field in FIELDS {
            // Several markers that hold independently are a list there.
            let list: Vec<&str> = package.markers.iter().map(|marker| marker.text.as_str()).collect();
            if field == "marker" && theirs[field].is_array() && theirs[field] == json!(list) {
                continue;
            }
            if ours[field] != theirs[field] {
                let place = theirs["name"].as_str().unwrap_or_default();
                differences.push(difference(field, place, &ours[field], &theirs[field]));
            }
        }
    }
}

fn difference(field: &str, place: &str, ours: &Value, theirs: &Value) -> Difference {
    Difference {
        field: field.to_owned(),
        place: place.to_owned(),
        ours: shown(ours, theirs),
        theirs: shown(theirs, ours),
    }
}

fn record(package: &LockedPackage, is_pylock: bool) -> Value {
    // packaging hands out versions and markers in its own spelling.
    let version = package.version.as_ref().map(|version| match typed::version(&version.value) {
        Some(typed) if is_pylock => typed.to_string(),
        _ => version.value.clone(),
    });
    let marker = |text: &str| match parse_marker(text) {
        Ok(marker) if is_pylock => marker.to_string(),
        _ => text.to_owned(),
    };
    let mut by_group = Map::new();
    let mut for_all = Value::Null;
    for locked in &package.markers {
        match &locked.group {
            Some(group) => drop(by_group.insert(group.clone(), marker(&locked.text).into())),
            None => for_all = marker(&locked.text).into(),
        }
    }
    let source = &package.source;
    let text = |word: &Option<Word>| word.as_ref().map(|word| word.value.clone());
    json!({
        "name": package.name.as_written(),
        "canonical": package.name.normalized(),
        "version": version,
        "source": {
            "type": kind(&source.kind),
            "url": text(&source.url),
            "ref": text(&source.reference),
            "subdirectory": source.subdirectory,
        },
        "marker": if by_group.is_empty() { for_all } else { by_group.into() },
        "groups": package.groups,
        "files": package.files.iter().map(file).collect::<Vec<_>>(),
        "unhashed": package.is_unhashed(),
        "sdist_only": package.is_sdist_only(),
    })
}

fn kind(kind: &SourceKind) -> Option<&str> {
    Some(match kind {
        SourceKind::Index => "index",
        SourceKind::Default => "default",
        SourceKind::Vcs(system) => system,
        SourceKind::Url => "url",
        SourceKind::File => "file",
        SourceKind::Directory => "directory",
        SourceKind::Editable => "editable",
        SourceKind::Virtual => "virtual",
        SourceKind::Other(name) => return name.as_deref(),
    })
}

fn file(file: &LockedFile) -> Value {
    let hashes: Map<String, Value> =
        file.hashes.iter().map(|hash| (hash.algorithm.to_string(), hash.digest.to_string().into())).collect();
    let kind = match file.kind() {
        FileKind::Sdist => "sdist",
        FileKind::Wheel => "wheel",
        FileKind::Other => "other",
        FileKind::Unknown => "unknown",
    };
    json!({
        "name": file.file_name(),
        "url": file.url.as_ref().map(|url| &url.value),
        "kind": kind,
        "hashes": hashes,
        "size": file.size.as_ref().and_then(|size| size.value.parse::<u64>().ok()),
    })
}

#[cfg(test)]
mod tests {
    use pychain_core::model::LockFormat;

    use super::*;

    const TEXT: &str = "[[package]]\nname = \"A\"\nversion = \"1\"\ngroups = [\"main\"]\nmarkers = \"x\"\n\
                        files = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n[metadata]\nlock-version = \"2.1\"\n";

    fn oracle() -> Value {
        json!({
            "kind": "poetry",
            "error": null,
            "lock_version": "2.1",
            "packages": [{
                "name": "A", "canonical": "a", "version": "1", "marker": "x", "groups": ["main"],
                "source": {"type": "default", "url": null, "ref": null, "subdirectory": null},
                "files": [{"name": "a-1.zip", "url": null, "kind": "sdist", "hashes": {"sha256": "aa"}, "size": null}],
                "unhashed": false, "sdist_only": true,
            }],
        })
    }

    fn fields(oracle: Value) -> Vec<String> {
        let item = LockItem { id: String::new(), format: LockFormat::Poetry, bytes: TEXT.into(), oracle };
        super::item(&item).into_iter().map(|difference| difference.field).collect()
    }

    #[test]
    fn every_compared_field_is_seen() {
        assert_eq!(fields(oracle()), [""; 0]);
        for (pointer, value, field) in [
            ("/error", json!({"class": "KeyError"}), "error"),
            ("/lock_version", json!("1.0"), "lock_version"),
            ("/packages", json!([]), "packages"),
            ("/packages/0/name", json!("a"), "name"),
            ("/packages/0/version", json!("2"), "version"),
            ("/packages/0/source/type", json!("index"), "source"),
            ("/packages/0/marker", json!("y"), "marker"),
            ("/packages/0/groups", json!([]), "groups"),
            ("/packages/0/files/0/name", json!("a-2.zip"), "files"),
            ("/packages/0/files/0/hashes/sha256", json!("bb"), "files"),
            ("/packages/0/unhashed", json!(true), "unhashed"),
            ("/packages/0/sdist_only", json!(false), "sdist_only"),
        ] {
            let mut changed = oracle();
            *changed.pointer_mut(pointer).expect(pointer) = value;
            assert_eq!(fields(changed), [field], "{pointer}");
        }
    }
}
