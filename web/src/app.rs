//! The page: its state, its worker, and where each part stands.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, HtmlInputElement};
use yew::{
    Callback, Html, Properties, Reducible, TargetCast as _, classes, component, html, use_callback, use_effect_with,
    use_memo, use_node_ref, use_reducer, use_state_eq,
};

use crate::browser;
use crate::client::{Client, Purpose};
use crate::components::changes::{Changes, Review};
use crate::components::detail::Detail;
use crate::components::drops::Drops;
use crate::components::findings::Findings;
use crate::components::header::{Deed, Header};
use crate::components::manual::Panel;
use crate::components::pane::Pane;
use crate::components::prose::message;
use crate::components::status::{Status, count};
use crate::components::welcome::Welcome;
use crate::examples::Example;
use crate::hooks::{THEMES, use_keeping, use_restoring, use_window_event};
use crate::intake::{self, Dropped};
use crate::protocol::{Format, What};
use crate::report::{Problem, Report, Severity};
use crate::share;
use crate::state::{Action, Mode, Notice, Side, State, Worker};

/// How long good news stays.
const NOTICE: u32 = 10_000;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

/// What is shown beside the text of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Findings,
    Changes,
    Review,
}

/// What the page is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Makes a worker.
    pub(crate) spawn: Function,
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
    let is_dragged = use_state_eq(|| false);
    let opened = use_state_eq(|| Side::Head);
    let dialog = use_node_ref();

    let act = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let client = {
        let (spawn, state, act, review) = (props.spawn.clone(), state.clone(), act.clone(), review.setter());
        use_memo((), move |()| {
            let exported = Callback::from(move |(format, purpose, text): (Format, Purpose, String)| match purpose {
                Purpose::Show => review.set(Some(text.into())),
                Purpose::Copy => copy(&act, text, "The report is on the clipboard, as Markdown"),
                Purpose::Save => {
                    let name = match format {
                        Format::Json => "pychain.json",
                        Format::Sarif => "pychain.sarif",
                        Format::Markdown => "pychain.md",
                    };
                    let _ = browser::save(name, text.as_bytes());
                }
            });
            Client::new(spawn, state, exported)
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
                if let crate::state::DropStage::Matched(matched) = &drop.stage {
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
                client.ask(What::Manual(rule.clone()));
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
    use_effect_with((data_state(&state), data_names(&state)), |(state, names)| {
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
    use_window_event("drop", {
        let (is_dragged, take) = (is_dragged.setter(), take.clone());
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
        Callback::from(move |deed: Deed| match deed {
            Deed::Share => share_link(&state, &act),
            Deed::SaveJson => client.export(Format::Json, Purpose::Save),
            Deed::SaveSarif => client.export(Format::Sarif, Purpose::Save),
            Deed::SaveMarkdown => client.export(Format::Markdown, Purpose::Save),
            Deed::CopyMarkdown => client.export(Format::Markdown, Purpose::Copy),
            Deed::CopyText => copy(&act, state.head.shown().text.to_string(), "The text is on the clipboard"),
            Deed::SaveText => {
                let file = state.head.shown();
                let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                let _ = browser::save(name, &file.bytes());
            }
            Deed::Print => {
                if let Some(window) = browser::window() {
                    let _ = window.print();
                }
            }
            Deed::Theme => theme.set((*theme + 1) % THEMES.len()),
            Deed::Keep => act.emit(Action::Keep(!state.keeps)),
            Deed::Clear => act.emit(Action::Clear),
        })
    };
    let set_mode = {
        let act = act.clone();
        use_callback((), move |mode, ()| act.emit(Action::SetMode(mode)))
    };
    let copy_text = {
        let act = act.clone();
        use_callback((), move |text: String, ()| copy(&act, text, "On the clipboard"))
    };

    let compares = state.mode == Mode::Compare;
    let pane = |side: Side| {
        let title = match side {
            _ if !compares => None,
            Side::Base => Some("Before"),
            Side::Head => Some("After"),
        };
        html! {
            <Pane {side} {title} files={state.files(side).clone()} marks={state.marks.clone()} chosen={state.chosen} jump={state.jump.filter(|_| side == Side::Head)}
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
                    <p class="hidden" role="status">{ spoken(&state) }</p>
                    if !state.drops.is_empty() { <Drops drops={state.drops.clone()} copy={copy_text} act={act.clone()} /> }
                    if state.is_blank() {
                        <Welcome {compares} {load} />
                    } else {
                        { results(&state, &act, &client, &tab, &review) }
                    }
                    if let Some(manual) = &state.manual { <Panel manual={manual.clone()} act={act.clone()} /> }
                </section>
                { notices(&state, &act) }
            </main>
            <input type="file" multiple=true hidden=true ref={dialog} aria-label="Files to open" onchange={onchosen} />
            <div class="veil" aria-hidden="true"><p>{ "Drop files, a folder, a zip, a wheel or an sdist" }</p></div>
        </div>
    }
}

fn results(
    state: &State,
    act: &Callback<Action>,
    client: &Rc<Client>,
    tab: &yew::UseStateHandle<Tab>,
    review: &yew::UseStateHandle<Option<Rc<str>>>,
) -> Html {
    let Some(audited) = &state.audited else {
        return html! { <p class="quiet pad">{ if matches!(state.worker, Worker::Crashed(_)) { "" } else { "Reading\u{2026}" } }</p> };
    };
    let compares = state.mode == Mode::Compare;
    let shown = if compares { **tab } else { Tab::Findings };
    let choice = |choice: Tab, label: String| {
        let tab = tab.clone();
        let onclick = Callback::from(move |_| tab.set(choice));
        html! { <button type="button" aria-pressed={if shown == choice { "true" } else { "false" }} {onclick}>{ label }</button> }
    };
    let tabs = compares.then(|| {
        html! {
            <div class="switch wide" role="group" aria-label="Results">
                { choice(Tab::Findings, count(audited.report.findings.len(), "finding", "findings")) }
                { choice(Tab::Changes, count(audited.report.changes.len(), "change", "changes")) }
                { choice(Tab::Review, "Review".to_owned()) }
            </div>
        }
    });
    let body = match shown {
        Tab::Findings => findings(state, act, client),
        Tab::Changes => html! { <Changes audited={audited.clone()} act={act.clone()} /> },
        Tab::Review => {
            let client = client.clone();
            let copy = Callback::from(move |()| client.export(Format::Markdown, Purpose::Copy));
            html! { <Review text={(**review).clone()} {copy} /> }
        }
    };
    html! { <>{ tabs }{ body }</> }
}

fn findings(state: &State, act: &Callback<Action>, client: &Rc<Client>) -> Html {
    let Some(audited) = &state.audited else { return Html::default() };
    let report = &audited.report;
    let problems = problems(&report.problems);
    if report.findings.is_empty() {
        return html! { <>{ problems }{ calm(state, report) }</> };
    }
    let safe = report.safe_fixes();
    let undo = state.undoable().map(|what| {
        let onclick = act.reform(|_: yew::MouseEvent| Action::Undo);
        html! { <button type="button" {onclick} title={format!("Take back: {what}")}>{ "Undo" }</button> }
    });
    let fix_all = {
        let client = client.clone();
        Callback::from(move |_| client.ask(What::Fix))
    };
    let has_paths = report.files.len() > 1;
    html! {
        <>
            { problems }
            if safe > 0 || undo.is_some() {
                <div class="bar">
                    if safe > 0 {
                        <button type="button" class="primary" onclick={fix_all} disabled={!state.is_current()}>
                            { if safe == 1 { "Apply the safe fix".to_owned() } else { format!("Apply all {safe} safe fixes") } }
                        </button>
                    }
                    { undo }
                </div>
            }
            <Findings audited={audited.clone()} listed={state.listed.clone()} chosen={state.chosen} filter={state.filter.clone()} {has_paths} act={act.clone()} />
            if let Some(number) = state.chosen {
                <Detail audited={audited.clone()} {number} is_current={state.is_current()} act={act.clone()} />
            } else if !state.listed.is_empty() {
                <p class="quiet pad hint">
                    { "Choose a finding for its reasons and its fix. In the text, " }<kbd>{ "F8" }</kbd>{ " goes to the next one and " }
                    <kbd>{ "Esc" }</kbd>{ " to this list; here, " }<kbd>{ "Enter" }</kbd>{ " goes to its place." }
                    if !report.suppressed.is_empty() {
                        { " " }{ count(report.suppressed.len(), "finding is", "findings are") }{ " accepted by a comment or the configuration." }
                    }
                </p>
            }
        </>
    }
}

/// What is said of a text that nothing is wrong with.
fn calm(state: &State, report: &Report) -> Html {
    let what =
        if state.mode == Mode::Compare { "The change introduces nothing to report." } else { "Nothing to report." };
    let names = if report.lacks("names") {
        "Names are not checked yet."
    } else if report.lacks("index-names") {
        "Names are checked against the popular ones; whether all others exist is checked when the full list is there."
    } else {
        ""
    };
    let accepted = report.suppressed.len();
    html! {
        <div class="calm">
            <p class="sign" aria-hidden="true">{ "\u{2713}" }</p>
            <h2>{ what }</h2>
            if !names.is_empty() { <p class="quiet">{ names }</p> }
            if accepted > 0 { <p class="quiet">{ format!("{} accepted by a comment or the configuration.", count(accepted, "finding is", "findings are")) }</p> }
            <p class="quiet">{ "What a file does not tell, like advisories or who published a release, was not looked at." }</p>
        </div>
    }
}

fn problems(problems: &[Problem]) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    let problem = |problem: &Problem| {
        let place = match (&problem.path, problem.line) {
            (Some(path), Some(line)) => format!("{path}:{line}: "),
            (Some(path), None) => format!("{path}: "),
            _ => String::new(),
        };
        html! { <li><bdi>{ place }</bdi>{ message(&problem.message) }{ ". " }{ message(&problem.help) }</li> }
    };
    html! {
        <details class="problems" open=true>
            <summary>{ count(problems.len(), "thing could not be read", "things could not be read") }</summary>
            <ul>{ for problems.iter().take(50).map(problem) }</ul>
        </details>
    }
}

fn notices(state: &State, act: &Callback<Action>) -> Html {
    let put_away = act.reform(|_: yew::MouseEvent| Action::Say(None));
    let reload = Callback::from(|_| {
        if let Some(window) = browser::window() {
            let _ = window.location().reload();
        }
    });
    let undo = state.undoable().map(|_| {
        let onclick = act.reform(|_: yew::MouseEvent| Action::Undo);
        html! { <button type="button" {onclick}>{ "Undo" }</button> }
    });
    html! {
        <div class="notices">
            if state.has_update {
                <p class="notice" role="status">{ "A new version of this page is ready. " }<button type="button" onclick={reload}>{ "Reload" }</button></p>
            }
            if let Some(notice) = &state.notice {
                <p class={classes!("notice", notice.is_error.then_some("error"))} role={if notice.is_error { "alert" } else { "status" }}>
                    <span>{ message(&notice.text) }</span>{ undo }
                    <button type="button" class="close" aria-label="Put away" onclick={put_away}>{ "\u{2715}" }</button>
                </p>
            }
        </div>
    }
}

/// What a screen reader says when the findings are others; the same words are not said again.
fn spoken(state: &State) -> String {
    let Some(report) = state.report().filter(|_| !state.is_blank()) else { return String::new() };
    let counts = report.counts();
    let parts = Severity::ALL.into_iter().filter(|severity| counts[severity.index()] > 0);
    let parts: Vec<String> =
        parts.map(|severity| format!("{} {}", counts[severity.index()], severity.name())).collect();
    let findings = count(report.findings.len(), "finding", "findings");
    if parts.is_empty() { findings } else { format!("{findings}: {}", parts.join(", ")) }
}

fn data_state(state: &State) -> &'static str {
    match state.worker {
        Worker::Starting => "loading",
        Worker::Crashed(_) => "crashed",
        Worker::Idle if state.is_blank() => "idle",
        Worker::Idle if state.is_current() => "done",
        Worker::Idle | Worker::Busy => "auditing",
    }
}

fn data_names(state: &State) -> &'static str {
    match (&state.names.ranked, &state.names.index) {
        (_, Some(_)) => "full",
        (Some(_), None) => "ranked",
        (None, None) => "none",
    }
}

fn copy(act: &Callback<Action>, text: String, done: &'static str) {
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
