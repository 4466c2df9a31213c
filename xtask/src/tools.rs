//! Tools that a gate needs and that are not part of Rust: fetched at a pinned version into `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::run;

/// The linters and what runs the action, with their hashes.
const PYTHON_TOOLS: &str = ".github/requirements.txt";
/// The tools whose lock files we read, with their hashes.
const LOCKING_TOOLS: &str = "tools/conformance/honest/requirements.txt";

/// A program from crates.io at one version, built on first use.
pub(crate) fn from_crates_io(name: &str, version: &str) -> Result<PathBuf> {
    let folder = folder().join(format!("{name}-{version}"));
    let program = folder.join("bin").join(name);
    if !program.is_file() {
        println!("installing {name} {version} into {} (once)", folder.display());
        let mut install = run::cargo(["install", "--quiet", "--locked", "--root"]);
        install.arg(&folder).arg(format!("{name}@{version}"));
        // Its build directory is of no use afterwards, and not ours to mix with.
        install.env("CARGO_TARGET_DIR", folder.join("build"));
        // It runs for a second and is built for minutes: build it fast.
        install.env("CARGO_PROFILE_RELEASE_LTO", "off");
        install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        run::status(&mut install)?;
        fs::remove_dir_all(folder.join("build")).context("removing the build directory")?;
    }
    Ok(program)
}

/// Why nothing from PyPI can be had here, if that is so.
pub(crate) fn no_pypi() -> Option<String> {
    let missing = !is_there("python3", &["-c", "import ensurepip, venv"]);
    missing.then(|| "python3 with venv is not installed (Debian: apt-get install python3-venv)".to_owned())
}

/// The folder of the programs from PyPI.
pub(crate) fn from_pypi() -> Result<PathBuf> {
    of_list(PYTHON_TOOLS, "python")
}

/// The folder of the tools that make lock files.
pub(crate) fn that_lock() -> Result<PathBuf> {
    of_list(LOCKING_TOOLS, "locking")
}

/// The folder of what a requirements file lists, installed on first use and when the list changes.
fn of_list(file: &str, name: &str) -> Result<PathBuf> {
    let list = run::root().join(file);
    let wanted = fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let folder = folder().join(name);
    let stamp = folder.join("installed.txt");
    let programs = folder.join("bin");
    if fs::read_to_string(&stamp).ok().as_deref() == Some(&*wanted) {
        return Ok(programs);
    }
    println!("installing {file} into {} (once)", folder.display());
    run::status(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    // The lists are whole. An older pip does not take a pin for what is asked for with an extra elsewhere.
    let pip =
        ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary=:all:"];
    run::status(Command::new(programs.join("pip")).args(pip).arg("-r").arg(&list))?;
    fs::write(&stamp, wanted).context("remembering what is installed")?;
    Ok(programs)
}

/// The modules that examine the page, installed from their lock file.
pub(crate) fn axe() -> Result<PathBuf> {
    Ok(from_npm("axe")?.join("axe-core/axe.min.js"))
}

/// The script of Lighthouse's command line, installed from its lock file.
pub(crate) fn lighthouse() -> Result<PathBuf> {
    Ok(from_npm("lighthouse")?.join("lighthouse/cli/index.js"))
}

/// The modules that a folder of `tools/browser` lists.
fn from_npm(list: &str) -> Result<PathBuf> {
    let folder = folder().join("node").join(list);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(run::root().join("tools/browser").join(list).join(name), folder.join(name)).context(name)?;
    }
    // Nothing of what is fetched runs now.
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    run::status(Command::new("npm").args(install).current_dir(&folder))?;
    Ok(folder.join("node_modules"))
}

/// Whether a program can be started at all.
pub(crate) fn is_there(program: impl AsRef<Path>, probe: &[&str]) -> bool {
    Command::new(program.as_ref()).args(probe).output().is_ok_and(|output| output.status.success())
}

fn folder() -> PathBuf {
    run::target().join("tools")
}
