//! The text with its lines' numbers, marks in the gutter and underlines at exact places.
//!
//! The text field lies above a layer of the same letters, unseen, that carry the underlines; both are as large as
//! the text, and one box around them scrolls. Only lines near the visible ones are in that layer and the gutter.

use std::rc::Rc;

use gloo::events::EventListener;
use pychain_core::prose::is_hidden;
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, FocusOptions, HtmlElement, HtmlTextAreaElement, KeyboardEvent};
use yew::{
    Callback, Html, InputEvent, NodeRef, Properties, TargetCast as _, classes, component, html, use_effect_with,
    use_mut_ref, use_node_ref, use_state_eq,
};

use crate::browser;
use crate::highlight::{Mark, segments};
use crate::lines::{from_utf16, to_utf16};
use crate::state::{Action, File, Jump, MAX_EDITABLE_BYTES, Side};

/// Lines beyond the visible ones, so that slow scrolling shows nothing empty.
const BEYOND: usize = 24;
/// The window moves in steps of lines, so that not each pixel draws anew.
const STEP: usize = 12;
/// Room around the text, as the style sheet has it.
const PADDING: f64 = 8.0;
/// Lines that a text field puts in or takes out at once: Chromium takes a second for 2000, and 30 for 10,000.
const MAX_PASTED_LINES: usize = 500;
/// The height of a line until it is known.
const LINE: f64 = 20.0;

/// What the editor is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Which side of a comparison.
    pub(crate) side: Side,
    /// The file.
    pub(crate) file: Rc<File>,
    /// Its marks.
    pub(crate) marks: Rc<[Mark]>,
    /// For each line, whether the other side of a comparison lacks it.
    pub(crate) lacking: Rc<Vec<bool>>,
    /// The finding that is told in full.
    pub(crate) chosen: Option<usize>,
    /// Where to go.
    pub(crate) jump: Option<Jump>,
    /// Whether there is something to undo that the text field does not know of.
    pub(crate) can_undo: bool,
    /// What the field is called.
    pub(crate) label: &'static str,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The editor.
