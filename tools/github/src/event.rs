//! Event payloads and the environment that the runner sets beside them.

use serde_json::{Value, json};

use crate::rest::objects;
use crate::state::World;

/// The payload of an event: a real one, with what must agree with the repository rewritten.
///
/// `pull_request` and `pull_request_target` know `opened`, `reopened`, `synchronize` and `closed`;
/// the other events are `merge_group`, `push` and `workflow_dispatch`, whatever the action.
pub(crate) fn payload(world: &mut World, name: &str, action: &str) -> Option<Value> {
    let template = match (name, action) {
        ("pull_request" | "pull_request_target", "opened" | "closed") => {
            include_str!("../events/pull_request.opened.json")
        }
        ("pull_request" | "pull_request_target", "reopened") => include_str!("../events/pull_request.reopened.json"),
        ("pull_request" | "pull_request_target", "synchronize") => {
            include_str!("../events/pull_request.synchronize.json")
        }
        ("merge_group", _) => include_str!("../events/merge_group.checks_requested.json"),
        ("push", _) => include_str!("../events/push.branch.json"),
        ("workflow_dispatch", _) => include_str!("../events/workflow_dispatch.json"),
        _ => return None,
    };
    let mut payload: Value = serde_json::from_str(template).ok()?;
    let full_name = world.scenario.repository.clone();
    let repository = objects::repository(world, &full_name);
    for key in ["name", "full_name", "default_branch", "private", "html_url", "url", "owner", "id", "node_id"] {
        payload["repository"][key] = repository[key].clone();
    }
    payload["sender"] = objects::user(world, &world.scenario.author);
    let base = world.base_tip().to_owned();
    let branch = format!("refs/heads/{}", world.scenario.base_ref);
    match name {
        "merge_group" => {
            payload["merge_group"]["base_sha"] = json!(base);
            payload["merge_group"]["base_ref"] = json!(branch);
            payload["merge_group"]["head_sha"] = json!(world.merge_commit());
            payload["merge_group"]["head_ref"] = json!(queue(world));
        }
        "push" => {
            let parent = world.git.get(&base).and_then(|commit| commit.parents.first().cloned());
            payload["before"] = json!(parent.unwrap_or_else(|| "0".repeat(40)));
            payload["after"] = json!(base);
            payload["ref"] = json!(branch);
            payload["head_commit"]["id"] = json!(base);
        }
        "workflow_dispatch" => payload["ref"] = json!(branch),
        _ => {
            payload["action"] = json!(action);
            payload["number"] = json!(world.scenario.number);
            let pull = objects::pull(world);
            for (key, value) in pull.as_object()? {
                if !["body", "labels", "milestone"].contains(&key.as_str()) {
                    payload["pull_request"][key] = value.clone();
                }
            }
            if action == "closed" {
                payload["pull_request"]["state"] = json!("closed");
            }
            if action == "synchronize" {
                let heads = &world.pull.heads;
                payload["before"] = json!(heads.iter().rev().nth(1).unwrap_or(&base));
                payload["after"] = json!(world.pull.head);
            }
        }
    }
    Some(payload)
}

/// What the runner sets for an event, but for the token and the path of the payload.
pub(crate) fn environment(world: &World, name: &str) -> Vec<(String, String)> {
    let merge = world.merge_commit().unwrap_or_default();
    let number = world.scenario.number;
    let branch = format!("refs/heads/{}", world.scenario.base_ref);
    let (sha, reference) = match name {
        // F6: the test merge, not the head.
        "pull_request" => (merge, format!("refs/pull/{number}/merge")),
        "merge_group" => (merge, queue(world)),
        _ => (world.base_tip().to_owned(), branch),
    };
    let mut environment = vec![
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("GITHUB_API_URL", world.api.clone()),
        ("GITHUB_GRAPHQL_URL", graphql_url(world)),
        ("GITHUB_SERVER_URL", objects::WEB.to_owned()),
        ("GITHUB_REPOSITORY", world.scenario.repository.clone()),
        ("GITHUB_ACTOR", world.scenario.author.clone()),
        ("GITHUB_EVENT_NAME", name.to_owned()),
        ("GITHUB_SHA", sha),
        ("GITHUB_REF", reference),
    ];
    if name.starts_with("pull_request") {
        environment.push(("GITHUB_BASE_REF", world.scenario.base_ref.clone()));
        environment.push(("GITHUB_HEAD_REF", world.scenario.head_ref.clone()));
    }
    environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Q2: beside REST; GHES has `/api/graphql` beside `/api/v3`.
pub(crate) fn graphql_url(world: &World) -> String {
    format!("{}/graphql", world.api.strip_suffix("/v3").unwrap_or(&world.api))
}

fn queue(world: &World) -> String {
    let (base, number) = (&world.scenario.base_ref, world.scenario.number);
    format!("refs/heads/gh-readonly-queue/{base}/pr-{number}-{}", world.base_tip())
}
