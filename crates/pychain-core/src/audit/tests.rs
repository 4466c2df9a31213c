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
