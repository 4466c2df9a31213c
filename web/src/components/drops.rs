//! Wheels and sdists that were dropped: their digests, and what the files say of them.

use std::rc::Rc;

use pychain_core::prose::visible;
use yew::{Callback, Html, Properties, classes, component, html};

use crate::protocol::{Matched, MatchedEntry, Verdict};
use crate::report::Position;
use crate::state::{Action, DropStage, Dropped};

/// What the list is given.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The files.
    pub(crate) drops: Rc<[Dropped]>,
    /// Copies a text.
    pub(crate) copy: Callback<String>,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The list.
#[component]
pub(crate) fn Drops(props: &Props) -> Html {
    let forget = props.act.reform(|_: yew::MouseEvent| Action::ForgetDrops);
    html! {
        <section id="drops" aria-label="Dropped files">
            <header><h2>{ "Files, hashed here" }</h2><button type="button" class="link" onclick={forget}>{ "Put away" }</button></header>
            { for props.drops.iter().map(|dropped| file(props, dropped)) }
        </section>
    }
}

fn file(props: &Props, dropped: &Dropped) -> Html {
    let stage = match &dropped.stage {
        DropStage::Hashing(share) => {
            let value = share.map(|share| share.to_string());
            html! { <p><progress max="100" {value} aria-label="Hashing"></progress>{ " hashing\u{2026}" }</p> }
        }
        DropStage::Hashed(_) => html! { <p class="quiet">{ "Looking for it in the files\u{2026}" }</p> },
        DropStage::Failed(why) => html! { <p class="error">{ format!("It could not be read: {why}") }</p> },
        DropStage::Matched(matched) => outcome(props, matched),
    };
    html! {
        <article key={dropped.id}>
            <h3><bdi>{ visible(&dropped.name).into_owned() }</bdi> <small>{ size(dropped.size) }</small></h3>
            { stage }
        </article>
    }
}

fn outcome(props: &Props, matched: &Matched) -> Html {
    let has = |verdict| matched.entries.iter().any(|entry| entry.verdict == verdict);
    let (class, sign, verdict) = if has(Verdict::Matches) {
        ("matches", "\u{2713}", "matches a hash in the files")
    } else if has(Verdict::Differs) {
        ("differs", "\u{2717}", "does not match: the lock file names this file with another hash")
    } else if has(Verdict::NotListed) {
        ("differs", "\u{2717}", "not listed: none of the project's hashes is that of this file")
    } else if has(Verdict::NoHash) {
        ("unknown", "?", "not listed: the entry has no SHA-256 hash to compare with")
    } else {
        ("unknown", "?", "not listed: no entry in the files is about it")
    };
    let line = format!("--hash=sha256:{}", matched.sha256);
    let copy = {
        let (copy, line) = (props.copy.clone(), line.clone());
        Callback::from(move |_| copy.emit(line.clone()))
    };
    let entry = |entry: &MatchedEntry| {
        let place = Position { line: entry.line, column: 1 };
        let (act, path) = (props.act.clone(), entry.path.clone());
        let onclick = Callback::from(move |_| act.emit(Action::Visit(path.clone(), place, place)));
        html! {
            <li><button type="button" class="link" {onclick}><bdi>{ format!("{}:{}", entry.path, entry.line) }</bdi></button>
                { " " }<code>{ visible(&entry.text).into_owned() }</code></li>
        }
    };
    html! {
        <>
            <p class={classes!("verdict", class)}><b aria-hidden="true">{ sign }</b>{ " " }{ verdict }</p>
            <ul class="plain">{ for matched.entries.iter().take(8).map(entry) }</ul>
            <p class="digest"><code>{ line }</code><button type="button" onclick={copy}>{ "Copy" }</button></p>
        </>
    }
}

/// In whole numbers here and elsewhere: the writing of others is as large as a rule.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the browser counts bytes so")]
fn size(bytes: f64) -> String {
    let kilobytes = (bytes / 1000.0).round().max(1.0) as u64;
    if kilobytes < 1000 {
        return format!("{kilobytes} kB");
    }
    let tenths = (kilobytes + 50) / 100;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
