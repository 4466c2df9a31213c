//! Reads the files of an audit, and those that they include, from a tree.

use pychain_core::format::prose::is_prose;
use pychain_core::model::{Document, LineKind};
use pychain_core::order::{Arrange as _, Map, Set};
use pychain_core::text::Problem;
use pychain_core::tree::{Loader, Project, Want};

use crate::discover::{Certainty, Roots};
use crate::human::plural;
use crate::tree::{Tree, Unread};

/// The files of one side of an audit, read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) project: Project,
    /// The roots that were read.
    pub(crate) read: Set<String>,
    /// The roots and included files that are there and could not be read: nobody can vouch for them.
    pub(crate) unread: Set<String>,
    /// What could not be read, beside what the project itself tells.
    pub(crate) problems: Vec<Problem>,
}

/// Names under which root files are read, with the names that they really have.
pub(crate) type Aliases = Map<String, String>;

/// Reads `roots` and what they include. Files of a customary name that read like prose are left out.
pub(crate) fn load(tree: &mut Tree, roots: &Roots) -> Loaded {
    load_as(tree, roots, &Aliases::new())
}

/// The same, with some of the roots under other names than those that they have.
pub(crate) fn load_as(tree: &mut Tree, roots: &Roots, aliases: &Aliases) -> Loaded {
    let loaded = read_all(tree, roots, aliases);
    let prose: Set<&str> = roots
        .iter()
        .filter(|(_, root)| root.certainty == Certainty::Conventional)
        .filter(|(path, _)| document(&loaded.project, path).is_some_and(is_prose))
        .map(|(path, _)| path.as_str())
        .collect::<Set<_>>();
    if prose.is_empty() {
        return loaded;
    }
    let rest: Roots = roots
        .iter()
        .filter(|(path, _)| !prose.contains(path.as_str()))
        .map(|(p, r)| (p.clone(), *r))
        .collect::<Map<_, _>>();
    let mut without = read_all(tree, &rest, aliases);
    for path in prose {
        // What another file includes is read, whatever it looks like.
        let Some((refused, lines)) = prose_counts(&loaded.project, path) else { continue };
        if without.project.find(path).is_none() {
            without.problems.push(Problem::of_file(
                path,
                format!(
                    "this does not look like a dependency file and was not audited: pip would refuse {refused} of its {lines} {}",
                    plural(lines, "line", "lines")
                ),
                "name it among the paths to audit it all the same, or add it to `exclude`",
            ));
        }
    }
    without.problems.arrange();
    without
}

/// The problems of a base, told as such; what the head has as well is told there.
pub(crate) fn in_base(base: Vec<Problem>, head: &[Problem]) -> Vec<Problem> {
    let only = base.into_iter().filter(|problem| !head.contains(problem));
    only.map(|problem| Problem { message: format!("in the base: {}", problem.message), ..problem }).collect()
}

fn read_all(tree: &mut Tree, roots: &Roots, aliases: &Aliases) -> Loaded {
    let mut loader = Loader::new();
    let mut read = Set::new();
    let mut unread = Set::new();
    let mut problems = Vec::new();
    let mut refuse = |path: &str, unread: Unread| match unread {
        Unread::Absent => {}
        Unread::Refused(what, help) => problems.push(Problem::of_file(path, what, help)),
    };
    tree.prefetch(&roots.keys().map(String::as_str).collect::<Vec<_>>());
    for (path, root) in roots {
        match tree.read(aliases.get(path).unwrap_or(path)) {
            Ok(bytes) => {
                loader.root(path, bytes, root.role);
                read.insert(path.clone());
            }
            Err(why) => {
                if matches!(why, Unread::Refused(..)) {
                    unread.insert(path.clone());
                }
                refuse(path, why);
            }
        }
    }
    let mut answered = Set::new();
    loop {
        let wants: Vec<Want> = loader.wants().into_iter().filter(|want| answered.insert(want.clone())).collect();
        if wants.is_empty() {
            break;
        }
        let files = wants.iter().filter_map(|want| match want {
            Want::File(path) => Some(path.as_str()),
            Want::Path(_) => None,
        });
        tree.prefetch(&files.collect::<Vec<_>>());
        for want in wants {
            match want {
                Want::File(path) => match tree.read(&path) {
                    Ok(bytes) => loader.file(&path, bytes),
                    Err(why) => {
                        // What is there and was not read is no missing file: the problem speaks of it.
                        if let Unread::Refused(what, help) = why {
                            loader.problem(Problem::of_file(&path, what, help));
                            unread.insert(path.clone());
                        }
                        loader.missing(&path);
                    }
                },
                Want::Path(path) => loader.path(&path, tree.kind(&path)),
            }
        }
    }
    let project = loader.finish();
    problems.arrange();
    problems.dedup();
    Loaded { project, read, unread, problems }
}

/// Refused lines of a file, and all its lines.
fn prose_counts(project: &Project, path: &str) -> Option<(usize, usize)> {
    let document = document(project, path)?;
    let refused = document.lines.iter().filter(|line| matches!(line.kind, LineKind::Refused(_))).count();
    Some((refused, document.lines.len()))
}

fn document<'a>(project: &'a Project, path: &str) -> Option<&'a Document> {
    project.document(project.find(path)?)
}
