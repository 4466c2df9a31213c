//! Core for a browser: which compiler can make WebAssembly here, and whether core builds with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::run;
use crate::test::Ending;

/// What a browser runs.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// What to say where [`choose`] finds none.
pub(crate) const NO_COMPILER: &str = "no compiler makes WebAssembly here \
     (rustup target add wasm32-unknown-unknown, or apt-get install rustc-web rust-web-src)";
/// How long rustup may take to fetch the target.
const PATIENCE: Duration = Duration::from_mins(2);
/// Names a compiler with the standard library's sources, for a machine whose own one lacks the target.
const OVERRIDE: &str = "PYCHAIN_WASM_RUSTC";

/// A compiler that can make WebAssembly.
pub(crate) enum Compiler {
    /// The one in use: the target is installed.
    InUse,
    /// Another one, with the sources of the standard library to build first.
    WithSources(PathBuf),
}

impl Compiler {
    /// What was chosen, in words.
    pub(crate) fn about(&self) -> String {
        match self {
            Compiler::InUse => format!("with the compiler in use, which has {TARGET}"),
            Compiler::WithSources(rustc) => {
                format!("with {}, building the standard library first", rustc.display())
            }
        }
    }

    /// cargo, building for the target into a directory.
    pub(crate) fn cargo(&self, arguments: &[&str], target: &Path) -> Command {
        let mut command = run::cargo(arguments);
        command.args(["--target", TARGET]).env("CARGO_TARGET_DIR", target);
        if let Compiler::WithSources(rustc) = self {
            command.arg("-Zbuild-std=std,panic_abort");
            // Unstable features for this one child only.
            command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
            if let Some(linker) = linker() {
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
        command
    }
}

/// Checks core for the target; skipped where no compiler can.
pub(crate) fn check() -> Result<Ending> {
    let Some(compiler) = choose()? else { return Ok(Ending::Skipped(NO_COMPILER.to_owned())) };
    println!("   {}", compiler.about());
    let target = match compiler {
        Compiler::InUse => run::target(),
        // Two compilers in one directory would evict each other.
        Compiler::WithSources(_) => run::target().join("wasm"),
    };
    run::status(&mut compiler.cargo(&["check", "--quiet", "--locked", "-p", "pychain-core"], &target))?;
    Ok(Ending::Passed)
}

/// The first that can: the one named by us, the one in use, the one in use once rustup has fetched the target, Debian's.
pub(crate) fn choose() -> Result<Option<Compiler>> {
    if let Some(rustc) = std::env::var_os(OVERRIDE) {
        return Ok(Some(Compiler::WithSources(rustc.into())));
    }
    if is_installed()? || (add_target()? && is_installed()?) {
        return Ok(Some(Compiler::InUse));
    }
    Ok(debian().filter(|rustc| has_sources(rustc) && is_new(rustc)).map(Compiler::WithSources))
}

fn is_installed() -> Result<bool> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
    let folder = run::output(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    let Ok(entries) = Path::new(folder.trim()).read_dir() else { return Ok(false) };
    Ok(entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-")))
}

/// Asks rustup, where there is one, which may be refused or hang.
fn add_target() -> Result<bool> {
    let Ok(mut child) = Command::new("rustup").args(["target", "add", TARGET]).spawn() else { return Ok(false) };
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().context("waiting for rustup")? {
            return Ok(status.success());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().and_then(|()| child.wait()).context("stopping rustup")?;
    Ok(false)
}

/// Debian's compiler for web browsers, if it is installed.
fn debian() -> Option<PathBuf> {
    let listed = Command::new("dpkg").args(["-L", "rustc-web"]).output().ok()?;
    String::from_utf8_lossy(&listed.stdout).lines().find(|line| line.ends_with("bin/rustc")).map(PathBuf::from)
}

fn has_sources(rustc: &Path) -> bool {
    run::output(Command::new(rustc).args(["--print", "sysroot"]))
        .is_ok_and(|sysroot| Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file())
}

/// Whether a compiler is as new as `Cargo.toml` asks: Debian's has been both.
fn is_new(rustc: &Path) -> bool {
    let minor = |version: &str| version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    let version = run::output(Command::new(rustc).arg("--version")).unwrap_or_default();
    minor(version.split(' ').nth(1).unwrap_or_default()) >= minor(env!("CARGO_PKG_RUST_VERSION"))
}

/// The linker of the compiler in use; Debian's comes without.
fn linker() -> Option<PathBuf> {
    let sysroot = run::output(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
    let version = run::output(Command::new("rustc").arg("-vV")).ok()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    let ours = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/rust-lld");
    ours.is_file().then_some(ours)
}
