//! `pychain diff`: what a change does to each project, as one table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use pychain_core::config::Date;
use pychain_core::diff::{Renames, Row, gaps, rows};
use pychain_core::model::LockFormat;
use pychain_core::order::{Arrange as _, Map};
use pychain_core::prose::visible;
use pychain_core::report::{change, json};
use pychain_core::text::Problem;

use crate::args::{DiffArgs, DiffFormat};
use crate::base::is_plainly_a_path;
use crate::discover::{Certainty, Root, Roots, Walk, is_candidate, named_role, select, share, walk};
use crate::engine::guarded;
use crate::error::Hinted;
use crate::load::{Aliases, Loaded, in_base, load_as};
use crate::place::Place;
use crate::progress::Progress;
use crate::tree::{Disk, Tree, git};
use crate::{clock, human, output, settings};

/// A dependency file could not be read: the table is not whole.
const NOT_WHOLE: u8 = 1;

pub(crate) fn run(args: &DiffArgs) -> Result<ExitCode> {
    let here = Path::new(".");
    let words = [Word::of(here, &args.base)?, Word::of(here, args.head.as_deref().unwrap_or("."))?];
    let progress = Progress::start("comparing", args.quiet);
    let mut problems = Vec::new();
    let [mut base, mut head] = open(args, words, &mut problems)?;
    if base.roots.is_empty() && head.roots.is_empty() {
        bail!(Hinted::new(
            "there are no dependency files on either side",
            "name the files to compare (`pychain diff OLD NEW`); `pychain diff --help` has examples",
        ));
    }
    let as_of = args.as_of.or_else(clock::today);
    let compared = guarded(|| {
        let [old, new] = [&mut base, &mut head].map(|side| load_as(&mut side.tree, &side.roots, &side.aliases));
        let renames = Renames::between(&old.project, &new.project);
        let rows = rows(&old.project, &new.project, &renames, as_of.map(Date::days));
        (rows, [old, new])
    });
    let (rows, sides) = compared.map_err(|crash| anyhow::anyhow!(visible(&crash.problem("").message).into_owned()))?;
    drop(progress);
    let is_unread = sides.iter().any(|side| !side.unread.is_empty());
    let [old, new] = sides.map(not_read);
    problems.extend(in_base(old, &new));
    problems.extend(new);
    problems.arrange();
    problems.dedup();
    deliver(args, &rows, &problems)?;
    if args.format != DiffFormat::Json {
        for problem in &problems {
            output::say(&human::problem(problem));
        }
    }
    Ok(if is_unread || !problems.is_empty() { ExitCode::from(NOT_WHOLE) } else { ExitCode::SUCCESS })
}

fn deliver(args: &DiffArgs, rows: &[Row], problems: &[Problem]) -> Result<()> {
    let file = args.output.as_deref();
    match args.format {
        DiffFormat::Human => {
            let columns = if file.is_none() { output::columns() } else { None };
            output::deliver_styled(&human::change::table(rows, columns), file)
        }
        DiffFormat::Markdown => output::deliver_exact(&change::markdown(rows), file),
        DiffFormat::Json => {
            output::deliver_exact(&json::diff_to_string(rows, problems, env!("CARGO_PKG_VERSION")), file)
        }
    }
}

/// Everything that the table of one side lacks.
fn not_read(side: Loaded) -> Vec<Problem> {
    let mut problems = side.problems;
    problems.extend(gaps(&side.project));
    problems.extend(side.project.problems.iter().cloned());
    problems
}

/// What a word on the command line means.
enum Word {
    File(PathBuf),
    Directory(PathBuf),
    Revision(String),
}

/// The files of one side.
struct Side {
    tree: Tree,
    roots: Roots,
    aliases: Aliases,
}

impl Word {
    /// A word that is both a path and a revision is refused: a change could otherwise add a file `main`.
    fn of(root: &Path, word: &str) -> Result<Self> {
        let path = PathBuf::from(word);
        let is_plain = is_plainly_a_path(word);
        if !is_plain && (word.starts_with('-') || fs::symlink_metadata(&path).is_err()) {
            return Ok(Self::Revision(word.to_owned()));
        }
        if !is_plain && git::knows(root, word) {
            bail!(Hinted::new(
                format!("`{word}` names both a path and a git revision"),
                format!("write `./{word}` for the path, or the full name of the revision, like `refs/heads/{word}`"),
            ));
        }
        let metadata = fs::metadata(&path).map_err(|error| {
            Hinted::new(format!("cannot find `{word}`"), "name two files, two directories or two git revisions")
                .because(error)
        })?;
        Ok(if metadata.is_dir() { Self::Directory(path) } else { Self::File(path) })
    }
}

