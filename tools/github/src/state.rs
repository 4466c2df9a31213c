//! Everything the stand-in knows: repository, pull request, reviews, comments, threads, checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::anchor::{self, Spot};
use crate::clock::Clock;
use crate::diff::{self, FileChange, Side};
use crate::git::{self, Changes, Git, Tree};
use crate::scenario::Scenario;

/// The world of one stand-in.
#[derive(Debug)]
pub(crate) struct World {
    /// What it started from, and the switches that still apply.
    pub scenario: Scenario,
    /// The root of REST, without a slash at the end.
    pub api: String,
    /// Its time.
    pub clock: Clock,
    /// Commits and branches.
    pub git: Git,
    /// The pull request.
    pub pull: Pull,
    /// Reviews by time.
    pub reviews: Vec<Review>,
    /// Threads by time.
    pub threads: Vec<Thread>,
    /// Comments of all threads by time.
    pub comments: Vec<Comment>,
    /// Comments of the conversation by time.
    pub issue_comments: Vec<IssueComment>,
    /// Check runs by time.
    pub checks: Vec<serde_json::Value>,
    /// Annotations by check run.
    pub annotations: BTreeMap<u64, Vec<serde_json::Value>>,
    /// Uploads of SARIF by time.
    pub sarifs: Vec<crate::rest::sarif::Upload>,
    /// R16: how often people were notified.
    pub notifications: usize,
    last_id: u64,
    diffs: BTreeMap<(String, String), Arc<Vec<FileChange>>>,
}

/// The pull request.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    /// Open or not.
    pub open: bool,
    /// R15: only collaborators may write, and no token of a workflow is one.
    pub locked: bool,
    /// F7: GitHub has not computed yet whether it can be merged.
    pub computing: bool,
    /// The tip of its branch.
    pub head: String,
    /// Every commit that was its tip, the first first.
    pub heads: Vec<String>,
}

/// A review.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
    /// `PENDING`, `COMMENTED`, `CHANGES_REQUESTED`, `APPROVED` or `DISMISSED`.
    pub state: &'static str,
    /// The commit that it is shown for; see R10.
    pub commit: String,
    /// When it was submitted.
    pub at: u64,
    /// Why it is hidden.
    pub minimized: Option<String>,
}

/// A thread of review comments.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    /// Its id.
    pub id: u64,
    /// Where it was put.
    pub spot: Spot,
    /// Where it is now; `None` is outdated (R9).
    pub now: Option<Spot>,
    /// The commit it was put on, and the merge base then.
    pub original: (String, String),
    /// The last commit where its line was part of the diff.
    pub commit: String,
    /// Who resolved it.
    pub resolved_by: Option<String>,
}

/// A review comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// Its id.
    pub id: u64,
    /// Its review.
    pub review: u64,
    /// Its thread.
    pub thread: u64,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<u64>,
    /// When it was written.
    pub created: u64,
    /// When it was last changed.
    pub updated: u64,
    /// Why it is hidden.
    pub minimized: Option<String>,
}

/// A comment of the conversation.
#[derive(Clone, Debug)]
pub(crate) struct IssueComment {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub created: u64,
    /// When it was last changed.
    pub updated: u64,
    /// Why it is hidden.
    pub minimized: Option<String>,
}

/// Ids are beyond 32 bits, as those of GitHub have been since 2024.
const FIRST_ID: u64 = 3_000_000_000;

impl World {
    /// The world of a scenario, answering at `api`.
    pub(crate) fn new(scenario: Scenario, api: String) -> World {
        let mut git = Git::default();
        let commit = |git: &mut Git, sha: &Option<String>, parents: Vec<String>, tree: &Tree, message: &str| match sha {
            Some(sha) => git.insert(sha.clone(), parents, tree.clone(), message),
            None => git.commit(parents, tree.clone(), message),
        };
        let shas = scenario.shas.clone();
        let base = commit(&mut git, &shas.base, vec![], &scenario.base, "Start");
        let tip = match &scenario.base_tip {
            Some(tree) => commit(&mut git, &shas.base_tip, vec![base.clone()], tree, "Move on"),
            None => base.clone(),
        };
        let head = commit(&mut git, &shas.head, vec![base], &scenario.head, &scenario.title);
        git.branches.insert(scenario.base_ref.clone(), tip);
        git.branches.insert(scenario.head_ref.clone(), head.clone());
        let mut world = World {
            scenario,
            api,
            clock: Clock::default(),
            git,
            pull: Pull { open: true, locked: false, computing: false, head: head.clone(), heads: vec![head] },
            reviews: Vec::new(),
            threads: Vec::new(),
            comments: Vec::new(),
            issue_comments: Vec::new(),
            checks: Vec::new(),
            annotations: BTreeMap::new(),
            sarifs: Vec::new(),
            notifications: 0,
            last_id: FIRST_ID,
            diffs: BTreeMap::new(),
        };
        world.merge_test();
        world
    }

