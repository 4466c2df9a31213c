//! Why a project is there: the shortest way to it from one that is asked for directly, by what the file itself says.

use std::collections::VecDeque;

use super::via;
use crate::format::requirements_txt::folder;
use crate::model::{Condition, Document, Lock};
use crate::order::{Map, Set};
use crate::tree::Project;

/// Why a project is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Route {
    /// The file does not tell.
    #[default]
    Unknown,
    /// It is asked for.
    Direct,
    /// Others need it: from the one that is asked for to the one that needs it, normalized names, at least one.
    Through(Vec<String>),
}

impl Route {
    /// This one, or the other where this tells nothing.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::Unknown { other } else { self }
    }
}

/// The ways through one file.
#[derive(Debug, Default)]
pub(super) struct Routes<'a> {
    /// By whom each project was reached first; none for what is asked for.
    reached: Map<&'a str, Option<&'a str>>,
}

/// A project, or one of its extras.
type Node<'a> = (&'a str, Option<&'a str>);

impl<'a> Routes<'a> {
    /// Finds the ways through a lock file, or through the notes of a compiled requirements file.
    pub(super) fn of(project: &'a Project, document: &'a Document) -> Self {
        if let Some(lock) = document.lock.as_deref() {
            let graph = Graph::of(lock);
            let direct = direct(project, document, lock, &graph);
            return graph.walk(direct);
        }
        let mut graph = Graph::default();
        let mut direct = Set::new();
        for (name, reasons) in via::notes(document) {
            for reason in reasons {
                match reason {
                    via::Reason::Asked => drop(direct.insert((name, None))),
                    via::Reason::Needed(by) => graph.add(by, (name, None), Condition::Always),
                }
            }
        }
        graph.walk(direct)
    }

    /// The way to a project, by its normalized name.
    pub(super) fn to(&self, name: &str) -> Route {
        let Some(mut step) = self.reached.get(name) else { return Route::Unknown };
        let mut way = Vec::new();
        // No project is reached twice, so that no way is longer than all of them.
        while let Some(by) = step.filter(|_| way.len() <= self.reached.len()) {
            way.push(by.to_owned());
            match self.reached.get(by) {
                Some(next) => step = next,
                None => break,
            }
        }
        way.reverse();
        if way.is_empty() { Route::Direct } else { Route::Through(way) }
    }
}

/// Who needs whom.
#[derive(Debug, Default)]
struct Graph<'a> {
    edges: Map<&'a str, Set<(Node<'a>, Condition)>>,
}

impl<'a> Graph<'a> {
    fn of(lock: &'a Lock) -> Self {
        let mut graph = Self::default();
        for package in &lock.packages {
            for needed in &package.dependencies {
                for node in nodes(needed.name.normalized(), &needed.extras) {
                    graph.add(package.name.normalized(), node, needed.condition.clone());
                }
            }
        }
        graph
    }

    fn add(&mut self, by: &'a str, node: Node<'a>, condition: Condition) {
        self.edges.entry(by).or_default().insert((node, condition));
    }

    /// Breadth first, in the order of names: the same way every time. What only an extra leads to that nobody is seen
    /// to ask for is looked at last: who asked for it may not be in the file.
    fn walk(&self, direct: Set<Node<'a>>) -> Routes<'a> {
        let mut routes = Routes::default();
        let mut seen: Set<Node<'a>> = direct.clone();
        for (name, _) in &direct {
            routes.reached.insert(name, None);
        }
        let mut queue: VecDeque<Node<'a>> = direct.into_iter().collect();
        for any_condition in [false, true] {
            while let Some((name, extra)) = queue.pop_front() {
                for (node, condition) in self.edges.get(name).into_iter().flatten() {
                    let holds = match (condition, extra) {
                        (Condition::Always, None) => true,
                        (Condition::Extra(one), Some(extra)) => one.split(',').any(|one| is_same(one, extra)),
                        _ => any_condition,
                    };
                    if holds && seen.insert(*node) {
                        routes.reached.entry(node.0).or_insert(Some(name));
                        queue.push_back(*node);
                    }
                }
            }
            queue.extend(seen.iter().copied());
        }
        routes
    }
}

fn nodes<'a>(name: &'a str, extras: &'a [String]) -> impl Iterator<Item = Node<'a>> {
    std::iter::once((name, None)).chain(extras.iter().map(move |extra| (name, Some(extra.as_str()))))
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || crate::name::normalize(one) == crate::name::normalize(other)
}

/// What is asked for: by the projects of one's own that the file holds, or else by the manifests beside it. Where there
/// are none of both, what nothing else needs.
fn direct<'a>(project: &'a Project, document: &Document, lock: &'a Lock, graph: &Graph<'a>) -> Set<Node<'a>> {
    let own = || lock.packages.iter().filter(|package| package.is_own());
    let names: Set<&str> = own().map(|package| package.name.normalized()).collect::<Set<_>>();
    let needed = own().flat_map(|package| &package.dependencies);
    let mut direct: Set<Node<'a>> = needed
        .filter(|needed| !names.contains(needed.name.normalized()))
        .flat_map(|needed| nodes(needed.name.normalized(), &needed.extras))
        .collect::<Set<_>>();
    if direct.is_empty() {
        direct = asked(project, document);
    }
    if direct.is_empty() && !graph.edges.is_empty() {
        let needed: Set<&str> = graph
            .edges
            .iter()
            .flat_map(|(by, edges)| edges.iter().filter(move |((name, _), _)| name != by))
            .map(|((name, _), _)| *name)
            .collect::<Set<_>>();
        let names = lock.packages.iter().map(|package| package.name.normalized());
        direct = names.filter(|name| !needed.contains(name)).map(|name| (name, None)).collect::<Set<_>>();
    }
    direct
}

