//! The two sides of a change on GitHub, with as few requests as that takes.
//!
//! The head's files are listed in one request. The base's are the same but for what the change touches, and that comes
//! out of the diff: a patch taken back from the new text is the old text, as it was where the branches parted. So the
//! audit sees what the pull request brings, and nothing that the base branch did since. Only where GitHub withholds a
//! patch the commit where the branches parted is looked up.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use pychain_core::audit::Workflow;
use pychain_core::config::{Config, glob_matches};
use pychain_core::format::detect;
use pychain_core::order::{Arrange as _, Map, Set};
use pychain_core::patch::Patch;
use pychain_core::text::{Problem, SourceFile};
use pychain_core::tree::Role;
use pychain_github::{ChangedFile, GitHub, Pull};

use super::options::Options;
use crate::clock;
use crate::discover::{Roots, is_candidate, is_named, named_role, select, share};
use crate::engine::{Job, Side};
use crate::error::{self, Hinted};
use crate::settings;
use crate::tree::{Commit, EntryKind, Listing, Remote, Tree, commit};

/// A change, ready to be audited.
pub(super) struct Change {
    pub(super) job: Job,
    /// What the pull request's diff shows, by path.
    pub(super) patches: Map<String, Patch>,
}

/// Paths on both sides that the change touches.
#[derive(Debug, Default)]
struct Touched {
    head: Set<String>,
    base: Set<String>,
}

/// What a pull request changes.
pub(super) fn of_pull(options: &Options, github: &Rc<GitHub>, remote: &Remote, pull: &Pull) -> Result<Change> {
    let files = github.files(pull.number).context("cannot read which files the pull request changes")?;
    let is_whole = files.len() >= pull.changed_files;
    if is_whole && !files.iter().any(is_ours) {
        return Ok(Change { job: nothing(remote), patches: Map::new() });
    }
    let mut head = remote.commit(&pull.head).context("cannot list the files of the pull request")?;
    remote.part_at(&pull.base, &pull.head);
    let mut problems = Vec::new();
    let (base, touched) = if !is_whole && head.is_complete() {
        let base = remote.parted().context("cannot list the files that the pull request started from")?;
        let touched = differences(&head, &base);
        (base, touched)
    } else {
        before(remote, &mut head, &files).context("cannot tell what the files were before")?
    };
    let is_whole = is_whole || (head.is_complete() && base.is_complete());
    if !is_whole {
        problems.push(Problem::of_file(
            "",
            format!(
                "GitHub lists {} of {} changed files; the others were not audited",
                files.len(),
                pull.changed_files
            ),
            "split the pull request, or audit a checkout: `pychain audit --base`",
        ));
    }
    let mut policy = Tree::Commit(remote.commit_on_demand(&pull.base));
    let config = base_config(options, &mut policy)?;
    let patches = files.into_iter().filter_map(|file| Some((file.path, file.patch?))).collect::<Map<_, _>>();
    let context = Budget { pages: pull.changed_files.div_ceil(100) };
    let mut job = job(options, Sides { head, base: Some(base), touched, context }, config, problems);
    if !is_whole {
        // Nobody can vouch for what was not listed.
        job.unread.insert("the files that GitHub does not list".to_owned());
    }
    Ok(Change { job, patches })
}

/// Whether a changed file is of any concern: a dependency file, a policy, a workflow.
fn is_ours(file: &ChangedFile) -> bool {
    let mut paths = file.previous.iter().chain([&file.path]);
    paths.any(|path| {
        (is_candidate(path) && !is_untouched(file, path))
            || settings::NAMES.contains(&path.as_str())
            || is_workflow(path)
    })
}

/// Whether its name says nothing and the change concerns no requirement of it, as far as its patch tells. Source code
/// and texts are changed all the time, and each file that is read is a request.
fn is_untouched(file: &ChangedFile, path: &str) -> bool {
    detect::is_unnamed(path) && file.patch.as_ref().is_some_and(|patch| !detect::may_be_told_by(path, patch))
}

