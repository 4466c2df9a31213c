//! What the page finds is what the program finds; where it shows it, and what it does about it.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use pychain_browser::visit::Visit;
use pychain_corpus::Corpus;
use serde_json::{Value, json};

use crate::{done, forget, load, natively, open, paste, report, same, visit};

/// Files of the corpus that are compared; every so many of them is taken.
const SAMPLE: usize = 24;

fn files_of(value: &Value) -> Vec<(String, String)> {
    let text = |file: &Value, key: &str| file[key].as_str().unwrap_or_default().to_owned();
    value.as_array().into_iter().flatten().map(|file| (text(file, "path"), text(file, "text"))).collect()
}

/// What the page has kept of its files.
fn kept(visit: &Visit, side: &str) -> Result<Vec<(String, String)>> {
    let kept = visit.browser.wait_for("localStorage.getItem('pychain.files')")?;
    let kept: Value = serde_json::from_str(kept.as_str().context("text")?)?;
    Ok(files_of(&kept[side]))
}

#[test]
fn each_example_has_the_findings_of_the_program() {
    visit(|visit| {
        open(visit)?;
        let examples = visit.browser.run("return document.querySelectorAll('.cards .card').length;", &[])?;
        let examples = examples.as_u64().context("a number")?;
        ensure!(examples >= 4, "{examples} examples");
        let mut compared = 0;
        for number in 1..=examples {
            forget(&visit.browser)?;
            open(visit)?;
            visit.browser.click(&format!(".cards li:nth-child({number}) .card"))?;
            let page = report(&visit.browser)?;
            ensure!(page.contains("\"rule\""), "example {number} has no finding: {page}");
            let head = kept(visit, "head")?;
            if kept(visit, "base")?.is_empty() {
                let roots: Vec<&str> = head.iter().map(|(path, _)| path.as_str()).collect();
                same(&format!("example {number}"), &page, &natively(&head, &roots)?)?;
                compared += 1;
            }
            forget(&visit.browser)?;
        }
        ensure!(compared >= 3, "{compared} compared");
        Ok(())
    });
}

#[test]
fn real_files_have_the_findings_of_the_program() {
    let folder = std::env::var_os("PYCHAIN_CORPUS").unwrap_or_default();
    let folder = Path::new(&folder);
    if !folder.join("manifest.tsv").is_file() {
        println!("SKIPPED: there is no corpus");
        return;
    }
    let corpus = Corpus::open(folder).expect("the corpus");
    // What the page takes as text; bytes of other kinds are told apart in its own tests.
    let text = |bytes: &[u8]| str::from_utf8(bytes).ok().filter(|text| !text.contains(['\r', '\0'])).map(str::to_owned);
    let mut files: Vec<(String, String)> = Vec::new();
    let step = corpus.files.len().div_ceil(SAMPLE).max(1);
    for item in corpus.files.iter().filter(|item| !item.constraint).step_by(step) {
        files.extend(item.files.read(&item.file).and_then(text).map(|text| ("requirements.txt".to_owned(), text)));
    }
    let step = corpus.locks.len().div_ceil(SAMPLE / 2).max(1);
    for item in corpus.locks.iter().step_by(step) {
        files.extend(text(&item.bytes).map(|text| (item.file_name().to_owned(), text)));
    }
    assert!(files.len() >= SAMPLE, "{} files", files.len());
    visit(|visit| {
        for (number, file) in files.iter().enumerate() {
            let file = std::slice::from_ref(file);
            load(visit, file, &[])?;
            let page = report(&visit.browser)?;
            same(&format!("file {number}, {}", file[0].0), &page, &natively(file, &[&file[0].0])?)?;
        }
        forget(&visit.browser)
    });
}

