//! `confusable-name`: a name that is taken for a more popular one.

use super::names::{is_told_otherwise, judged, with_existence, with_other_name};
use crate::audit::{Context, Findings, Scope};
use crate::confusable::{Confusable, Level, Mechanism, verdict};
use crate::finding::{Confidence, Severity};
use crate::knowledge::Names;
use crate::prose::code;
use crate::tree::Mention;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names that resemble a much downloaded project's: by a slip of the fingers, by letters that look or sound alike, by other delimiters or another order of words, by words that say nothing (`-py`, `new-`), or for `python` and `requirements.txt` themselves.
    /// A name that is much downloaded itself is never accused, nor one of your own (`own-names`, `private-prefixes`), a direct reference or a local project.
    /// Where the public index has no such name, a lesser resemblance counts and the severity is high; where it has, only a strong one counts, and the severity is medium.
    /// Where it differs by a digit or an `s` at the end from a name and exists, as forks and successors do, it is told only of a change that asks for it, with low severity.
    /// Lock files are read as well, but for such names: nobody typed what a tool has locked.
    /// A name that only another index than the public one can have is told where it looks mistyped; one with other words is private, and `private-name-exposed` speaks of it.
    /// In a change only names that are new to the project are judged.
    ///
    /// ## Why it matters
    ///
    /// Whoever registers such a name waits for others to mistype; what they publish runs on install.
    /// Hundreds of such projects are taken down each year, after somebody had them.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// reqeusts==2.32.3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// requests==2.32.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project is known to you, and just has such a name: a fork, a plugin, a pun.
    /// Accept it in the configuration, with the project's name and the reason.
    ///
    /// ## References
    ///
    /// - Neupane et al.: [Beyond typosquatting: an in-depth look at package confusion](https://www.usenix.org/conference/usenixsecurity23/presentation/neupane)
    "confusable-name": "name that is taken for a more popular one",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [Names],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(names) = &context.knowledge.names else { return };
    // A much downloaded name is its own alibi.
    for judged in &judged(context, |asked| !asked.is_ranked && !is_told_otherwise(asked.name, names)) {
        // Where a private index answers as well, absence from the public one is no sign.
        let is_absent = judged.is_public && names.index.as_ref().is_some_and(|index| !index.contains(judged.name));
        let least = if is_absent { Level::Warn } else { Level::Strict };
        let Some(found) = &verdict(judged.name, least, names) else { continue };
        // What another index has alone is private, as `private-name-exposed` says, unless somebody mistyped it.
        let is_elsewhere = !judged.is_public && names.index.as_ref().is_some_and(|index| !index.contains(judged.name));
        if is_elsewhere && found.mechanism.is_of_words() {
            continue;
        }
        // One more digit or letter `s` is how forks and successors are called: worth a look when it is new and somebody
        // typed it, which a locked name was not.
        let is_usual = matches!(found.mechanism, Mechanism::VersionDigit | Mechanism::Plural);
        let is_typed = matches!(judged.mention, Mention::Requirement(_));
        if !is_absent && is_usual && (context.scope == Scope::Full || !is_typed) {
            continue;
        }
        let name = code(&judged.mention.label());
        let message = match found.mechanism {
            Mechanism::NoProject | Mechanism::StandardLibrary => {
                format!("{name} resembles `{}`, which is no project: {}", found.target, found.difference)
            }
            _ => format!("{name} resembles `{}`: {}", found.target, found.difference),
        };
        let mut finding = findings
            .finding(judged.place, judged.mention.subject(), message)
            .help(help(found, judged.name))
            .evidence("resemblance", evidence(found, names));
        if let Some(rank) = found.rank {
            let date = names.ranked.date();
            finding = finding.evidence(
                "popularity",
                format!(
                    "`{}` is number {rank} by downloads, `{}` not among the first {} ({date})",
                    found.target,
                    judged.name,
                    names.ranked.count()
                ),
            );
        }
        finding = with_existence(finding, judged.name, names);
        if !is_absent {
            let (severity, confidence) =
                if is_usual { (Severity::Low, Confidence::Low) } else { (Severity::Medium, Confidence::Medium) };
            finding = finding.at_most(severity).confidence(confidence);
        } else if found.level < Some(Level::Strict) {
            finding = finding.confidence(Confidence::Medium);
        }
        if is_absent && found.level == Some(Level::Strict) && found.rank.is_some() {
            finding = with_other_name(finding, judged, &found.target, context.project);
        }
        findings.push(finding);
    }
}

fn help(found: &Confusable, name: &str) -> String {
    match found.mechanism {
        Mechanism::NoProject if found.target == "python" => {
            "Remove it: the interpreter does not come from an index".to_owned()
        }
        Mechanism::NoProject => "Remove it; to install from the file, write `-r requirements.txt`".to_owned(),
        Mechanism::StandardLibrary => {
            format!("Remove it if the module `{}` is meant: Python brings it along", found.target)
        }
        _ => format!(
            "Write `{}` if that is meant; else find out who publishes `{name}` before you install it",
            found.target
        ),
    }
}

