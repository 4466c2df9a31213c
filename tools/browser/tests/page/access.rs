//! For everybody: by keyboard alone, without motion, and by what axe-core examines.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use pychain_browser::driver::{Browser, Options};
use serde_json::{Value, json};

use crate::{built, done, open, paste, report, visit, visit_site};

const TEXT: &str = "flask\nreqeusts==2.32.3\n--trusted-host mirror.example\n--index-url http://mirror.example/simple\n";

/// Presses Tab until the focus is where the selector says.
fn tab_to(browser: &Browser, selector: &str) -> Result<()> {
    for _ in 0..60 {
        let is_there = browser.run("return document.activeElement.matches(args[0]);", &[json!(selector)])?;
        if is_there == json!(true) {
            return Ok(());
        }
        browser.press(&["Tab"])?;
    }
    anyhow::bail!("Tab never comes to `{selector}`")
}

#[test]
fn everything_can_be_done_by_keyboard() {
    visit(|visit| {
        open(visit)?;
        let browser = &visit.browser;
        tab_to(browser, "#editor")?;
        browser.press(&["f", "l", "a", "s", "k", "Enter"])?;
        browser.write("#editor", "--trusted-host mirror.example")?;
        report(browser)?;
        browser.wait_for("document.querySelectorAll('#findings [role=option]').length >= 2")?;
        // From the text to the findings, and back to the place of one.
        browser.press(&["Control+Home", "F8"])?;
        browser.wait_for("document.querySelector('#findings [aria-selected=true]')")?;
        tab_to(browser, "#findings")?;
        browser.press(&["Home", "Down"])?;
        browser.wait_for(
            "document.querySelector('#findings [aria-selected=true]')?.getAttribute('aria-posinset') === '2'",
        )?;
        browser.press(&["Enter"])?;
        browser.wait_for("document.activeElement.id === 'editor'")?;
        // The manual, and out of it.
        tab_to(browser, "#detail .more button")?;
        browser.press(&["Enter"])?;
        browser.wait_for("document.querySelector('#manual .prose h3')")?;
        browser.press(&["Escape"])?;
        browser.wait_for("document.querySelector('#manual') === null")?;
        // A menu opens and closes, and the mode changes.
        browser.run("document.querySelector('.top a').focus();", &[])?;
        tab_to(browser, ".menu summary")?;
        browser.press(&["Enter"])?;
        browser.wait_for("document.querySelector('.menu[open]')")?;
        browser.press(&["Escape"])?;
        browser.wait_for("document.querySelector('.menu[open]') === null")?;
        browser.run("document.querySelector('.top a').focus();", &[])?;
        tab_to(browser, ".switch button:nth-child(2)")?;
        browser.press(&["Space"])?;
        browser.wait_for("document.querySelector('#editor-base')")?;
        // Whatever has the focus shows it.
        tab_to(browser, ".menu summary")?;
        let outline = "const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== 'none' || style.boxShadow !== 'none';";
        ensure!(browser.run(outline, &[])? == json!(true), "the focus cannot be seen");
        Ok(())
    });
}

#[test]
fn the_focus_is_never_lost() {
    visit(|visit| {
        open(visit)?;
        let browser = &visit.browser;
        let goes = |from: &str, key: &str, to: &str| {
            browser.run("document.querySelector(args[0]).focus();", &[json!(from)])?;
            browser.press(&[key])?;
            let is_there = format!("document.activeElement.matches({})", json!(to));
            browser.wait_for(&is_there).with_context(|| format!("{key} on `{from}`")).map(drop)
        };
        goes(".cards .card", "Enter", ".tab.shown .name, #findings")?;
        done(browser)?;
        goes(".tab:nth-child(2) .close", "Enter", ".tab.shown .name")?;
        goes(".tab.shown .name", "Enter", ".rename")?;
        browser.press(&["x"])?;
        goes(".rename", "Enter", ".tab.shown .name")?;
        goes(".notice .close", "Space", ".tab.shown .name, #findings")?;
        paste(browser, "--index-url http://pypi.org/simple\nflask\n")?;
        done(browser)?;
        goes(".bar button.primary", "Enter", "#findings")?;
        done(browser)?;
        browser.run("document.querySelector('.menu.last').open = true;", &[])?;
        goes(".menu.last li:last-child button", "Enter", ".menu.last summary")
    });
}

