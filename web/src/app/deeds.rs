//! What people can have done that is no change of the state: copies, files, links, paper.

use wasm_bindgen_futures::spawn_local;
use yew::{Callback, UseStateHandle};

use crate::browser;
use crate::client::{Client, Purpose};
use crate::components::header::Deed;
use crate::hooks::THEMES;
use crate::protocol::Format;
use crate::share;
use crate::state::{Action, Notice, State};

/// Does it; `theme` is the number of the color scheme.
pub(super) fn does(deed: Deed, state: &State, act: &Callback<Action>, client: &Client, theme: &UseStateHandle<usize>) {
    match deed {
        Deed::Share => share_link(state, act),
        Deed::SaveJson => client.export(Format::Json, Purpose::Save),
        Deed::SaveSarif => client.export(Format::Sarif, Purpose::Save),
        Deed::SaveMarkdown => client.export(Format::Markdown, Purpose::Save),
        Deed::CopyMarkdown => client.export(Format::Markdown, Purpose::Copy),
        Deed::CopyText => copy(act, state.head.shown().text.to_string(), "The text is on the clipboard"),
        Deed::SaveText => {
            let file = state.head.shown();
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            let _ = browser::save(name, &file.content());
        }
        Deed::Print => _ = browser::window().map(|window| window.print()),
        Deed::Theme => theme.set((**theme + 1) % THEMES.len()),
        Deed::Keep => act.emit(Action::Keep(!state.keeps)),
        Deed::Clear => act.emit(Action::Clear),
    }
}

/// Saves, copies or gives back a report in another form.
pub(super) fn exported(act: &Callback<Action>, format: Format, purpose: Purpose, text: String) -> Option<String> {
    match purpose {
        Purpose::Show => return Some(text),
        Purpose::Copy => copy(act, text, "The report is on the clipboard, as Markdown"),
        Purpose::Save => {
            let name = match format {
                Format::Json => "pychain.json",
                Format::Sarif => "pychain.sarif",
                Format::Markdown => "pychain.md",
            };
            let _ = browser::save(name, text.as_bytes());
        }
    }
    None
}

/// Puts a text on the clipboard, and says so.
pub(super) fn copy(act: &Callback<Action>, text: String, done: &'static str) {
    let act = act.clone();
    spawn_local(async move {
        let notice = match browser::copy(&text).await {
            Ok(()) => Notice::of(done),
            Err(why) => Notice::error(format!("The browser does not allow to copy: {why}")),
        };
        act.emit(Action::Say(Some(notice)));
    });
}

fn share_link(state: &State, act: &Callback<Action>) {
    let (bytes, act) = (share::to_bytes(&state.saved()), act.clone());
    spawn_local(async move {
        let fragment = match browser::deflate(&bytes).await {
            Ok(packed) => share::fragment(&packed),
            Err(why) => Err(why),
        };
        let fragment = match fragment {
            Ok(fragment) => fragment,
            Err(why) => return act.emit(Action::Say(Some(Notice::error(why)))),
        };
        let location = browser::window().map(|window| window.location());
        let address = location.map(|it| it.origin().unwrap_or_default() + &it.pathname().unwrap_or_default());
        let link = address.unwrap_or_default() + &fragment;
        let carries = "It carries the text behind its #, which browsers never send to a server.";
        let notice = if browser::copy(&link).await.is_ok() {
            format!("A link of {} characters is on the clipboard. {carries}", link.len())
        } else {
            // Where the clipboard is closed, the address bar is not.
            if let Some(history) = browser::window().and_then(|window| window.history().ok()) {
                let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&link));
            }
            format!("The browser does not allow to copy; the link stands in the address bar instead. {carries}")
        };
        let notice = Notice::of(notice);
        act.emit(Action::Say(Some(notice)));
    });
}
