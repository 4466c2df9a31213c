//! Files and directories at a commit, blobs and trees (F4, F5).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::git::{self, Commit, Entry, Tree};
use crate::http::{Call, Reply};
use crate::rest::objects::{WEB, escape_path};
use crate::state::World;

const RAW: &str = "application/vnd.github.raw; charset=utf-8";
const MEGABYTE: usize = 1024 * 1024;

pub(super) fn content(world: &World, call: &Call) -> Reply {
    let name = call.query("ref").unwrap_or_default();
    let Some(commit) = world.resolve(name) else {
        return Reply::error(404, &format!("No commit found for the ref {name}"));
    };
    let Some(Commit { tree, .. }) = world.git.get(&commit) else { return Reply::not_found() };
    let path = call.text("path").trim_matches('/');
    let at = Place { world, commit: &commit };
    match tree.get(path) {
        Some(entry) => file(&at, call, tree, path, entry),
        None => directory(&at, call, tree, path),
    }
}

fn file(at: &Place<'_>, call: &Call, tree: &Tree, path: &str, entry: &Entry) -> Reply {
    let target = match entry {
        // A link to a file of the repository answers as that file does.
        Entry::Symlink(target) => match tree.get(&resolve_link(path, target)) {
            Some(file @ Entry::File(_)) => file,
            _ => entry,
        },
        _ => entry,
    };
    match target {
        Entry::Submodule(_) => {
            let mut value = at.entry(path, "submodule", &entry.sha(), 0);
            value["submodule_git_url"] = json!("https://github.com/octo-org/submodule.git");
            Reply::json(200, value)
        }
        Entry::Symlink(target) => {
            let mut value = at.entry(path, "symlink", &entry.sha(), target.len());
            value["target"] = json!(target);
            Reply::json(200, value)
        }
        Entry::File(bytes) => {
            if bytes.len() > 100 * MEGABYTE {
                return too_large(
                    "The requested blob is too large to fetch via the API, but you can always clone the repository via Git.",
                );
            }
            if call.request.accepts("raw") {
                return Reply::bytes(RAW, bytes.clone());
            }
            let mut value = at.entry(path, "file", &target.sha(), bytes.len());
            (value["content"], value["encoding"]) = if bytes.len() <= MEGABYTE {
                (json!(wrapped(bytes)), json!("base64"))
            } else if call.request.accepts("object") {
                (json!(""), json!("none"))
            } else {
                return too_large(
                    "This API returns blobs up to 1 MB in size. The requested blob is too large to fetch via the API, but you can use the Git Data API to request blobs up to 100 MB in size.",
                );
            };
            Reply::json(200, value)
        }
    }
}

fn directory(at: &Place<'_>, call: &Call, tree: &Tree, path: &str) -> Reply {
    let children = git::children(tree, path);
    if children.is_empty() && !path.is_empty() {
        return Reply::not_found();
    }
    let entries = children.into_iter().take(1000).map(|(name, entry)| {
        let path = git::join(path, name);
        match entry {
            None => at.entry(&path, "dir", &git::tree_sha(tree, &path), 0),
            Some(Entry::Symlink(target)) => {
                let entry = Entry::Symlink(target.clone());
                at.entry(&path, "symlink", &entry.sha(), target.len())
            }
            // F4: a submodule is listed as a file.
            Some(entry) => at.entry(&path, "file", &entry.sha(), entry.bytes().len()),
        }
    });
    let entries: Vec<Value> = entries.collect();
    if !call.request.accepts("object") {
        return Reply::json(200, Value::Array(entries));
    }
    let mut value = at.entry(path, "dir", &git::tree_sha(tree, path), 0);
    value["entries"] = Value::Array(entries);
    Reply::json(200, value)
}

/// F5: always base64, or the bytes themselves.
pub(super) fn blob(world: &World, call: &Call) -> Reply {
    let sha = call.text("file_sha");
    let mut entries = world.git.commits().flat_map(|commit| commit.tree.values());
    let Some(entry) = entries.find(|entry| !matches!(entry, Entry::Submodule(_)) && entry.sha() == sha) else {
        return Reply::not_found();
    };
    let bytes = entry.bytes();
    if bytes.len() > 100 * MEGABYTE {
        return too_large("The requested blob is too large to fetch via the API.");
    }
    if call.request.accepts("raw") {
        return Reply::bytes(RAW, bytes.to_vec());
    }
    let url = format!("{}/repos/{}/git/blobs/{sha}", world.api, world.scenario.repository);
    Reply::json(
        200,
        json!({
            "sha": sha, "node_id": format!("B_{sha}"), "size": bytes.len(), "url": url,
            "content": wrapped(bytes), "encoding": "base64",
        }),
    )
}

