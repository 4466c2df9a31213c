//! What people drop or choose: files, folders and zip archives, read as far as there are dependency files in them.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use crate::browser::{inflate, read, wait};
use crate::repository::{is_dependency_file_with, is_distribution, is_skipped, may_be_dependency_file};
use crate::zip;

/// Files that are looked at in a dropped folder.
const MAX_FILES: usize = 50_000;
/// Dependency files that are opened at once.
const MAX_OPENED: usize = 400;
/// Bytes that all of them may have.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What was dropped, read.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    /// Dependency files: path and bytes.
    pub(crate) files: Vec<(String, Rc<[u8]>)>,
    /// Other paths of the folder or archive.
    pub(crate) beside: Vec<String>,
    /// Wheels and sdists, to be hashed.
    pub(crate) distributions: Vec<File>,
    /// What to say of the rest.
    pub(crate) trouble: Vec<String>,
    bytes: usize,
    /// Files that there was no room for: the first and why, and how many they are.
    left_out: Option<(String, usize)>,
}

/// Something dropped: taken out of the event at once, because a browser empties it afterwards.
pub(crate) enum Dropped {
    /// A file.
    File(File),
    /// A folder.
    Folder(FileSystemDirectoryEntry),
}

/// What a drop holds.
pub(crate) fn dropped(transfer: &DataTransfer) -> Vec<Dropped> {
    let items = transfer.items();
    let mut out = Vec::new();
    for at in 0..items.length() {
        let Some(item) = items.get(at).filter(|item| item.kind() == "file") else { continue };
        let entry = item.webkit_get_as_entry().ok().flatten();
        match entry.filter(FileSystemEntry::is_directory) {
            Some(folder) => out.push(Dropped::Folder(folder.unchecked_into())),
            None => out.extend(item.get_as_file().ok().flatten().map(Dropped::File)),
        }
    }
    out
}

/// What somebody chose in a dialog.
pub(crate) fn chosen(files: &FileList) -> Vec<Dropped> {
    (0..files.length()).filter_map(|at| files.get(at)).map(Dropped::File).collect()
}

/// Reads what was dropped.
pub(crate) async fn take(dropped: Vec<Dropped>) -> Intake {
    let mut intake = Intake::default();
    for item in dropped {
        match item {
            Dropped::File(file) => intake.file(file).await,
            Dropped::Folder(folder) => intake.folder(&folder).await,
        }
    }
    if let Some((first, count)) = intake.left_out.take() {
        let others = if count > 1 { format!(", nor were {} others", count - 1) } else { String::new() };
        intake.trouble.push(first + &others);
    }
    intake
}

impl Intake {
    async fn file(&mut self, file: File) {
        let name = file.name();
        // A zip that names itself like an sdist (`name-1.0.zip`) is one only where a project says so; archives of
        // repositories have such names too, and are what people drop.
        if name.to_lowercase().ends_with(".zip") {
            if let Err(why) = self.archive(&file).await {
                self.trouble.push(format!("`{name}` was not read: {why}"));
            }
        } else if is_distribution(&name) {
            self.distributions.push(file);
        } else {
            // Whatever somebody drops by itself is meant, whatever it is called.
            self.open(name, &file, |_, _| true).await;
        }
    }

