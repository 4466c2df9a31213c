//! The text stays over a reload, as long as that is wanted, and travels in a link that no server sees.

use anyhow::{Context as _, Result, ensure};
use pychain_browser::visit::Visit;
use serde_json::json;

use crate::{done, forget, load, open, paste, visit};

const TEXT: &str = "document.querySelector('#editor').value";

/// Chooses an entry of the menu at the top whose words begin so.
fn choose(visit: &Visit, words: &str) -> Result<()> {
    let script = "
        const entries = [...document.querySelectorAll('.top .menu li button')];
        entries.find((it) => it.innerText.startsWith(args[0]) || it.textContent.startsWith(args[0])).click();
    ";
    visit.browser.run(script, &[json!(words)]).map(drop)
}

#[test]
fn the_text_is_there_after_a_reload_until_that_is_switched_off() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, "flask\n")?;
        done(&visit.browser)?;
        visit.browser.wait_for("localStorage.getItem('pychain.files')?.includes('flask')")?;
        open(visit)?;
        visit.browser.wait_for(&format!("{TEXT} === 'flask\\n'"))?;
        choose(visit, "Forget on reload")?;
        visit.browser.wait_for("localStorage.getItem('pychain.files') === null")?;
        open(visit)?;
        ensure!(visit.browser.run(&format!("return {TEXT};"), &[])? == json!(""), "the text was kept");
        Ok(())
    });
}

#[test]
fn each_of_two_windows_has_its_own_text_back() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, "flask\n")?;
        done(&visit.browser)?;
        visit.browser.wait_for("localStorage.getItem('pychain.files')?.includes('flask')")?;
        // Another window keeps its own.
        let other = r#"{"mode":"audit","head":[{"path":"requirements.txt","text":"django\n"}]}"#;
        visit.browser.run("localStorage.setItem('pychain.files', args[0]);", &[json!(other)])?;
        open(visit)?;
        visit.browser.wait_for(&format!("{TEXT} === 'flask\\n'"))?;
        // A new window has what was kept last.
        visit
            .browser
            .run("sessionStorage.clear(); localStorage.setItem('pychain.files', args[0]);", &[json!(other)])?;
        visit.browser.reload()?;
        visit.browser.wait_for(&format!("{TEXT} === 'django\\n'")).map(drop)
    });
}

#[test]
fn a_link_carries_the_text_and_no_server_sees_it() {
    visit(|visit| {
        open(visit)?;
        // A browser without a screen has no clipboard.
        let clipboard = "navigator.clipboard.writeText = async (text) => { window.copied = text; };";
        visit.browser.run(clipboard, &[])?;
        let text = "# é ✓\nflask==3.0.0\n";
        paste(&visit.browser, text)?;
        done(&visit.browser)?;
        visit.browser.click(".top > button")?;
        visit.browser.wait_for("document.querySelector('.notice')?.innerText.includes('clipboard')")?;
        let link = visit.browser.run("return window.copied;", &[])?;
        let link = link.as_str().context("a link")?;
        ensure!(link.starts_with(&format!("{}#s1=", visit.url)), "{link}");
        forget(&visit.browser)?;
        visit.browser.open("about:blank")?;
        visit.browser.open(link)?;
        visit.browser.wait_for(&format!("{TEXT} === {}", json!(text)))?;
        done(&visit.browser)?;
        // What was there before it can be had back.
        paste(&visit.browser, "mine\n")?;
        visit.browser.wait_for("sessionStorage.getItem('pychain.files')?.includes('mine')")?;
        visit.browser.open("about:blank")?;
        visit.browser.open(link)?;
        visit.browser.wait_for(&format!("{TEXT} === {}", json!(text)))?;
        visit.browser.click(".notice button:not(.close)")?;
        visit.browser.wait_for(&format!("{TEXT} === 'mine\\n'"))?;
        let log = visit.site.as_ref().map(pychain_site::server::Server::log).unwrap_or_default();
        ensure!(log.iter().all(|request| !request.contains("s1=")), "{log:?}");

        // What is too long is refused with words.
        let lines: Vec<String> =
            (1..6000u64).map(|n| format!("p{}==1", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        load(visit, &[("requirements.txt".to_owned(), lines.join("\n"))], &[])?;
        done(&visit.browser)?;
        visit.browser.click(".top > button")?;
        visit
            .browser
            .wait_for("document.querySelector('.notice.error')?.innerText.includes('too long for a link')")
            .map(drop)
    });
}
