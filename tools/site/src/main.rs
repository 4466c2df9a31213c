//! `pychain-site build PROGRAM STATIC OUT` makes the page's files, `pychain-site serve FOLDER PORT` serves them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use pychain_site::bind::bind;
use pychain_site::budget::Sizes;
use pychain_site::build::{site, sources, write};
use pychain_site::server::{Server, read};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["build", program, folder, out] => build(Path::new(program), Path::new(folder), Path::new(out)),
        ["serve", folder, port] => serve(Path::new(folder), port),
        _ => Err(anyhow::anyhow!("usage: pychain-site build PROGRAM STATIC OUT | serve FOLDER PORT")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn build(program: &Path, folder: &Path, out: &Path) -> Result<()> {
    let site = site(&sources(folder, bind(program)?)?)?;
    write(&site, out)?;
    let sizes = Sizes::of(&site)?;
    print!("{}", sizes.table());
    sizes.check()
}

fn serve(folder: &Path, port: &str) -> Result<()> {
    let site = read(folder)?;
    if site.is_empty() {
        bail!("there is nothing in {}", folder.display());
    }
    let server = Server::start(site, port.parse().with_context(|| format!("`{port}` is no port"))?)?;
    println!("{}  (ends with Ctrl-C)", server.url());
    server.wait();
    Ok(())
}
