//! Addresses of pages that a comment links to. All are made of parts that were looked at.

use std::env;

use super::options::Options;

/// Where the audited commit's files are shown.
pub(super) fn blob(options: &Options, commit: &str) -> Option<String> {
    let repository = options.repository.as_deref()?;
    let server = web(&options.server_url)?;
    commit.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| format!("{server}/{repository}/blob/{commit}"))
}

/// Where the rules' pages are: beside the action that runs, in the very version that runs.
pub(super) fn docs(server_url: &str) -> Option<String> {
    if let Some(docs) = env::var("PYCHAIN_DOCS_URL").ok().filter(|docs| !docs.is_empty()) {
        return web(&docs).map(str::to_owned);
    }
    let repository = env::var("GITHUB_ACTION_REPOSITORY").ok()?;
    let version = env::var("GITHUB_ACTION_REF").ok()?;
    let is_ours = repository.rsplit('/').next().is_some_and(|name| name.starts_with("pychain"));
    let is_plain =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    let server = web(server_url)?;
    (is_ours && is_plain(&repository) && is_plain(&version))
        .then(|| format!("{server}/{repository}/blob/{version}/docs/rules"))
}

/// An address that stands in Markdown as it is.
fn web(url: &str) -> Option<&str> {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/%~".contains(&byte));
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_plain && is_web).then_some(url)
}
