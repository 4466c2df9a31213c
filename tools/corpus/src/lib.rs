//! Reads a corpus directory: the archive or its unpacked tree, the manifest, pip's records, the cases.
//!
//! `corpus.tar.xz` or `corpus/` holds the files, `manifest.tsv` says which of them are to be read and how,
//! `oracle_requirements.jsonl` what pip made of each; `cases.jsonl` and `oracle_cases.jsonl` are the same
//! for small inputs, `oracle_locks.jsonl` for lock files and manifests. `hash_mode_cases.jsonl` tells what real installs did. Any `.jsonl` may be `.jsonl.xz`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use lzma_rust2::XzReader;
use serde_json::Value;

mod base64;
mod files;
mod locks;
mod manifests;
pub mod projects;

pub use files::Files;
pub use locks::LockItem;
pub use manifests::ManifestItem;

/// One file to read as pip would, with what pip made of it.
pub struct Item {
    /// Its name in the corpus.
    pub id: String,
    /// What can be read beside it, seen from the working directory.
    pub files: Files,
    /// The file that is handed to pip, relative to the working directory.
    pub file: String,
    /// Whether it is handed over as `-c`.
    pub constraint: bool,
    /// Environment variables that were set.
    pub environment: BTreeMap<String, String>,
    /// pip's record.
    pub oracle: Value,
}

/// One input with what several versions of pip really did with it.
pub struct Experiment {
    /// Its name in the corpus.
    pub id: String,
    /// What can be read beside it.
    pub files: Files,
    /// The file that is handed to pip.
    pub file: String,
    /// By version: `{"installs": […]}` or `{"error": …}`.
    pub pip: BTreeMap<String, Value>,
}

/// All that there is to compare.
#[derive(Default)]
pub struct Corpus {
    /// Files of public repositories.
    pub files: Vec<Item>,
    /// Lock files of public repositories.
    pub locks: Vec<LockItem>,
    /// Manifests of public repositories.
    pub manifests: Vec<ManifestItem>,
    /// Small inputs.
    pub cases: Vec<Item>,
    /// Installs with several versions of pip.
    pub experiments: Vec<Experiment>,
}

impl Corpus {
    /// Reads `directory`. Every part but the manifest and its records may be absent.
    pub fn open(directory: &Path) -> Result<Self> {
        let archive = Arc::new(archive(directory)?);
        let files = files(directory, &archive).context("reading the corpus files")?;
        let locks = locks::locks(directory, &archive).context("reading the lock files")?;
        let manifests = manifests::manifests(directory, &archive).context("reading the manifests")?;
        let cases = cases(directory).context("reading the cases")?;
        let experiments = experiments(directory).context("reading hash_mode_cases.jsonl")?;
        let corpus = Self { files, locks, manifests, cases, experiments };
        if corpus.is_empty() {
            bail!("nothing to compare in `{}`", directory.display());
        }
        Ok(corpus)
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many things there are to compare.
    pub fn len(&self) -> usize {
        self.files.len() + self.locks.len() + self.manifests.len() + self.cases.len() + self.experiments.len()
    }
}

fn files(directory: &Path, archive: &Arc<BTreeMap<String, Vec<u8>>>) -> Result<Vec<Item>> {
    let manifest = fs::read_to_string(directory.join("manifest.tsv")).context("manifest.tsv")?;
    let mut rows = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = rows.next().context("manifest.tsv is empty")?;
    let column = |name: &str| {
        header.iter().position(|column| *column == name).with_context(|| format!("manifest.tsv has no column {name}"))
    };
    let columns = ["id", "kind", "role", "constraint", "root", "file"].map(column);
    let [id, kind, role, constraint, root, file] = columns;
    let (id, kind, role, constraint, root, file) = (id?, kind?, role?, constraint?, root?, file?);

    let mut oracle = by_id(directory, "oracle_requirements")?.context("there is no oracle_requirements.jsonl")?;
    let mut items = Vec::new();
    for row in rows {
        let cell = |at: usize| row.get(at).copied().unwrap_or_default();
        if cell(kind) != "req" || cell(role) != "main" {
            continue;
        }
        items.push(Item {
            id: cell(id).to_owned(),
            files: Files::new(archive.clone(), cell(root)),
            file: cell(file).to_owned(),
            constraint: cell(constraint) == "c",
            environment: BTreeMap::new(),
            oracle: oracle.remove(cell(id)).with_context(|| format!("pip has no record of `{}`", cell(id)))?,
        });
    }
    Ok(items)
}

/// Every file of the archive, by its path below `corpus/`.
pub fn archive(directory: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let unpacked = directory.join("corpus");
    if unpacked.is_dir() {
        let mut files = BTreeMap::new();
        walk(&unpacked, "", &mut files)?;
        return Ok(files);
    }
    let packed = File::open(directory.join("corpus.tar.xz")).context("neither corpus/ nor corpus.tar.xz")?;
    let files = unpack(BufReader::new(packed))?;
    let below = |(path, bytes): (String, Vec<u8>)| (path.strip_prefix("corpus/").unwrap_or(&path).to_owned(), bytes);
    Ok(files.into_iter().map(below).collect())
}

/// Every file of a `.tar.xz`, by its path in there.
pub fn unpack(packed: impl Read) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(XzReader::new(packed, true));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8(entry.path_bytes().into_owned()).context("a path in the archive is not UTF-8")?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(path, bytes);
    }
    Ok(files)
}

