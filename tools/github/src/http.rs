//! A request and a reply as plain values, and the errors that GitHub answers with.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::token::Token;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// The path, still percent-encoded, without the query.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Splits a request target into path and query.
    pub(crate) fn target(target: &str) -> (String, Vec<(String, String)>) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        });
        (path.to_owned(), query.collect())
    }

    /// A header's value, or empty.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether `Accept` asks for a media type such as `raw` or `diff`, in any of its spellings.
    pub(crate) fn accepts(&self, kind: &str) -> bool {
        self.header("accept").split(',').any(|accept| {
            let accept = accept.trim().split(';').next().unwrap_or_default();
            accept.strip_prefix("application/vnd.github.").is_some_and(|rest| {
                let rest = rest.strip_prefix("v3.").unwrap_or(rest);
                rest.split('+').next() == Some(kind)
            })
        })
    }
}

/// A request that was found to be for an operation, and is sound.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The request.
    pub request: Request,
    /// The operation's id, such as `pulls/get`.
    pub operation: String,
    /// What stands in the path's `{…}`, decoded.
    pub path: BTreeMap<String, String>,
    /// The body, `null` if there is none.
    pub body: Value,
    /// Who asks.
    pub token: Token,
}

impl Call {
    /// A number in the path; 0, which is nobody's, if it is none.
    pub(crate) fn id(&self, name: &str) -> u64 {
        self.path.get(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A text in the path.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let mut pairs = self.request.query.iter();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A text in the body.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// The asking login; nobody is `ghost`.
    pub(crate) fn login(&self) -> String {
        self.token.login.clone().unwrap_or_else(|| "ghost".to_owned())
    }
}

/// A reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside those that every reply has.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A reply's body.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// Another media type.
    Bytes(&'static str, Vec<u8>),
}

impl Reply {
    /// JSON with a status.
    pub(crate) fn json(status: u16, body: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// A status alone.
    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Empty }
    }

    /// Bytes of a media type.
    pub(crate) fn bytes(media_type: &'static str, bytes: Vec<u8>) -> Reply {
        Reply { status: 200, headers: Vec::new(), body: Body::Bytes(media_type, bytes) }
    }

    /// An error with a message.
    pub(crate) fn error(status: u16, message: &str) -> Reply {
        Reply::json(status, json!({"message": message, "documentation_url": DOCS, "status": status.to_string()}))
    }

    /// 404.
    pub(crate) fn not_found() -> Reply {
        Reply::error(404, "Not Found")
    }

    /// G5: `Validation Failed` with objects.
    pub(crate) fn invalid(errors: &[Value]) -> Reply {
        Reply::refused("Validation Failed", &json!(errors))
    }

    /// 422 with sentences; several are joined into one string, without an index (R4).
    pub(crate) fn unprocessable(errors: &[String]) -> Reply {
        Reply::refused("Unprocessable Entity", &json!([errors.join(" and ")]))
    }

    /// 422 with a message of its own.
    pub(crate) fn refused(message: &str, errors: &Value) -> Reply {
        Reply::json(422, json!({"message": message, "errors": errors, "documentation_url": DOCS, "status": "422"}))
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// P1's message, by which a client knows a missing permission.
pub(crate) const FORBIDDEN: &str = "Resource not accessible by integration";

const DOCS: &str = "https://docs.github.com/rest";

/// Undoes percent-encoding; what is not UTF-8 becomes the replacement character.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
