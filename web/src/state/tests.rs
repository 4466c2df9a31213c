//! What the page makes of what happens to it.

use pychain_core::model::LockFormat;
use pychain_core::rules::MANUALS;

use super::*;
use crate::agent::Agent;
use crate::protocol::Body;

const HEAD: Side = Side::Head;

fn typed(text: &str) -> State {
    State::default().after(Action::Edit(HEAD, text.to_owned()))
}

fn files(files: &[(&str, &str)]) -> Action {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().into())).collect();
    Action::Open(HEAD, files, Vec::new())
}

fn paths(state: &State) -> Vec<&str> {
    state.head.list.iter().map(|file| file.path.as_str()).collect()
}

/// What the worker says to the state as it is.
fn answered(state: &State, what: What) -> (Body, Option<String>) {
    let (ask, files) = state.ask(what, "2026-11-25", |_| false);
    let contents = files.iter().map(|file| file.content().into_owned()).collect();
    Agent::default().answer(&ask, contents, MANUALS)
}

fn audited(state: &State) -> State {
    let (body, json) = answered(state, What::Audit);
    let Body::Audit(summary) = body else { panic!("{body:?}") };
    let report = Report::read(&json.unwrap()).unwrap();
    state.after(Action::Reported(state.revision, Box::new((report, summary)), 1))
}