/// Both sides. What is a revision is read in the repository of the other side, and there the same files.
fn open(args: &DiffArgs, words: [Word; 2], problems: &mut Vec<Problem>) -> Result<[Side; 2]> {
    let commit = |root: &Path, revision: &str| anyhow::Ok(Tree::Commit(git::open(root, revision)?));
    match words {
        [Word::File(old), Word::File(new)] => files(&old, &new),
        [Word::Directory(old), Word::Directory(new)] => {
            let [old, new] = [root(&old)?, root(&new)?];
            search(args, [Tree::Disk(Disk::new(old)), Tree::Disk(Disk::new(new))], problems)
        }
        [Word::Revision(old), Word::Revision(new)] => {
            let root = root(Path::new("."))?;
            search(args, [commit(&root, &old)?, commit(&root, &new)?], problems)
        }
        [Word::Revision(old), Word::Directory(new)] => {
            let root = root(&new)?;
            search(args, [commit(&root, &old)?, Tree::Disk(Disk::new(root.clone()))], problems)
        }
        [Word::Directory(old), Word::Revision(new)] => {
            let root = root(&old)?;
            search(args, [Tree::Disk(Disk::new(root.clone())), commit(&root, &new)?], problems)
        }
        [Word::Revision(old), Word::File(new)] => {
            let place = Place::of(&[new])?;
            named(&place, [commit(&place.root, &old)?, Tree::Disk(Disk::new(place.root.clone()))])
        }
        [Word::File(old), Word::Revision(new)] => {
            let place = Place::of(&[old])?;
            named(&place, [Tree::Disk(Disk::new(place.root.clone())), commit(&place.root, &new)?])
        }
        [Word::File(_), Word::Directory(_)] | [Word::Directory(_), Word::File(_)] => bail!(Hinted::new(
            "a file cannot be compared with a directory",
            "name two files, two directories, or a git revision and one of both",
        )),
    }
}

fn root(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).with_context(|| format!("cannot open `{}`", path.display()))
}

/// Every dependency file of two trees.
fn search(args: &DiffArgs, mut trees: [Tree; 2], problems: &mut Vec<Problem>) -> Result<[Side; 2]> {
    // What is compared must not choose what is left out.
    let [base, _] = &mut trees;
    let exclude = settings::of_tree(base, None).context("cannot read the configuration of the base")?.exclude;
    let nested = trees.iter().all(|tree| matches!(tree, Tree::Disk(_)));
    let mut sides = trees.map(|mut tree| {
        let listing = match &tree {
            Tree::Disk(disk) => walk(disk.root(), "", Walk { ignore: !args.no_ignore, nested }),
            Tree::Commit(commit) => commit.list("", is_candidate),
        };
        let (roots, trouble) = select(&mut tree, &listing, &exclude);
        problems.extend(trouble);
        Side { tree, roots, aliases: Aliases::new() }
    });
    let [old, new] = &mut sides;
    share((&mut old.tree, &mut old.roots), (&mut new.tree, &mut new.roots));
    Ok(sides)
}

/// One file on both sides.
fn named(place: &Place, trees: [Tree; 2]) -> Result<[Side; 2]> {
    let file = place.files.first().context("the path names no file")?;
    let is_there = |tree: &mut Tree| !matches!(tree.read(file), Err(crate::tree::Unread::Absent));
    let sides = trees.map(|mut tree| {
        let mut roots = Roots::new();
        if is_there(&mut tree) {
            roots.insert(file.clone(), certain(file));
        }
        Side { tree, roots, aliases: Aliases::new() }
    });
    Ok(sides)
}

fn certain(name: &str) -> Root {
    Root { role: named_role(name), certainty: Certainty::Certain }
}

/// Two files, whatever they are called: where the name of only one of them tells a format, the other is of it too.
fn files(old: &Path, new: &Path) -> Result<[Side; 2]> {
    let places = [Place::of(&[old.to_owned()])?, Place::of(&[new.to_owned()])?];
    let names: Vec<String> = places.iter().filter_map(|place| place.files.first().cloned()).collect();
    let base_name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let telling = names.iter().rev().find(|name| LockFormat::of_path(name).is_some()).or(names.last());
    let telling = telling.map(|name| base_name(name)).context("the path names no file")?;
    let side = |place: Place| {
        let file = place.files.first().context("the path names no file")?;
        let folder = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let called = if LockFormat::of_path(file).is_some() { file.clone() } else { format!("{folder}{telling}") };
        let mut aliases = Map::new();
        if called != *file {
            aliases.insert(called.clone(), file.clone());
        }
        let roots = [(called.clone(), certain(&called))].into_iter().collect::<Map<_, _>>();
        anyhow::Ok(Side { tree: Tree::Disk(Disk::new(place.root.clone())), roots, aliases })
    };
    let [old, new] = places;
    Ok([side(old)?, side(new)?])
}
