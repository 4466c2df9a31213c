//! How fast and how small the page is, in a real browser, against what it must reach.

use std::fmt;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use pychain_corpus::projects;
use pychain_site::budget::Sizes;
use pychain_site::build::Site;
use serde_json::{Value, json};

use crate::cpu;
use crate::driver::{Browser, Options};
use crate::page::{load, open, report};
use crate::visit::Visit;

mod hashing;
mod lighthouse;

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
    /// Whether more is better.
    is_floor: bool,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, is, must, aim, unit, is_floor } = self;
        let reaches = |limit: f64| if *is_floor { *is >= limit } else { *is <= limit };
        let verdict = match () {
            () if reaches(*aim) => "aim reached",
            () if reaches(*must) => "reached",
            () => "NOT REACHED",
        };
        write!(f, "{what:<52}{is:>10.2} {unit:<5}must {must:>7} aim {aim:>7}  {verdict}")
    }
}

fn row(what: &str, is: f64, must: f64, aim: f64, unit: &'static str) -> Row {
    Row { what: what.to_owned(), is, must, aim, unit, is_floor: false }
}

fn floor(what: &str, is: f64, must: f64, aim: f64, unit: &'static str) -> Row {
    Row { is_floor: true, ..row(what, is, must, aim, unit) }
}

/// Measures everything: a minute, and another where Lighthouse is there, the script of its command line.
///
/// # Errors
///
/// Where the browser does not start or the page does not answer.
pub fn rows(site: &Site, lighthouse: Option<&Path>) -> Result<Vec<Row>> {
    let mut rows = sizes(site)?;
    let visit = Visit::start(site.clone(), &Options::default())?;
    let browser = &visit.browser;
    for (count, must, aim, must_key, aim_key) in [(500, 10.0, 5.0, 16.0, 8.0), (10_000, 160.0, 80.0, 100.0, 60.0)] {
        show(&visit, requirements(count)?)?;
        let what = format!("audit of {count} requirements, work of the worker");
        rows.push(row(&what, audit(browser)?, must, aim, "ms"));
        let Keys { frame, findings } = keys(browser)?;
        rows.push(row(&format!("key to painted text at {count} lines"), frame, must_key, aim_key, "ms"));
        rows.push(row(&format!("key to painted findings at {count} lines"), findings, must_key, aim_key, "ms"));
    }
    let found = show_many_findings(&visit)?;
    rows.push(row(&format!("{found} findings listed anew"), listed(browser)?, 16.0, 12.0, "ms"));
    open(&visit)?;
    let share = hashing::share_of_the_browsers_own(browser)?;
    rows.push(row("hashing 200 MB, against the browser's own", share * 100.0, 110.0, 100.0, "%"));
    drop(visit);
    if let Some(lighthouse) = lighthouse {
        rows.extend(lighthouse::rows(site, lighthouse)?);
    }
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

/// Requirements of real projects, a line and a hash each; one in twenty has a weak one, so that there are findings.
fn requirements(count: usize) -> Result<String> {
    let mut out = String::new();
    for (number, name) in projects::all()?.take(count).enumerate() {
        let _ = write!(out, "{name}==1.{}.{} ", number % 50, number % 7);
        let _ = if number % 20 == 0 {
            writeln!(out, "--hash=md5:{number:032x}")
        } else {
            writeln!(out, "--hash=sha256:{number:064x}")
        };
    }
    Ok(out)
}

/// How many findings a long list has.
const FINDINGS: usize = 5_000;

/// Lines with so many findings, of more rules than one: each has a limit.
fn findings(count: usize) -> String {
    let mut out = String::new();
    for number in 0..count.div_ceil(5) {
        let _ = write!(
            out,
            "a{number}\nb{number} @ http://mirror.example/b{number}-1.0.tar.gz\n\
             c{number} @ git+https://mirror.example/c.git@main\nd{number}==1.0 --hash=md5:{number:032x}\n\
             e{number}===1.0-rc1\n--trusted-host h{number}.example\n"
        );
    }
    out
}

/// Shows a text with as many findings as a list of them is measured with; gives their number.
///
/// # Errors
///
/// Where the page finds fewer in it.
pub fn show_many_findings(visit: &Visit) -> Result<usize> {
    show(visit, findings(FINDINGS))?;
    let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
    let found = report["findings"].as_array().map_or(0, Vec::len);
    ensure!(found >= FINDINGS, "{found} findings of {FINDINGS} are reported");
    Ok(found)
}

/// Loads a text and makes it one that can be edited.
fn show(visit: &Visit, text: String) -> Result<()> {
    load(visit, &[("requirements.txt".to_owned(), text)], &[])?;
    report(&visit.browser)?;
    // A long text is read only until somebody wants it otherwise.
    visit.browser.run("document.querySelector('.pane .bar .link')?.click();", &[])?;
    visit.browser.wait_for("document.querySelector('#editor')").map(drop)
}

/// Milliseconds that the processor works for the worker from a change of the text to the report.
fn audit(browser: &Browser) -> Result<f64> {
    let mut least = f64::INFINITY;
    for time in 0..2 * TIMES {
        let before = cpu::of_workers(browser.process())?;
        change(browser, time)?;
        report(browser)?;
        let work = cpu::of_workers(browser.process())?.checked_sub(before).context("another worker answered")?;
        least = least.min(work.as_secs_f64() * 1e3);
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

/// Milliseconds from a key.
struct Keys {
    /// Until the next frame has been painted, with the letter in it.
    frame: f64,
    /// Until the findings of the new text have been painted.
    findings: f64,
}

fn keys(browser: &Browser) -> Result<Keys> {
    let script = "
        const editor = document.querySelector('#editor');
        editor.focus();
        editor.setSelectionRange(0, 0);
        const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = resolve;
            port2.postMessage(0);
        }));
        const root = document.documentElement;
        const done = () => new Promise((resolve) => new MutationObserver((_, observer) => {
            if (root.dataset.state !== 'done') return;
            observer.disconnect();
            resolve();
        }).observe(root, { attributeFilter: ['data-state'] }));
        let frame = Infinity, findings = Infinity;
        for (let n = 0; n < args[0] * 2; n++) {
            await new Promise((resolve) => setTimeout(resolve, 400));
            const audited = done();
            const start = performance.now();
            document.execCommand('insertText', false, '#');
            await painted();
            frame = Math.min(frame, performance.now() - start);
            await audited;
            await painted();
            findings = Math.min(findings, performance.now() - start);
        }
        return [frame, findings];
    ";
    let times = browser.run(script, &[json!(TIMES)])?;
    let time = |at: usize| times[at].as_f64().context("no time");
    Ok(Keys { frame: time(0)?, findings: time(1)? })
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
