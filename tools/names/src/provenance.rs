//! Where each file of the data comes from: `data/PROVENANCE.toml`, read and written a section a file.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

/// The files that it speaks of.
const FILES: [&str; 5] = ["names.txt.xz", "ranked.tsv", "standard-library.txt", "imports.tsv", "malicious.tsv"];

/// The day of a file's facts, like `2026-11-22`.
pub(crate) fn date(folder: &Path, file: &str) -> Result<String> {
    let date = value(&text(folder)?, file, "date")?;
    ensure!(date.len() == 10, "`{date}` is no date like 2026-11-22");
    Ok(date)
}

/// Every file is spoken of, and is the one that is spoken of.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let text = text(folder)?;
    for file in FILES {
        let (count, sha256) = facts(folder, file)?;
        for (key, fact) in [("count", count.to_string()), ("sha256", sha256)] {
            let told = value(&text, file, key)?;
            ensure!(told == fact, "PROVENANCE.toml says that `{key}` of {file} is {told}, and it is {fact}");
        }
        for key in ["source", "date", "license", "command"] {
            value(&text, file, key)?;
        }
    }
    Ok(())
}

/// Writes date, count and digest of a file anew.
pub(crate) fn renew(folder: &Path, file: &str, date: Option<&str>) -> Result<()> {
    let mut text = text(folder)?;
    let (count, sha256) = facts(folder, file)?;
    let count = count.to_string();
    for (key, fact) in [("date", date), ("count", Some(count.as_str())), ("sha256", Some(sha256.as_str()))] {
        let (Some(fact), Ok(old)) = (fact, value(&text, file, key)) else { continue };
        let at = text.find(&header(file)).unwrap_or_default();
        let (before, after) = text.split_at(at);
        let mut new = before.to_owned();
        let quote = if key == "count" { "" } else { "\"" };
        let _ = write!(
            new,
            "{}",
            after.replacen(&format!("{key} = {quote}{old}{quote}"), &format!("{key} = {quote}{fact}{quote}"), 1)
        );
        text = new;
    }
    fs::write(folder.join("data/PROVENANCE.toml"), text).context("PROVENANCE.toml")
}

fn header(file: &str) -> String {
    format!("[\"{file}\"]")
}

fn text(folder: &Path) -> Result<String> {
    fs::read_to_string(folder.join("data/PROVENANCE.toml")).context("PROVENANCE.toml")
}

/// The value of a key below a file's header, without quotes.
fn value(text: &str, file: &str, key: &str) -> Result<String> {
    let section = text.split_once(&header(file)).map(|(_, rest)| rest.split("\n[").next().unwrap_or_default());
    let value = section
        .and_then(|section| section.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=')));
    Ok(value.with_context(|| format!("PROVENANCE.toml has no `{key}` of {file}"))?.trim().trim_matches('"').to_owned())
}

/// Names in a file, and its digest; of the packed list those of the unpacked text.
fn facts(folder: &Path, file: &str) -> Result<(usize, String)> {
    let path = folder.join("data").join(file);
    let text = if file.ends_with(".xz") {
        crate::build::all_names(&path)?
    } else {
        fs::read_to_string(&path).with_context(|| path.display().to_string())?
    };
    let header = usize::from(text.starts_with("rank\t"));
    let digest = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    });
    Ok((text.lines().count() - header, digest))
}
