//! What a test starts from: a repository, a pull request, whose token it is, which rules apply.

use serde::{Deserialize, Serialize};

use crate::git::{Entry, Tree};
use crate::limits::Limits;
use crate::token::Token;

/// A repository with one pull request.
///
/// Read from JSON too, where every field may be left out; a file is a string, or
/// `{"base64": …}`, `{"symlink": …}`, `{"submodule": …}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// `owner/name`.
    pub repository: String,
    /// Its name before it was renamed, G7: requests to it are redirected.
    pub renamed_from: Option<String>,
    /// P4: who has no access gets 404.
    pub private: bool,
    /// The pull request's number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Its head is in the repository of its author.
    pub fork: bool,
    /// The branch it goes to, also the default branch.
    pub base_ref: String,
    /// The branch it comes from.
    pub head_ref: String,
    /// The files where head left base.
    pub base: Tree,
    /// The files at the tip of the base branch, if it moved on since.
    pub base_tip: Option<Tree>,
    /// The files that are proposed.
    pub head: Tree,
    /// Names for the commits of `base`, `base_tip` and `head`, to match a checkout made with git.
    pub shas: Shas,
    /// Whose requests they are, unless they come with a token given by a hook.
    pub token: Token,
    /// Rate limits and sizes.
    pub limits: Limits,
    /// Behaviours that nobody has shown GitHub to have.
    pub believed: Believed,
    /// Waited before each answer.
    pub latency_ms: u64,
    /// The path below the server's root where REST is: empty, or `/api/v3` as GHES has it.
    /// GraphQL is then at `/graphql` or `/api/graphql` (Q2).
    pub api_path: String,
}

/// Names of commits, `None` for what git would compute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shas {
    /// Where head left base.
    pub base: Option<String>,
    /// The tip of the base branch.
    pub base_tip: Option<String>,
    /// The tip of the pull request.
    pub head: Option<String>,
    /// The test merge.
    pub merge: Option<String>,
}

/// The rows marked U in the specification: believed, no source found. All on, each can be put off.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Believed {
    /// R9: `line` of an outdated comment is null; else it is left out.
    pub outdated_line_null: bool,
    /// R11: a commit that is no longer part of the pull request is refused.
    pub foreign_commit_refused: bool,
    /// R18: a second pending review by the same user is refused.
    pub one_pending_review: bool,
    /// Q3: connections give at most 100.
    pub connection_cap: bool,
}

impl Default for Believed {
    fn default() -> Believed {
        Believed {
            outdated_line_null: true,
            foreign_commit_refused: true,
            one_pending_review: true,
            connection_cap: true,
        }
    }
}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario {
            repository: "octo-org/example".to_owned(),
            renamed_from: None,
            private: false,
            number: 7,
            title: "Update dependencies".to_owned(),
            author: "octocat".to_owned(),
            fork: false,
            base_ref: "main".to_owned(),
            head_ref: "update".to_owned(),
            base: Tree::new(),
            base_tip: None,
            head: Tree::new(),
            shas: Shas::default(),
            token: Token::write(),
            limits: Limits::default(),
            believed: Believed::default(),
            latency_ms: 0,
            api_path: String::new(),
        }
    }
}

impl Scenario {
    /// A pull request that turns the files of `base` into those of `head`.
    pub fn new(base: Tree, head: Tree) -> Scenario {
        Scenario { base, head, ..Scenario::default() }
    }

    /// The same, and the base branch has moved on to `tip`.
    #[must_use]
    pub fn base_tip(mut self, tip: Tree) -> Scenario {
        self.base_tip = Some(tip);
        self
    }

    /// P1: the pull request comes from a fork, with the token that such a run gets.
    #[must_use]
    pub fn from_fork(mut self) -> Scenario {
        self.fork = true;
        "octo-forker".clone_into(&mut self.author);
        self.token = Token::read();
        self
    }

    /// Requests come with this token.
    #[must_use]
    pub fn token(mut self, token: Token) -> Scenario {
        self.token = token;
        self
    }
}

/// A tree of text files: `files([("requirements.txt", "click==8.1.7\n")])`.
pub fn files<const N: usize>(files: [(&str, &str); N]) -> Tree {
    files.into_iter().map(|(path, text)| (path.to_owned(), Entry::from(text))).collect()
}
