//! Compares what pychain reads in a manifest with the record of a reference reader.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

use pychain_core::format::requirements_txt::text_of;
use pychain_core::model::{Document, InstallOption, Line, LineKind, Section, Source};
use pychain_core::name::{ProjectName, normalize};
use pychain_core::tree::{Loader, Role};
use pychain_corpus::ManifestItem;
use serde_json::{Value, json};

use crate::compare::shown;
use crate::outcome::Difference;

/// Reads one manifest and compares.
pub(crate) fn item(item: &ManifestItem) -> Vec<Difference> {
    let Ok(project) = catch_unwind(|| {
        let mut loader = Loader::new();
        loader.root(item.file_name, item.bytes.as_slice(), Role::Manifest);
        loader.finish()
    }) else {
        return vec![difference("panic", "", &json!("panics"), &Value::Null)];
    };
    let Some(document) = project.documents.first() else { return Vec::new() };
    if !item.oracle["error"].is_null() {
        // Each reader words its own errors.
        let missed = !document.lines.iter().any(is_refused);
        return missed.then(|| difference("error", "", &Value::Null, &item.oracle["error"])).into_iter().collect();
    }
    let mut differences = Vec::new();
    lists(document, &item.oracle["projects"], &mut differences);
    let theirs: BTreeSet<&str> =
        item.oracle["indexes"].as_array().into_iter().flatten().filter_map(|index| index["url"].as_str()).collect();
    let ours: BTreeSet<&str> = indexes(document).collect();
    if ours != theirs {
        differences.push(difference("indexes", "", &json!(ours), &json!(theirs)));
    }
    differences
}

fn lists(document: &Document, theirs: &Value, differences: &mut Vec<Difference>) {
    let mut ours: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for section in &document.sections {
        let Some(key) = key(section) else { continue };
        let mut all = Vec::new();
        expand(document, section, &mut BTreeSet::new(), &mut all);
        ours.entry(key).or_default().extend(all);
    }
    let mut expected: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, list) in theirs.as_object().into_iter().flatten() {
        let is_poetry = key.starts_with("tool.poetry:");
        let list = list.as_array().into_iter().flatten();
        let list = list.filter(|one| !(is_poetry && one["canonical"] == "python"));
        let mut list: Vec<Value> = list.map(recorded).collect();
        if key.starts_with("pipfile:") {
            list.iter_mut().for_each(without_extras);
        }
        expected.insert(key.clone(), list);
    }
    let keys: BTreeSet<String> = ours.keys().chain(expected.keys()).cloned().collect();
    for key in keys {
        let by_name_alone = key.starts_with("tool.poetry:") || key.starts_with("pipfile:");
        let sorted = |lists: &BTreeMap<String, Vec<Value>>| {
            let mut list: Vec<String> = lists.get(&key).into_iter().flatten().map(ToString::to_string).collect();
            list.sort();
            // One key with several constraints is one name.
            if by_name_alone {
                list.dedup();
            }
            list
        };
        let (ours, theirs) = (sorted(&ours), sorted(&expected));
        if ours != theirs {
            differences.push(difference("list", &key, &json!(ours), &json!(theirs)));
        }
    }
}

/// What the record calls a section.
fn key(section: &Section) -> Option<String> {
    let table = section.table.as_str();
    let label = section.label.as_deref().unwrap_or_default();
    if table.starts_with("tool.poetry.") && table.ends_with("dependencies") {
        return Some(format!("tool.poetry:{label}"));
    }
    if let Some(key) = table.strip_prefix("tool.uv.").filter(|key| key.ends_with("dependencies")) {
        return Some(format!("tool.uv:{key}"));
    }
    Some(match table {
        "build-system.requires" => "build-system".to_owned(),
        "project.dependencies" => "dependencies".to_owned(),
        _ if table.starts_with("project.optional-dependencies.") => format!("extra:{label}"),
        _ if table.starts_with("dependency-groups.") => format!("group:{label}"),
        _ if table.starts_with("tool.pdm.dev-dependencies.") => format!("tool.pdm:{label}"),
        _ if !label.is_empty() && table == label => format!("pipfile:{label}"),
        _ => return None,
    })
}

/// The lines of a section and of the groups that it includes.
fn expand(document: &Document, section: &Section, seen: &mut BTreeSet<String>, out: &mut Vec<Value>) {
    let by_name_alone = section.table.starts_with("tool.poetry.") || section.label.as_deref() == Some(&section.table);
    let of_section = document.lines.iter().filter(|line| document.section(line).is_some_and(|other| other == section));
    out.extend(of_section.map(|line| record(document, line, by_name_alone)));
    for group in &section.includes {
        let name = normalize(&group.value);
        let included = document.sections.iter().find(|other| {
            other.table.starts_with("dependency-groups.")
                && other.label.as_deref().is_some_and(|own| normalize(own) == name)
        });
        match included {
            Some(included) if seen.insert(name.clone()) => {
                expand(document, included, seen, out);
                seen.remove(&name);
            }
            _ => out.push(json!({"raw": group.value, "error": true})),
        }
    }
}

