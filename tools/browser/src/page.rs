//! The page as a person uses it: opened, pasted into, read.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::driver::Browser;
use crate::visit::Visit;

/// The day that the page takes for today.
pub const TODAY: &str = "2026-11-25";

/// Opens the page on the day that the program is told too, and waits for all names.
///
/// # Errors
///
/// Where the page does not get there.
pub fn open(visit: &Visit) -> Result<()> {
    visit.browser.open(&format!("{}?date={TODAY}", visit.url))?;
    visit.browser.wait_for("document.documentElement.dataset.names === 'full'").map(drop)
}

/// Pastes a text over what stands in a field, as the browser does it.
///
/// # Errors
///
/// Where the page does not get there.
pub fn paste_into(browser: &Browser, field: &str, text: &str) -> Result<()> {
    let script = "
        globalThis.pychainReport = undefined;
        const field = document.querySelector(args[0]);
        field.focus();
        field.select();
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', args[1]);
        const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
        if (field.dispatchEvent(pasted)) document.execCommand('insertText', false, args[1]);
    ";
    browser.run(script, &[json!(field), json!(text)]).map(drop)
}

/// Pastes a text into the editor.
///
/// # Errors
///
/// Where the page does not get there.
pub fn paste(browser: &Browser, text: &str) -> Result<()> {
    paste_into(browser, "#editor", text)
}

/// Takes away all that the page has kept.
///
/// # Errors
///
/// Those of the driver.
pub fn forget(browser: &Browser) -> Result<()> {
    browser.run("localStorage.clear(); sessionStorage.clear();", &[]).map(drop)
}

/// Waits until the text has been audited as it is.
///
/// # Errors
///
/// Where the page does not get there.
pub fn done(browser: &Browser) -> Result<()> {
    browser.wait_for("document.documentElement.dataset.state === 'done'").map(drop)
}

/// The report of the text as it is, JSON version 1, as the page has it from its worker.
///
/// # Errors
///
/// Where the page does not get there.
pub fn report(browser: &Browser) -> Result<String> {
    let report = browser.wait_for("document.documentElement.dataset.state === 'done' && globalThis.pychainReport")?;
    Ok(report.as_str().context("no report")?.to_owned())
}

/// Loads files into the page, as a reload finds them.
///
/// # Errors
///
/// Where the page does not get there.
pub fn load(visit: &Visit, head: &[(String, String)], base: &[(String, String)]) -> Result<()> {
    let files = |files: &[(String, String)]| -> Vec<Value> {
        files.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect()
    };
    let mode = if base.is_empty() { "audit" } else { "compare" };
    let saved = json!({ "mode": mode, "head": files(head), "base": files(base) });
    // The page that is left must not keep its own text last.
    let keep = "sessionStorage.clear(); localStorage.setItem('pychain.files', args[0]); Storage.prototype.setItem = () => undefined;";
    visit.browser.run(keep, &[json!(saved.to_string())])?;
    visit.browser.open(&format!("{}?date={TODAY}", visit.url))?;
    visit.browser.wait_for("document.documentElement.dataset.names === 'full'").map(drop)
}
