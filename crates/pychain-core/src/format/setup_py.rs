//! `setup.py`: what is handed to `setup()`, as far as it is literal. The file is read as text, never run.

use super::logical::{LogicalLine, Pieces};
use super::python::{Argument, Binding, Expression, How, Module, Place, Scope, Token};
use super::requirements_txt::Paths;
use super::setuptools::{lines, specifiers};
use super::shell;
use super::toml_value::is_template;
use super::value::Reader;
use crate::model::{Document, InstallOption, Purpose, Section, Tool, Word};
use crate::order::Set;
use crate::text::{SourceFile, Span};

/// How many items are looked at: names that stand for lists of each other multiply.
const MAX_ITEMS: usize = 100_000;
/// How many names may stand for each other.
const MAX_INSIDE: usize = 16;
/// How long a string may be that a name stands for within another one.
const MAX_NAMED: usize = 200;

/// Reads a file. Total: what setuptools refuses is a line that says why.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let module = Module::of(file);
    let mut values = Values { module: &module, left: MAX_ITEMS, inside: Vec::new(), items: Vec::new() };
    let mut output = Output { reader: Reader::new(file, paths), told: Set::new() };
    let calls: Vec<_> = module.calls(|before| is_setup(before).then_some(())).collect();
    let mut given = Vec::new();
    for ((), arguments, scope) in &calls {
        for argument in arguments {
            match argument {
                Argument::Keyword(name, value) => given.push((name.clone(), Place { value, scope: *scope })),
                Argument::Spread(value) => {
                    let (mut entries, mut computed) = (Vec::new(), Vec::new());
                    values.entries(Place { value, scope: *scope }, &mut entries, &mut computed);
                    given.extend(entries.into_iter().filter_map(|(key, value)| Some((key?, value))));
                    output.computed("setup", computed);
                }
                Argument::Positional(_) => {}
            }
        }
    }
    let all = |key: &'static str| given.iter().filter(move |(name, _)| name.text == key).map(|(_, place)| *place);
    if let Some(name) = all("name").find_map(|place| values.text(place)) {
        output.reader.project(&name.text);
    }
    for place in all("install_requires") {
        output.list(&mut values, place, "install_requires", || Section::new(Tool::Setuptools, Purpose::Dependencies));
    }
    for place in all("extras_require") {
        let (mut entries, mut computed) = (Vec::new(), Vec::new());
        values.entries(place, &mut entries, &mut computed);
        output.computed("extras_require", computed);
        for (key, place) in entries {
            let key = key.map_or_else(String::new, |key| key.text.into_owned());
            // What stands behind the colon is a marker, and one without an extra is for all.
            let extra = key.split(':').next().unwrap_or_default().to_owned();
            output.list(&mut values, place, &format!("extras_require.{key}"), || {
                if extra.is_empty() {
                    Section::new(Tool::Setuptools, Purpose::Dependencies)
                } else {
                    Section::labelled(Tool::Setuptools, Purpose::Extra, extra)
                }
            });
        }
    }
    for place in all("setup_requires") {
        output.list(&mut values, place, "setup_requires", || Section::new(Tool::Setuptools, Purpose::Build));
    }
    for place in all("tests_require") {
        output
            .list(&mut values, place, "tests_require", || Section::labelled(Tool::Setuptools, Purpose::Group, "tests"));
    }
    // Only what the build needs is looked for there.
    if all("setup_requires").next().is_some() {
        all("dependency_links").for_each(|place| output.links(&mut values, place));
    }
    output.reader.finish(module.comments)
}

