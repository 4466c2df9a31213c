//! Reads from a commit with git's plumbing, in a way that runs nothing a repository could bring along.
//!
//! Only `rev-parse`, `ls-tree`, `ls-files`, `cat-file`, `check-ignore` and `grep` are called, which know no hooks, filters,
//! pagers or (without `--textconv`) text conversions; what else a configuration could make them do is switched off.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::commit::{Blobs, Commit, Entry, join};
use super::disk::relative;
use super::{EntryKind, Listing, Unread};
use crate::error::Hinted;

/// The commit that `revision` names in the repository that `root` is in.
pub(crate) fn open(root: &Path, revision: &str) -> Result<Commit> {
    let oid = resolve(root, revision)?;
    // In a subdirectory of the repository, paths are relative to it and others are left out.
    let output = git(root).args(["ls-tree", "-r", "-z", oid.as_str()]).output().context("cannot run git")?;
    if !output.status.success() {
        bail!("git cannot list the files of `{revision}`: {}", first_line(&output.stderr));
    }
    let mut entries = BTreeMap::new();
    let mut unnamable = Vec::new();
    for record in output.stdout.split(|byte| *byte == 0) {
        let Some((head, path)) = split_once(record, b'\t') else { continue };
        let Ok(path) = str::from_utf8(path) else {
            unnamable.push(String::from_utf8_lossy(path).into_owned());
            continue;
        };
        let head = String::from_utf8_lossy(head);
        let mut words = head.split(' ');
        let (mode, _, Some(oid)) = (words.next(), words.next(), words.next()) else { continue };
        let kind = match mode {
            Some("100644" | "100755" | "100664") => EntryKind::File,
            Some("120000") => EntryKind::Link,
            // A submodule is another repository.
            _ => continue,
        };
        entries.insert(path.to_owned(), Entry { kind, oid: oid.to_owned(), size: 0 });
    }
    Ok(Commit::new(entries, unnamable, BTreeMap::new(), Blobs::Local(CatFile::start(root)?, oid)))
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub(crate) struct CatFile {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Where it runs.
    root: PathBuf,
}

impl CatFile {
    pub(crate) fn start(root: &Path) -> Result<Self> {
        let mut child = git(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run git")?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("cannot talk to git");
        };
        let (output, root) = (BufReader::new(output), root.to_owned());
        Ok(Self { child, input: Some(input), output, root })
    }

    /// The files of Python in a tree that hold a text, links left out.
    pub(super) fn search(&self, tree: &str, texts: &[&str]) -> Result<BTreeSet<String>> {
        let output = git(&self.root)
            .env_remove("GIT_LITERAL_PATHSPECS")
            .args(["grep", "-l", "-z", "-a", "-F", "--no-textconv", "--no-full-name", "--no-color"])
            .arg("--no-recurse-submodules")
            .args(texts.iter().flat_map(|text| ["-e", text]))
            .args([tree, "--", ":(glob,icase)**/*.py"])
            .args([":(glob,icase)**/*.txt", ":(glob,icase)**/*.pip", ":(glob,icase)**/*.lock"])
            .output()
            .context("cannot run git")?;
        // One says that there is none.
        if !matches!(output.status.code(), Some(0 | 1)) {
            bail!("{}", first_line(&output.stderr));
        }
        let names = output.stdout.split(|byte| *byte == 0).filter_map(|name| str::from_utf8(name).ok());
        Ok(names.filter_map(|name| Some(name.split_once(':')?.1.to_owned())).collect())
    }

    /// The bytes of a blob of at most `limit` bytes.
    pub(super) fn read(&mut self, oid: &str, limit: usize) -> Result<Vec<u8>, Unread> {
        self.exchange(oid, limit).unwrap_or_else(|error| {
            Err(Unread::Refused(
                format!("git cannot give the content of the file: {error}"),
                "check the repository".to_owned(),
            ))
        })
    }

    fn exchange(&mut self, oid: &str, limit: usize) -> io::Result<Result<Vec<u8>, Unread>> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(input, "{oid}")?;
        input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        let size: Option<u64> = header.trim_end().strip_prefix(oid).and_then(|rest| match rest.split_once("blob ") {
            Some((" ", size)) => size.parse().ok(),
            _ => None,
        });
        let Some(size) = size else {
            return Ok(Err(Unread::Refused(
                "the content of the file is missing from this clone".to_owned(),
                "fetch the whole commit first".to_owned(),
            )));
        };
        if size > limit as u64 {
            io::copy(&mut self.output.by_ref().take(size + 1), &mut io::sink())?;
            return Ok(Err(Unread::too_large(size)));
        }
        let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)? + 1];
        self.output.read_exact(&mut bytes)?;
        // The line feed that ends every answer.
        bytes.pop();
        Ok(Ok(bytes))
    }
}

impl Drop for CatFile {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// A `git check-ignore`, started with the first question.
#[derive(Debug)]
pub(crate) struct CheckIgnore {
    repository: PathBuf,
    running: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
    has_failed: bool,
}

/// A question that any pipe takes whole: git answers while it reads, and would wait for us to read.
const MAX_QUESTION_BYTES: usize = 4096;

impl CheckIgnore {
    /// For what lies in the working tree of a repository.
    pub(crate) fn new(repository: &Path) -> Self {
        Self { repository: repository.to_owned(), running: None, has_failed: false }
    }

