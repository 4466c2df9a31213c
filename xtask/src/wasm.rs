//! Core for a browser: which compiler can make WebAssembly here, and whether core builds with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::run;
use crate::test::Ending;

const TARGET: &str = "wasm32-unknown-unknown";
/// How long rustup may take to fetch the target.
const PATIENCE: Duration = Duration::from_mins(2);
/// Names a compiler with the standard library's sources, for a machine whose own one lacks the target.
const OVERRIDE: &str = "PYCHAIN_WASM_RUSTC";

/// A compiler that can make WebAssembly.
enum Compiler {
    /// The one in use: the target is installed.
    InUse,
    /// Another one, with the sources of the standard library to build first.
    WithSources(PathBuf),
}

/// Checks core for the target; skipped where no compiler can.
pub(crate) fn check() -> Result<Ending> {
    let Some(compiler) = choose()? else {
        let how = format!("rustup target add {TARGET}, or apt-get install rustc-web rust-web-src");
        return Ok(Ending::Skipped(format!("no compiler makes WebAssembly here ({how})")));
    };
    let arguments = ["check", "--quiet", "--locked", "-p", "pychain-core", "--target", TARGET];
    let mut command = run::cargo(arguments);
    if let Compiler::WithSources(rustc) = compiler {
        println!("   with {}, building the standard library first", rustc.display());
        command.arg("-Zbuild-std=std,panic_abort");
        // Unstable features for this one child only. Two compilers in one directory would evict each other.
        command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", run::target().join("wasm"));
    }
    run::status(&mut command)?;
    Ok(Ending::Passed)
}

fn choose() -> Result<Option<Compiler>> {
    if let Some(rustc) = std::env::var_os(OVERRIDE) {
        return Ok(Some(Compiler::WithSources(rustc.into())));
    }
    if is_installed()? || (add_target()? && is_installed()?) {
        return Ok(Some(Compiler::InUse));
    }
    Ok(debian().filter(|rustc| has_sources(rustc)).map(Compiler::WithSources))
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