pub(super) fn tree(world: &World, call: &Call) -> Reply {
    let name = call.text("tree_sha");
    let found = match world.resolve(name) {
        Some(commit) => Some((world.tree(&commit), String::new())),
        None => world.git.commits().find_map(|commit| {
            let directory =
                directories(&commit.tree).into_iter().find(|path| git::tree_sha(&commit.tree, path) == name)?;
            Some((commit.tree.clone(), directory))
        }),
    };
    let Some((tree, root)) = found else { return Reply::not_found() };
    let repository = format!("{}/repos/{}/git", world.api, world.scenario.repository);
    // Any value asks for all levels, even `0` and `false`.
    let recursive = call.query("recursive").is_some();
    let mut rows = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(below) = waiting.pop() {
        for (name, entry) in git::children(&tree, git::join(&root, &below).trim_end_matches('/')) {
            let path = git::join(&below, name);
            if let Some(entry) = entry {
                let kind = if matches!(entry, Entry::Submodule(_)) { "commit" } else { "blob" };
                let sha = entry.sha();
                let url = format!("{repository}/blobs/{sha}");
                rows.push(json!({
                    "path": path, "mode": entry.mode(), "type": kind, "sha": sha,
                    "size": entry.bytes().len(), "url": url,
                }));
            } else {
                let sha = git::tree_sha(&tree, &git::join(&root, &path));
                let url = format!("{repository}/trees/{sha}");
                rows.push(json!({"path": path, "mode": "040000", "type": "tree", "sha": sha, "url": url}));
                if recursive {
                    waiting.push(path);
                }
            }
        }
    }
    rows.sort_by(|one, other| one["path"].as_str().cmp(&other["path"].as_str()));
    let sha = git::tree_sha(&tree, &root);
    let url = format!("{repository}/trees/{sha}");
    Reply::json(200, json!({"sha": sha, "url": url, "tree": rows, "truncated": false}))
}

/// A commit, as a place where files are.
struct Place<'a> {
    world: &'a World,
    commit: &'a str,
}

impl Place<'_> {
    fn entry(&self, path: &str, kind: &str, sha: &str, size: usize) -> Value {
        let name = &self.world.scenario.repository;
        let escaped = escape_path(path);
        let api = format!("{}/repos/{name}", self.world.api);
        let url = format!("{api}/contents/{escaped}?ref={}", self.commit);
        let git = match kind {
            "dir" => format!("{api}/git/trees/{sha}"),
            _ => format!("{api}/git/blobs/{sha}"),
        };
        let html = format!("{WEB}/{name}/blob/{}/{escaped}", self.commit);
        let download = (kind != "dir").then(|| format!("{WEB}/{name}/raw/{}/{escaped}", self.commit));
        json!({
            "type": kind, "size": size, "name": path.rsplit('/').next(), "path": path, "sha": sha,
            "url": url, "git_url": git, "html_url": html, "download_url": download,
            "_links": {"self": url, "git": git, "html": html},
        })
    }
}

/// Base64 in lines of 60, as GitHub sends it.
fn wrapped(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut wrapped = String::with_capacity(text.len() + text.len() / 60 + 1);
    for (index, character) in text.chars().enumerate() {
        wrapped.push(character);
        if index % 60 == 59 {
            wrapped.push('\n');
        }
    }
    if !wrapped.is_empty() && !wrapped.ends_with('\n') {
        wrapped.push('\n');
    }
    wrapped
}

fn too_large(message: &str) -> Reply {
    Reply::json(
        403,
        json!({
            "message": message, "documentation_url": "https://docs.github.com/rest", "status": "403",
            "errors": [{"resource": "Blob", "field": "data", "code": "too_large"}],
        }),
    )
}

/// Every directory of a tree, the root too.
fn directories(tree: &Tree) -> Vec<String> {
    let mut all = vec![String::new()];
    for path in tree.keys() {
        all.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    }
    all.sort();
    all.dedup();
    all
}

/// The path that a link points to.
fn resolve_link(path: &str, target: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
