//! What is said of the state: to people, to screen readers, and to styles and tests.

use yew::{Callback, Html, classes, html};

use crate::browser;
use crate::components::prose::message;
use crate::components::status::count;
use crate::report::Severity;
use crate::state::{Action, State, Worker};

/// What stands above the page until it is put away.
pub(super) fn notices(state: &State, act: &Callback<Action>) -> Html {
    let put_away = act.reform(|_: yew::MouseEvent| Action::Say(None));
    let reload = Callback::from(|_| {
        if let Some(window) = browser::window() {
            let _ = window.location().reload();
        }
    });
    let undo = state.undoable().map(|_| {
        let onclick = act.reform(|_: yew::MouseEvent| Action::Undo);
        html! { <button type="button" {onclick}>{ "Undo" }</button> }
    });
    html! {
        <div class="notices">
            if state.has_update {
                <p class="notice" role="status">{ "A new version of this page is ready. " }<button type="button" onclick={reload}>{ "Reload" }</button></p>
            }
            if let Some(notice) = &state.notice {
                <p class={classes!("notice", notice.is_error.then_some("error"))} role={if notice.is_error { "alert" } else { "status" }}>
                    <span>{ message(&notice.text) }</span>{ undo }
                    <button type="button" class="close" aria-label="Put away" onclick={put_away}>{ "\u{2715}" }</button>
                </p>
            }
        </div>
    }
}

/// What a screen reader says when the findings are others; the same words are not said again.
pub(super) fn spoken(state: &State) -> String {
    let Some(report) = state.report().filter(|_| !state.is_blank()) else { return String::new() };
    let counts = report.counts();
    let parts = Severity::ALL.into_iter().filter(|severity| counts[severity.index()] > 0);
    let parts: Vec<String> =
        parts.map(|severity| format!("{} {}", counts[severity.index()], severity.name())).collect();
    let findings = count(report.findings.len(), "finding", "findings");
    if parts.is_empty() { findings } else { format!("{findings}: {}", parts.join(", ")) }
}

/// How far the audit is.
pub(super) fn data_state(state: &State) -> &'static str {
    match state.worker {
        Worker::Starting => "loading",
        Worker::Crashed(_) => "crashed",
        Worker::Idle if state.is_blank() => "idle",
        Worker::Idle if state.is_current() => "done",
        Worker::Idle | Worker::Busy => "auditing",
    }
}

/// How much is known of names.
pub(super) fn data_names(state: &State) -> &'static str {
    match (&state.names.ranked, &state.names.index) {
        (_, Some(_)) => "full",
        (Some(_), None) => "ranked",
        (None, None) => "none",
    }
}
