//! `removed-dependency`: the change no longer asks for a project.

use crate::audit::{Context, Findings};
use crate::finding::Location;
use crate::order::Set;
use crate::prose::code;
use crate::text::Span;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for projects that a file asked for before the change and that no file asks for after it.
    /// Lock files count.
    ///
    /// ## Why it matters
    ///
    /// A requirement that goes takes its pin and its hash along.
    /// Where another project still needs it, the version is free from then on.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// flask==3.0.3
    /// itsdangerous==2.2.0
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// flask==3.0.2
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Most often nothing is wrong: the strict policy alone lists what goes.
    ///
    /// ## References
    ///
    /// - pip: [Repeatable installs](https://pip.pypa.io/en/stable/topics/repeatable-installs/)
    "removed-dependency": "removed dependency",
    severity: Info, confidence: High, persona: Auditor, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(base) = context.base else { return };
    let left: Set<String> =
        context.project.mentions().map(|mention| mention.subject().name().to_owned()).collect::<Set<_>>();
    let mut told = Set::new();
    for change in context.changes.iter().filter(|change| change.after.is_none()) {
        let Some(before) = change.before.as_ref().filter(|entry| !entry.constraint) else { continue };
        let subject = before.requirement.subject();
        // What is gone has no place of its own: the file that it stood in speaks for it.
        let Some(file) = context.project.find(base.file(before.document.file).path()) else { continue };
        if left.contains(subject.name()) || !told.insert(subject.name().to_owned()) {
            continue;
        }
        let message = format!("{} is no longer asked for", code(&before.requirement.label()));
        let place = Location { file, span: Span::default() };
        findings.push(
            findings
                .finding(place, subject, message)
                .help("Check that nothing else still needs it at the version that was pinned"),
        );
    }
    for before in context.locked.iter().filter(|pair| pair.after.is_none()).filter_map(|pair| pair.before) {
        let subject = before.package.subject();
        let Some(file) = context.project.find(base.file(before.document.file).path()) else { continue };
        if left.contains(subject.name()) || !told.insert(subject.name().to_owned()) {
            continue;
        }
        let message = format!("{} is no longer locked", code(before.package.name.as_written()));
        let place = Location { file, span: Span::default() };
        findings.push(findings.finding(place, subject, message).help("Check that nothing still needs it"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_requirement_that_moves_to_another_file_is_not_gone() {
        check("removed-dependency", "==> base/r.txt <==\na==1\nb==1\n==> r.txt <==\na==1\n==> s.txt <==\nb==1\n");
    }
}
