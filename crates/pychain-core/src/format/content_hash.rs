//! What Poetry, PDM and Pipenv hash of a manifest, so that their lock files know whether it was changed.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use super::toml_value::{self, Keys as _};
use crate::model::LockFormat;
use crate::name::normalize;
use crate::order::{Arrange as _, Set};
use crate::text::SourceFile;

/// The digests that the tool of a lock file accepts for the manifest beside it; none where it cannot be told.
pub(crate) fn accepted(format: LockFormat, manifest: &SourceFile) -> Option<Vec<String>> {
    let document = toml_value::document(manifest).ok()?;
    match format {
        LockFormat::Poetry => poetry(&document),
        LockFormat::Pdm => pdm(&document),
        LockFormat::Pipfile => pipfile(&document),
        LockFormat::Uv | LockFormat::Pylock => None,
    }
}

/// Poetry's `Locker._get_content_hash`, and what earlier generations made of the same file.
fn poetry(document: &DeTable<'_>) -> Option<Vec<String>> {
    const LEGACY: [&str; 4] = ["dependencies", "source", "extras", "dev-dependencies"];
    let project = document.table("project");
    let groups = document.table("dependency-groups").filter(|groups| !groups.is_empty());
    let empty = DeTable::new();
    let tool = document.table("tool").and_then(|tools| tools.table("poetry")).unwrap_or(&empty);
    let of_project = ["requires-python", "dependencies", "optional-dependencies"];
    let of_project: Vec<(&str, &DeValue<'_>)> =
        of_project.into_iter().filter_map(|key| Some((key, project?.get(key)?.get_ref()))).collect();
    let mut digests = Vec::new();
    for (with_groups, group_is_relevant, groups_drop_nulls) in
        [(true, true, true), (true, true, false), (false, true, false), (false, false, false)]
    {
        let groups = groups.filter(|_| with_groups);
        let drops_nulls = !of_project.is_empty() || (groups.is_some() && groups_drop_nulls);
        let mut of_tool = Object::new(", ", ": ");
        let keys = LEGACY.into_iter().chain(["group"].into_iter().filter(|_| group_is_relevant));
        for key in keys {
            match tool.get(key) {
                Some(value) => of_tool.value(key, value.get_ref())?,
                // Kept by Poetry for the sake of hashes that are older than the other tables.
                None if key != "group" && !drops_nulls => of_tool.raw(key, "null".to_owned()),
                None => {}
            }
        }
        let text = if of_project.is_empty() && groups.is_none() {
            of_tool.finish()
        } else {
            let mut all = Object::new(", ", ": ");
            if !of_project.is_empty() {
                let mut object = Object::new(", ", ": ");
                for (key, value) in &of_project {
                    object.value(key, value)?;
                }
                all.raw("project", object.finish());
            }
            if let Some(groups) = groups {
                let mut object = Object::new(", ", ": ");
                for (key, value) in groups {
                    object.value(key.get_ref(), value.get_ref())?;
                }
                all.raw("dependency-groups", object.finish());
            }
            let text = of_tool.finish();
            // An earlier Poetry left the table out where nothing was in it.
            let mut without = all.clone();
            all.raw("tool", format!("{{\"poetry\": {text}}}"));
            if text == "{}" {
                without.raw("", String::new());
                digests.push(sha256(&without.finish()));
            }
            all.finish()
        };
        digests.push(sha256(&text));
    }
    Some(digests)
}

/// PDM's `PyProject.content_hash`, and what earlier generations made of the same file.
fn pdm(document: &DeTable<'_>) -> Option<Vec<String>> {
    let project = document.table("project")?;
    let empty = DeTable::new();
    let tool = document.table("tool").and_then(|tools| tools.table("pdm")).unwrap_or(&empty);
    // Of a workspace the members are hashed too; and what a build makes up is nowhere.
    let dynamic = project.get("dynamic").and_then(|value| value.get_ref().as_array());
    let is_made_up =
        |value: &toml_value::Value<'_>| value.get_ref().as_str().is_some_and(|key| key.ends_with("dependencies"));
    if tool.contains_key("workspace") || dynamic.is_some_and(|keys| keys.iter().any(is_made_up)) {
        return None;
    }
    let json = |table: &DeTable<'_>, key: &str, default: &str| match table.get(key) {
        Some(value) => json(value.get_ref(), ", ", ": "),
        None => Some(default.to_owned()),
    };
    let mut all = Object::new(", ", ": ");
    all.raw("sources", json(tool, "source", "[]")?);
    for (key, default) in [("dependencies", "[]"), ("optional-dependencies", "{}"), ("requires-python", "\"\"")] {
        all.raw(key, json(project, key, default)?);
    }
    let resolution = tool.table("resolution").unwrap_or(&empty);
    // Before 2.18 only the overrides counted, which stood beside that table once; before 1.12 nothing of it did.
    let of_resolution = [
        Some(("resolution", json(tool, "resolution", "{}")?)),
        Some(("overrides", json(if tool.contains_key("overrides") { tool } else { resolution }, "overrides", "{}")?)),
        Some(("overrides", json(resolution, "overrides", "{}")?)),
        None,
    ];
    let mut digests = Vec::new();
    // The groups of the standard are in it since 2.20.
    for groups in [groups_of_pdm(document, tool)?, json(tool, "dev-dependencies", "{}")?] {
        let mut all = all.clone();
        all.raw("dev-dependencies", groups);
        for part in of_resolution.iter().cloned() {
            let mut all = all.clone();
            if let Some((key, json)) = part {
                all.raw(key, json);
            }
            digests.push(sha256_of(&all.finish()));
        }
    }
    Some(digests)
}

