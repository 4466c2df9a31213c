//! What the world looks like in JSON, as REST shows it.

use serde_json::{Map, Value, json};

use crate::clock::iso;
use crate::diff::FileChange;
use crate::git::sha1_hex;
use crate::state::{Comment, IssueComment, Review, World};

/// Where people look; no request goes there.
pub(crate) const WEB: &str = "https://github.com";

/// The id of the repository, as in `/repositories/{id}` (N2).
pub(crate) const REPOSITORY_ID: u64 = 4_242;

/// A user; a name that ends in `[bot]` is a bot.
pub(crate) fn user(world: &World, login: &str) -> Value {
    let api = format!("{}/users/{login}", world.api);
    let mut user = Map::from_iter([
        ("login".to_owned(), json!(login)),
        ("id".to_owned(), json!(user_id(login))),
        ("node_id".to_owned(), json!(format!("U_{}", user_id(login)))),
        ("avatar_url".to_owned(), json!(format!("{WEB}/{}.png", plain(login)))),
        ("gravatar_id".to_owned(), json!("")),
        ("url".to_owned(), json!(encode(&api))),
        ("html_url".to_owned(), json!(format!("{WEB}/{}", plain(login)))),
        ("type".to_owned(), json!(if is_bot(login) { "Bot" } else { "User" })),
        ("site_admin".to_owned(), json!(false)),
    ]);
    for (name, path) in [
        ("followers", "followers"),
        ("following", "following{/other_user}"),
        ("gists", "gists{/gist_id}"),
        ("starred", "starred{/owner}{/repo}"),
        ("subscriptions", "subscriptions"),
        ("organizations", "orgs"),
        ("repos", "repos"),
        ("events", "events{/privacy}"),
        ("received_events", "received_events"),
    ] {
        user.insert(format!("{name}_url"), json!(format!("{}/{path}", encode(&api))));
    }
    Value::Object(user)
}

/// Whether a login is that of an app.
pub(crate) fn is_bot(login: &str) -> bool {
    login.ends_with("[bot]")
}

fn plain(login: &str) -> &str {
    login.strip_suffix("[bot]").unwrap_or(login)
}

fn encode(url: &str) -> String {
    url.replace('[', "%5B").replace(']', "%5D")
}

/// A number that is the same for a login in every run.
pub(crate) fn user_id(login: &str) -> u64 {
    u64::from_str_radix(&sha1_hex(login.as_bytes())[..6], 16).unwrap_or_default()
}

