//! One line below the text: what was read, how long it took, and what is known of names.

use yew::{Callback, Html, Properties, component, html};

use crate::protocol::{Names, Summary};
use crate::state::{Action, Worker};

/// What it is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// How the worker is.
    pub(crate) worker: Worker,
    /// What was read, and the milliseconds it took; none before the first report.
    pub(crate) read: Option<(Summary, u32)>,
    /// Whether there is nothing to audit.
    pub(crate) is_blank: bool,
    /// Whether the report is about the text as it is.
    pub(crate) is_current: bool,
    /// What is known of names.
    pub(crate) names: Names,
    /// Takes what happens.
    pub(crate) act: Callback<Action>,
}

/// The line.
#[component]
pub(crate) fn Status(props: &Props) -> Html {
    let state = match (&props.worker, &props.read) {
        (Worker::Starting, _) => "Starting\u{2026}".to_owned(),
        (Worker::Crashed(_), _) => "Not audited".to_owned(),
        (_, _) if props.is_blank => "Ready".to_owned(),
        (_, Some((read, milliseconds))) if props.is_current => {
            let mut parts = Vec::new();
            if read.requirements > 0 || read.locked == 0 {
                parts.push(count(read.requirements, "requirement", "requirements"));
            }
            if read.locked > 0 {
                parts.push(count(read.locked, "locked package", "locked packages"));
            }
            format!("{} audited in {milliseconds} ms", parts.join(", "))
        }
        (_, _) => "Auditing\u{2026}".to_owned(),
    };
    let names = match (&props.names.index, &props.names.ranked, &props.names.trouble) {
        (Some((date, names)), _, _) => format!("Names: {} projects of {date}", thousands(*names)),
        (None, Some((_, names)), None) => {
            format!("Names: {} popular ones, the full list is loading", thousands(*names))
        }
        (None, Some((_, names)), Some(trouble)) => format!("Names: {} popular ones only: {trouble}", thousands(*names)),
        (None, None, Some(trouble)) => format!("Names not checked: {trouble}"),
        (None, None, None) => "Names not yet checked".to_owned(),
    };
    let retry = props.act.reform(|_: yew::MouseEvent| Action::Retry);
    html! {
        <>
            if let Worker::Crashed(why) = &props.worker {
                <div class="bar error" role="alert">
                    <p>{ "The audit of this text failed, which is a bug in pychain. Your text is kept." }
                        <small>{ why }</small></p>
                    <button type="button" onclick={retry}>{ "Try again" }</button>
                </div>
            }
            <p class="status"><span>{ state }</span><span class="grow"></span><span>{ names }</span></p>
        </>
    }
}

/// A number with its noun.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1000, 886_323, 1_000_000].map(thousands), ["0", "999", "1,000", "886,323", "1,000,000"]);
        assert_eq!(count(1, "file", "files"), "1 file");
    }
}
