//! Packs what a release ships, and writes the action's manifest from what was packed.
//!
//! `cargo xtask dist` builds the program and calls this.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

mod archive;
mod manifest;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// From the top of the repository to the archive, besides the program and its completions.
const DOCUMENTS: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"];
/// A shell, as the program calls it, and the name under which the shell looks for the script.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "pychain.bash"),
    ("elvish", "pychain.elv"),
    ("fish", "pychain.fish"),
    ("powershell", "_pychain.ps1"),
    ("zsh", "_pychain"),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["pack", target, program, folder] => pack(target, Path::new(program), Path::new(folder)),
        ["manifest", base, folder, out] => manifest(base, Path::new(folder), Path::new(out)),
        _ => Err(anyhow::anyhow!("usage: pychain-dist pack TARGET PROGRAM FOLDER | manifest BASE FOLDER FILE")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Writes the archive for one target into a folder, and beside it the line that the manifest will hold.
fn pack(target: &str, program: &Path, folder: &Path) -> Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let suffix = if target.contains("windows") { ".exe" } else { "" };
    let binary = read(program)?;

    let mut archive = archive::Archive::new(format!("pychain-{VERSION}-{target}"));
    archive.program(&format!("pychain{suffix}"), &binary)?;
    for name in DOCUMENTS {
        archive.file(name, &read(&top.join(name))?)?;
    }
    for (shell, name) in COMPLETIONS {
        archive.file(&format!("completions/{name}"), &completions(program, shell)?)?;
    }
    let name = format!("{}.tar.gz", archive.name());
    let bytes = archive.finish()?;

    let row =
        manifest::Row { target: target.to_owned(), file: name.clone(), archive: hex(&bytes), program: hex(&binary) };
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    write(&folder.join(&name), &bytes)?;
    write(&folder.join(format!("{target}.row")), format!("{row}\n").as_bytes())?;
    println!("{name}: {} bytes, the program in it {}", bytes.len(), binary.len());
    Ok(())
}

/// Joins the rows of a folder into a manifest, after hashing their archives again, and writes `SHA256SUMS` there.
fn manifest(base: &str, folder: &Path, out: &Path) -> Result<()> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "row") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            rows.push(text.trim_end().parse::<manifest::Row>().with_context(|| path.display().to_string())?);
        }
    }
    rows.sort_by(|a, b| a.target.cmp(&b.target));
    ensure!(!rows.is_empty(), "nothing was packed in `{}`", folder.display());
    for row in &rows {
        let is = hex(&read(&folder.join(&row.file))?);
        ensure!(is == row.archive, "`{}` has changed since it was packed", row.file);
        ensure!(row.file.starts_with(&format!("pychain-{VERSION}-")), "`{}` is of another version", row.file);
    }
    write(out, manifest::write(VERSION, base, &rows).as_bytes())?;
    let sums: Vec<String> = rows.iter().map(|row| format!("{}  {}\n", row.archive, row.file)).collect();
    write(&folder.join("SHA256SUMS"), sums.concat().as_bytes())?;
    println!("{}: {} targets of version {VERSION}", out.display(), rows.len());
    Ok(())
}

fn completions(program: &Path, shell: &str) -> Result<Vec<u8>> {
    let output = Command::new(program)
        .args(["completions", shell])
        .output()
        .with_context(|| format!("asking `{}` for completions", program.display()))?;
    if !output.status.success() {
        bail!("`{} completions {shell}` failed", program.display());
    }
    Ok(output.stdout)
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}
