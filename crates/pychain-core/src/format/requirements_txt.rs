//! pip's requirements and constraints files, read as pip 26.3 reads them.

use std::ops::Range;

use crate::digest::{Algorithm, Digest};
use crate::format::logical::LogicalLine;
use crate::model::{
    Document, HashOption, Include, InstallOption, Line, LineKind, Oddities, OptionUse, Purpose, Refusal, RefusalClass,
    Requirement, Section, Stage, Tool, Word,
};
use crate::order::Map;
use crate::text::SourceFile;

mod again;
mod lines;
mod options;
mod paths;
mod requirement;
mod tokens;
pub(super) mod wheel;
mod words;

pub use lines::text_of;
pub(in crate::format) use lines::{physical_lines, split_comment};
pub(in crate::format) use paths::to_url;
pub(crate) use paths::{Paths, folder};
pub use paths::{join, leaves_root};
pub(in crate::format) use requirement::{from_editable_value, from_specifier};
pub use tokens::{Token, TokenKind, tokens};

use options::RawOption;

/// Reads a file. Total: every text gives a document, a line that pip refuses is a [`LineKind::Refused`].
///
/// An earlier state of the same file, read in the same environment, only saves time.
pub(crate) fn parse(
    file: &SourceFile,
    environment: &Map<String, String>,
    paths: Paths<'_>,
    before: Option<Document>,
) -> Document {
    let read = |text: &str| {
        let mut lines = Vec::new();
        let comments = lines::for_each_line(text, environment, |line| lines.push(read_line(line, file.path(), &paths)));
        (lines, comments)
    };
    let (lines, comments) = match before.filter(again::is_of_text_alone) {
        Some(before) => again::lines_again(before, file.text(), read),
        None => read(file.text()),
    };
    let sections = vec![Section::new(Tool::Pip, Purpose::RequirementsFile)];
    Document { lines, sections, comments, paths: paths.into_asked(), ..Document::empty(file) }
}

/// Reads one argument of pip's command line; none where pip refuses it.
pub(in crate::format) fn from_word(word: &LogicalLine<'_>, paths: &Paths<'_>) -> Option<Requirement> {
    requirement::from_line(word, 0..word.text.len(), paths).ok()
}

/// Reads the value of `-e` on pip's command line; none where pip refuses it.
pub(in crate::format) fn from_editable_word(word: &LogicalLine<'_>, paths: &Paths<'_>) -> Option<Requirement> {
    requirement::from_editable(word, &word.text, 0..word.text.len(), paths).ok()
}

/// Reads a logical line of the file at `path`, or of a requirements file that is written into it.
pub(in crate::format) fn read_line(line: &LogicalLine<'_>, path: &str, paths: &Paths<'_>) -> Line {
    let text = line.text.as_ref();
    let (before, options_at) = words::split_options(text);
    let mut out = Line {
        section: 0,
        number: line.number,
        span: line.span(0..text.len()),
        options: Box::default(),
        kind: LineKind::Options,
        odd: Oddities::of(line.is_expanded().then(|| text.into()), line.cut_by_comment),
    };
    let Some(words) = words::shell_words(text, options_at) else {
        let refusal = Refusal {
            class: RefusalClass::RequirementsFileParseError,
            stage: Stage::Option,
            span: line.span(options_at..text.len()),
            message: "a quote or an escape among the options is left open".to_owned(),
            help: "Close the quote".to_owned(),
            editable: false,
        };
        out.kind = LineKind::Refused(Box::new(refusal));
        return out;
    };
    let parsed = options::parse(&words);
    let word = |value: String, range: Range<usize>| Word { value, span: line.span(range) };
    if let Some(error) = parsed.error {
        // What pip's parser wrote into shared state before it stopped stays written, so the options are kept.
        out.options = parsed.used.into_iter().map(|used| use_of(line, used, false)).collect();
        out.options.iter_mut().for_each(|used| used.acts = acts_anywhere(used.option));
        out.kind = LineKind::Refused(Box::new(Refusal {
            class: error.class,
            stage: Stage::Option,
            span: line.span(error.range),
            message: error.message,
            help: error.help,
            editable: false,
        }));
        return out;
    }
    if !parsed.dropped.is_empty() {
        let dropped = parsed.dropped.into_iter().map(|(value, range)| word(value, range)).collect();
        out.odd.get_or_insert_default().dropped = dropped;
    }

    let first = |option| parsed.used.iter().find(|used| used.option == option).cloned();
    let editable = first(InstallOption::Editable);
    if before.is_empty() && editable.is_none() {
        let include = first(InstallOption::Requirement).or_else(|| first(InstallOption::Constraint));
        if let Some(used) = &include {
            let target_span = line.span(used.value_range.clone());
            out.kind = LineKind::Include(Box::new(Include {
                target: used.value.to_string(),
                target_span,
                constraint: used.option == InstallOption::Constraint,
                is_list: false,
                path: (!is_remote(&used.value)).then(|| join(folder(path), &used.value)),
            }));
        }
        for links in parsed.used.iter().filter(|used| used.option == InstallOption::FindLinks) {
            // pip asks whether the folder is beside the file; the answer is the run's matter.
            if !links.value.contains("://") {
                paths.kind(&join(folder(path), &links.value));
            }
        }
        let followed = include.as_ref().map(|used| used.range.clone());
        out.options = judge_option_line(line, parsed.used, followed.as_ref());
        return out;
    }

    let result = match &editable {
        None => requirement::from_line(line, 0..before.len(), paths),
        Some(_) if !before.is_empty() => requirement::from_editable(line, before, 0..before.len(), paths),
        Some(used) => requirement::from_editable(line, &used.value, used.value_range.clone(), paths),
    };
    let takes_hashes = editable.is_none();
    let mut first_editable = before.is_empty();
    // Nearly all that a hashed file is: asked for at its size, for half of it would be slack otherwise.
    let count = parsed.used.iter().filter(|used| takes_hashes && used.option == InstallOption::Hash).count();
    let mut hashes = Vec::with_capacity(count);
    let mut options = Vec::new();
    for used in parsed.used {
        let acts = match used.option {
            InstallOption::Hash => takes_hashes,
            InstallOption::ConfigSettings => true,
            InstallOption::Editable => std::mem::take(&mut first_editable),
            other => acts_anywhere(other),
        };
        if used.option == InstallOption::Hash && acts {
            hashes.extend(hash_option(line, &used));
            continue;
        }
        options.push(use_of(line, used, acts));
    }
    out.options = options.into();
    out.kind = match result {
        Ok(mut requirement) => {
            requirement.hashes = hashes.into();
            LineKind::Requirement(Box::new(requirement))
        }
        Err(refusal) => LineKind::Refused(Box::new(Refusal { editable: editable.is_some(), ..refusal })),
    };
    out
}

