//! Connections: `first`, `last`, `after`, `before`, and the page that they give (Q3).

use apollo_compiler::resolvers::FieldError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::error;
use super::node::Kind;

/// A part of a list.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) type_name: &'static str,
    pub(super) nodes: Vec<Kind>,
    pub(super) total: usize,
    pub(super) info: Info,
}

/// Where the part begins and ends.
#[derive(Clone)]
pub(super) struct Info {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
    pub(super) previous: bool,
    pub(super) next: bool,
}

/// The part of `all` that the arguments ask for.
pub(super) fn page(
    type_name: &'static str,
    all: &[Kind],
    arguments: &Value,
    capped: bool,
    field: &str,
) -> Result<Page, FieldError> {
    let count = |name: &str| arguments[name].as_i64();
    let (first, last) = (count("first"), count("last"));
    let most = first.or(last).ok_or_else(|| {
        error(
            "MISSING_PAGINATION_BOUNDARIES",
            &format!("You must provide a `first` or `last` value to properly paginate the `{field}` connection."),
        )
    })?;
    // Q3
    if capped && most > 100 {
        let message =
            format!("Requesting {most} records on the `{field}` connection exceeds the `first` limit of 100 records.");
        return Err(error("EXCESSIVE_PAGINATION", &message));
    }
    let most = usize::try_from(most)
        .map_err(|_| error("ARGUMENT_ERROR", &format!("`{field}` cannot have a negative number of records")))?;
    let cursor = |name: &str| -> Result<Option<usize>, FieldError> {
        let Some(text) = arguments[name].as_str() else { return Ok(None) };
        let found = all.iter().position(|kind| encode(kind) == text);
        let bad = || error("INVALID_CURSOR_ARGUMENTS", &format!("`{text}` does not appear to be a valid cursor."));
        found.map(Some).ok_or_else(bad)
    };
    let mut from = cursor("after")?.map_or(0, |index| index + 1);
    if let Some(skip) = count("skip").and_then(|skip| usize::try_from(skip).ok()) {
        from += skip;
    }
    let mut to = cursor("before")?.unwrap_or(all.len()).max(from);
    if first.is_some() {
        to = to.min(from + most);
    } else {
        from = from.max(to.saturating_sub(most));
    }
    let (from, to) = (from.min(all.len()), to.min(all.len()));
    let nodes = all[from..to].to_vec();
    Ok(Page {
        type_name,
        total: all.len(),
        info: Info {
            start: nodes.first().map(encode),
            end: nodes.last().map(encode),
            previous: from > 0,
            next: to < all.len(),
        },
        nodes,
    })
}

fn encode(kind: &Kind) -> String {
    STANDARD.encode(format!("cursor:{}", kind.id()))
}
