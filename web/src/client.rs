//! The page's side of the worker: asks it, restarts it when it falls over, drops what is stale.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::{Array, Date, Function, Uint8Array};
use pychain_core::manual::{self, Manuals};
use pychain_core::order::Set;
use pychain_core::rules::find;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent, Worker};
use yew::{Callback, UseReducerHandle};

use crate::browser::{self, get, object};
use crate::json;
use crate::protocol::{Body, Format, Told, What};
use crate::report::Report;
use crate::state::{Action, DropStage, Dropped, Notice, State};

/// The longest that the page waits for another key before it asks, in milliseconds.
const DEBOUNCE: f64 = 120.0;
/// How long the worker may think; beyond it something is wrong.
const PATIENCE: u32 = 30_000;

/// What is to be done with an exported report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Save it as a file.
    Save,
    /// Put it on the clipboard.
    Copy,
    /// Show it.
    Show,
}

/// The worker, as the page has it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client(Rc<Inner>);

struct Inner {
    spawn: Function,
    manuals: Function,
    state: UseReducerHandle<State>,
    exported: Callback<(Format, Purpose, String)>,
    link: RefCell<Link>,
}

#[derive(Default)]
struct Link {
    worker: Option<Worker>,
    listeners: Vec<EventListener>,
    is_ready: bool,
    /// Contents that the worker has.
    knows: Set<u32>,
    /// Whether an audit is on its way, and whether another one is wanted after it.
    is_busy: bool,
    again: bool,
    /// When the text was changed last, in milliseconds of the clock.
    changed: f64,
    delay: Option<Timeout>,
    patience: Option<Timeout>,
    purposes: VecDeque<Purpose>,
    /// Dropped files with their numbers, to be told of again when the worker has hashed them.
    drops: Vec<Dropped>,
    last_drop: u32,
}

impl Client {
    /// Starts the worker once the page stands, which takes long enough by itself; `spawn` makes one, and `manuals`
    /// promises the text of all manuals.
    pub(crate) fn new(
        spawn: Function,
        manuals: Function,
        state: UseReducerHandle<State>,
        exported: Callback<(Format, Purpose, String)>,
    ) -> Self {
        let client = Self(Rc::new(Inner { spawn, manuals, state, exported, link: RefCell::default() }));
        let later = client.clone();
        Timeout::new(0, move || later.start()).forget();
        client
    }

    /// The state as it is. A handle remembers all that it ever gave, so each look takes a new one.
    fn state(&self) -> UseReducerHandle<State> {
        self.0.state.clone()
    }

    fn act(&self, action: Action) {
        self.0.state.dispatch(action);
    }

