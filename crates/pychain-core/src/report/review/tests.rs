//! Plans over a small model of a pull request: what a person sees, and what a second run adds.

use proptest::prelude::*;

use super::*;
use crate::config::{Config, Policy};
use crate::order::{Map, Set};
use crate::report::markdown::COMMENT_LIMIT;
use crate::rules::MANUALS;
use crate::testing::{Fixture, whole_patch};
use crate::text::Problem;

const HEAD: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";
const LATER: &str = "b1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

/// A pull request that adds files.
struct Pull {
    head: String,
    report: Report,
    patches: Map<String, Patch>,
    unread: Set<String>,
    existing: Existing,
    inline: bool,
    ids: u64,
}

impl Pull {
    /// A pull request that adds `requirements.txt`, and more files after lines `==> path <==`.
    fn new(text: &str) -> Self {
        let (head, unread, existing) = (String::new(), Set::new(), Existing::default());
        let mut pull = Self { head, report: report(""), patches: Map::new(), unread, existing, inline: true, ids: 0 };
        pull.push(HEAD, text);
        pull
    }

    fn push(&mut self, head: &str, text: &str) {
        head.clone_into(&mut self.head);
        self.report = report(text);
        self.patches =
            self.report.files.iter().map(|file| (file.path().to_owned(), whole_patch(file.text()))).collect();
    }

    fn plan(&self) -> Plan {
        plan(&Input {
            report: &self.report,
            patches: &self.patches,
            existing: &self.existing,
            head: &self.head,
            unread: &self.unread,
            options: Options {
                manuals: MANUALS,
                inline: self.inline,
                docs: Some("https://docs.example/rules"),
                blob: Some("https://github.example/o/r/blob/a1b2"),
            },
        })
    }

    fn comment(&mut self, body: &str, ours: bool) -> Comment {
        self.ids += 1;
        let id = Id { number: self.ids, node: format!("N{}", self.ids) };
        Comment { id, body: body.to_owned(), ours, minimized: false }
    }

    /// Does what a plan says, as GitHub would.
    fn carry_out(&mut self, plan: &Plan) {
        for new in plan.review.iter().flat_map(|review| &review.comments) {
            let comment = self.comment(&new.body, true);
            self.existing.threads.push(Thread {
                comment,
                path: new.path.clone(),
                line: Some(new.line),
                start_line: new.start_line,
                ..Thread::default()
            });
        }
        for edit in &plan.edits {
            let thread = self.existing.threads.iter_mut().find(|thread| thread.comment.id == edit.id);
            thread.expect("a thread").comment.body.clone_from(&edit.body);
        }
        for thread in &mut self.existing.threads {
            thread.comment.minimized |= plan.minimize.contains(&thread.comment.id);
        }
        self.existing.threads.retain(|thread| !plan.delete.contains(&thread.comment.id));
        match &plan.summary {
            Summary::Leave => {}
            Summary::Create(body) => {
                let comment = self.comment(body, true);
                self.existing.comments.push(comment);
            }
            Summary::Update(edit) => {
                let comment = self.existing.comments.iter_mut().find(|comment| comment.id == edit.id);
                comment.expect("a comment").body.clone_from(&edit.body);
            }
        }
    }

    /// Plans, does it, and sees that nothing is left to do.
    fn review(&mut self) -> Plan {
        let plan = self.plan();
        self.carry_out(&plan);
        assert_eq!(self.plan(), Plan::default(), "a second run writes nothing");
        plan
    }

    fn bodies(&self) -> Vec<&str> {
        self.existing.threads.iter().map(|thread| thread.comment.body.as_str()).collect()
    }
}

fn report(text: &str) -> Report {
    report_by(Policy::Default, text)
}

fn report_by(policy: Policy, text: &str) -> Report {
    let text = if text.starts_with("==> ") { text.to_owned() } else { format!("==> requirements.txt <==\n{text}") };
    let mut fixture = Fixture::parse(&format!("==> base/requirements.txt <==\n{text}"));
    fixture.config = Config { policy, ..Config::default() };
    fixture.report()
}

