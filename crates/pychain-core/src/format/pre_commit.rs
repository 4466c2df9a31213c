//! `.pre-commit-config.yaml`: where hooks come from, and what those in Python need beside their own project.

use super::commands::Commands;
use super::logical::LogicalLine;
use super::shell::Word;
use super::workflow::read_yaml;
use super::yaml::{Node, NodeKind};
use crate::model::Document;
use crate::text::SourceFile;

/// Well-known hooks that are written in Python, by their ids. The language of a hook stands in its own repository, and
/// the packages of a hook in another language are not the public index's.
const PYTHON_HOOKS: [&str; 45] = [
    "ansible-lint",
    "autoflake",
    "bandit",
    "basedpyright",
    "black",
    "black-jupyter",
    "blacken-docs",
    "check-jsonschema",
    "check-manifest",
    "clang-format",
    "cmake-format",
    "cmake-lint",
    "codespell",
    "commitizen",
    "deptry",
    "djlint",
    "doc8",
    "docformatter",
    "flake8",
    "gersemi",
    "interrogate",
    "isort",
    "mdformat",
    "mypy",
    "nb-clean",
    "nbqa",
    "nbqa-black",
    "nbqa-flake8",
    "nbqa-isort",
    "nbstripout",
    "pip-audit",
    "pydocstyle",
    "pydoclint",
    "pylint",
    "pyproject-fmt",
    "pyupgrade",
    "rst-lint",
    "rstcheck",
    "ruff",
    "ruff-format",
    "sphinx-lint",
    "sqlfluff-fix",
    "sqlfluff-lint",
    "validate-pyproject",
    "yamllint",
];

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    read_yaml(file, |commands, root| {
        for repository in root.get("repos").map(Node::items).unwrap_or_default() {
            let hooks = repository.get("hooks").map(Node::items).unwrap_or_default();
            if let Some(NodeKind::Scalar(url)) = repository.get("repo").map(|url| &url.kind)
                && url.text.contains("://")
            {
                let ids = hooks.iter().filter_map(|hook| hook.get("id")?.as_text());
                commands.hooks(ids, &Word::of_value(url.clone()));
            }
            for hook in hooks {
                if is_python(hook) {
                    dependencies(commands, hook);
                }
            }
        }
    })
}

fn is_python(hook: &Node) -> bool {
    match hook.get("language").and_then(Node::as_text) {
        Some(language) => language == "python",
        None => hook.get("id").and_then(Node::as_text).is_some_and(|id| PYTHON_HOOKS.contains(&id)),
    }
}

fn dependencies(commands: &mut Commands<'_>, hook: &Node) {
    let items = hook.get("additional_dependencies").map(Node::items).unwrap_or_default();
    let texts = items.iter().filter_map(|item| match &item.kind {
        NodeKind::Scalar(text) => Some(text.clone()),
        _ => None,
    });
    let texts: Vec<LogicalLine<'static>> = texts.collect();
    // pre-commit hands them to pip as they are, options too.
    commands.arguments(&texts);
}