fn rules(state: &State) -> Vec<&str> {
    state.report().unwrap().findings.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn typing_is_a_new_revision_and_the_same_text_is_not() {
    let state = typed("flask\n");
    assert_eq!(state.revision, 1);
    assert_eq!(state.after(Action::Edit(HEAD, "flask\n".to_owned())).revision, 1);
    assert_eq!(state.head.shown().given, State::default().head.shown().given, "the field has it already");
}

#[test]
fn a_stale_answer_is_dropped() {
    let state = typed("flask\n");
    let newer = state.after(Action::Edit(HEAD, "flask==3\n".to_owned()));
    let late = Box::new((Report::default(), Summary::default()));
    assert!(newer.after(Action::Reported(state.revision, late, 1)).audited.is_none());
}

#[test]
fn a_pasted_lock_file_is_known_by_its_content_until_somebody_names_it() {
    let uv = "version = 1\n\n[[package]]\nname = \"a\"\n";
    let state = typed(uv);
    assert_eq!((paths(&state), state.head.shown().kind), (vec!["uv.lock"], Kind::Lock(LockFormat::Uv)));
    assert_eq!(paths(&state.after(Action::Edit(HEAD, "flask\n".to_owned()))), ["requirements.txt"]);
    let named = State::default().after(Action::Rename(HEAD, "deps.txt".to_owned()));
    assert_eq!(paths(&named.after(Action::Edit(HEAD, uv.to_owned()))), ["deps.txt"]);
    let chosen = named.after(Action::SetKind(HEAD, Kind::Lock(LockFormat::Poetry)));
    assert_eq!(paths(&chosen), ["poetry.lock"]);
}

#[test]
fn files_are_opened_beside_each_other_and_read_together() {
    let state =
        State::default().after(files(&[("requirements.txt", "-r dev.txt\n"), ("dev.txt", "--trusted-host e.org\n")]));
    assert_eq!(paths(&state), ["requirements.txt", "dev.txt"]);
    assert!(rules(&audited(&state)).contains(&"trusted-host"));
    let again = state.after(files(&[("dev.txt", "flask\n")]));
    assert_eq!((paths(&again).len(), again.head.active), (2, 1), "the same path is the same tab");
}

#[test]
fn a_name_that_says_nothing_gives_way_to_what_is_in_the_file() {
    let workflow =
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: pip install -i http://a.example flask\n";
    let dropped = State::default().after(files(&[("release.yml", workflow)]));
    assert_eq!(paths(&dropped), [".github/workflows/release.yml"]);
    assert!(rules(&audited(&dropped)).contains(&"insecure-index"));
    assert_eq!(paths(&dropped.after(files(&[("release.yml", workflow)]))).len(), 1, "the same path is the same tab");
    let pasted = typed(workflow);
    assert_eq!(paths(&pasted), [".github/workflows/ci.yml"]);
    assert_eq!(paths(&pasted.after(Action::Edit(HEAD, "FROM a\nRUN pip install b\n".to_owned()))), ["Dockerfile"]);
}

#[test]
fn hostile_paths_are_refused_with_words() {
    for path in ["../x.txt", "/etc/x.txt", "C:\\x.txt", "a/\u{202e}x.txt", ""] {
        let state = State::default().after(files(&[(path, "flask\n")]));
        assert_eq!(paths(&state), ["requirements.txt"], "{path}");
        assert!(state.notice.is_some_and(|notice| notice.is_error));
    }
    assert_eq!(clean_path("./a\\b//c.txt").as_deref(), Some("a/b/c.txt"));
}

#[test]
fn tabs_are_added_named_and_closed() {
    let state = typed("flask\n").after(Action::Add(HEAD));
    assert_eq!((paths(&state), state.head.active), (vec!["requirements.txt", "requirements-2.txt"], 1));
    let clash = state.after(Action::Rename(HEAD, "requirements.txt".to_owned()));
    assert!(clash.notice.is_some() && paths(&clash)[1] == "requirements-2.txt");
    let closed = state.after(Action::Close(HEAD, 0)).after(Action::Close(HEAD, 0)).after(Action::Close(HEAD, 7));
    assert_eq!((closed.head.list.len(), closed.is_blank()), (1, true), "there is always one");
}

#[test]
fn the_list_is_walked_and_filtered() {
    let state = audited(&typed("--trusted-host e.org\n--extra-index-url http://e.org/simple\nflask\n"));
    assert!(state.listed.len() >= 3, "{:?}", rules(&state));
    let first = state.after(Action::Step(1));
    assert_eq!(first.chosen, Some(0));
    let last = first.after(Action::Step(isize::MAX / 2));
    assert_eq!(last.chosen, Some(state.listed.len() - 1));
    assert_eq!(last.after(Action::Step(1)).chosen, last.chosen);
    let severity = state.report().unwrap().findings[0].severity;
    let without = first.after(Action::Toggle(severity));
    assert!(without.chosen.is_none() && without.listed.len() < state.listed.len());
    let only = state.after(Action::Only(Some("unpinned-requirement".to_owned())));
    assert!(only.listed.iter().all(|at| only.report().unwrap().findings[*at].rule == "unpinned-requirement"));
}

#[test]
fn caret_and_list_follow_each_other() {
    let state = audited(&typed("flask==1\n--trusted-host e.org\n"));
    let place = Position { line: 2, column: 4 };
    let at = state.after(Action::Caret(place));
    assert_eq!(state.report().unwrap().findings[at.chosen.unwrap()].rule, "trusted-host");
    let next = state.after(Action::StepFrom(Position { line: 1, column: 99 }, true));
    assert_eq!(next.jump.unwrap().start.line, 2);
    assert!(next.jump.unwrap().focuses);
}

#[test]
fn what_was_chosen_stays_chosen_over_an_audit() {
    let state =
        audited(&typed("flask==1\n--trusted-host e.org\n")).after(Action::Caret(Position { line: 2, column: 4 }));
    let moved = audited(&state.after(Action::Edit(HEAD, "# new\nflask==1\n--trusted-host e.org\n".to_owned())));
    let chosen = &moved.report().unwrap().findings[moved.chosen.unwrap()];
    assert_eq!((chosen.rule.as_str(), chosen.location.start.line), ("trusted-host", 3));
}

#[test]
fn a_fix_is_applied_and_taken_back() {
    let text = "# caf\u{e9}\r\nFlask = 3.0.3\r\nflask==3.0.3 --hash=SHA256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3\r\n";
    let state = audited(&State::default().after(files(&[("requirements.txt", text)])));
    let fixable = state.report().unwrap().findings.iter().position(|finding| finding.fix.is_some());
    let fixed = state.after(Action::Fix(fixable.expect("a finding with a fix")));
    assert_ne!(fixed.head.shown().text, state.head.shown().text);
    assert!(fixed.head.shown().content().windows(2).any(|two| two == b"\r\n"), "line ends are kept");
    assert!(fixed.undoable().is_some() && fixed.revision > state.revision);
    let back = fixed.after(Action::Undo);
    assert_eq!(back.head.shown().content().as_ref(), text.as_bytes());
    assert!(back.undoable().is_none());
    let typed_on = fixed.after(Action::Edit(HEAD, "x\n".to_owned()));
    assert!(typed_on.undoable().is_none(), "what was typed since is not thrown away");
    assert_eq!(fixed.after(Action::Fix(0)).head, fixed.head, "not before the text is audited again");
}

#[test]
fn what_takes_a_text_away_can_be_taken_back() {
    let state = State::default().after(files(&[("requirements.txt", "flask\n"), ("dev.txt", "pytest\n")]));
    assert!(state.undoable().is_none(), "nothing was there before");
    let example = crate::examples::EXAMPLES[3].saved();
    for action in [
        Action::Close(HEAD, 1),
        Action::Clear,
        Action::Paste(HEAD, "django\n".to_owned()),
        Action::Load(example.clone()),
        files(&[("dev.txt", "tox\n")]),
        files(&[("dev.txt", "tox\n"), ("../x.txt", "x\n")]),
    ] {
        let after = state.after(action.clone());
        assert!(after.notice.is_some(), "{action:?} is said");
        let typed = after.after(Action::Edit(HEAD, "x\n".to_owned()));
        assert!(typed.undoable().is_none(), "what was typed since is not thrown away");
        let back = after.after(Action::Undo);
        assert!(back.head.are(&state.head) && back.mode == state.mode && back.revision > after.revision, "{action:?}");
        assert_ne!(back.head.shown().given, after.head.shown().given, "the field is another one");
    }
    assert!(state.after(files(&[("new.txt", "tox\n")])).undoable().is_none());
    assert!(state.after(Action::Add(HEAD)).after(Action::Close(HEAD, 2)).undoable().is_none(), "nothing was in it");
    let shown = State::default().after(Action::Load(example.clone())).after(Action::Load(example));
    assert!(shown.undoable().is_none(), "an example can be had again");
}

#[test]
fn what_the_browser_took_back_leaves_the_fix_to_be_taken_back() {
    let state = audited(&typed("flask = 3.0.3\n"));
    let fixed = state.after(Action::Fix(0));
    let text = fixed.head.shown().text.to_string();
    let typed = fixed.after(Action::Edit(HEAD, text.clone() + "x"));
    assert!(typed.undoable().is_none());
    assert!(typed.after(Action::Edit(HEAD, text)).undoable().is_some());
}

#[test]
fn all_safe_fixes_are_applied_together() {
    let state = audited(&typed("flask = 3.0.3\nclick = 8.1.7\n"));
    assert!(state.report().unwrap().safe_fixes() > 0, "{:?}", rules(&state));
    let (body, _) = answered(&state, What::Fix);
    let fixed = audited(&state.after(Action::Answered(state.revision, body.clone())));
    assert_eq!(fixed.report().unwrap().safe_fixes(), 0, "{:?}", fixed.head.shown().text);
    let late = state.after(Action::Edit(HEAD, "x\n".to_owned())).after(Action::Answered(state.revision, body));
    assert_eq!(&*late.head.shown().text, "x\n");
}

#[test]
fn a_crash_keeps_the_text_and_waits_for_another_one() {
    let state = typed("flask\n").after(Action::Crashed("why".to_owned()));
    assert_eq!(&*state.head.shown().text, "flask\n");
    let started = state
        .after(Action::Started)
        .after(Action::Learned(Names { ranked: Some(("d".to_owned(), 1)), ..Names::default() }));
    assert_eq!((started.worker.clone(), started.revision), (Worker::Crashed("why".to_owned()), state.revision));
    assert_eq!(started.after(Action::Edit(HEAD, "x".to_owned())).worker, Worker::Idle);
    assert!(started.after(Action::Retry).revision > started.revision);
}

#[test]
fn what_is_kept_comes_back() {
    let state = State::default().after(files(&[("requirements.txt", "a\r\n"), ("uv.lock", "version = 1\n")]));
    let saved = Saved::read(&state.saved().write()).unwrap();
    let back = State::default().after(Action::Load(saved));
    assert_eq!(paths(&back), paths(&state));
    assert_eq!(back.head.shown().content().as_ref(), b"a\r\n");
    assert!(State::default().saved().head.is_empty());
}

#[test]
fn something_too_large_is_refused_with_words() {
    let state = State::default().after(Action::Paste(HEAD, "a".repeat(MAX_EDITABLE_BYTES + 1)));
    assert!(!state.head.shown().is_editable());
    let huge = State::default().after(Action::Paste(HEAD, "a".repeat(pychain_core::text::MAX_FILE_BYTES + 1)));
    assert!(huge.is_blank() && huge.notice.is_some_and(|notice| notice.is_error));
}

#[test]
fn compare_tells_only_what_the_change_brings() {
    let example = crate::examples::EXAMPLES.iter().find(|example| example.title.contains("Tampered")).unwrap();
    let state = audited(&State::default().after(Action::Load(example.saved())));
    assert!(rules(&state).contains(&"changed-file-hash"), "{:?}", rules(&state));
    let changes = &state.report().unwrap().changes;
    let changes: Vec<_> = changes.iter().map(|change| (change.project.as_str(), change.kinds[0].as_str())).collect();
    assert_eq!(changes, [("certifi", "re-hashed"), ("click", "upgraded")]);
}

#[test]
fn every_example_shows_something() {
    for example in crate::examples::EXAMPLES {
        let state = audited(&State::default().after(Action::Load(example.saved())));
        // Names are not known here.
        assert!(!rules(&state).is_empty() || example.title.contains("Names"), "{}", example.title);
    }
}

#[test]
fn a_dropped_file_is_looked_for() {
    let digest = "34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3";
    let state = typed(&format!("flask==3.0.3 --hash=sha256:{digest}\nclick==8.1.7\n"));
    for (name, sha256, verdicts) in [
        ("flask-3.0.3-py3-none-any.whl", digest.to_owned(), vec![crate::protocol::Verdict::Matches]),
        ("flask-3.0.3.tar.gz", "0".repeat(64), vec![crate::protocol::Verdict::NotListed]),
        ("click-8.1.7.tar.gz", "0".repeat(64), vec![crate::protocol::Verdict::NoHash]),
        ("django-5.0.tar.gz", "0".repeat(64), vec![]),
    ] {
        let (body, _) = answered(&state, What::Match { name: name.to_owned(), sha256 });
        let Body::Match(matched) = body else { panic!("{body:?}") };
        assert_eq!(matched.entries.iter().map(|entry| entry.verdict).collect::<Vec<_>>(), verdicts, "{name}");
    }
}

#[test]
fn a_comparison_begins_with_nothing_changed() {
    let state = audited(&typed("flask\n").after(Action::SetMode(Mode::Compare)));
    assert_eq!((&*state.base.shown().text, rules(&state).len()), ("flask\n", 0));
    assert_ne!(state.base.shown().id, state.head.shown().id);
    let changed = audited(&state.after(Action::Edit(HEAD, "flask\n--trusted-host e.org\n".to_owned())));
    assert_eq!(rules(&changed), ["trusted-host"]);
}