fn new_comments(plan: &Plan) -> Vec<String> {
    let comments = plan.review.iter().flat_map(|review| &review.comments);
    comments.map(|comment| comment.body.lines().next().unwrap_or_default().to_owned()).collect()
}

const DOUBLED: &str = "click==8.1.7\nflask\nclick==8.1.7\n";

#[test]
fn a_review_says_all_and_a_second_run_nothing() {
    let mut pull = Pull::new(DOUBLED);
    let plan = pull.review();
    let review = plan.review.expect("a review");
    let lines: Vec<_> = review.comments.iter().map(|it| (it.path.as_str(), it.start_line, it.line)).collect();
    assert!(lines.iter().all(|(path, start, _)| *path == "requirements.txt" && start.is_none()), "{lines:?}");
    let bodies: Vec<_> = review.comments.iter().map(|it| format!("== line {}\n{}", it.line, it.body)).collect();
    let Summary::Create(summary) = plan.summary else { panic!("a summary") };
    insta::assert_snapshot!(format!("{}\n{}\n== summary\n{summary}", review.body, bodies.join("\n")));
}

#[test]
fn nothing_wrong_is_silence() {
    let mut pull = Pull::new("");
    assert!(pull.review().is_empty());
    pull.existing.comments.push(Comment { body: "hello".to_owned(), ..Comment::default() });
    assert!(pull.review().is_empty());
}

#[test]
fn a_fixed_finding_is_marked_and_folded_and_a_return_is_told_anew() {
    let mut pull = Pull::new("flask\n");
    let count = new_comments(&pull.review()).len();
    assert!(count > 0);
    pull.push(LATER, "");
    let plan = pull.review();
    assert_eq!((plan.review, plan.edits.len(), plan.minimize.len()), (None, count, count));
    assert!(matches!(plan.summary, Summary::Update(ref edit) if edit.body.starts_with("pychain: no findings")));
    for body in pull.bodies() {
        assert!(body.starts_with("**Fixed** in `b1b2c3d`. It was: **"), "{body}");
    }
    pull.push(HEAD, "flask\n");
    assert_eq!(new_comments(&pull.review()).len(), count, "it regressed, which is news");
    assert_eq!(pull.existing.threads.len(), 2 * count);
}

#[test]
fn a_finding_whose_file_has_another_name_is_not_called_fixed() {
    let mut pull = Pull::new("flask\n");
    pull.review();
    pull.push(LATER, "==> requirements/`base.txt <==\nflask\n");
    let plan = pull.review();
    assert_eq!(new_comments(&plan).len(), plan.edits.len());
    let old = pull.existing.threads.iter().filter(|thread| thread.path == "requirements.txt");
    for thread in old {
        let body = &thread.comment.body;
        assert!(thread.comment.minimized && body.starts_with("**Moved** to ``requirements/`base.txt`` in "), "{body}");
    }
}

#[test]
fn a_moved_finding_keeps_its_comment() {
    let mut pull = Pull::new("flask\n");
    pull.review();
    pull.push(LATER, "# a comment\n\nflask\n");
    for thread in &mut pull.existing.threads {
        thread.line = Some(3);
    }
    let plan = pull.review();
    assert_eq!(Plan { summary: Summary::Leave, ..plan }, Plan::default(), "only the summary names another line");
}

#[test]
fn what_a_person_resolved_is_not_said_again() {
    let mut pull = Pull::new(DOUBLED);
    pull.review();
    for thread in &mut pull.existing.threads {
        (thread.resolved, thread.outdated, thread.line) = (true, true, None);
    }
    pull.push(LATER, &format!("\n{DOUBLED}"));
    let plan = pull.review();
    assert_eq!(Plan { summary: Summary::Leave, ..plan }, Plan::default());
}

