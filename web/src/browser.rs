//! The browser, as far as the page and its worker need it.

use gloo::events::EventListener;
use js_sys::{Array, Date, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, Document, FileReader, HtmlAnchorElement, HtmlElement, ProgressEvent, ReadableStream,
    ReadableStreamDefaultReader, ReadableWritablePair, Storage, Url, Window,
};

/// Where the text is kept over a reload.
pub(crate) const KEPT: &str = "pychain.files";
/// Where it is kept whether the text is kept.
pub(crate) const KEEPS: &str = "pychain.keep";
/// Where the colors are kept.
pub(crate) const THEME: &str = "pychain.theme";

/// The window; the worker has none.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// The element of an id.
pub(crate) fn element<T: wasm_bindgen::JsCast>(id: &str) -> Option<T> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Sets a `data-` attribute of the root element, for styles and tests; removes it for an empty value.
pub(crate) fn mark_root(name: &str, value: &str) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    let name = format!("data-{name}");
    let _ = if value.is_empty() { root.remove_attribute(&name) } else { root.set_attribute(&name, value) };
}

/// A function that the page's scripts left on the global object.
pub(crate) fn global_function(name: &str) -> Option<Function> {
    Reflect::get(&js_sys::global(), &name.into()).ok()?.dyn_into().ok()
}

/// Sets a property of the global object.
pub(crate) fn set_global(name: &str, value: &JsValue) {
    let _ = Reflect::set(&js_sys::global(), &name.into(), value);
}

/// A property of an object.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// An object with these properties.
pub(crate) fn object(properties: &[(&str, &JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// Waits for a promise; what it is rejected with becomes words.
pub(crate) async fn wait(promise: Promise) -> Result<JsValue, String> {
    JsFuture::from(promise).await.map_err(|error| words(&error))
}

/// What an error says.
pub(crate) fn words(error: &JsValue) -> String {
    let message = get(error, "message").and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser does not say why".to_owned())
}

/// Today in UTC, `2026-11-25`; `?date=` in the address says otherwise.
pub(crate) fn today() -> String {
    let query = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let asked = query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("date="));
    if let Some(date) = asked {
        return date.to_owned();
    }
    let now = Date::new_0();
    format!("{:04}-{:02}-{:02}", now.get_utc_full_year(), now.get_utc_month() + 1, now.get_utc_date())
}

/// Of this window and of the browser: each of two windows has its own text back, and a new one what was kept last.
fn storages() -> impl Iterator<Item = Storage> {
    let storages = window().map(|window| [window.session_storage(), window.local_storage()]);
    storages.into_iter().flatten().filter_map(|storage| storage.ok().flatten())
}

/// What is kept under a name.
pub(crate) fn kept(name: &str) -> Option<String> {
    storages().find_map(|storage| storage.get_item(name).ok()?)
}

/// Keeps a text; false where the browser has no room for it.
pub(crate) fn keep(name: &str, text: &str) -> bool {
    storages().map(|storage| storage.set_item(name, text).is_ok()).last() == Some(true)
}

/// Forgets what is kept under a name.
pub(crate) fn forget(name: &str) {
    for storage in storages() {
        let _ = storage.remove_item(name);
    }
}

/// Puts a text on the clipboard.
pub(crate) async fn copy(text: &str) -> Result<(), String> {
    let window = window().ok_or("there is no window")?;
    wait(window.navigator().clipboard().write_text(text)).await.map(|_| ())
}

/// Offers bytes as a file to save.
pub(crate) fn save(name: &str, bytes: &[u8]) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address).ok()
}

/// All bytes of a file or a part of it.
pub(crate) async fn read(blob: &Blob) -> Result<Vec<u8>, String> {
    wait(blob.array_buffer()).await.map(|buffer| Uint8Array::new(&buffer).to_vec())
}

/// All bytes of a file in a buffer of the browser's; `progress` hears which share is there.
pub(crate) async fn read_whole(blob: &Blob, progress: impl Fn(f64) + 'static) -> Result<JsValue, String> {
    let reader = FileReader::new().map_err(|error| words(&error))?;
    let heard = EventListener::new(&reader, "progress", move |event| {
        if let Some(event) = event.dyn_ref::<ProgressEvent>() {
            progress(event.loaded() / event.total());
        }
    });
    let ended = Promise::new(&mut |done, _| reader.set_onloadend(Some(&done)));
    reader.read_as_array_buffer(blob).map_err(|error| words(&error))?;
    wait(ended).await?;
    drop(heard);
    match get(&reader, "error") {
        Some(error) => Err(words(&error)),
        None => reader.result().map_err(|error| words(&error)),
    }
}

/// Packs bytes.
pub(crate) async fn deflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    collect(&through("CompressionStream", bytes)?, usize::MAX).await
}

/// Unpacks bytes, up to a limit.
pub(crate) async fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    collect(&through("DecompressionStream", bytes)?, limit).await
}

/// Bytes on their way through one of the browser's streams; without header, as in zip archives.
fn through(stream: &str, bytes: &[u8]) -> Result<ReadableStream, String> {
    let constructor = global_function(stream).ok_or("this browser is too old to pack and unpack")?;
    let stream = Reflect::construct(&constructor, &Array::of1(&"deflate-raw".into())).map_err(|error| words(&error))?;
    let end = |name: &str| get(&stream, name).ok_or("this browser is too old to pack and unpack");
    let pair = ReadableWritablePair::new(end("readable")?.unchecked_ref(), end("writable")?.unchecked_ref());
    let blob =
        Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).map_err(|error| words(&error))?;
    Ok(blob.stream().pipe_through(&pair))
}

/// All that a stream gives; more than `limit` bytes is an error.
async fn collect(stream: &ReadableStream, limit: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut chunks = Chunks::of(stream);
    while let Some(chunk) = chunks.next().await? {
        if out.len() + chunk.len() > limit {
            chunks.cancel();
            return Err("it unpacks to more than it says".to_owned());
        }
        out.extend(chunk);
    }
    Ok(out)
}

/// The chunks of a stream, one after the other.
pub(crate) struct Chunks(ReadableStreamDefaultReader);

impl Chunks {
    /// Begins to read.
    pub(crate) fn of(stream: &ReadableStream) -> Self {
        Self(stream.get_reader().unchecked_into())
    }

    /// The next chunk; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        let result = wait(self.0.read()).await?;
        if get(&result, "done").is_some_and(|done| done.is_truthy()) {
            return Ok(None);
        }
        Ok(get(&result, "value").map(|value| Uint8Array::new(&value).to_vec()))
    }

    /// Reads no more.
    pub(crate) fn cancel(&self) {
        let _ = self.0.cancel();
    }
}

/// Scrolls a box sideways where an element in it is out of sight; its places are counted from `origin`.
pub(crate) fn reveal_sideways(scroller: &HtmlElement, element: &HtmlElement, origin: i32) {
    // Where lines have numbers they cover the first of it.
    let (from, room) = (element.offset_left() - origin, scroller.client_width() * 3 / 4);
    let left = scroller.scroll_left();
    if from < left || from + element.offset_width().min(room / 4) > left + room {
        scroller.set_scroll_left(from - room / 3);
    }
}

/// Sets a style property of an element; policies allow this where they forbid `style` attributes.
pub(crate) fn style(element: &HtmlElement, name: &str, value: &str) {
    let _ = element.style().set_property(name, value);
}