    /// A new id.
    pub(crate) fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The tip of the base branch.
    pub(crate) fn base_tip(&self) -> &str {
        self.git.branches.get(&self.scenario.base_ref).map_or("", String::as_str)
    }

    /// Where a commit left the base branch.
    pub(crate) fn merge_base(&self, head: &str) -> String {
        self.git.merge_base(self.base_tip(), head).unwrap_or_default()
    }

    /// The commits of the pull request, oldest first.
    pub(crate) fn commits(&self) -> Vec<String> {
        self.git.between(self.base_tip(), &self.pull.head)
    }

    /// The tree of a commit.
    pub(crate) fn tree(&self, sha: &str) -> Tree {
        self.git.get(sha).map(|commit| commit.tree.clone()).unwrap_or_default()
    }

    /// The pull request's diff as of a commit: from its merge base to it.
    pub(crate) fn changes(&mut self, head: &str) -> Arc<Vec<FileChange>> {
        let base = self.merge_base(head);
        self.diff(&base, head)
    }

    /// The diff of two commits.
    pub(crate) fn diff(&mut self, base: &str, head: &str) -> Arc<Vec<FileChange>> {
        let key = (base.to_owned(), head.to_owned());
        if let Some(changes) = self.diffs.get(&key) {
            return Arc::clone(changes);
        }
        let changes = diff::diff(&self.tree(base), &self.tree(head), &self.scenario.limits.diff);
        let changes = Arc::new(changes);
        self.diffs.insert(key, Arc::clone(&changes));
        changes
    }

    /// F6: the test merge of head into base; `None` on a conflict.
    pub(crate) fn merge_commit(&self) -> Option<String> {
        self.git.branches.get("refs/pull/merge").cloned()
    }

    /// The commit that a name stands for: a branch, a full ref, a commit; empty is the default branch.
    pub(crate) fn resolve(&self, name: &str) -> Option<String> {
        let number = self.scenario.number;
        if name.is_empty() || name == "HEAD" {
            return Some(self.base_tip().to_owned());
        }
        if name == format!("refs/pull/{number}/head") || name == format!("pull/{number}/head") {
            return Some(self.pull.head.clone());
        }
        if name == format!("refs/pull/{number}/merge") || name == format!("pull/{number}/merge") {
            return self.merge_commit();
        }
        let branch = name.strip_prefix("refs/heads/").or(name.strip_prefix("heads/")).unwrap_or(name);
        if branch != "refs/pull/merge"
            && let Some(sha) = self.git.branches.get(branch)
        {
            return Some(sha.clone());
        }
        self.git.get(name).map(|commit| commit.sha.clone())
    }

    /// Adds a commit on top of head.
    pub(crate) fn push(&mut self, changes: &Changes) -> String {
        let parent = self.pull.head.clone();
        let tree = git::apply(&self.tree(&parent), changes);
        let sha = self.git.commit(vec![parent], tree, &format!("Push {}", self.pull.heads.len()));
        self.move_head(sha.clone());
        sha
    }

    /// Replaces the pull request's commits by one: head's files with these changes.
    pub(crate) fn force_push(&mut self, changes: &Changes) -> String {
        let head = self.pull.head.clone();
        let base = self.merge_base(&head);
        let tree = git::apply(&self.tree(&head), changes);
        let sha = self.git.commit(vec![base], tree, &format!("Force-push {}", self.pull.heads.len()));
        // R10: reviews are moved to the new head.
        for review in &mut self.reviews {
            review.commit.clone_from(&sha);
        }
        self.move_head(sha.clone());
        sha
    }

    /// Adds a commit to the base branch.
    pub(crate) fn push_base(&mut self, changes: &Changes) -> String {
        let parent = self.base_tip().to_owned();
        let tree = git::apply(&self.tree(&parent), changes);
        let sha = self.git.commit(vec![parent], tree, "Move on");
        self.git.branches.insert(self.scenario.base_ref.clone(), sha.clone());
        self.merge_test();
        sha
    }

    fn move_head(&mut self, sha: String) {
        self.git.branches.insert(self.scenario.head_ref.clone(), sha.clone());
        self.pull.head.clone_from(&sha);
        self.pull.heads.push(sha);
        self.merge_test();
        self.move_threads();
    }

