//! Who is asking, and what they may do.

use serde::{Deserialize, Serialize};

/// How far a permission goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not granted.
    #[default]
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// The `permissions` of a token, as a workflow names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Permissions {
    /// Files and commits.
    pub contents: Level,
    /// Pull requests, their reviews and comments.
    pub pull_requests: Level,
    /// Issues and their comments.
    pub issues: Level,
    /// Check runs.
    pub checks: Level,
    /// Code scanning.
    pub security_events: Level,
}

/// An identity with permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TokenForm")]
pub struct Token {
    /// Who it is; `None` is nobody, a request without a token.
    pub login: Option<String>,
    /// It belongs to an app, as `GITHUB_TOKEN` does.
    pub app: bool,
    /// What it may do.
    pub permissions: Permissions,
}

/// A word for the usual ones, or all fields.
#[derive(Deserialize)]
#[serde(untagged)]
enum TokenForm {
    Word(Word),
    Full { login: Option<String>, app: bool, permissions: Permissions },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Write,
    Read,
    None,
    App,
}

impl From<TokenForm> for Token {
    fn from(form: TokenForm) -> Token {
        match form {
            TokenForm::Word(Word::Write) => Token::write(),
            TokenForm::Word(Word::Read) => Token::read(),
            TokenForm::Word(Word::None) => Token::none(),
            TokenForm::Word(Word::App) => Token::app(),
            TokenForm::Full { login, app, permissions } => Token { login, app, permissions },
        }
    }
}

/// The login of `GITHUB_TOKEN`.
pub const ACTIONS: &str = "github-actions[bot]";

impl Token {
    /// `GITHUB_TOKEN` of a workflow that asks for what a reviewer needs: contents are read only.
    pub fn write() -> Token {
        Token {
            login: Some(ACTIONS.to_owned()),
            app: true,
            permissions: Permissions {
                contents: Level::Read,
                pull_requests: Level::Write,
                issues: Level::Write,
                checks: Level::Write,
                security_events: Level::Write,
            },
        }
    }

    /// P1: `GITHUB_TOKEN` of a pull request from a fork or by Dependabot.
    pub fn read() -> Token {
        Token {
            permissions: Permissions {
                contents: Level::Read,
                pull_requests: Level::Read,
                issues: Level::Read,
                checks: Level::Read,
                security_events: Level::Read,
            },
            ..Token::write()
        }
    }

    /// No token at all.
    pub fn none() -> Token {
        Token { login: None, app: false, permissions: Permissions::default() }
    }

    /// The token of an app that was installed with every permission.
    pub fn app() -> Token {
        let mut token = Token { login: Some("pychain[bot]".to_owned()), ..Token::write() };
        token.permissions.contents = Level::Write;
        token
    }

    /// A person with every permission.
    pub fn person(login: &str) -> Token {
        Token { login: Some(login.to_owned()), app: false, ..Token::app() }
    }
}
