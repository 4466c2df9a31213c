//! Replays what pip and uv were recorded to do with two indexes.

use serde_json::Value;

use super::*;
use crate::model::Requirement;
use crate::order::Map;
use crate::requirement::typed;
use crate::testing::load;

const NAME: &str = "acme-internal-utils";
const GOOD: &str = "1200000000000000000000000000000000000000000000000000000000000000";
const APP: &str = "a990000000000000000000000000000000000000000000000000000000000000";

/// Cases that no requirements file can tell, with the reason.
const NOT_REPLAYED: [(&str, &str); 7] = [
    ("index formats", "what a server's pages look like"),
    ("tool.uv.sources pins the project to an explicit index", "decided in `pyproject.toml`"),
    ("the same without the source entry", "decided in `pyproject.toml`"),
    ("one merged index, private first (simple-repository-server)", "one index for the installer; the server merges"),
    ("the same index still serves public names", "one index for the installer; the server merges"),
    ("devpi stage inheriting a public mirror (default: private name blocks the mirror)", "the server merges"),
    ("the same with the name put on mirror_whitelist", "the server merges"),
];

/// Files that the recorded commands name.
fn files() -> Map<&'static str, String> {
    let pinned = format!("{NAME}==1.2.0 --hash=sha256:{GOOD}\n");
    Map::from([
        ("req-extra.txt", format!("--extra-index-url http://PUBLIC/simple/\n{NAME}>=1.0\n")),
        ("req-index.txt", format!("--index-url http://PRIVATE/simple/\n{NAME}>=1.0\n")),
        ("req-mixed.txt", format!("{pinned}leftpadlib==1.0\n")),
        ("req-hash.txt", pinned),
        ("req-dep.txt", format!("acme-app==1.0 --hash=sha256:{APP}\n")),
        ("req-open.txt", format!("{NAME}>=1.0 --hash=sha256:{GOOD}\n")),
    ])
}

/// What a place offers of a project: version, digest, and how well the file fits.
fn offers(url: &str, name: &str) -> Vec<(&'static str, &'static str, u8)> {
    match (url, name) {
        ("http://PRIVATE/simple/" | "http://PRIVATE-PYPISERVER/simple/", NAME) => {
            vec![("1.1.0", "", 1), ("1.2.0", GOOD, 1)]
        }
        ("http://PRIVATE/simple/", "acme-app") => vec![("1.0", APP, 1)],
        ("http://PUBLIC/simple/" | "http://PUBLIC-PYPISERVER/simple/" | "LAB/public/acme-internal-utils", NAME) => {
            vec![("999.0.0", "", 1), ("1.2.0", "", 1)]
        }
        ("http://PUBLIC/simple/", "leftpadlib") => vec![("1.0", "", 1)],
        ("http://PUBLIC-SDIST/simple/", NAME) => vec![("998.0.0", "", 0)],
        _ => Vec::new(),
    }
}

/// A recorded command: the same as a requirements file, and what only the command line can say.
struct Command {
    installer: Installer,
    strategy: Option<Strategy>,
    text: String,
    with_dependencies: bool,
    is_trial: bool,
    only_binary: bool,
}

