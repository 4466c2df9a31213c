//! The built page in a real Chromium. `cargo xtask test web` builds what this needs.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use pychain_browser::driver::{Browser, Options};
use pychain_browser::visit::Visit;
use pychain_site::build::Site;
use pychain_site::server;
use serde_json::json;

mod containment;
mod offline;

/// The page as it was built.
fn built() -> Site {
    let folder = std::env::var_os("PYCHAIN_WEB_DIST").expect("PYCHAIN_WEB_DIST: run `cargo xtask test web`");
    server::read(&PathBuf::from(folder)).expect("the built page")
}

/// A visit, with what must be true of each.
fn visit(check: impl FnOnce(&mut Visit) -> Result<()>) {
    visit_site(built(), check);
}

fn visit_site(site: Site, check: impl FnOnce(&mut Visit) -> Result<()>) {
    let all = || -> Result<()> {
        let mut visit = Visit::start(site, &Options::default())?;
        check(&mut visit)?;
        visit.end().context("after the visit")
    };
    if let Err(error) = all() {
        panic!("{error:#}");
    }
}

/// The name of the one file that starts so: `worker-` gives `worker-0123456789abcdef.js`.
fn name_of(site: &Site, start: &str, end: &str) -> String {
    let mut names = site.keys().filter(|name| name.starts_with(start) && name.ends_with(end));
    let name = names.next().unwrap_or_else(|| panic!("there is no {start}*{end}"));
    assert!(names.next().is_none(), "more than one {start}*{end}");
    name.clone()
}

/// Puts a text into the editor, as pasting does.
fn paste(browser: &Browser, text: &str) -> Result<()> {
    let script = "
        const editor = document.querySelector('textarea');
        editor.focus();
        editor.select();
        document.execCommand('insertText', false, args[0]);
    ";
    browser.run(script, &[json!(text)]).map(drop)
}
