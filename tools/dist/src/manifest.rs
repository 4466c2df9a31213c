//! `action/manifest`: which program the action runs on which target. `action/get.sh` is its reader.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use anyhow::{Error, Result, bail, ensure};

/// What the manifest says first.
const HEAD: &str = "\
# The program that this version of the action runs; `cargo xtask dist` writes it, action/get.sh reads it.
#   version VERSION, `none` while nothing has been released: pychain is then built from this source
#   base URL, the folder that holds the archives
#   binary TARGET FILE SHA-256-OF-THE-ARCHIVE SHA-256-OF-THE-PROGRAM
";

/// One target's archive and the hashes, in hexadecimal, of it and of the program in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) target: String,
    pub(crate) file: String,
    pub(crate) archive: String,
    pub(crate) program: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "binary {} {} {} {}", self.target, self.file, self.archive, self.program)
    }
}

impl FromStr for Row {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self> {
        let [key, target, file, archive, program] = line.split(' ').collect::<Vec<_>>()[..] else {
            bail!("not a row of the manifest: `{line}`");
        };
        ensure!(key == "binary", "not a row of the manifest: `{line}`");
        for hash in [archive, program] {
            ensure!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "not a SHA-256: `{hash}`");
        }
        let [target, file, archive, program] = [target, file, archive, program].map(str::to_owned);
        Ok(Self { target, file, archive, program })
    }
}

/// The manifest of a release.
pub(crate) fn write(version: &str, base: &str, rows: &[Row]) -> String {
    let mut out = format!("{HEAD}version {version}\nbase {base}\n");
    for row in rows {
        let _ = writeln!(out, "{row}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_is_written() {
        let line =
            format!("binary x86_64-unknown-linux-musl pychain-1.0.0.tar.gz {} {}", "0a".repeat(32), "1b".repeat(32));
        assert_eq!(line.parse::<Row>().expect("a row").to_string(), line);
    }

    #[test]
    fn a_row_with_anything_else_is_refused() {
        let hash = "0a".repeat(32);
        for line in [
            "",
            "version 1",
            &format!("binary a b {hash}"),
            &format!("binary a b {hash} {hash} c"),
            &format!("binary a b {hash} 12"),
        ] {
            assert!(line.parse::<Row>().is_err(), "{line}");
        }
    }

    #[test]
    fn the_manifest_in_the_tree_says_what_it_is() {
        let manifest = include_str!("../../../action/manifest");
        assert!(manifest.starts_with(HEAD), "{manifest}");
    }
}
