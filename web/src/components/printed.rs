//! The page on paper, which has room for what a window scrolls: all listed findings and the whole text; there only
//! while it is printed. It is made by hand: the page draws when the browser has time for it, and paper does not wait.

use pychain_core::prose::{Piece, prose, visible};
use web_sys::{Document, Element};

use crate::browser;
use crate::state::State;

/// Puts the paper's page behind the window's, where there is a report.
pub(crate) fn put(state: &State) -> Option<()> {
    take_away();
    let report = state.report().filter(|_| !state.is_blank())?;
    let document = browser::document()?;
    let page = add(&document, &document.body()?.into(), "div", "", "")?;
    page.set_id("printed");
    add(&document, &page, "h1", "", "pychain")?;
    let list = add(&document, &page, "ol", "", "")?;
    for finding in state.listed.iter().filter_map(|number| report.findings.get(*number)) {
        let item = add(&document, &list, "li", "", "")?;
        let severity = finding.severity.name();
        add(&document, &item, "span", &format!("badge {severity}"), severity)?;
        let place = format!(" {}:{} ", finding.location.path, finding.location.start.line);
        add(&document, &item, "bdi", "", &visible(&place))?;
        add(&document, &item, "span", "rule", &finding.rule)?;
        for (class, words) in [("", &finding.message), ("quiet", &finding.help)] {
            let paragraph = add(&document, &item, "p", class, "")?;
            for piece in prose(words) {
                let (name, text) = match piece {
                    Piece::Text(text) => ("span", text),
                    Piece::Code(code) => ("code", code),
                };
                add(&document, &paragraph, name, "", &visible(text))?;
            }
        }
    }
    let file = state.head.shown();
    add(&document, &page, "h2", "", &visible(&file.path))?;
    let text = add(&document, &page, "pre", "", "")?;
    for line in file.text.lines() {
        add(&document, &text, "div", "", line)?;
    }
    Some(())
}

/// Takes it away.
pub(crate) fn take_away() {
    if let Some(page) = browser::element::<Element>("printed") {
        page.remove();
    }
}

fn add(document: &Document, parent: &Element, name: &str, class: &str, text: &str) -> Option<Element> {
    let element = document.create_element(name).ok()?;
    element.set_class_name(class);
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}
