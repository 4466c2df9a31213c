//! How long the page takes to hash a file, and how long the browser does without it.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::driver::Browser;

/// How often each is measured, in turns; the least counts.
const TIMES: usize = 4;

/// The time from the choice of a file of 200 MB to its digest on the page, as a share of the time that
/// `crypto.subtle` takes for the same file.
///
/// # Errors
///
/// Where the page does not get there.
pub(super) fn share_of_the_browsers_own(browser: &Browser) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    // A file of the disk, as people drop it: one that a script made would first have to travel between processes.
    let path = folder.path().join("big-1.0-py3-none-any.whl");
    let mut file = BufWriter::new(File::create(&path)?);
    for number in 0..200u32 * 1024 * 1024 / 4 {
        file.write_all(&number.wrapping_mul(0x9E37_79B9).to_le_bytes())?;
    }
    file.into_inner().context("writing the file")?;
    let path = path.to_str().context("a path in UTF-8")?;

    let (mut page, mut own) = (f64::INFINITY, f64::INFINITY);
    browser.run(OWN, &[])?;
    for _ in 0..TIMES {
        page = page.min(timed(browser, PAGE, "#app input[type=file]", path)?);
        browser.run("[...document.querySelectorAll('#drops header button')].at(-1).click();", &[])?;
        own = own.min(timed(browser, "", "#own", path)?);
    }
    Ok(page / own)
}

/// Chooses the file in an element and gives what its script leaves in `hashed`.
fn timed(browser: &Browser, prepare: &str, selector: &str, path: &str) -> Result<f64> {
    browser.run(&format!("globalThis.hashed = null; {prepare}"), &[])?;
    browser.write(selector, path)?;
    browser.wait_for("globalThis.hashed")?.as_f64().with_context(|| json!(selector).to_string())
}

/// From the choice to the digest on the page.
const PAGE: &str = "
    document.addEventListener('change', () => {
        const start = performance.now();
        new MutationObserver((_, observer) => {
            if (!document.querySelector('#drops .digest')) return;
            observer.disconnect();
            globalThis.hashed = performance.now() - start;
        }).observe(document.body, { childList: true, subtree: true });
    }, { capture: true, once: true });
";

/// The same without the page: an input whose file the browser hashes.
const OWN: &str = "
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'own';
    input.onchange = async () => {
        const start = performance.now();
        await crypto.subtle.digest('SHA-256', await input.files[0].arrayBuffer());
        globalThis.hashed = performance.now() - start;
        input.value = '';
    };
    document.body.append(input);
";
