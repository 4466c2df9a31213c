//! Measures pychain against what it must reach, all in one run on one machine.
//!
//! `pychain-bench --pychain PROGRAM --work DIR [--corpus DIR]`; `cargo xtask bench` calls it.
//! Exit status 0: everything is reached; 1: something is missed; 2: it could not be measured.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

mod input;
mod pip;
mod process;
mod reading;
mod table;
mod timing;

use table::Table;

/// Lines of the file that everything is measured on.
const LINES: usize = 10_000;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

struct Arguments {
    /// The program as it is released.
    pychain: PathBuf,
    /// Where input files may be written.
    work: PathBuf,
    /// Real files to build the input from, where there are any.
    corpus: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut pychain, mut work, mut corpus) = (None, None, None);
        while let Some(word) = words.next() {
            let value = words.next().map(PathBuf::from).with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--pychain" => pychain = Some(value?),
                "--work" => work = Some(value?),
                "--corpus" => corpus = Some(value?),
                _ => bail!("unknown option `{word}`"),
            }
        }
        Ok(Self { pychain: pychain.context("--pychain is missing")?, work: work.context("--work is missing")?, corpus })
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let Arguments { pychain, work, corpus } = arguments;
    if work.exists() {
        fs::remove_dir_all(work).with_context(|| format!("emptying {}", work.display()))?;
    }
    let archive = corpus.as_deref().map(pychain_corpus::archive).transpose()?;
    let blocks = archive.as_ref().map_or_else(input::generated, input::real);
    let (once, ten) = (input::file(&blocks, LINES), input::file(&blocks, 10 * LINES));
    println!(
        "input: {} lines, {} kB of {} hashed requirements\n",
        once.lines().count(),
        once.len() / 1000,
        if archive.is_some() { "real" } else { "generated" }
    );
    let once_path = write(work, "once/requirements.txt", &once)?;
    let ten_path = write(work, "ten/requirements.txt", &ten)?;

    let mut table = Table::default();
    let reading = reading::time(once.as_bytes(), 40);
    let reading_ten = reading::time(ten.as_bytes(), 10);
    table.time("reading the file", &reading, 4.0);
    #[expect(clippy::cast_precision_loss, reason = "a file's size in megabytes")]
    let speed = once.len() as f64 / 1e6 / (reading.least / 1e3);
    table.at_least("reading speed", speed, "MB/s", 150.0);
    table.at_most("reading ten times the file, ratio", reading_ten.least / reading.least, "x", 11.0);
    pip::compare(&mut table, &once_path, &reading)?;

    let audit = |format: &str, path: &Path| {
        let mut command = Command::new(pychain);
        command.args(["audit", "--format", format]).arg(path);
        command
    };
    let json = process::time(|| audit("json", &once_path), 20)?;
    let human = process::time(|| audit("human", &once_path), 20)?;
    let json_ten = process::time(|| audit("json", &ten_path), 5)?;
    table.time("whole process, JSON report", &json, 15.0);
    table.time("whole process, human report", &human, 15.0);
    table.at_most("whole process, ten times the file, ratio", json_ten.least / json.least, "x", 11.0);

    let file = once.len() as u64;
    table.at_most(
        "peak memory, file sizes",
        ratio(process::peak_memory(|| audit("json", &once_path))?, file),
        "x",
        10.0,
    );
    let ten_file = ten.len() as u64;
    let peak_ten = process::peak_memory(|| audit("json", &ten_path))?;
    table.at_most("peak memory of the large file, file sizes", ratio(peak_ten, ten_file), "x", 10.0);

    if let Some(archive) = &archive {
        for (path, bytes) in archive {
            write(work, &format!("corpus/{path}"), bytes)?;
        }
        let folder = work.join("corpus");
        let whole = process::time(|| audit("json", &folder), 5)?;
        table.time(&format!("the corpus folder, {} files", archive.len()), &whole, 1000.0);
    }
    let version = process::time(
        || {
            let mut command = Command::new(pychain);
            command.arg("--version");
            command
        },
        50,
    )?;
    table.time("pychain --version", &version, 5.0);
    let size = fs::metadata(pychain).context("the program's size")?.len();
    table.at_most("release binary", ratio(size, 1_000_000), "MB", 8.0);

    print!("{table}");
    Ok(table.passed())
}

fn write(work: &Path, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
    let path = work.join(name);
    fs::create_dir_all(path.parent().context("a path without a folder")?)?;
    fs::write(&path, content).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52 bytes")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