#[test]
fn a_marker_of_somebody_else_means_nothing() {
    let mut pull = Pull::new("flask\n");
    let plan = pull.plan();
    let spoofed: Vec<_> = plan.review.iter().flat_map(|review| &review.comments).collect();
    for new in &spoofed {
        let comment = pull.comment(&new.body, false);
        pull.existing.threads.push(Thread { comment, line: Some(1), ..Thread::default() });
    }
    let summary = pull.comment(&marker::of_summary(), false);
    pull.existing.comments.push(summary);
    assert_eq!(new_comments(&pull.review()).len(), spoofed.len());
    assert_eq!(pull.existing.comments.len(), 2);
    let theirs = pull.existing.threads.iter().filter(|thread| !thread.comment.ours);
    assert_eq!(theirs.count(), spoofed.len(), "and it stays as it is");
}

#[test]
fn what_was_said_twice_is_said_once() {
    let mut pull = Pull::new("flask\n");
    pull.review();
    let mut again = pull.existing.threads.clone();
    for thread in &mut again {
        thread.comment.id.number += 100;
    }
    let twice = again.len();
    again[0].replies = 1;
    pull.existing.threads.extend(again);
    let plan = pull.review();
    assert_eq!(plan.delete.len(), twice - 1, "the one that somebody answered stays");
    assert!(plan.delete.iter().all(|id| id.number > 100));
}

#[test]
fn a_second_summary_is_folded_away() {
    let mut pull = Pull::new("flask\n");
    pull.review();
    let mut again = pull.existing.comments[0].clone();
    again.id.number += 100;
    pull.existing.comments.push(again.clone());
    let plan = pull.plan();
    assert_eq!((plan.summary, plan.minimize), (Summary::Leave, vec![again.id]));
    pull.existing.comments[1].minimized = true;
    assert!(pull.plan().is_empty());
}

#[test]
fn a_line_that_the_diff_does_not_show_is_a_row_of_the_summary() {
    let mut pull = Pull::new("a\nb\nc\n");
    pull.patches.insert("requirements.txt".to_owned(), Patch::parse("@@ -0,0 +2 @@\n+b").expect("a patch"));
    let plan = pull.review();
    assert!(plan.review.iter().flat_map(|review| &review.comments).all(|comment| comment.line == 2));
    let Summary::Create(summary) = plan.summary else { panic!("a summary") };
    assert!(summary.contains("### Only here\n\n- **"), "{summary}");
    assert!(summary.contains("[`requirements.txt` line 3](https://github.example/o/r/blob/a1b2/requirements.txt#L3)"));
}

#[test]
fn a_comment_that_nobody_asked_for_is_in_the_summary_only() {
    let mut pull = Pull::new("a\n");
    pull.inline = false;
    let plan = pull.review();
    assert_eq!(plan.review, None);
    assert!(matches!(plan.summary, Summary::Create(_)));
}

#[test]
fn what_could_not_be_read_is_not_called_fixed() {
    let mut pull = Pull::new("flask\n");
    pull.review();
    pull.push(LATER, "");
    pull.unread.insert("requirements.txt".to_owned());
    assert!(pull.review().edits.is_empty());
    pull.unread.clear();
    pull.report.problems.push(Problem::of_file("", "all went wrong", ""));
    assert!(pull.review().edits.is_empty());
}

/// In files of ten lines each: more of a file are told together.
fn many(name: &str, count: usize) -> String {
    let file = |at: usize| if at.is_multiple_of(10) { format!("==> {at:04}.txt <==\n") } else { String::new() };
    (0..count).flat_map(|at| [file(at), format!("{name}-{at}\n")]).collect()
}

