//! What a runner makes of a step's output: annotations, as many and as long as it keeps (W1, W2, W6, W7).

use std::collections::BTreeMap;

/// One annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// `error`, `warning` or `notice`.
    pub kind: String,
    /// `file`, `line`, `title` …, decoded.
    pub properties: BTreeMap<String, String>,
    /// The message, decoded and cut at 4,096 characters.
    pub message: String,
}

/// The annotations of one step: the first ten of each kind.
///
/// Other commands, such as `add-mask`, give none; `stop-commands` is obeyed.
pub fn annotations(stdout: &str) -> Vec<Annotation> {
    let mut found: Vec<Annotation> = Vec::new();
    let mut stopped: Option<String> = None;
    for line in stdout.lines() {
        // W7: whatever begins a line with `::` is a command.
        let Some((command, message)) = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"))
        else {
            continue;
        };
        if let Some(token) = &stopped {
            if command == token {
                stopped = None;
            }
            continue;
        }
        let (kind, properties) = command.split_once(' ').unwrap_or((command, ""));
        if kind == "stop-commands" {
            stopped = Some(message.to_owned());
            continue;
        }
        // W1
        let kept = found.iter().filter(|annotation| annotation.kind == kind).count();
        if !["error", "warning", "notice"].contains(&kind) || kept >= 10 {
            continue;
        }
        let properties = properties.split(',').filter_map(|property| property.split_once('='));
        found.push(Annotation {
            kind: kind.to_owned(),
            properties: properties
                .map(|(key, value)| {
                    (key.trim().to_owned(), decode(value).replace("%3A", ":").replace("%2C", ",").replace("%25", "%"))
                })
                .collect(),
            // W2
            message: decode(message).replace("%25", "%").chars().take(4096).collect(),
        });
    }
    found
}

/// W6, but for `%25`, which must come last.
fn decode(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w1_w2_w6_w7_only_what_a_runner_keeps() {
        let mut stdout = "text ::error::no\n::warning file=a%2Cb.txt,line=3::50%25%0Amore\n".to_owned();
        stdout += "::stop-commands::x1\n::error::not this\n::x1::\n";
        stdout += &["::notice::", &"x".repeat(5000), "\n"].concat();
        stdout += &"::error::e\n".repeat(12);
        let found = annotations(&stdout);
        assert_eq!(found.len(), 12);
        assert_eq!(found[0].message, "50%\nmore");
        assert_eq!(found[0].properties["file"], "a,b.txt");
        assert_eq!(found[1].message.len(), 4096);
    }
}