fn evidence(found: &Confusable, names: &Names) -> String {
    let level = found.level.map_or("none", Level::name);
    let words = if names.index.is_some() { "" } else { ", judged without the whole index" };
    // Rust's own writing of such a number would be as much of the page as a large rule.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 1")]
    let hundredths = (found.score * 100.0 + 0.5) as u32;
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    format!("{}, score {whole}.{rest:02} (level {level}){words}", found.mechanism.name())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn an_absent_name_that_resembles_another_is_severe_and_fixable() {
        check("confusable-name", "reqeusts\n^^^^^^^^ confusable-name: `eu` for `ue`\nclick\n");
        let report = Fixture::parse("reqeusts\n").report();
        let finding = report.findings.iter().find(|finding| finding.rule.id == "confusable-name").expect("a finding");
        assert_eq!(finding.severity.name(), "high");
        assert!(finding.fix.is_some());
    }

    #[test]
    fn popular_own_private_direct_and_local_names_are_never_accused() {
        check("confusable-name", "requests\nnumpy\n");
        check(
            "confusable-name",
            "==> pychain.toml <==\nown-names = [\"reqeusts\"]\n==> requirements.txt <==\nreqeusts\n",
        );
        check(
            "confusable-name",
            "==> pychain.toml <==\nprivate-prefixes = [\"reque\"]\n==> requirements.txt <==\nrequest5\n",
        );
        check("confusable-name", "reqeusts @ https://example.org/reqeusts-1.zip\n");
    }

    #[test]
    fn a_change_is_asked_about_new_names_only() {
        check(
            "confusable-name",
            "==> base/requirements.txt <==\nreqeusts\n==> requirements.txt <==\nreqeusts==1\nnumpyy\n^^^^^^ confusable-name\n==> more.txt <==\nreqeusts\n",
        );
    }

    #[test]
    fn a_name_is_told_once_and_no_fix_touches_a_hash() {
        let hash = "0".repeat(64);
        let text = format!("reqeusts==1 --hash=sha256:{hash}\n^^^^^^^^ confusable-name\n==> b.txt <==\nreqeusts==1\n");
        check("confusable-name", &format!("==> a.txt <==\n{text}"));
        let report = Fixture::parse(&format!("reqeusts==1 --hash=sha256:{hash}\n")).report();
        assert!(report.findings.iter().all(|finding| finding.rule.id != "confusable-name" || finding.fix.is_none()));
    }

    #[test]
    fn a_locked_name_is_judged_unless_a_requirement_told_it() {
        let lock = "==> uv.lock <==\nversion = 1\n\n[[package]]\nname = \"reqeusts\"\n        ^^^^^^^^ confusable-name\nversion = \"1\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
        check("confusable-name", lock);
        let twice = lock.replace("        ^^^^^^^^ confusable-name\n", "");
        check("confusable-name", &format!("{twice}==> r.txt <==\nreqeusts\n^^^^^^^^ confusable-name\n"));
    }

    #[test]
    fn one_more_letter_s_is_told_where_somebody_typed_it() {
        let lock = |name: &str| {
            format!(
                "==> uv.lock <==\nversion = 1\n\n[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            )
        };
        let change = |head: &str| format!("==> base/requirements.txt <==\nidna\n{head}");
        check("confusable-name", &change(&lock("clicks")));
        check("confusable-name", &change("==> requirements.txt <==\nidna\nclicks\n^^^^^^ confusable-name\n"));
    }

    #[test]
    fn what_only_another_index_has_is_mistyped_or_private() {
        let index = "--extra-index-url https://a.example.org/simple\n";
        for (line, rule) in [("reqeusts", "confusable-name"), ("requests5", "private-name-exposed")] {
            let findings = Fixture::parse(&format!("{index}{line}==1\n")).report().findings;
            let rules = ["confusable-name", "private-name-exposed"];
            let told = findings.iter().map(|finding| finding.rule.id).filter(|id| rules.contains(id));
            assert_eq!(told.collect::<Vec<_>>(), [rule], "{line}");
        }
    }

    #[test]
    fn an_index_that_a_mistyped_name_meets_is_told_and_told_once() {
        let index = "--extra-index-url https://a.example.org/simple\n";
        let told = |base: &str, head: &str| -> Vec<&str> {
            let fixture = format!("==> base/r.txt <==\n{base}==> r.txt <==\n{head}");
            let findings = Fixture::parse(&fixture).report().findings;
            let rules = ["confusable-name", "private-name-exposed"];
            findings.iter().map(|finding| finding.rule.id).filter(|id| rules.contains(id)).collect()
        };
        assert_eq!(told("reqeusts==1\n", &format!("{index}reqeusts==1\n")), ["private-name-exposed"]);
        assert_eq!(told(&format!("{index}reqeusts==1\n"), &format!("{index}reqeusts==1\nclick==1\n")), [""; 0]);
        assert_eq!(told("click==1\n", &format!("{index}click==1\nreqeusts==1\n")), ["confusable-name"]);
    }

    #[test]
    fn what_is_no_project_is_told() {
        check("confusable-name", "requirements.txt\n^^^^^^^^^^^^^^^^ confusable-name: which is no project\n");
        check("confusable-name", "pyhton\n^^^^^^ confusable-name: resembles `python`\n");
    }
}