/// Groups of both tables by their normalized names; none where two have the same, which PDM refuses, or adds up anew
/// whenever it looks.
fn groups_of_pdm(document: &DeTable<'_>, tool: &DeTable<'_>) -> Option<String> {
    let mut groups = Object::new(", ", ": ");
    let mut names = Set::new();
    let tables = [document.table("dependency-groups"), tool.table("dev-dependencies")];
    for (name, value) in tables.into_iter().flatten().flatten() {
        let name = normalize(name.get_ref());
        groups.value(&name, value.get_ref())?;
        if !names.insert(name) {
            return None;
        }
    }
    Some(groups.finish())
}

/// With the name of the algorithm, as PDM writes it.
fn sha256_of(text: &str) -> String {
    format!("sha256:{}", sha256(text))
}

/// plette's `Pipfile.get_hash`, with the categories and as it was before there were any.
fn pipfile(document: &DeTable<'_>) -> Option<Vec<String>> {
    let table = |key: &str| document.get(key).map(toml::Spanned::get_ref);
    let json = |value: Option<&DeValue<'_>>, default: &str| match value {
        Some(value) => json(value, ",", ":"),
        None => Some(default.to_owned()),
    };
    let mut meta = Object::new(",", ":");
    // What stands there where the file names no source.
    meta.raw(
        "sources",
        json(table("source"), "[{\"name\":\"pypi\",\"url\":\"https://pypi.org/simple\",\"verify_ssl\":true}]")?,
    );
    meta.raw("requires", json(table("requires"), "{}")?);
    let mut all = Object::new(",", ":");
    all.raw("_meta", meta.finish());
    all.raw("default", json(table("packages"), "{}")?);
    all.raw("develop", json(table("dev-packages"), "{}")?);
    let mut digests = vec![sha256(&all.clone().finish())];
    for (key, value) in document {
        let key = key.get_ref().as_ref();
        let is_known = ["source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv"];
        if !is_known.contains(&key) && !["default", "develop"].contains(&key) {
            all.value(key, value.get_ref())?;
        }
    }
    digests.push(sha256(&all.finish()));
    Some(digests)
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A JSON object as Python's `json.dumps` writes it with `sort_keys`.
#[derive(Clone)]
struct Object {
    members: Vec<(String, String)>,
    comma: &'static str,
    colon: &'static str,
}

impl Object {
    fn new(comma: &'static str, colon: &'static str) -> Self {
        Self { members: Vec::new(), comma, colon }
    }

    fn raw(&mut self, key: &str, json: String) {
        self.members.push((key.to_owned(), json));
    }

    fn value(&mut self, key: &str, value: &DeValue<'_>) -> Option<()> {
        let json = json(value, self.comma, self.colon)?;
        self.raw(key, json);
        Some(())
    }

    fn finish(mut self) -> String {
        self.members.retain(|(key, json)| !(key.is_empty() && json.is_empty()));
        self.members.arrange();
        let members: Vec<String> =
            self.members.iter().map(|(key, json)| format!("{}{}{json}", text(key), self.colon)).collect();
        format!("{{{}}}", members.join(self.comma))
    }
}

/// A value as `json.dumps` writes it; none for what JSON has no form for, or Python another one.
fn json(value: &DeValue<'_>, comma: &'static str, colon: &'static str) -> Option<String> {
    Some(match value {
        DeValue::String(value) => text(value),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Integer(value) if value.radix() == 10 => value.as_str().parse::<i64>().ok()?.to_string(),
        DeValue::Array(values) => {
            let values: Option<Vec<String>> = values.iter().map(|value| json(value.get_ref(), comma, colon)).collect();
            format!("[{}]", values?.join(comma))
        }
        DeValue::Table(table) => {
            let mut object = Object::new(comma, colon);
            for (key, value) in table {
                object.value(key.get_ref(), value.get_ref())?;
            }
            object.finish()
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => return None,
    })
}

/// A string in quotes, everything beyond ASCII escaped.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}
