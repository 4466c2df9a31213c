//! What a review is asked to do: options first, then the environment. An empty variable is none.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use pychain_core::config::{FailOn, Installer, Policy};
use pychain_github::Settings;

use crate::args::ReviewArgs;
use crate::error::Hinted;

/// Where comments go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Comments {
    /// On the lines of the diff, with a summary below
    #[default]
    Review,
    /// In the summary only
    Summary,
    /// Nowhere
    None,
}

/// Everything that was asked for. Holds the token, so it is not to be printed.
pub(crate) struct Options {
    pub(super) repository: Option<String>,
    pub(super) pull: Option<u64>,
    pub(super) dry_run: bool,
    pub(super) config: Option<String>,
    pub(super) policy: Option<Policy>,
    pub(super) installer: Option<Installer>,
    pub(super) fail_on: Option<FailOn>,
    pub(super) comments: Comments,
    /// Glob patterns; none: all dependency files.
    pub(super) paths: Vec<String>,
    pub(super) sarif_file: Option<PathBuf>,
    pub(super) report_file: Option<PathBuf>,
    api_url: String,
    graphql_url: String,
    pub(super) server_url: String,
    token: Option<String>,
    pause: Duration,
    /// Where the rules' pages are.
    pub(super) docs: Option<String>,
    pub(super) event_name: String,
    pub(super) commit: Option<String>,
    pub(super) workspace: Option<PathBuf>,
    pub(super) output: Option<PathBuf>,
    pub(super) step_summary: Option<PathBuf>,
    pub(super) event: serde_json::Value,
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The option, else the variable in the same words.
fn either<T>(given: Option<T>, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
    if given.is_some() {
        return Ok(given);
    }
    let Some(text) = variable(name) else { return Ok(None) };
    match read(text.trim()) {
        Some(value) => Ok(Some(value)),
        None => bail!(Hinted::new(format!("`{name}` has a value that it cannot have"), "see `pychain review --help`")),
    }
}

impl Options {
    pub(super) fn gather(args: &ReviewArgs) -> Result<Self> {
        let text = |given: &Option<String>, name: &str| given.clone().or_else(|| variable(name));
        let path = |given: &Option<PathBuf>, name: &str| given.clone().or_else(|| variable(name).map(PathBuf::from));
        let trimmed = |url: String| url.trim_end_matches('/').to_owned();
        let api_url = text(&args.api_url, "GITHUB_API_URL").map_or("https://api.github.com".to_owned(), trimmed);
        let graphql_url = text(&args.graphql_url, "GITHUB_GRAPHQL_URL").unwrap_or_else(|| {
            api_url.strip_suffix("/v3").map_or_else(|| format!("{api_url}/graphql"), |api| format!("{api}/graphql"))
        });
        let server_url = variable("GITHUB_SERVER_URL").map_or("https://github.com".to_owned(), trimmed);
        let event_path = variable("GITHUB_EVENT_PATH").map(PathBuf::from);
        let event = super::event::payload(event_path.as_deref(), args.pr.is_some())?;
        let comments = |name: &str| clap::ValueEnum::from_str(name, false).ok();
        let paths = text(&args.paths, "PYCHAIN_PATHS").unwrap_or_default();
        let millis = |text: &str| text.parse().ok();
        let pause = either(args.pause, "PYCHAIN_PAUSE", millis)?.map_or(Settings::PAUSE, Duration::from_millis);
        let repository = text(&args.repo, "GITHUB_REPOSITORY");
        let repository = repository.or_else(|| Some(event["repository"]["full_name"].as_str()?.to_owned()));
        Ok(Self {
            pull: args.pr,
            dry_run: args.dry_run,
            config: text(&args.config, "PYCHAIN_CONFIG"),
            policy: either(args.policy, "PYCHAIN_POLICY", Policy::from_name)?,
            installer: either(args.installer, "PYCHAIN_INSTALLER", Installer::from_name)?,
            fail_on: either(args.fail_on, "PYCHAIN_FAIL_ON", FailOn::from_name)?,
            comments: either(args.comment, "PYCHAIN_COMMENT", comments)?.unwrap_or_default(),
            paths: paths
                .split([',', '\n'])
                .map(|glob| glob.trim().to_owned())
                .filter(|glob| !glob.is_empty())
                .collect(),
            sarif_file: path(&args.sarif_file, "PYCHAIN_SARIF_FILE"),
            report_file: path(&args.report_file, "PYCHAIN_REPORT_FILE"),
            token: variable("PYCHAIN_TOKEN").or_else(|| variable("GITHUB_TOKEN")).map(|token| token.trim().to_owned()),
            docs: super::link::docs(&server_url),
            event_name: variable("GITHUB_EVENT_NAME").unwrap_or_default(),
            commit: variable("GITHUB_SHA"),
            workspace: variable("GITHUB_WORKSPACE").map(PathBuf::from),
            output: variable("GITHUB_OUTPUT").map(PathBuf::from),
            step_summary: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            event,
            repository,
            api_url,
            graphql_url,
            server_url,
            pause,
        })
    }

    /// Whether a path leads into the checkout, wherever links point.
    pub(super) fn is_in_workspace(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.workspace
            .as_deref()
            .is_some_and(|workspace| real(path).starts_with(real(workspace)) || path.starts_with(workspace))
    }

    /// How to talk to GitHub.
    pub(super) fn settings(&self) -> Result<Settings> {
        let Some(repository) = self.repository.clone() else {
            bail!(Hinted::new(
                "no repository is named",
                "`--repo OWNER/NAME` names it; in a workflow GITHUB_REPOSITORY does"
            ));
        };
        Ok(Settings {
            api_url: self.api_url.clone(),
            graphql_url: self.graphql_url.clone(),
            repository,
            token: self.token.clone(),
            pause: self.pause,
            patience: Settings::PATIENCE,
            backoff: Settings::BACKOFF.min(self.pause),
        })
    }
}
