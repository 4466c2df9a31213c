//! Names that an index is asked for and that something may be said of: looked up once, for all rules about names.

use crate::confusable::{Level, verdict};
use crate::knowledge::{Knowledge, Names};
use crate::order::Map;
use crate::tree::{Mention, Project};

/// A name that is asked for, once or more often.
#[derive(Debug, Clone)]
pub struct AskedName<'a> {
    /// Normalized.
    pub name: &'a str,
    /// Whether it is one of the most downloaded.
    pub is_ranked: bool,
    /// Whether the base asks for it as well.
    pub is_in_base: bool,
    /// Where, in the order of files and lines.
    pub mentions: Vec<Mention<'a>>,
}

/// The names that a project asks for, in the order of their first mention, but those of which nothing is to be said.
pub(super) fn names<'a>(project: &'a Project, base: Option<&Project>, knowledge: &Knowledge) -> Vec<AskedName<'a>> {
    let Some(known) = &knowledge.names else { return Vec::new() };
    let mut places: Map<&str, Option<usize>> = Map::new();
    let mut asked: Vec<AskedName<'_>> = Vec::new();
    let is_there = |name| known.index.as_ref().is_none_or(|index| index.contains(name));
    for (mention, name) in mentions(project).filter(|(_, name)| !(known.plain.contains(name) && is_there(name))) {
        let place = *places.entry(name).or_insert_with(|| {
            let is_ranked = known.ranked.find(name).is_some();
            if is_ranked && !is_listed(name, known) {
                return None;
            }
            asked.push(AskedName { name, is_ranked, is_in_base: false, mentions: Vec::new() });
            Some(asked.len() - 1)
        });
        if let Some(asked) = place.and_then(|place| asked.get_mut(place)) {
            asked.mentions.push(mention);
        }
    }
    for (_, name) in base.into_iter().flat_map(mentions) {
        if let Some(asked) = places.get(name).copied().flatten().and_then(|place| asked.get_mut(place)) {
            asked.is_in_base = true;
        }
    }
    asked
}

/// Whether a normalized name is on no list and resembles no other, so that it belongs into [`Names::plain`].
pub fn is_plain(name: &str, names: &Names) -> bool {
    !is_listed(name, names) && (names.ranked.find(name).is_some() || verdict(name, Level::Warn, names).is_none())
}

fn is_listed(name: &str, names: &Names) -> bool {
    [&names.malicious, &names.standard_library, &names.imports].iter().any(|list| list.get(name).is_some())
}

/// Mentions of names that the index is asked for, the normalized name beside each. What no index can have
/// (odd letters, a name that ends in a dash) is the business of other rules.
fn mentions(project: &Project) -> impl Iterator<Item = (Mention<'_>, &str)> {
    project.mentions().filter_map(|mention| {
        let name = mention.name().filter(|_| mention.is_from_index())?;
        let is_name = name.as_written().is_ascii() && name.normalized().ends_with(|c: char| c.is_ascii_alphanumeric());
        is_name.then(|| (mention, name.normalized()))
    })
}