fn walk(directory: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a file name is not UTF-8")?;
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn cases(directory: &Path) -> Result<Vec<Item>> {
    let Some(cases) = lines(directory, "cases")? else { return Ok(Vec::new()) };
    let mut oracle = by_id(directory, "oracle_cases")?.context("there is no oracle_cases.jsonl")?;
    let mut items = Vec::new();
    for case in cases {
        let id = string(&case, "id")?;
        items.push(Item {
            files: Files::new(Arc::new(case_contents(&case)?), ""),
            file: string(&case, "file")?,
            constraint: case.get("constraint").and_then(Value::as_bool).unwrap_or_default(),
            environment: case.get("env").cloned().map(serde_json::from_value).transpose()?.unwrap_or_default(),
            oracle: oracle.remove(&id).with_context(|| format!("pip has no record of `{id}`"))?,
            id,
        });
    }
    Ok(items)
}

fn experiments(directory: &Path) -> Result<Vec<Experiment>> {
    let Some(mut records) = lines(directory, "hash_mode_cases")? else { return Ok(Vec::new()) };
    ensure!(!records.is_empty(), "it is empty");
    // The first line names the wheels that pip was offered, in a folder outside the project. Ours
    // lies inside: core does not look further.
    let offered = records.remove(0);
    let wheels = offered.get("wheels").and_then(Value::as_object).context("the first line names no wheels")?;
    let wheels: BTreeMap<String, Vec<u8>> =
        wheels.keys().map(|wheel| (format!("wheels/{wheel}-py3-none-any.whl"), Vec::new())).collect();
    let mut experiments = Vec::new();
    for record in records {
        let mut files = case_contents(&record)?;
        for bytes in files.values_mut() {
            *bytes = String::from_utf8_lossy(bytes).replace("file://$WHEELS/", "file:wheels/").into_bytes();
        }
        files.extend(wheels.clone());
        experiments.push(Experiment {
            id: format!("hash mode: {}", string(&record, "id")?),
            files: Files::new(Arc::new(files), ""),
            file: string(&record, "file")?,
            pip: record.get("pip").cloned().map(serde_json::from_value).transpose()?.unwrap_or_default(),
        });
    }
    Ok(experiments)
}

fn case_contents(case: &Value) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for (path, content) in case.get("files").and_then(Value::as_object).context("a case without files")? {
        let bytes = match content {
            Value::String(text) => text.clone().into_bytes(),
            _ => content.get("b64").and_then(Value::as_str).and_then(base64::decode).context("not base64")?,
        };
        files.insert(path.clone(), bytes);
    }
    Ok(files)
}

fn string(record: &Value, key: &str) -> Result<String> {
    Ok(record.get(key).and_then(Value::as_str).with_context(|| format!("a record without {key}"))?.to_owned())
}

fn by_id(directory: &Path, name: &str) -> Result<Option<BTreeMap<String, Value>>> {
    let Some(records) = lines(directory, name)? else { return Ok(None) };
    records.into_iter().map(|record| Ok((string(&record, "id")?, record))).collect::<Result<_>>().map(Some)
}

/// The records of `NAME.jsonl` or `NAME.jsonl.xz`; none where neither is there.
fn lines(directory: &Path, name: &str) -> Result<Option<Vec<Value>>> {
    let plain = directory.join(format!("{name}.jsonl"));
    let packed = directory.join(format!("{name}.jsonl.xz"));
    let mut bytes = Vec::new();
    if plain.is_file() {
        bytes = fs::read(&plain).with_context(|| plain.display().to_string())?;
    } else if packed.is_file() {
        let reader = BufReader::new(File::open(&packed)?);
        XzReader::new(reader, true).read_to_end(&mut bytes).with_context(|| packed.display().to_string())?;
    } else {
        return Ok(None);
    }
    let records = serde_json::Deserializer::from_slice(&bytes).into_iter().collect::<Result<_, _>>();
    records.map(Some).with_context(|| format!("{name}.jsonl"))
}
