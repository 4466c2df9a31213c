//! Builds the name data, learns the weights of the name check and measures it.

#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::path::Path;

use anyhow::{Result, bail};

mod build;
mod characters;
mod eval;
mod facts;
mod imports;
mod malicious;
mod provenance;
mod refresh;
mod sets;
mod train;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["build", data] => build::run(Path::new(data)),
        ["characters", out] => characters::run(Path::new(out)),
        ["renew", data] => ["names.txt.xz", "ranked.tsv", "standard-library.txt", "imports.tsv", "malicious.tsv"]
            .iter()
            .try_for_each(|file| provenance::renew(Path::new(data), file, None)),
        ["check", data] => build::check(Path::new(data)),
        ["refresh", index, ranks, data] => refresh::run(Path::new(index), Path::new(ranks), Path::new(data)),
        ["imports", wheels, out] => imports::run(Path::new(wheels), Path::new(out)),
        ["malicious", folder, out] => malicious::run(Path::new(folder), Path::new(out)),
        ["eval", set] => eval::run(Path::new(set)),
        ["train", set, out] => train::run(Path::new(set), Path::new(out)),
        _ => bail!("usage: pychain-names build DATA | train SET OUT"),
    }
}
