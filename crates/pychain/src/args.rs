//! The command line: what may be asked, and the help that teaches it.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use pychain_core::config::{Date, FailOn, Installer, Policy};

use crate::review::Comments;

#[derive(Debug, Parser)]
#[command(
    name = "pychain",
    version,
    about = "Reviews what a change does to the trust in your Python dependencies",
    after_help = "Try `pychain audit`, and `pychain audit --help` for examples and exit codes.",
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colors
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit requirements files, lock files, manifests, and commands that install
    #[command(long_about = AUDIT_ABOUT, after_long_help = AUDIT_AFTER)]
    Audit(Box<AuditArgs>),
    /// Show what a change does to each dependency, as one table
    #[command(long_about = DIFF_ABOUT, after_long_help = DIFF_AFTER)]
    Diff(Box<DiffArgs>),
    /// Review a pull request on GitHub
    #[command(long_about = REVIEW_ABOUT, after_long_help = REVIEW_AFTER)]
    Review(Box<ReviewArgs>),
    /// Explain names of projects, and watch over your own
    #[command(subcommand)]
    Names(NamesCommand),
    /// Explain a rule: what it does, why it matters, what to write instead
    Explain {
        /// The rule's id, as it stands in brackets in front of a finding
        rule: String,
    },
    /// List all rules
    Rules {
        /// How to list them
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Print a completion script for a shell
    #[command(
        after_help = "Example, for bash:\n  pychain completions bash > ~/.local/share/bash-completion/completions/pychain"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}

const AUDIT_ABOUT: &str = "\
Audit requirements files, lock files, manifests, and commands that install.

Finds the files by the names that their tools and users give them (requirements*.txt, uv.lock, pyproject.toml, \
Dockerfile, workflows and the like), reads what they include, and says what weakens the supply chain. \
Nothing is installed, executed or downloaded, and nothing outside PATH is read.";

const AUDIT_AFTER: &str = "\
Examples:
  pychain audit                                  audit this directory
  pychain audit requirements.txt                 audit one file and what it includes
  pychain audit --base origin/main               report only what differs from a git revision
  pychain audit --base \"$(git merge-base origin/main HEAD)\"
                                                 report only what this branch introduces
  pychain audit --format sarif --output out.sarif
  pychain audit --fix                            list the certain fixes; change nothing
  pychain audit --diff                           show them as a patch
  pychain audit --fix --write                    apply them

Exit codes:
  0  nothing found at or above the threshold (`--fail-on`, medium by default)
  1  something found, or a dependency file that could not be read
  2  could not do the job: wrong usage, broken configuration, or nothing that could be audited

The configuration is read from `pychain.toml`, or from `[tool.pychain]` in `pyproject.toml`.
A single finding is accepted by a comment: `# pychain: ignore[RULE] reason`.";

const DIFF_ABOUT: &str = "\
Show what a change does to each dependency, as one table.

Reads requirements and lock files of every format on both sides, and tells what is added, removed, upgraded, downgraded, \
or comes with other hashes, from another place, under another marker. For an added project it says by which way it came \
in, for a version how old it was on the day of the comparison and whether it grew, as far as the lock file tells. \
Nothing is installed, executed or downloaded. The table judges nothing: `pychain audit --base` does.";

const DIFF_AFTER: &str = "\
Examples:
  pychain diff origin/main                       this directory against a git revision
  pychain diff v1.0 v1.1                         two revisions
  pychain diff HEAD uv.lock                      one file against what is committed
  pychain diff old/ new/                         two directories
  pychain diff uv.lock.orig uv.lock              two files; the name that tells the format counts for both
  pychain diff --format markdown origin/main > table.md

Exit codes:
  0  the table is whole, whether or not something changes
  1  a dependency file, or a line of one, could not be read: the table lacks what it says
  2  could not do the job: wrong usage, broken configuration, or nothing to compare