#[component]
pub(crate) fn Editor(props: &Props) -> Html {
    let (scroller, sheet, gutter, under, field) =
        (use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref());
    let line = use_state_eq(|| LINE);
    let window = use_state_eq(|| (1, 60));
    let is_editable = props.file.is_editable();
    let count = props.file.lines.count();

    let measure = {
        let (scroller, window, line) = (scroller.clone(), window.clone(), line.clone());
        move || {
            let Some(scroller) = scroller.cast::<HtmlElement>() else { return };
            let height = line_height(&scroller).unwrap_or(LINE);
            line.set(height);
            let first = lines_of(f64::from(scroller.scroll_top()) / height);
            let visible = lines_of(f64::from(scroller.client_height()) / height) + 1;
            let first = (first / STEP * STEP).saturating_sub(BEYOND) + 1;
            window.set((first, first + visible + STEP + 2 * BEYOND));
        }
    };
    let onscroll = {
        let measure = measure.clone();
        Callback::from(move |_| measure())
    };
    use_effect_with((), move |()| {
        measure();
        let resized = browser::window().map(|window| EventListener::new(&window, "resize", move |_| measure()));
        move || drop(resized)
    });

    // Where things stand: by properties, because the policy forbids style attributes.
    {
        let (sheet, gutter, under) = (sheet.clone(), gutter.clone(), under.clone());
        let places = (window.0, count, *line, props.file.lines.widest);
        use_effect_with(places, move |&(first, count, height, widest)| {
            let set = |node: &NodeRef, name, value: String| {
                if let Some(element) = node.cast::<HtmlElement>() {
                    browser::style(&element, name, &value);
                }
            };
            // Never less than the box: `min-height` alone would leave nothing for what is as high as the sheet.
            let text = pixels(count) * height + 2.0 * PADDING;
            set(&sheet, "height", format!("max(100%, {})", px(text)));
            set(&sheet, "--columns", format!("{}ch", widest + 4));
            set(&sheet, "--digits", format!("{}ch", count.to_string().len().max(3)));
            let top = format!("translateY({})", px(pixels(first - 1) * height + PADDING));
            set(&gutter, "transform", top.clone());
            set(&under, "transform", top);
        });
    }

    // The field has its own text, and a text that was not typed gets another field: what a browser would undo or redo in
    // the one before does not fit. It is never read for what it has: a long text costs milliseconds.
    {
        let (field, file, shown) = (field.clone(), props.file.clone(), use_mut_ref(|| props.file.clone()));
        let before = shown.replace(props.file.clone());
        use_effect_with((file.id, file.given, is_editable), move |_| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            field.set_value(&file.text);
            if before.id == file.id {
                let ends = before.text.bytes().rev().zip(file.text.bytes().rev());
                let end = file.text.len() - ends.take_while(|(old, new)| old == new).count();
                let caret = to_utf16(&file.text, file.text.ceil_char_boundary(end));
                let _ = field.set_selection_range(caret, caret);
            }
        });
    }
    {
        let (field, scroller, file, jump, height) =
            (field.clone(), scroller.clone(), props.file.clone(), props.jump, *line);
        use_effect_with(jump.map(|jump| jump.count), move |_| {
            let (Some(jump), Some(scroller)) = (jump, scroller.cast::<HtmlElement>()) else { return };
            reveal(&scroller, jump.start.line, height);
            if let Ok(Some(mark)) = scroller.query_selector(".mark.chosen") {
                browser::reveal_sideways(&scroller, mark.unchecked_ref(), 0);
            }
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            if jump.focuses {
                let offset = |place| to_utf16(&file.text, file.lines.offset(&file.text, place));
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = field.focus_with_options(&options);
                let _ = field.set_selection_range(offset(jump.start), offset(jump.end));
            }
        });
    }

    let oninput = {
        let (act, side) = (props.act.clone(), props.side);
        Callback::from(move |event: InputEvent| {
            act.emit(Action::Edit(side, event.target_unchecked_into::<HtmlTextAreaElement>().value()));
        })
    };
    let onpaste = {
        let (act, side) = (props.act.clone(), props.side);
        Callback::from(move |event: yew::Event| {
            let Some(pasted) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data) else {
                return;
            };
            let text = pasted.get_data("text/plain").unwrap_or_default().replace("\r\n", "\n").replace('\r', "\n");
            let field = event.target_unchecked_into::<HtmlTextAreaElement>();
            let now = field.value();
            let at = |units: Result<Option<u32>, _>| from_utf16(&now, units.ok().flatten().unwrap_or_default());
            let (start, end) = (at(field.selection_start()), at(field.selection_end()));
            let lines = |text: &str| text.matches('\n').count();
            // Short texts are the field's own business.
            if text.len() <= MAX_EDITABLE_BYTES
                && lines(&text) + lines(now.get(start..end).unwrap_or_default()) < MAX_PASTED_LINES
            {
                return;
            }
            event.prevent_default();
            let whole = [now.get(..start).unwrap_or_default(), &text, now.get(end..).unwrap_or_default()].concat();
            act.emit(Action::Paste(side, whole));
        })
    };
    let place = {
        let file = props.file.clone();
        move |field: &HtmlTextAreaElement| {
            let units = field.selection_start().ok().flatten().unwrap_or_default();
            file.lines.position(&file.text, from_utf16(&file.text, units))
        }
    };
    let onkeydown = {
        let (act, side, can_undo, chosen, place) =
            (props.act.clone(), props.side, props.can_undo, props.chosen, place.clone());
        Callback::from(move |event: KeyboardEvent| {
            let field = event.target_unchecked_into::<HtmlTextAreaElement>();
            let command = event.ctrl_key() || event.meta_key();
            let action = match event.key().as_str() {
                // Out of the text, to the list.
                "Escape" => {
                    if let Some(list) = browser::element::<HtmlElement>("findings") {
                        let _ = list.focus();
                    }
                    None
                }
                "F8" if side == Side::Head => Some(Action::StepFrom(place(&field), !event.shift_key())),
                "." if command => chosen.map(Action::Fix),
                "z" if command && !event.shift_key() && can_undo => Some(Action::Undo),
                _ => None,
            };
            if let Some(action) = action {
                event.prevent_default();
                act.emit(action);
            }
        })
    };
    let moved = {
        let (act, side) = (props.act.clone(), props.side);
        move |field: &HtmlTextAreaElement| {
            if side == Side::Head {
                act.emit(Action::Caret(place(field)));
            }
        }
    };
    let onclick = {
        let moved = moved.clone();
        Callback::from(move |event: yew::MouseEvent| moved(&event.target_unchecked_into()))
    };
    let onkeyup = Callback::from(move |event: KeyboardEvent| {
        if event.key().starts_with("Arrow") || matches!(event.key().as_str(), "Home" | "End" | "PageUp" | "PageDown") {
            moved(&event.target_unchecked_into());
        }
    });

    let (first, last) = (window.0.min(count), window.1.min(count));
    let near: Vec<Mark> =
        props.marks.iter().filter(|mark| mark.start.line <= last && mark.end.line >= first).copied().collect();
    let base = props.side == Side::Base;
    html! {
        <div class="editor" ref={scroller} {onscroll} tabindex={(!is_editable).then_some("0")}
            role={(!is_editable).then_some("group")} aria-label={(!is_editable).then_some("Text, read only")}>
            <div class={classes!("sheet", (!is_editable).then_some("readonly"))} ref={sheet}>
                <div class="gutter" aria-hidden="true">
                    <div ref={gutter}>{ for (first..=last).map(|number| gutter_line(props, &near, number)) }</div>
                </div>
                <div class="under" aria-hidden="true">
                    <div ref={under}>{ for (first..=last).map(|number| under_line(props, &near, number)) }</div>
                </div>
                if is_editable {
                    <textarea key={format!("{} {}", props.file.id, props.file.given)} ref={field} id={if base { "editor-base" } else { "editor" }} aria-label={props.label}
                        wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off" translate="no"
                        placeholder={if base { "Paste the files as they were before the change" } else { "Paste a requirements or lock file here" }}
                        {oninput} {onpaste} {onkeydown} {onkeyup} {onclick} />
                }
            </div>
        </div>
    }
}

