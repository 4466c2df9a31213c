//! Files that are dropped: wheels against the hashes in the text, zips of repositories, and those that want harm.

use std::fs;

use anyhow::{Result, ensure};
use pychain_browser::driver::Browser;
use serde_json::{Value, json};

use crate::{done, open, paste, report, visit};

/// Stands for the digest of the dropped file.
const DIGEST: &str = "DIGEST";

/// Drops files, names and bytes, on the page as from a folder window.
fn drop_files(browser: &Browser, files: &[(&str, Vec<u8>)]) -> Result<()> {
    let files: Vec<Value> = files.iter().map(|(name, bytes)| json!([name, bytes])).collect();
    let script = "
        const dataTransfer = new DataTransfer();
        for (const [name, bytes] of args[0]) dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
        const target = document.querySelector('main');
        for (const kind of ['dragover', 'drop']) {
            target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }
    ";
    browser.run(script, &[json!(files)]).map(std::mem::drop)
}

/// The digest as the browser itself computes it.
fn digest(browser: &Browser, bytes: &[u8]) -> Result<String> {
    let script = "
        const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(args[0]));
        return [...new Uint8Array(digest)].map((it) => it.toString(16).padStart(2, '0')).join('');
    ";
    Ok(browser.run(script, &[json!(bytes)])?.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_wheel_is_looked_for_among_the_hashes() {
    let wheel = b"a wheel".to_vec();
    let verdict = |text: &str, verdict: &str| {
        visit(|visit| {
            let digest = digest(&visit.browser, &wheel)?;
            open(visit)?;
            paste(&visit.browser, &text.replace(DIGEST, &digest))?;
            done(&visit.browser)?;
            drop_files(&visit.browser, &[("flask-3.0.0-py3-none-any.whl", wheel.clone())])?;
            let shown = visit.browser.wait_for("document.querySelector('#drops .verdict')?.innerText")?;
            ensure!(shown.as_str().is_some_and(|shown| shown.contains(verdict)), "{shown}");
            let line = visit.browser.run("return document.querySelector('#drops .digest code').textContent;", &[])?;
            ensure!(line == json!(format!("--hash=sha256:{digest}")), "{line}");
            Ok(())
        });
    };
    verdict(&format!("flask==3.0.0 --hash=sha256:{DIGEST}\n"), "matches");
    verdict(&format!("flask==3.0.0 --hash=sha256:{}\n", "0".repeat(64)), "none of the project's hashes");
    verdict("django==5.1.3\n", "no entry in the files is about it");
}

/// A zip of stored files; with a size that is claimed for the first instead of its own.
fn zip(files: &[(&str, &[u8])], claimed: Option<u32>) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (number, (name, content)) in files.iter().enumerate() {
        let size = u32::try_from(content.len()).expect("a short file");
        let told = claimed.filter(|_| number == 0).unwrap_or(size);
        let offset = u32::try_from(out.len()).expect("a short zip");
        let mut fields = Vec::new();
        for short in [20u16, 0, 0, 0, 0] {
            fields.extend(short.to_le_bytes()); // version, flags, stored, time, date
        }
        for long in [crc(content), size, told] {
            fields.extend(long.to_le_bytes());
        }
        fields.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
        fields.extend([0, 0]); // no extra field
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02");
        directory.extend(20u16.to_le_bytes());
        directory.extend(&fields);
        directory.extend([0; 10]); // comment, disk, attributes
        directory.extend(offset.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (start, length) = (out.len(), directory.len());
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        out.extend(u16::try_from(files.len()).expect("few files").to_le_bytes());
    }
    for number in [length, start] {
        out.extend(u32::try_from(number).expect("a short zip").to_le_bytes());
    }
    out.extend([0, 0]);
    out
}

fn crc(content: &[u8]) -> u32 {
    !content.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn a_zip_of_a_repository_is_opened_and_its_includes_followed() {
    visit(|visit| {
        open(visit)?;
        let files: &[(&str, &[u8])] = &[
            ("shop-main/requirements.txt", b"-r requirements/base.txt\n"),
            ("shop-main/requirements/base.txt", b"flask\n"),
            ("shop-main/src/app.py", b"import flask\n"),
            ("shop-main/tools/count.py", b"# /// script\n# dependencies = [\"rich==13.9.4\"]\n# ///\nimport rich\n"),
        ];
        drop_files(&visit.browser, &[("shop.zip", zip(files, None))])?;
        let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
        let text = report.to_string();
        ensure!(text.contains("requirements/base.txt") && text.contains("unpinned-requirement"), "{text}");
        ensure!(!text.contains("cannot be read"), "{text}");
        let files = json!(["requirements.txt", "requirements/base.txt", "tools/count.py"]);
        ensure!(report["files"] == files, "{}", report["files"]);
        Ok(())
    });
}

#[test]
fn a_folder_that_the_mouse_lets_go_of_is_read_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("requirements.txt", "-r requirements/base.txt\n"),
        ("requirements/base.txt", "flask\n"),
        ("src/app.py", "import flask\n"),
        ("tools/count.py", "# /// script\n# dependencies = [\"rich==13.9.4\"]\n# ///\nimport rich\n"),
        ("node_modules/gyp/requirements.txt", "six\n"),
    ];
    for (path, text) in files {
        let path = folder.path().join("shop").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    visit(|visit| {
        open(visit)?;
        // Only the browser itself can hand a folder over, as it does when somebody drags one from the desktop.
        let dragged = json!({ "items": [], "files": [folder.path().join("shop")], "dragOperationsMask": 1 });
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": 400, "y": 300, "data": dragged });
            visit.browser.devtools("Input.dispatchDragEvent", &event)?;
        }
        visit.browser.wait_for("document.querySelectorAll('.tab .name').length === 3")?;
        let report: Value = serde_json::from_str(&report(&visit.browser)?)?;
        let files = json!(["requirements.txt", "requirements/base.txt", "tools/count.py"]);
        ensure!(report["files"] == files, "{}", report["files"]);
        let found = report["findings"].as_array().into_iter().flatten();
        let found: Vec<&Value> = found.filter(|it| it["rule"] == "unpinned-requirement").collect();
        ensure!(found.len() == 1 && found[0]["location"]["path"] == "requirements/base.txt", "{found:?}");
        Ok(())
    });
}

#[test]
fn a_zip_that_claims_too_much_or_leaves_its_folder_is_refused_with_words() {
    for (name, bytes) in [
        ("huge.zip", zip(&[("requirements.txt", b"flask\n")], Some(0xffff_fff0))),
        ("outside.zip", zip(&[("../../requirements.txt", b"flask\n")], None)),
        ("cut.zip", zip(&[("requirements.txt", b"flask\n")], None)[..40].to_vec()),
    ] {
        visit(|visit| {
            open(visit)?;
            drop_files(&visit.browser, &[(name, bytes)])?;
            let notice = visit.browser.wait_for("document.querySelector('.notice.error')?.innerText")?;
            let says = |words: &str| notice.as_str().is_some_and(|notice| notice.contains(words));
            ensure!(says("Not read") || says(name), "{notice}");
            // The page goes on.
            paste(&visit.browser, "flask\n")?;
            done(&visit.browser)
        });
    }
}