Ages are counted to today, or to `--as-of`. A lock file that was tampered with may lie about them: `pychain audit --base`
tells whether one was.";

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// What to compare with: a git revision, a directory or a file
    #[arg(value_name = "BASE", allow_hyphen_values = false)]
    pub(crate) base: String,

    /// What to compare: likewise [default: .]
    #[arg(value_name = "HEAD")]
    pub(crate) head: Option<String>,

    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: DiffFormat,

    /// Write the table to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Print the table and errors only
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Search files that `.gitignore` hides as well
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// Take this day for today, to tell how old releases are
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) as_of: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people at a terminal
    #[default]
    Human,
    /// For programs; the schema is in the documentation
    Json,
    /// For job summaries and comments
    Markdown,
}

const REVIEW_ABOUT: &str = "\
Review a pull request on GitHub.

Audits the dependency files that the pull request changes, says at their lines what weakens the supply chain, and \
sums it up in one comment. A run on the same commit writes nothing again, and what a later commit mends is marked \
so. Files are read through GitHub's API: no checkout is needed, and nothing of the pull request is executed.

In a workflow of GitHub Actions everything comes from the environment. Events without a pull request (merge_group, \
push, workflow_dispatch, schedule) give annotations, a summary and an exit code.";

const REVIEW_AFTER: &str = "\
Examples:
  pychain review --repo octo-org/example --pr 7 --dry-run
                                                 show what would be written; write nothing
  pychain review                                 in a workflow: review the pull request of the event

Environment:
  PYCHAIN_TOKEN, GITHUB_TOKEN                    the token, which no option takes
  PYCHAIN_CONFIG, PYCHAIN_POLICY, PYCHAIN_INSTALLER, PYCHAIN_FAIL_ON, PYCHAIN_COMMENT, PYCHAIN_PATHS,
  PYCHAIN_SARIF_FILE, PYCHAIN_REPORT_FILE, PYCHAIN_PAUSE
                                                 as the options of those names; empty is not set
  PYCHAIN_DOCS_URL                               where the pages of the rules are, for links
  GITHUB_…                                       what GitHub Actions tells of the run

The configuration is that of the base commit, whatever the pull request makes of it.

Exit codes:
  0  nothing found at or above the threshold (`--fail-on`, medium by default), or nothing to review
  1  something found, or a dependency file that could not be read
  2  could not do the job";

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// The repository [default: the run's, as in `GITHUB_REPOSITORY`]
    #[arg(long, value_name = "OWNER/NAME")]
    pub(crate) repo: Option<String>,

    /// The pull request [default: the event's]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) pr: Option<u64>,

    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Read the configuration from this file of the base commit, or from an absolute path
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<String>,

    /// Which rules are on [default: default]
    #[arg(long, value_parser = policy())]
    pub(crate) policy: Option<Policy>,

    /// Whose reading of the files the messages describe [default: pip]
    #[arg(long, value_parser = installer())]
    pub(crate) installer: Option<Installer>,

    /// Exit with 1 where a finding is at least this severe [default: medium]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub(crate) fail_on: Option<FailOn>,

    /// Where to comment [default: review]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) comment: Option<Comments>,

    /// Review only files that match one of these patterns, separated by commas
    #[arg(long, value_name = "GLOBS")]
    pub(crate) paths: Option<String>,

    /// Write a SARIF report to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif_file: Option<PathBuf>,

    /// Write a JSON report to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report_file: Option<PathBuf>,

    /// GitHub's REST API [default: as in `GITHUB_API_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,

    /// GitHub's GraphQL API [default: as in `GITHUB_GRAPHQL_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) graphql_url: Option<String>,

    /// Milliseconds between two writes; GitHub asks for a second, an own server may have no limits [default: 1000]
    #[arg(long, value_name = "MILLISECONDS")]
    pub(crate) pause: Option<u64>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("fixing").args(["fix", "diff"]).multiple(true))]
pub(crate) struct AuditArgs {
    /// Directories to search, or files to read whatever their name [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Report only what differs from this git revision or directory
    #[arg(long, value_name = "REV|DIR", allow_hyphen_values = true)]
    pub(crate) base: Option<String>,

    /// How to report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Exit with 1 where a finding is at least this severe [default: medium]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub(crate) fail_on: Option<FailOn>,

    /// Which rules are on [default: default]
    #[arg(long, value_parser = policy())]
    pub(crate) policy: Option<Policy>,

