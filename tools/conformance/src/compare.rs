//! Compares one record of ours with one of pip's, field by field.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use pychain_corpus::Item;
use serde_json::{Map, Value};

use crate::outcome::Difference;
use crate::reading;

/// Fields of a line; what one side lacks is its empty value.
const LINE_FIELDS: [&str; 9] =
    ["file", "line", "kind", "constraint", "text", "chain", "nested", "dropped_args", "ignored_opts"];
/// Fields of a requirement.
const REQUIREMENT_FIELDS: [&str; 11] = [
    "canonical",
    "extras_norm",
    "specifier",
    "marker",
    "url",
    "vcs",
    "url_hash",
    "path",
    "hashes",
    "editable",
    "pinned",
];
/// Fields of a line in hash-checking mode.
const HASH_LINE_FIELDS: [&str; 6] = ["file", "line", "name", "applies", "verdict", "verdict_before_26_1"];

/// Reads one file as pip would and compares.
pub(crate) fn item(item: &Item) -> Vec<Difference> {
    let reading = catch_unwind(|| {
        reading::record(&reading::project(&item.files, &item.file, item.constraint, &item.environment))
    });
    let mut differences = Differences::default();
    match reading {
        Ok(Some(ours)) => differences.record(&ours, &item.oracle),
        Ok(None) => differences.push("run", "", &Value::from("none"), &Value::from("one")),
        Err(_) => differences.push("panic", "", &Value::from("panics"), &Value::Null),
    }
    differences.0
}

#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn record(&mut self, ours: &Value, theirs: &Value) {
        self.field("encoding", "", &ours["encoding"], &theirs["encoding"]["how"]);
        self.lines(&ours["lines"], &theirs["lines"]);
        self.fields("options", &ours["options"], &theirs["options"]);
        let error = pick(&theirs["error"], &["class", "file", "line"]);
        self.field("error", "", &ours["error"], &error);
        self.field("accepted", "", &ours["accepted"], &theirs["accepted"]);
        self.hash_mode(&ours["hash_mode"], &theirs["hash_mode"]);
    }

    fn lines(&mut self, ours: &Value, theirs: &Value) {
        let (ours, theirs) = (list(ours), list(theirs));
        if ours.len() != theirs.len() {
            let place = |line: &Value| pick(line, &["file", "line", "kind"]);
            let first = (0..ours.len().max(theirs.len()))
                .find(|at| ours.get(*at).map(place) != theirs.get(*at).map(place))
                .unwrap_or_default();
            let at = |lines: &[Value]| {
                Value::from(format!("{} lines, here {}", lines.len(), lines.get(first).map(place).unwrap_or_default()))
            };
            self.push("lines", "", &at(ours), &at(theirs));
            return;
        }
        for (ours, theirs) in ours.iter().zip(theirs) {
            self.line(ours, theirs);
        }
    }

    fn line(&mut self, ours: &Value, theirs: &Value) {
        let place = format!("{}:{}", theirs["file"].as_str().unwrap_or_default(), theirs["line"]);
        for field in LINE_FIELDS {
            self.field(field, &place, &ours[field], &theirs[field]);
        }
        let error = ["class", "stage"];
        self.field("line error", &place, &pick(&ours["error"], &error), &pick(&theirs["error"], &error));
        let (ours, theirs) = (&ours["req"], &theirs["req"]);
        if ours.is_object() && theirs.is_object() {
            for field in REQUIREMENT_FIELDS {
                self.field(field, &place, &ours[field], &theirs[field]);
            }
        }
    }

    fn hash_mode(&mut self, ours: &Value, theirs: &Value) {
        if ours.is_null() || theirs.is_null() {
            self.field("hash_mode", "", ours, theirs);
            return;
        }
        for field in ["on", "why", "by", "refused", "projects"] {
            self.field(&format!("hash_mode.{field}"), "", &ours[field], &theirs[field]);
        }
        let picked = |lines: &Value| list(lines).iter().map(|line| pick(line, &HASH_LINE_FIELDS)).collect::<Value>();
        self.field("hash_mode.lines", "", &picked(&ours["lines"]), &picked(&theirs["lines"]));
    }

    fn fields(&mut self, prefix: &str, ours: &Value, theirs: &Value) {
        let empty = Map::new();
        let (ours, theirs) = (ours.as_object().unwrap_or(&empty), theirs.as_object().unwrap_or(&empty));
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for key in keys {
            let value = |side: &Map<String, Value>| side.get(key).cloned().unwrap_or_default();
            self.field(&format!("{prefix}.{key}"), "", &value(ours), &value(theirs));
        }
    }

    fn field(&mut self, field: &str, place: &str, ours: &Value, theirs: &Value) {
        if ours != theirs && !(is_empty(ours) && is_empty(theirs)) {
            self.push(field, place, ours, theirs);
        }
    }

    fn push(&mut self, field: &str, place: &str, ours: &Value, theirs: &Value) {
        self.0.push(Difference {
            field: field.to_owned(),
            place: place.to_owned(),
            ours: shown(ours, theirs),
            theirs: shown(theirs, ours),
        });
    }
}

