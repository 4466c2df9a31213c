//! The tabs of one side, what kind of file is shown, and the editor.

use std::rc::Rc;

use pychain_core::prose::visible;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::{
    Callback, Html, Properties, TargetCast as _, classes, component, html, use_effect_with, use_memo, use_node_ref,
    use_state_eq,
};

use crate::browser;
use crate::components::editor::Editor;
use crate::highlight::{Mark, Marks};
use crate::kind::Kind;
use crate::lines::lacking;
use crate::shared::Shared;
use crate::state::{Action, File, Files, Jump, Side};

/// What a side is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Which side.
    pub(crate) side: Side,
    /// What stands above it, where there are two.
    pub(crate) title: Option<&'static str>,
    /// Its files.
    pub(crate) files: Files,
    /// The shown file on the other side of a comparison.
    pub(crate) other: Option<Rc<File>>,
    /// The marks of its files.
    pub(crate) marks: Shared<Marks>,
    /// The finding that is told in full.
    pub(crate) chosen: Option<usize>,
    /// Where to go.
    pub(crate) jump: Option<Jump>,
    /// Whether there is something to undo.
    pub(crate) can_undo: bool,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
    /// Opens a dialog for files.
    pub(crate) open: Callback<Side>,
}

/// The side.
#[component]
pub(crate) fn Pane(props: &Props) -> Html {
    let is_renaming = use_state_eq(|| false);
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(*is_renaming, move |is_renaming| {
            if let Some(input) = input.cast::<HtmlInputElement>().filter(|_| *is_renaming) {
                let _ = input.focus();
                input.select();
            }
        });
    }
    let tabs = use_node_ref();
    {
        let tabs = tabs.clone();
        use_effect_with(props.files.shown().id, move |_| {
            let Some(tabs) = tabs.cast::<HtmlElement>() else { return };
            let tab = |selector| tabs.query_selector(selector).ok().flatten()?.dyn_into::<HtmlElement>().ok();
            if let (Some(first), Some(shown)) = (tab(".tab"), tab(".shown")) {
                browser::reveal_sideways(&tabs, &shown, first.offset_left());
            }
        });
    }
    let side = props.side;
    let file = props.files.shown();
    let marks: Rc<[Mark]> = match side {
        Side::Head => props.marks.get(&file.path).cloned().unwrap_or_else(|| [].into()),
        Side::Base => [].into(),
    };
    // Beside nothing everything would be new.
    let other = props.other.as_ref().filter(|other| !other.is_blank());
    let lacking = use_memo((file.version, other.map(|other| other.version)), |_| {
        other.map(|other| lacking(&file.text, &other.text)).unwrap_or_default()
    });
    let tab = |(at, file): (usize, &Rc<File>)| {
        let is_shown = at == props.files.active;
        let (to_show, to_close) = (props.act.clone(), props.act.clone());
        let renaming = is_renaming.clone();
        let onclick =
            Callback::from(move |_| if is_shown { renaming.set(true) } else { to_show.emit(Action::Show(side, at)) });
        let close = Callback::from(move |_| to_close.emit(Action::Close(side, at)));
        let count = match side {
            Side::Head => props.marks.get(&file.path).map_or(0, |marks| marks.len()),
            Side::Base => 0,
        };
        let name = visible(&file.path).into_owned();
        let can_close = props.files.list.len() > 1 || !file.is_blank();
        html! {
            <li key={file.id} class={classes!("tab", is_shown.then_some("shown"))}>
                <button type="button" class="name" {onclick} aria-current={is_shown.then_some("true")}
                    title={if is_shown { "Rename" } else { "Show" }}><bdi>{ name.clone() }</bdi>
                    if count > 0 { { " " }<span class="count">{ count }<span class="hidden">{ " findings" }</span></span> }</button>
                if can_close {
                    <button type="button" class="close" onclick={close} aria-label={format!("Close {name}")}>{ "\u{2715}" }</button>
                }
            </li>
        }
    };
    let renamed = {
        let (act, is_renaming) = (props.act.clone(), is_renaming.clone());
        move |name: String| {
            is_renaming.set(false);
            act.emit(Action::Rename(side, name));
        }
    };
    let onkeydown = {
        let (renamed, is_renaming) = (renamed.clone(), is_renaming.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                // The key would press what has the focus next.
                event.prevent_default();
                renamed(event.target_unchecked_into::<HtmlInputElement>().value());
            }
            "Escape" => is_renaming.set(false),
            _ => {}
        })
    };
    let onblur = {
        let is_renaming = is_renaming.clone();
        Callback::from(move |event: yew::FocusEvent| {
            if *is_renaming {
                renamed(event.target_unchecked_into::<HtmlInputElement>().value());
            }
        })
    };
    let onchange = {
        let act = props.act.clone();
        Callback::from(move |event: yew::Event| {
            let label = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some(kind) = Kind::listed().find(|kind| kind.label() == label) {
                act.emit(Action::SetKind(side, kind));
            }
        })
    };
    let option =
        |kind: Kind| html! { <option value={kind.label()} selected={kind == file.kind}>{ kind.label() }</option> };
    // A kind that only a name tells is in the menu as long as the file has the name.
    let unlisted = Some(file.kind).filter(|kind| !Kind::listed().any(|listed| listed == *kind));
    let kinds = Kind::listed().chain(unlisted);
    let add = props.act.reform(move |_: yew::MouseEvent| Action::Add(side));
    let open = props.open.reform(move |_: yew::MouseEvent| side);
    let anyway = props.act.reform(move |_: yew::MouseEvent| Action::EditAnyway(side));
    html! {
        <div class={classes!("pane", (side == Side::Base).then_some("base"))}>
            <div class="tabs">
                if let Some(title) = props.title { <h2 class="side">{ title }</h2> }
                if *is_renaming {
                    <input ref={input} class="rename" aria-label="Name of the file" value={file.path.clone()} {onkeydown} {onblur} />
                } else {
                    <ul ref={tabs}>{ for props.files.list.iter().enumerate().map(tab) }</ul>
                }
                <button type="button" class="icon" onclick={add} aria-label="New file" title="New file">{ "+" }</button>
                <span class="grow"></span>
                <button type="button" onclick={open}>{ "Open\u{2026}" }</button>
                <select aria-label="Kind of file" {onchange}>{ for kinds.map(option) }</select>
            </div>
            if !file.is_editable() {
                <p class="bar">{ format!("{} lines, read only: editing a text of this length is slow in a browser. ", file.lines.count()) }
                    <button type="button" class="link" onclick={anyway}>{ "Edit it all the same" }</button></p>
            }
            <Editor {side} file={file.clone()} {marks} {lacking} chosen={props.chosen} jump={props.jump} can_undo={props.can_undo}
                label={if side == Side::Base { "Text before the change" } else { "Text of the file" }} act={props.act.clone()} />
        </div>
    }
}
