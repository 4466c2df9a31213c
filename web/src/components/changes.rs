//! What a change does, as a table, and the review of it to copy.

use std::rc::Rc;

use pychain_core::prose::visible;
use yew::{Callback, Html, Properties, classes, component, html};

use crate::protocol::Row;
use crate::shared::Shared;
use crate::state::Audited;

/// Rows that are shown; more nobody reads.
const MAX_ROWS: usize = 1000;

/// What the table is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The report with what changes.
    pub(crate) audited: Shared<Audited>,
}

/// The table.
#[component]
pub(crate) fn Changes(props: &Props) -> Html {
    let rows = &props.audited.summary.rows;
    if rows.is_empty() {
        return html! { <p class="quiet pad">{ "No requirement and no locked package differs." }</p> };
    }
    let several = rows.iter().any(|row| row.path != rows[0].path);
    let row = |row: &Row| {
        html! {
            <tr class={classes!(row.change.name())}>
                <th scope="row"><bdi>{ visible(&row.name).into_owned() }</bdi>
                    <span class="tag">{ row.change.name() }</span>
                    if several { <small>{ visible(&row.path).into_owned() }</small> }</th>
                <td class="before"><bdi>{ visible(&row.before).into_owned() }</bdi></td>
                <td class="after"><bdi>{ visible(&row.after).into_owned() }</bdi></td>
            </tr>
        }
    };
    let more = rows.len().saturating_sub(MAX_ROWS);
    html! {
        <div class="scroll" tabindex="0" role="group" aria-label="Changes">
            <table class="changes">
                <thead><tr><th scope="col">{ "Project" }</th><th scope="col">{ "Before" }</th><th scope="col">{ "After" }</th></tr></thead>
                <tbody>{ for rows.iter().take(MAX_ROWS).map(row) }</tbody>
            </table>
            if more > 0 { <p class="quiet pad">{ format!("{more} more changes are not shown.") }</p> }
        </div>
    }
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
