//! The manuals of the rules: not in the program, and there when somebody wants them.

use anyhow::{Context as _, Result, ensure};
use pychain_browser::driver::{Browser, Options};
use pychain_core::rules::MANUALS;
use pychain_site::server::Server;
use serde_json::json;

use crate::{built, done, name_of, natively_as, open, paste, same, visit, visit_site};

const TEXT: &str = "flask\n--trusted-host mirror.example\n";

/// Opens the manual of the first finding.
fn open_manual(browser: &Browser) -> Result<()> {
    done(browser)?;
    browser.click("#finding-0")?;
    browser.click("#detail .more button")
}

fn is_shown(browser: &Browser) -> Result<()> {
    browser.wait_for("document.querySelector('#manual .prose h3')?.textContent === 'What it does'").map(drop)
}

/// What the page saves for an entry of its last menu.
fn saved(browser: &Browser, entry: &str) -> Result<String> {
    let script = "
        globalThis.saved = undefined;
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
            URL.createObjectURL = make;
            blob.text().then((text) => { globalThis.saved = text; });
            return make.call(URL, blob);
        };
        [...document.querySelectorAll('.menu.last button')].find((it) => it.textContent.startsWith(args[0])).click();
    ";
    browser.run(script, &[json!(entry)])?;
    Ok(browser.wait_for("globalThis.saved")?.as_str().context("a text")?.to_owned())
}

#[test]
fn the_program_does_not_carry_them() {
    let site = built();
    let program = String::from_utf8_lossy(&site[&name_of(&site, "engine-", ".wasm")]);
    let file = &site[&name_of(&site, "manuals-", ".txt")];
    assert!(*file == MANUALS.written().into_bytes(), "the file is not what the rules say");
    for (id, text) in MANUALS.0 {
        let longest = text.lines().max_by_key(|line| line.len()).expect("a line").trim();
        assert!(!program.contains(longest), "the program carries the manual of {id}: {longest}");
    }
}

#[test]
fn they_come_when_they_are_wanted() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, TEXT)?;
        open_manual(&visit.browser)?;
        is_shown(&visit.browser)
    });
}

#[test]
fn they_are_there_without_a_network() {
    visit(|visit| {
        visit.browser.run("await navigator.serviceWorker.ready;", &[])?;
        visit.browser.wait_for("navigator.serviceWorker.controller?.state === 'activated'")?;
        drop(visit.site.take());
        paste(&visit.browser, TEXT)?;
        open_manual(&visit.browser)?;
        is_shown(&visit.browser)?;
        let sarif = saved(&visit.browser, "Save report, SARIF")?;
        ensure!(sarif.contains("## Why it matters"), "{sarif}");
        Ok(())
    });
}

#[test]
fn that_they_are_out_of_reach_is_said_and_can_be_mended() {
    let mut without = built();
    without.remove(&name_of(&without, "manuals-", ".txt"));
    // No service worker is installed that lacks a file.
    visit_site(without, &Options::default(), |visit| {
        open(visit)?;
        paste(&visit.browser, TEXT)?;
        open_manual(&visit.browser)?;
        visit.browser.wait_for("document.querySelector('#manual [role=alert]')?.textContent.includes('404')")?;
        // All that a finding says of itself is there, and what needs no manual is saved.
        visit.browser.wait_for("document.querySelector('#detail .todo')")?;
        let json = saved(&visit.browser, "Save report, JSON")?;
        ensure!(json.contains("trusted-host"), "{json}");
        visit.browser.run("[...document.querySelectorAll('.menu.last button')].find((it) => it.textContent.startsWith('Save report, SARIF')).click();", &[])?;
        visit.browser.wait_for("document.querySelector('.notice.error')?.textContent.includes('manuals')")?;

        let port = visit.site.take().context("a server")?.port();
        visit.site = Some(Server::start(built(), port)?);
        visit.browser.click("#manual .prose button")?;
        is_shown(&visit.browser)?;
        // The browser told of each file that was not there; that is what was wanted here.
        visit.browser.console().map(drop)
    });
}

#[test]
fn what_is_saved_is_what_the_program_writes() {
    let files = [("requirements.txt".to_owned(), TEXT.to_owned())];
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, TEXT)?;
        done(&visit.browser)?;
        for (format, entry) in [("sarif", "SARIF"), ("markdown", "Markdown"), ("json", "JSON")] {
            let page = saved(&visit.browser, &format!("Save report, {entry}"))?;
            same(entry, &page, &natively_as(format, &files, &["requirements.txt"])?)?;
        }
        Ok(())
    });
}