    /// Which of the paths `.gitignore` hides, whether they are tracked or not. After an error it answers that none is.
    pub(crate) fn hidden(&mut self, paths: &[&Path]) -> Result<BTreeSet<PathBuf>> {
        let mut hidden = BTreeSet::new();
        if self.has_failed {
            return Ok(hidden);
        }
        let repository = self.repository.clone();
        // What has no name in Unicode is not asked about, and told of when it is found.
        let named = |path: &&Path| Some((path.to_path_buf(), relative(path.strip_prefix(&repository).ok()?)?));
        let mut waiting: Vec<(PathBuf, String)> = paths.iter().filter_map(named).collect();
        while !waiting.is_empty() {
            let mut bytes = 0;
            let mut fits = |(_, name): &(PathBuf, String)| {
                bytes += name.len() + 3;
                bytes <= MAX_QUESTION_BYTES
            };
            let some = waiting.iter().take_while(|path| fits(path)).count().max(1);
            let asked: Vec<(PathBuf, String)> = waiting.drain(..some).collect();
            let answer = self.ask(asked.iter().map(|(_, name)| name.as_str()));
            let answer = answer.inspect_err(|_| self.has_failed = true).context("cannot run git check-ignore")?;
            hidden.extend(asked.into_iter().zip(answer).filter(|(_, is_hidden)| *is_hidden).map(|((path, _), _)| path));
        }
        Ok(hidden)
    }

    fn ask<'a>(&mut self, names: impl Iterator<Item = &'a str> + Clone) -> io::Result<Vec<bool>> {
        if self.running.is_none() {
            let mut child = git(&self.repository)
                // It refuses to read them literally, so no name may begin with a colon.
                .env_remove("GIT_LITERAL_PATHSPECS")
                .args(["check-ignore", "--no-index", "--stdin", "-z", "--verbose", "--non-matching"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(io::ErrorKind::BrokenPipe.into());
            };
            self.running = Some((child, input, BufReader::new(output)));
        }
        let Some((_, input, output)) = &mut self.running else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let question: Vec<u8> = names.clone().flat_map(|name| format!("./{name}\0").into_bytes()).collect();
        input.write_all(&question)?;
        input.flush()?;
        names
            .map(|_| {
                // Where the pattern stands, the line, the pattern, the path.
                let mut pattern = Vec::new();
                for field in 0..4 {
                    let mut value = Vec::new();
                    output.read_until(0, &mut value)?;
                    if value.pop() != Some(0) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    if field == 2 {
                        pattern = value;
                    }
                }
                Ok(!pattern.is_empty() && !pattern.starts_with(b"!"))
            })
            .collect()
    }
}

impl Drop for CheckIgnore {
    fn drop(&mut self) {
        if let Some((mut child, input, _)) = self.running.take() {
            drop(input);
            let _ = child.wait();
        }
    }
}

/// The object id of the commit's tree that `revision` names.
fn resolve(root: &Path, revision: &str) -> Result<String> {
    if revision.starts_with('-') {
        bail!(Hinted::new(
            format!("`{revision}` is not a git revision"),
            "a revision does not begin with `-`; write a branch, tag or commit: `--base origin/main`",
        ));
    }
    let output = git(root)
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
        .arg(format!("{revision}^{{tree}}"))
        .output()
        .map_err(|error| {
            Hinted::new("cannot run git", "install git, or compare with a directory: `--base ./DIR`").because(error)
        })?;
    let oid = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !oid.is_empty() && oid.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(oid);
    }
    let reason = first_line(&output.stderr);
    if reason.is_empty() {
        bail!(Hinted::new(
            format!("git knows no revision `{revision}`"),
            "check the name; a shallow clone may have to fetch it first (`git fetch origin BRANCH`, \
             or `fetch-depth: 0` for actions/checkout)",
        ));
    }
    bail!(
        Hinted::new(
            format!("git cannot look up the revision `{revision}`"),
            "the audited directory has to be in a git repository that git trusts, or `--base` has to name a directory",
        )
        .because(reason)
    );
}

/// Whether git knows a revision of that name.
pub(crate) fn knows(root: &Path, revision: &str) -> bool {
    resolve(root, revision).is_ok()
}

/// The tracked files below `directory` (empty for the root) that `wanted` takes, whatever `.gitignore` says.
pub(crate) fn tracked(root: &Path, directory: &str, wanted: impl Fn(&str) -> bool) -> Result<Listing> {
    // Asked there, git answers for the repository that holds the directory, which the root may not be in.
    let output = git(&root.join(directory)).args(["ls-files", "-z", "--cached", "--stage"]).output();
    let output = output.context("cannot run git")?;
    if !output.status.success() {
        bail!("{}", first_line(&output.stderr));
    }
    let mut listing = Listing::default();
    for record in output.stdout.split(|byte| *byte == 0) {
        let Some((head, path)) = split_once(record, b'\t') else { continue };
        let kind = if head.starts_with(b"120000") { EntryKind::Link } else { EntryKind::File };
        let path = join(directory, &String::from_utf8_lossy(path));
        // A submodule is another repository.
        if !wanted(&path) || head.starts_with(b"160000") {
            continue;
        }
        if str::from_utf8(record).is_ok() {
            listing.files.insert(path, kind);
        } else {
            listing.unnamable(&path);
        }
    }
    Ok(listing)
}

/// git, with everything off by which a repository or an environment could make it do more than read.
fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("LC_ALL", "C")
        .arg("-C")
        .arg(root)
        .arg("--no-pager");
    for setting in [
        "core.fsmonitor=false",
        "core.untrackedCache=false",
        "core.hooksPath=/dev/null",
        "core.attributesFile=/dev/null",
        "core.sshCommand=false",
        "core.askPass=false",
        "core.alternateRefsCommand=false",
        "credential.helper=",
        "protocol.allow=never",
    ] {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null());
    command
}

fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let position = bytes.iter().position(|byte| *byte == at)?;
    Some((&bytes[..position], &bytes[position + 1..]))
}

fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().trim().to_owned()
}
