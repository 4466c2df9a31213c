//! What one rule says of a file again and again is told once: nobody reads the same comment at thirty lines.

use crate::config::Config;
use crate::finding::{Evidence, Finding, Location, Related, Severity, Subject};
use crate::order::{Arrange as _, Map, Set};
use crate::prose::code;
use crate::rules::support::list;
use crate::text::FileId;

/// So many findings of a rule in a file, equally bad, are told each.
const MANY: usize = 10;

/// Makes one finding, at the first place, of what a change brings more than [`MANY`] times; it keeps the places. What
/// has a fix stays at its line, and so does what is only good to know, which interrupts nobody, and what is so bad that
/// none of it may be hidden among others.
pub(super) fn tell_together(findings: &mut Vec<Finding>, config: &Config, path_of: impl Fn(FileId) -> String) {
    let mut groups: Map<_, Vec<usize>> = Map::new();
    for (at, finding) in findings.iter().enumerate() {
        let severity = config.severity(finding.rule).unwrap_or(finding.severity);
        if finding.fix.is_none() && matches!(severity, Severity::Low | Severity::Medium) {
            groups.entry((finding.primary.file, finding.rule.id, severity)).or_default().push(at);
        }
    }
    let mut told = Set::new();
    for mut group in groups.into_values().filter(|group| group.len() > MANY) {
        group.arrange_by_key(|at| findings.get(*at).map(|finding| (finding.primary, finding.subject.clone())));
        let Some((first, others)) = group.split_first() else { continue };
        let place = |at: &usize| findings.get(*at).map(|finding| (finding.primary, finding.subject.name().to_owned()));
        let others: Vec<(Location, String)> =
            others.iter().filter_map(|at| told.insert(*at).then(|| place(at))?).collect();
        let Some(finding) = findings.get_mut(*first) else { continue };
        let names: Set<&str> = others.iter().map(|(_, name)| name.as_str()).collect::<Set<_>>();
        let also = list(names.into_iter().filter(|name| *name != finding.subject.name()));
        finding.evidence.extend((!also.is_empty()).then_some(Evidence { label: "also", value: also }));
        let more = others.len().to_string();
        finding.message.extend(["; the same holds for ", &more, " more places in this file"]);
        let related = |(location, name): &(Location, String)| Related { location: *location, label: code(name) };
        finding.related = others.iter().map(related).collect();
        finding.subject = Subject::File(path_of(finding.primary.file));
        "together".clone_into(&mut finding.key);
    }
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !told.contains(&at)));
}

#[cfg(test)]
mod tests {
    use crate::report::json;
    use crate::testing::{Fixture, check};

    fn change(count: usize, mark: &str) -> String {
        let line = |at: usize| format!("p{} @ git+https://e.org/p{}@main\n", at % 12, at % 12);
        let rest: Vec<String> = (1..count).map(line).collect();
        format!("==> base/r.txt <==\nclick==1\n==> r.txt <==\nclick==1\n{}{mark}{}", line(0), rest.concat())
    }

    #[test]
    fn many_of_a_kind_are_told_once_and_each_name_once() {
        let mark = "                          ^^^^ mutable-vcs-reference: a tag, which can move; the same holds for 23 more places\n";
        check("mutable-vcs-reference", &change(24, mark));
        let report = Fixture::parse(&change(24, "")).report();
        let found = report.findings.iter().find(|finding| finding.rule.id == "mutable-vcs-reference");
        let found = found.expect("a finding");
        assert_eq!(found.evidence.last().map(|also| also.value.as_str()), Some("p1, p10, p11, p2, p3 and 6 more"));
        assert_eq!(found.related.len(), 23);
        assert_eq!(json::to_string(&report).matches("\"label\": \"`p0`\"").count(), 1);
    }

    #[test]
    fn some_are_told_each_and_so_is_what_a_full_audit_finds() {
        let count = |fixture: &str| {
            let findings = Fixture::parse(fixture).report().findings;
            findings.iter().filter(|finding| finding.rule.id == "mutable-vcs-reference").count()
        };
        assert_eq!(count(&change(10, "")), 10);
        assert_eq!(count(change(24, "").strip_prefix("==> base/r.txt <==\nclick==1\n").expect("a base")), 24);
    }
}