#[test]
fn more_than_fits_goes_to_the_summary_and_stays_there() {
    let mut pull = Pull::new(&many("name", 60));
    let plan = pull.review();
    assert_eq!(new_comments(&plan).len(), MAX_COMMENTS);
    pull.push(LATER, "");
    let plan = pull.plan();
    assert_eq!((plan.edits.len(), plan.waiting), (MAX_EDITS, MAX_COMMENTS - MAX_EDITS));
    pull.carry_out(&plan);
    assert_eq!(pull.review().edits.len(), MAX_COMMENTS - MAX_EDITS);
}

#[test]
fn a_summary_is_never_too_long_and_is_cut_between_rows() {
    let mut pull = Pull::new(&many("a-rather-long-name-of-a-project", 3000));
    pull.inline = false;
    let Summary::Create(summary) = pull.plan().summary else { panic!("a summary") };
    assert!(summary.len() < COMMENT_LIMIT, "{}", summary.len());
    assert!(summary.contains("- and ") && summary.trim_end().ends_with("<!-- pychain v1 summary -->"));
    assert!(summary.lines().filter(|line| line.starts_with("- **")).all(|line| line.ends_with(')')), "{summary}");
}

mod suggestions {
    use super::*;

    /// The suggestions of a review, each applied to the text by itself, with the text that comes out.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let plan = strict(text).plan();
        let mut got = Vec::new();
        for comment in plan.review.iter().flat_map(|review| &review.comments) {
            let Some(replacement) = suggested(&comment.body) else { continue };
            let first = comment.start_line.unwrap_or(comment.line);
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let before: String = lines[..first - 1].concat();
            got.push(format!("{before}{replacement}{}", lines[comment.line..].concat()));
        }
        assert_eq!(got, expected, "{:#?}", plan.review);
    }

    fn strict(text: &str) -> Pull {
        let mut pull = Pull::new(text);
        pull.report = report_by(Policy::Strict, text);
        pull
    }

    fn suggested(body: &str) -> Option<String> {
        let mut lines = body.lines().skip_while(|line| !line.trim_start_matches('`').eq("suggestion"));
        let fence = lines.next()?.strip_suffix("suggestion")?;
        Some(lines.take_while(|line| *line != fence).flat_map(|line| [line, "\n"]).collect())
    }

    #[test]
    fn a_line_that_goes_is_an_empty_block() {
        check("click==8.1.7\nclick==8.1.7\n", &["click==8.1.7\n"]);
    }

    #[test]
    fn a_line_is_replaced_as_a_whole() {
        check("--index-url http://pypi.org/simple # x\n", &["--index-url https://pypi.org/simple # x\n"]);
    }

    #[test]
    fn line_ends_of_the_file_are_no_part_of_it() {
        check("a==1\r\n--index-url http://pypi.org/simple\r\n", &["a==1\r\n--index-url https://pypi.org/simple\n"]);
        check("--index-url http://pypi.org/simple", &["--index-url https://pypi.org/simple\n"]);
    }

    #[test]
    fn several_lines_are_one_range() {
        let plan = strict("a==1 \\\n  ; python_version>'3'\na==1 \\\n  ; python_version>'3'\nb==1\n").plan();
        let comments = plan.review.iter().flat_map(|review| &review.comments);
        let with: Vec<_> = comments.filter_map(|it| Some((it.start_line, it.line, suggested(&it.body)?))).collect();
        assert_eq!(with, [(Some(3), 4, String::new())]);
    }

    #[test]
    fn no_line_is_in_two_suggestions() {
        let text = "--index-url http://pypi.org/simple # \u{200b}x\n";
        let plan = strict(text).plan();
        let comments: Vec<_> = plan.review.iter().flat_map(|review| &review.comments).collect();
        assert!(comments.len() > 1, "{comments:#?}");
        assert!(comments.iter().filter(|it| suggested(&it.body).is_some()).count() <= 1, "{comments:#?}");
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let plan = Pull::new("--index-url http://user:hunter2@pypi.org/simple\n").plan();
        assert!(plan.review.is_some() && !format!("{plan:?}").contains("hunter2"), "{plan:#?}");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let text = "--index-url http://pypi.org/simple # ``` x\n";
        let plan = Pull::new(text).plan();
        assert!(format!("{plan:?}").contains(r"````suggestion\n"), "{plan:#?}");
        check(text, &["--index-url https://pypi.org/simple # ``` x\n"]);
    }
}

