//! A base and a head: only what the change brings, what it does, and the review to copy.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::{done, load, open, paste, paste_into, report, visit};

#[test]
fn only_what_the_change_brings_is_shown() {
    visit(|visit| {
        open(visit)?;
        visit.browser.click(".top .switch button:nth-child(2)")?;
        visit.browser.wait_for("document.querySelector('#editor-base')")?;
        let base = "--trusted-host old.example\nflask==3.0.0\ndjango==5.1.3\n";
        paste_into(&visit.browser, "#editor-base", base)?;
        paste(&visit.browser, &base.replace("flask==3.0.0", "flask==3.0.1\n--trusted-host new.example"))?;
        done(&visit.browser)?;
        let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
        let text = report["findings"].to_string();
        ensure!(text.contains("new.example") && !text.contains("old.example"), "{text}");
        // Each side shows the lines that the other lacks.
        let lacking = "const lines = (side) => [...document.querySelectorAll(`${side} .under .lacking`)].map((it) => it.textContent);
            return [lines('.pane.base'), lines('.pane:not(.base)')];";
        let lacking = visit.browser.run(lacking, &[])?;
        ensure!(lacking == json!([["flask==3.0.0"], ["flask==3.0.1", "--trusted-host new.example"]]), "{lacking}");
        let tab = |number: u32| format!(".results .switch button:nth-child({number})");
        visit.browser.click(&tab(2))?;
        let cells = visit.browser.wait_for("document.querySelector('table.changes tbody')?.innerText")?;
        let cells = cells.as_str().context("text")?;
        ensure!(cells.contains("flask") && cells.contains("3.0.1") && !cells.contains("django"), "{cells}");
        visit.browser.click(&tab(3))?;
        let review = visit.browser.wait_for("document.querySelector('.review pre')?.innerText.includes('new.example')");
        review.map(drop)
    });
}

#[test]
fn a_tampered_lock_file_is_seen() {
    let lock = |hash: &str| {
        let package = |name: &str, hash: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.0\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n\
                 wheels = [\n    {{ url = \"https://files.pythonhosted.org/packages/aa/{name}-1.0-py3-none-any.whl\", hash = \"sha256:{hash}\" }},\n]\n\n"
            )
        };
        let text = format!("version = 1\nrevision = 3\nrequires-python = \">=3.12\"\n\n{}", package("flask", hash));
        vec![("uv.lock".to_owned(), text)]
    };
    visit(|visit| {
        load(visit, &lock(&"b".repeat(64)), &lock(&"a".repeat(64)))?;
        let report = report(&visit.browser)?;
        ensure!(report.contains("changed-file-hash"), "{report}");
        Ok(())
    });
}

#[test]
fn equal_sides_have_nothing_to_report() {
    visit(|visit| {
        let files = [("requirements.txt".to_owned(), "flask\n--trusted-host x.example\n".to_owned())];
        load(visit, &files, &files)?;
        let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
        ensure!(report["findings"] == json!([]), "{report}");
        let lacking = visit.browser.run("return document.querySelectorAll('.lacking').length;", &[])?;
        ensure!(lacking == json!(0), "{lacking} lines are shown as changed");
        visit.browser.wait_for("document.querySelector('.calm')").map(drop)
    });
}
