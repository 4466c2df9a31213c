//! What the page says while there is nothing to say: what it is for, and cases to try.

use yew::{Callback, Html, Properties, component, html};

use crate::examples::{EXAMPLES, Example};

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Whether two sides are compared.
    pub(crate) compares: bool,
    /// Loads an example.
    pub(crate) load: Callback<&'static Example>,
}

/// The words.
#[component]
pub(crate) fn Welcome(props: &Props) -> Html {
    let card = |example: &'static Example| {
        let load = props.load.clone();
        let onclick = Callback::from(move |_| load.emit(example));
        html! { <li><button type="button" class="card" {onclick}><b>{ example.title }</b><span>{ example.lesson }</span></button></li> }
    };
    html! {
        <section class="welcome">
            if props.compares {
                <h2>{ "Two versions, and what the change brings" }</h2>
                <p>{ "Put the file as it was on the left and as it is on the right. You see only what the change introduces, what it does to each project, and a review to copy." }</p>
            } else {
                <h2>{ "Paste a dependency file, and know" }</h2>
                <p>{ "It is read as pip, uv, Poetry, PDM and Pipenv read it. Each finding stands at its exact place, with the reason and what to do. Nothing leaves this browser." }</p>
            }
            <ul class="ways">
                <li><b>{ "Paste or type" }</b>{ " requirements, constraints or a lock file" }</li>
                <li><b>{ "Open or drop" }</b>{ " files, a folder or a zip of a repository; " }<code>{ "-r" }</code>{ " and " }<code>{ "-c" }</code>{ " are followed" }</li>
                <li><b>{ "Open or drop a wheel or sdist" }</b>{ " to see whether its hash is one of those listed" }</li>
            </ul>
            <h3>{ "Or see a real case" }</h3>
            <ul class="cards">{ for EXAMPLES.iter().map(card) }</ul>
        </section>
    }
}