fn is_workflow(path: &str) -> bool {
    path.strip_prefix(".github/workflows/").is_some_and(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// The audit of nothing, which finds nothing.
fn nothing(remote: &Remote) -> Job {
    let side = || Side { tree: Tree::Commit(remote.commit_of(BTreeMap::new())), roots: Roots::new(), listing: None };
    Job {
        head: side(),
        base: Some(side()),
        config: Config::default(),
        head_config: None,
        workflows: Vec::new(),
        as_of: None,
        problems: Vec::new(),
        audited: Set::new(),
        unread: Set::new(),
    }
}

/// What differs between two commits, or everything that one holds.
pub(super) fn of_commits(options: &Options, remote: &Remote, base: Option<&str>, head: &str) -> Result<Change> {
    let list = |name: &str| remote.commit(name).with_context(|| format!("cannot list the files of commit {name}"));
    let commit = list(head)?;
    let mut problems = Vec::new();
    let before = match base.map(list) {
        Some(Ok(before)) => Some(before),
        // After a force-push the commit before may be gone.
        Some(Err(error)) => {
            problems.push(Problem::of_file(
                "",
                format!("there is nothing to compare with, so all files were audited: {error:#}"),
                "",
            ));
            None
        }
        None => None,
    };
    if !commit.is_complete() || before.as_ref().is_some_and(|before| !before.is_complete()) {
        bail!(Hinted::new(
            "the repository has more files than GitHub lists at once",
            "audit a checkout of it: `pychain audit --base`",
        ));
    }
    let touched = before.as_ref().map_or_else(
        || {
            let files = commit.listed().keys().filter(|path| !detect::is_unnamed(path));
            Touched { head: files.cloned().collect::<Set<_>>(), base: Set::new() }
        },
        |before| differences(&commit, before),
    );
    let mut policy = Tree::Commit(remote.commit_on_demand(base.filter(|_| before.is_some()).unwrap_or(head)));
    let config = base_config(options, &mut policy)?;
    let sides = Sides { head: commit, base: before, touched, context: Budget { pages: 0 } };
    Ok(Change { job: job(options, sides, config, problems), patches: Map::new() })
}

/// The files before the change, made from those after it, and what is different.
fn before(remote: &Remote, head: &mut Commit, files: &[ChangedFile]) -> Result<(Commit, Touched)> {
    let mut touched = Touched::default();
    let mut instead = BTreeMap::new();
    let mut links = Vec::new();
    for file in files {
        let old = file.previous.as_ref().unwrap_or(&file.path);
        let now = head.entry(&file.path);
        if !file.removed {
            if !is_untouched(file, &file.path) {
                touched.head.insert(file.path.clone());
            }
            instead.insert(file.path.clone(), None);
        }
        if file.added {
            continue;
        }
        if !is_untouched(file, old) {
            touched.base.insert(old.clone());
        }
        // A patch shows a link's target as if it were the text of a file.
        if file.might_have_been_link() || now.as_ref().is_some_and(|entry| entry.kind == EntryKind::Link) {
            links.push(old.as_str());
            continue;
        }
        let oid = remote.before(old, now.as_ref().map(|entry| entry.oid.as_str()), file.patch.clone());
        instead.insert(old.clone(), Some(commit::Entry { kind: EntryKind::File, oid, size: 0 }));
    }
    if !links.is_empty() {
        let entries = remote.parted_entries(links.iter().copied())?;
        instead.extend(links.into_iter().map(str::to_owned).zip(entries));
    }
    Ok((head.but(remote, instead), touched))
}

/// What differs between the listings of two commits.
fn differences(head: &Commit, base: &Commit) -> Touched {
    let only = |one: &Commit, other: &Commit| {
        let differs = |(path, entry): &(&String, &commit::Entry)| {
            // Without a patch nobody knows which source code has a block for a script.
            !detect::is_source(path)
                && other.listed().get(*path).is_none_or(|other| other.oid != entry.oid || other.kind != entry.kind)
        };
        one.listed().iter().filter(differs).map(|(path, _)| path.clone()).collect()
    };
    Touched { head: only(head, base), base: only(base, head) }
}

/// The configuration that judges: the base's, or a file that the user names.
fn base_config(options: &Options, base: &mut Tree) -> Result<Config> {
    let mut config = match options.config.as_deref().map(Path::new) {
        None => settings::of_tree(base, None),
        // A file of the repository is taken from the base, as any other policy.
        Some(path) if path.is_relative() => settings::of_path(base, &path.to_string_lossy()),
        // What lies in the checkout may be the pull request's.
        Some(path) if options.is_in_workspace(path) => {
            bail!(Hinted::new(
                "`--config` names a file of the checkout, which a pull request may change",
                "name it relative to the repository, and it is read from the base commit",
            ))
        }
        Some(path) => settings::of_file(path),
    }
    .context("cannot read the configuration of the base, which judges the change")?;
    config.policy = options.policy.unwrap_or(config.policy);
    config.installer = options.installer.unwrap_or(config.installer);
    config.fail_on = options.fail_on.or(config.fail_on);
    Ok(config)
}

/// How many unchanged files may be read, for what they tell of the changed ones.
///
/// A review may take 12 requests, and two for each changed file beyond three. A patch that is taken back saves one of
/// the two; what is saved is spent here.
struct Budget {
    /// Pages that the list of files took.
    pages: usize,
}

impl Budget {
    /// Pull request (twice), listing, policy (two), comments, two writes.
    const FIXED: usize = 8;

    fn unchanged(&self, changed: usize) -> usize {
        let all = 12.max(6 + 2 * changed);
        all.saturating_sub(Self::FIXED + self.pages + changed)
    }
}

struct Sides {
    head: Commit,
    base: Option<Commit>,
    touched: Touched,
    context: Budget,
}

fn job(options: &Options, sides: Sides, config: Config, mut problems: Vec<Problem>) -> Job {
    let Sides { head, base, touched, context } = sides;
    let unchanged = unchanged(&head, &touched);
    let (head_listing, base_listing) = (head.candidates(), base.as_ref().and_then(Commit::candidates));
    let (mut head, mut base) = (Tree::Commit(head), base.map(Tree::Commit));
    let is_wanted = |path: &str| options.paths.is_empty() || options.paths.iter().any(|glob| glob_matches(glob, path));
    let mut head_roots = roots(&mut head, &touched.head, &config, &is_wanted, &mut problems);
    let mut base_roots = match &mut base {
        Some(base) => roots(base, &touched.base, &config, &is_wanted, &mut Vec::new()),
        None => Roots::new(),
    };
    if let Some(base) = &mut base {
        share((&mut head, &mut head_roots), (base, &mut base_roots));
    }
    let mut changed: Set<String> = head_roots.keys().cloned().collect::<Set<_>>();
    changed.extend(touched.head.iter().filter(|path| may_be_included(path)).cloned());
    if base.is_some() && !(changed.is_empty() && base_roots.is_empty()) {
        // They are the same on both sides, so that nothing in them is this change's. But they may include what it
        // changes, or know already what would seem new.
        let room = context.unchanged(touched_roots(&head_roots, &base_roots));
        let near: Set<String> = nearest(unchanged, &changed, room);
        let beside = roots(&mut head, &near, &config, &|_| true, &mut Vec::new());
        base_roots.extend(beside.iter().map(|(path, root)| (path.clone(), *root)));
        head_roots.extend(beside);
    }
    let head_config = match &mut base {
        Some(base) => head_config(&mut head, base, &touched, &mut problems),
        None => None,
    };
    let workflows = match &mut base {
        Some(base) => workflows(&mut head, base, &touched),
        None => Vec::new(),
    };
    Job {
        head: Side { tree: head, roots: head_roots, listing: head_listing },
        base: base.map(|tree| Side { tree, roots: base_roots, listing: base_listing }),
        config,
        head_config,
        workflows,
        as_of: clock::today(),
        problems,
        audited: Set::new(),
        unread: Set::new(),
    }
}

fn touched_roots(head: &Roots, base: &Roots) -> usize {
    head.keys().chain(base.keys()).collect::<Set<_>>().len()
}

/// The dependency files among `paths`.
fn roots(
    tree: &mut Tree,
    paths: &Set<String>,
    config: &Config,
    is_wanted: &dyn Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Roots {
    let Tree::Commit(commit) = &mut *tree else { return Roots::new() };
    let mut listing = Listing::default();
    for path in paths.iter().filter(|path| is_candidate(path)) {
        // `X.in` is told by what was made of it.
        let made = path.strip_suffix(".in").map(detect::compiled_from);
        for path in made.into_iter().flatten().chain([path.clone()]) {
            if let Some(entry) = commit.entry(&path) {
                listing.files.insert(path, entry.kind);
            }
        }
    }
    let (mut roots, trouble) = select(tree, &listing, &config.exclude);
    roots.retain(|path, _| paths.contains(path) && is_wanted(path));
    problems.extend(trouble.into_iter().filter(|problem| paths.contains(&problem.path) && is_wanted(&problem.path)));
    roots
}

/// Dependency files that the change does not touch. A workflow or a script says nothing about another file, and is
/// read only where the change touches it.
fn unchanged(head: &Commit, touched: &Touched) -> Vec<String> {
    let is_file = |path: &String| head.listed().get(path).is_some_and(|entry| entry.kind == EntryKind::File);
    let all = head.listed().keys().filter(|path| is_named(path) && !is_script(path) && is_file(path));
    all.filter(|path| !touched.head.contains(*path) && !touched.base.contains(*path)).cloned().collect()
}

fn is_script(path: &str) -> bool {
    matches!(named_role(path), Role::Command | Role::Settings)
}

/// Whether a text is one of requirements where another file includes it, and only then, as its name says nothing.
fn may_be_included(path: &str) -> bool {
    is_candidate(path) && !is_named(path) && !detect::is_source(path)
}

/// The ones that lie nearest to a changed file; those that include others first.
fn nearest(mut paths: Vec<String>, changed: &Set<String>, room: usize) -> Set<String> {
    let distance = |one: &str, other: &str| {
        let directories = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (one, other) = (directories(one), directories(other));
        let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
        one.len() + other.len() - 2 * shared
    };
    let includes = |path: &str| matches!(named_role(path), Role::Requirements | Role::Constraints);
    paths.arrange_by_key(|path| {
        (changed.iter().map(|other| distance(path, other)).min(), !includes(path), path.clone())
    });
    paths.truncate(room);
    paths.into_iter().collect::<Set<_>>()
}

/// The configuration as the change makes it, where the change makes another one of it.
fn head_config(head: &mut Tree, base: &mut Tree, touched: &Touched, problems: &mut Vec<Problem>) -> Option<Config> {
    let is_touched = |path: &&str| touched.head.contains(*path) || touched.base.contains(*path);
    let path = settings::NAMES.into_iter().find(is_touched)?;
    match settings::of_tree(head, None) {
        Ok(after) => {
            let before = settings::of_tree(base, None).unwrap_or_default();
            (!before.means_the_same_as(&after)).then_some(after)
        }
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            problems.push(Problem::of_file(
                path,
                format!("the change breaks pychain's configuration: {}", causes.join(": ")),
                "mend it: once merged, no review can be made",
            ));
            problems.extend(error::details(&error));
            None
        }
    }
}

/// Workflows that the change touches.
fn workflows(head: &mut Tree, base: &mut Tree, touched: &Touched) -> Vec<Workflow> {
    let paths: Set<&String> =
        touched.head.iter().chain(&touched.base).filter(|path| is_workflow(path)).collect::<Set<_>>();
    let text = |tree: &mut Tree, path: &str| {
        let bytes = tree.read(path).ok()?;
        Some(SourceFile::from_text(path, String::from_utf8_lossy(&bytes)))
    };
    let both = |path: &&String| Workflow { before: text(base, path), after: text(head, path) };
    paths.iter().map(both).collect()
}