/// Options that write into shared state while they are read, and so act from any line.
fn acts_anywhere(option: InstallOption) -> bool {
    use InstallOption::{AllReleases, NoBinary, OnlyBinary, OnlyFinal};
    matches!(option, NoBinary | OnlyBinary | AllReleases | OnlyFinal)
}

/// A line without a requirement: an include follows one target and ignores the rest; else every
/// option acts but `--hash` and `--config-settings`, of `-f` only the first, of `-i` only the last.
fn judge_option_line(
    line: &LogicalLine<'_>,
    options: Vec<RawOption<'_>>,
    followed: Option<&Range<usize>>,
) -> Box<[OptionUse]> {
    let first_links = options.iter().position(|used| used.option == InstallOption::FindLinks);
    let last_index = options.iter().rposition(|used| used.option == InstallOption::IndexUrl);
    let judged = options.into_iter().enumerate().map(|(at, used)| {
        let acts = match (followed, used.option) {
            (Some(range), option) => *range == used.range || acts_anywhere(option),
            (None, InstallOption::Hash | InstallOption::ConfigSettings) => false,
            (None, InstallOption::FindLinks) => first_links == Some(at),
            (None, InstallOption::IndexUrl) => last_index == Some(at),
            (None, _) => true,
        };
        use_of(line, used, acts)
    });
    judged.collect()
}

fn use_of(line: &LogicalLine<'_>, used: RawOption<'_>, acts: bool) -> OptionUse {
    OptionUse {
        option: used.option,
        span: line.span(used.range),
        value: Word { value: used.value.into_owned(), span: line.span(used.value_range) },
        acts,
    }
}

fn hash_option(line: &LogicalLine<'_>, used: &RawOption<'_>) -> Option<HashOption> {
    let (algorithm, digest) = options::split_at_byte(&used.value, b':')?;
    let value = used.value_range.clone();
    let written = line.text.get(value.clone()).unwrap_or_default();
    // Quotes may stand around it or, where it is none, within.
    let digest_at = if written.ends_with(digest) { Some(written.len() - digest.len()) } else { written.rfind(digest) };
    let digest_range = digest_at.map_or(value.clone(), |at| value.start + at..value.start + at + digest.len());
    Some(HashOption {
        algorithm: Algorithm::from_name(algorithm)?,
        digest: Digest::new(digest),
        span: line.span(used.range.clone()),
        digest_span: line.span(digest_range),
    })
}

/// pip's `SCHEME_RE`: targets of `-r` and `-c` that are URLs, which are never fetched here.
pub(crate) fn is_remote(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or_default();
    target.contains(':') && ["http", "https", "file"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
