//! `pychain-browser pictures SITE FOLDER FORMAT` and `pychain-browser bench SITE [LIGHTHOUSE]`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use pychain_browser::{bench, pictures};
use pychain_site::server::read;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["pictures", site, folder, format] => {
            read(Path::new(site)).and_then(|site| pictures::take(&site, Path::new(folder), format))
        }
        ["bench", site] => measure(Path::new(site), None),
        ["bench", site, lighthouse] => measure(Path::new(site), Some(Path::new(lighthouse))),
        _ => Err(anyhow::anyhow!("usage: pychain-browser pictures SITE FOLDER FORMAT | bench SITE [LIGHTHOUSE]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn measure(site: &Path, lighthouse: Option<&Path>) -> Result<()> {
    for row in bench::rows(&read(site)?, lighthouse)? {
        println!("{row}");
    }
    Ok(())
}
