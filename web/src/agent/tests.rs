//! The worker says what the core says.

use pychain_core::knowledge::Names;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::lines::SortedLines;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::vocabulary::Vocabulary;
use pychain_core::report::json;
use pychain_core::rules::MANUALS;

use super::*;
use crate::kind::Kind;

fn ask(files: &[(&str, &str)], base: Option<&[(&str, &str)]>, what: What) -> (Ask, Vec<Vec<u8>>) {
    let mut version = 0;
    let mut contents = Vec::new();
    let mut named = |files: &[(&str, &str)]| -> Vec<Named> {
        let of = |(path, text): &(&str, &str)| {
            version += 1;
            contents.push(text.as_bytes().to_vec());
            Named { path: (*path).to_owned(), kind: Kind::of_path(path), version }
        };
        files.iter().map(of).collect()
    };
    let (head, base) = (named(files), base.map(&mut named));
    let brought = (1..=version).collect();
    let today = "2026-11-25".to_owned();
    (Ask { revision: 1, brought, head, base, beside: Vec::new(), today, what }, contents)
}

fn report(files: &[(&str, &str)], base: Option<&[(&str, &str)]>) -> String {
    let (ask, contents) = ask(files, base, What::Audit);
    Agent::default().answer(&ask, contents, MANUALS).1.unwrap()
}

#[test]
fn the_report_is_the_cores() {
    let text = "--extra-index-url http://e.org/simple\nflask\nflask==1 --hash=sha256:00\n";
    let mut loader = Loader::new();
    loader.root("requirements.txt", text.as_bytes(), pychain_core::tree::Role::Requirements);
    let expected = audit(&Request {
        head: &loader.finish(),
        base: None,
        config: &Config::default(),
        head_config: None,
        workflows: &[],
        knowledge: &Knowledge::default(),
        as_of: Date::parse("2026-11-25"),
    });
    assert_eq!(report(&[("requirements.txt", text)], None), json::to_string(&expected));
}

#[test]
fn contents_are_brought_once() {
    let (first, contents) = ask(&[("requirements.txt", "flask\n")], None, What::Audit);
    let mut agent = Agent::default();
    let before = agent.answer(&first, contents, MANUALS).1;
    let again = Ask { brought: Vec::new(), ..first };
    assert_eq!(agent.answer(&again, Vec::new(), MANUALS).1, before);
    let gone = Ask { head: Vec::new(), ..again.clone() };
    agent.answer(&gone, Vec::new(), MANUALS);
    assert!(agent.answer(&again, Vec::new(), MANUALS).1.unwrap().contains("did not hand this file over"));
}

#[test]
fn what_is_remembered_changes_no_answer() {
    let (first, contents) = ask(&[("requirements.txt", "reqursts\nsome-name-of-ours\nflask\n")], None, What::Audit);
    let mut agent = Agent::default();
    agent.knowledge.names = Some(Names {
        ranked: RankedNames::new(pychain_data::RANKED).unwrap(),
        vocabulary: Vocabulary::new(pychain_data::WORDS).unwrap(),
        index: NameFilter::new(pychain_data::INDEX),
        standard_library: SortedLines::new(pychain_data::STANDARD_LIBRARY),
        imports: SortedLines::new(pychain_data::IMPORTS),
        malicious: SortedLines::new(pychain_data::MALICIOUS),
        plain: Remembered::default(),
    });
    let before = agent.answer(&first, contents, MANUALS).1.unwrap();
    assert!(before.contains("confusable-name"), "{before}");
    let plain = &agent.knowledge.names.as_ref().unwrap().plain;
    assert!(plain.contains("flask") && plain.contains("some-name-of-ours") && plain.len() == 2);
    assert!(agent.odd.contains("reqursts") && agent.odd.len() == 1);
    assert_eq!(agent.answer(&Ask { brought: Vec::new(), ..first }, Vec::new(), MANUALS).1.unwrap(), before);
}

#[test]
fn the_configuration_among_the_files_counts() {
    let text = "flask\n";
    let plain = report(&[("requirements.txt", text)], None);
    assert!(plain.contains("unpinned-requirement"));
    let off =
        report(&[("pychain.toml", "[rules]\nunpinned-requirement = \"off\"\n"), ("requirements.txt", text)], None);
    assert!(!off.contains("\"unpinned-requirement\""), "{off}");
    let broken = report(&[("pychain.toml", "policy = 3\n"), ("requirements.txt", text)], None);
    assert!(broken.contains("the configuration is not used"), "{broken}");
}

#[test]
fn paths_are_told_from_the_list_of_files() {
    let files = ["a/pyproject.toml", "b/x.py", "c.whl"];
    let kind = |path| kind_of_path(path, files.into_iter());
    assert_eq!(
        ["a", "b", "c.whl", "d", "."].map(kind),
        [PathKind::Project, PathKind::Directory, PathKind::File, PathKind::Absent, PathKind::Unknown]
    );
}

#[test]
fn exports_are_made() {
    for (format, sign) in
        [(Format::Json, "urn:pychain:report:v1"), (Format::Sarif, "\"2.1.0\""), (Format::Markdown, "flask")]
    {
        let (ask, contents) = ask(&[("requirements.txt", "flask\n")], None, What::Export(format));
        let (body, _) = Agent::default().answer(&ask, contents, MANUALS);
        let Body::Export(told, text) = body else { panic!("{body:?}") };
        assert!(told == format && text.contains(sign), "{text}");
    }
}
