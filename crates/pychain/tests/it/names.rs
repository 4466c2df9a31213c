//! `pychain names`: what is said of a name, and what resembles one's own.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn pychain() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pychain"));
    command.env_clear();
    command
}

/// The objects that are printed for names on standard input.
fn judged(input: &str, options: &[&str]) -> Vec<Value> {
    let mut command = pychain();
    command.args(["names", "check", "--format", "jsonl"]).args(options).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

#[test]
fn a_line_in_gives_an_object_out() {
    let found = judged("reqeusts\nrequests\nr\u{435}quests\n\nno-such-name-qwzk\n", &[]);
    let brief = |at: usize| {
        let object = found.get(at).expect("an object");
        (object["name"].as_str(), object["flagged"].as_bool(), object["target"].as_str(), object["exists"].as_bool())
    };
    assert_eq!(found.len(), 4);
    assert_eq!(brief(0), (Some("reqeusts"), Some(true), Some("requests"), Some(false)));
    assert_eq!((brief(1).1, brief(1).3), (Some(false), Some(true)));
    assert_eq!(brief(2), (Some("r\u{435}quests"), Some(true), Some("requests"), Some(false)));
    assert_eq!((brief(3).1, brief(3).3), (Some(false), Some(false)));
    let first = found.first().expect("an object");
    assert_eq!((first["level"].as_str(), first["mechanism"].as_str()), (Some("strict"), Some("transposition")));
    assert!(first["score"].as_f64().is_some_and(|score| score > 0.9));
}

#[test]
fn a_popular_name_is_judged_when_it_is_left_out() {
    // One edit from `asyncio`'s kind of neighbour: as shipped no ranked name is flagged.
    let names = "cchardet\nrequests\n";
    assert!(judged(names, &[]).iter().all(|object| object["flagged"] == false));
    assert!(judged(names, &["--leave-one-out"]).iter().any(|object| object["flagged"] == true));
}

#[test]
fn the_exit_code_says_whether_something_is_resembled() {
    let status = |name: &str| pychain().args(["names", "check", name]).output().expect("output").status.code();
    assert_eq!((status("reqeusts"), status("requests")), (Some(1), Some(0)));
    assert_eq!((status("aaiohttp"), status("no-such-name-qwzk")), (Some(1), Some(0)));
}

#[test]
fn the_first_line_says_the_worst_that_is_known() {
    for (name, said) in [
        ("aaiohttp", "`aaiohttp` is on the list of malicious packages\n"),
        ("reqeusts", "`reqeusts` resembles `requests`\n"),
        ("no-such-name-qwzk", "`no-such-name-qwzk` is not on the public index\n"),
        ("requests", "`requests` resembles no better known name\n"),
    ] {
        let output = pychain().args(["names", "check", name]).output().expect("output");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with(said), "{text}");
    }
}

#[test]
fn own_names_are_watched_in_a_list() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("pychain.toml"), "own-names = [\"acme-billing\"]\n").expect("written");
    std::fs::write(folder.path().join("names.txt"), "acme-billing\nacme-bilingl\nflask\n").expect("written");
    let output =
        pychain().args(["names", "watch", "--index", "names.txt"]).current_dir(folder.path()).output().expect("output");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("`acme-bilingl` resembles `acme-billing`") && !text.contains("flask"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}
