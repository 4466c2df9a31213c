//! Linters on what GitHub and pre-commit run: the action, our workflows, the examples that users copy, the scripts.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::test::Ending;
use crate::{run, tools};

const ACTION: &str = "action.yml";
const WORKFLOWS: &str = ".github/workflows";
const EXAMPLES: &str = "examples/workflows";
const SCRIPTS: [&str; 2] = [".ci/run", "action/get.sh"];
const HOOKS: &str = ".pre-commit-hooks.yaml";

/// How the examples name the action and the organization's workflow, and what stands for it while they are linted.
const STAND_INS: [(&str, &str); 2] = [
    ("org/pychain-action@v1", "./"),
    ("acme/workflows/.github/workflows/pychain.yml@v1", "./.github/workflows/organization.yml"),
];

pub(crate) fn check() -> Result<Ending> {
    if let Some(reason) = tools::no_pypi() {
        return Ok(Ending::Skipped(reason));
    }
    let programs = tools::from_pypi()?;
    let lint = |program: &str, words: &[&str], files: &[&Path]| {
        run::status(Command::new(programs.join(program)).args(words).args(files).current_dir(run::root()))
    };
    let (workflows, examples) = (files(WORKFLOWS)?, files(EXAMPLES)?);
    let (workflows, examples) = (paths(&workflows), paths(&examples));

    let zizmor = ["--offline", "--quiet", "--config", ".github/zizmor.yml"];
    lint("zizmor", &[&zizmor[..], &["--persona=auditor"]].concat(), &[Path::new(ACTION), Path::new(".github")])?;
    lint("zizmor", &zizmor, &examples)?;

    let schema = "--builtin-schema";
    lint("check-jsonschema", &["--quiet", schema, "vendor.github-actions"], &[Path::new(ACTION)])?;
    lint("check-jsonschema", &["--quiet", schema, "vendor.github-workflows"], &[&workflows[..], &examples].concat())?;

    let mut shellcheck = OsString::from("--shellcheck=");
    shellcheck.push(programs.join("shellcheck"));
    let jactionlint = |folder: &Path, words: &[&str]| {
        run::status(Command::new(programs.join("jactionlint")).arg(&shellcheck).args(words).current_dir(folder))
    };
    jactionlint(
        &run::root(),
        &[&[ACTION][..], &workflows.iter().filter_map(|path| path.to_str()).collect::<Vec<_>>()].concat(),
    )?;
    // The minimal example leaves out what is good style only; what each passes to the action must exist.
    jactionlint(&repository_of(&examples)?, &["--profile=correctness", "--ignore=local-action-checkout"])?;

    lint("shellcheck", &[], &SCRIPTS.map(Path::new))?;
    lint("pre-commit", &["validate-manifest"], &[Path::new(HOOKS)])?;
    Ok(Ending::Passed)
}

/// A repository in which the examples are the workflows and the action is a local one, whose inputs are then checked.
fn repository_of(examples: &[&Path]) -> Result<PathBuf> {
    let folder = run::target().join("examples");
    let workflows = folder.join(WORKFLOWS);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&workflows).with_context(|| workflows.display().to_string())?;
    fs::create_dir_all(folder.join(".git"))?;
    fs::copy(run::root().join(ACTION), folder.join(ACTION))?;
    for example in examples {
        let mut text = fs::read_to_string(run::root().join(example))?;
        ensure!(STAND_INS.iter().any(|(name, _)| text.contains(name)), "{} uses no action of ours", example.display());
        for (name, local) in STAND_INS {
            text = text.replace(name, local);
        }
        fs::write(workflows.join(example.file_name().context("an example without a name")?), text)?;
    }
    Ok(folder)
}

/// The files of a folder, relative to the top of the repository.
fn files(folder: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(run::root().join(folder)).with_context(|| folder.to_owned())? {
        files.push(Path::new(folder).join(entry?.file_name()));
    }
    files.sort();
    ensure!(!files.is_empty(), "there is nothing in {folder}");
    Ok(files)
}

fn paths(files: &[PathBuf]) -> Vec<&Path> {
    files.iter().map(PathBuf::as_path).collect()
}
