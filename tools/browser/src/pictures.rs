//! Pictures of the page's main states, for the documentation.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use pychain_site::build::Site;
use serde_json::json;

use crate::driver::{Browser, Options};
use crate::page::{done, open, report};
use crate::visit::Visit;

/// A picture may not be larger, in bytes: all are in the repository.
const MAX: usize = 65_000;

/// What a picture shows.
struct Scene {
    name: &'static str,
    window: (u32, u32),
    theme: &'static str,
    /// Leads the page there.
    set: fn(&Browser) -> Result<()>,
}

const DESK: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (412, 860);

const SCENES: [Scene; 7] = [
    Scene { name: "empty", window: DESK, theme: "light", set: |_| Ok(()) },
    Scene { name: "findings", window: DESK, theme: "light", set: findings },
    Scene { name: "manual", window: DESK, theme: "light", set: manual },
    Scene { name: "compare", window: DESK, theme: "light", set: compare },
    Scene { name: "drop", window: DESK, theme: "light", set: wheel },
    Scene { name: "dark", window: DESK, theme: "dark", set: findings },
    Scene { name: "phone", window: PHONE, theme: "light", set: findings },
];

/// Takes all of them into a folder: `page-NAME.FORMAT`, of `png` or `webp`.
///
/// # Errors
///
/// Where the page does not get there, or a picture for the documentation is too large.
pub fn take(site: &Site, folder: &Path, format: &str) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for scene in &SCENES {
        let options = Options { window: Some(scene.window), flags: vec!["--hide-scrollbars".to_owned()] };
        let visit = Visit::start(site.clone(), &options)?;
        let browser = &visit.browser;
        browser.run("localStorage.setItem('pychain.theme', args[0]);", &[json!(scene.theme)])?;
        // What a narrow window refuses, the device's measures do.
        let (width, height) = scene.window;
        let measures = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        browser.devtools("Emulation.setDeviceMetricsOverride", &measures)?;
        open(&visit)?;
        (scene.set)(browser).context(scene.name)?;
        browser.run("await new Promise((resolve) => setTimeout(resolve, 300));", &[])?;
        let picture = browser.picture(format)?;
        ensure!(format == "png" || picture.len() <= MAX, "{} takes {} bytes", scene.name, picture.len());
        fs::write(folder.join(format!("page-{}.{format}", scene.name)), picture)?;
    }
    Ok(())
}

fn example(browser: &Browser, number: u32) -> Result<()> {
    browser.run("document.querySelectorAll('.cards .card')[args[0]].click();", &[json!(number)])?;
    report(browser).map(drop)
}

fn findings(browser: &Browser) -> Result<()> {
    example(browser, 0)?;
    browser.run("document.getElementById('finding-0').click();", &[])?;
    browser.wait_for("document.querySelector('#detail')").map(drop)
}

fn manual(browser: &Browser) -> Result<()> {
    findings(browser)?;
    browser.run("document.querySelector('#detail .more button').click();", &[])?;
    browser.wait_for("document.querySelector('#manual .prose h3')").map(drop)
}

fn compare(browser: &Browser) -> Result<()> {
    example(browser, 3)?;
    browser.run("document.getElementById('finding-0')?.click();", &[]).map(drop)
}

fn wheel(browser: &Browser) -> Result<()> {
    example(browser, 1)?;
    let script = "
        const dataTransfer = new DataTransfer();
        const [, name, version] = document.querySelector('#editor').value.match(/^([a-z0-9-]+)==([0-9.]+)/m);
        dataTransfer.items.add(new File(['not what was published'], `${name}-${version}-py3-none-any.whl`));
        const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector('main').dispatchEvent(event);
    ";
    browser.run(script, &[])?;
    browser.wait_for("document.querySelector('#drops .verdict')")?;
    done(browser)
}
