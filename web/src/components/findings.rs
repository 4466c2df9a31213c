//! The list of findings: only the rows near the visible ones exist, so that thousands cost no more than ten.

use web_sys::{HtmlElement, HtmlSelectElement, KeyboardEvent};
use yew::{
    Callback, Html, NodeRef, Properties, TargetCast as _, classes, component, html, use_effect_with, use_node_ref,
    use_state_eq,
};

use crate::browser;
use crate::components::prose::{badge, message};
use crate::report::{Finding, Severity};
use crate::shared::Shared;
use crate::state::{Action, Audited, Filter};

/// The height of a row in pixels, as the style sheet has it.
const ROW: usize = 54;
/// Rows beyond the visible ones.
const BEYOND: usize = 6;

/// What the list is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The report.
    pub(crate) audited: Shared<Audited>,
    /// Which of its findings are listed.
    pub(crate) listed: Shared<[usize]>,
    /// The one that is told in full.
    pub(crate) chosen: Option<usize>,
    /// Which are listed, and why.
    pub(crate) filter: Filter,
    /// Whether paths are of interest.
    pub(crate) has_paths: bool,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The list, with what it is filtered by.
#[component]
pub(crate) fn Findings(props: &Props) -> Html {
    let (list, sheet, rows) = (use_node_ref(), use_node_ref(), use_node_ref());
    let window = use_state_eq(|| (0, 20));
    let measure = {
        let (list, window) = (list.clone(), window.clone());
        move || {
            let Some(list) = list.cast::<HtmlElement>() else { return };
            let at = |pixels: i32| usize::try_from(pixels).unwrap_or_default() / ROW;
            let first = at(list.scroll_top()).saturating_sub(BEYOND);
            window.set((first, at(list.scroll_top()) + at(list.client_height()) + BEYOND));
        }
    };
    let onscroll = {
        let measure = measure.clone();
        Callback::from(move |_| measure())
    };
    let count = props.listed.len();
    {
        let (sheet, rows, first) = (sheet.clone(), rows.clone(), window.0);
        use_effect_with((count, first), move |(count, first)| {
            set(&sheet, "height", count * ROW);
            set_top(&rows, first * ROW);
            measure();
        });
    }
    let at = props.chosen.and_then(|chosen| props.listed.iter().position(|listed| *listed == chosen));
    {
        let list = list.clone();
        use_effect_with(at, move |at| {
            let (Some(at), Some(list)) = (at, list.cast::<HtmlElement>()) else { return };
            let top = i32::try_from(at * ROW).unwrap_or(i32::MAX);
            let row = i32::try_from(ROW).unwrap_or_default();
            let (from, height) = (list.scroll_top(), list.client_height());
            if top < from {
                list.set_scroll_top(top);
            } else if top + row > from + height {
                list.set_scroll_top(top + row - height);
            }
        });
    }
    let onkeydown = {
        let (act, chosen) = (props.act.clone(), props.chosen);
        Callback::from(move |event: KeyboardEvent| {
            let action = match event.key().as_str() {
                "ArrowDown" => Action::Step(1),
                "ArrowUp" => Action::Step(-1),
                "PageDown" => Action::Step(8),
                "PageUp" => Action::Step(-8),
                "Home" => Action::Step(isize::MIN / 2),
                "End" => Action::Step(isize::MAX / 2),
                "Enter" => match chosen {
                    Some(chosen) => Action::Choose(chosen, true),
                    None => return,
                },
                _ => return,
            };
            event.prevent_default();
            act.emit(action);
        })
    };
    let findings = &props.audited.report.findings;
    let (first, last) = (window.0.min(count), (window.1 + 1).min(count));
    let near = props.listed.get(first..last).unwrap_or_default().iter().enumerate();
    let option = |(place, number): (usize, &usize)| {
        let Some(finding) = findings.get(*number) else { return Html::default() };
        row(props, finding, *number, first + place, count)
    };
    // Only an option that exists may be named as the active one.
    let active = at.filter(|at| (first..last).contains(at)).and(props.chosen).map(|number| format!("finding-{number}"));
    html! {
        <>
            { filters(props) }
            if count == 0 {
                <p class="quiet pad">{ "No finding passes the filter." }</p>
            } else {
                <div id="findings" class="list" ref={list} role="listbox" tabindex="0" aria-label="Findings"
                    aria-activedescendant={active} {onscroll} {onkeydown}>
                    <div ref={sheet} role="presentation">
                        <div ref={rows} role="presentation">{ for near.map(option) }</div>
                    </div>
                </div>
            }
        </>
    }
}

fn row(props: &Props, finding: &Finding, number: usize, place: usize, count: usize) -> Html {
    let is_chosen = props.chosen == Some(number);
    let (to_click, to_open) = (props.act.clone(), props.act.clone());
    let onclick = Callback::from(move |_| to_click.emit(Action::Choose(number, false)));
    let ondblclick = Callback::from(move |_| to_open.emit(Action::Choose(number, true)));
    let start = finding.location.start;
    let wher = if props.has_paths {
        format!("{}:{}", finding.location.path, start.line)
    } else {
        format!("line {}", start.line)
    };
    html! {
        <div key={number} id={format!("finding-{number}")} role="option" class={classes!("row", finding.severity.name())}
            aria-selected={if is_chosen { "true" } else { "false" }} aria-posinset={(place + 1).to_string()}
            aria-setsize={count.to_string()} {onclick} {ondblclick}>
            <div class="line">
                { badge(finding.severity) }
                <span class="rule">{ &finding.rule }</span>
                if finding.fix.is_some() { <span class="tag">{ "fix" }</span> }
                <span class="where"><bdi>{ wher }</bdi></span>
            </div>
            <div class="what">{ message(&finding.message) }</div>
        </div>
    }
}

fn filters(props: &Props) -> Html {
    let counts = props.audited.report.counts();
    let toggle = |severity: Severity| {
        let (act, is_on) = (props.act.clone(), props.filter.severities[severity.index()]);
        let onclick = Callback::from(move |_| act.emit(Action::Toggle(severity)));
        let count = counts[severity.index()];
        if count == 0 {
            return Html::default();
        }
        html! {
            <button type="button" class={classes!("chip", severity.name())} {onclick}
                aria-pressed={if is_on { "true" } else { "false" }}>
                <i class="shape" aria-hidden="true"></i><b>{ count }</b>{ " " }{ severity.name() }
            </button>
        }
    };
    let onchange = {
        let act = props.act.clone();
        Callback::from(move |event: yew::Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            act.emit(Action::Only(Some(value).filter(|value| !value.is_empty())));
        })
    };
    let only = props.filter.rule.as_deref();
    let option = |(rule, count): &(String, usize)| {
        html! { <option value={rule.clone()} selected={only == Some(rule)}>{ format!("{rule} ({count})") }</option> }
    };
    html! {
        <div class="filters" role="group" aria-label="Filter">
            { for Severity::ALL.into_iter().map(toggle) }
            if props.audited.rules.len() > 1 {
                <select aria-label="Rule" {onchange}>
                    <option value="" selected={only.is_none()}>{ "all rules" }</option>
                    { for props.audited.rules.iter().map(option) }
                </select>
            }
        </div>
    }
}

fn set(node: &NodeRef, name: &str, pixels: usize) {
    if let Some(element) = node.cast::<HtmlElement>() {
        browser::style(&element, name, &format!("{pixels}px"));
    }
}

fn set_top(node: &NodeRef, pixels: usize) {
    if let Some(element) = node.cast::<HtmlElement>() {
        browser::style(&element, "transform", &format!("translateY({pixels}px)"));
    }
}
