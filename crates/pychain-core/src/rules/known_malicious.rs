//! `known-malicious`: a name under which something malicious was published.

use super::names::{is_ours, with_existence};
use crate::audit::{AskedName, Context, Findings};
use crate::finding::Confidence;
use crate::prose::code;
use crate::requirement::typed;
use crate::tree::Mention;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names on the Open Source Security Foundation's list of malicious packages, as far as it is shipped.
    /// Where only some versions of a project were malicious, a pin to one of them, or a lock file that holds it, is found and nothing else.
    ///
    /// ## Why it matters
    ///
    /// Somebody published code under that name to harm those who install it.
    /// The index takes such projects down; mirrors, caches and lock files keep them.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// evil-sample==1.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// The project that was meant, after a look at what has run.
    ///
    /// ```requirements,good
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the name was given to other people since then.
    ///
    /// ## References
    ///
    /// - Open Source Security Foundation: [Malicious packages](https://github.com/ossf/malicious-packages)
    "known-malicious": "name that something malicious was published under",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Names],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(names) = &context.knowledge.names else { return };
    // A project that was asked for before may be taken to a bad version now, so known names are looked at as well.
    for AskedName { name, mentions, .. } in context.names {
        let Some(record) = names.malicious.get(name) else { continue };
        let (id, versions) = record.split_once('\t').unwrap_or((record, ""));
        let is_same = |a: &str, b: &str| match (typed::version(a), typed::version(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        };
        let is_meant = |mention: &&Mention<'_>| {
            let is_bad = |given| versions.split(' ').any(|version| is_same(version, given));
            !mention.is_constraint() && (versions.is_empty() || mention.version().is_some_and(is_bad))
        };
        let Some(mention) = mentions.iter().find(is_meant).filter(|_| !is_ours(name, context)) else { continue };
        let what = if versions.is_empty() { "" } else { ", in this version" };
        let message = format!("{} is on the list of malicious packages{what}", code(&mention.label()));
        let mut finding = findings
            .finding(mention.location(), mention.subject(), message)
            .help("Remove it, and treat every machine that installed it as compromised");
        if !id.is_empty() && id != "-" {
            finding = finding.evidence("advisory", id);
        }
        // The name may have been given to others since.
        if versions.is_empty() && names.index.as_ref().is_some_and(|index| index.contains(name)) {
            finding = finding.confidence(Confidence::Medium);
        }
        findings.push(with_existence(finding, name, names));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_name_is_told_in_any_spelling_and_one_version_of_another() {
        check("known-malicious", "Evil_Sample\n^^^^^^^^^^^ known-malicious\n");
        check("known-malicious", "taken-over==1.1.0\n^^^^^^^^^^ known-malicious: in this version\n");
        check("known-malicious", "taken-over==1.2\n==> b.txt <==\nclick\n");
    }

    #[test]
    fn a_change_to_the_bad_version_of_a_known_project_is_told() {
        check(
            "known-malicious",
            "==> base/a.txt <==\ntaken-over==1.0\n==> a.txt <==\ntaken-over==1.1.0\n^^^^^^^^^^ known-malicious: in this version\n",
        );
        check("known-malicious", "==> base/a.txt <==\ntaken-over==1.1.0\n==> a.txt <==\n\ntaken-over==1.1.0\n");
    }

    #[test]
    fn a_lock_file_is_read_as_well() {
        let lock = |version: &str| {
            format!(
                "==> uv.lock <==\nversion = 1\n\n[[package]]\nname = \"taken-over\"\n        ^^^^^^^^^^ known-malicious\nversion = \"{version}\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            )
        };
        check("known-malicious", &lock("1.1.0"));
        check("known-malicious", &lock("1.2").replace("        ^^^^^^^^^^ known-malicious\n", ""));
    }
}