/// The repository, or the fork that the pull request comes from.
pub(crate) fn repository(world: &World, full_name: &str) -> Value {
    let (owner, name) = full_name.split_once('/').unwrap_or(("", full_name));
    let api = format!("{}/repos/{full_name}", world.api);
    let web = format!("{WEB}/{full_name}");
    let fork = full_name != world.scenario.repository;
    let time = iso(world.clock.now());
    let mut repository = Map::from_iter([
        ("id".to_owned(), json!(if fork { REPOSITORY_ID + 1 } else { REPOSITORY_ID })),
        ("node_id".to_owned(), json!(format!("R_{}", if fork { REPOSITORY_ID + 1 } else { REPOSITORY_ID }))),
        ("name".to_owned(), json!(name)),
        ("full_name".to_owned(), json!(full_name)),
        ("owner".to_owned(), user(world, owner)),
        ("private".to_owned(), json!(world.scenario.private)),
        ("fork".to_owned(), json!(fork)),
        ("html_url".to_owned(), json!(web)),
        ("url".to_owned(), json!(api)),
        ("default_branch".to_owned(), json!(world.scenario.base_ref)),
        ("git_url".to_owned(), json!(format!("git://github.com/{full_name}.git"))),
        ("ssh_url".to_owned(), json!(format!("git@github.com:{full_name}.git"))),
        ("clone_url".to_owned(), json!(format!("{web}.git"))),
        ("svn_url".to_owned(), json!(web)),
        ("permissions".to_owned(), json!({"admin": false, "push": false, "pull": true})),
    ]);
    for path in [
        "archive{/archive_format}{/ref}",
        "assignees{/user}",
        "branches{/branch}",
        "collaborators{/collaborator}",
        "comments{/number}",
        "commits{/sha}",
        "compare/{base}...{head}",
        "contents/{+path}",
        "contributors",
        "deployments",
        "downloads",
        "events",
        "forks",
        "hooks",
        "issues{/number}",
        "keys{/key_id}",
        "labels{/name}",
        "languages",
        "merges",
        "milestones{/number}",
        "notifications{?since,all,participating}",
        "pulls{/number}",
        "releases{/id}",
        "stargazers",
        "statuses/{sha}",
        "subscribers",
        "subscription",
        "tags",
        "teams",
    ] {
        let key = path.split(['{', '/']).next().unwrap_or_default();
        repository.insert(format!("{key}_url"), json!(format!("{api}/{path}")));
    }
    for (key, path) in [
        ("blobs", "git/blobs{/sha}"),
        ("git_commits", "git/commits{/sha}"),
        ("git_refs", "git/refs{/sha}"),
        ("git_tags", "git/tags{/sha}"),
        ("trees", "git/trees{/sha}"),
        ("issue_comment", "issues/comments{/number}"),
        ("issue_events", "issues/events{/number}"),
    ] {
        repository.insert(format!("{key}_url"), json!(format!("{api}/{path}")));
    }
    for key in ["description", "mirror_url", "homepage", "language", "license"] {
        repository.insert(key.to_owned(), Value::Null);
    }
    for key in [
        "forks_count",
        "stargazers_count",
        "watchers_count",
        "size",
        "open_issues_count",
        "forks",
        "open_issues",
        "watchers",
        "subscribers_count",
        "network_count",
    ] {
        repository.insert(key.to_owned(), json!(0));
    }
    for key in ["has_issues", "has_projects", "has_wiki", "has_downloads"] {
        repository.insert(key.to_owned(), json!(true));
    }
    for key in ["has_pages", "has_discussions", "archived", "disabled"] {
        repository.insert(key.to_owned(), json!(false));
    }
    for key in ["pushed_at", "created_at", "updated_at"] {
        repository.insert(key.to_owned(), json!(time));
    }
    Value::Object(repository)
}

/// The repository that head is in.
pub(crate) fn head_repository(world: &World) -> String {
    let name = world.scenario.repository.split_once('/').map_or("", |(_, name)| name);
    if world.scenario.fork { format!("{}/{name}", world.scenario.author) } else { world.scenario.repository.clone() }
}

/// The pull request in full.
pub(crate) fn pull(world: &mut World) -> Value {
    let head = world.pull.head.clone();
    let changes = world.changes(&head);
    let world = &*world;
    let number = world.scenario.number;
    let repository_url = format!("{}/repos/{}", world.api, world.scenario.repository);
    let (api, issue) = (format!("{repository_url}/pulls/{number}"), format!("{repository_url}/issues/{number}"));
    let web = pull_web(world);
    let author = user(world, &world.scenario.author);
    let side = |name: &str, branch: &str, sha: &str| {
        let owner = name.split_once('/').map_or("", |(owner, _)| owner);
        json!({
            "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha,
            "user": user(world, owner), "repo": repository(world, name),
        })
    };
    let merge = world.merge_commit().filter(|_| !world.pull.computing);
    // F7: null while it is being computed.
    let mergeable = (!world.pull.computing).then(|| merge.is_some());
    let time = iso(world.clock.now());
    let statuses = format!("{repository_url}/statuses/{head}");
    let mut pull = json!({
        "url": api, "id": number + 1_000_000, "node_id": pull_node(world), "html_url": web,
        "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"), "issue_url": issue,
        "commits_url": format!("{api}/commits"), "review_comments_url": format!("{api}/comments"),
        "review_comment_url": format!("{repository_url}/pulls/comments{{/number}}"),
        "comments_url": format!("{issue}/comments"), "statuses_url": statuses,
        "number": number, "state": if world.pull.open { "open" } else { "closed" },
        "locked": world.pull.locked, "title": world.scenario.title, "user": author, "body": null,
        "labels": [], "milestone": null, "created_at": time, "updated_at": time,
        "closed_at": (!world.pull.open).then_some(&time), "merged_at": null, "merge_commit_sha": merge,
        "assignee": null, "assignees": [], "requested_reviewers": [], "requested_teams": [],
    });
    let rest = json!({
        "head": side(&head_repository(world), &world.scenario.head_ref, &head),
        "base": side(&world.scenario.repository, &world.scenario.base_ref, world.base_tip()),
        "_links": {
            "self": {"href": api}, "html": {"href": web}, "issue": {"href": issue},
            "comments": {"href": format!("{issue}/comments")},
            "review_comments": {"href": format!("{api}/comments")},
            "review_comment": {"href": format!("{repository_url}/pulls/comments{{/number}}")},
            "commits": {"href": format!("{api}/commits")}, "statuses": {"href": statuses},
        },
        "author_association": association(world, &world.scenario.author), "auto_merge": null, "draft": false, "merged": false,
        "mergeable": mergeable, "rebaseable": null,
        "mergeable_state": match mergeable { None => "unknown", Some(true) => "clean", Some(false) => "dirty" },
        "merged_by": null, "comments": world.issue_comments.len(), "review_comments": world.comments.len(),
        "maintainer_can_modify": false, "commits": world.commits().len(),
        "additions": changes.iter().map(|change| change.additions).sum::<usize>(),
        "deletions": changes.iter().map(|change| change.deletions).sum::<usize>(),
        "changed_files": changes.len(),
    });
    for (key, value) in rest.as_object().into_iter().flatten() {
        pull[key] = value.clone();
    }
    pull
}

