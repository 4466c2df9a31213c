//! What action.yml says of its inputs and outputs, as the tables of docs/action.md.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};

use crate::run;

/// An input or an output. Outputs have no default.
#[derive(Debug, Default, PartialEq)]
struct Entry {
    name: String,
    description: String,
    default: String,
}

/// The table of a section, `inputs` or `outputs`.
pub(crate) fn table(section: &str) -> Result<String> {
    let text = fs::read_to_string(run::root().join("action.yml")).context("action.yml")?;
    let entries = entries(&text, section)?;
    let inputs = section == "inputs";
    let mut out = if inputs {
        "| Input | What it is | Default |\n|---|---|---|\n"
    } else {
        "| Output | What it is |\n|---|---|\n"
    }
    .to_owned();
    for Entry { name, description, default } in entries {
        ensure!(!description.is_empty(), "`{name}` has no description");
        let _ = write!(out, "| `{name}` | {} |", description.replace('|', "\\|"));
        if inputs {
            let code = if default.is_empty() { "" } else { "`" };
            let _ = write!(out, " {code}{default}{code} |");
        }
        out.push('\n');
    }
    Ok(out)
}

/// Reads the one form that our file has, and refuses every other: keys at two spaces, their fields at four.
fn entries(text: &str, section: &str) -> Result<Vec<Entry>> {
    let mut lines = text.lines().skip_while(|line| line.strip_suffix(':') != Some(section)).skip(1);
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines.by_ref().take_while(|line| line.starts_with("  ")) {
        match (line.strip_prefix("    "), entries.last_mut()) {
            (Some(field), Some(entry)) => {
                let (key, value) = field.split_once(": ").with_context(|| format!("not `KEY: VALUE`: `{line}`"))?;
                let value = value.trim_matches('"').to_owned();
                match key {
                    "description" => entry.description = value,
                    "default" => entry.default = value,
                    "value" => {}
                    _ => bail!("an unknown field: `{line}`"),
                }
            }
            (None, _) => {
                let name = line.trim_start().strip_suffix(':').with_context(|| format!("not `KEY:`: `{line}`"))?;
                entries.push(Entry { name: name.to_owned(), ..Entry::default() });
            }
            (Some(_), None) => bail!("a field of nothing: `{line}`"),
        }
    }
    ensure!(!entries.is_empty(), "action.yml has no {section}");
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let text = "inputs:\n  a:\n    description: Says: what\n    default: \"\"\n  b:\n    description: B\n    default: c\n\noutputs:\n  d:\n    description: D\n    value: e\n";
        let entry = |name: &str, description: &str, default: &str| Entry {
            name: name.to_owned(),
            description: description.to_owned(),
            default: default.to_owned(),
        };
        assert_eq!(entries(text, "inputs").expect("read"), [entry("a", "Says: what", ""), entry("b", "B", "c")]);
        assert_eq!(entries(text, "outputs").expect("read"), [entry("d", "D", "")]);
    }

    #[test]
    fn another_form_is_refused() {
        for text in [
            "inputs:\n    description: A\n",
            "inputs:\n  a:\n    description: >-\n      A\n",
            "outputs:\n  a:\n",
            "inputs:\n  a: {}\n",
        ] {
            assert!(entries(text, "inputs").is_err(), "{text}");
        }
    }
}