#[test]
fn nothing_moves_where_that_is_not_wanted() {
    visit(|visit| {
        let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        visit.browser.devtools("Emulation.setEmulatedMedia", &still)?;
        open(visit)?;
        paste(&visit.browser, TEXT)?;
        done(&visit.browser)?;
        visit.browser.run("document.getElementById('finding-0').click();", &[])?;
        visit.browser.wait_for("document.querySelector('#detail')")?;
        let moving = "
            const seconds = (it) => Math.max(...it.split(',').map((part) => parseFloat(part) * (part.includes('ms') ? 0.001 : 1)));
            return [...document.querySelectorAll('*')].filter((it) => {
                const style = getComputedStyle(it);
                return (style.animationName !== 'none' && seconds(style.animationDuration) > 0.01)
                    || seconds(style.transitionDuration) > 0.01 || style.scrollBehavior === 'smooth';
            }).map((it) => it.outerHTML.slice(0, 100));
        ";
        let moving = visit.browser.run(moving, &[])?;
        ensure!(moving == json!([]), "these move: {moving}");
        Ok(())
    });
}

/// What axe-core objects to, as lines.
fn objections(browser: &Browser, axe: &str) -> Result<Vec<String>> {
    browser.run(&format!("{axe};\nwindow.axe = axe;"), &[])?;
    let found = browser.run("return (await axe.run()).violations;", &[])?;
    let line = |violation: &Value| {
        let nodes: Vec<&str> =
            violation["nodes"].as_array().into_iter().flatten().filter_map(|it| it["html"].as_str()).collect();
        format!("{}: {} ({})", violation["id"], violation["help"], nodes.join(" | "))
    };
    Ok(found.as_array().context("no answer")?.iter().map(line).collect())
}

#[test]
fn axe_objects_to_nothing() {
    let Some(axe) = std::env::var_os("PYCHAIN_AXE") else {
        println!("SKIPPED: there is no npm to fetch axe-core with");
        return;
    };
    let axe = fs::read_to_string(axe).expect("axe-core");
    for (theme, window) in [("light", (1280, 800)), ("dark", (1280, 800)), ("light", (390, 844)), ("dark", (390, 844))]
    {
        let options = Options { window: Some(window), flags: Vec::new() };
        visit_site(built(), &options, |visit| {
            let browser = &visit.browser;
            browser.run("localStorage.setItem('pychain.theme', args[0]);", &[json!(theme)])?;
            open(visit)?;
            let mut all = Vec::new();
            let mut examine = |state: &str| -> Result<()> {
                let found = objections(browser, &axe)?;
                all.extend(found.into_iter().map(|line| format!("{theme}, {} wide, {state}: {line}", window.0)));
                Ok(())
            };
            examine("empty")?;
            paste(browser, TEXT)?;
            done(browser)?;
            browser.run("document.getElementById('finding-0').click();", &[])?;
            browser.wait_for("document.querySelector('#detail')")?;
            examine("findings")?;
            browser.run("document.querySelector('#detail .more button').click();", &[])?;
            browser.wait_for("document.querySelector('#manual .prose h3')")?;
            examine("manual")?;
            browser.run("document.querySelector('#manual .close').click(); document.querySelector('.switch button:nth-child(2)').click();", &[])?;
            browser.wait_for("document.querySelector('#editor-base')")?;
            done(browser)?;
            examine("compare")?;
            ensure!(all.is_empty(), "{all:#?}");
            Ok(())
        });
    }
}
