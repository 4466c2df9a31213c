//! How many bytes a first visit costs, and what it may cost.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build::Site;

/// What the program may take, in bytes: as it is, and compressed by brotli. What is reached, so that it does not grow
/// unseen; `cargo xtask bench-web` tells what it ought to be.
const PROGRAM: (usize, usize) = (2_520_000, 662_000);
/// What a first visit may take, compressed, with the ranked names.
const FIRST_LOAD: usize = 830_000;
/// What the full list of names may take.
const NAMES: usize = 2_500_000;
/// What the manuals may take, compressed.
const MANUALS: usize = 25_000;

/// A file's size in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// As it is.
    pub raw: usize,
    /// As most static hosts send it.
    pub gzip: usize,
    /// As the better ones do.
    pub brotli: usize,
}

/// The sizes of a site.
#[derive(Debug)]
pub struct Sizes {
    /// Name and size of each file, in the order of names.
    pub files: Vec<(String, Size)>,
}

impl Sizes {
    /// Measures each file. Compresses each twice: seconds.
    ///
    /// # Errors
    ///
    /// None that a sound machine knows.
    pub fn of(site: &Site) -> Result<Self> {
        let measured = site.iter().map(|(name, content)| Ok((name.clone(), size(name, content)?)));
        Ok(Self { files: measured.collect::<Result<_>>()? })
    }

    /// The program.
    pub fn program(&self) -> Size {
        self.sum(|name| name.ends_with(".wasm"))
    }

    /// What a first visit waits for: everything but the full list of names and the manuals.
    pub fn first_load(&self) -> Size {
        self.sum(|name| !is_names(name) && !is_manuals(name))
    }

    /// The manuals of the rules.
    pub fn manuals(&self) -> Size {
        self.sum(is_manuals)
    }

    /// The full list of names.
    pub fn names(&self) -> Size {
        self.sum(is_names)
    }

    fn sum(&self, counts: impl Fn(&str) -> bool) -> Size {
        self.files.iter().filter(|(name, _)| counts(name)).fold(Size::default(), |sum, (_, size)| Size {
            raw: sum.raw + size.raw,
            gzip: sum.gzip + size.gzip,
            brotli: sum.brotli + size.brotli,
        })
    }

    /// A table of all files and of what counts.
    pub fn table(&self) -> String {
        let mut out = format!("{:<40}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
        let mut row = |name: &str, size: Size| {
            let _ = writeln!(out, "{name:<40}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
        };
        for (name, size) in &self.files {
            row(name, *size);
        }
        row("first load", self.first_load());
        out
    }

    /// Holds the budgets.
    ///
    /// # Errors
    ///
    /// Names each that is passed.
    pub fn check(&self) -> Result<()> {
        let program = self.program();
        let budgets = [
            ("the program", program.raw, PROGRAM.0),
            ("the program, compressed", program.brotli, PROGRAM.1),
            ("a first visit, compressed", self.first_load().brotli, FIRST_LOAD),
            ("the full list of names", self.names().raw, NAMES),
            ("the manuals, compressed", self.manuals().brotli, MANUALS),
        ];
        let over = budgets.iter().filter(|(_, is, may)| is > may);
        let over: Vec<String> = over.map(|(what, is, may)| format!("{what} takes {is} bytes of {may}")).collect();
        ensure!(over.is_empty(), "over budget: {}", over.join("; "));
        Ok(())
    }
}

fn is_names(name: &str) -> bool {
    name.starts_with("names-")
}

fn is_manuals(name: &str) -> bool {
    name.starts_with("manuals-")
}

fn size(name: &str, content: &[u8]) -> Result<Size> {
    let raw = content.len();
    if is_names(name) {
        // A filter looks like noise: both would make it larger.
        return Ok(Size { raw, gzip: raw, brotli: raw });
    }
    Ok(Size { raw, gzip: gzip(content)?.len(), brotli: brotli(content)?.len() })
}

/// Compressed as well as gzip can.
///
/// # Errors
///
/// None that a sound machine knows.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish().context("compressing")
}

/// Compressed as well as brotli can.
///
/// # Errors
///
/// None that a sound machine knows.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut out = Vec::new();
    let mut encoder = CompressorWriter::with_params(&mut out, 1 << 16, &params);
    encoder.write_all(content)?;
    drop(encoder);
    Ok(out)
}