/// The page of the pull request.
pub(crate) fn pull_web(world: &World) -> String {
    format!("{WEB}/{}/pull/{}", world.scenario.repository, world.scenario.number)
}

/// GraphQL's id of the pull request.
pub(crate) fn pull_node(world: &World) -> String {
    format!("PR_{}", world.scenario.number)
}

fn pull_api(world: &World) -> String {
    format!("{}/repos/{}/pulls/{}", world.api, world.scenario.repository, world.scenario.number)
}

/// What somebody is to the repository.
pub(crate) fn association(world: &World, login: &str) -> &'static str {
    let owner = world.scenario.repository.split('/').next();
    match login {
        login if Some(login) == owner => "OWNER",
        login if is_bot(login) => "NONE",
        login if world.scenario.fork && login == world.scenario.author => "FIRST_TIME_CONTRIBUTOR",
        _ => "CONTRIBUTOR",
    }
}

/// A file of a diff.
pub(crate) fn diff_entry(world: &World, change: &FileChange, head: &str) -> Value {
    let path = escape_path(&change.path);
    let name = &world.scenario.repository;
    let mut entry = json!({
        "sha": change.sha, "filename": change.path, "status": change.status,
        "additions": change.additions, "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": format!("{WEB}/{name}/blob/{head}/{path}"),
        "raw_url": format!("{WEB}/{name}/raw/{head}/{path}"),
        "contents_url": format!("{}/repos/{name}/contents/{path}?ref={head}", world.api),
    });
    if let Some(patch) = change.patch() {
        entry["patch"] = json!(patch);
    }
    if let Some(previous) = &change.previous {
        entry["previous_filename"] = json!(previous);
    }
    entry
}

/// A path with every segment percent-encoded.
pub(crate) fn escape_path(path: &str) -> String {
    path.split('/').map(crate::rest::pages::escape).collect::<Vec<_>>().join("/")
}

