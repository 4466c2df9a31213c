//! Pagination: `per_page`, `page` and the `link` header (N1, N2).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{Call, Reply};
use crate::rest::objects::REPOSITORY_ID;
use crate::state::World;

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment of a path, percent-encoded.
pub(crate) fn escape(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// The page that is asked for: its number from 1, and its size. N1: 30 by default, at most 100.
pub(crate) fn asked(call: &Call) -> (usize, usize) {
    let number = |name: &str| call.query(name).and_then(|text| text.parse().ok());
    (number("page").unwrap_or(1).max(1), number("per_page").unwrap_or(30).clamp(1, 100))
}

/// A page of all items, with its links.
pub(crate) fn page(world: &World, call: &Call, items: Vec<Value>) -> Reply {
    let (page, size) = asked(call);
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip((page - 1) * size).take(size).collect();
    linked(world, call, total, Reply::json(200, Value::Array(shown)))
}

/// Adds the links of a page of `total` items.
pub(crate) fn linked(world: &World, call: &Call, total: usize, reply: Reply) -> Reply {
    let (page, size) = asked(call);
    let last = total.div_ceil(size).max(1);
    let mut links = Vec::new();
    let mut link = |rel: &str, page: usize| {
        links.push(format!("<{}>; rel=\"{rel}\"", url(world, call, page)));
    };
    if page > 1 {
        link("prev", (page - 1).min(last));
    }
    if page < last {
        link("next", page + 1);
        link("last", last);
    }
    if page > 1 {
        link("first", 1);
    }
    if links.is_empty() { reply } else { reply.with("link", links.join(", ")) }
}

/// N2: not the request's own path, but the one that keeps when the repository is renamed.
fn url(world: &World, call: &Call, page: usize) -> String {
    let path = call.request.path.strip_prefix(&world.scenario.api_path);
    let path = path.unwrap_or_default();
    // `/repositories/{id}/…` is followed as well as `/repos/{owner}/{repo}/…`.
    let parts = if path.starts_with("/repositories/") { 3 } else { 4 };
    let path = path.splitn(parts + 1, '/').nth(parts).unwrap_or_default();
    let query = call.request.query.iter().filter(|(key, _)| key != "page");
    let mut url = vec![format!("{}/repositories/{REPOSITORY_ID}/{path}?", world.api)];
    for (key, value) in query {
        url.push(format!("{key}={}&", escape(value)));
    }
    url.push(format!("page={page}"));
    url.concat()
}