/// What happens to a pull request between two runs.
#[derive(Debug, Clone)]
enum Event {
    Push(String),
    Resolve(usize),
    Outdate(usize),
    Reply(usize),
    Spoof(usize),
    Edit(usize),
    Double(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let line = proptest::sample::select(&[
        "flask\n",
        "click==8.1.7\n",
        "click==8.1.7\n",
        "--index-url http://pypi.org/simple\n",
        "# comment\n",
        "a==1 \\\n  --hash=md5:00\n",
        "b @ git+http://example.org/b\n",
        "--extra-index-url https://example.org/simple\n",
        "==\n",
        "a>=1 # \u{202e}x\n",
    ]);
    let text = proptest::collection::vec(line, 0..8).prop_map(|lines| lines.concat());
    let event = prop_oneof![
        3 => text.prop_map(Event::Push),
        1 => (0..9_usize).prop_map(Event::Resolve),
        1 => (0..9_usize).prop_map(Event::Outdate),
        1 => (0..9_usize).prop_map(Event::Reply),
        1 => (0..9_usize).prop_map(Event::Spoof),
        1 => (0..9_usize).prop_map(Event::Edit),
        1 => (0..9_usize).prop_map(Event::Double),
    ];
    proptest::collection::vec(event, 1..8)
}

fn happen(pull: &mut Pull, event: &Event) {
    let count = pull.existing.threads.len();
    let chosen = |at: &usize| (count > 0).then(|| at % count.max(1));
    match event {
        Event::Push(text) => pull.push(LATER, text),
        Event::Resolve(at) => chosen(at).into_iter().for_each(|at| pull.existing.threads[at].resolved = true),
        Event::Outdate(at) => chosen(at).into_iter().for_each(|at| {
            (pull.existing.threads[at].outdated, pull.existing.threads[at].line) = (true, None);
        }),
        Event::Reply(at) => chosen(at).into_iter().for_each(|at| pull.existing.threads[at].replies += 1),
        Event::Edit(at) => {
            if let Some(at) = chosen(at) {
                pull.existing.threads[at].comment.body.insert_str(0, "edited ");
            }
        }
        Event::Spoof(at) | Event::Double(at) => {
            let Some(at) = chosen(at) else { return };
            let mut thread = pull.existing.threads[at].clone();
            thread.comment =
                pull.comment(&thread.comment.body, thread.comment.ours && matches!(event, Event::Double(_)));
            pull.existing.threads.push(thread);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_second_run_writes_nothing(events in events()) {
        let mut pull = Pull::new("flask\n");
        pull.review();
        for event in &events {
            happen(&mut pull, event);
            let theirs: Vec<Thread> = pull.existing.threads.iter().filter(|it| !it.comment.ours).cloned().collect();
            pull.review();
            let after: Vec<Thread> = pull.existing.threads.iter().filter(|it| !it.comment.ours).cloned().collect();
            prop_assert_eq!(theirs, after, "what others wrote is left alone");
            let open: Vec<_> = pull.existing.threads.iter()
                .filter(|it| it.comment.ours && it.replies == 0)
                .filter_map(|it| match marker::parse(&it.comment.body) {
                    Some(Marker::Finding { fingerprint, fixed: false }) => Some(fingerprint),
                    _ => None,
                })
                .collect();
            let once: Set<_> = open.iter().collect();
            prop_assert_eq!(open.len(), once.len(), "each finding is told once");
            for body in pull.bodies() {
                prop_assert!(body.chars().count() <= COMMENT_LIMIT);
            }
        }
    }
}