fn gutter_line(props: &Props, near: &[Mark], number: usize) -> Html {
    let here = near.iter().filter(|mark| mark.start.line == number);
    let worst = here.max_by_key(|mark| (Some(mark.finding) == props.chosen, mark.severity));
    let shape = worst.map(|mark| {
        let (act, finding) = (props.act.clone(), mark.finding);
        let onclick = Callback::from(move |_| act.emit(Action::Choose(finding, false)));
        html! { <i class={classes!("shape", mark.severity.name())} {onclick}></i> }
    });
    let is_chosen = worst.is_some_and(|mark| Some(mark.finding) == props.chosen);
    html! { <div key={number} class={classes!(is_chosen.then_some("chosen"), lacks(props, number))}>{ shape }{ number }</div> }
}

fn under_line(props: &Props, near: &[Mark], number: usize) -> Html {
    let line = props.file.lines.get(&props.file.text, number);
    let segment = |segment: &crate::highlight::Segment<'_>| match segment.mark {
        None => html! { { segment.text.to_owned() } },
        Some(mark) => {
            let is_unseen = segment.text.chars().all(is_hidden);
            let class = classes!(
                "mark",
                mark.severity.name(),
                segment.chosen.then_some("chosen"),
                is_unseen.then_some("unseen")
            );
            html! { <span {class}>{ segment.text.to_owned() }</span> }
        }
    };
    let segments = segments(line, number, near, props.chosen);
    html! { <div key={number} class={classes!(lacks(props, number))}>{ for segments.iter().map(segment) }</div> }
}

/// How a line is shown that the other side lacks.
fn lacks(props: &Props, number: usize) -> Option<&'static str> {
    (number > 0 && props.lacking.get(number - 1) == Some(&true)).then_some("lacking")
}

fn line_height(scroller: &HtmlElement) -> Option<f64> {
    let style = browser::window()?.get_computed_style(scroller).ok()??;
    Some(js_sys::parse_float(&style.get_property_value("line-height").ok()?)).filter(|height| *height > 0.0)
}

/// `12.5px`. The browser writes such numbers and reads them: Rust's own ways bring tables of ten kilobytes.
fn px(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default() + "px"
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lines of a text are far fewer")]
fn lines_of(number: f64) -> usize {
    number.max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "lines of a text are far fewer")]
fn pixels(lines: usize) -> f64 {
    lines as f64
}

/// Scrolls so that a line stands well inside.
fn reveal(scroller: &HtmlElement, line: usize, height: f64) {
    let top = pixels(line - 1) * height + PADDING;
    let (from, visible) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
    if top < from + height || top > from + visible - 3.0 * height {
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        scroller.set_scroll_top((top - visible / 3.0) as i32);
    }
}
