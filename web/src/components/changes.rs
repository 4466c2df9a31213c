//! What a change does, as a table, and the review of it to copy.

use std::rc::Rc;

use pychain_core::prose::visible;
use yew::{Callback, Html, Properties, classes, component, html};

use crate::components::status::count;
use crate::report::{Change, Position, Standing};
use crate::shared::Shared;
use crate::state::{Action, Audited};

/// Rows that are shown; more nobody reads.
const MAX_ROWS: usize = 1000;
/// Versions, extras or groups that are shown of one project.
const MAX_VALUES: usize = 4;

/// What the table is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The report with what changes.
    pub(crate) audited: Shared<Audited>,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The table.
#[component]
pub(crate) fn Changes(props: &Props) -> Html {
    let changes = &props.audited.report.changes;
    if changes.is_empty() {
        return html! { <p class="quiet pad">{ "The change does nothing to any project." }</p> };
    }
    let more = changes.len().saturating_sub(MAX_ROWS);
    html! {
        <div class="scroll" tabindex="0" role="group" aria-label="Changes">
            <table class="changes">
                <thead><tr><th scope="col">{ "Project" }</th><th scope="col">{ "Before" }</th><th scope="col">{ "After" }</th></tr></thead>
                <tbody>{ for changes.iter().take(MAX_ROWS).map(|change| row(props, change)) }</tbody>
            </table>
            if more > 0 { <p class="quiet pad">{ format!("{more} more changes are not shown.") }</p> }
        </div>
    }
}

fn row(props: &Props, change: &Change) -> Html {
    let name = visible(&change.project).into_owned();
    // Only the head has lines to go to.
    let name = match change.places.iter().find(|place| !place.in_base) {
        None => html! { <bdi>{ name }</bdi> },
        Some(place) => {
            let (act, path, at) = (props.act.clone(), place.path.clone(), Position { line: place.line, column: 1 });
            let onclick = Callback::from(move |_| act.emit(Action::Visit(path.clone(), at, at)));
            let title = format!("{}:{}", place.path, place.line);
            html! { <button type="button" class="link" {onclick} {title}><bdi>{ name }</bdi></button> }
        }
    };
    let tag = |kind: &String| html! { <span class={classes!("tag", kind.clone())}>{ kind.clone() }</span> };
    let mut notes = Vec::new();
    match (change.direct, change.path.as_slice()) {
        (Some(false), []) => notes.push("not asked for".to_owned()),
        (Some(false), path) => notes.push(format!("through {}", shorten(path, " \u{2192} "))),
        _ => {}
    }
    if let Some(days) = change.age_days {
        notes.push(if days < 0 { "from the future".to_owned() } else { format!("{days} days old") });
    }
    let hashes =
        |number: usize, what: &str| (number > 0).then(|| format!("{} {what}", count(number, "hash", "hashes")));
    html! {
        <tr>
            <th scope="row">{ name }<div>{ for change.kinds.iter().map(tag) }</div>
                if !notes.is_empty() { <small>{ visible(&notes.join(", ")).into_owned() }</small> }</th>
            <td class="before">{ standing(change, change.before.as_ref(), hashes(change.hashes.removed, "gone")) }</td>
            <td class="after">{ standing(change, change.after.as_ref(), hashes(change.hashes.added, "new")) }</td>
        </tr>
    }
}

/// One side: its versions, and of the rest what differs.
fn standing(change: &Change, side: Option<&Standing>, hashes: Option<String>) -> Html {
    let Some(side) = side else { return html! { <span class="quiet">{ "\u{2013}" }</span> } };
    let differs = |of: fn(&Standing) -> Option<String>| {
        let (before, after) = (change.before.as_ref().and_then(of), change.after.as_ref().and_then(of));
        of(side).filter(|_| before != after)
    };
    let parts = [
        differs(|it| it.source.as_ref().map(|source| format!("from {source}"))),
        differs(|it| (!it.markers.is_empty()).then(|| shorten(&it.markers, " or "))),
        differs(|it| (!it.extras.is_empty()).then(|| format!("[{}]", shorten(&it.extras, ", ")))),
        differs(|it| (!it.groups.is_empty()).then(|| format!("in {}", shorten(&it.groups, ", ")))),
        hashes,
    ];
    let version = shorten(&side.versions, ", ");
    html! {
        <>
            <bdi>{ if version.is_empty() { "any version".to_owned() } else { visible(&version).into_owned() } }</bdi>
            { for parts.into_iter().flatten().map(|part| html! { <small>{ visible(&part).into_owned() }</small> }) }
        </>
    }
}

fn shorten(values: &[String], between: &str) -> String {
    let mut out = values.iter().take(MAX_VALUES).map(String::as_str).collect::<Vec<_>>().join(between);
    if values.len() > MAX_VALUES {
        out.extend([" and ", &(values.len() - MAX_VALUES).to_string(), " more"]);
    }
    out
}

/// What the review is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct ReviewProps {
    /// Markdown; none while it is on its way.
    pub(crate) text: Option<Rc<str>>,
    /// Copies it.
    pub(crate) copy: Callback<()>,
}

/// The review.
#[component]
pub(crate) fn Review(props: &ReviewProps) -> Html {
    let onclick = props.copy.reform(|_| ());
    html! {
        <div class="review">
            <p><button type="button" class="primary" {onclick}>{ "Copy Markdown" }</button>
                <span class="quiet">{ "For a comment on the pull request." }</span></p>
            <pre tabindex="0" aria-label="Review as Markdown">{ props.text.as_deref().unwrap_or("\u{2026}").to_owned() }</pre>
        </div>
    }
}