/// What the manifests in the folder of a lock file ask for.
fn asked<'a>(project: &'a Project, document: &Document) -> Set<Node<'a>> {
    let path = |document: &Document| project.file(document.file).path();
    let place = folder(path(document));
    let manifests = project.documents.iter().filter(|other| {
        let name = path(other).rsplit('/').next().unwrap_or_default();
        other.lock.is_none()
            && folder(path(other)) == place
            && (name.ends_with(".in") || matches!(name, "pyproject.toml" | "Pipfile" | "setup.cfg" | "setup.py"))
    });
    let entries = manifests.flat_map(|document| project.requirements_of(document)).filter(|entry| !entry.constraint);
    entries
        .filter_map(|entry| Some((entry.requirement.name.as_ref()?, &entry.requirement.extras)))
        .flat_map(|(name, extras)| {
            let name = name.normalized();
            std::iter::once((name, None)).chain(extras.iter().map(move |extra| (name, Some(extra.normalized()))))
        })
        .collect::<Set<_>>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::load;

    /// The way to each project of a lock file, `direct`, `unknown`, or by whom.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) {
        let project = load(&files.iter().copied().collect());
        let document = project.document(project.find(files[0].0).expect("the file")).expect("a document");
        let routes = Routes::of(&project, document);
        for (name, way) in expected {
            let found = match routes.to(name) {
                Route::Unknown => "unknown".to_owned(),
                Route::Direct => "direct".to_owned(),
                Route::Through(way) => way.join(" "),
            };
            assert_eq!(found, *way, "{name}");
        }
    }

    fn uv(name: &str, source: &str, needs: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ {source} }}\ndependencies = [{needs}]\n")
    }

    #[test]
    fn the_shortest_way_begins_at_what_the_own_project_asks_for() {
        let index = "registry = \"https://pypi.org/simple\"";
        let text = uv("own", "virtual = \".\"", "{ name = \"z\" }, { name = \"b\", extra = [\"x\"] }")
            + &uv("z", index, "{ name = \"c\" }")
            + &uv("b", index, "{ name = \"d\" }")
            + "[package.optional-dependencies]\nx = [{ name = \"e\" }]\ny = [{ name = \"f\" }]\n"
            + &uv("d", index, "{ name = \"c\" }")
            + &uv("c", index, "{ name = \"b\" }")
            + &uv("e", index, "")
            + &uv("f", index, "")
            + &uv("ghost", index, "");
        check(
            &[("uv.lock", &text)],
            &[("b", "direct"), ("c", "z"), ("d", "b"), ("e", "b"), ("f", "b"), ("ghost", "unknown")],
        );
    }

    #[test]
    fn without_an_own_project_the_manifest_beside_it_tells_or_what_nobody_needs() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1\"\ndependencies = [\"c\"]\n[[package]]\nname = \"c\"\nversion = \"1\"\n";
        check(&[("pdm.lock", text)], &[("a", "direct"), ("b", "a"), ("c", "a b")]);
        check(&[("pdm.lock", text), ("requirements.in", "a\nB\n")], &[("b", "direct"), ("c", "b")]);
        check(&[("pdm.lock", text), ("docs/requirements.in", "B\n")], &[("b", "a")]);
        let without = "{\"default\": {\"a\": {\"version\": \"==1\"}}}";
        check(&[("Pipfile.lock", without)], &[("a", "unknown")]);
    }

    #[test]
    fn a_circle_has_an_end() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1\"\ndependencies = [\"a\"]\n";
        check(&[("pdm.lock", text)], &[("a", "unknown"), ("b", "unknown")]);
        check(&[("pdm.lock", text), ("r.in", "a\n")], &[("a", "direct"), ("b", "a")]);
    }

    #[test]
    fn a_compiled_file_tells_in_its_notes() {
        let text = "a==1\n    # via -r requirements.in\nb==1 \\\n    --hash=sha256:00\n    # via\n    #   A\n    #   z\nc==1  # via b, -c limits.txt\nd==1\n";
        check(&[("requirements.txt", text)], &[("a", "direct"), ("b", "a"), ("c", "a b"), ("d", "unknown")]);
    }
}
