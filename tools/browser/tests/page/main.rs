//! The built page in a real Chromium. `cargo xtask test web` builds what this needs.

#![expect(clippy::print_stdout, reason = "what is skipped is said")]

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use pychain_browser::driver::Options;
pub(crate) use pychain_browser::page::{TODAY, done, forget, load, open, paste, paste_into, report};
use pychain_browser::visit::Visit;
use pychain_site::build::Site;
use pychain_site::server;

mod access;
mod artefact;
mod audit;
mod compare;
mod containment;
mod files;
mod hostile;
mod keeping;
mod manuals;
mod offline;

/// The page as it was built.
fn built() -> Site {
    let folder = std::env::var_os("PYCHAIN_WEB_DIST").expect("PYCHAIN_WEB_DIST: run `cargo xtask test web`");
    server::read(&PathBuf::from(folder)).expect("the built page")
}

/// A visit, with what must be true of each.
fn visit(check: impl FnOnce(&mut Visit) -> Result<()>) {
    visit_site(built(), &Options::default(), check);
}

fn visit_site(site: Site, options: &Options, check: impl FnOnce(&mut Visit) -> Result<()>) {
    let all = || -> Result<()> {
        let mut visit = Visit::start(site, options)?;
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

/// What the program says of the same files: JSON version 1.
fn natively(head: &[(String, String)], roots: &[&str]) -> Result<String> {
    natively_as("json", head, roots)
}

/// The same in another format.
fn natively_as(format: &str, head: &[(String, String)], roots: &[&str]) -> Result<String> {
    let program = std::env::var_os("PYCHAIN_PROGRAM").context("PYCHAIN_PROGRAM: run `cargo xtask test web`")?;
    let folder = tempfile::tempdir()?;
    for (path, text) in head {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().context("a parent")?)?;
        std::fs::write(path, text)?;
    }
    let output = Command::new(program)
        .args(["audit", "--format", format, "--as-of", TODAY, "--quiet", "--"])
        .args(roots)
        .current_dir(folder.path())
        .env_clear()
        .output()?;
    ensure!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Holds that two reports are the same bytes; the error shows where they part.
fn same(what: &str, page: &str, program: &str) -> Result<()> {
    let first = page.lines().zip(program.lines()).position(|(page, program)| page != program);
    let shown = |text: &str| {
        let at = first.unwrap_or_default().saturating_sub(4);
        text.lines().skip(at).take(12).collect::<Vec<_>>().join("\n")
    };
    ensure!(page == program, "{what}: the page has\n{}\nand the program\n{}", shown(page), shown(program));
    Ok(())
}
