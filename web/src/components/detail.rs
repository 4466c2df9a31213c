//! One finding in full: what is wrong, what decided it, what to do, and the fix.

use pychain_core::rules::find;
use yew::{Callback, Html, Properties, component, html};

use crate::components::prose::{badge, message};
use crate::report::{Evidence, Related};
use crate::shared::Shared;
use crate::state::{Action, Audited};

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The report.
    pub(crate) audited: Shared<Audited>,
    /// The finding's number in it.
    pub(crate) number: usize,
    /// Whether the text is still the one that was audited.
    pub(crate) is_current: bool,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The finding.
#[component]
pub(crate) fn Detail(props: &Props) -> Html {
    let Some(finding) = props.audited.report.findings.get(props.number) else { return Html::default() };
    let start = finding.location.start;
    let why = find(&finding.rule).map(|rule| rule.why).filter(|why| !why.is_empty());
    let does = |action: Action| {
        let act = props.act.clone();
        Callback::from(move |_| act.emit(action.clone()))
    };
    let evidence = |evidence: &Evidence| {
        html! { <><dt>{ evidence.label.clone() }</dt><dd>{ message(&evidence.value) }</dd></> }
    };
    let related = |related: &Related| {
        let location = &related.location;
        let onclick = does(Action::Visit(location.path.clone(), location.start, location.end));
        html! {
            <li><button type="button" class="link" {onclick}><bdi>{ format!("{}:{}", location.path, location.start.line) }</bdi></button>
                { " " }{ message(&related.label) }</li>
        }
    };
    html! {
        <section id="detail" aria-labelledby="detail-title">
            <header>
                { badge(finding.severity) }
                <span class="quiet">{ format!("{} confidence", finding.confidence) }</span>
                <button type="button" class="link where" onclick={does(Action::Choose(props.number, true))}>
                    <bdi>{ format!("{}:{}:{}", finding.location.path, start.line, start.column) }</bdi>
                </button>
            </header>
            <h2 id="detail-title">{ message(&finding.message) }</h2>
            if let Some(why) = why {
                <p class="todo"><strong>{ "Why it matters" }</strong>{ message(why) }</p>
            }
            if !finding.help.is_empty() {
                <p class="todo"><strong>{ "What to do" }</strong>{ message(&finding.help) }</p>
            }
            if let Some(fix) = &finding.fix {
                <div class="fix">
                    <button type="button" class="primary" disabled={!props.is_current} onclick={does(Action::Fix(props.number))}>{ "Apply fix" }</button>
                    <span>{ message(&fix.title) }
                        if !fix.is_safe() { <em class="quiet">{ " \u{b7} may change what is installed" }</em> }
                    </span>
                </div>
            }
            if !finding.evidence.is_empty() {
                <h3>{ "What decided it" }</h3>
                <dl>{ for finding.evidence.iter().map(evidence) }</dl>
            }
            if !finding.related.is_empty() {
                <h3>{ "See also" }</h3>
                <ul class="plain">{ for finding.related.iter().map(related) }</ul>
            }
            <p class="more"><button type="button" id="open-manual" class="link" onclick={does(Action::OpenManual(finding.rule.clone()))}>
                { "Manual of " }<code>{ &finding.rule }</code></button></p>
        </section>
    }
}
