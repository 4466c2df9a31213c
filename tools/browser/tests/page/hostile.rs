//! Text that means harm is text, and a crash loses nothing.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::json;

use crate::{done, forget, open, paste, report, visit};

#[test]
fn markup_in_the_text_stays_text() {
    let text = "<img src=x onerror=\"document.title='owned'\">\n\
                <script>document.title='owned'</script>==1.0\n\
                --index-url https://user:hunter2@evil.example/<b>simple\n\
                flask @ javascript:alert(1)\n\
                [click](https://evil.example) @ https://evil.example/a-1.0.tar.gz\n\
                -r <svg/onload=document.title='owned'>.txt\n\
                \u{202e}txet neddih==1\n";
    visit(|visit| {
        open(visit)?;
        let before = visit.browser.run("return document.querySelectorAll('img, svg, script').length;", &[])?;
        paste(&visit.browser, text)?;
        let json = report(&visit.browser)?;
        ensure!(json.contains("\"rule\""), "{json}");
        let rows = visit.browser.run("return document.querySelectorAll('#findings [role=option]').length;", &[])?;
        for row in 0..rows.as_u64().context("rows")? {
            visit.browser.run(&format!("document.getElementById('finding-{row}')?.click();"), &[])?;
            let links = "return [...document.querySelectorAll('a[href]')].map((it) => it.href).filter((it) => it.includes('evil') || it.startsWith('javascript'));";
            let links = visit.browser.run(links, &[])?;
            ensure!(links == json!([]), "live links: {links}");
            // Nobody's password is shown anywhere but in the text itself.
            let shown = visit.browser.run("return document.querySelector('.results').innerText;", &[])?;
            let shown = shown.as_str().context("text")?;
            ensure!(!shown.contains("hunter2") && !shown.contains('\u{202e}'), "{shown}");
        }
        let after = visit.browser.run("return document.querySelectorAll('img, svg, script').length;", &[])?;
        ensure!(before == after, "{before} elements became {after}");
        ensure!(visit.browser.run("return document.title;", &[])? != json!("owned"), "a script ran");
        Ok(())
    });
}

#[test]
fn ten_megabytes_do_not_freeze_the_page() {
    visit(|visit| {
        open(visit)?;
        let lines = "django-rest-framework-simplejwt-extension==1.20.300  # why: nobody knows\n".repeat(140_000);
        let start = Instant::now();
        paste(&visit.browser, &lines)?;
        // It answers while the worker works, or says in words why it will not.
        let answered = visit.browser.run("await new Promise(requestAnimationFrame); return true;", &[])?;
        ensure!(answered == json!(true) && start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
        let said = "document.documentElement.dataset.state === 'done' || document.querySelector('.notice.error')";
        visit.browser.wait_for(said)?;
        forget(&visit.browser)?;
        paste(&visit.browser, "flask\n").or_else(|_| open(visit).and_then(|()| paste(&visit.browser, "flask\n")))?;
        done(&visit.browser)
    });
}

#[test]
fn a_long_paste_is_there_at_once_and_can_be_taken_back() {
    visit(|visit| {
        open(visit)?;
        let browser = &visit.browser;
        // A window that nobody pressed on has no keyboard.
        browser.click("#editor")?;
        paste(browser, "mine\n")?;
        let long: String = (0..9000).map(|number| format!("project-{number}==1.0\n")).collect();
        let start = Instant::now();
        paste(browser, &long)?;
        let has =
            |text: &str| browser.wait_for(&format!("document.querySelector('#editor').value === {}", json!(text)));
        has(&long)?;
        // The browser alone takes half a minute for it, and as long to put something in its place.
        paste(browser, "short\n")?;
        has("short\n")?;
        ensure!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
        browser.wait_for("document.activeElement.id === 'editor'")?;
        browser.press(&["Control+z"])?;
        has(&long)?;
        browser.press(&["Control+z"])?;
        has("mine\n").map(drop)
    });
}

#[test]
fn after_a_crash_the_text_is_there_and_the_audit_goes_on() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, "flask\n")?;
        done(&visit.browser)?;
        visit.browser.run("dispatchEvent(new Event('pychain-crash'));", &[])?;
        let said = visit.browser.wait_for("document.querySelector('[role=alert]')?.innerText")?;
        ensure!(said.as_str().is_some_and(|said| said.contains("Your text is kept")), "{said}");
        let text = visit.browser.run("return document.querySelector('#editor').value;", &[])?;
        ensure!(text == json!("flask\n"), "{text}");
        visit.browser.click("[role=alert] button")?;
        done(&visit.browser)?;
        paste(&visit.browser, "flask\n--trusted-host x.example\n")?;
        let report = report(&visit.browser)?;
        ensure!(report.contains("trusted-host"), "{report}");
        // What the panic says on the console is the one thing there.
        visit.browser.console().map(drop)
    });
}
