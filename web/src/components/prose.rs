//! Text for people: messages with code in backticks, and the Markdown of our own manuals.

use pychain_core::prose::{Piece, prose, visible};
use yew::{Html, html};

use crate::markdown::{Block, Inline, blocks, inlines};
use crate::report::Severity;

/// A message or help: whatever stands between backticks is code. Never a link, never HTML.
pub(crate) fn message(text: &str) -> Html {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => html! { { visible(text).into_owned() } },
        Piece::Code(code) => html! { <code>{ visible(code).into_owned() }</code> },
    };
    prose(text).map(piece).collect()
}

/// A severity: its name on its color, with a shape of its own.
pub(crate) fn badge(severity: Severity) -> Html {
    html! { <span class={yew::classes!("badge", severity.name())}><i aria-hidden="true"></i>{ severity.name() }</span> }
}

/// A page of our own manual.
pub(crate) fn manual(text: &str) -> Html {
    blocks(text).iter().map(block).collect()
}

fn block(block: &Block<'_>) -> Html {
    match block {
        // The page has its own first heading, and the panel shows the rule's name above.
        Block::Heading(1, _) => Html::default(),
        Block::Heading(_, text) => html! { <h3>{ stretches(text) }</h3> },
        Block::Paragraph(text) => html! { <p>{ stretches(text) }</p> },
        Block::List(items) => {
            html! { <ul>{ for items.iter().map(|item| html! { <li>{ stretches(item) }</li> }) }</ul> }
        }
        Block::Code(info, code) => {
            let words: Vec<&str> = info.split(',').map(str::trim).collect();
            let kind = ["bad", "good", "fixed"].into_iter().find(|kind| words.contains(kind));
            let label = kind.map(|kind| html! { <span class="kind">{ kind }</span> });
            html! { <figure class={yew::classes!("code", kind)}>{ label }<pre tabindex="0"><code>{ code }</code></pre></figure> }
        }
        Block::Table(rows) => {
            let row = |row: &Vec<&str>, is_head: bool| {
                let cell = |cell: &&str| {
                    if is_head {
                        html! { <th>{ stretches(cell) }</th> }
                    } else {
                        html! { <td>{ stretches(cell) }</td> }
                    }
                };
                html! { <tr>{ for row.iter().map(cell) }</tr> }
            };
            html! {
                <table>
                    <thead>{ for rows.iter().take(1).map(|it| row(it, true)) }</thead>
                    <tbody>{ for rows.iter().skip(1).map(|it| row(it, false)) }</tbody>
                </table>
            }
        }
    }
}

fn stretches(text: &str) -> Html {
    let inline = |inline: &Inline<'_>| match *inline {
        Inline::Text(text) => html! { { text } },
        Inline::Code(code) => html! { <code>{ code }</code> },
        Inline::Strong(text) => html! { <strong>{ text }</strong> },
        Inline::Link(text, address) => {
            html! { <a href={address.to_owned()} target="_blank" rel="noopener noreferrer">{ text.replace('`', "") }</a> }
        }
    };
    inlines(text).iter().map(inline).collect()
}
