//! Files that hold no dependencies by trade, and yet say what is installed and from where: by their names, with their readers.

use super::{
    dockerfile, makefile, noxfile, pip_conf, pipeline, pre_commit, pyproject, services, shell_script, tasks, tox_ini,
    tox_toml, workflow,
};
use crate::model::{Document, Role};
use crate::text::SourceFile;

/// Reads a file of one kind. Total.
pub(super) type Read = fn(&SourceFile) -> Document;

/// Names, without their extension, of what services run.
const PIPELINES: [&str; 9] = [
    ".appveyor",
    ".cirrus",
    ".readthedocs",
    ".travis",
    ".woodpecker",
    "appveyor",
    "azure-pipelines",
    "bitbucket-pipelines",
    "readthedocs",
];

/// Names, without their extension, of what Task runs.
const TASKS: [&str; 4] = ["Taskfile", "Taskfile.dist", "taskfile", "taskfile.dist"];

/// `docker-compose.yml`, `compose.override.yaml`.
fn is_compose(name: &str) -> bool {
    let name = name.strip_prefix("docker-").unwrap_or(name);
    name.strip_prefix("compose.").is_some_and(|rest| rest.matches('.').count() < 2)
}

/// The role of a file by its path, and its reader; none for any other file.
pub(super) fn of_path(path: &str) -> Option<(Role, Read)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    // What a template is made of becomes a workflow only when it is filled in.
    let is_workflow =
        is_yaml && (folder == ".github/workflows" || folder.ends_with("/.github/workflows")) && !path.contains("{{");
    let read: Read = match name {
        "pip.conf" | "pip.ini" => return Some((Role::Settings, pip_conf::parse)),
        "poetry.toml" => return Some((Role::Settings, pyproject::parse_poetry_toml)),
        "pdm.toml" | ".pdm.toml" => return Some((Role::Settings, pyproject::parse_pdm_toml)),
        "uv.toml" => return Some((Role::Settings, pyproject::parse_uv_toml)),
        _ if is_workflow => workflow::parse,
        "action.yml" | "action.yaml" => workflow::parse,
        ".gitlab-ci.yml" => workflow::parse_gitlab,
        "config.yml" if folder == ".circleci" => pipeline::parse,
        _ if is_yaml && PIPELINES.contains(&name.rsplit_once('.').unwrap_or_default().0) => pipeline::parse,
        ".pre-commit-config.yaml" => pre_commit::parse,
        "tox.ini" => tox_ini::parse,
        "tox.toml" => tox_toml::parse,
        "mise.toml" | ".mise.toml" => tasks::parse,
        ".envrc" => shell_script::parse,
        _ if name == ".env" || name.starts_with(".env.") || name.ends_with(".env") => shell_script::parse_variables,
        "noxfile.py" => noxfile::parse,
        _ if is_yaml && is_compose(name) => services::parse_compose,
        "devcontainer.json" | ".devcontainer.json" => services::parse_json,
        "tasks.json" if folder == ".vscode" || folder.ends_with("/.vscode") => services::parse_json,
        _ if is_yaml && TASKS.contains(&name.rsplit_once('.').unwrap_or_default().0) => services::parse_tasks,
        "justfile" | "Justfile" | ".justfile" => makefile::parse_just,
        "Makefile" | "makefile" | "GNUmakefile" => makefile::parse,
        "Dockerfile" | "Containerfile" => dockerfile::parse,
        _ if name.starts_with("Dockerfile.") || name.to_ascii_lowercase().ends_with(".dockerfile") => dockerfile::parse,
        _ if name.ends_with(".mk") => makefile::parse,
        _ if [".sh", ".bash", ".ps1"].iter().any(|extension| name.ends_with(extension)) => shell_script::parse,
        _ => return None,
    };
    Some((Role::Command, read))
}

#[cfg(test)]
mod tests;
