//! `[tool.uv]`: indexes and how they are used, sources of single projects, and what limits or replaces
//! what others ask for.

use toml::de::{DeTable, DeValue};

use super::{each, list, specifier, tables, words};
use crate::format::notation;
use crate::format::toml_value::{self, Keys as _, key_spans};
use crate::format::value::{Reader, SectionId, named};
use crate::model::{InstallOption, LineKind, Purpose, Section, Source, Tool, Word};
use crate::name::normalize;
use crate::order::Map;
use crate::text::Span;

pub(in crate::format) fn read(reader: &mut Reader<'_>, uv: &DeTable<'_>) {
    list(reader, uv, "dev-dependencies", || {
        Section::labelled(Tool::Uv, Purpose::Group, "dev").at("tool.uv.dev-dependencies")
    });
    let constraints = |key: &str| Section::new(Tool::Uv, Purpose::Constraints).at(format!("tool.uv.{key}"));
    for key in ["constraint-dependencies", "override-dependencies"] {
        list(reader, uv, key, || constraints(key));
    }
    if let Some(value) = uv.get("build-constraint-dependencies") {
        let section = reader.section(constraints("build-constraint-dependencies"));
        each(reader, section, value, |reader, entry| {
            // `{ requirement = "NAME==VERSION", hashes = […] }`.
            let table = entry.get_ref().as_table();
            specifier(reader, section, table.and_then(|table| table.get("requirement")).unwrap_or(entry));
        });
    }
    // What others are built with beside what they ask for themselves.
    for (name, value) in uv.table("extra-build-dependencies").into_iter().flatten() {
        let table = format!("tool.uv.extra-build-dependencies.{}", name.get_ref());
        let section = reader.section(Section::new(Tool::Uv, Purpose::Build).at(table));
        each(reader, section, value, |reader, entry| {
            let table = entry.get_ref().as_table();
            specifier(reader, section, table.and_then(|table| table.get("requirement")).unwrap_or(entry));
        });
    }
    // What others are said to need, whatever they say themselves.
    for (metadata, _) in tables(uv, "dependency-metadata") {
        list(reader, metadata, "requires-dist", || {
            Section::new(Tool::Uv, Purpose::Build).at("tool.uv.dependency-metadata")
        });
    }
    let mut section = None;
    settings(reader, uv, &mut section);
    if let Some(pip) = uv.table("pip") {
        settings(reader, pip, &mut section);
    }
    sources(reader, uv);
}

/// Settings that mean the same as options of pip. The section is made when there is something in it.
fn settings(reader: &mut Reader<'_>, uv: &DeTable<'_>, section: &mut Option<SectionId>) {
    let own = || Section::new(Tool::Uv, Purpose::Settings).at("tool.uv");
    if uv.contains_key("exclude-newer") || uv.contains_key("exclude-newer-package") {
        let id = *section.get_or_insert_with(|| reader.section(own()));
        reader.age(id, uv, "exclude-newer", "exclude-newer-package");
    }
    let mut set = |reader: &mut Reader<'_>, option, span: Span, value: Word| {
        let id = *section.get_or_insert_with(|| reader.section(own()));
        reader.setting(id, option, span, value);
    };
    for (index, value) in tables(uv, "index") {
        let Some(url) = index.get("url").and_then(|url| toml_value::word(reader.file, url)) else { continue };
        reader.named_index(index, &url.value);
        let option = if index.is_true("explicit") {
            InstallOption::NamedIndex
        } else if index.text("format") == Some("flat") {
            InstallOption::FindLinks
        } else if index.is_true("default") {
            InstallOption::IndexUrl
        } else {
            InstallOption::ExtraIndexUrl
        };
        set(reader, option, toml_value::span(value), url);
        // Where one index does not answer, uv asks the next: 404 alone says that it has no such project.
        let codes = index.get_key_value("ignore-error-codes").filter(|_| option != InstallOption::NamedIndex);
        if let Some((name, given)) = codes
            && given.get_ref().as_array().is_some_and(|codes| {
                codes.iter().any(|code| code.get_ref().as_integer().is_none_or(|code| code.as_str() != "404"))
            })
        {
            let (_, span) = key_spans(reader.file.text(), name, given);
            set(reader, InstallOption::IndexStrategy, span, Word { value: "ignore-error-codes".to_owned(), span });
        }
        // Other indexes may not tell when a file was uploaded.
        if let Some((name, given)) = index.get_key_value("exclude-newer").filter(|_| option == InstallOption::IndexUrl)
            && given.get_ref().as_bool() == Some(false)
        {
            let (_, span) = key_spans(reader.file.text(), name, given);
            set(reader, InstallOption::ExcludeNewer, span, Word { value: "false".to_owned(), span });
        }
    }
    for (key, option) in [
        ("index-url", InstallOption::IndexUrl),
        ("extra-index-url", InstallOption::ExtraIndexUrl),
        ("find-links", InstallOption::FindLinks),
        ("allow-insecure-host", InstallOption::TrustedHost),
        ("trusted-host", InstallOption::TrustedHost),
        ("no-binary-package", InstallOption::NoBinary),
        ("no-build-package", InstallOption::OnlyBinary),
        ("no-binary", InstallOption::NoBinary),
        ("only-binary", InstallOption::OnlyBinary),
        ("index-strategy", InstallOption::IndexStrategy),
    ] {
        for word in words(reader, uv, key) {
            set(reader, option, word.span, word);
        }
    }
    for (key, option, value) in [
        ("no-index", InstallOption::NoIndex, ""),
        ("no-binary", InstallOption::NoBinary, ":all:"),
        ("no-build", InstallOption::OnlyBinary, ":all:"),
    ] {
        let Some((name, given)) = uv.get_key_value(key).filter(|_| uv.is_true(key)) else { continue };
        let (_, span) = key_spans(reader.file.text(), name, given);
        set(reader, option, span, Word { value: value.to_owned(), span });
    }
    let is_false = |key: &str| uv.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(false)));
    for (key, option, is_on) in [
        ("require-hashes", InstallOption::RequireHashes, uv.is_true("require-hashes")),
        ("verify-hashes", InstallOption::NoVerifyHashes, is_false("verify-hashes")),
        ("no-verify-hashes", InstallOption::NoVerifyHashes, uv.is_true("no-verify-hashes")),
    ] {
        let Some((name, given)) = uv.get_key_value(key).filter(|_| is_on) else { continue };
        let (_, span) = key_spans(reader.file.text(), name, given);
        set(reader, option, span, Word { value: String::new(), span });
    }
    if let Some((name, given)) = uv.get_key_value("prerelease")
        && given.get_ref().as_str() == Some("allow")
    {
        let (_, span) = key_spans(reader.file.text(), name, given);
        set(reader, InstallOption::Pre, span, Word { value: String::new(), span });
    }
}

