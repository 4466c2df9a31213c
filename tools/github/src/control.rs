//! The control endpoints, for tests in another process.
//!
//! | request | does |
//! |---|---|
//! | `POST /_control/hook` with a [`Hook`](crate::Hook) | carries it out, or keeps it for later; answers `{"id": …}` |
//! | `GET /_control/view` | what a person would see, as text |
//! | `GET /_control/log` | every request so far |
//! | `GET /_control/faults` | what [`Double::assert_sound`](crate::Double::assert_sound) would complain of |
//! | `GET /_control/suggestions` | each suggestion applied to head: the file after it, or why not |
//! | `GET /_control/alerts` | the code scanning alerts that the pull request shows (S5) |
//! | `GET /_control/event?name=pull_request&action=opened` | the payload of an event, and the environment beside it |

use serde_json::{Value, json};

use crate::http::{Reply, Request};
use crate::rest::sarif;
use crate::service::Service;
use crate::{event, suggestion, view};

pub(crate) fn answer(service: &mut Service, request: &Request) -> Reply {
    match (request.method.as_str(), request.path.trim_start_matches("/_control/")) {
        ("POST", "hook") => match serde_json::from_slice(&request.body) {
            Err(error) => Reply::error(400, &error.to_string()),
            Ok(hook) => match service.hooks.add(hook, &mut service.world, &mut service.meter) {
                Ok(id) => Reply::json(200, json!({"id": id})),
                Err(why) => Reply::error(422, &why),
            },
        },
        ("GET", "view") => Reply::bytes("text/plain; charset=utf-8", view::view(&service.world).into_bytes()),
        ("GET", "log") => Reply::json(200, json!(service.log)),
        ("GET", "faults") => Reply::json(200, json!(service.faults)),
        ("GET", "alerts") => Reply::json(200, json!(sarif::shown_alerts(&mut service.world))),
        ("GET", "suggestions") => {
            let comments: Vec<u64> = service.world.comments.iter().map(|comment| comment.id).collect();
            let mut rows = Vec::new();
            for id in comments {
                let Some(comment) = service.world.comment(id) else { continue };
                if suggestion::blocks(&comment.body).is_empty() {
                    continue;
                }
                let path = service.world.thread(comment.thread).map(|thread| thread.spot.path.clone());
                let mut row = json!({"id": id, "path": path});
                match suggestion::apply(&service.world, &[id]) {
                    Ok(tree) => {
                        let file = path.and_then(|path| tree.get(&path).map(|entry| entry.bytes().to_vec()));
                        row["content"] = json!(String::from_utf8_lossy(&file.unwrap_or_default()));
                    }
                    Err(why) => row["invalid"] = json!(why.message()),
                }
                rows.push(row);
            }
            Reply::json(200, Value::Array(rows))
        }
        ("GET", "event") => {
            let part = |wanted: &str| {
                let mut pairs = request.query.iter();
                pairs.find(|(key, _)| key == wanted).map_or("", |(_, value)| value.as_str())
            };
            match event::payload(&mut service.world, part("name"), part("action")) {
                Some(payload) => {
                    let environment = event::environment(&service.world, part("name"));
                    Reply::json(200, json!({"payload": payload, "environment": environment}))
                }
                None => Reply::error(404, "no such event"),
            }
        }
        _ => Reply::not_found(),
    }
}
