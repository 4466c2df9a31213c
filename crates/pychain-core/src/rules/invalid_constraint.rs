//! `invalid-constraint`: a constraint of a form that pip does not take.

use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Safety, Severity};
use crate::model::{Line, Requirement, Stage};
use crate::order::Set;
use crate::prose::code;
use crate::text::{Edit, Span};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for lines of a constraints file that have extras, are editable, or name no project.
    ///
    /// ## Why it matters
    ///
    /// pip refuses the whole install for one of them.
    /// Files that a tool wrote as requirements and that are then used with `-c` hold such lines.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> constraints.txt <==
    /// uvicorn[standard]==0.32.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// A constraint holds for the project with whatever extras.
    ///
    /// ```requirements,fixed
    /// ==> constraints.txt <==
    /// uvicorn==0.32.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is named like constraints and used with `-r`.
    /// uv takes extras in constraints; with `installer = "uv"` the severity is low.
    ///
    /// ## References
    ///
    /// - pip: [Constraints files](https://pip.pypa.io/en/stable/user_guide/#constraints-files)
    "invalid-constraint": "constraint of a form that pip refuses",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let mut told = Set::new();
    for entry in project.runs.iter().flat_map(|run| &run.entries).filter(|entry| entry.constraint) {
        let line = entry.line.and_then(|line| project.document(entry.file)?.lines.get(line));
        // A line that cannot be read at all is `unreadable-line`'s matter.
        let (Some(refusal), Some(requirement)) = (&entry.refusal, line.and_then(Line::requirement)) else { continue };
        let location = Location { file: entry.file, span: requirement.span };
        if !matches!(refusal.stage, Stage::Constraint | Stage::Requirement) || !told.insert(location) {
            continue;
        }
        let is_fine_for_uv = refusal.stage == Stage::Constraint && requirement.name.is_some();
        let severity = match context.config.installer {
            Installer::Uv if is_fine_for_uv => Severity::Low,
            _ => Severity::High,
        };
        let label = code(&requirement.label());
        let message = format!("pip refuses the whole install for {label}: {}", refusal.message);
        let finding = findings.finding(location, requirement.subject(), message).help(refusal.help.clone());
        let text = project.file(entry.file).text();
        findings.push(match without_extras(text, requirement) {
            Some(edit) => finding.fix("Remove the extras", Safety::Safe, vec![edit]).at_most(severity),
            None => finding.at_most(severity),
        });
    }
}

/// Removes the brackets after the name, where they stand on one physical line.
fn without_extras(text: &str, requirement: &Requirement) -> Option<Edit> {
    let start = requirement.name_span.filter(|_| !requirement.editable)?.end as usize;
    let rest = text.get(start..requirement.span.end as usize)?;
    let end = rest.find(']')? + 1;
    let brackets = rest.get(..end)?;
    (brackets.trim_start().starts_with('[') && !brackets.contains(['\n', '\\']))
        .then(|| Edit::delete(Span::new(start, start + end)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    #[test]
    fn every_form_that_pip_refuses_is_told() {
        check(
            "invalid-constraint",
            "==> constraints.txt <==\na[x]==1\n^^^^^^^ invalid-constraint: a constraint cannot have extras\n\
             https://h/a.zip\n^^^^^^^^^^^^^^^ invalid-constraint: needs the name\n\
             -e git+https://h/b#egg=b\n   ^^^^^^^^^^^^^^^^^^^^^ invalid-constraint: cannot be editable\nc @ https://h/c.zip\n",
        );
    }

    #[test]
    fn a_file_that_is_read_both_ways_is_judged_as_a_constraint() {
        check(
            "invalid-constraint",
            "==> r.txt <==\n-r b.txt\n-c b.txt\n==> b.txt <==\na[x]==1\n^^^^^^^ invalid-constraint\n",
        );
        check("invalid-constraint", "==> r.txt <==\n-r b.txt\n==> b.txt <==\na[x]==1\n");
    }

    #[test]
    fn only_the_brackets_go() {
        assert_eq!(
            fixed("invalid-constraint", "==> constraints.txt <==\r\na [x, y] == 1 ; python_version > '3' # c\r\n"),
            "a == 1 ; python_version > '3' # c\r\n"
        );
    }
}
