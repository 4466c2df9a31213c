//! All listed findings in full, for paper, which has room for what a window scrolls; there only while it is printed.

use yew::{Html, Properties, component, html};

use crate::components::prose::{badge, message};
use crate::shared::Shared;
use crate::state::Audited;

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The report.
    pub(crate) audited: Shared<Audited>,
    /// Which of its findings are listed.
    pub(crate) listed: Shared<[usize]>,
}

/// The findings, one after the other.
#[component]
pub(crate) fn Printed(props: &Props) -> Html {
    let findings = props.listed.iter().filter_map(|number| props.audited.report.findings.get(*number));
    html! {
        <ol id="printed">
            { for findings.map(|finding| html! {
                <li>
                    { badge(finding.severity) }
                    { " " }<bdi>{ format!("{}:{}", finding.location.path, finding.location.start.line) }</bdi>
                    { " " }<span class="rule">{ &finding.rule }</span>
                    <p>{ message(&finding.message) }</p>
                    if !finding.help.is_empty() { <p class="quiet">{ message(&finding.help) }</p> }
                </li>
            }) }
        </ol>
    }
}
