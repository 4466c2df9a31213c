//! Pipelines of services other than GitHub and GitLab, each of which nests its jobs and steps in its own way.
//!
//! The tree is gone through as a whole: read is what stands under keys whose text one of the services runs, and a
//! mapping is a scope for the variables that it sets.

use super::commands::Commands;
use super::shell::Dialect;
use super::workflow::{collect, read_yaml, variables};
use super::yaml::Node;
use crate::model::Document;
use crate::text::SourceFile;

/// Keys whose text is run; so is that of `…script`, `pre_…`, `post_…`, `before_…` and `after_…`.
const COMMANDS: [&str; 13] = [
    "bash",
    "build",
    "cmd",
    "command",
    "commands",
    "create_environment",
    "html",
    "init",
    "install",
    "ps",
    "pwsh",
    "run",
    "sh",
];
/// Parts of the names of such keys.
const ENDS: [&str; 2] = ["script", "powershell"];
const STARTS: [&str; 4] = ["pre_", "post_", "before_", "after_"];

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    read_yaml(file, visit)
}

fn visit(commands: &mut Commands<'_>, node: &Node) {
    node.items().iter().for_each(|item| visit(commands, item));
    let scope = commands.enter();
    for key in ["variables", "environment", "env"] {
        variables(commands, node.get(key));
    }
    for (key, value) in node.entries() {
        let key = key.as_text().unwrap_or_default();
        let is_run = COMMANDS.contains(&key)
            || ENDS.iter().any(|end| key.ends_with(end))
            || STARTS.iter().any(|start| key.starts_with(start));
        let dialect = if ["ps", "pwsh", "powershell"].contains(&key) { Dialect::PowerShell } else { Dialect::Posix };
        let mut texts = Vec::new();
        if is_run {
            collect(value, &mut texts, 0);
        }
        for text in texts {
            commands.shell(text, dialect);
        }
        visit(commands, value);
    }
    commands.leave(scope);
}
