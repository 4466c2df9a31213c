//! What Lighthouse says of the page, as it looks at pages for a phone with a slow network and processor.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use pychain_site::build::Site;
use pychain_site::server::Server;
use serde_json::Value;

use super::{Row, floor};
use crate::driver::FLAGS;

/// How often it looks; the best counts, since a busy machine only takes away.
const TIMES: usize = 3;

/// Its categories, with what each must reach and what is aimed at.
const CATEGORIES: [(&str, f64, f64); 3] =
    [("performance", 0.92, 0.98), ("accessibility", 1.0, 1.0), ("best-practices", 1.0, 1.0)];

/// Lets Lighthouse, the script of its command line, look at the page, with a browser that it starts itself.
///
/// # Errors
///
/// Where Node.js or Chromium is missing, or the page does not load.
pub(super) fn rows(site: &Site, lighthouse: &Path) -> Result<Vec<Row>> {
    let server = Server::start(site.clone(), 0)?;
    let looks = (0..TIMES).map(|_| look(&server.url(), lighthouse)).collect::<Result<Vec<Value>>>()?;
    let mut rows = Vec::new();
    for (category, must, aim) in CATEGORIES {
        let scores = looks.iter().filter_map(|look| look["categories"][category]["score"].as_f64());
        let best = scores.reduce(f64::max).with_context(|| format!("Lighthouse has no score of {category}"))?;
        rows.push(floor(&format!("Lighthouse, mobile, {category}"), best, must, aim, ""));
    }
    Ok(rows)
}

fn look(url: &str, lighthouse: &Path) -> Result<Value> {
    let categories: Vec<&str> = CATEGORIES.iter().map(|(category, ..)| *category).collect();
    // It takes the list apart at blanks, and only values may be quoted.
    let quoted = |flag: &&str| match flag.split_once('=') {
        Some((name, value)) => format!("{name}='{value}'"),
        None => (*flag).to_owned(),
    };
    let flags: Vec<String> = FLAGS.iter().map(quoted).collect();
    let output = Command::new("node")
        .arg(lighthouse)
        .arg(url)
        .args(["--output=json", "--quiet", "--no-enable-error-reporting"])
        .arg(format!("--only-categories={}", categories.join(",")))
        .arg(format!("--chrome-flags={}", flags.join(" ")))
        .output()
        .context("starting Node.js")?;
    ensure!(output.status.success(), "Lighthouse: {}", String::from_utf8_lossy(&output.stderr).trim());
    serde_json::from_slice(&output.stdout).context("what Lighthouse says")
}
