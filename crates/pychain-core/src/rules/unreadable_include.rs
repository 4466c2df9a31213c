//! `unreadable-include`: a file that is included cannot be read.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};
use crate::format::requirements_txt::leaves_root;
use crate::model::{Include, LineKind, RefusalClass, Stage};
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `-r` and `-c` with a file that is not there, or that includes itself, directly or through others.
    ///
    /// ## Why it matters
    ///
    /// pip refuses the whole install.
    /// A missing constraints file is often one that was renamed, and with it the pins that it held.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// -r base.txt
    /// pytest==8.3.3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> requirements.txt <==
    /// -r requirements/base.txt
    /// pytest==8.3.3
    /// ==> requirements/base.txt <==
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is made before the install, by a build step, or is not part of what is audited.
    ///
    /// ## References
    ///
    /// - pip: [`--requirement`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-r)
    "unreadable-include": "included file that cannot be read",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let mut told = Set::new();
    for entry in project.runs.iter().flat_map(|run| &run.entries) {
        let line = entry.line.and_then(|line| project.document(entry.file)?.lines.get(line));
        let (Some(refusal), Some(LineKind::Include(include))) = (&entry.refusal, line.map(|line| &line.kind)) else {
            continue;
        };
        let location = Location { file: entry.file, span: include.target_span };
        if refusal.stage != Stage::File || is_elsewhere(context, include) || !told.insert(location) {
            continue;
        }
        let target = code(&include.target);
        let message = match refusal.class {
            RefusalClass::InstallationError => format!("{target} is not there, so pip refuses the whole install"),
            RefusalClass::RequirementsFileParseError => {
                format!("{target} includes itself, directly or through another, so pip refuses the whole install")
            }
            _ => format!("{target} cannot be opened, so pip refuses the whole install"),
        };
        let finding = findings.finding(location, Subject::File(include.target.clone()), message);
        findings.push(finding.help(refusal.help.clone()));
    }
}

/// What nobody read here for another reason than that it is not there: outside the root
/// (`external-include`), named by a variable (the same), or beyond a limit (a problem of the audit).
fn is_elsewhere(context: &Context<'_>, include: &Include) -> bool {
    let Some(path) = &include.path else { return true };
    let limited = || context.project.problems.iter().any(|problem| problem.path == *path);
    leaves_root(path) || include.target.contains("${") || limited()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_missing_file_is_told_once_for_all_runs() {
        check(
            "unreadable-include",
            "==> a.txt <==\n-r c.txt\n==> b.txt <==\n-r c.txt\n==> c.txt <==\n-cx.txt --pre\n  ^^^^^ unreadable-include: `x.txt` is not there\n",
        );
    }

    #[test]
    fn a_circle_is_told_where_it_closes() {
        check(
            "unreadable-include",
            "==> a.txt <==\n-r b.txt\n==> b.txt <==\n-r a.txt\n   ^^^^^ unreadable-include: `a.txt` includes itself\nx\n",
        );
        check("unreadable-include", "==> a.txt <==\n-r a.txt\n   ^^^^^ unreadable-include: includes itself\n");
    }

    #[test]
    fn what_lies_elsewhere_is_another_rules_matter() {
        check("unreadable-include", "-r ../x.txt\n-r https://h/x.txt\n-r ${DIR}/x.txt\n");
    }

    #[test]
    fn a_file_that_a_change_takes_away_is_told_at_its_include() {
        check(
            "unreadable-include",
            "==> base/a.txt <==\n-r b.txt\n==> base/b.txt <==\nx\n==> a.txt <==\n-r b.txt\n   ^^^^^ unreadable-include\n",
        );
    }
}
