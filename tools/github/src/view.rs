//! What a person would see on the pull request, as stable text for snapshots.

use crate::diff::Side;
use crate::rest::objects;
use crate::state::{Comment, Thread, World};

/// The page of the pull request. No times and no ids; names of commits are `<base>`, `<head>` …,
/// the stand-in's own address is `<api>`.
pub(crate) fn view(world: &World) -> String {
    let scenario = &world.scenario;
    let mut text = vec![format!("# Pull request {}: {}\n\n", scenario.number, scenario.title)];
    let state = if world.pull.open { "open" } else { "closed" };
    let locked = if world.pull.locked { ", locked" } else { "" };
    text.push(format!("{state}{locked}; notifications: {}\n", world.notifications));

    for review in &world.reviews {
        let threads = world.comments.iter().filter(|comment| comment.review == review.id && comment.reply_to.is_none());
        // A single comment makes an empty review, which nobody sees.
        if review.body.is_empty() && review.state == "COMMENTED" {
            continue;
        }
        let hidden = flags(&[("minimized as", review.minimized.as_deref())]);
        text.push(format!(
            "\n## Review by {}: {}, {} comments{hidden}\n\n",
            review.author,
            review.state,
            threads.count()
        ));
        text.push(quote(&review.body));
    }
    let mut threads: Vec<&Thread> = world.threads.iter().collect();
    threads.sort_by_key(|thread| (&thread.spot.path, thread.spot.line, thread.id));
    for thread in threads {
        text.push(format!("\n## {}{}\n", thread.spot.path, place(thread)));
        for comment in world.comments.iter().filter(|comment| comment.thread == thread.id) {
            text.push(shown(world, comment));
        }
    }
    for comment in &world.issue_comments {
        let hidden = flags(&[("minimized as", comment.minimized.as_deref())]);
        text.push(format!("\n## Comment by {}{hidden}\n\n", comment.author));
        text.push(quote(&comment.body));
    }
    for check in &world.checks {
        let part = |key: &str| check[key].as_str().unwrap_or("none").to_owned();
        let count = &check["output"]["annotations_count"];
        text.push(format!(
            "\n## Check {}: {}, {}, {count} annotations\n",
            part("name"),
            part("status"),
            part("conclusion")
        ));
    }
    for upload in &world.sarifs {
        text.push(format!("\n## SARIF for {}\n", upload.reference));
        for note in upload.errors.iter().chain(&upload.warnings) {
            text.push(format!("- {note}\n"));
        }
    }
    stable(world, &text.concat())
}

fn place(thread: &Thread) -> String {
    let Some(line) = thread.spot.line else {
        return format!(", the file{}", flags(&[("resolved by", thread.resolved_by.as_deref())]));
    };
    // A thread that moved shows where it is now; an outdated one where it was.
    let spot = thread.now.as_ref().unwrap_or(&thread.spot);
    let line = spot.line.unwrap_or(line);
    let side = |side: Side| if side == Side::Left { " (removed)" } else { "" };
    let lines = match spot.start {
        Some((_, start)) => format!(", lines {start}–{line}{}", side(spot.side)),
        None => format!(", line {line}{}", side(spot.side)),
    };
    let outdated = if thread.now.is_none() { " [outdated]" } else { "" };
    format!("{lines}{outdated}{}", flags(&[("resolved by", thread.resolved_by.as_deref())]))
}

fn shown(world: &World, comment: &Comment) -> String {
    let pending = world.review(comment.review).is_some_and(|review| review.state == "PENDING");
    let answer = if comment.reply_to.is_some() { " answers" } else { "" };
    let hidden = flags(&[("minimized as", comment.minimized.as_deref()), ("pending", pending.then_some(""))]);
    format!("\n### {}{answer}{hidden}\n\n{}", comment.author, quote(&comment.body))
}

fn flags(flags: &[(&str, Option<&str>)]) -> String {
    let set = flags.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    set.map(|(name, value)| format!(" [{}]", format!("{name} {value}").trim_end())).collect::<Vec<_>>().concat()
}

/// Each line behind `> `, so that no body can look like a part of the page.
fn quote(body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    body.split('\n').map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect()
}

fn stable(world: &World, text: &str) -> String {
    let mut text = text.replace(&world.api, "<api>");
    let mut names: Vec<(String, String)> = Vec::new();
    for (index, sha) in world.pull.heads.iter().enumerate().rev() {
        let now = index + 1 == world.pull.heads.len();
        names.push((sha.clone(), if now { "<head>".to_owned() } else { format!("<head {}>", index + 1) }));
    }
    names.push((world.merge_base(&world.pull.head), "<base>".to_owned()));
    names.push((world.base_tip().to_owned(), "<base tip>".to_owned()));
    names.extend(world.merge_commit().map(|sha| (sha, "<merge>".to_owned())));
    for (sha, name) in names {
        if sha.len() < 12 {
            continue;
        }
        // In full, and in the usual short forms.
        for length in [sha.len(), 12, 10, 8, 7] {
            text = text.replace(&sha[..length], &name);
        }
    }
    for comment in &world.comments {
        text = text.replace(&comment.id.to_string(), "<id>");
    }
    text.replace(objects::WEB, "<web>")
}
