//! `action/get.sh`, run as the action runs it, on archives and manifests that `pychain-dist` made.

// Runners with Windows have bash too, but not the permissions and links that this sets up.
#![cfg(unix)]

use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tempfile::TempDir;

const TARGET: &str = "x86_64-unknown-linux-musl";
/// Stands for pychain: answers what is asked while packing, and says that it ran.
const PROGRAM: &str = "#!/bin/sh\necho \"fake $*\"\n";
/// All that the script may use, besides a program that hashes.
const TOOLS: [&str; 9] = ["bash", "curl", "dirname", "gzip", "mkdir", "mktemp", "mv", "rm", "tar"];

/// A runner with the action on it, and what is published beside it.
struct Runner {
    folder: TempDir,
    environment: Vec<(&'static str, OsString)>,
}

/// How the script ended, what it printed, and the program it found.
struct Outcome {
    code: Option<i32>,
    stdout: String,
    found: Option<PathBuf>,
}

impl Runner {
    /// With the manifest of the tree, whatever it says, and every tool.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for name in ["action/action", "tools", "temporary", "cache", "workspace", "published"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        for name in ["get.sh", "manifest"] {
            fs::copy(top.join("action").join(name), folder.path().join("action/action").join(name)).expect("copied");
        }
        let runner = Self { folder, environment: Vec::new() };
        for tool in TOOLS.iter().chain(&["sha256sum"]) {
            runner.link(tool);
        }
        let folders = [
            ("GITHUB_OUTPUT", "output"),
            ("PATH", "tools"),
            ("RUNNER_TEMP", "temporary"),
            ("RUNNER_TOOL_CACHE", "cache"),
        ];
        let folders = folders.map(|(name, folder)| (name, runner.path(folder)));
        folders
            .into_iter()
            .fold(runner, |runner, (name, path)| runner.with(name, path))
            .with("RUNNER_ARCH", "X64")
            .with("RUNNER_OS", "Linux")
    }

    /// With a release, packed and published in a folder.
    fn released() -> Self {
        let runner = Self::new();
        let program = runner.path("pychain");
        executable(&program, PROGRAM);
        let published = runner.path("published");
        Self::dist(&[OsString::from("pack"), TARGET.into(), program.into(), published.clone().into()]);
        let manifest = runner.path("action/action/manifest");
        Self::dist(&["manifest".into(), "https://example.invalid/releases".into(), published.into(), manifest.into()]);
        runner
    }

    /// With the published files at a URL, which `download-base` names.
    fn served(self) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let folder = self.path("published");
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 4096];
                let read = stream.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let name = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
                let (status, body) =
                    fs::read(folder.join(name)).map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        self.with("PYCHAIN_DOWNLOAD_BASE", base)
    }

    fn with(self, name: &'static str, value: impl Into<OsString>) -> Self {
        let mut environment = self.environment;
        environment.retain(|(other, _)| *other != name);
        environment.push((name, value.into()));
        Self { environment, ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a tool of this machine one of the runner's.
    fn link(&self, tool: &str) {
        let path = std::env::var_os("PATH").expect("a PATH");
        let found = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.is_file());
        symlink(found.unwrap_or_else(|| panic!("no {tool} here")), self.path("tools").join(tool)).expect("a link");
    }

    fn dist(words: &[OsString]) {
        let output = Command::new(env!("CARGO_BIN_EXE_pychain-dist")).args(words).output().expect("started");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Where the program lies in the tool cache.
    fn cached(&self) -> PathBuf {
        self.path("cache/pychain").join(env!("CARGO_PKG_VERSION")).join("X64/pychain")
    }

    fn archive(&self) -> PathBuf {
        self.path("published").join(format!("pychain-{}-{TARGET}.tar.gz", env!("CARGO_PKG_VERSION")))
    }

    fn get(&self) -> Outcome {
        fs::write(self.path("output"), "").expect("written");
        let output = Command::new(self.path("tools/bash"))
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(self.path("action/action/get.sh"))
            .current_dir(self.path("workspace"))
            .env_clear()
            .envs(self.environment.iter().cloned())
            .output()
            .expect("started");
        let written = fs::read_to_string(self.path("output")).expect("read");
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            found: written.strip_prefix("path=").map(|path| PathBuf::from(path.trim_end_matches('\n'))),
        }
    }

    /// The one annotation of a run that must end without a program.
    fn refused(&self) -> String {
        let outcome = self.get();
        assert_eq!(outcome.code, Some(2), "{}", outcome.stdout);
        assert_eq!(outcome.found, None);
        assert_eq!(fs::read_dir(self.path("temporary")).expect("a folder").count(), 0, "something was left");
        let mut commands = outcome.stdout.lines().filter(|line| line.contains("::"));
        let error = commands.next().and_then(|line| line.strip_prefix("::error title=pychain::")).expect("an error");
        assert_eq!(commands.next(), None, "{}", outcome.stdout);
        error.to_owned()
    }
}

