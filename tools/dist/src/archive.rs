//! A `.tar.gz` that depends on nothing but what is put in: no clock, no user, no permissions of this machine.

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

/// 2000-01-01, because tar warns of files as old as its epoch.
const TIME: u64 = 946_684_800;

/// An archive whose entries all lie in one folder, named as the archive is.
pub(crate) struct Archive {
    name: String,
    tar: Builder<Vec<u8>>,
}

impl Archive {
    pub(crate) fn new(name: String) -> Self {
        Self { name, tar: Builder::new(Vec::new()) }
    }

    /// The name of the folder; the archive's own without what follows the first `.tar`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Adds a file that may be run.
    pub(crate) fn program(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.add(path, bytes, 0o755)
    }

    pub(crate) fn file(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.add(path, bytes, 0o644)
    }

    fn add(&mut self, path: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let mut header = Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(mode);
        header.set_mtime(TIME);
        header.set_uid(0);
        header.set_gid(0);
        let path = format!("{}/{path}", self.name);
        self.tar.append_data(&mut header, &path, bytes).with_context(|| format!("packing `{path}`"))
    }

    /// The bytes of the archive.
    pub(crate) fn finish(self) -> Result<Vec<u8>> {
        let tar = self.tar.into_inner().context("ending the archive")?;
        let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        std::io::Write::write_all(&mut gzip, &tar).context("compressing")?;
        gzip.finish().context("compressing")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn example() -> Vec<u8> {
        let mut archive = Archive::new("pychain-1.0.0-x".to_owned());
        archive.program("pychain", b"\x7fELF").expect("packed");
        archive.file("completions/_pychain", b"#compdef pychain\n").expect("packed");
        archive.finish().expect("finished")
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        assert_eq!(example(), example());
        // gzip's time and operating system, which are what differs between machines.
        assert_eq!(example()[4..10], [0, 0, 0, 0, 2, 255]);
    }

    #[test]
    fn entries_lie_in_one_folder_with_fixed_permissions_and_time() {
        let bytes = example();
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let entries: Vec<(String, u32, u64, Vec<u8>)> = tar
            .entries()
            .expect("entries")
            .map(|entry| {
                let mut entry = entry.expect("an entry");
                let mut data = Vec::new();
                entry.read_to_end(&mut data).expect("data");
                let (path, header) = (entry.path().expect("a path").display().to_string(), entry.header());
                (path, header.mode().expect("a mode"), header.mtime().expect("a time"), data)
            })
            .collect();
        assert_eq!(
            entries,
            [
                ("pychain-1.0.0-x/pychain".to_owned(), 0o755, TIME, b"\x7fELF".to_vec()),
                ("pychain-1.0.0-x/completions/_pychain".to_owned(), 0o644, TIME, b"#compdef pychain\n".to_vec()),
            ]
        );
    }
}
