//! `invalid-name`: a name that pip reads and that no project can have.

use crate::audit::{Context, Findings};
use crate::finding::Confidence;
use crate::name::ProjectName;
use crate::order::Map;
use crate::prose::code;
use crate::text::Span;
use crate::tree::{Entry, Project};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names of projects and extras that end in `_`, which pip's grammar lets pass although the specification of names forbids it.
    ///
    /// ## Why it matters
    ///
    /// An index that keeps to the specification holds no project of such a name, so the install fails; what else answers to it was not made by the usual tools.
    /// On an extra of such a name pip fails while it resolves, in some versions with nothing but a traceback.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click_==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a private index, or a folder given by `--find-links`, holds a file under that very name.
    ///
    /// ## References
    ///
    /// - Python packaging: [Names and normalization](https://packaging.python.org/en/latest/specifications/name-normalization/)
    "invalid-name": "name that no project can have",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        if let Some(name) = requirement.name.as_ref().filter(|name| !is_valid(name.as_written())) {
            let message = format!("{} is no valid name: no project can be called so", code(name.as_written()));
            let place = entry.at(requirement.name_span.unwrap_or(requirement.span));
            let finding = findings.finding(place, requirement.subject(), message).confidence(Confidence::Medium);
            findings.push(finding.help("Correct the name: it begins and ends with a letter or digit"));
        }
        let invalid = || requirement.extras.iter().map(ProjectName::as_written).filter(|extra| !is_valid(extra));
        let places = if invalid().next().is_some() { extra_places(context.project, &entry) } else { Map::new() };
        for extra in invalid() {
            let message = format!("{} is no valid name of an extra: {} fails on it", code(extra), entry.tool());
            let span = places.get(&extra.to_lowercase()).copied().unwrap_or(requirement.span);
            let finding = findings.finding(entry.at(span), requirement.subject(), message);
            findings
                .push(finding.help("Correct the name: it begins and ends with a letter or digit").identified_by(extra));
        }
    }
}

/// The specification's `^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$`, of which pip holds all but the end.
fn is_valid(name: &str) -> bool {
    name.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Where the extras stand, in lower case as pip reads those at the end of a line: between commas in the first brackets.
fn extra_places(project: &Project, entry: &Entry<'_>) -> Map<String, Span> {
    let span = entry.requirement.span;
    let text = project.text(entry.at(span));
    let Some((before, rest)) = text.split_once('[') else { return Map::new() };
    let mut at = span.start as usize + before.len() + 1;
    let mut places = Map::new();
    for part in rest.split(']').next().unwrap_or_default().split(',') {
        let name = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        places.entry(name.to_lowercase()).or_insert(Span::new(start, start + name.len()));
        at += part.len() + 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn names_that_end_in_an_underscore_are_found() {
        check(
            "invalid-name",
            "foo_==1\n^^^^ invalid-name: `foo_` is no valid name\nfoo-_ ; os_name == 'nt'\n^^^^^ invalid-name\n",
        );
        check("invalid-name", "==> constraints.txt <==\nfoo_==1\n^^^^ invalid-name\n");
    }

    #[test]
    fn extras_are_named_where_they_stand() {
        check("invalid-name", "x_y[a_b, y, y_]==1\n            ^^ invalid-name: `y_` is no valid name of an extra\n");
        check("invalid-name", "x[B_]\n  ^^ invalid-name: `b_`\n");
    }

    #[test]
    fn odd_but_valid_names_are_left_alone() {
        check("invalid-name", "a\nA.-_b\n0[x-_.y]\nzope.interface\n");
    }
}
