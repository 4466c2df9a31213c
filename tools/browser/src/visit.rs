//! One visit to the page: our server, a browser, and a stranger's server that must never hear of it.

use anyhow::{Result, ensure};
use pychain_site::build::Site;
use pychain_site::server::Server;

use crate::driver::{Browser, Options};

/// A browser on the page.
#[derive(Debug)]
pub struct Visit {
    /// The browser.
    pub browser: Browser,
    /// Who serves the page; `None` once it was stopped.
    pub site: Option<Server>,
    /// Another origin, where nothing is.
    pub stranger: Server,
    /// The page's address.
    pub url: String,
}

impl Visit {
    /// Serves a site and opens it.
    ///
    /// # Errors
    ///
    /// Where the browser or a server does not start.
    pub fn start(site: Site, options: &Options) -> Result<Self> {
        let (site, stranger) = (Server::start(site, 0)?, Server::start(Site::new(), 0)?);
        let browser = Browser::start(options)?;
        let url = site.url();
        browser.open(&url)?;
        Ok(Self { browser, site: Some(site), stranger, url })
    }

    /// Holds what must be true of each visit: nothing was asked of anybody else, the policy was never violated, and
    /// nothing was thrown.
    ///
    /// # Errors
    ///
    /// Names what was not so.
    pub fn end(self) -> Result<()> {
        let console = self.browser.console()?;
        let amiss: Vec<&String> = console.iter().filter(|line| !is_harmless(line)).collect();
        ensure!(amiss.is_empty(), "on the console: {amiss:#?}");
        let requests = self.browser.requests()?;
        ensure!(requests.contains(&self.url), "the log of requests lacks the page: {requests:?}");
        let own = |url: &String| url.strip_prefix("blob:").unwrap_or(url).starts_with(&self.url) || is_inner(url);
        let foreign: Vec<&String> = requests.iter().filter(|url| !own(url)).collect();
        ensure!(foreign.is_empty(), "asked of others: {foreign:#?}");
        let heard = self.stranger.log();
        ensure!(heard.is_empty(), "the other server heard: {heard:#?}");
        Ok(())
    }
}

/// What the browser says without a fault of the page.
fn is_harmless(line: &str) -> bool {
    line.starts_with("INFO: ") || line.starts_with("DEBUG: ")
}

/// Addresses that are never sent anywhere.
fn is_inner(url: &str) -> bool {
    url.starts_with("data:") || url.starts_with("about:") || url.starts_with("chrome")
}
