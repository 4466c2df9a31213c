//! The manual of a rule, beside the text.

use web_sys::{HtmlElement, KeyboardEvent};
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

use crate::browser;
use crate::components::prose;
use crate::state::{Action, Manual};

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The page.
    pub(crate) manual: Manual,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The panel.
#[component]
pub(crate) fn Panel(props: &Props) -> Html {
    let panel = use_node_ref();
    {
        let panel = panel.clone();
        use_effect_with(props.manual.rule.clone(), move |_| {
            if let Some(panel) = panel.cast::<HtmlElement>() {
                let _ = panel.focus();
                panel.set_scroll_top(0);
            }
            // The keyboard goes back to where it came from.
            || {
                if let Some(button) = browser::element::<HtmlElement>("open-manual") {
                    let _ = button.focus();
                }
            }
        });
    }
    let close = props.act.reform(|()| Action::CloseManual);
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close.emit(());
            }
        })
    };
    let onclick = Callback::from(move |_| close.emit(()));
    let rule = props.manual.rule.clone();
    let again = props.act.reform(move |_| Action::OpenManual(rule.clone()));
    html! {
        <section id="manual" ref={panel} tabindex="-1" aria-labelledby="manual-title" {onkeydown}>
            <header>
                <h2 id="manual-title"><code>{ &props.manual.rule }</code></h2>
                <button type="button" class="close" aria-label="Close the manual" {onclick}>{ "\u{2715}" }</button>
            </header>
            <div class="prose">
                {
                    match &props.manual.text {
                        None => html! { <p class="quiet">{ "Loading\u{2026}" }</p> },
                        Some(Ok(text)) => prose::manual(text),
                        Some(Err(why)) => html! {
                            <>
                                <p role="alert">{ why }</p>
                                <p><button type="button" onclick={again}>{ "Try again" }</button></p>
                            </>
                        },
                    }
                }
            </div>
        </section>
    }
}