    fn start(&self) {
        let made = self.0.spawn.call0(&JsValue::NULL).ok();
        let Some(worker) = made.and_then(|worker| worker.dyn_into::<Worker>().ok()) else {
            self.act(Action::Crashed("the browser does not start a worker".to_owned()));
            return;
        };
        let (to_told, to_failed) = (self.clone(), self.clone());
        let told = EventListener::new(&worker, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                to_told.take(&event.data());
            }
        });
        let failed = EventListener::new(&worker, "error", move |event| {
            let message = get(event, "message").and_then(|message| message.as_string());
            to_failed.crashed(&message.unwrap_or_else(|| "the worker cannot be loaded".to_owned()));
        });
        let mut link = self.0.link.borrow_mut();
        link.listeners = vec![told, failed];
        link.worker = Some(worker);
        link.is_ready = false;
        link.is_busy = false;
        link.knows.clear();
        link.purposes.clear();
    }

    /// Puts a fallen worker away and starts another one. The text is the page's and stays.
    fn crashed(&self, why: &str) {
        let old = {
            let mut link = self.0.link.borrow_mut();
            link.patience = None;
            (link.worker.take(), std::mem::take(&mut link.listeners))
        };
        let Some(worker) = old.0 else { return };
        worker.terminate();
        self.act(Action::Crashed(why.to_owned()));
        // The listeners go later: one of them may be what is running.
        let client = self.clone();
        Timeout::new(0, move || {
            drop(old.1);
            client.start();
        })
        .forget();
    }

    /// Asks for an audit: at once after a pause, else when no more keys come.
    pub(crate) fn audit_soon(&self) {
        let now = Date::now();
        let since = now - std::mem::replace(&mut self.0.link.borrow_mut().changed, now);
        // What is answered within a frame need not wait for a pause: an answer that is late is dropped.
        let last = self.state().audited.as_ref().map_or(0.0, |audited| f64::from(audited.milliseconds));
        let wait = (last * 4.0 - 40.0).clamp(0.0, DEBOUNCE);
        if wait < 1.0 || since > 2.0 * DEBOUNCE {
            self.audit();
            return;
        }
        let client = self.clone();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two small numbers")]
        let delay = Timeout::new(wait as u32, move || client.audit());
        self.0.link.borrow_mut().delay = Some(delay);
    }

    /// Asks for an audit now, or after the one that is on its way.
    pub(crate) fn audit(&self) {
        {
            let mut link = self.0.link.borrow_mut();
            link.delay = None;
            link.again = link.is_busy;
            if !link.is_ready || link.is_busy {
                return;
            }
        }
        let state = self.state();
        if state.is_current() || matches!(state.worker, crate::state::Worker::Crashed(_)) {
            return;
        }
        self.0.link.borrow_mut().is_busy = true;
        self.ask(What::Audit);
        self.act(Action::Asked);
    }

    /// Asks something about the files as they are.
    pub(crate) fn ask(&self, what: What) {
        self.ask_with(what, &JsValue::UNDEFINED);
    }

    /// The same, with the manuals.
    fn ask_with(&self, what: What, manuals: &JsValue) {
        let mut link = self.0.link.borrow_mut();
        let state = self.state();
        let (ask, files) = state.ask(what, &browser::today(), |version| link.knows.contains(&version));
        let contents = Array::new();
        for file in files {
            contents.push(&Uint8Array::from(&*file.content()));
        }
        let json = serde_json::to_string(&ask).unwrap_or_default();
        let Some(worker) = &link.worker else { return };
        let question = [("ask", &JsValue::from_str(&json)), ("contents", &contents), ("manuals", manuals)];
        let _ = worker.post_message(&object(&question));
        // The worker forgets what a question does not name.
        link.knows = ask.head.iter().chain(ask.base.iter().flatten()).map(|file| file.version).collect::<Set<_>>();
        let client = self.clone();
        let patience = Timeout::new(PATIENCE, move || client.crashed("it thought for more than 30 seconds"));
        link.patience = Some(patience);
    }

    /// Asks for the report in another form.
    pub(crate) fn export(&self, format: Format, purpose: Purpose) {
        let client = self.clone();
        spawn_local(async move {
            let manuals = match format {
                Format::Json => Ok(JsValue::UNDEFINED),
                Format::Sarif | Format::Markdown => client.manuals().await,
            };
            match manuals {
                Ok(manuals) => {
                    client.0.link.borrow_mut().purposes.push_back(purpose);
                    client.ask_with(What::Export(format), &manuals);
                }
                Err(why) => client.act(Action::Say(Some(Notice::error(why)))),
            }
        });
    }

    /// Fetches the manual of a rule.
    pub(crate) fn explain(&self, rule: String) {
        let client = self.clone();
        spawn_local(async move {
            let page = client.manuals().await.map(|manuals| {
                let manuals = manuals.as_string().unwrap_or_default();
                let page = find(&rule).map(|rule| Manuals(&manual::read(&manuals)).page(rule));
                page.unwrap_or_default().into()
            });
            client.act(Action::Explained(rule, page));
        });
    }

    /// The text of all manuals.
    async fn manuals(&self) -> Result<JsValue, String> {
        let promise = self.0.manuals.call0(&JsValue::NULL).map_err(|error| browser::words(&error))?;
        let text = browser::wait(promise.unchecked_into()).await;
        text.map_err(|why| format!("The manuals of the rules cannot be fetched: {why}"))
    }

    /// Hashes a dropped file and looks for it in the files.
    pub(crate) fn hash(&self, file: &File) {
        let dropped = {
            let mut link = self.0.link.borrow_mut();
            link.last_drop += 1;
            let id = link.last_drop;
            let dropped = Dropped { id, name: file.name(), size: file.size(), stage: DropStage::Hashing(None) };
            link.drops.push(dropped.clone());
            if let Some(worker) = &link.worker {
                let _ = worker.post_message(&object(&[("hash", file), ("id", &JsValue::from_f64(id.into()))]));
            }
            dropped
        };
        self.act(Action::Drop(dropped));
    }

    fn take(&self, message: &JsValue) {
        let told = get(message, "told").and_then(|told| told.as_string());
        let Some(told) = told.and_then(|told| json::read::<Told>(&told)) else { return };
        match told {
            Told::Ready => {
                self.0.link.borrow_mut().is_ready = true;
                self.act(Action::Started);
                self.audit();
            }
            Told::Names(names) => self.act(Action::Learned(names)),
            Told::Panic(why) => self.crashed(&why),
            Told::Hashing(id, share) => self.dropped(id, DropStage::Hashing(Some(share))),
            Told::Hashed(id, Ok(sha256)) => {
                self.dropped(id, DropStage::Hashed(sha256.clone()));
                let name = self.0.link.borrow().drops.iter().find(|drop| drop.id == id).map(|drop| drop.name.clone());
                if let Some(name) = name {
                    self.ask(What::Match { name, sha256 });
                }
            }
            Told::Hashed(id, Err(why)) => self.dropped(id, DropStage::Failed(why)),
            Told::Answer(answer) => {
                self.0.link.borrow_mut().patience = None;
                match answer.body {
                    Body::Audit(summary) => {
                        let json = get(message, "report").unwrap_or_default();
                        browser::set_global("pychainReport", &json);
                        let report = json.as_string().and_then(|json| Report::read(&json));
                        // What cannot be read is never nothing to report.
                        let Some(report) = report else {
                            return self.crashed("the page does not understand the report");
                        };
                        self.0.link.borrow_mut().is_busy = false;
                        let told = Box::new((report, summary));
                        self.act(Action::Reported(answer.revision, told, answer.milliseconds));
                        let again = std::mem::take(&mut self.0.link.borrow_mut().again);
                        if again {
                            self.audit();
                        }
                    }
                    Body::Export(format, text) => {
                        let purpose = self.0.link.borrow_mut().purposes.pop_front();
                        self.0.exported.emit((format, purpose.unwrap_or(Purpose::Show), text));
                    }
                    body => self.act(Action::Answered(answer.revision, body)),
                }
            }
        }
    }

    fn dropped(&self, id: u32, stage: DropStage) {
        let dropped = self.0.link.borrow().drops.iter().find(|drop| drop.id == id).cloned();
        if let Some(dropped) = dropped {
            self.act(Action::Drop(Dropped { stage, ..dropped }));
        }
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
