//! Suppression, change and order, over whatever rules there are.

use crate::finding::Severity;
use crate::testing::Fixture;

const PLAIN: &str = "--extra-index-url http://a.example.org/simple\n-f http://a.example.org/x.html\n\
    git+http://a.example.org/a@main\nb @ git+http://a.example.org/b@main\n-e git+git://a.example.org/c#egg=c\n\
    d @ http://a.example.org/d-1.zip\n";

#[test]
fn who_adds_the_s_of_https_brings_nothing_with_it() {
    let secure = PLAIN.replace("http:", "https:").replace("git+git:", "git+https:");
    let change = |base: &str, head: &str| {
        let fixture = format!("==> base/requirements.txt <==\n{base}==> requirements.txt <==\n{head}");
        let findings = Fixture::parse(&fixture).report().findings.into_iter();
        // What has no name but its URL is another project in the table of the change, which is good to know.
        findings.filter(|it| it.severity > Severity::Info).map(|it| it.rule.id).collect::<Vec<_>>()
    };
    assert!(change(PLAIN, &secure).is_empty(), "{:?}", change(PLAIN, &secure));
    assert!(change(&secure, PLAIN).contains(&"insecure-index"));
}

#[test]
fn a_finding_is_known_again_when_its_url_gets_the_s() {
    let fingerprints = |url: &str| {
        let findings = Fixture::parse(&format!("git+{url}://a.example.org/a@main\n")).report().findings;
        let vcs = findings.into_iter().filter(|finding| finding.rule.id == "mutable-vcs-reference");
        vcs.map(|finding| finding.fingerprint).collect::<Vec<_>>()
    };
    assert_eq!(fingerprints("http").len(), 1);
    assert_eq!(fingerprints("http"), fingerprints("https"));
}

#[test]
fn what_is_new_is_not_lost_among_what_is_old() {
    use std::fmt::Write as _;
    let old = (0..1100).fold(String::new(), |mut lines, at| {
        let _ = writeln!(lines, "a{at}");
        lines
    });
    let report = Fixture::parse(&format!("==> base/r.txt <==\n{old}==> r.txt <==\n{old}zz\n")).report();
    let unpinned = report.findings.iter().filter(|finding| finding.rule.id == "unpinned-requirement");
    assert_eq!(unpinned.map(|finding| finding.subject.name()).collect::<Vec<_>>(), ["zz"]);
    assert!(report.problems.is_empty(), "{:?}", report.problems);

    let problems = Fixture::parse(&format!("==> base/r.txt <==\n==> r.txt <==\n{old}")).report().problems;
    let unpinned = problems.iter().filter(|problem| problem.message.contains("unpinned-requirement"));
    let messages: Vec<_> = unpinned.map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["100 more findings of `unpinned-requirement` are not shown"]);
}