#[test]
fn findings_stand_at_their_place() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, "# web\nflask==3.0.0\nréquests  # é\n--trusted-host mirror.example\n")?;
        let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
        let findings = report["findings"].as_array().context("findings")?;
        let trusted = findings.iter().position(|finding| finding["rule"] == "trusted-host").context("trusted-host")?;
        // The underlined letters are those of the finding, and the gutter has a shape on its line.
        let marked = visit
            .browser
            .run("return [...document.querySelectorAll('.under .mark')].map((it) => it.textContent);", &[])?;
        ensure!(
            marked.as_array().is_some_and(|marked| marked.contains(&json!("--trusted-host mirror.example"))),
            "{marked}"
        );
        let gutter = "return [...document.querySelectorAll('.gutter i.shape')].map((it) => parseInt(it.parentElement.textContent));";
        let gutter = visit.browser.run(gutter, &[])?;
        ensure!(gutter.as_array().is_some_and(|lines| lines.contains(&json!(4))), "{gutter}");
        // Chosen in the list, it is told in full; its place selects the text.
        visit.browser.click(&format!("#finding-{trusted}"))?;
        visit.browser.wait_for("document.querySelector('#detail .where')?.textContent.includes(':4:1')")?;
        visit.browser.wait_for(
            "['Why it matters', 'What to do'].every((label) => [...document.querySelectorAll('#detail .todo')]
                .some((it) => it.textContent.startsWith(label) && it.textContent.length > 40))",
        )?;
        visit.browser.click("#detail .where")?;
        visit.browser.wait_for(
            "document.activeElement.id === 'editor' && document.activeElement.value.slice(
                document.activeElement.selectionStart, document.activeElement.selectionEnd).startsWith('--trusted-host')",
        )?;
        // The manual of the rule.
        visit.browser.click("#detail .more button")?;
        visit.browser.wait_for("document.querySelector('#manual .prose h3')?.textContent.length > 0")?;
        visit.browser.press(&["Escape"])?;
        visit.browser.wait_for("document.querySelector('#manual') === null").map(drop)
    });
}

#[test]
fn a_long_list_is_as_long_as_the_bench_wants_it() {
    visit(|visit| {
        let found = pychain_browser::bench::show_many_findings(visit)?;
        let said = visit.browser.run("return document.querySelector('#findings').textContent;", &[])?;
        ensure!(said.as_str().is_some_and(|said| !said.is_empty()), "nothing of {found} findings is listed");
        forget(&visit.browser)
    });
}

#[test]
fn the_list_can_be_filtered() {
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, "flask\ndjango\n--trusted-host mirror.example\n")?;
        done(&visit.browser)?;
        let rows = "document.querySelectorAll('#findings [role=option]').length";
        let all = visit.browser.run(&format!("return {rows};"), &[])?.as_u64().context("a number")?;
        visit.browser.click(".filters .chip.high")?;
        visit.browser.wait_for(&format!("{rows} === {}", all - 1))?;
        visit.browser.click(".filters .chip.high")?;
        let choose = "
            const select = document.querySelector('.filters select');
            select.value = 'trusted-host';
            select.dispatchEvent(new Event('change', { bubbles: true }));
        ";
        visit.browser.run(choose, &[])?;
        visit.browser.wait_for(&format!("{rows} === 1")).map(drop)
    });
}

#[test]
fn paper_has_all_findings() {
    visit(|visit| {
        open(visit)?;
        let lines: Vec<String> = (0..200).map(|number| format!("--trusted-host h{number}.example\n")).collect();
        paste(&visit.browser, &lines.concat())?;
        report(&visit.browser)?;
        let rows = visit.browser.run("return document.querySelectorAll('#findings [role=option]').length;", &[])?;
        ensure!(rows.as_u64() < Some(200), "the window shows {rows}, which proves nothing");
        // It is all there at once, whatever is still to be drawn: paper does not wait.
        let at_once = "document.getElementById('finding-0').click();
            dispatchEvent(new Event('beforeprint'));
            const counts = ['li', 'pre div'].map((it) => document.querySelectorAll(`#printed ${it}`).length);
            dispatchEvent(new Event('afterprint'));
            return counts;";
        let at_once = visit.browser.run(at_once, &[])?;
        ensure!(at_once == json!([200, 200]), "{at_once}");
        let listen = "addEventListener('beforeprint', () => {
            globalThis.printed = [...document.querySelectorAll('#printed li')].filter((it) => it.textContent.includes('trusted-host')).length;
        });";
        visit.browser.run(listen, &[])?;
        visit.browser.devtools("Page.printToPDF", &json!({}))?;
        let printed = visit.browser.wait_for("globalThis.printed")?;
        ensure!(printed == json!(200), "{printed}");
        visit.browser.wait_for("document.querySelector('#printed') === null").map(drop)
    });
}

