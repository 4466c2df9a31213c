//! `pychain names watch`: which names of the index resemble one's own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use pychain_core::confusable::{Level, assess_unranked, each_attack};
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::{Names, pack};
use pychain_core::name::normalize;
use pychain_core::order::Arrange as _;
use pychain_core::prose::code;

use super::FOUND;
use crate::args::WatchArgs;
use crate::error::Hinted;
use crate::place::Place;
use crate::tree::{Disk, Tree};
use crate::{output, settings};

/// One's own names are compared as if they were this popular: whoever attacks them thinks them worth it.
const RANK: u16 = 100;

pub(crate) fn run(args: &WatchArgs, names: Names) -> Result<ExitCode> {
    let own = own_names(args)?;
    let candidates = match &args.index {
        Some(file) => {
            let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            listed(&text, file)?
        }
        None => beside(&own, &names),
    };
    let found = resembling(&candidates, &own, names)?;
    let mut out = String::new();
    for (name, target, difference, score) in &found {
        let _ = writeln!(out, "{} resembles {}: {difference} (score {score:.2})", code(name), code(target));
    }
    output::print_styled(&out)?;
    let source = match &args.index {
        Some(_) => format!("of {} names", candidates.len()),
        None => "of those that are tried without a list; `--index FILE` compares with every name of one".to_owned(),
    };
    output::say(&format!("{} resembling names, {source}", found.len()));
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// From the command line, else `own-names` of the configuration.
fn own_names(args: &WatchArgs) -> Result<Vec<String>> {
    let mut own: Vec<String> = args.names.iter().map(|name| normalize(name)).collect();
    if own.is_empty() {
        let config = if let Some(file) = &args.config {
            settings::of_file(file)?
        } else {
            let place = Place::of(&[])?;
            settings::of_tree(&mut Tree::Disk(Disk::new(place.root)), None)?
        };
        own = config.own_names;
    }
    if own.is_empty() {
        bail!(Hinted::new(
            "there are no names to watch",
            "name them, or list them as `own-names` in the configuration"
        ));
    }
    own.arrange();
    own.dedup();
    Ok(own)
}

/// The names of a file: one a line, or an index's list as JSON (PEP 691).
fn listed(text: &str, file: &Path) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Index {
        projects: Vec<Project>,
    }
    #[derive(serde::Deserialize)]
    struct Project {
        name: String,
    }
    if !text.trim_start().starts_with('{') {
        return Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(normalize).collect());
    }
    let index: Index =
        serde_json::from_str(text).with_context(|| format!("`{}` is no list of projects", file.display()))?;
    Ok(index.projects.iter().map(|project| normalize(&project.name)).collect())
}

/// Without a list: the names by which one's own are attacked that the index has, by its filter.
fn beside(own: &[String], names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(index) = &names.index {
        for name in own {
            each_attack(name, &mut |other| {
                if normalize(other) == other && index.contains(other) {
                    found.push(other.to_owned());
                }
            });
        }
    }
    found.arrange();
    found.dedup();
    found
}

/// What resembles one of our names enough to be told, the strongest first.
fn resembling(candidates: &[String], own: &[String], mut names: Names) -> Result<Vec<(String, String, String, f32)>> {
    let ranked: Vec<(u16, &str)> = own.iter().map(|name| (RANK, name.as_str())).collect();
    let packed = pack::ranked(&ranked, names.ranked.date(), names.index.as_ref())
        .context("one of the names cannot be watched")?;
    names.ranked = RankedNames::new(packed).context("packing the names")?;
    let mut found = Vec::new();
    for name in candidates.iter().filter(|name| own.binary_search(name).is_err() && name.is_ascii()) {
        let assessment = assess_unranked(name, &names);
        let Some(verdict) =
            assessment.verdict().filter(|verdict| verdict.level >= Some(Level::Warn) && verdict.rank.is_some())
        else {
            continue;
        };
        found.push((name.clone(), verdict.target.clone(), verdict.difference.clone(), verdict.score));
    }
    found.arrange_by(|a, b| b.3.total_cmp(&a.3).then_with(|| a.0.cmp(&b.0)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_lines_or_the_json_of_an_index() {
        let file = Path::new("names");
        assert_eq!(listed("A_b\n\nc\r\n", file).expect("lines"), ["a-b", "c"]);
        let json = r#"{"meta":{"api-version":"1.0"},"projects":[{"name":"A.b"},{"name":"c","_last-serial":1}]}"#;
        assert_eq!(listed(json, file).expect("JSON"), ["a-b", "c"]);
        assert!(listed("{\"x\":1}", file).is_err());
    }

    #[test]
    fn without_a_list_words_around_a_name_are_tried_too() {
        let names = crate::facts::names().expect("data");
        let found = beside(&["huggingface-hub".to_owned(), "requests".to_owned()], &names);
        for name in
            ["requestz", "faster-requests", "requests-plus", "turborequests", "huggingfacehub", "hub-huggingface"]
        {
            let is_there = names.index.as_ref().is_some_and(|index| index.contains(name));
            assert_eq!(found.iter().any(|found| found == name), is_there, "{name}");
        }
        assert!(found.len() > 20, "{found:?}");
    }

    #[test]
    fn names_that_resemble_ours_are_found_and_others_are_not() {
        let names = crate::facts::names().expect("data");
        let candidates: Vec<String> =
            ["acmebilling", "acme-bilingl", "acme-billing", "flask", "unrelated"].map(str::to_owned).to_vec();
        let found = resembling(&candidates, &["acme-billing".to_owned()], names).expect("names");
        let found: Vec<&str> = found.iter().map(|found| found.0.as_str()).collect();
        assert!(
            found.contains(&"acme-bilingl") && !found.contains(&"flask") && !found.contains(&"acme-billing"),
            "{found:?}"
        );
    }
}
