//! What Poetry and Pipenv hash of a manifest, so that their lock files know whether it was changed.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use super::toml_value::{self, Keys as _};
use crate::model::LockFormat;
use crate::text::SourceFile;

/// The digests that the tool of a lock file accepts for the manifest beside it; none where it cannot be told.
pub(crate) fn accepted(format: LockFormat, manifest: &SourceFile) -> Option<Vec<String>> {
    let document = toml_value::document(manifest).ok()?;
    match format {
        LockFormat::Poetry => poetry(&document),
        LockFormat::Pipfile => pipfile(&document),
        LockFormat::Uv | LockFormat::Pdm | LockFormat::Pylock => None,
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
        self.members.sort();
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
