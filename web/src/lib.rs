//! The page: the editor in the window, the audit in a worker, one program for both.
//!
//! `static/main.js` calls [`page`] with what starts a worker, `static/worker.js` calls [`worker`].

use js_sys::Function;
use pychain_core::audit::{Request, audit};
use pychain_core::config::Config;
use pychain_core::knowledge::Knowledge;
use pychain_core::report::json;
use pychain_core::tree::{Loader, Role};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, HtmlTextAreaElement, MessageEvent, Worker};

/// Starts the page. `spawn` takes nothing and gives a new `Worker` that runs [`worker`].
///
/// # Errors
///
/// Those of the browser.
#[wasm_bindgen]
pub fn page(spawn: &Function) -> Result<(), JsValue> {
    let worker: Worker = spawn.call0(&JsValue::NULL)?.dyn_into()?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
    let editor: HtmlTextAreaElement = document.get_element_by_id("editor").ok_or("no editor")?.dyn_into()?;
    let findings = document.get_element_by_id("findings").ok_or("no findings")?;
    let show = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        findings.set_text_content(event.data().as_string().as_deref());
    });
    worker.set_onmessage(Some(show.into_js_value().unchecked_ref()));
    let source = editor.clone();
    let send = Closure::<dyn Fn()>::new(move || {
        let _ = worker.post_message(&source.value().into());
    });
    editor.add_event_listener_with_callback("input", send.into_js_value().unchecked_ref())
}

/// Answers each text with its report. `facts` has functions that promise bytes: `ranked`, `words`, `index`.
///
/// # Errors
///
/// Those of the browser.
#[wasm_bindgen]
pub fn worker(_facts: &js_sys::Object) -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let answer = scope.clone();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        let _ = answer.post_message(&report(text).into());
    });
    scope.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    Ok(())
}

fn report(text: String) -> String {
    let mut loader = Loader::new();
    loader.root("requirements.txt", text.into_bytes(), Role::Requirements);
    let report = audit(&Request {
        head: &loader.finish(),
        base: None,
        config: &Config::default(),
        head_config: None,
        workflows: &[],
        knowledge: &Knowledge::default(),
        as_of: None,
    });
    json::to_string(&report)
}