/// Whether the name behind which a bracket opens is that of setuptools' function.
fn is_setup(before: &[Token<'_>]) -> bool {
    let [rest @ .., name] = before else { return false };
    if name.name() != Some("setup") {
        return false;
    }
    match rest {
        [.., of, dot] if dot.is(".") => matches!(of.name(), Some("setuptools" | "core")),
        [.., keyword] => keyword.name() != Some("def"),
        [] => true,
    }
}

/// What expressions stand for.
struct Values<'m, 't> {
    module: &'m Module<'t>,
    left: usize,
    /// Names that are being looked up, so that none is within itself.
    inside: Vec<(&'t str, Scope)>,
    /// Values of dictionaries that are being looked up, for the same reason.
    items: Vec<&'m Expression<'t>>,
}

/// The strings of a list, in order, and what is none.
#[derive(Default)]
struct Found {
    texts: Vec<LogicalLine<'static>>,
    computed: Vec<Span>,
}

/// A value of a dictionary with its key, where that is a string.
type Entry<'m, 't> = (Option<LogicalLine<'static>>, Place<'m, 't>);

impl<'m, 't> Values<'m, 't> {
    /// The string that an expression is.
    fn text(&mut self, place: Place<'m, 't>) -> Option<LogicalLine<'static>> {
        let mut found = Found::default();
        self.strings(place, false, &mut found);
        found.texts.into_iter().next().filter(|_| found.computed.is_empty())
    }

    /// All strings of a list, of lists in it, and of what is added up. A string that is a term of a sum is no item.
    fn strings(&mut self, Place { value, scope }: Place<'m, 't>, is_term: bool, found: &mut Found) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        match value {
            Expression::List(items) | Expression::Set(items, _) => {
                for value in items {
                    self.strings(Place { value, scope }, false, found);
                }
            }
            Expression::Sum(terms) => match self.joined(terms, scope).filter(|_| !is_term) {
                Some(text) => found.texts.push(text),
                // A string that is put together is one.
                None if terms.iter().any(|term| matches!(term, Expression::Text { .. })) => {
                    found.computed.extend(terms.iter().filter_map(Expression::span).reduce(Span::cover));
                }
                None => {
                    for value in terms {
                        self.strings(Place { value, scope }, true, found);
                    }
                }
            },
            Expression::Either(values) => {
                for value in values.iter() {
                    self.strings(Place { value, scope }, is_term, found);
                }
            }
            Expression::Starred(inner) => self.strings(Place { value: inner, scope }, true, found),
            Expression::Dict(entries) => {
                entries.iter().filter_map(|(key, _)| key.as_ref()).for_each(|key| {
                    self.strings(Place { value: key, scope }, false, found);
                });
            }
            Expression::Nothing => {}
            Expression::Text { text, span, is_formatted } => {
                let is_literal = !is_term && !is_formatted && !is_template(&text.text);
                if is_literal { found.texts.push(text.clone()) } else { found.computed.push(*span) }
            }
            Expression::Computed(span) => found.computed.push(*span),
            Expression::Item(name, wanted, span) => {
                let (mut entries, mut computed) = (Vec::new(), Vec::new());
                self.entries_of(name, *span, scope, &mut entries, &mut computed);
                let is_it = |key: &Option<LogicalLine<'_>>| key.as_ref().is_some_and(|key| key.text == wanted.text);
                let items: Vec<_> = entries.into_iter().filter(|(key, _)| is_it(key)).collect();
                if items.is_empty() {
                    found.computed.push(*span);
                }
                for (_, place) in items {
                    // `NAME["key"] = NAME["key"] + …` is read where it stands.
                    if self.items.iter().any(|item| std::ptr::eq(*item, place.value)) {
                        continue;
                    }
                    if self.items.len() >= MAX_INSIDE {
                        found.computed.push(*span);
                        continue;
                    }
                    self.items.push(place.value);
                    self.strings(place, is_term, found);
                    self.items.pop();
                }
            }
            Expression::Name(name, span) => {
                let is_known = self.each_binding(name, scope, |this, binding, scope| match binding.how {
                    How::Assigned | How::Added => this.strings(Place { value: &binding.value, scope }, is_term, found),
                    How::Item(_) => {}
                });
                if !is_known {
                    found.computed.push(*span);
                }
            }
        }
    }

    /// The string that literals make with names that each stand for one: the name is where such a part stands.
    fn joined(&self, terms: &[Expression<'t>], scope: Scope) -> Option<LogicalLine<'static>> {
        let mut pieces = Pieces::default();
        let mut first = None;
        for term in terms {
            let (text, span) = match term {
                Expression::Text { text, span, is_formatted: false } => {
                    shell::copy(text, 0..text.text.len(), &mut pieces);
                    (text, span)
                }
                Expression::Name(name, span) => {
                    let (_, bindings) = self.module.lookup(name, scope)?;
                    let [
                        Binding {
                            how: How::Assigned, value: Expression::Text { text, is_formatted: false, .. }, ..
                        },
                    ] = bindings.as_slice()
                    else {
                        return None;
                    };
                    if text.text.len() > MAX_NAMED {
                        return None;
                    }
                    pieces.escaped(&text.text, span.start as usize..span.end as usize);
                    (text, span)
                }
                _ => return None,
            };
            first.get_or_insert((span.start as usize, text.number));
        }
        let (start, number) = first?;
        Some(pieces.finish(start, number)).filter(|text| !is_template(&text.text))
    }

    /// The values of a dictionary.
    fn entries(
        &mut self,
        Place { value, scope }: Place<'m, 't>,
        entries: &mut Vec<Entry<'m, 't>>,
        computed: &mut Vec<Span>,
    ) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        match value {
            Expression::Dict(items) => {
                for (key, value) in items {
                    let place = Place { value, scope };
                    match key {
                        None => self.entries(place, entries, computed),
                        Some(key) => entries.push((self.text(Place { value: key, scope }), place)),
                    }
                }
            }
            Expression::Either(values) => {
                values.iter().for_each(|value| self.entries(Place { value, scope }, entries, computed));
            }
            Expression::Name(name, span) => self.entries_of(name, *span, scope, entries, computed),
            Expression::Item(_, _, span) | Expression::Computed(span) => computed.push(*span),
            // setuptools takes no other type, and adds up none.
            _ => {}
        }
    }

    /// The values of a dictionary that a name stands for.
    fn entries_of(
        &mut self,
        name: &'t str,
        span: Span,
        scope: Scope,
        entries: &mut Vec<Entry<'m, 't>>,
        computed: &mut Vec<Span>,
    ) {
        let is_known = self.each_binding(name, scope, |this, binding, scope| {
            let place = Place { value: &binding.value, scope };
            match &binding.how {
                How::Assigned | How::Added => this.entries(place, entries, computed),
                How::Item(key) => entries.push((Some(key.clone()), place)),
            }
        });
        if !is_known {
            computed.push(span);
        }
    }

    /// Visits what a name stands for; false where nobody knows.
    fn each_binding(
        &mut self,
        name: &'t str,
        scope: Scope,
        mut visit: impl FnMut(&mut Self, &'m Binding<'t>, Scope),
    ) -> bool {
        let Some((scope, bindings)) = self.module.lookup(name, scope) else { return false };
        // `NAME = NAME + …` is read where it stands.
        if self.inside.contains(&(name, scope)) {
            return true;
        }
        if self.inside.len() >= MAX_INSIDE {
            return false;
        }
        self.inside.push((name, scope));
        for binding in bindings {
            visit(self, binding, scope);
        }
        self.inside.pop();
        true
    }
}

/// The document on its way.
struct Output<'f> {
    reader: Reader<'f>,
    /// Where what was read begins: a list that is used twice is read once.
    told: Set<u32>,
}

impl Output<'_> {
    /// Reads a list of specifiers.
    fn list<'m, 't>(
        &mut self,
        values: &mut Values<'m, 't>,
        place: Place<'m, 't>,
        key: &str,
        section: impl FnOnce() -> Section,
    ) {
        let mut found = Found::default();
        values.strings(place, false, &mut found);
        self.computed(key, found.computed);
        let mut listed = specifiers(found.texts.iter().flat_map(lines));
        listed.retain(|line| self.told.insert(line.span(0..line.text.len()).start));
        let set = match place.value {
            Expression::Set(_, span) if matches!(key, "install_requires" | "setup_requires") => Some(*span),
            _ => None,
        };
        if listed.is_empty() && set.is_none() {
            return;
        }
        let section = self.reader.section(section().at(key));
        for line in &listed {
            self.reader.specifier(section, line);
        }
        if let Some(span) = set {
            let message = format!("`{key}` is a set, and setuptools takes none here");
            self.reader.refused(section, span, message, "Write a list");
        }
    }

    /// Reads `dependency_links`.
    fn links<'m, 't>(&mut self, values: &mut Values<'m, 't>, place: Place<'m, 't>) {
        let mut found = Found::default();
        values.strings(place, false, &mut found);
        if found.texts.is_empty() {
            return;
        }
        let section = self.reader.section(Section::new(Tool::Setuptools, Purpose::Settings).at("dependency_links"));
        for link in found.texts {
            let span = link.span(0..link.text.len());
            let value = Word { value: link.text.into_owned(), span };
            self.reader.setting(section, InstallOption::FindLinks, span, value);
        }
    }

    /// Notes parts that are computed.
    fn computed(&mut self, key: &str, parts: Vec<Span>) {
        for span in parts {
            if self.told.insert(span.start) {
                self.reader.computed(key, span);
            }
        }
    }
}

#[cfg(test)]
mod tests;