    /// R9: each thread follows its line, or is outdated.
    fn move_threads(&mut self) {
        let head = self.pull.head.clone();
        let base = self.merge_base(&head);
        let changes = self.changes(&head);
        for index in 0..self.threads.len() {
            let thread = &self.threads[index];
            let (commit, old_base) = &thread.original;
            let (old, new) = match thread.spot.side {
                Side::Right => (commit, &head),
                Side::Left => (old_base, &base),
            };
            let file = |sha: &str| self.git.get(sha).and_then(|commit| commit.tree.get(&thread.spot.path));
            let now = match (file(old), file(new)) {
                (Some(old), Some(new)) => anchor::follow(&thread.spot, old.bytes(), new.bytes(), &changes),
                _ => anchor::follow_file(&thread.spot, &changes),
            };
            let thread = &mut self.threads[index];
            if now.is_some() {
                thread.commit.clone_from(&head);
            }
            thread.now = now;
        }
    }

    fn merge_test(&mut self) {
        let (base, tip) = (self.merge_base(&self.pull.head), self.base_tip().to_owned());
        let head = self.pull.head.clone();
        let merged = git::merge(&self.tree(&base), &self.tree(&tip), &self.tree(&head));
        self.git.branches.remove("refs/pull/merge");
        if let Some(tree) = merged {
            let first = self.pull.heads.len() == 1;
            let parents = vec![tip, head];
            let sha = match self.scenario.shas.merge.clone().filter(|_| first) {
                Some(sha) => self.git.insert(sha, parents, tree, "Merge"),
                None => self.git.commit(parents, tree, "Merge"),
            };
            self.git.branches.insert("refs/pull/merge".to_owned(), sha);
        }
    }

    /// A thread by its id.
    pub(crate) fn thread(&self, id: u64) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == id)
    }

    /// A review comment by its id.
    pub(crate) fn comment(&self, id: u64) -> Option<&Comment> {
        self.comments.iter().find(|comment| comment.id == id)
    }

    /// A review by its id.
    pub(crate) fn review(&self, id: u64) -> Option<&Review> {
        self.reviews.iter().find(|review| review.id == id)
    }

    /// R5: what a pending review holds is seen by its author only.
    pub(crate) fn visible(&self, review: u64, viewer: &str) -> bool {
        self.review(review).is_some_and(|review| review.state != "PENDING" || review.author == viewer)
    }

    /// Adds a review.
    pub(crate) fn add_review(&mut self, author: &str, body: &str, state: &'static str, commit: &str) -> u64 {
        let id = self.id();
        let review = Review {
            id,
            author: author.to_owned(),
            body: body.to_owned(),
            state,
            commit: commit.to_owned(),
            at: self.clock.now(),
            minimized: None,
        };
        self.reviews.push(review);
        id
    }

    /// Adds a thread with its first comment, and gives the comment's id.
    pub(crate) fn add_thread(&mut self, author: &str, review: u64, spot: Spot, commit: &str, body: &str) -> u64 {
        let thread = self.id();
        let base = self.merge_base(commit);
        self.threads.push(Thread {
            id: thread,
            now: Some(spot.clone()),
            spot,
            original: (commit.to_owned(), base),
            commit: commit.to_owned(),
            resolved_by: None,
        });
        if commit != self.pull.head {
            self.move_threads();
        }
        self.add_comment(author, review, thread, body, None)
    }

    /// Adds a comment to a thread, and gives its id.
    pub(crate) fn add_comment(
        &mut self,
        author: &str,
        review: u64,
        thread: u64,
        body: &str,
        reply_to: Option<u64>,
    ) -> u64 {
        let (id, now) = (self.id(), self.clock.now());
        self.comments.push(Comment {
            id,
            review,
            thread,
            author: author.to_owned(),
            body: body.to_owned(),
            reply_to,
            created: now,
            updated: now,
            minimized: None,
        });
        id
    }

    /// Adds a comment to the conversation, and gives its id.
    pub(crate) fn add_issue_comment(&mut self, author: &str, body: &str) -> u64 {
        let (id, now) = (self.id(), self.clock.now());
        self.issue_comments.push(IssueComment {
            id,
            author: author.to_owned(),
            body: body.to_owned(),
            created: now,
            updated: now,
            minimized: None,
        });
        id
    }

    /// Removes a review comment; a thread without comments goes too.
    pub(crate) fn delete_comment(&mut self, id: u64) {
        self.comments.retain(|comment| comment.id != id);
        let comments = &self.comments;
        self.threads.retain(|thread| comments.iter().any(|comment| comment.thread == thread.id));
    }
}
