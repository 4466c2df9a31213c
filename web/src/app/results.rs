//! What stands beside the text: the findings, what a change does, the review; or that there is nothing to report.

use std::rc::Rc;

use yew::{Callback, Html, html};

use crate::client::{Client, Purpose};
use crate::components::changes::{Changes, Review};
use crate::components::detail::Detail;
use crate::components::findings::Findings;
use crate::components::prose::message;
use crate::components::status::count;
use crate::protocol::{Format, What};
use crate::report::{Problem, Report};
use crate::state::{Action, Mode, State, Worker};

/// What is shown beside the text of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Findings,
    Changes,
    Review,
}

/// All of it; before the first report, that there will be one.
pub(super) fn all(
    state: &State,
    act: &Callback<Action>,
    client: &Rc<Client>,
    tab: &yew::UseStateHandle<Tab>,
    review: &yew::UseStateHandle<Option<Rc<str>>>,
) -> Html {
    let Some(audited) = &state.audited else {
        return html! { <p class="quiet pad">{ if matches!(state.worker, Worker::Crashed(_)) { "" } else { "Reading\u{2026}" } }</p> };
    };
    let compares = state.mode == Mode::Compare;
    let shown = if compares { **tab } else { Tab::Findings };
    let choice = |choice: Tab, label: String| {
        let tab = tab.clone();
        let onclick = Callback::from(move |_| tab.set(choice));
        html! { <button type="button" aria-pressed={if shown == choice { "true" } else { "false" }} {onclick}>{ label }</button> }
    };
    let tabs = compares.then(|| {
        html! {
            <div class="switch wide" role="group" aria-label="Results">
                { choice(Tab::Findings, count(audited.report.findings.len(), "finding", "findings")) }
                { choice(Tab::Changes, count(audited.report.changes.len(), "change", "changes")) }
                { choice(Tab::Review, "Review".to_owned()) }
            </div>
        }
    });
    let body = match shown {
        Tab::Findings => findings(state, act, client),
        Tab::Changes => html! { <Changes audited={audited.clone()} act={act.clone()} /> },
        Tab::Review => {
            let client = client.clone();
            let copy = Callback::from(move |()| client.export(Format::Markdown, Purpose::Copy));
            html! { <Review text={(**review).clone()} {copy} /> }
        }
    };
    html! { <>{ tabs }{ body }</> }
}

fn findings(state: &State, act: &Callback<Action>, client: &Rc<Client>) -> Html {
    let Some(audited) = &state.audited else { return Html::default() };
    let report = &audited.report;
    let problems = problems(&report.problems);
    let safe = report.safe_fixes();
    let undo = state.undoable().filter(|what| !what.is_empty()).map(|what| {
        let onclick = act.reform(|_: yew::MouseEvent| Action::Undo);
        html! { <button type="button" {onclick} title={format!("Take back: {what}")}>{ "Undo" }</button> }
    });
    let fix_all = {
        let client = client.clone();
        Callback::from(move |_| client.ask(What::Fix))
    };
    let has_paths = report.files.len() > 1;
    let bar = html! {
        if safe > 0 || undo.is_some() {
            <div class="bar">
                if safe > 0 {
                    <button type="button" class="primary" onclick={fix_all} disabled={!state.is_current()}>
                        { if safe == 1 { "Apply the safe fix".to_owned() } else { format!("Apply all {safe} safe fixes") } }
                    </button>
                }
                { undo }
            </div>
        }
    };
    if report.findings.is_empty() {
        return html! { <>{ problems }{ bar }{ calm(state, report) }</> };
    }
    html! {
        <>
            { problems }
            { bar }
            <Findings audited={audited.clone()} listed={state.listed.clone()} chosen={state.chosen} filter={state.filter.clone()} {has_paths} act={act.clone()} />
            if let Some(number) = state.chosen {
                <Detail audited={audited.clone()} {number} is_current={state.is_current()} act={act.clone()} />
            } else if !state.listed.is_empty() {
                <p class="quiet pad hint">
                    { "Choose a finding for its reasons and its fix. In the text, " }<kbd>{ "F8" }</kbd>{ " goes to the next one and " }
                    <kbd>{ "Esc" }</kbd>{ " to this list; here, " }<kbd>{ "Enter" }</kbd>{ " goes to its place." }
                    if !report.suppressed.is_empty() {
                        { " " }{ count(report.suppressed.len(), "finding is", "findings are") }{ " accepted by a comment or the configuration." }
                    }
                </p>
            }
        </>
    }
}

/// What is said of a text that nothing is wrong with.
fn calm(state: &State, report: &Report) -> Html {
    let what =
        if state.mode == Mode::Compare { "The change introduces nothing to report." } else { "Nothing to report." };
    let names = if report.lacks("names") {
        "Names are not checked yet."
    } else if report.lacks("index-names") {
        "Names are checked against the popular ones; whether all others exist is checked when the full list is there."
    } else {
        ""
    };
    let accepted = report.suppressed.len();
    html! {
        <div class="calm">
            <p class="sign" aria-hidden="true">{ "\u{2713}" }</p>
            <h2>{ what }</h2>
            if !names.is_empty() { <p class="quiet">{ names }</p> }
            if accepted > 0 { <p class="quiet">{ format!("{} accepted by a comment or the configuration.", count(accepted, "finding is", "findings are")) }</p> }
            <p class="quiet">{ "What a file does not tell, like advisories or who published a release, was not looked at." }</p>
        </div>
    }
}

fn problems(problems: &[Problem]) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    let problem = |problem: &Problem| {
        let place = match (&problem.path, problem.line) {
            (Some(path), Some(line)) => format!("{path}:{line}: "),
            (Some(path), None) => format!("{path}: "),
            _ => String::new(),
        };
        html! { <li><bdi>{ place }</bdi>{ message(&problem.message) }{ ". " }{ message(&problem.help) }</li> }
    };
    html! {
        <details class="problems" open=true>
            <summary>{ count(problems.len(), "thing could not be read", "things could not be read") }</summary>
            <ul>{ for problems.iter().take(50).map(problem) }</ul>
        </details>
    }
}
