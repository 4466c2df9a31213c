//! The operations and their schemas: which one a request is for, and whether body and reply are sound.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::{Body, Reply, Request, decode};

const SOURCE: &str = include_str!("../schema/operations.schema.json");

/// One operation of REST.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    /// Its id, such as `pulls/get`.
    pub id: String,
    /// Its method.
    pub method: String,
    path: String,
    /// P3: tokens of apps may use it; `null` in the source is unknown, and then they may.
    pub apps: Option<bool>,
    /// R16: people are notified.
    pub notifies: bool,
    query: BTreeMap<String, Parameter>,
    request: Option<BodySchema>,
    responses: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    schema: Value,
}

#[derive(Debug, Deserialize)]
struct BodySchema {
    required: bool,
    schema: Value,
}

/// All operations, with validators that are made when first needed.
pub(crate) struct Schema {
    operations: Vec<Operation>,
    definitions: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Schema {
    /// The one of this process: compiling validators takes longer than most tests.
    pub(crate) fn shared() -> Arc<Schema> {
        static SHARED: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(Schema::new()));
        Arc::clone(&SHARED)
    }

    /// Reads the copy in this crate.
    fn new() -> Schema {
        #[derive(Deserialize)]
        struct File {
            operations: Vec<Operation>,
            #[serde(rename = "$defs")]
            definitions: Value,
        }
        let mut file: File = serde_json::from_str(SOURCE).expect("the schema in this crate is read");
        // R9: outdated comments have no line; GitHub's own description has these as integers only.
        for definition in ["pull-request-review-comment", "review-comment"] {
            for field in ["line", "position"] {
                file.definitions[definition]["properties"][field] = json!({"type": ["integer", "null"]});
            }
        }
        Schema { operations: file.operations, definitions: file.definitions, validators: Mutex::default() }
    }

    /// The operation of a request and what stands in its path; `path` is below the API's root.
    /// G6: a parameter is one segment, so that a slash that is not encoded finds nothing; only the
    /// path of `contents` goes on.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<(&Operation, BTreeMap<String, String>)> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if segments.last() == Some(&"") && !path.contains("/contents") {
            return None;
        }
        let candidates = self.operations.iter().filter(|operation| operation.method == method);
        candidates
            .filter_map(|operation| Some((operation, operation.parameters(&segments)?)))
            // `pulls/comments` before `pulls/{pull_number}`: fewer parameters.
            .min_by_key(|(_, parameters)| parameters.len())
    }

    /// Why the query is wrong: G9 takes an unknown key for a typo.
    pub(crate) fn check_query(operation: &Operation, request: &Request) -> Vec<String> {
        let wrong = request.query.iter().filter_map(|(key, value)| {
            let Some(parameter) = operation.query.get(key) else {
                return Some(format!("`{key}` is not a query parameter of {}", operation.id));
            };
            let schema = &parameter.schema;
            let typed = match schema["type"].as_str() {
                Some("integer") => value.parse::<u64>().is_ok(),
                _ => schema["enum"].as_array().is_none_or(|known| known.contains(&json!(value))),
            };
            (!typed).then(|| format!("`{key}` cannot be {value:?}"))
        });
        wrong.collect()
    }

    /// The body as JSON, or the reply that refuses it.
    pub(crate) fn check_body(&self, operation: &Operation, body: &[u8]) -> Result<Value, Reply> {
        let Some(wanted) = &operation.request else {
            return match body {
                [] => Ok(Value::Null),
                _ => Err(Reply::refused("Invalid request.\n\nNo body is expected.", &json!([]))),
            };
        };
        if body.is_empty() && !wanted.required {
            return Ok(json!({}));
        }
        // G3
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Err(Reply::error(400, "Problems parsing JSON"));
        };
        if !value.is_object() {
            return Err(Reply::error(400, "Body should be a JSON object"));
        }
        // G4, and G9 for keys that the schema does not know.
        let validator = self.validator(&format!("request {}", operation.id), || closed(&wanted.schema));
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("For '{}', {error}", error.instance_path())).collect();
        if errors.is_empty() {
            Ok(value)
        } else {
            Err(Reply::refused(&format!("Invalid request.\n\n{}", errors.join("\n")), &json!(errors)))
        }
    }

    /// Why one of our own replies is wrong.
    pub(crate) fn check_reply(&self, operation: Option<&Operation>, reply: &Reply) -> Vec<String> {
        let status = reply.status.to_string();
        let declared = operation.and_then(|operation| operation.responses.get(&status));
        let Body::Json(value) = &reply.body else {
            let fine = match (&reply.body, declared) {
                // Media types other than JSON have no schema.
                (Body::Bytes(..), _) => reply.status == 200,
                (_, Some(schema)) => schema.is_null(),
                (_, None) => reply.status == 304,
            };
            return if fine { vec![] } else { vec![format!("{status} without a body")] };
        };
        let name = operation.map_or("any", |operation| operation.id.as_str());
        let schema = || match (reply.status, declared) {
            // Both shapes occur for both kinds of operation: compare R1 with R7.
            (422, _) => json!({"anyOf": [reference("validation-error"), reference("validation-error-simple")]}),
            (200..=299, Some(schema)) if name == "repos/get-content" => {
                // The object media type is in the description of the operation, not in its schema.
                json!({"anyOf": [schema, reference("content-tree")]})
            }
            (_, Some(schema)) if !schema.is_null() => schema.clone(),
            (300..=599, _) => reference("basic-error"),
            _ => Value::Bool(false),
        };
        let validator = self.validator(&format!("reply {name} {status}"), schema);
        validator.iter_errors(value).map(|error| format!("{name} {status}{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, key: &str, schema: impl FnOnce() -> Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().expect("no panic while compiling a schema");
        if let Some(validator) = validators.get(key) {
            return Arc::clone(validator);
        }
        let schema = json!({"allOf": [schema()], "$defs": self.definitions});
        let options = jsonschema::options().should_validate_formats(true);
        let validator = Arc::new(options.build(&schema).expect("the schema in this crate is sound"));
        validators.insert(key.to_owned(), Arc::clone(&validator));
        validator
    }
}

impl Operation {
    /// It changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET"
    }

    fn parameters(&self, segments: &[&str]) -> Option<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let template: Vec<&str> = self.path[1..].split('/').collect();
        for (index, part) in template.iter().enumerate() {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                if segments.get(index) != Some(part) {
                    return None;
                }
                continue;
            };
            if name == "path" {
                let rest = segments.get(index..).unwrap_or_default();
                found.insert(name.to_owned(), decode(&rest.join("/")));
                return Some(found);
            }
            found.insert(name.to_owned(), decode(segments.get(index)?));
        }
        (template.len() == segments.len()).then_some(found)
    }
}

/// G9: the schema, refusing keys that it does not name; `side` is LEFT or RIGHT.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let mut closed: Map<String, Value> = map.iter().map(|(key, value)| (key.clone(), closed(value))).collect();
            if let Some(Value::Object(properties)) = closed.get_mut("properties") {
                for side in ["side", "start_side"] {
                    if let Some(Value::Object(side)) = properties.get_mut(side) {
                        side.insert("enum".to_owned(), json!(["LEFT", "RIGHT"]));
                    }
                }
                closed.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            Value::Object(closed)
        }
        Value::Array(items) => items.iter().map(closed).collect(),
        other => other.clone(),
    }
}

fn reference(definition: &str) -> Value {
    json!({"$ref": format!("#/$defs/{definition}")})
}
