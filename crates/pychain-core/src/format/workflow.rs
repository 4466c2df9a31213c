//! What runs in continuous integration: workflows and composite actions of GitHub, pipelines of GitLab.
//!
//! Read are the variables (`env`, `variables`) and the commands (`run`, `script`). Expressions stay as written.

use super::commands::{Commands, split_words, unreadable};
use super::logical::LogicalLine;
use super::shell::{self, Dialect, Word};
use super::yaml::{self, Node, NodeKind};
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a workflow or a composite action.
pub(super) fn parse(file: &SourceFile) -> Document {
    read_yaml(file, |commands, root| {
        if let Some(runs) = root.get("runs") {
            steps(commands, runs, "steps", &Defaults::default());
            return;
        }
        variables(commands, root.get("env"));
        let defaults = Defaults::default().with(root);
        for (_, job) in root.get("jobs").map(Node::entries).unwrap_or_default() {
            let scope = commands.enter();
            variables(commands, job.get("env"));
            variables(commands, job.get("container").and_then(|container| container.get("env")));
            steps(commands, job, "steps", &defaults.with(job));
            commands.leave(scope);
        }
    })
}

/// Reads a pipeline of GitLab.
pub(super) fn parse_gitlab(file: &SourceFile) -> Document {
    read_yaml(file, |commands, root| {
        variables(commands, root.get("variables"));
        let shared = [Some(root), root.get("default")];
        for place in shared.into_iter().flatten() {
            scripts(commands, place);
        }
        for (_, job) in root.entries().iter().filter(|(name, _)| name.as_text() != Some("default")) {
            let scope = commands.enter();
            variables(commands, job.get("variables"));
            scripts(commands, job);
            commands.leave(scope);
        }
    })
}

/// A document that is no YAML has one line that says so.
pub(super) fn read_yaml(file: &SourceFile, read: impl FnOnce(&mut Commands<'_>, &Node)) -> Document {
    let mut commands = Commands::new(file);
    match yaml::document(file) {
        Ok(Some(root)) => read(&mut commands, &root),
        Ok(None) => {}
        Err((span, message)) => {
            return unreadable(file, span, message, "Correct the file: nothing in it was audited");
        }
    }
    commands.finish()
}

/// What holds for steps that say nothing else.
#[derive(Default, Clone)]
struct Defaults {
    shell: Option<String>,
    folder: Option<String>,
}

impl Defaults {
    fn with(&self, place: &Node) -> Self {
        let run = place.get("defaults").and_then(|defaults| defaults.get("run"));
        let of = |key| run.and_then(|run| run.get(key)).and_then(Node::as_text).map(str::to_owned);
        Self {
            shell: of("shell").or_else(|| self.shell.clone()),
            folder: of("working-directory").or_else(|| self.folder.clone()),
        }
    }
}

fn steps(commands: &mut Commands<'_>, job: &Node, key: &str, defaults: &Defaults) {
    for step in job.get(key).map(Node::items).unwrap_or_default() {
        // Those of a group run side by side, and no group is in another.
        if key == "steps" {
            steps(commands, step, "parallel", defaults);
        }
        let scope = commands.enter();
        variables(commands, step.get("env"));
        let of = |key| step.get(key).and_then(Node::as_text);
        let dialect = dialect(of("shell").or(defaults.shell.as_deref()));
        let folder = of("working-directory").or(defaults.folder.as_deref());
        if let Some(folder) = folder {
            commands.change_folder(Some(folder).filter(|folder| !folder.contains("${{")));
        }
        // What setup-python installs.
        if let Some(NodeKind::Scalar(text)) = step.get("with").and_then(|with| Some(&with.get("pip-install")?.kind)) {
            let words: Vec<_> = split_words(&text.text).into_iter().map(|word| shell::slice(text, word)).collect();
            commands.arguments(&words);
        }
        let lasting = match (step.get("run"), dialect) {
            (Some(Node { kind: NodeKind::Scalar(text), .. }), Some(dialect)) => commands.lasting_shell(text, dialect),
            _ => Vec::new(),
        };
        commands.leave(scope);
        commands.keep(lasting);
    }
}

/// The language of a step; none where it is no shell.
fn dialect(shell: Option<&str>) -> Option<Dialect> {
    let shell = shell.unwrap_or("bash");
    match shell.split_whitespace().next().unwrap_or_default() {
        "pwsh" | "powershell" => Some(Dialect::PowerShell),
        "python" | "node" | "perl" | "ruby" => None,
        _ => Some(Dialect::Posix),
    }
}

pub(super) fn variables(commands: &mut Commands<'_>, node: Option<&Node>) {
    for (name, value) in node.map(Node::entries).unwrap_or_default() {
        // GitLab's may say what they are for beside their value.
        let value = value.get("value").unwrap_or(value);
        let (Some(name), NodeKind::Scalar(text)) = (name.as_text(), &value.kind) else { continue };
        // cibuildwheel runs what these hold.
        if name.starts_with("CIBW_BEFORE") {
            commands.shell(text, Dialect::Posix);
        } else if name.starts_with("CIBW_ENVIRONMENT") {
            commands.variables_of(text);
        } else {
            commands.environment(name, &Word::of_value(text.clone()));
        }
    }
}

fn scripts(commands: &mut Commands<'_>, place: &Node) {
    let mut texts: Vec<&LogicalLine<'static>> = Vec::new();
    for key in ["before_script", "script", "after_script"] {
        if let Some(node) = place.get(key) {
            collect(node, &mut texts, 0);
        }
    }
    for text in texts {
        commands.shell(text, Dialect::Posix);
    }
}

/// GitLab takes lists of lists.
pub(super) fn collect<'n>(node: &'n Node, texts: &mut Vec<&'n LogicalLine<'static>>, depth: usize) {
    match &node.kind {
        NodeKind::Scalar(text) => texts.push(text),
        NodeKind::Sequence(items) if depth < 8 => items.iter().for_each(|item| collect(item, texts, depth + 1)),
        _ => {}
    }
}
