//! The page: its state, its worker, and where each part stands.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::{
    Callback, Html, Properties, Reducible, TargetCast as _, classes, component, html, use_callback, use_effect_with,
    use_memo, use_node_ref, use_reducer, use_state_eq,
};

use crate::browser;
use crate::client::{Client, Purpose};
use crate::components::drops::Drops;
use crate::components::header::Header;
use crate::components::manual::Panel;
use crate::components::pane::Pane;
use crate::components::status::Status;
use crate::components::welcome::Welcome;
use crate::examples::Example;
use crate::hooks::{THEMES, use_dropping, use_keeping, use_printing, use_restoring, use_window_event};
use crate::intake::{self, Dropped};
use crate::protocol::{Format, What};
use crate::state::{Action, DropStage, Mode, Notice, Side, State};
use results::Tab;

mod deeds;
mod results;
mod said;

/// How long good news stays.
const NOTICE: u32 = 10_000;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

/// What the page is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Makes a worker.
    pub(crate) spawn: Function,
    /// Promises the text of all manuals.
    pub(crate) manuals: Function,
    /// What stood in the text field before.
    pub(crate) begun: String,
    /// Whether the text field had the keyboard.
    pub(crate) is_focused: bool,
}

/// The page.
#[component]
pub(crate) fn App(props: &Props) -> Html {
    let state = use_reducer(State::default);
    let review = use_state_eq(|| None::<Rc<str>>);
    let tab = use_state_eq(|| Tab::Findings);
    let theme = use_state_eq(|| {
        let kept = browser::kept(browser::THEME).unwrap_or_default();
        THEMES.iter().position(|(_, mark)| *mark == kept).unwrap_or_default()
    });
    let opened = use_state_eq(|| Side::Head);
    let dialog = use_node_ref();

    let act = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let client = {
        let (spawn, manuals) = (props.spawn.clone(), props.manuals.clone());
        let (state, act, review) = (state.clone(), act.clone(), review.setter());
        use_memo((), move |()| {
            let exported = Callback::from(move |(format, purpose, text): (Format, Purpose, String)| {
                if let Some(shown) = deeds::exported(&act, format, purpose, text) {
                    review.set(Some(shown.into()));
                }
            });
            Client::new(spawn, manuals, state, exported)
        })
    };
    use_restoring(&state, &props.begun);
    use_effect_with(props.is_focused, |is_focused| {
        if let Some(field) = browser::element::<web_sys::HtmlElement>("editor").filter(|_| *is_focused) {
            let _ = field.focus();
        }
    });
    use_keeping(&state);
    {
        let client = client.clone();
        use_effect_with(state.revision, move |revision| {
            if *revision > 0 {
                client.audit_soon();
            }
        });
    }
    // Whatever was dropped is looked for again when the files are others.
    {
        let (client, state) = (client.clone(), state.clone());
        use_effect_with(state.is_current().then_some(state.revision), move |current| {
            if current.is_none() {
                return;
            }
            for drop in state.drops.iter() {
                if let DropStage::Matched(matched) = &drop.stage {
                    client.ask(What::Match { name: matched.name.clone(), sha256: matched.sha256.clone() });
                }
            }
        });
    }
    {
        let (client, wanted) =
            (client.clone(), state.manual.as_ref().filter(|it| it.text.is_none()).map(|it| it.rule.clone()));
        use_effect_with(wanted, move |wanted| {
            if let Some(rule) = wanted {
                client.explain(rule.clone());
            }
        });
    }
    {
        let client = client.clone();
        let wanted =
            (*tab == Tab::Review && state.mode == Mode::Compare && state.is_current()).then_some(state.revision);
        use_effect_with(wanted, move |wanted| {
            if wanted.is_some() {
                client.export(Format::Markdown, Purpose::Show);
            }
        });
    }
    use_effect_with((said::data_state(&state), said::data_names(&state)), |(state, names)| {
        browser::mark_root("state", state);
        browser::mark_root("names", names);
    });
    {
        let act = act.clone();
        use_effect_with(state.notice.clone(), move |notice| {
            let passes = notice.as_ref().is_some_and(|notice| !notice.is_error);
            let timer = passes.then(|| Timeout::new(NOTICE, move || act.emit(Action::Say(None))));
            move || drop(timer)
        });
    }
    use_effect_with(*theme, |theme| {
        let (_, mark) = THEMES[*theme];
        browser::mark_root("theme", mark);
        if mark.is_empty() { browser::forget(browser::THEME) } else { _ = browser::keep(browser::THEME, mark) }
    });
    use_window_event("pychain-update", {
        let act = act.clone();
        move |_| act.emit(Action::Update)
    });
    use_window_event("pychain-crash", {
        let client = client.clone();
        move |_| client.ask(What::Crash)
    });
    let take = {
        let (act, client) = (act.clone(), client.clone());
        move |side: Side, dropped: Vec<Dropped>| {
            let (act, client) = (act.clone(), client.clone());
            spawn_local(async move {
                let intake = intake::take(dropped).await;
                if !intake.files.is_empty() {
                    act.emit(Action::Open(side, intake.files, intake.beside));
                }
                for file in &intake.distributions {
                    client.hash(file);
                }
                if !intake.trouble.is_empty() {
                    act.emit(Action::Say(Some(Notice::error(intake.trouble.join("; ")))));
                }
            });
        }
    };
    let is_dragged = use_dropping(take.clone());
    let open = {
        let (dialog, opened) = (dialog.clone(), opened.setter());
        use_callback((), move |side: Side, ()| {
            opened.set(side);
            if let Some(dialog) = dialog.cast::<HtmlInputElement>() {
                dialog.click();
            }
        })
    };
    let onchosen = {
        let opened = *opened;
        Callback::from(move |event: yew::Event| {
            let dialog = event.target_unchecked_into::<HtmlInputElement>();
            take(opened, dialog.files().map(|files| intake::chosen(&files)).unwrap_or_default());
            // The same file may be chosen again.
            dialog.set_value("");
        })
    };
    let load = {
        let act = act.clone();
        use_callback((), move |example: &'static Example, ()| act.emit(Action::Load(example.saved())))
    };
    let deed = {
        let (state, act, client, theme) = (state.clone(), act.clone(), client.clone(), theme.clone());
        Callback::from(move |deed| deeds::does(deed, &state, &act, &client, &theme))
    };
    use_printing(&state);
    let set_mode = {
        let act = act.clone();
        use_callback((), move |mode, ()| act.emit(Action::SetMode(mode)))
    };
    let copy_text = {
        let act = act.clone();
        use_callback((), move |text: String, ()| deeds::copy(&act, text, "On the clipboard"))
    };

    let compares = state.mode == Mode::Compare;
    let pane = |side: Side| {
        let title = match side {
            _ if !compares => None,
            Side::Base => Some("Before"),
            Side::Head => Some("After"),
        };
        let shown = &state.files(side).shown().path;
        let across = state.files(side.across());
        let other = across.find(shown).filter(|_| compares).and_then(|at| across.list.get(at)).cloned();
        html! {
            <Pane {side} {title} {other} files={state.files(side).clone()} marks={state.marks.clone()} chosen={state.chosen} jump={state.jump.filter(|_| side == Side::Head)}
                can_undo={side == Side::Head && state.undoable().is_some()} act={act.clone()} open={open.clone()} />
        }
    };
    let read = state.audited.as_ref().map(|audited| (audited.summary.clone(), audited.milliseconds));
    html! {
        <div class={classes!("page", compares.then_some("compares"), is_dragged.then_some("dragged"))}>
            <Header mode={state.mode} is_blank={state.is_blank()} theme={THEMES[*theme].0} keeps={state.keeps} {set_mode} load={load.clone()} {deed} />
            <main>
                <section class="texts" aria-label="Text">
                    <div class="sides">
                        if compares { { pane(Side::Base) } }
                        { pane(Side::Head) }
                    </div>
                    <Status worker={state.worker.clone()} {read} is_blank={state.is_blank()} is_current={state.is_current()} names={state.names.clone()} act={act.clone()} />
                </section>
                <section class="results" aria-label="Results">
                    <p class="hidden" role="status">{ said::spoken(&state) }</p>
                    if !state.drops.is_empty() { <Drops drops={state.drops.clone()} copy={copy_text} act={act.clone()} /> }
                    if state.is_blank() {
                        <Welcome {compares} {load} />
                    } else {
                        { results::all(&state, &act, &client, &tab, &review) }
                    }
                    if let Some(manual) = &state.manual { <Panel manual={manual.clone()} act={act.clone()} /> }
                </section>
                { said::notices(&state, &act) }
            </main>
            <input type="file" multiple=true hidden=true ref={dialog} aria-label="Files to open" onchange={onchosen} />
            <div class="veil" aria-hidden="true"><p>{ "Drop files, a folder, a zip, a wheel or an sdist" }</p></div>
        </div>
    }
}