/// `[tool.uv.sources]`: each project's own index, repository, archive or path.
fn sources(reader: &mut Reader<'_>, uv: &DeTable<'_>) {
    let Some(table) = uv.table("sources") else { return };
    let section = reader.section(Section::new(Tool::Uv, Purpose::Constraints).at("tool.uv.sources"));
    let mut elsewhere: Map<String, Word> = Map::new();
    for (key, value) in table {
        let (name, span) = key_spans(reader.file.text(), key, value);
        let several = value.get_ref().as_array();
        let single = several.is_none().then_some(value);
        let mut found = None;
        let mut is_everywhere = true;
        for source in several.into_iter().flat_map(|array| array.iter()).chain(single) {
            let Some(source_table) = source.get_ref().as_table() else { continue };
            // With a marker it holds only there, and the indexes are asked elsewhere.
            is_everywhere &= !source_table.contains_key("marker");
            if let Some(index) = source_table.get("index").and_then(|index| toml_value::word(reader.file, index)) {
                found = Some(index);
                continue;
            }
            found.get_or_insert_with(|| Word { value: String::new(), span: name });
            let whole = if several.is_some() { toml_value::span(source) } else { span };
            direct(reader, section, (key.get_ref(), name), whole, source_table);
        }
        match found {
            Some(word) if is_everywhere => drop(elsewhere.insert(normalize(key.get_ref()), word)),
            Some(_) => reader.bound_in_part(normalize(key.get_ref())),
            None => {}
        }
    }
    for requirement in reader.requirements_mut() {
        let Some(name) = &requirement.name else { continue };
        if matches!(requirement.source, Source::Index) {
            requirement.index = elsewhere.get(name.normalized()).cloned().map(Box::new);
        }
    }
}

/// A source that is no index.
fn direct(reader: &mut Reader<'_>, section: SectionId, name: (&str, Span), span: Span, source: &DeTable<'_>) {
    let word = |key: &str| source.get(key).and_then(|value| toml_value::word(reader.file, value));
    let mut requirement = named(name.0, name.1, span);
    if let Some(git) = word("git") {
        requirement.source = notation::repository("git", &git, notation::revision(word).as_ref());
    } else if let Some(url) = word("url") {
        requirement.source = notation::archive(&url);
    } else if let Some(path) = word("path") {
        requirement.source = notation::path(reader.file.path(), &path, &reader.paths);
        requirement.editable = source.is_true("editable");
    } else {
        // A member of the workspace.
        return;
    }
    reader.line(section, span, LineKind::Requirement(Box::new(requirement)));
}