fn read(command: &str) -> Command {
    let mut words = command.split(' ').filter(|word| !word.is_empty()).peekable();
    let installer = if words.next() == Some("BIN/uv") { Installer::Uv } else { Installer::Pip };
    let mut out = Command {
        installer,
        strategy: None,
        text: String::new(),
        with_dependencies: true,
        is_trial: false,
        only_binary: false,
    };
    let (mut main, mut rest) = (String::new(), Vec::new());
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("a value");
        match word {
            // On a command line the order of the two does not matter; in a file it does.
            "--index-url" | "--default-index" => main = format!("--index-url {}\n", value()),
            "--extra-index-url" | "--index" => rest.push(format!("--extra-index-url {}\n", value())),
            "--find-links" => rest.push(format!("--find-links {}\n", value())),
            "-r" => rest.push(format!("-r {}\n", value().strip_prefix("LAB/").expect("a file of the lab"))),
            "--require-hashes" => rest.push("--require-hashes\n".to_owned()),
            "--only-binary" => out.only_binary = value() == ":all:",
            "--index-strategy" => {
                out.strategy = Some(match value() {
                    "unsafe-best-match" => Strategy::UnsafeBestMatch,
                    "unsafe-first-match" => Strategy::UnsafeFirstMatch,
                    other => panic!("{other}"),
                });
            }
            "--no-deps" => out.with_dependencies = false,
            "--dry-run" => out.is_trial = installer == Installer::Uv,
            "-d" | "--python" | "--target" | "--report" | "-m" => drop(value()),
            "install" | "pip" | "download" | "--ignore-installed" | "--quiet" | "--no-build-isolation" => {}
            requirement if requirement.starts_with("acme-") => rest.push(format!("{requirement}\n")),
            other => panic!("unknown word {other:?} in {command:?}"),
        }
    }
    out.text = main + &rest.concat();
    out
}

