//! Advice that another finding makes pointless: nobody pins a requirement that should not be there.

use crate::config::Config;
use crate::finding::{Finding, Severity, Subject};
use crate::order::Map;

/// These say that a name, as it is written, should not be asked for. A name that the index does not have may
/// be private, and then stays.
const AGAINST_THE_NAME: [&str; 4] = ["known-malicious", "confusable-name", "stdlib-name", "import-name"];

/// These say how to ask for a project that stays.
const HOW_TO_ASK: [&str; 6] = [
    "new-dependency",
    "unpinned-requirement",
    "wildcard-pin",
    "arbitrary-equality",
    "unhashed-requirement",
    "hash-without-pin",
];

/// Takes the advice on a project away where a finding against its name weighs at least as much: what the
/// threshold of a run reaches stays as it is. What is suppressed makes nothing pointless.
pub(super) fn drop_pointless(findings: &mut Vec<Finding>, config: &Config) {
    let severity = |finding: &Finding| config.severity(finding.rule).unwrap_or(finding.severity);
    let mut against: Map<Subject, Severity> = Map::new();
    for finding in findings.iter().filter(|finding| AGAINST_THE_NAME.contains(&finding.rule.id)) {
        let worst = against.entry(finding.subject.clone()).or_insert(Severity::Info);
        *worst = severity(finding).max(*worst);
    }
    if against.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let is_pointless = |worst: &Severity| HOW_TO_ASK.contains(&finding.rule.id) && severity(finding) <= *worst;
        !against.get(&finding.subject).is_some_and(is_pointless)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;
    use crate::testing::Fixture;

    #[track_caller]
    fn check(fixture: &str, expected: &[&str]) {
        let findings = Fixture::parse(fixture).report().findings;
        assert_eq!(findings.iter().map(|finding| finding.rule.id).collect::<Vec<_>>(), expected, "{fixture}");
    }

    #[test]
    fn every_rule_of_the_lists_is_there() {
        for id in AGAINST_THE_NAME.into_iter().chain(HOW_TO_ASK) {
            assert!(rules::RULES.iter().any(|rule| rule.id == id), "{id}");
        }
    }

    #[test]
    fn who_should_not_ask_for_a_name_is_not_told_to_pin_it() {
        check(
            "==> base/requirements.txt <==\nclick==1\n==> requirements.txt <==\nclick==1\nreqeusts\n",
            &["confusable-name"],
        );
        check(
            "==> base/requirements.txt <==\nclick==1\n==> requirements.txt <==\nclick==1\nflask\n",
            &["new-dependency", "unpinned-requirement"],
        );
    }

    #[test]
    fn what_weighs_more_and_what_stays_after_all_is_told() {
        let change = "==> base/requirements.txt <==\nclick==1\n==> requirements.txt <==\nclick==1\nreqeusts\n";
        let settings = |text: &str| format!("==> pychain.toml <==\n{text}==> base/pychain.toml <==\n{text}{change}");
        let milder = settings("[rules]\nconfusable-name = \"info\"\n");
        check(&milder, &["confusable-name", "unpinned-requirement"]);
        let accepted = settings("[[ignore]]\nrule = \"confusable-name\"\nreason = \"ours\"\n");
        check(&accepted, &["new-dependency", "unpinned-requirement"]);
    }
}
