//! What the rules about names share: which names are judged, and what is known of each.

use super::indexes::remote;
use super::support::runs_of;
use crate::audit::{AskedName, Context};
use crate::finding::{Finding, Location, Safety};
use crate::knowledge::Names;
use crate::model::Requirement;
use crate::order::{Arrange as _, Map};
use crate::resolution::Sources;
use crate::text::{Edit, FileId};
use crate::tree::{Entry, Mention, Project};
use crate::url::PUBLIC_INDEX_HOSTS;

/// A name that is judged, where it stands first.
pub(super) struct Judged<'a> {
    pub(super) mention: Mention<'a>,
    /// All places where it stands.
    pub(super) mentions: &'a [Mention<'a>],
    /// Normalized.
    pub(super) name: &'a str,
    pub(super) place: Location,
    /// Whether nothing but the public index answers for it, as far as the files tell.
    pub(super) is_public: bool,
}

/// The names that are looked up on an index, each once: where it is asked for, or else where it is locked.
/// A change is asked about its new ones only.
///
/// Never judged: direct references and local projects, what only constrains, `own-names`, `private-prefixes`.
pub(super) fn judged<'a>(context: &Context<'a>, is_open: impl Fn(&AskedName<'_>) -> bool) -> Vec<Judged<'a>> {
    let mut public: Map<FileId, bool> = Map::new();
    let mut found = Vec::new();
    for asked in context.names.iter().filter(|asked| !asked.is_in_base && is_open(asked)) {
        let mention = asked.mentions.iter().find(|mention| !mention.is_constraint());
        let Some(mention) = mention.copied().filter(|_| !is_ours(asked.name, context)) else { continue };
        let is_public = match mention {
            Mention::Requirement(_) => {
                *public.entry(mention.file()).or_insert_with(|| is_public(context, mention.file()))
            }
            Mention::Locked(locked) => {
                let url = locked.package.source.url.as_ref();
                url.is_none_or(|url| is_public_index(&url.value)) && expects_public(context)
            }
        };
        found.push(Judged {
            mention,
            mentions: &asked.mentions,
            name: asked.name,
            place: mention.location(),
            is_public,
        });
    }
    found
}

/// Whether the configuration says that a name is the user's own.
pub(super) fn is_ours(name: &str, context: &Context<'_>) -> bool {
    context.config.is_private(name) || context.config.own_names.iter().any(|own| own == name)
}

pub(super) fn is_public_index(url: &str) -> bool {
    remote(url).is_some_and(|url| PUBLIC_INDEX_HOSTS.contains(&url.host().as_str()))
}

fn expects_public(context: &Context<'_>) -> bool {
    context.config.expected_indexes.iter().all(|url| is_public_index(url))
}

/// Whether the files name no other place than the public index, and the configuration expects no other.
fn is_public(context: &Context<'_>, file: FileId) -> bool {
    let by_options = runs_of(context.project, file).all(|run| {
        let places = Sources::of(context.project, run, context.config.installer).places;
        !places.is_empty() && places.iter().all(|place| is_public_index(&place.url))
    });
    by_options && expects_public(context)
}

/// Whether another rule about names speaks of this one, and tells more.
pub(super) fn is_told_otherwise(name: &str, names: &Names) -> bool {
    names.malicious.get(name).is_some()
        || names.standard_library.get(name).is_some()
        || names.imports.get(name).is_some_and(|project| is_mistaken(name, project, names))
}

/// An import name with a rank of its own is judged only where the project that brings the module has at most a tenth of it.
pub(super) fn is_mistaken(name: &str, project: &str, names: &Names) -> bool {
    let rank = |name: &str| names.ranked.find(name).map(|found| u32::from(names.ranked.rank(found)));
    match (rank(name), rank(project)) {
        (None, _) => true,
        (Some(own), Some(other)) => other * 10 <= own,
        (Some(_), None) => false,
    }
}

/// Adds what the snapshot says of a name.
pub(super) fn with_existence(finding: Finding, name: &str, names: &Names) -> Finding {
    let Some(index) = &names.index else { return finding };
    let there = if index.contains(name) { "is" } else { "is not" };
    finding.evidence(
        "on the public index",
        format!("`{name}` {there} among its {} names of {}", index.count(), index.date()),
    )
}

/// Adds a fix that writes another name wherever the file asks for this one. None where a hash belongs to
/// the old one, or the file spells it otherwise.
pub(super) fn with_other_name(finding: Finding, judged: &Judged<'_>, other: &str, project: &Project) -> Finding {
    let mut edits = Vec::new();
    for entry in asking(judged) {
        let Requirement { name, name_span, hashes, .. } = entry.requirement;
        let (Some(name), Some(span)) = (name, name_span) else { return finding };
        if !hashes.is_empty() || project.text(entry.at(*span)) != name.as_written() {
            return finding;
        }
        edits.push(Edit::replace(*span, other));
    }
    if edits.is_empty() {
        return finding;
    }
    edits.arrange();
    edits.dedup();
    finding.fix(format!("Write `{other}`"), Safety::Unsafe, edits)
}

/// Every requirement of the finding's file that asks for the name.
pub(super) fn asking<'a>(judged: &Judged<'a>) -> impl Iterator<Item = Entry<'a>> {
    let file = judged.mention.file();
    judged.mentions.iter().filter_map(move |mention| match mention {
        Mention::Requirement(entry) if mention.file() == file => Some(*entry),
        _ => None,
    })
}
