//! Developer tasks: `cargo xtask TASK`.
//!
//! Each task is a thin file. What is heavy lives in a crate under `tools/` and is run through
//! cargo, so that `cargo xtask` itself is quick to build.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;

mod action;
mod answers;
mod audit;
mod bench;
mod browser;
mod conformance;
mod data;
mod dist;
mod e2e;
mod fuzz;
mod generate;
mod names;
mod run;
mod test;
#[cfg(test)]
mod tidy;
mod tools;
mod wasm;
mod web;
mod workflows;

/// A task: its name, its arguments, what it does, how.
struct Task {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<()>,
}

/// In the order in which a newcomer meets them.
const TASKS: &[Task] = &[
    Task {
        name: "audit",
        arguments: "[PATH…]",
        about: "run pychain on files, on a bundled example where none is named",
        run: audit::run,
    },
    Task {
        name: "test",
        arguments: "[STEP…]",
        about: "run everything that CI runs, or the named steps of it",
        run: test::run,
    },
    Task {
        name: "gen",
        arguments: "[--check]",
        about: "write the generated documentation anew, or only compare",
        run: generate::run,
    },
    Task {
        name: "conformance",
        arguments: "[DIR]",
        about: "compare what pychain reads with what pip was recorded to read",
        run: conformance::run,
    },
    Task {
        name: "answers",
        arguments: "[FILE…] [--record]",
        about: "ask the tools anew what they do with tampered lock files, and compare (minutes)",
        run: answers::run,
    },
    Task {
        name: "web",
        arguments: "[--serve [PORT]]",
        about: "build the browser page into web/dist, and serve it",
        run: web::run,
    },
    Task { name: "dist", arguments: "[--target T]", about: "build and pack what a release ships", run: dist::run },
    Task {
        name: "bench",
        arguments: "[review]",
        about: "measure speed, memory and size against what must be reached",
        run: bench::run,
    },
    Task {
        name: "bench-web",
        arguments: "",
        about: "measure the page's sizes and speed in Chromium",
        run: browser::bench,
    },
    Task {
        name: "screenshots",
        arguments: "",
        about: "take pictures of the page into docs/images",
        run: browser::screenshots,
    },
    Task {
        name: "names-eval",
        arguments: "[DIR]",
        about: "measure the name check on labelled names",
        run: names::eval,
    },
    Task {
        name: "names-train",
        arguments: "[DIR]",
        about: "learn the weights of the name check from labelled names",
        run: names::train,
    },
    Task {
        name: "data",
        arguments: "STEP",
        about: "build, check or refresh the lists of names that pychain carries",
        run: data::run,
    },
    Task {
        name: "fuzz",
        arguments: "[SECONDS] [TARGET…]",
        about: "look for inputs that break a property, a minute for each target",
        run: fuzz::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, arguments)) = words.split_first() else {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprint!("error: there is no task `{name}`\n\n{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            error.downcast_ref::<run::Failed>().map_or(ExitCode::from(2), |failed| ExitCode::from(failed.code))
        }
    }
}

fn usage() -> String {
    let mut out = String::from("Usage: cargo xtask TASK\n\n");
    for task in TASKS {
        let call = format!("{} {}", task.name, task.arguments);
        let _ = writeln!(out, "  {call:<24}{}", task.about);
    }
    out
}
