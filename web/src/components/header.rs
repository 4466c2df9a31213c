//! The top of the page: what it is, what it does with the files, and what can be done with the report.

use yew::{Callback, Html, Properties, component, html};

use crate::components::menu::{Item, Menu};
use crate::examples::{EXAMPLES, Example};
use crate::state::Mode;

/// What somebody wants done that is no change of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A link on the clipboard.
    Share,
    /// The report as a JSON file.
    SaveJson,
    /// The report as a SARIF file.
    SaveSarif,
    /// The report as a Markdown file.
    SaveMarkdown,
    /// The report as Markdown on the clipboard.
    CopyMarkdown,
    /// The text of the file that is shown on the clipboard.
    CopyText,
    /// The file that is shown as a file.
    SaveText,
    /// The page on paper.
    Print,
    /// The next of the color schemes.
    Theme,
    /// Keep the text over a reload, or keep it no more.
    Keep,
    /// Put everything away.
    Clear,
}

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Audit or compare.
    pub(crate) mode: Mode,
    /// Whether there is nothing to export.
    pub(crate) is_blank: bool,
    /// The name of the color scheme.
    pub(crate) theme: &'static str,
    /// Whether the text is kept over a reload.
    pub(crate) keeps: bool,
    /// Chooses what is done with the files.
    pub(crate) set_mode: Callback<Mode>,
    /// Loads an example.
    pub(crate) load: Callback<&'static Example>,
    /// Does something.
    pub(crate) deed: Callback<Deed>,
}

/// The header.
#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let mode = |mode: Mode, label: &'static str| {
        let onclick = props.set_mode.reform(move |_: yew::MouseEvent| mode);
        html! { <button type="button" aria-pressed={if props.mode == mode { "true" } else { "false" }} {onclick}>{ label }</button> }
    };
    let deed = |label: &str, hint: &str, deed: Deed| Item::new(label, hint, props.deed.reform(move |()| deed));
    let examples =
        EXAMPLES.iter().map(|example| Item::new(example.title, example.lesson, props.load.reform(move |()| example)));
    let mut more = Vec::new();
    if !props.is_blank {
        more.push(deed("Share link", "the text travels in the address, to no server", Deed::Share));
        more.push(deed("Copy the text", "", Deed::CopyText));
        more.push(deed("Save the text", "as a file", Deed::SaveText));
        more.push(deed("Copy report", "Markdown, for a comment", Deed::CopyMarkdown));
        more.push(deed("Save report, JSON", "as the command line writes it", Deed::SaveJson));
        more.push(deed("Save report, SARIF", "for code scanning", Deed::SaveSarif));
        more.push(deed("Save report, Markdown", "", Deed::SaveMarkdown));
        more.push(deed("Print", "", Deed::Print));
    }
    let keep = if props.keeps {
        ("Forget on reload", "the text is kept in this browser")
    } else {
        ("Keep over reload", "the text is not kept")
    };
    more.push(deed(keep.0, keep.1, Deed::Keep));
    more.push(deed(&format!("Colors: {}", props.theme), "switch between system, light and dark", Deed::Theme));
    more.push(deed("Clear everything", "", Deed::Clear));
    let share = props.deed.reform(|_: yew::MouseEvent| Deed::Share);
    html! {
        <header class="top">
            <h1><a href="./">{ "pychain" }</a></h1>
            <p class="tagline">{ "Is this dependency file safe to install from? " }<b>{ "Nothing leaves this browser." }</b></p>
            <span class="grow"></span>
            <div class="switch" role="group" aria-label="Mode">{ mode(Mode::Audit, "Audit") }{ mode(Mode::Compare, "Compare") }</div>
            <Menu label="Examples" items={examples.collect::<Vec<_>>()} />
            <button type="button" class="share" onclick={share} disabled={props.is_blank}>{ "Share" }</button>
            <Menu label="More" items={more} is_last=true />
        </header>
    }
}
