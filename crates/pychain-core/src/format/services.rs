//! Files by which containers, editors and runners of tasks start commands: Compose files, `devcontainer.json`, the tasks
//! of Visual Studio Code, `Taskfile.yml`. JSON is read as the YAML that it is, without its comments.
//!
//! As in [`super::pipeline`] the tree is gone through as a whole. What cannot be taken apart has nothing to say: most such
//! files install nothing.

use super::commands::Commands;
use super::shell::{Dialect, Word};
use super::workflow::{collect, variables};
use super::yaml::{self, Node, NodeKind};
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a Compose file. Nobody can tell in which folder of an image its commands start.
pub(super) fn parse_compose(file: &SourceFile) -> Document {
    let mut commands = Commands::new(file);
    commands.change_folder(None);
    read(file, commands)
}

/// Reads a file of tasks, which start in its folder.
pub(super) fn parse_tasks(file: &SourceFile) -> Document {
    read(file, Commands::of_own_folder(file))
}

/// Reads a file of an editor, whose commands start in the folder that has `.devcontainer` or `.vscode`.
pub(super) fn parse_json(file: &SourceFile) -> Document {
    let mut commands = Commands::new(file);
    let of_editor = ["/.devcontainer", "/.vscode"].iter().find_map(|name| file.path().find(name));
    commands.change_folder(of_editor.and_then(|end| file.path().get(..end)).or(Some("")));
    read(&SourceFile::from_text(file.path(), without_comments(file.text())), commands)
}

fn read(file: &SourceFile, mut commands: Commands<'_>) -> Document {
    if let Ok(Some(root)) = yaml::document(file) {
        visit(&mut commands, &root);
    }
    commands.finish()
}

fn visit(commands: &mut Commands<'_>, node: &Node) {
    node.items().iter().for_each(|item| visit(commands, item));
    let scope = commands.enter();
    for value in ["environment", "env", "containerEnv", "remoteEnv", "args"].iter().filter_map(|key| node.get(key)) {
        variables(commands, Some(value));
        // `- NAME=value`.
        for item in value.items() {
            if let NodeKind::Scalar(text) = &item.kind {
                commands.variables_of(text);
            }
        }
    }
    for (key, value) in node.entries() {
        let key = key.as_text().unwrap_or_default();
        let mut texts = Vec::new();
        match key {
            "command" => match (&value.kind, node.get("args").map(Node::items)) {
                (NodeKind::Scalar(program), Some(arguments)) => {
                    let arguments = arguments.iter().filter_map(word);
                    commands
                        .words(&std::iter::once(Word::of_value(program.clone())).chain(arguments).collect::<Vec<_>>());
                }
                _ => start(commands, value),
            },
            "entrypoint" => start(commands, value),
            _ if key.ends_with("Command") => {
                start(commands, value);
                // Several at once, each by a name.
                value.entries().iter().for_each(|(_, value)| start(commands, value));
            }
            "cmd" | "cmds" | "sh" => collect(value, &mut texts, 0),
            "tasks" => value.entries().iter().for_each(|(_, value)| collect(value, &mut texts, 0)),
            _ => {}
        }
        for text in texts {
            commands.shell(text, Dialect::Posix);
        }
        visit(commands, value);
    }
    commands.leave(scope);
}

/// One command: a text for the shell, or its words.
fn start(commands: &mut Commands<'_>, value: &Node) {
    match &value.kind {
        NodeKind::Scalar(text) => commands.shell(text, Dialect::Posix),
        _ => commands.words(&value.items().iter().filter_map(word).collect::<Vec<_>>()),
    }
}

fn word(node: &Node) -> Option<Word> {
    match &node.kind {
        NodeKind::Scalar(text) => Some(Word::of_value(text.clone())),
        _ => None,
    }
}

/// JSON with spaces in the place of comments, and of tabs, which YAML does not take everywhere: all places stay.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let blank = |out: &mut String, part: &str| {
        out.extend(part.chars().flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8())));
    };
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => {
                let mut escaped = false;
                let end = rest.char_indices().skip(1).find(|(_, c)| {
                    let closes = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    closes
                });
                end.map_or(rest.len(), |(at, _)| at + 1)
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => first.len_utf8(),
        };
        let (part, after) = rest.split_at(end);
        rest = after;
        if part.starts_with(['/', '\t']) && (part.len() > 1 || first == '\t') {
            blank(&mut out, part);
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    #[test]
    fn comments_leave_everything_in_its_place() {
        let text = "{ // é \"x\"\n\t\"a//b\": \"\\\"/*\", /* y\n */ \"c\": 1, }\n//";
        let blank = "{          \n \"a//b\": \"\\\"/*\",     \n    \"c\": 1, }\n  ";
        assert_eq!(without_comments(text), blank);
        assert_eq!(
            (without_comments("\"a\\"), without_comments("/* x"), without_comments("a / b")),
            ("\"a\\".to_owned(), "    ".to_owned(), "a / b".to_owned())
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_moves(text in "[a\"\\\\/*\t\né]{0,40}") {
            let out = without_comments(&text);
            proptest::prop_assert_eq!(out.len(), text.len());
            proptest::prop_assert!(text.match_indices('\n').all(|(at, _)| out.get(at..=at) == Some("\n")));
        }
    }

    #[test]
    fn commands_of_containers_editors_and_tasks_are_read() {
        check(
            "*",
            "==> pychain.toml <==\n==> docker-compose.yml <==\nservices:\n  a:\n    build:\n      context: .\n      args:\n        PIP_INDEX_URL: http://h.example.org/s\n                       ^^^^^^^^^^^^^^^^^^^^^^ insecure-index\n    command: [\"sh\", \"-c\", \"pip install --trusted-host t.example.org a==1 && x\"]\n                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n    environment:\n      - UV_INSECURE_HOST=u.example.org\n                         ^^^^^^^^^^^^^ trusted-host\n\
             ==> .devcontainer/devcontainer.json <==\n{\n\t// Python\n\t\"image\": \"python:3\",\n\t\"postCreateCommand\": \"pip install --trusted-host v.example.org -r requirements.txt\",\n                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n\t\"onCreateCommand\": {\"a\": [\"pip\", \"install\", \"--trusted-host=w.example.org\", \"a==1\"]},\n                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n}\n\
             ==> .vscode/tasks.json <==\n{\"tasks\": [{\"label\": \"x\", \"command\": \"${command:python.interpreterPath}\", \"args\": [\"-m\", \"pip\", \"install\", \"--trusted-host=x.example.org\", \"a==1\"]}]}\n                                                                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n\
             ==> Taskfile.yml <==\nversion: '3'\ntasks:\n  x: pip install --trusted-host y.example.org a==1\n                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n  y:\n    cmds:\n      - cmd: pip install --trusted-host z.example.org a==1\n                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n\
             ==> justfile <==\nexport PIP_INDEX_URL := \"http://h.example.org/s\"\n                         ^^^^^^^^^^^^^^^^^^^^^^ insecure-index\nx version=\"1\":\n    @pip install --trusted-host a.example.org a=={{version}}\n                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host\n",
        );
    }

    #[test]
    fn what_installs_nothing_or_cannot_be_read_says_nothing() {
        let files = "==> docker-compose.yml <==\nservices: [\n==> devcontainer.json <==\n{\"postCreateCommand\": \"npm install\"\n==> compose.yaml <==\nservices:\n  a:\n    command: python x.py\n==> Taskfile.yml <==\na: {{.X}}\n==> justfile <==\nx:\n    echo\n";
        check("*", files);
        assert!(crate::testing::Fixture::parse(files).head.documents.is_empty());
    }
}
