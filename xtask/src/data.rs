//! `cargo xtask data STEP`: fetches the lists of names, and builds of them what the program uses in place.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{generate, names, run};

/// The only places that are fetched from; both can be said otherwise.
const INDEX: (&str, &str) = ("PYCHAIN_INDEX_URL", "https://pypi.org/simple/");
const RANKS: (&str, &str) =
    ("PYCHAIN_RANKS_URL", "https://hugovk.github.io/top-pypi-packages/top-pypi-packages.min.json");

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let folder = || run::root().join("crates/pychain-data");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["build"] => names::tool(["build".into(), folder()]),
        ["check"] => names::tool(["check".into(), folder()]),
        ["refresh"] => {
            refresh(folder())?;
            names::tool(["build".into(), folder()])?;
            // What the README shows tells the day of the names.
            generate::run(&[])
        }
        ["imports", wheels] => {
            names::tool(["imports".into(), std::path::absolute(wheels)?, folder().join("data/imports.tsv")])
        }
        ["malicious", osv] => {
            names::tool(["malicious".into(), std::path::absolute(osv)?, folder().join("data/malicious.tsv")])
        }
        ["characters"] => {
            names::tool(["characters".into(), run::root().join("crates/pychain-core/src/confusable/lookalikes.txt")])
        }
        _ => bail!("usage: cargo xtask data build | check | refresh | imports WHEELS | malicious OSV | characters"),
    }
}

fn refresh(folder: PathBuf) -> Result<()> {
    let work = run::target().join("names");
    fs::create_dir_all(&work)?;
    let today = run::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let (index, ranks) = (work.join(format!("index-{}.json", today.trim())), work.join("ranks.json"));
    for ((variable, url), file) in [(INDEX, &index), (RANKS, &ranks)] {
        let url = std::env::var(variable).unwrap_or_else(|_| url.to_owned());
        let mut curl = Command::new("curl");
        curl.args(["--fail", "--silent", "--show-error", "--location", "--proto-redir", "=https", "--retry", "3"]);
        curl.args(["--header", "Accept: application/vnd.pypi.simple.v1+json, application/json;q=0.5"]);
        run::status(curl.arg("--output").arg(file).arg(url))?;
    }
    names::tool(["refresh".into(), index, ranks, folder])
}