    /// Reads a file, and keeps it if `is_wanted` says so when it has been seen.
    async fn open(&mut self, path: String, blob: &Blob, is_wanted: impl Fn(&str, &[u8]) -> bool) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with a small limit")]
        let size = blob.size() as usize;
        if !self.has_room(&path, size) {
            return;
        }
        match read(blob).await {
            Ok(bytes) => self.keep(path, bytes, is_wanted),
            Err(why) => self.trouble.push(format!("`{path}` was not read: {why}")),
        }
    }

    fn keep(&mut self, path: String, bytes: Vec<u8>, is_wanted: impl Fn(&str, &[u8]) -> bool) {
        if is_wanted(&path, &bytes) {
            self.files.push((path, bytes.into()));
        } else {
            self.bytes = self.bytes.saturating_sub(bytes.len());
            self.beside.push(path);
        }
    }

    fn has_room(&mut self, path: &str, size: usize) -> bool {
        let why = if self.files.len() >= MAX_OPENED {
            format!("more than {MAX_OPENED} files are not opened at once")
        } else if self.bytes + size > MAX_BYTES {
            format!("all files together may have {} MB", MAX_BYTES / 1_000_000)
        } else {
            self.bytes += size;
            return true;
        };
        let left_out = self.left_out.get_or_insert_with(|| (format!("`{path}` was not read: {why}"), 0));
        left_out.1 += 1;
        false
    }

    async fn folder(&mut self, root: &FileSystemDirectoryEntry) {
        let root_path = root.full_path();
        let mut folders = vec![root.clone()];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            let reader = folder.create_reader();
            loop {
                // A reader gives its entries in portions, the last of them empty.
                let entries = called(|done, failed| {
                    let _ = call(&reader, "readEntries", done, failed);
                });
                let Ok(entries) = wait(entries).await else { break };
                let entries = Array::from(&entries);
                if entries.length() == 0 {
                    break;
                }
                for entry in entries.iter() {
                    let entry: FileSystemEntry = entry.unchecked_into();
                    let path = entry.full_path();
                    let path = path.strip_prefix(&root_path).unwrap_or(&path).trim_start_matches('/').to_owned();
                    if entry.is_directory() {
                        if !is_skipped(&entry.name()) {
                            folders.push(entry.unchecked_into());
                        }
                        continue;
                    }
                    seen += 1;
                    if seen > MAX_FILES {
                        self.trouble.push(format!("of the folder, only the first {MAX_FILES} files were looked at"));
                        return;
                    }
                    if !may_be_dependency_file(&path) {
                        self.beside.push(path);
                        continue;
                    }
                    let entry: FileSystemFileEntry = entry.unchecked_into();
                    let file = called(|done, failed| {
                        let _ = call(&entry, "file", done, failed);
                    });
                    match wait(file).await {
                        Ok(file) => self.open(path, file.unchecked_ref(), is_dependency_file_with).await,
                        Err(why) => self.trouble.push(format!("`{path}` was not read: {why}")),
                    }
                }
            }
        }
        if self.files.is_empty() {
            self.trouble.push("the folder has no dependency files".to_owned());
        }
    }

    async fn archive(&mut self, file: &File) -> Result<(), String> {
        let size = file.size();
        #[expect(clippy::cast_precision_loss, reason = "offsets in files are far below what a float holds")]
        let part =
            |from: u64, to: u64| file.slice_with_f64_and_f64(from as f64, to as f64).map_err(|_| "it cannot be read");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a whole number")]
        let size = size as u64;
        let tail = read(&part(size.saturating_sub(zip::MAX_END as u64), size)?).await?;
        let directory = zip::directory(&tail, size)?;
        let list = read(&part(directory.offset, directory.offset + directory.length)?).await?;
        let (entries, left_out) = zip::entries(&list)?;
        let folder = zip::common_folder(&entries);
        let before = self.files.len();
        for entry in &entries {
            let path = entry.path.strip_prefix(&folder).unwrap_or(&entry.path).to_owned();
            if path.split('/').any(is_skipped) {
                continue;
            }
            if !may_be_dependency_file(&path) {
                self.beside.push(path);
                continue;
            }
            let unpacked = usize::try_from(entry.size).unwrap_or(usize::MAX);
            if !self.has_room(&path, unpacked) {
                continue;
            }
            let bytes = async {
                let header = read(&part(entry.header, entry.header + zip::LOCAL_HEADER as u64)?).await?;
                let from = entry.header + zip::data_offset(&header)?;
                let packed = read(&part(from, from + entry.packed)?).await?;
                // The size that the archive claims is what it gets, so that a small file cannot fill the memory.
                if entry.is_deflated { inflate(&packed, unpacked).await } else { Ok(packed) }
            };
            match bytes.await {
                Ok(bytes) => self.keep(path, bytes, is_dependency_file_with),
                Err(why) => self.trouble.push(format!("`{path}` was not read: {why}")),
            }
        }
        if left_out > 0 {
            self.trouble.push(format!("{left_out} links or encrypted files of the archive were left out"));
        }
        if self.files.len() == before {
            return Err("there are no dependency files in it".to_owned());
        }
        Ok(())
    }
}

/// A promise for what a function with callbacks gives.
fn called(mut begin: impl FnMut(&Function, &Function)) -> Promise {
    Promise::new(&mut |done, failed| begin(&done, &failed))
}

fn call(of: &JsValue, method: &str, done: &Function, failed: &Function) -> Result<JsValue, JsValue> {
    let method: Function = js_sys::Reflect::get(of, &method.into())?.dyn_into()?;
    method.call2(of, done, failed)
}
