//! What holds for every rule: its page is true, its id is its file's name, it is registered once.

mod commands;
pub(crate) mod formats;
mod tampering;

use super::{MANUALS, RULES};
use crate::manual::{ExampleKind, HEADINGS};
use crate::order::Set;
use crate::rule::{FixAvailability, Rule};
use crate::testing::{Fixture, fixed};

/// An example as a fixture: the blocks hold no marks.
fn fixture(files: &[(String, String)]) -> String {
    files.iter().flat_map(|(path, text)| ["==> ", path, " <==\n", text]).collect()
}

fn findings(rule: &Rule, fixture: &str) -> usize {
    Fixture::parse(fixture).report().findings.iter().filter(|finding| finding.rule.id == rule.id).count()
}

#[test]
fn manuals_are_true() {
    for rule in RULES {
        let mut before = None;
        let mut kinds = Set::new();
        for example in MANUALS.examples(rule) {
            let text = fixture(&example.files);
            match example.kind {
                ExampleKind::Bad => {
                    assert_eq!(findings(rule, &text), 1, "{}: a bad example gives one finding:\n{text}", rule.id);
                    kinds.insert("bad");
                    before = Some(text);
                }
                ExampleKind::Good => {
                    assert_eq!(findings(rule, &text), 0, "{}: a good example gives none:\n{text}", rule.id);
                    kinds.insert("good");
                }
                ExampleKind::Fixed => {
                    let before = before.as_deref().expect("a bad example before");
                    let [(_, wanted)] = example.files.as_slice() else { panic!("{}: one fixed file", rule.id) };
                    assert_eq!(&fixed(rule.id, before), wanted, "{}", rule.id);
                    assert_eq!(findings(rule, &text), 0, "{}: the fix silences its finding", rule.id);
                    kinds.insert("fixed");
                }
            }
        }
        assert!(kinds.contains("bad"), "{}: a manual shows what is bad", rule.id);
        assert!(kinds.contains("good") || kinds.contains("fixed"), "{}: a manual shows what is good", rule.id);
        if rule.fix == FixAvailability::Always {
            assert!(kinds.contains("fixed"), "{}: a rule that always fixes shows how", rule.id);
        }
    }
}

#[test]
fn manuals_have_their_headings_in_order() {
    for rule in RULES {
        let headings: Vec<_> = MANUALS.sections(rule).into_iter().map(|section| section.heading).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.id);
    }
}

#[test]
fn reasons_are_first_sentences_of_the_manuals() {
    for rule in RULES {
        let section = MANUALS.section(rule, "Why it matters").unwrap_or_default().replace('\n', " ");
        let is_first = section.strip_prefix(rule.why).is_some_and(|rest| rest.starts_with('.'));
        assert!(is_first && (10..200).contains(&rule.why.len()), "{}: {}", rule.id, rule.why);
    }
}

#[test]
fn summaries_are_noun_phrases_without_a_period() {
    for rule in RULES {
        let first = rule.summary.chars().next();
        assert!(first.is_some_and(|c| !c.is_uppercase()) && !rule.summary.ends_with('.'), "{}", rule.id);
    }
}

#[test]
fn every_file_is_a_registered_rule_and_has_its_id() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = Set::new();
    for entry in std::fs::read_dir(folder).expect("the rules") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if text.contains("crate::declare_rule! {") && !path.ends_with("tests.rs") {
            files.insert(path.file_stem().expect("a name").to_string_lossy().replace('_', "-"));
        }
    }
    let ids: Set<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids.len(), RULES.len(), "an id is used once");
    assert_eq!(ids, files);
}
