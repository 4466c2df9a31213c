//! A button with a list of things to do below it.

use gloo::events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDetailsElement, HtmlElement, Node};
use yew::{Callback, Html, NodeRef, Properties, classes, component, html, use_effect_with, use_node_ref};

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// What it says.
    pub(crate) label: String,
    /// What it means; may be empty.
    pub(crate) hint: String,
    /// What it does.
    pub(crate) act: Callback<()>,
}

impl Item {
    /// An entry of a menu.
    pub(crate) fn new(label: &str, hint: &str, act: Callback<()>) -> Self {
        Self { label: label.to_owned(), hint: hint.to_owned(), act }
    }
}

/// What a menu is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The button's words.
    pub(crate) label: String,
    /// The entries.
    pub(crate) items: Vec<Item>,
    /// Whether it opens to the left.
    #[prop_or_default]
    pub(crate) is_last: bool,
}

/// The menu.
#[component]
pub(crate) fn Menu(props: &Props) -> Html {
    let menu = use_node_ref();
    {
        let menu = menu.clone();
        // Whatever happens elsewhere closes it.
        use_effect_with((), move |()| {
            let document = crate::browser::document();
            let listeners = document.map(|document| {
                let (to_click, to_key) = (menu.clone(), menu.clone());
                let click = EventListener::new(&document, "pointerdown", move |event| {
                    let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                    let is_inside = to_click.cast::<Node>().is_some_and(|menu| menu.contains(target.as_ref()));
                    if !is_inside {
                        close(&to_click);
                    }
                });
                let key = EventListener::new(&document, "keydown", move |event| {
                    let key = event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key);
                    let Some(menu) = to_key
                        .cast::<HtmlDetailsElement>()
                        .filter(|menu| key.as_deref() == Some("Escape") && menu.open())
                    else {
                        return;
                    };
                    menu.set_open(false);
                    if let Some(button) =
                        menu.first_element_child().and_then(|child| child.dyn_into::<HtmlElement>().ok())
                    {
                        let _ = button.focus();
                    }
                });
                (click, key)
            });
            move || drop(listeners)
        });
    }
    let item = |item: &Item| {
        let (menu, act) = (menu.clone(), item.act.clone());
        let onclick = Callback::from(move |_| {
            close(&menu);
            act.emit(());
        });
        let hint = (!item.hint.is_empty()).then(|| html! { <small>{ &item.hint }</small> });
        html! { <li><button type="button" {onclick}><span>{ &item.label }</span>{ hint }</button></li> }
    };
    html! {
        <details class={classes!("menu", props.is_last.then_some("last"))} ref={menu.clone()}>
            <summary>{ &props.label }</summary>
            <ul>{ for props.items.iter().map(item) }</ul>
        </details>
    }
}

fn close(menu: &NodeRef) {
    if let Some(menu) = menu.cast::<HtmlDetailsElement>() {
        menu.set_open(false);
    }
}
