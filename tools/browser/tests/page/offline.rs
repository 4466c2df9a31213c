//! Without a network after the first visit, and with a new version after the next.

use anyhow::{Context as _, Result, ensure};
use pychain_browser::driver::Browser;
use pychain_site::server::Server;
use serde_json::json;

use crate::{built, paste, report, visit};

/// Waits until the service worker answers for the page.
fn is_controlled(browser: &Browser) -> Result<()> {
    browser.run("await navigator.serviceWorker.ready;", &[])?;
    browser.wait_for("navigator.serviceWorker.controller?.state === 'activated'").map(drop)
}

/// The program runs: it answers what is pasted.
fn works(browser: &Browser) -> Result<()> {
    paste(browser, "flask\n")?;
    let report = report(browser)?;
    ensure!(report.contains("unpinned-requirement"), "{report}");
    Ok(())
}

#[test]
fn it_works_without_a_server_after_the_first_visit() {
    visit(|visit| {
        is_controlled(&visit.browser)?;
        drop(visit.site.take());
        visit.browser.open(&format!("{}?from=a-link#x", visit.url))?;
        works(&visit.browser)?;
        visit.browser.open(&visit.url)?;
        works(&visit.browser)?;
        // The log of requests cannot tell who answered; that the server is gone does.
        visit.browser.requests().map(drop)?;
        visit.browser.reload()
    });
}

#[test]
fn a_new_version_comes_with_the_next_load_and_leaves_open_windows_alone() {
    visit(|visit| {
        is_controlled(&visit.browser)?;
        let port = visit.site.take().context("a server")?.port();
        let mut next = built();
        let page = String::from_utf8(next["index.html"].clone())?;
        next.insert("index.html".to_owned(), page.replace("<title>pychain", "<title>next pychain").into_bytes());
        let worker = String::from_utf8(next["sw.js"].clone())?;
        next.insert("sw.js".to_owned(), worker.replace("const VERSION = '", "const VERSION = 'next").into_bytes());
        visit.site = Some(Server::start(next, port)?);

        // Opens the old page, which asks for a new service worker and gets it.
        visit.browser.reload()?;
        visit.browser.wait_for("(await caches.keys()).some((name) => name.startsWith('pychain-next'))")?;
        // Installed is not yet active: whoever loads the page in between gets the old one once more.
        let active = "(async () => { const it = await navigator.serviceWorker.getRegistration(); \
             return !it.installing && !it.waiting && it.active.state === 'activated'; })()";
        visit.browser.wait_for(&format!("await {active}"))?;
        works(&visit.browser).context("in the old page, under the new service worker")?;
        visit.browser.reload()?;
        visit.browser.wait_for("document.title.startsWith('next')")?;
        is_controlled(&visit.browser)?;
        works(&visit.browser).context("in the new page")?;
        let kept =
            visit.browser.run("return (await caches.keys()).filter((name) => name !== 'pychain-names');", &[])?;
        ensure!(kept.as_array().is_some_and(|kept| kept.len() == 2), "kept: {kept}");
        Ok(())
    });
}

#[test]
fn it_can_be_installed() {
    visit(|visit| {
        is_controlled(&visit.browser)?;
        let errors = visit.browser.devtools("Page.getInstallabilityErrors", &json!({}))?;
        let errors = errors["installabilityErrors"].as_array().context("no answer")?;
        let mut errors = errors.iter().filter(|error| error["errorId"] != "in-incognito");
        ensure!(errors.next().is_none(), "{errors:?}");
        let manifest = visit.browser.devtools("Page.getAppManifest", &json!({}))?;
        ensure!(manifest["errors"] == json!([]), "{}", manifest["errors"]);
        Ok(())
    });
}