fn record(document: &Document, line: &Line, by_name_alone: bool) -> Value {
    let Some(requirement) = line.requirement() else {
        return json!({"raw": text_of(document, line), "error": true});
    };
    let name = requirement.name.as_ref();
    let canonical = name.map(|name| name.normalized().to_owned());
    if by_name_alone {
        return json!({"name": name.map(|name| name.as_written().to_owned()), "canonical": canonical});
    }
    let mut extras: Vec<&str> = requirement.extras.iter().map(ProjectName::as_written).collect();
    extras.sort_unstable();
    let mut specifiers: Vec<(&str, &str)> =
        requirement.specifiers.iter().map(|one| (one.operator, one.version.as_ref())).collect();
    specifiers.sort_unstable();
    json!({
        "name": name.map(|name| name.as_written().to_owned()),
        "canonical": canonical,
        "extras": extras,
        "specifier": specifiers,
        "marker": requirement.marker.as_ref().map(ToString::to_string),
        "url": match &requirement.source {
            Source::Index => None,
            Source::Url(url) => Some(url.text.clone()),
            Source::Path(path) => Some(path.given.clone()),
        },
    })
}

fn recorded(theirs: &Value) -> Value {
    if theirs.get("error").is_some() {
        return json!({"raw": theirs["raw"], "error": true});
    }
    let mut kept = theirs.clone();
    if let Some(fields) = kept.as_object_mut() {
        fields.remove("raw");
    }
    kept
}

/// The record takes a key `name[extra]` of a `Pipfile` for a name; Pipenv installs the project with the extra.
fn without_extras(theirs: &mut Value) {
    for field in ["name", "canonical"] {
        if let Some(bare) = theirs[field].as_str().and_then(|name| Some(name.split_once('[')?.0.to_owned())) {
            theirs[field] = bare.into();
        }
    }
}

fn indexes(document: &Document) -> impl Iterator<Item = &str> {
    use InstallOption::{ExtraIndexUrl, FindLinks, IndexUrl, NamedIndex, SupplementalIndex};
    let options = document.lines.iter().flat_map(|line| &line.options);
    options
        .filter(|used| matches!(used.option, ExtraIndexUrl | FindLinks | IndexUrl | NamedIndex | SupplementalIndex))
        .map(|used| used.value.value.as_str())
}

fn is_refused(line: &Line) -> bool {
    matches!(line.kind, LineKind::Refused(_))
}

fn difference(field: &str, place: &str, ours: &Value, theirs: &Value) -> Difference {
    Difference {
        field: field.to_owned(),
        place: place.to_owned(),
        ours: shown(ours, theirs),
        theirs: shown(theirs, ours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[project]\ndependencies = [\"a[x]>=1; os_name=='nt'\"]\n[dependency-groups]\n\
                        g = [\"b\"]\nh = [{include-group = \"G\"}, \"=\"]\n[tool.poetry.dependencies]\npython = \"^3\"\n\
                        C = \"^1\"\n[[tool.uv.index]]\nurl = \"https://e.org\"\n";

    fn oracle() -> Value {
        let plain = |name: &str| json!({"raw": name, "name": name, "canonical": name, "extras": [], "specifier": [], "marker": null, "url": null});
        json!({
            "error": null,
            "indexes": [{"name": null, "url": "https://e.org"}],
            "projects": {
                "dependencies": [{
                    "raw": "", "name": "a", "canonical": "a", "extras": ["x"], "specifier": [[">=", "1"]],
                    "marker": "os_name == \"nt\"", "url": null,
                }],
                "group:g": [plain("b")],
                "group:h": [plain("b"), {"raw": "=", "error": "no name"}],
                "tool.poetry:main": [
                    {"raw": "^3", "name": "python", "canonical": "python"}, {"raw": "^1", "name": "C", "canonical": "c"},
                ],
            },
        })
    }

    fn fields(oracle: Value) -> Vec<String> {
        let item = ManifestItem { id: String::new(), file_name: "pyproject.toml", bytes: TEXT.into(), oracle };
        super::item(&item).into_iter().map(|difference| difference.field).collect()
    }

    #[test]
    fn every_compared_field_is_seen() {
        assert_eq!(fields(oracle()), [""; 0]);
        for (pointer, value, field) in [
            ("/error", json!({"class": "TOMLDecodeError"}), ""),
            ("/indexes", json!([]), "indexes"),
            ("/projects/dependencies/0/name", json!("A"), "list"),
            ("/projects/dependencies/0/extras", json!([]), "list"),
            ("/projects/dependencies/0/specifier", json!([]), "list"),
            ("/projects/dependencies/0/marker", json!(null), "list"),
            ("/projects/group:h", json!([]), "list"),
            ("/projects/tool.poetry:main/1/name", json!("c"), "list"),
        ] {
            let mut changed = oracle();
            *changed.pointer_mut(pointer).expect(pointer) = value;
            let expected: Vec<&str> = std::iter::once(field).filter(|field| !field.is_empty()).collect();
            assert_eq!(fields(changed), expected, "{pointer}");
        }
    }
}