/// What we say happens: whose file of the project, or why none.
enum Outcome {
    Installed { version: String, url: String, is_source: bool },
    Refused(&'static str),
}

fn replay(command: &Command) -> Outcome {
    let files = files();
    let mut given: Map<&str, &str> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    given.insert("command.txt", &command.text);
    let project = load(&given);
    let root = project.find("command.txt").expect("the command");
    let run = project.runs.iter().find(|run| run.root == root).expect("its run");
    let mut sources = Sources::of(&project, run, command.installer);
    sources.strategy = command.strategy.unwrap_or(sources.strategy);
    let hashes_required = match command.installer {
        Installer::Pip => run.hash_mode.as_ref().is_some_and(|mode| mode.on),
        Installer::Uv => run.options.require_hashes.is_some(),
    };
    let dependency = crate::testing::load(&Map::from([("r.txt", "acme-internal-utils>=1.0")]));
    let mut wanted: Vec<&Requirement> =
        asked(&project, run, command.installer).iter().map(|asked| asked.entry.requirement).collect();
    let is_app =
        |requirement: &&Requirement| requirement.name.as_ref().is_some_and(|name| name.normalized() == "acme-app");
    if command.with_dependencies && wanted.iter().any(is_app) {
        wanted.extend(dependency.lines().filter_map(|(_, line)| line.requirement()));
    }
    let mut outcome = None;
    for requirement in wanted {
        let name = requirement.name.as_ref().expect("a name").normalized();
        let digests: Vec<String> = requirement.hashes.iter().map(|hash| hash.digest.to_string()).collect();
        let ask = Ask {
            versions: typed::specifiers(&requirement.specifiers),
            hashed: !digests.is_empty(),
            hashes_required,
            only_binary: command.only_binary,
        };
        let candidates: Vec<Candidate> = sources
            .places
            .iter()
            .enumerate()
            .flat_map(|(place, at)| offers(&at.url, name).into_iter().map(move |offer| (place, at, offer)))
            .map(|(place, at, (version, digest, fit))| Candidate {
                place,
                version: typed::version(version).expect("a version"),
                fit,
                is_hashed: digests.iter().any(|known| known == digest),
                says_digest: at.url.contains("PYPISERVER"),
            })
            .collect();
        let choice = sources.choose(&ask, &candidates);
        match choice.refused {
            Some(Refused::HashMismatch) if command.is_trial => {}
            Some(Refused::HashMismatch) => return Outcome::Refused("refused: hash mismatch"),
            Some(Refused::HashMissing) => return Outcome::Refused("refused: hash missing"),
            Some(Refused::NoCandidate) => return Outcome::Refused("refused: no acceptable candidate"),
            None => {}
        }
        if name == NAME {
            let chosen = &candidates[choice.candidate.expect("a candidate")];
            let url = sources.places[chosen.place].url.clone();
            outcome = Some(Outcome::Installed { version: chosen.version.to_string(), url, is_source: chosen.fit == 0 });
        }
    }
    outcome.expect("a requirement of the project")
}

#[test]
fn every_recorded_case_is_explained() {
    let data: Value = serde_json::from_str(include_str!("confusion_lab.json")).expect("JSON");
    let cases = data["cases"].as_array().expect("cases");
    let (mut replayed, mut left_out) = (0, Vec::new());
    for case in cases {
        let (title, got) = (case["title"].as_str().expect("a title"), case["got"].as_str().expect("an outcome"));
        if let Some((title, _)) = NOT_REPLAYED.iter().find(|(name, _)| *name == title) {
            left_out.push(*title);
            continue;
        }
        let outcome = replay(&read(case["command"].as_str().expect("a command")));
        let said = match &outcome {
            Outcome::Refused(why) => (*why).to_owned(),
            Outcome::Installed { url, .. } if got.ends_with(" file") => {
                if url.contains("PUBLIC") { "attacker's file" } else { "private file" }.to_owned()
            }
            Outcome::Installed { is_source, .. } if got.starts_with("code ") => {
                if *is_source { "code ran" } else { "code did not run" }.to_owned()
            }
            Outcome::Installed { version, .. } => version.clone(),
        };
        assert_eq!(said, got, "{title}: {}", case["command"]);
        replayed += 1;
    }
    assert_eq!(left_out, NOT_REPLAYED.map(|(title, _)| title));
    assert_eq!((replayed, cases.len()), (36, 43));
}

fn sources(text: &str, installer: Installer) -> Sources {
    let project = load(&Map::from([("r.txt", text), ("c-constraints.txt", "--extra-index-url https://c/\n")]));
    let run = project.runs.iter().find(|run| project.file(run.root).path() == "r.txt").expect("the run");
    let sources = Sources::of(&project, run, installer);
    if installer == Installer::Pip && run.refused.is_none() {
        let ours: Vec<&str> = sources.indexes().map(|place| place.url.as_str()).collect();
        let theirs: Vec<&str> = run.options.index_urls.iter().map(|setting| setting.value.as_str()).collect();
        assert_eq!(ours, theirs, "{text}");
    }
    sources
}

#[track_caller]
fn check(text: &str, installer: Installer, places: &[&str], forgotten: &[&str]) {
    let sources = sources(text, installer);
    assert_eq!(sources.places.iter().map(|place| &place.url).collect::<Vec<_>>(), places, "{text}");
    assert_eq!(sources.forgotten.iter().map(|(place, _)| &place.url).collect::<Vec<_>>(), forgotten, "{text}");
}

#[test]
fn a_main_index_replaces_what_came_before_for_pip_only() {
    let text = "--extra-index-url https://a/\n-i https://b/\n--extra-index-url https://d/\n";
    check(text, Installer::Pip, &["https://b/", "https://d/"], &["https://a/"]);
    check(text, Installer::Uv, &["https://a/", "https://d/", "https://b/"], &[]);
}

#[test]
fn no_index_is_for_good() {
    let text = "-i https://a/\n--no-index\n-i https://b/\n--extra-index-url https://d/\n-f https://e/\n";
    check(text, Installer::Pip, &["https://e/"], &["https://a/", "https://b/", "https://d/"]);
}

#[test]
fn options_of_constraints_act_for_pip_only() {
    check("-c c-constraints.txt\n", Installer::Pip, &[DEFAULT_INDEX, "https://c/"], &[]);
    check("-c c-constraints.txt\n", Installer::Uv, &[DEFAULT_INDEX], &[]);
}

#[test]
fn a_refused_line_does_not_hide_the_rest() {
    check("???\n--extra-index-url https://a/\n", Installer::Pip, &[DEFAULT_INDEX, "https://a/"], &[]);
}

/// Measured like the lab's cases: two loopback indexes, pip 26.3 and uv 0.13.9.
#[test]
fn ties_are_settled_as_measured() {
    let text = "-i https://main/\n--extra-index-url https://extra/\n-f https://links/\n";
    let same = |fits: &[(usize, u8)]| -> Vec<Candidate> {
        let candidate =
            |(place, fit)| Candidate { place, version: Version::new([1]), fit, is_hashed: false, says_digest: false };
        fits.iter().copied().map(candidate).collect()
    };
    let chosen = |sources: &Sources, fits: &[(usize, u8)]| {
        let candidates = same(fits);
        let at = sources.choose(&Ask::default(), &candidates).candidate.expect("a candidate");
        sources.places[candidates[at].place].url.clone()
    };
    let pip = sources(text, Installer::Pip);
    assert_eq!(chosen(&pip, &[(0, 1), (1, 1)]), "https://main/", "an index before a page of links");
    assert_eq!(chosen(&pip, &[(1, 2), (2, 1)]), "https://main/", "the better fitting wheel before the last index");
    let mut uv = sources(text, Installer::Uv);
    assert_eq!(chosen(&uv, &[(0, 1), (1, 1)]), "https://links/", "links before the index they are pooled with");
    uv.strategy = Strategy::UnsafeBestMatch;
    assert_eq!(chosen(&uv, &[(1, 1), (2, 2)]), "https://extra/", "the first index, whatever fits better");
}

#[test]
fn ways_in_follow_from_the_choice() {
    let text = "-i https://main/\n--extra-index-url https://extra/\n-f https://links/\n";
    let pip = sources(text, Installer::Pip);
    for (honest, intruder) in [(1, 2), (2, 1), (1, 0)] {
        assert_eq!(pip.way_in(honest, intruder, Hold::Open), Some(Way::HigherVersion));
        assert_eq!(pip.way_in(honest, intruder, Hold::Pinned), Some(Way::SameVersion));
        assert_eq!(pip.way_in(honest, intruder, Hold::Hashed), None);
    }
    let uv = sources(text, Installer::Uv);
    assert_eq!(uv.way_in(2, 1, Hold::Pinned), Some(Way::AskedFirst));
    assert_eq!(uv.way_in(1, 2, Hold::Open), None);
    assert_eq!(uv.way_in(2, 0, Hold::Open), Some(Way::HigherVersion));
    assert_eq!(uv.way_in(2, 1, Hold::Hashed), None);
}

#[test]
fn what_holds_a_requirement_is_known() {
    let text = "-c c.txt\na\nb==1\nc==1 --hash=sha256:00\nd\n--no-require-hashes\ne==1.*\n";
    let files = Map::from([("r.txt", text), ("c.txt", "a==1\nd --hash=sha256:00\n")]);
    let project = load(&files);
    let run = project.runs.first().expect("a run");
    let holds = |installer| asked(&project, run, installer).iter().map(|asked| asked.hold).collect::<Vec<_>>();
    use Hold::{Hashed, Open, Pinned};
    assert_eq!(holds(Installer::Pip), [Pinned, Pinned, Hashed, Hashed, Open]);
    assert_eq!(holds(Installer::Uv), [Pinned, Pinned, Hashed, Open, Open]);
}

#[test]
fn indexes_are_compared_by_what_tells_them_apart() {
    let same = [
        "https://Index.Example.org/simple",
        "HTTPS://u:p@index.example.org:443/simple/",
        "http://index.example.org/simple//",
    ];
    for url in same {
        assert_eq!(index_key(url), "index.example.org/simple", "{url}");
    }
    for other in ["https://index.example.org/simple2", "https://index.example.org:8443/simple", "./simple"] {
        assert_ne!(index_key(other), "index.example.org/simple", "{other}");
    }
}