#[test]
fn a_fix_is_applied_and_taken_back() {
    let before = "--index-url http://pypi.org/simple\nflask==3.0.0\n";
    visit(|visit| {
        open(visit)?;
        paste(&visit.browser, before)?;
        done(&visit.browser)?;
        let text = "document.querySelector('#editor').value";
        visit.browser.click(".bar button.primary")?;
        visit.browser.wait_for(&format!("{text} !== {}", json!(before)))?;
        done(&visit.browser)?;
        let fixed = visit.browser.run(&format!("return {text};"), &[])?;
        let fixed = fixed.as_str().context("text")?;
        // The program makes the same of it.
        ensure!(fixed == fixed_natively(before)?, "fixed: {fixed}");
        visit.browser.run(
            "[...document.querySelectorAll('.bar button')].find((it) => it.textContent === 'Undo').click();",
            &[],
        )?;
        visit.browser.wait_for(&format!("{text} === {}", json!(before))).map(drop)
    });
}

#[test]
fn the_browser_undoes_what_was_typed_and_the_page_what_was_fixed() {
    let (before, after) = ("--index-url http://pypi.org/simple\n", "--index-url https://pypi.org/simple\n");
    visit(|visit| {
        open(visit)?;
        let browser = &visit.browser;
        browser.click("#editor")?;
        browser.write("#editor", before)?;
        done(browser)?;
        browser.wait_for("document.querySelector('.bar button.primary')")?;
        browser.click(".bar button.primary")?;
        let has =
            |text: &str| browser.wait_for(&format!("document.querySelector('#editor').value === {}", json!(text)));
        has(after)?;
        done(browser)?;
        browser.click("#editor")?;
        browser.press(&["Control+End", "x"])?;
        has(&format!("{after}x"))?;
        browser.press(&["Control+z"])?;
        has(after)?;
        browser.press(&["Control+z"])?;
        has(before)?;
        // The keyboard stays in the text, and nothing comes again that does not fit it.
        browser.wait_for("document.activeElement.id === 'editor'")?;
        browser.press(&["Control+Shift+z", "Control+y", "Control+End", "y"])?;
        has(&format!("{before}y")).map(drop)
    });
}

fn fixed_natively(text: &str) -> Result<String> {
    let program = std::env::var_os("PYCHAIN_PROGRAM").context("PYCHAIN_PROGRAM")?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("requirements.txt");
    std::fs::write(&path, text)?;
    let words = ["audit", "--fix", "--write", "--quiet", "requirements.txt"];
    std::process::Command::new(program).args(words).current_dir(folder.path()).env_clear().output()?;
    Ok(std::fs::read_to_string(path)?)
}

#[test]
fn what_is_typed_is_audited() {
    visit(|visit| {
        open(visit)?;
        visit.browser.click("#editor")?;
        visit.browser.write("#editor", "reqeusts==2.32.3\n")?;
        visit.browser.wait_for("document.querySelector('#findings')?.innerText.includes('requests')")?;
        visit.browser.write("#editor", "--index-url http://mirror.example/simple\n")?;
        visit.browser.wait_for("document.querySelector('#findings')?.innerText.includes('insecure')").map(drop)
    });
}
