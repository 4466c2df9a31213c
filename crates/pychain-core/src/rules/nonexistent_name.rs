//! `nonexistent-name`: a name that the public index does not have.

use super::names::{Judged, is_told_otherwise, judged, with_existence};
use super::support::list;
use crate::audit::{Context, Findings, Scope};
use crate::confusable::{Absence, Level, absence, verdict};
use crate::finding::{Severity, Subject};
use crate::knowledge::Names;
use crate::knowledge::filter::NameFilter;
use crate::order::Map;
use crate::prose::code;
use crate::text::FileId;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names that the public index did not have on the day of the snapshot, which the finding tells.
    /// It says what is likeliest: a typing error for a name that exists, an invention out of common words, or a private or new name.
    /// It is silent where the files or `expected-indexes` name any other place to install from, for `own-names` and `private-prefixes`, for direct references and for names with a hash.
    /// A full audit tells several such names of a file in one finding of low severity; a change is asked about new names only, each by itself.
    ///
    /// ## Why it matters
    ///
    /// Nobody has the name, so anybody may register it: a name that a language model made up is made up again for others, and a private name leaks.
    /// From then on the install takes what they publish.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// shop-inventory-helpers==1.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// The project that is meant; for a private one, its own index alone, and its prefix in the configuration.
    ///
    /// ```requirements,good
    /// django==5.1
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project is younger than the snapshot, or comes from an index that only the installer's own configuration names.
    /// Then write `private-prefixes`, `own-names` or `expected-indexes` into pychain's.
    ///
    /// ## References
    ///
    /// - Spracklen et al.: [We have a package for you! A comprehensive analysis of package hallucinations by code generating LLMs](https://www.usenix.org/conference/usenixsecurity25/presentation/spracklen)
    "nonexistent-name": "name that the public index does not have",
    severity: Medium, confidence: Medium, persona: Regular, fix: Never,
    needs: [Index],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(names) = &context.knowledge.names else { return };
    let Some(index) = &names.index else { return };
    let mut absent: Map<FileId, Vec<Judged<'_>>> = Map::new();
    for judged in judged(context, |asked| !asked.is_ranked && !index.contains(asked.name)) {
        let is_quiet = !judged.is_public
            // A project of this tree needs no index: its own extras are asked for by its name.
            || context.project.own_names.contains(judged.name)
            // Somebody had the file when the hash was written.
            || judged.mention.is_hashed()
            || is_told_otherwise(judged.name, names)
            || verdict(judged.name, Level::Warn, names).is_some();
        if !is_quiet {
            absent.entry(judged.mention.file()).or_default().push(judged);
        }
    }
    for (file, group) in absent {
        match (group.as_slice(), context.scope) {
            ([first, _, ..], Scope::Full) => {
                let all = list(group.iter().map(|judged| judged.name));
                let path = context.project.file(file).path();
                let message = format!(
                    "{} names in {} are not on the public index, as of {}",
                    group.len(),
                    code(path),
                    index.date()
                );
                let finding = findings
                    .finding(first.place, Subject::File(path.to_owned()), message)
                    .help("Correct what is mistyped or made up; say in the configuration which names are yours (`private-prefixes`, `own-names`)")
                    .evidence("names", all)
                    .at_most(Severity::Low);
                findings.push(finding);
            }
            (group, scope) => {
                for judged in group {
                    let mut finding = one(findings, judged, names);
                    if scope == Scope::Full {
                        finding = finding.at_most(Severity::Low);
                    }
                    findings.push(finding);
                }
            }
        }
    }
}

fn one(findings: &Findings<'_>, judged: &Judged<'_>, names: &Names) -> crate::finding::Finding {
    let date = names.index.as_ref().map(NameFilter::date).unwrap_or_default();
    let (likely, help) = match absence(judged.name, names) {
        Absence::Beside(other) => {
            (format!("; `{other}` is, and one letter away"), format!("Write `{other}` if that is meant"))
        }
        Absence::Composed => (
            "; it is made of common words, as invented names are".to_owned(),
            "Find the project that is meant: anybody may register this name".to_owned(),
        ),
        Absence::Unknown => (
            String::new(),
            "Check the name; if it is private, say so (`private-prefixes`) and install it from its own index alone"
                .to_owned(),
        ),
    };
    let name = code(&judged.mention.label());
    let message = format!("{name} is not on the public index, as of {date}{likely}");
    let finding = findings.finding(judged.place, judged.mention.subject(), message).help(help);
    with_existence(finding, judged.name, names)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn an_absent_name_is_told_and_what_is_likeliest() {
        check(
            "nonexistent-name",
            "qwzk-internal\n^^^^^^^^^^^^^ nonexistent-name: is not on the public index, as of 2026-11-22\nclick\n",
        );
        let report = Fixture::parse("qwzk-internal\n").report();
        let finding = report.findings.iter().find(|finding| finding.rule.id == "nonexistent-name").expect("a finding");
        assert_eq!(finding.severity.name(), "low");
    }

    #[test]
    fn several_in_a_file_are_one_finding_and_one_each_in_a_change() {
        check("nonexistent-name", "qwzk-a\n^^^^^^ nonexistent-name: 2 names in\nqwzk-b\n");
        check(
            "nonexistent-name",
            "==> base/requirements.txt <==\nqwzk-a\n==> requirements.txt <==\nqwzk-a\nqwzk-b\n^^^^^^ nonexistent-name\nqwzk-c\n^^^^^^ nonexistent-name\n",
        );
    }

    #[test]
    fn where_another_index_may_answer_absence_says_nothing() {
        check("nonexistent-name", "--extra-index-url https://packages.example.org/simple\nqwzk-a\n");
        check("nonexistent-name", "-i https://packages.example.org/simple\nqwzk-a\n");
        check("nonexistent-name", "-f ./wheels\nqwzk-a\n");
        check(
            "nonexistent-name",
            "==> pychain.toml <==\nexpected-indexes = [\"https://packages.example.org/simple\"]\n==> requirements.txt <==\nqwzk-a\n",
        );
        check(
            "nonexistent-name",
            "==> pychain.toml <==\nprivate-prefixes = [\"qwzk-\"]\n==> requirements.txt <==\nqwzk-a\n",
        );
    }

    #[test]
    fn a_hash_a_constraint_and_a_reference_are_left_alone() {
        check("nonexistent-name", &format!("qwzk==1 --hash=sha256:{}\n", "0".repeat(64)));
        check("nonexistent-name", "==> constraints.txt <==\nqwzk==1\n");
        check("nonexistent-name", "qwzk @ https://example.org/a.zip\n");
    }
}
