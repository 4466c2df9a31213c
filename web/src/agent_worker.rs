//! The worker in the browser: takes messages, hands them to the [`Agent`], learns names, hashes files.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{Array, Function, Object, Uint8Array};
use pychain_core::knowledge::Names as Known;
use pychain_core::knowledge::filter::NameFilter;
use pychain_core::knowledge::lines::SortedLines;
use pychain_core::knowledge::pack;
use pychain_core::knowledge::ranked::RankedNames;
use pychain_core::knowledge::remembered::Remembered;
use pychain_core::knowledge::vocabulary::Vocabulary;
use pychain_core::manual::{self, Manuals};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, SubtleCrypto};

use crate::agent::Agent;
use crate::browser::{Chunks, get, object, read_whole, wait, words};
use crate::json;
use crate::protocol::{Answer, Ask, Names, Told};

/// Bytes that the browser hashes, which wants all of them in memory; a larger file goes through our own hasher.
const AT_ONCE: f64 = 1024.0 * 1024.0 * 1024.0;

/// Listens. What the page says before is lost, so the first word is the worker's.
pub(crate) fn start(lists: Object) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let words = scope.clone();
    std::panic::set_hook(Box::new(move |info| {
        tell(&words, &Told::Panic(info.to_string()), None);
    }));
    let agent = Rc::new(RefCell::new(Agent::default()));
    let listener = {
        let (scope, agent) = (scope.clone(), agent.clone());
        EventListener::new(&scope.clone(), "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            listen(&scope, &agent, &event.data());
        })
    };
    listener.forget();
    tell(&scope, &Told::Ready, None);
    spawn_local(async move {
        let mut names = Names::default();
        let learned = learn(&scope, &agent, &lists, &mut names).await;
        if let Err(trouble) = learned {
            names.trouble = Some(trouble);
            tell(&scope, &Told::Names(names), None);
        }
    });
}

fn tell(scope: &DedicatedWorkerGlobalScope, told: &Told, report: Option<&str>) {
    let json = serde_json::to_string(told).unwrap_or_default();
    let report = report.map_or(JsValue::UNDEFINED, JsValue::from_str);
    let _ = scope.post_message(&object(&[("told", &JsValue::from_str(&json)), ("report", &report)]));
}

fn listen(scope: &DedicatedWorkerGlobalScope, agent: &Rc<RefCell<Agent>>, message: &JsValue) {
    if let Some(blob) = get(message, "hash") {
        let id = get(message, "id").and_then(|id| id.as_f64()).unwrap_or_default();
        let scope = scope.clone();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the page sends a small count")]
        let id = id as u32;
        spawn_local(async move {
            let digest = hash(&scope, id, blob.unchecked_ref()).await;
            tell(&scope, &Told::Hashed(id, digest), None);
        });
        return;
    }
    let Some(ask) = get(message, "ask").and_then(|ask| ask.as_string()) else { return };
    let Some(ask) = json::read::<Ask>(&ask) else { return };
    let contents = get(message, "contents").map(|contents| Array::from(&contents)).unwrap_or_default();
    let brought = contents.iter().map(|content| content.unchecked_into::<Uint8Array>().to_vec());
    let manuals = get(message, "manuals").and_then(|manuals| manuals.as_string()).unwrap_or_default();
    let began = now(scope);
    let manuals = manual::read(&manuals);
    let (body, report) = agent.borrow_mut().answer(&ask, brought.collect(), Manuals(&manuals));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the page is patient for half a minute"
    )]
    let milliseconds = (now(scope) - began).round() as u32;
    tell(scope, &Told::Answer(Answer { revision: ask.revision, milliseconds, body }), report.as_deref());
}

fn now(scope: &DedicatedWorkerGlobalScope) -> f64 {
    scope.performance().map(|performance| performance.now()).unwrap_or_default()
}

/// Takes what is known of names as it arrives, the ranked ones first, and tells of each.
async fn learn(
    scope: &DedicatedWorkerGlobalScope,
    agent: &Rc<RefCell<Agent>>,
    lists: &Object,
    names: &mut Names,
) -> Result<(), String> {
    let ranked = list(lists, "ranked").await?;
    let words = list(lists, "words").await?;
    let ranked = pack::from_lines(&ranked).ok().and_then(RankedNames::new);
    let ranked = ranked.ok_or("the list of popular names is damaged")?;
    names.ranked = Some((ranked.date().to_owned(), ranked.count()));
    agent.borrow_mut().knowledge.names = Some(Known {
        ranked,
        vocabulary: Vocabulary::new(words).ok_or("the list of words is damaged")?,
        index: None,
        standard_library: SortedLines::new(pychain_data::STANDARD_LIBRARY),
        imports: SortedLines::new(pychain_data::IMPORTS),
        malicious: SortedLines::new(pychain_data::MALICIOUS),
        plain: Remembered::default(),
    });
    tell(scope, &Told::Names(names.clone()), None);

    let index = NameFilter::new(list(lists, "index").await?).ok_or("the list of all names is damaged")?;
    names.index = Some((index.date().to_owned(), index.count() as usize));
    agent.borrow_mut().learn(index);
    tell(scope, &Told::Names(names.clone()), None);
    Ok(())
}

/// The bytes of a list.
async fn list(lists: &Object, name: &str) -> Result<Vec<u8>, String> {
    let fetch: Option<Function> = get(lists, name).and_then(|fetch| fetch.dyn_into().ok());
    let promise = fetch.and_then(|fetch| fetch.call0(&JsValue::NULL).ok()).ok_or("the page has no list of names")?;
    let bytes = wait(promise.unchecked_into()).await;
    bytes
        .map(|bytes| Uint8Array::new(&bytes).to_vec())
        .map_err(|why| format!("the list of names is out of reach ({why})"))
}

/// The SHA-256 of a file, as lower-case hexadecimal digits.
async fn hash(scope: &DedicatedWorkerGlobalScope, id: u32, file: &Blob) -> Result<String, String> {
    let size = file.size();
    let read = {
        let scope = scope.clone();
        move |share| tell(&scope, &Told::Hashing(id, per_cent(share)), None)
    };
    // Only a secure context has it, and a machine with little memory may refuse to read so much at once.
    if size <= AT_ONCE
        && let Some(subtle) = get(scope, "crypto").and_then(|crypto| get(&crypto, "subtle"))
        && let Ok(buffer) = read_whole(file, read).await
    {
        let subtle: SubtleCrypto = subtle.unchecked_into();
        let digest = subtle.digest_with_str_and_buffer_source("SHA-256", buffer.unchecked_ref());
        let digest = wait(digest.map_err(|error| words(&error))?).await?;
        return Ok(hexadecimal(&Uint8Array::new(&digest).to_vec()));
    }
    let mut hasher = Sha256::new();
    let mut chunks = Chunks::of(&file.stream());
    let (mut done, mut told) = (0.0, 0.0);
    while let Some(chunk) = chunks.next().await? {
        hasher.update(&chunk);
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let length = chunk.len() as f64;
        done += length;
        if done - told > 8_000_000.0 {
            told = done;
            tell(scope, &Told::Hashing(id, per_cent(done / size)), None);
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "for people")]
fn per_cent(share: f64) -> u32 {
    (share * 100.0).round() as u32
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