/// The oracle leaves out what is empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn pick(value: &Value, fields: &[&str]) -> Value {
    let Some(object) = value.as_object() else { return Value::Null };
    let field = |name: &&str| ((*name).to_owned(), object.get(*name).cloned().unwrap_or_default());
    fields.iter().map(field).collect::<Map<_, _>>().into()
}

/// A value as JSON, from a little before the first difference on, cut to what can be read.
pub(crate) fn shown(value: &Value, other: &Value) -> String {
    const BEFORE: usize = 40;
    const LENGTH: usize = 200;
    let (text, other) = (value.to_string(), other.to_string());
    let common = text.chars().zip(other.chars()).take_while(|(ours, theirs)| ours == theirs).count();
    let skipped = if text.chars().count() <= LENGTH { 0 } else { common.saturating_sub(BEFORE) };
    let mut out: String = text.chars().skip(skipped).take(LENGTH).collect();
    if skipped > 0 {
        out.insert(0, '…');
    }
    if text.chars().count() > skipped + LENGTH {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(ours: &Value, theirs: &Value) -> Vec<String> {
        let mut differences = Differences::default();
        differences.record(ours, theirs);
        differences.0.into_iter().map(|difference| difference.field).collect()
    }

    fn record() -> Value {
        json!({
            "encoding": {"how": "utf-8", "name": "utf-8"},
            "lines": [{
                "file": "r.txt", "line": 1, "kind": "requirement", "constraint": false, "text": "a==1", "chain": [],
                "opts": {}, "req": {"canonical": "a", "specifier": [["==", "1"]], "hashes": {}, "marker": null},
            }],
            "options": {"index_urls": ["<default>"], "no_index": false},
            "error": null,
            "accepted": 1,
            "hash_mode": {"on": false, "why": null, "by": [], "lines": [], "projects": {}, "refused": false},
        })
    }

    /// Ours writes the encoding as one word.
    fn ours() -> Value {
        let mut ours = record();
        ours["encoding"] = json!("utf-8");
        ours
    }

    #[test]
    fn equal_records_do_not_differ_and_what_is_empty_may_be_left_out() {
        let mut ours = ours();
        ours["lines"][0]["dropped_args"] = json!([]);
        ours["lines"][0]["req"]["url"] = Value::Null;
        assert_eq!(fields(&ours, &record()), Vec::<String>::new());
    }

    #[test]
    fn every_compared_field_is_seen() {
        let change = |pointer: &str, value: Value| {
            let mut ours = ours();
            *ours.pointer_mut(pointer).expect(pointer) = value;
            fields(&ours, &record())
        };
        for (pointer, value, field) in [
            ("/encoding", json!("bom"), "encoding"),
            ("/lines/0/file", json!("b.txt"), "file"),
            ("/lines/0/line", json!(2), "line"),
            ("/lines/0/kind", json!("option"), "kind"),
            ("/lines/0/constraint", json!(true), "constraint"),
            ("/lines/0/req/canonical", json!("b"), "canonical"),
            ("/lines/0/req/specifier", json!([]), "specifier"),
            ("/lines/0/req/hashes", json!({"sha256": [""]}), "hashes"),
            ("/lines/0/req/marker", json!("os_name == \"a\""), "marker"),
            ("/lines", json!([]), "lines"),
            ("/options/no_index", json!(true), "options.no_index"),
            ("/error", json!({"class": "ValueError", "file": null, "line": null}), "error"),
            ("/accepted", json!(0), "accepted"),
            ("/hash_mode", Value::Null, "hash_mode"),
            ("/hash_mode/on", json!(true), "hash_mode.on"),
            ("/hash_mode/by", json!([["r.txt", 1]]), "hash_mode.by"),
        ] {
            assert_eq!(change(pointer, value), [field], "{pointer}");
        }
    }

    #[test]
    fn a_long_value_is_shown_where_it_differs() {
        let (ours, theirs) = (Value::from("x".repeat(500) + "a"), Value::from("x".repeat(500) + "b"));
        assert!(shown(&ours, &theirs).ends_with("xa\""), "{}", shown(&ours, &theirs));
    }
}
