//! Names under which something malicious was published, from advisories in OSV form (`MAL-…`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use pychain_core::name::normalize;
use serde_json::Value;

/// Writes `NAME<TAB>ID[<TAB>VERSION VERSION …]` for every `MAL-` advisory about a project of the public index below
/// a folder: a checkout of `ossf/malicious-packages`, or the unpacked archive of OSV. Without versions all are meant.
pub(crate) fn run(folder: &Path, out: &Path) -> Result<()> {
    let mut found = BTreeMap::new();
    walk(folder, &mut found)?;
    ensure!(!found.is_empty(), "there is no `MAL-` advisory about a Python project below `{}`", folder.display());
    let mut text = String::new();
    for (name, (id, versions)) in &found {
        let tab = if versions.is_empty() { "" } else { "\t" };
        let _ = writeln!(text, "{name}\t{id}{tab}{}", versions.join(" "));
    }
    println!("{} names", found.len());
    fs::write(out, text).with_context(|| out.display().to_string())
}

type Found = BTreeMap<String, (String, Vec<String>)>;

fn walk(folder: &Path, found: &mut Found) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            read(&serde_json::from_str(&text).with_context(|| path.display().to_string())?, found);
        }
    }
    Ok(())
}

/// Takes what one advisory says. A withdrawn one says nothing.
fn read(advisory: &Value, found: &mut Found) {
    let id = advisory["id"].as_str().unwrap_or_default();
    if !id.starts_with("MAL-") || advisory.get("withdrawn").is_some() {
        return;
    }
    for affected in advisory["affected"].as_array().into_iter().flatten() {
        let package = &affected["package"];
        let (Some("PyPI"), Some(name)) = (package["ecosystem"].as_str(), package["name"].as_str()) else { continue };
        let from_the_beginning = affected["ranges"].as_array().into_iter().flatten().any(|range| {
            let events = range["events"].as_array().map(Vec::as_slice).unwrap_or_default();
            events.iter().any(|event| event["introduced"] == "0")
                && events.iter().all(|event| event.get("fixed").is_none() && event.get("last_affected").is_none())
        });
        let mut versions: Vec<String> = if from_the_beginning {
            Vec::new()
        } else {
            affected["versions"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        if versions.is_empty() && !from_the_beginning {
            continue;
        }
        versions.retain(|version| !version.contains(char::is_whitespace));
        versions.sort();
        let known = found.entry(normalize(name)).or_insert_with(|| (id.to_owned(), versions.clone()));
        // All versions is more than some.
        if versions.is_empty() {
            *known = (known.0.clone(), versions);
        } else if !known.1.is_empty() {
            known.1.extend(versions);
            known.1.sort();
            known.1.dedup();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(advisories: &[&str], expected: &[(&str, &str, &[&str])]) {
        let mut found = Found::new();
        for text in advisories {
            read(&serde_json::from_str(text).expect("JSON"), &mut found);
        }
        let found: Vec<_> =
            found.iter().map(|(name, (id, versions))| (name.as_str(), id.as_str(), versions.clone())).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, id, versions)| (*name, *id, versions.iter().map(ToString::to_string).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_projects_and_single_versions_are_told_apart() {
        check(
            &[
                r#"{"id":"MAL-2024-1","affected":[{"package":{"ecosystem":"PyPI","name":"Bad_Name"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}"#,
                r#"{"id":"MAL-2024-2","affected":[{"package":{"ecosystem":"PyPI","name":"taken-over"},"versions":["1.2","1.1"]}]}"#,
                r#"{"id":"MAL-2024-3","affected":[{"package":{"ecosystem":"npm","name":"other"},"versions":["1"]}]}"#,
                r#"{"id":"PYSEC-2024-4","affected":[{"package":{"ecosystem":"PyPI","name":"flawed"},"versions":["1"]}]}"#,
                r#"{"id":"MAL-2024-5","withdrawn":"2024-01-01","affected":[{"package":{"ecosystem":"PyPI","name":"mistaken"},"versions":["1"]}]}"#,
            ],
            &[("bad-name", "MAL-2024-1", &[]), ("taken-over", "MAL-2024-2", &["1.1", "1.2"])],
        );
    }

    #[test]
    fn several_advisories_about_a_name_are_joined() {
        check(
            &[
                r#"{"id":"MAL-1","affected":[{"package":{"ecosystem":"PyPI","name":"a"},"versions":["1"]}]}"#,
                r#"{"id":"MAL-2","affected":[{"package":{"ecosystem":"PyPI","name":"a"},"versions":["2"]}]}"#,
            ],
            &[("a", "MAL-1", &["1", "2"])],
        );
    }
}