    /// Read the configuration from this file, named `pyproject.toml` or otherwise like `pychain.toml`
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Whose reading of the files the messages describe [default: pip]
    #[arg(long, value_parser = installer())]
    pub(crate) installer: Option<Installer>,

    /// List what would be fixed, and change nothing
    #[arg(long, help_heading = "Fixing")]
    pub(crate) fix: bool,

    /// Show the fixes as a patch, and change nothing
    #[arg(long, help_heading = "Fixing")]
    pub(crate) diff: bool,

    /// Apply the fixes, and report what is left
    #[arg(long, help_heading = "Fixing", requires = "fixing")]
    pub(crate) write: bool,

    /// Also fix what may change what is installed
    #[arg(long, help_heading = "Fixing", requires = "fixing")]
    pub(crate) unsafe_fixes: bool,

    /// Print findings and errors only
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Search files that `.gitignore` hides as well
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// Take this day for today, for suppressions that expire
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) as_of: Option<Date>,
}

/// What is done about findings that can be fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixMode {
    /// Nothing: only report.
    None,
    /// Say what would change.
    List,
    /// Show what would change.
    Diff,
    /// Change it.
    Write,
    /// Show it and change it.
    DiffAndWrite,
}

impl AuditArgs {
    pub(crate) fn fix_mode(&self) -> FixMode {
        match (self.fix, self.diff, self.write) {
            (_, true, true) => FixMode::DiffAndWrite,
            (_, true, false) => FixMode::Diff,
            (true, false, true) => FixMode::Write,
            (true, false, false) => FixMode::List,
            (false, false, _) => FixMode::None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people at a terminal
    #[default]
    Human,
    /// For programs; the schema is in the documentation
    Json,
    /// For code scanning services
    Sarif,
    /// Annotations in a GitHub Actions log
    Github,
    /// For job summaries and comments
    Markdown,
}

/// What is asked about names.
#[derive(Debug, Subcommand)]
pub(crate) enum NamesCommand {
    /// Say what is known of names: popularity, existence, and what they can be taken for
    #[command(after_help = NAMES_CHECK_AFTER)]
    Check(CheckArgs),
    /// List names of the public index that resemble your own
    #[command(after_help = NAMES_WATCH_AFTER)]
    Watch(WatchArgs),
}

const NAMES_CHECK_AFTER: &str = "\
Examples:
  pychain names check reqeusts
  pychain names check --format jsonl - < names.txt

Exit codes: 0 no name is known as malicious or resembles another, 1 some name is or does, 2 could not do the job.
With `--format jsonl` 0 whatever is found.";

const NAMES_WATCH_AFTER: &str = "\
Without --index names are tried that are one letter away, have a common word added, or their words turned.
With it, every name of the list is compared; an index gives its list as JSON (PEP 691):
  curl -H 'Accept: application/vnd.pypi.simple.v1+json' \"$INDEX_URL/\" > index.json
  pychain names watch --index index.json

Exit codes: 0 none found, 1 some found, 2 could not do the job.";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Names of projects; `-` reads a name a line from standard input
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,

    /// How to tell
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: NamesFormat,

    /// Judge a much downloaded name as if it were not, to measure the check
    #[arg(long)]
    pub(crate) leave_one_out: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Your names [default: `own-names` of the configuration]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// Compare with every name in this file: one a line, or an index's list as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,

    /// Read the configuration from this file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum NamesFormat {
    /// For people at a terminal
    #[default]
    Human,
    /// For programs: an object a line
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table
    #[default]
    Human,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR_FORCE`)
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    named(["info", "low", "medium", "high", "never"], FailOn::from_name)
}

fn policy() -> impl TypedValueParser<Value = Policy> {
    named(Policy::ALL.map(Policy::name), Policy::from_name)
}

fn installer() -> impl TypedValueParser<Value = Installer> {
    named(Installer::ALL.map(Installer::name), Installer::from_name)
}

fn named<const N: usize, T: Clone + Send + Sync + 'static>(
    names: [&'static str; N],
    from_name: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names).try_map(move |name| from_name(&name).ok_or("not one of the names"))
}

fn date(text: &str) -> Result<Date, &'static str> {
    Date::parse(text).ok_or("not a day of the calendar, written like 2027-01-31")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
