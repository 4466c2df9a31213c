//! `stdlib-name`: a module of the standard library, asked of an index.

use super::names::{judged, with_existence};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::prose::code;
use crate::tree::Mention;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names that are modules of the standard library.
    /// The severity is high where the public index has no such project and medium where it has one; where that is much downloaded it is likely a backport for old versions of Python, and the finding a note.
    /// A requirement with an environment marker or a hash is left alone, and so is a lock file: backports are asked for like that.
    ///
    /// ## Why it matters
    ///
    /// The module is there without it.
    /// What an index holds under its name is something else, by somebody else, and may hide the module itself.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// smtplib
    /// ```
    ///
    /// ## Use instead
    ///
    /// Nothing: `import smtplib` works in every Python.
    ///
    /// ```requirements,good
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a backport is wanted for a Python that does not have the module yet; a marker says so: `dataclasses; python_version < "3.7"`.
    ///
    /// ## References
    ///
    /// - Python: [The standard library](https://docs.python.org/3/library/)
    "stdlib-name": "module of the standard library asked of an index",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Names],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(names) = &context.knowledge.names else { return };
    let is_module = |name: &str| names.standard_library.get(name).is_some() && names.malicious.get(name).is_none();
    for judged in judged(context, |asked| is_module(asked.name)) {
        // Markers and hashes are how a locking tool writes a backport that an old Python needs.
        let is_locked = match judged.mention {
            Mention::Requirement(entry) => entry.requirement.marker.is_some() || judged.mention.is_hashed(),
            Mention::Locked(_) => true,
        };
        if is_locked {
            continue;
        }
        let name = code(&judged.mention.label());
        let message = format!("{name} is a module of the standard library, which Python brings along");
        let severity = if names.ranked.find(judged.name).is_some() {
            Severity::Info
        } else if names.index.as_ref().is_some_and(|index| !index.contains(judged.name)) {
            Severity::High
        } else {
            Severity::Medium
        };
        let finding = findings
            .finding(judged.place, judged.mention.subject(), message)
            .help("Remove it; where an old Python needs a backport, give it a marker: `; python_version < \"3.7\"`")
            .at_most(severity);
        findings.push(with_existence(finding, judged.name, names));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn modules_are_told_and_backports_are_not() {
        check("stdlib-name", "smtplib\n^^^^^^^ stdlib-name\nasyncio==3.4.3\n^^^^^^^ stdlib-name\n");
        check("stdlib-name", "asyncio; python_version < '3.4'\nsmtp-lib\n");
    }
}