fn executable(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permitted");
}

#[test]
fn a_release_is_downloaded_once_and_then_taken_from_the_cache() {
    let runner = Runner::released().served();
    let first = runner.get();
    assert_eq!((first.code, first.found), (Some(0), Some(runner.cached())), "{}", first.stdout);
    assert_eq!(fs::read_to_string(runner.cached()).expect("read"), PROGRAM);
    assert!(Command::new(runner.cached()).status().expect("it can be run").success());
    // Nothing but the program stays.
    assert_eq!(fs::read_dir(runner.cached().parent().expect("a folder")).expect("a folder").count(), 1);

    let offline = runner.with("PYCHAIN_DOWNLOAD_BASE", "http://127.0.0.1:9");
    assert_eq!(offline.get().found, Some(offline.cached()));
}

#[test]
fn without_a_tool_cache_the_temporary_folder_serves() {
    let runner = Runner::released().served().with("RUNNER_TOOL_CACHE", "");
    let found = runner.get().found.expect("found");
    assert!(found.starts_with(runner.path("temporary")), "{}", found.display());
}

#[test]
fn a_tampered_archive_is_not_unpacked() {
    let runner = Runner::released().served();
    let mut bytes = fs::read(runner.archive()).expect("read");
    bytes.push(0);
    fs::write(runner.archive(), bytes).expect("written");
    let error = runner.refused();
    assert!(
        error.contains("is not what the action's manifest names") && error.ends_with("It was not unpacked."),
        "{error}"
    );
    assert!(!runner.cached().exists());
}

#[test]
fn a_program_with_another_hash_than_the_manifests_is_not_kept() {
    let runner = Runner::released().served();
    let path = runner.path("action/action/manifest");
    let manifest = fs::read_to_string(&path).expect("read");
    let (before, hash) = manifest.trim_end().rsplit_once(' ').expect("a row");
    fs::write(&path, format!("{before} {}\n", hash.chars().rev().collect::<String>())).expect("written");
    assert!(runner.refused().ends_with("It was not run."));
    assert!(!runner.cached().exists());
}

#[test]
fn a_tampered_cache_is_not_used() {
    let runner = Runner::released().served();
    assert_eq!(runner.get().code, Some(0));
    executable(&runner.cached(), "#!/bin/sh\necho evil\n");
    let error = runner.refused();
    assert!(error.starts_with("the program in the tool cache is not what"), "{error}");
}

#[test]
fn without_a_program_that_hashes_nothing_is_run() {
    let runner = Runner::released().served();
    fs::remove_file(runner.path("tools/sha256sum")).expect("removed");
    assert_eq!(runner.refused(), "neither sha256sum nor shasum is there to check pychain with");
    // What macOS has instead.
    executable(
        &runner.path("tools/shasum"),
        "#!/usr/bin/env bash\n[ \"$*\" = \"-a 256\" ] && exec /usr/bin/sha256sum\n",
    );
    assert_eq!(runner.get().found, Some(runner.cached()));
}

#[test]
fn an_unknown_platform_is_told_what_helps() {
    let runner = Runner::released().served().with("RUNNER_ARCH", "RISCV64");
    let error = runner.refused();
    assert!(error.contains("for Linux on RISCV64") && error.contains("`build-from-source: true`"), "{error}");
    let error = Runner::released().with("RUNNER_OS", "").refused();
    assert!(error.contains("for this system on X64"), "{error}");
}

#[test]
fn a_release_that_cannot_be_reached_ends_the_job() {
    let runner = Runner::released().served();
    fs::remove_file(runner.archive()).expect("removed");
    assert!(runner.refused().starts_with("pychain cannot be downloaded from http://127.0.0.1:"));
    assert!(
        runner.with("PYCHAIN_DOWNLOAD_BASE", "http://127.0.0.1:9/").refused().contains("http://127.0.0.1:9/pychain-")
    );
}

#[test]
fn only_web_addresses_are_downloaded_from() {
    for base in ["file:///etc", "--config=/etc/passwd", "ftp://example.org"] {
        let error = Runner::released().with("PYCHAIN_DOWNLOAD_BASE", base).refused();
        assert!(error.starts_with("`download-base` must begin with"), "{error}");
    }
}

