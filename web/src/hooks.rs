//! What the page does beside showing: keeping the text, reading a link, colors.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::DragEvent;
use yew::{UseReducerHandle, hook, use_effect_with, use_state_eq};

use crate::browser;
use crate::components::printed;
use crate::intake::{self, Dropped};
use crate::share;
use crate::state::{Action, Notice, Saved, Side, State};

/// How long the text rests before it is kept.
const REST: u32 = 500;

/// Bytes that are kept; browsers have room for twice as many.
const MAX_KEPT: usize = 2_000_000;

/// The color schemes: what they are called, and what the root element is marked with.
pub(crate) const THEMES: [(&str, &str); 3] = [("system", ""), ("light", "light"), ("dark", "dark")];

/// Keeps the text in the browser while that is wanted.
#[hook]
pub(crate) fn use_keeping(state: &UseReducerHandle<State>) {
    let kept = (state.revision, state.keeps);
    let state = state.clone();
    use_effect_with(kept, move |(revision, keeps)| {
        let timer = (*revision > 0 || !*keeps).then(|| Timeout::new(REST, move || keep(&state)));
        move || drop(timer)
    });
}

fn keep(state: &UseReducerHandle<State>) {
    if !state.keeps {
        browser::forget(browser::KEPT);
        browser::keep(browser::KEEPS, "no");
        return;
    }
    browser::forget(browser::KEEPS);
    let files = state.head.list.iter().chain(&state.base.list);
    let is_small = files.map(|file| file.text.len()).sum::<usize>() <= MAX_KEPT;
    if state.is_blank() {
        browser::forget(browser::KEPT);
    } else if !is_small || !browser::keep(browser::KEPT, &state.saved().write()) {
        browser::forget(browser::KEPT);
        let words = "The browser has no room to keep this text over a reload";
        if state.notice.as_ref().is_none_or(|notice| notice.text != words) {
            state.dispatch(Action::Say(Some(Notice::of(words))));
        }
    }
}

/// Takes up what was begun, else what was kept, and what a link carries; and each link that is followed later.
#[hook]
pub(crate) fn use_restoring(state: &UseReducerHandle<State>, begun: &str) {
    let (state, begun) = (state.clone(), begun.to_owned());
    use_effect_with((), move |()| {
        if browser::kept(browser::KEEPS).as_deref() == Some("no") {
            state.dispatch(Action::Keep(false));
        }
        let kept = browser::kept(browser::KEPT).and_then(|kept| Saved::read(&kept));
        if !begun.is_empty() {
            state.dispatch(Action::Paste(Side::Head, begun));
        } else if let Some(saved) = kept {
            state.dispatch(Action::Load(saved));
        }
        // What it carries comes when it is unpacked, and in place of the rest, which can be taken back.
        follow_link(&state);
        let listener =
            browser::window().map(|window| EventListener::new(&window, "hashchange", move |_| follow_link(&state)));
        move || drop(listener)
    });
}

/// Loads the files that the address carries, if it does.
fn follow_link(state: &UseReducerHandle<State>) {
    let fragment = browser::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    if !fragment.starts_with(share::PREFIX) {
        return;
    }
    let state = state.clone();
    spawn_local(async move {
        let saved = match share::packed(&fragment) {
            Some(packed) => browser::inflate(&packed, share::MAX_UNPACKED).await.ok(),
            None => None,
        };
        match saved.and_then(|bytes| share::from_bytes(&bytes)) {
            Some(saved) => {
                state.dispatch(Action::Load(saved));
                state.dispatch(Action::Say(Some(Notice::of(
                    "Opened from a link; its text was in the address and went to no server",
                ))));
            }
            None => {
                state.dispatch(Action::Say(Some(Notice::error("The link is damaged; nothing could be read from it"))));
            }
        }
        // The text lives on in the page; an address that still carries the old one would mislead.
        if let Some(history) = browser::window().and_then(|window| window.history().ok()) {
            let path = browser::window().map(|window| window.location());
            let path = path.map(|it| it.pathname().unwrap_or_default() + &it.search().unwrap_or_default());
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", path.as_deref());
        }
    });
}

/// Listens on the window, as long as the page is there; `heard` is what it was at first.
#[hook]
pub(crate) fn use_window_event(name: &'static str, heard: impl Fn(&web_sys::Event) + 'static) {
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = browser::window()
            .map(|window| EventListener::new_with_options(&window, name, options, move |event| heard(event)));
        move || drop(listener)
    });
}

/// Hands over what is dropped on the page, and on which side; whether something hovers over it now.
#[hook]
pub(crate) fn use_dropping(take: impl Fn(Side, Vec<Dropped>) + 'static) -> bool {
    let is_dragged = use_state_eq(|| false);
    use_window_event("dragover", {
        let is_dragged = is_dragged.setter();
        move |event| {
            event.prevent_default();
            is_dragged.set(true);
        }
    });
    use_window_event("dragleave", {
        let is_dragged = is_dragged.setter();
        move |event| {
            // Where there is nothing to come into, the pointer has left the page.
            if event.dyn_ref::<DragEvent>().is_some_and(|event| event.related_target().is_none()) {
                is_dragged.set(false);
            }
        }
    });
    use_window_event("drop", {
        let is_dragged = is_dragged.setter();
        move |event| {
            event.prevent_default();
            is_dragged.set(false);
            let Some(event) = event.dyn_ref::<DragEvent>() else { return };
            let on_base = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
            let on_base = on_base.and_then(|it| it.closest(".pane.base").ok().flatten()).is_some();
            let dropped = event.data_transfer().map(|transfer| intake::dropped(&transfer)).unwrap_or_default();
            take(if on_base { Side::Base } else { Side::Head }, dropped);
        }
    });
    *is_dragged
}

/// Has what goes on paper on the page while it is printed.
#[hook]
pub(crate) fn use_printing(state: &UseReducerHandle<State>) {
    let state = state.clone();
    // A handle remembers all that it ever gave, so each look takes a new one.
    use_window_event("beforeprint", move |_| _ = printed::put(&state.clone()));
    use_window_event("afterprint", |_| printed::take_away());
}
