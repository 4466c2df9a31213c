//! What stands on a pull request, and which of it is ours.

use pychain_core::report::review::{Comment, Existing, Id, Thread};
use serde::Deserialize;
use serde_json::json;

use crate::client::Shared;
use crate::error::{Error, Kind};

/// Only the first comment of a thread can be one that starts it; how many follow is told by the count.
const QUERY: &str = "\
query($owner: String!, $name: String!, $number: Int!, $threads: String, $comments: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $threads) {
        pageInfo { hasNextPage endCursor }
        nodes {
          isResolved isOutdated path line startLine
          comments(first: 1) { totalCount nodes { id fullDatabaseId body viewerDidAuthor isMinimized } }
        }
      }
      comments(first: 100, after: $comments) {
        pageInfo { hasNextPage endCursor }
        nodes { id fullDatabaseId body viewerDidAuthor isMinimized }
      }
    }
  }
}";

/// A pull request with more has other troubles.
const MAX_PAGES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<T> {
    page_info: Option<PageInfo>,
    total_count: Option<usize>,
    nodes: Option<Vec<Option<T>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadJson {
    is_resolved: bool,
    is_outdated: bool,
    path: String,
    line: Option<usize>,
    start_line: Option<usize>,
    comments: Connection<CommentJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentJson {
    id: String,
    /// A big integer: text, or a number where that was enough.
    full_database_id: serde_json::Value,
    body: String,
    viewer_did_author: bool,
    is_minimized: bool,
}

impl Shared {
    /// Everything that was said on a pull request.
    pub(crate) async fn existing(&self, number: u64) -> Result<Existing, Error> {
        let (owner, name) = self.repository.split_once('/').unwrap_or_default();
        let mut existing = Existing::default();
        let (mut threads, mut comments) = (Cursor::default(), Cursor::default());
        for _ in 0..MAX_PAGES {
            let variables = json!({
                "owner": owner, "name": name, "number": number,
                "threads": threads.after, "comments": comments.after,
            });
            let mut data = self.graphql(QUERY, &variables).await?;
            let pull = &mut data["repository"]["pullRequest"];
            let shape = |error: serde_json::Error| Error::new(Kind::Other, "POST graphql", error.to_string());
            let page: Connection<ThreadJson> = serde_json::from_value(pull["reviewThreads"].take()).map_err(shape)?;
            existing.threads.extend(threads.take(page).into_iter().filter_map(thread));
            let page: Connection<CommentJson> = serde_json::from_value(pull["comments"].take()).map_err(shape)?;
            existing.comments.extend(comments.take(page).into_iter().map(comment));
            if threads.done && comments.done {
                return Ok(existing);
            }
        }
        Err(Error::new(Kind::Other, "POST graphql", "the list of comments does not end"))
    }
}

/// How far a list was read.
#[derive(Default)]
struct Cursor {
    after: Option<String>,
    done: bool,
}

impl Cursor {
    /// What a page brings that was not read before.
    fn take<T>(&mut self, page: Connection<T>) -> Vec<T> {
        if self.done {
            return Vec::new();
        }
        match page.page_info {
            Some(PageInfo { has_next_page: true, end_cursor: Some(end) }) => self.after = Some(end),
            _ => self.done = true,
        }
        page.nodes.unwrap_or_default().into_iter().flatten().collect()
    }
}

fn thread(thread: ThreadJson) -> Option<Thread> {
    let total = thread.comments.total_count.unwrap_or_default();
    let first = thread.comments.nodes?.into_iter().flatten().next()?;
    Some(Thread {
        comment: comment(first),
        path: thread.path,
        line: thread.line,
        start_line: thread.start_line,
        outdated: thread.is_outdated,
        resolved: thread.is_resolved,
        replies: total.saturating_sub(1),
    })
}

fn comment(comment: CommentJson) -> Comment {
    let number = match &comment.full_database_id {
        serde_json::Value::String(text) => text.parse().unwrap_or_default(),
        other => other.as_u64().unwrap_or_default(),
    };
    Comment {
        id: Id { number, node: comment.id },
        body: comment.body,
        ours: comment.viewer_did_author,
        minimized: comment.is_minimized,
    }
}