/// A commit; `files` is left out where GitHub leaves it out.
pub(crate) fn commit(world: &World, sha: &str, files: Option<Value>) -> Value {
    let Some(commit) = world.git.get(sha) else { return Value::Null };
    let repository = format!("{}/repos/{}", world.api, world.scenario.repository);
    let web = format!("{WEB}/{}/commit", world.scenario.repository);
    let who = json!({"name": "Octo Cat", "email": "octocat@example.com", "date": "2023-11-14T22:13:20Z"});
    let parents = commit.parents.iter().map(
        |sha| json!({"sha": sha, "url": format!("{repository}/commits/{sha}"), "html_url": format!("{web}/{sha}")}),
    );
    let tree = crate::git::tree_sha(&commit.tree, "");
    let mut value = json!({
        "sha": sha, "node_id": format!("C_{sha}"), "url": format!("{repository}/commits/{sha}"),
        "html_url": format!("{web}/{sha}"), "comments_url": format!("{repository}/commits/{sha}/comments"),
        "commit": {
            "url": format!("{repository}/git/commits/{sha}"), "author": who, "committer": who,
            "message": commit.message, "comment_count": 0,
            "tree": {"sha": tree, "url": format!("{repository}/git/trees/{tree}")},
        },
        "author": user(world, &world.scenario.author), "committer": user(world, &world.scenario.author),
        "parents": parents.collect::<Vec<_>>(),
    });
    if let Some(files) = files {
        value["files"] = files;
    }
    value
}

/// A review.
pub(crate) fn review(world: &World, review: &Review) -> Value {
    let html = format!("{}#pullrequestreview-{}", pull_web(world), review.id);
    let mut value = json!({
        "id": review.id, "node_id": format!("PRR_{}", review.id), "user": user(world, &review.author),
        "body": review.body, "state": review.state, "html_url": html, "pull_request_url": pull_api(world),
        "_links": {"html": {"href": html}, "pull_request": {"href": pull_api(world)}},
        "commit_id": review.commit, "author_association": association(world, &review.author),
    });
    if review.state != "PENDING" {
        value["submitted_at"] = json!(iso(review.at));
    }
    value
}

/// A review comment.
pub(crate) fn comment(world: &World, comment: &Comment) -> Value {
    let Some(thread) = world.thread(comment.thread) else { return Value::Null };
    let url = format!("{}/repos/{}/pulls/comments/{}", world.api, world.scenario.repository, comment.id);
    let html = format!("{}#discussion_r{}", pull_web(world), comment.id);
    let mut value = json!({
        "url": url, "pull_request_review_id": comment.review, "id": comment.id,
        "node_id": format!("PRRC_{}", comment.id), "diff_hunk": thread.spot.hunk, "path": thread.spot.path,
        "commit_id": thread.commit, "original_commit_id": thread.original.0,
        "user": user(world, &comment.author), "body": comment.body,
        "created_at": iso(comment.created), "updated_at": iso(comment.updated),
        "html_url": html, "pull_request_url": pull_api(world),
        "author_association": association(world, &comment.author),
        "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull_api(world)}},
        "subject_type": if thread.spot.line.is_some() { "line" } else { "file" },
        "original_position": thread.spot.position.unwrap_or(1),
        // R9
        "position": thread.now.as_ref().and_then(|now| now.position),
    });
    if let Some(line) = thread.spot.line {
        let now = thread.now.as_ref();
        let start = |spot: &crate::anchor::Spot| spot.start.map(|(_, line)| line);
        value["original_line"] = json!(line);
        value["original_start_line"] = json!(start(&thread.spot));
        value["start_line"] = json!(now.and_then(start));
        value["start_side"] = json!(thread.spot.start.map(|(side, _)| side.name()));
        value["side"] = json!(thread.spot.side.name());
        if now.is_some() || world.scenario.believed.outdated_line_null {
            value["line"] = json!(now.and_then(|now| now.line));
        }
    }
    if let Some(first) = comment.reply_to {
        value["in_reply_to_id"] = json!(first);
    }
    value
}

/// A comment of the conversation.
pub(crate) fn issue_comment(world: &World, comment: &IssueComment) -> Value {
    let issues = format!("{}/repos/{}/issues", world.api, world.scenario.repository);
    json!({
        "id": comment.id, "node_id": format!("IC_{}", comment.id), "url": format!("{issues}/comments/{}", comment.id),
        "body": comment.body, "html_url": format!("{}#issuecomment-{}", pull_web(world), comment.id),
        "user": user(world, &comment.author), "created_at": iso(comment.created), "updated_at": iso(comment.updated),
        "issue_url": format!("{issues}/{}", world.scenario.number),
        "author_association": association(world, &comment.author),
    })
}
