//! A plan as people read it: what would be written, before it is.

use std::fmt::Write as _;

use pychain_core::prose::visible;
use pychain_core::report::review::{Plan, Summary};

/// The plan. No line of it begins with what comes from the pull request.
pub(super) fn plan(plan: &Plan) -> String {
    if plan.is_empty() {
        return "nothing to write\n".to_owned();
    }
    let mut out = String::new();
    if let Some(review) = &plan.review {
        out.push_str("would post one review:\n");
        quote(&mut out, &review.body);
        for comment in &review.comments {
            let first = comment.start_line.map_or(String::new(), |start| format!("{start}-"));
            let _ = writeln!(out, "  on {} line {first}{}:", visible(&comment.path), comment.line);
            quote(&mut out, &comment.body);
        }
    }
    for edit in &plan.edits {
        let _ = writeln!(out, "would edit comment {}:", edit.id.number);
        quote(&mut out, &edit.body);
    }
    for id in &plan.minimize {
        let _ = writeln!(out, "would fold comment {} away", id.number);
    }
    for id in &plan.delete {
        let _ = writeln!(out, "would delete comment {}, which says what another one says", id.number);
    }
    match &plan.summary {
        Summary::Leave => {}
        Summary::Create(body) => {
            out.push_str("would write the summary:\n");
            quote(&mut out, body);
        }
        Summary::Update(edit) => {
            let _ = writeln!(out, "would edit the summary, comment {}:", edit.id.number);
            quote(&mut out, &edit.body);
        }
    }
    if plan.waiting > 0 {
        let _ = writeln!(out, "{} more edits would wait for the next run", plan.waiting);
    }
    out
}

fn quote(out: &mut String, text: &str) {
    for line in text.trim_end().lines() {
        let _ = writeln!(out, "    | {}", visible(line));
    }
}