#[test]
fn a_program_of_the_users_is_taken_as_it_is() {
    let runner = Runner::new();
    let own = runner.path("own 100%");
    executable(&own, PROGRAM);
    let runner = runner.with("PYCHAIN_PATH", &own).with("RUNNER_ARCH", "RISCV64");
    assert_eq!(runner.get().found, Some(own));
}

#[test]
fn a_path_that_is_no_program_is_refused() {
    for (path, error) in [
        ("pychain", "`pychain-path` must be an absolute path: pychain"),
        ("./pychain", "`pychain-path` must be an absolute path: ./pychain"),
        ("/nowhere/pychain", "`pychain-path` is not a program: /nowhere/pychain"),
        // A directory may be executable.
        ("/", "`pychain-path` is not a program: /"),
    ] {
        assert_eq!(Runner::new().with("PYCHAIN_PATH", path).refused(), error);
    }
}

#[test]
fn what_a_value_holds_never_becomes_a_command() {
    let hostile = "x\n::add-mask::y\r\n%0A::error::z";
    let escaped = "x%0A::add-mask::y%0D%0A%250A::error::z";
    assert_eq!(
        Runner::new().with("PYCHAIN_PATH", hostile).refused(),
        format!("`pychain-path` must be an absolute path: {escaped}")
    );
    assert_eq!(
        Runner::new().with("PYCHAIN_BUILD_FROM_SOURCE", hostile).refused(),
        format!("`build-from-source` is `true`, `false` or empty: {escaped}")
    );
    // A name with a line break could name another output.
    let runner = Runner::new();
    let own = runner.path("own\npath=evil");
    executable(&own, PROGRAM);
    assert_eq!(runner.with("PYCHAIN_PATH", own).refused(), "the path of pychain has a line break in it");
}

/// Builds nothing, but records how it was asked to.
const CARGO: &str =
    "#!/usr/bin/env bash\nprintf '%s\\n' \"$PWD\" \"$@\" \"${CARGO_BUILD_TARGET-no target}\" >\"$RUNNER_TEMP/cargo\"\n";

#[test]
fn while_nothing_is_released_pychain_is_built_from_the_actions_own_folder() {
    let runner = Runner::new();
    fs::write(runner.path("action/action/manifest"), "version none\n").expect("written");
    let error = runner.refused();
    assert!(error.starts_with("there is no cargo to build pychain with"), "{error}");

    executable(&runner.path("tools/cargo"), CARGO);
    let runner = runner.with("CARGO_BUILD_TARGET", "wasm32-unknown-unknown");
    let outcome = runner.get();
    let folder = runner.path("temporary/pychain-build");
    assert_eq!(outcome.found, Some(folder.join("release/pychain")), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("building pychain from source"), "{}", outcome.stdout);
    // Not from the workspace, whose .cargo/config.toml could name a compiler.
    let asked = fs::read_to_string(runner.path("temporary/cargo")).expect("read");
    let words = ["build", "--quiet", "--locked", "--release", "-p", "pychain", "--target-dir"];
    let expected: Vec<String> = [runner.path("action").display().to_string()]
        .into_iter()
        .chain(words.map(str::to_owned))
        .chain([folder.display().to_string(), "no target".to_owned()])
        .collect();
    assert_eq!(asked.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn building_from_source_can_be_demanded_and_forbidden() {
    let runner = Runner::released().with("PYCHAIN_BUILD_FROM_SOURCE", "true");
    executable(&runner.path("tools/cargo"), CARGO);
    assert_eq!(runner.get().found, Some(runner.path("temporary/pychain-build/release/pychain")));

    let runner = Runner::new().with("PYCHAIN_BUILD_FROM_SOURCE", "false");
    fs::write(runner.path("action/action/manifest"), "version none\n").expect("written");
    assert!(runner.refused().starts_with("nothing has been released yet"));
}

#[test]
fn a_build_that_fails_ends_the_job() {
    let runner = Runner::new().with("PYCHAIN_BUILD_FROM_SOURCE", "true");
    executable(&runner.path("tools/cargo"), "#!/bin/sh\nexit 101\n");
    assert!(runner.refused().starts_with("pychain cannot be built from source"));
}

#[test]
fn a_manifest_that_is_not_understood_ends_the_job() {
    let runner = Runner::new();
    fs::write(runner.path("action/action/manifest"), "version 1.0.0\n<<<<<<< HEAD\n").expect("written");
    assert_eq!(runner.refused(), "action/manifest cannot be understood: <<<<<<<");
}
