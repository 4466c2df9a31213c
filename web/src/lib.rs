//! The page: paste dependency files, and know. The same core as the command line, in a worker of the browser.
//!
//! `state`, `highlight`, `agent` and their like are plain Rust with tests; `components`, `client` and `worker` touch the browser.

pub mod agent;
mod agent_worker;
mod app;
mod browser;
mod client;
mod components;
pub mod customary;
pub mod examples;
pub mod highlight;
mod hooks;
mod intake;
mod json;
pub mod kind;
pub mod lines;
pub mod markdown;
mod matching;
pub mod protocol;
pub mod report;
pub mod repository;
pub mod share;
pub mod shared;
pub mod state;
pub mod zip;

use wasm_bindgen::prelude::wasm_bindgen;

/// Shows the page in the element `app`. `spawn` takes nothing and gives a new `Worker` that runs [`worker`], `manuals`
/// promises the text of all manuals.
#[wasm_bindgen]
pub fn page(spawn: js_sys::Function, manuals: js_sys::Function) {
    let Some(root) = browser::element("app") else { return };
    // Somebody may have begun before the program was there.
    let field = browser::element::<web_sys::HtmlTextAreaElement>("editor");
    let begun = field.map(|field| field.value()).unwrap_or_default();
    let is_focused =
        browser::document().and_then(|document| document.active_element()).is_some_and(|at| at.id() == "editor");
    yew::Renderer::<app::App>::with_root_and_props(root, app::Props { spawn, manuals, begun, is_focused }).render();
}

/// Listens as the page's worker. `lists` has functions that promise bytes: `ranked`, `words` and `index`.
#[wasm_bindgen]
pub fn worker(lists: js_sys::Object) {
    agent_worker::start(lists);
}
