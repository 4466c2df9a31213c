//! Measures pychain against what it must reach, all in one run on one machine.
//!
//! `pychain-bench --pychain PROGRAM --work DIR [--corpus DIR] [--only review]`; `cargo xtask bench` calls it.
//! Exit status 0: everything is reached; 1: something is missed; 2: it could not be measured.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use pychain_corpus::Corpus;

mod input;
mod locks;
mod pip;
mod process;
mod reading;
mod review;
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
    /// Whether only reviews are measured.
    only_review: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut pychain, mut work, mut corpus, mut only_review) = (None, None, None, false);
        while let Some(word) = words.next() {
            let value = words.next().map(PathBuf::from).with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--pychain" => pychain = Some(value?),
                "--work" => work = Some(value?),
                "--corpus" => corpus = Some(value?),
                "--only" => only_review = value?.as_os_str() == "review",
                _ => bail!("unknown option `{word}`"),
            }
        }
        Ok(Self {
            pychain: pychain.context("--pychain is missing")?,
            work: work.context("--work is missing")?,
            corpus,
            only_review,
        })
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let Arguments { pychain, work, corpus, only_review } = arguments;
    if *only_review {
        let mut table = Table::default();
        review::measure(&mut table, pychain)?;
        print!("{table}");
        return Ok(table.passed());
    }
    if work.exists() {
        fs::remove_dir_all(work).with_context(|| format!("emptying {}", work.display()))?;
    }
    let blocks = corpus.as_deref().map_or_else(|| Ok(input::generated()), real_blocks)?;
    let real_names = || {
        let mut names = pychain_corpus::projects::all()?;
        // The lists are longer than any of the files.
        anyhow::Ok(move |name: &str| names.next().unwrap_or_else(|| format!("{name}-other")))
    };
    let (once, ten) = (input::file(&blocks, LINES, real_names()?), input::file(&blocks, 10 * LINES, real_names()?));
    println!(
        "input: {} lines, {} kB of {} hashed requirements\n",
        once.lines().count(),
        once.len() / 1000,
        if corpus.is_some() { "real" } else { "generated" }
    );
    let once_path = write(work, "once/requirements.txt", &once)?;
    let ten_path = write(work, "ten/requirements.txt", &ten)?;
    let invented = input::file(&blocks, LINES, input::invented());
    let invented_path = write(work, "invented/requirements.txt", &invented)?;

    let mut table = Table::default();
    let reading = reading::time(once.as_bytes(), 40);
    let reading_ten = reading::time(ten.as_bytes(), 10);
    table.work("reading the file", &reading, 4.0);
    #[expect(clippy::cast_precision_loss, reason = "a file's size in megabytes")]
    let speed = once.len() as f64 / 1e6 / (reading.cpu / 1e3);
    table.at_least("reading speed", speed, "MB/s", 150.0);
    table.at_most("reading ten times the file, ratio", reading_ten.cpu / reading.cpu, "x", 11.0);
    pip::compare(&mut table, &once_path, &reading)?;

    let audit = |format: &str, path: &Path| {
        let mut command = Command::new(pychain);
        command.args(["audit", "--format", format]).arg(path);
        command
    };
    let json = process::time(|| audit("json", &once_path), 20)?;
    let human = process::time(|| audit("human", &once_path), 20)?;
    let json_ten = process::time(|| audit("json", &ten_path), 5)?;
    table.clock("whole process, JSON report", &json, 15.0);
    table.clock("whole process, human report", &human, 15.0);
    table.at_most("whole process, ten times the file, ratio", json_ten.cpu / json.cpu, "x", 11.0);
    let invented = process::time(|| audit("json", &invented_path), 10)?;
    table.clock("whole process, most names invented", &invented, 30.0);

    let version = || {
        let mut command = Command::new(pychain);
        command.arg("--version");
        command
    };
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

    table.note("peak memory of pychain --version", ratio(process::peak_memory(version)?, 1000), "kB");

    if let Some(corpus) = corpus {
        locks::measure(&mut table, &Corpus::open(corpus)?);
        let archive = pychain_corpus::archive(corpus)?;
        for (path, bytes) in &archive {
            write(work, &format!("corpus/{path}"), bytes)?;
        }
        let folder = work.join("corpus");
        let whole = process::time(|| audit("json", &folder), 5)?;
        table.clock(&format!("the corpus folder, {} files", archive.len()), &whole, 1000.0);
    }
    review::measure(&mut table, pychain)?;
    let started = process::time(version, 50)?;
    table.clock("pychain --version", &started, 5.0);
    let size = fs::metadata(pychain).context("the program's size")?.len();
    table.at_most("release binary", ratio(size, 1_000_000), "MB", 8.0);

    print!("{table}");
    Ok(table.passed())
}

/// Out of the files that pip accepts: it is to read the result, too.
fn real_blocks(corpus: &Path) -> Result<Vec<input::Block>> {
    let corpus = Corpus::open(corpus)?;
    let accepted = corpus.files.iter().filter(|item| item.oracle["error"].is_null());
    Ok(input::real(accepted.filter_map(|item| item.files.read(&item.file))))
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
