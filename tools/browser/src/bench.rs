//! How fast and how small the page is, in a real browser, against what it must reach.

use std::fmt;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use pychain_site::budget::Sizes;
use pychain_site::build::Site;
use serde_json::json;

use crate::driver::{Browser, Options};
use crate::page::{load, open, report};
use crate::visit::Visit;

/// How often a thing is measured; the least counts, since a busy machine only adds.
const TIMES: usize = 5;

/// A figure.
#[derive(Debug, Clone)]
pub struct Row {
    what: String,
    is: f64,
    must: f64,
    aim: f64,
    unit: &'static str,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.is {
            is if is <= self.aim => "aim reached",
            is if is <= self.must => "reached",
            _ => "NOT REACHED",
        };
        let Self { what, is, must, aim, unit } = self;
        write!(f, "{what:<48}{is:>10.1} {unit:<5}must {must:>7} aim {aim:>7}  {verdict}")
    }
}

fn row(what: &str, is: f64, must: f64, aim: f64, unit: &'static str) -> Row {
    Row { what: what.to_owned(), is, must, aim, unit }
}

/// Measures everything: half a minute.
///
/// # Errors
///
/// Where the browser does not start or the page does not answer.
pub fn rows(site: &Site) -> Result<Vec<Row>> {
    let mut rows = sizes(site)?;
    let visit = Visit::start(site.clone(), &Options::default())?;
    for (lines, must, aim, must_key, aim_key) in [(500, 10.0, 5.0, 16.0, 8.0), (10_000, 160.0, 80.0, 100.0, 60.0)] {
        load(&visit, &[("requirements.txt".to_owned(), requirements(lines, 0))], &[])?;
        report(&visit.browser)?;
        // A long text is read only until somebody wants it otherwise.
        visit.browser.run("document.querySelector('.pane .bar .link')?.click();", &[])?;
        visit.browser.wait_for("document.querySelector('#editor')")?;
        rows.push(row(&format!("audit of {lines} lines, in the worker"), audit(&visit.browser)?, must, aim, "ms"));
        let key = key(&visit.browser)?;
        rows.push(row(&format!("key to painted text at {lines} lines"), key, must_key, aim_key, "ms"));
    }
    load(&visit, &[("requirements.txt".to_owned(), requirements(5_000, 1))], &[])?;
    report(&visit.browser)?;
    rows.push(row("findings listed anew, 5,000 lines with one each", listed(&visit.browser)?, 16.0, 12.0, "ms"));
    open(&visit)?;
    let (ours, subtle) = (hashed(&visit.browser)?, subtle(&visit.browser)?);
    rows.push(row("hashing 200 MB, against the browser's own", ours / subtle * 100.0, 110.0, 100.0, "%"));
    Ok(rows)
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a page")]
fn sizes(site: &Site) -> Result<Vec<Row>> {
    let sizes = Sizes::of(site)?;
    let kilo = |bytes: usize| bytes as f64 / 1000.0;
    Ok(vec![
        row("program", kilo(sizes.program().raw), 600.0, 500.0, "kB"),
        row("program, brotli", kilo(sizes.program().brotli), 190.0, 160.0, "kB"),
        row("first load, brotli", kilo(sizes.first_load().brotli), 300.0, 260.0, "kB"),
        row("full list of names", kilo(sizes.names().raw), 2500.0, 2500.0, "kB"),
    ])
}

/// Requirements with a hash each, or with none: then each has a finding, since one has one.
fn requirements(lines: usize, unhashed: usize) -> String {
    let mut out = String::new();
    for line in 0..lines {
        let _ = write!(out, "project-{line}==1.{}.{}", line % 50, line % 7);
        if unhashed == 0 || line == 0 {
            let _ = write!(out, " --hash=sha256:{line:064x}");
        }
        out.push('\n');
    }
    out
}

/// Milliseconds of the audit, as the worker measures them and the page shows them.
fn audit(browser: &Browser) -> Result<f64> {
    let mut least = f64::INFINITY;
    for time in 0..TIMES {
        change(browser, time)?;
        report(browser)?;
        let shown = browser.wait_for("document.querySelector('.status').innerText.match(/in ([0-9.]+) ms/)?.[1]")?;
        least = least.min(shown.as_str().and_then(|shown| shown.parse().ok()).context("no time")?);
    }
    Ok(least)
}

/// Adds a line, as pasting does, so that there is something to audit.
fn change(browser: &Browser, time: usize) -> Result<()> {
    let script = "
        globalThis.pychainReport = undefined;
        const editor = document.querySelector('#editor');
        editor.focus();
        editor.setSelectionRange(0, 0);
        document.execCommand('insertText', false, args[0]);
    ";
    browser.run(script, &[json!(format!("# {time}\n"))]).map(drop)
}

/// Milliseconds from a key until the next frame has been painted.
fn key(browser: &Browser) -> Result<f64> {
    let script = "
        const editor = document.querySelector('#editor');
        editor.focus();
        editor.setSelectionRange(0, 0);
        const times = [];
        for (let n = 0; n < args[0] * 2; n++) {
            await new Promise((resolve) => setTimeout(resolve, 400));
            const start = performance.now();
            document.execCommand('insertText', false, '#');
            await new Promise((resolve) => requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = resolve;
                port2.postMessage(0);
            }));
            times.push(performance.now() - start);
        }
        return Math.min(...times);
    ";
    browser.run(script, &[json!(TIMES)])?.as_f64().context("no time")
}

/// Milliseconds to list all findings anew and lay them out.
fn listed(browser: &Browser) -> Result<f64> {
    let script = "
        const chip = document.querySelector('.filters .chip:not([disabled])');
        const times = [];
        for (let n = 0; n < args[0] * 2; n++) {
            const start = performance.now();
            chip.click();
            await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
            document.body.offsetHeight;
            times.push(performance.now() - start);
        }
        return Math.min(...times);
    ";
    browser.run(script, &[json!(TIMES)])?.as_f64().context("no time")
}

const BYTES: usize = 200 * 1024 * 1024;

/// Milliseconds from the drop of a file to its digest on the page.
fn hashed(browser: &Browser) -> Result<f64> {
    let script = "
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(args[0])], 'big-1.0-py3-none-any.whl'));
        const start = performance.now();
        const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector('main').dispatchEvent(event);
        while (!document.querySelector('#drops .digest')) await new Promise(requestAnimationFrame);
        return performance.now() - start;
    ";
    browser.run(script, &[json!(BYTES)])?.as_f64().context("no time")
}

/// Milliseconds of the browser's own hashing, of a file as well.
fn subtle(browser: &Browser) -> Result<f64> {
    let script = "
        const file = new File([new Uint8Array(args[0])], 'big');
        const start = performance.now();
        await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
        return performance.now() - start;
    ";
    browser.run(script, &[json!(BYTES)])?.as_f64().context("no time")
}
