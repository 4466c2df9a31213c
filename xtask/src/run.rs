//! Runs programs from the top of the repository.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result};

/// A program that ran and did not succeed.
#[derive(Debug)]
pub(crate) struct Failed {
    what: String,
    /// Its exit status; 1 where a signal ended it.
    pub(crate) code: u8,
}

impl Failed {
    fn new(what: String, status: ExitStatus) -> Self {
        Self { what, code: status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1) }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed with status {}", self.what, self.code)
    }
}

impl std::error::Error for Failed {}

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target))
}

/// cargo, the one that runs us, at the top of the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs to the end, sharing our terminal.
pub(crate) fn status(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("starting `{shown}`"))?;
    if status.success() {
        return Ok(());
    }
    Err(Failed::new(shown, status).into())
}

/// What the program prints; its errors go to our terminal.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    output_with(command, &[0])
}

/// The same, for a program that says something by its exit status.
pub(crate) fn output_with(command: &mut Command, fine: &[i32]) -> Result<String> {
    let shown = shown(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("starting `{shown}`"))?;
    if output.status.code().is_some_and(|code| fine.contains(&code)) {
        return String::from_utf8(output.stdout)
            .with_context(|| format!("`{shown}` prints something that is not text"));
    }
    Err(Failed::new(shown, output.status).into())
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Flags for the compiler that keep paths of this machine out of what it makes, after others.
pub(crate) fn without_paths(others: &[&str]) -> Vec<String> {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let mut flags: Vec<String> = others.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--remap-path-prefix={}=pychain", root().display()));
    flags.extend(cargo.map(|cargo| format!("--remap-path-prefix={}=cargo", cargo.display())));
    flags.extend(standard_library());
    flags
}

/// Where the sources of the standard library are installed, the compiler names them instead of where they were
/// built: takes that back, so that it is the same program with and without them.
fn standard_library() -> Option<String> {
    let rustc = |words: &[&str]| output(Command::new("rustc").args(words).current_dir(root())).ok();
    let (sysroot, version) = (rustc(&["--print", "sysroot"])?, rustc(&["-vV"])?);
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "))?;
    Some(format!("--remap-path-prefix={}/lib/rustlib/src/rust=/rustc/{commit}", sysroot.trim()))
}
