//! Errors as people read them: what was being done to what, the causes, and what to do.

use std::error::Error;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use pychain_core::config::ConfigError;
use pychain_core::text::{Problem, SourceFile};

use crate::human;
use pychain_core::prose::visible;

/// An error that knows what to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    message: String,
    hint: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Hinted {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), source: None }
    }

    #[must_use]
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Hinted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// A configuration file that cannot be meant. Never replaced by the defaults: they may be laxer.
#[derive(Debug)]
pub(crate) struct BrokenConfig {
    pub(crate) file: SourceFile,
    pub(crate) errors: Vec<ConfigError>,
}

impl fmt::Display for BrokenConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration in `{}` cannot be used", self.file.path())
    }
}

impl Error for BrokenConfig {}

/// The whole error, ready for standard error; styled, without trailing line feed.
pub(crate) fn render(error: &anyhow::Error) -> String {
    let mut out = String::new();
    // Places come first, however deep the error lies that tells them.
    for broken in error.chain().filter_map(|cause| cause.downcast_ref::<BrokenConfig>()) {
        for error in &broken.errors {
            out.push_str(&human::diagnostic(&broken.file, error.span, &error.message, &error.help));
            out.push('\n');
        }
    }
    let mut hints = Vec::new();
    for (depth, cause) in error.chain().enumerate() {
        let label = if depth == 0 { paint("error", AnsiColor::Red) } else { "  cause".to_owned() };
        let newline = if depth == 0 { "" } else { "\n" };
        let _ = write!(out, "{newline}{label}: {}", visible(&cause.to_string()));
        hints.extend(cause.downcast_ref::<Hinted>().map(|hinted| hinted.hint.as_str()));
    }
    for hint in hints {
        let _ = write!(out, "\n{}: {}", paint("hint", AnsiColor::Cyan), visible(hint));
    }
    out
}

/// What is wrong in a broken configuration, each at its place.
pub(crate) fn details(error: &anyhow::Error) -> Vec<Problem> {
    let broken = error.chain().filter_map(|cause| cause.downcast_ref::<BrokenConfig>());
    broken
        .flat_map(|broken| broken.errors.iter().map(|it| Problem::at(&broken.file, it.span, &it.message, &it.help)))
        .collect()
}

/// A word in bold color; the stream strips it where color is not wanted.
pub(crate) fn paint(word: &str, color: AnsiColor) -> String {
    let style = Style::new().bold().fg_color(Some(color.into()));
    format!("{style}{word}{style:#}")
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    fn plain(error: &anyhow::Error) -> String {
        anstream::adapter::strip_str(&render(error)).to_string()
    }

    #[test]
    fn an_error_shows_causes_and_hint() {
        let error = Err::<(), _>(Hinted::new("no such file: `a\u{1b}b`", "check the path").because("gone"))
            .context("cannot read the base")
            .unwrap_err();
        assert_eq!(
            plain(&error),
            "error: cannot read the base\n  cause: no such file: `a\\u{1b}b`\n  cause: gone\nhint: check the path"
        );
    }
}
