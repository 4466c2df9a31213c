//! How the action comes by its program: from the manifest, and never by another way.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::thread;

use pychain_e2e::{Job, Run, programs};
use serde_json::json;
use tempfile::TempDir;

/// Stands for pychain: says what it was given, and what it must not be given.
const PROGRAM: &str = "#!/bin/sh
[ \"$1\" = review ] || exit 0
env | grep '^PYCHAIN_' | grep -v -e '^PYCHAIN_TOKEN=' -e '^PYCHAIN_PROGRAM=' | sort
[ -n \"$PYCHAIN_TOKEN\" ] && echo a token
echo \"on PATH: $(echo \"$PATH\" | tr : '\\n' | grep -c tool_cache)\"
echo findings=3 >>\"$GITHUB_OUTPUT\"
echo high=1 >>\"$GITHUB_OUTPUT\"
sleep 1 # until act has read all
exit 1
";

/// What this machine is as a runner.
fn target() -> String {
    let system = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-musl" };
    format!("{}-{system}", std::env::consts::ARCH)
}

/// A job of the action with a release that holds [`PROGRAM`], published at a local address.
fn released(tamper: bool) -> (Job, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("pychain");
    fs::write(&program, PROGRAM).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permitted");
    let published = folder.path().join("published");
    let base = serve(&published);
    let job = Job::new("minimal.yml").expect("a job").input("download-base", base);
    let job = job.input("paths", "a/*.txt\n!b.txt").input("comment", "it's \"$(id)\" `id` ::error::x");
    let dist = |words: &[&Path]| {
        let (_, programs) = programs().expect("built");
        let output = Command::new(programs.join("pychain-dist")).args(words).output().expect("started");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    dist(&[Path::new("pack"), Path::new(&target()), &program, &published]);
    dist(&[Path::new("manifest"), Path::new("https://example.invalid"), &published, &job.action("action/manifest")]);
    if tamper {
        let archive = fs::read_dir(&published).expect("a folder").flatten().map(|entry| entry.path());
        let archive = archive.into_iter().find(|path| path.extension().is_some_and(|ext| ext == "gz")).expect("packed");
        let mut bytes = fs::read(&archive).expect("read");
        bytes.push(0);
        fs::write(archive, bytes).expect("written");
    }
    (job, folder)
}

/// Answers with the files of a folder, as long as the tests run.
fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let folder = folder.to_owned();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let body = fs::read(folder.join(request.split(['/', ' ']).nth(2).unwrap_or_default())).unwrap_or_default();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    base
}

fn run(job: &Job) -> Run {
    let branch = |name: &str| json!({ "ref": name });
    let event =
        json!({ "number": 7, "pull_request": { "number": 7, "base": branch("main"), "head": branch("update") } });
    job.run("pull_request", &event).expect("a run")
}

#[test]
fn a_release_is_checked_and_run_with_every_input_as_it_was_written() {
    let (job, _folder) = released(false);
    let run = run(&job);
    let expected = "\
PYCHAIN_COMMENT=it's \"$(id)\" `id` ::error::x
PYCHAIN_CONFIG=
PYCHAIN_FAIL_ON=
PYCHAIN_INSTALLER=
PYCHAIN_PATHS=a/*.txt
PYCHAIN_POLICY=
PYCHAIN_REPORT_FILE=
PYCHAIN_SARIF_FILE=
a token
on PATH: 0
";
    assert_eq!(run.text, expected);
    assert_eq!(run.annotations, []);
    let outputs: Vec<(&str, &str)> = run.outputs.iter().map(|(name, value)| (&**name, &**value)).collect();
    // Also where the program fails the step, as findings do.
    assert_eq!((run.success, &*outputs), (false, &[("findings", "3"), ("high", "1")][..]));
}

#[test]
fn an_archive_that_the_manifest_does_not_name_is_not_run() {
    let (job, _folder) = released(true);
    let run = run(&job);
    assert!(!run.success);
    assert_eq!((&*run.text, run.outputs.len()), ("", 0));
    // act may have lost the message; `tools/dist` tests it.
    assert!(run.annotations.iter().all(|annotation| annotation.message.ends_with("It was not unpacked.")), "{run}");
}

#[test]
fn while_nothing_is_released_the_action_builds_its_own_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let cargo = "#!/bin/sh\nmkdir -p \"$8/release\"\ncp \"$PYCHAIN_TEST_PROGRAM\" \"$8/release/pychain\"\n";
    for (name, text) in [("cargo", cargo), ("program", PROGRAM)] {
        fs::write(folder.path().join(name), text).expect("written");
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o755)).expect("permitted");
    }
    let job = Job::new("minimal.yml").expect("a job");
    fs::write(job.action("action/manifest"), "version none\n").expect("written");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a PATH"));
    let program = folder.path().join("program").display().to_string();
    let run = run(&job.with("PATH", path).with("PYCHAIN_TEST_PROGRAM", program));
    assert!(run.text.starts_with("Nothing has been released yet: building pychain from source"), "{run}");
    assert_eq!(run.outputs.get("findings").map(String::as_str), Some("3"), "{run}");
}
