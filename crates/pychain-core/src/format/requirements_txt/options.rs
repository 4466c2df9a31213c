//! The options of a line: Python's `optparse` with the options that pip allows in requirements files.

use std::borrow::Cow;
use std::ops::Range;

use super::words::ShellWord;
use crate::digest::Algorithm;
use crate::model::{InstallOption, RefusalClass};

/// An option as it stands on a line, not yet judged by what the line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawOption<'a> {
    pub(super) option: InstallOption,
    /// Flag and value.
    pub(super) range: Range<usize>,
    /// Empty for an option that takes none.
    pub(super) value: Cow<'a, str>,
    pub(super) value_range: Range<usize>,
}

/// The outcome of reading a line's options.
#[derive(Debug, Default)]
pub(super) struct Options<'a> {
    /// In order; up to the error, if there is one.
    pub(super) used: Vec<RawOption<'a>>,
    /// Words that no option takes, which pip drops.
    pub(super) dropped: Vec<(String, Range<usize>)>,
    /// What `optparse` or pip's own check refuses.
    pub(super) error: Option<OptionError>,
}

/// Why the options of a line are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OptionError {
    pub(super) class: RefusalClass,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Long spellings, in `optparse`'s terms; an unambiguous beginning of one is enough.
const LONG: [(&str, InstallOption); 20] = [
    ("--index-url", InstallOption::IndexUrl),
    ("--pypi-url", InstallOption::IndexUrl),
    ("--extra-index-url", InstallOption::ExtraIndexUrl),
    ("--no-index", InstallOption::NoIndex),
    ("--constraint", InstallOption::Constraint),
    ("--requirement", InstallOption::Requirement),
    ("--editable", InstallOption::Editable),
    ("--find-links", InstallOption::FindLinks),
    ("--no-binary", InstallOption::NoBinary),
    ("--only-binary", InstallOption::OnlyBinary),
    ("--prefer-binary", InstallOption::PreferBinary),
    ("--require-hashes", InstallOption::RequireHashes),
    ("--no-require-hashes", InstallOption::NoRequireHashes),
    ("--pre", InstallOption::Pre),
    ("--all-releases", InstallOption::AllReleases),
    ("--only-final", InstallOption::OnlyFinal),
    ("--trusted-host", InstallOption::TrustedHost),
    ("--use-feature", InstallOption::UseFeature),
    ("--hash", InstallOption::Hash),
    ("--config-settings", InstallOption::ConfigSettings),
];

const SHORT: [(char, InstallOption); 6] = [
    ('i', InstallOption::IndexUrl),
    ('c', InstallOption::Constraint),
    ('r', InstallOption::Requirement),
    ('e', InstallOption::Editable),
    ('f', InstallOption::FindLinks),
    ('C', InstallOption::ConfigSettings),
];

/// Former options that still turn up in old files.
const REMOVED: [&str; 12] = [
    "--allow-external",
    "--allow-all-external",
    "--allow-unverified",
    "--allow-insecure",
    "--process-dependency-links",
    "--global-option",
    "--install-option",
    "--use-wheel",
    "--no-use-wheel",
    "--use-mirrors",
    "-Z",
    "--always-unzip",
];

const FEATURES: [&str; 6] = [
    "fast-deps",
    "inprocess-build-deps",
    "venv-isolation",
    "truststore",
    "no-binary-enable-wheel-cache",
    "build-constraint",
];

impl InstallOption {
    fn takes_value(self) -> bool {
        !matches!(self, Self::NoIndex | Self::PreferBinary | Self::RequireHashes | Self::NoRequireHashes | Self::Pre)
    }
}

/// Reads a line's options from its shell words.
pub(super) fn parse<'a>(words: &'a [ShellWord<'_>]) -> Options<'a> {
    let mut out = Options { used: Vec::with_capacity(words.len()), ..Options::default() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.value.as_ref();
        if text == "--" {
            out.dropped.extend(words.map(|word| (word.value.clone().into_owned(), word.range.clone())));
            break;
        }
        let (option, attached) = if text.starts_with("--") {
            let (flag, attached) = split_at_byte(text, b'=').map_or((text, None), |(flag, value)| (flag, Some(value)));
            match long_option(flag) {
                Ok(option) => (option, attached),
                Err(message) => {
                    out.error = Some(unknown(flag, word.range.clone(), message));
                    break;
                }
            }
        } else if let Some(flag) = text.strip_prefix('-').and_then(|rest| rest.chars().next()) {
            let attached = text.get(1 + flag.len_utf8()..).filter(|value| !value.is_empty());
            if let Some((_, option)) = SHORT.iter().find(|(short, _)| *short == flag) {
                (*option, attached)
            } else {
                let message = format!("pip knows no option `-{flag}` in a requirements file");
                out.error = Some(unknown(&format!("-{flag}"), word.range.clone(), message));
                break;
            }
        } else {
            out.dropped.push((text.to_owned(), word.range.clone()));
            continue;
        };
        let mut range = word.range.clone();
        let mut value_range = range.end..range.end;
        let mut value = Cow::Borrowed("");
        match (option.takes_value(), attached) {
            (true, Some(attached)) => {
                value = Cow::Borrowed(attached);
                // Exact where the word has no quotes; else the whole word is the best that can be said.
                value_range =
                    if range.len() == text.len() { range.end - value.len()..range.end } else { range.clone() };
            }
            (true, None) => {
                if let Some(next) = words.next() {
                    value = Cow::Borrowed(next.value.as_ref());
                    value_range = next.range.clone();
                    range.end = next.range.end;
                } else {
                    let message = format!("`{}` needs a value", option.flag());
                    out.error = Some(error(range, message, "Add the value, or remove the option"));
                    break;
                }
            }
            (false, Some(_)) => {
                let message = format!("`{}` takes no value", option.flag());
                out.error = Some(error(range, message, "Remove the `=` and what follows it"));
                break;
            }
            (false, None) => {}
        }
        if let Err(refused) = check_value(option, &value, value_range.clone()) {
            out.error = Some(refused);
            break;
        }
        out.used.push(RawOption { option, range, value, value_range });
    }
    out
}

/// `split_once` for the first of an ASCII character that stands near the beginning, where a plain look is the fastest.
pub(super) fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|other| other == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// `optparse._match_abbrev`: the exact spelling, or the only one that begins so.
fn long_option(flag: &str) -> Result<InstallOption, String> {
    if let Some((_, option)) = LONG.iter().find(|(long, _)| *long == flag) {
        return Ok(*option);
    }
    let candidates: Vec<_> = LONG.iter().filter(|(long, _)| long.starts_with(flag)).collect();
    match candidates.as_slice() {
        [] => Err("pip knows no such option in a requirements file".to_owned()),
        [(_, option)] => Ok(*option),
        several => {
            let names: Vec<_> = several.iter().map(|(long, _)| format!("`{long}`")).collect();
            Err(format!("the abbreviation may stand for {}", names.join(" or ")))
        }
    }
}

fn check_value(option: InstallOption, value: &str, range: Range<usize>) -> Result<(), OptionError> {
    match option {
        InstallOption::Hash => {
            let Some((algorithm, _)) = split_at_byte(value, b':') else {
                let help = "Write `--hash=sha256:` and the digest";
                return Err(error(range, "a hash is written as algorithm, colon, digest".to_owned(), help));
            };
            if Algorithm::from_name(algorithm).is_none_or(|algorithm| !algorithm.is_strong()) {
                let message = "`--hash` takes only `sha256`, `sha384` and `sha512`, in lower case".to_owned();
                return Err(error(range, message, "Use the SHA-256 digest of the file"));
            }
        }
        InstallOption::ConfigSettings if !value.contains('=') => {
            return Err(error(range, "a config setting is written as `KEY=VALUE`".to_owned(), "Add `=` and the value"));
        }
        InstallOption::UseFeature if !FEATURES.contains(&value) => {
            return Err(error(range, "pip knows no feature of that name".to_owned(), "Remove the option"));
        }
        InstallOption::NoBinary | InstallOption::OnlyBinary | InstallOption::AllReleases | InstallOption::OnlyFinal
            if value.starts_with('-') =>
        {
            let message = format!("`{}` needs a value, and an option follows it", option.flag());
            let refused = error(range, message, "Add `:all:`, `:none:` or names of projects");
            return Err(OptionError { class: RefusalClass::CommandError, ..refused });
        }
        _ => {}
    }
    Ok(())
}

fn error(range: Range<usize>, message: String, help: &str) -> OptionError {
    OptionError { class: RefusalClass::RequirementsFileParseError, range, message, help: help.to_owned() }
}

fn unknown(flag: &str, range: Range<usize>, message: String) -> OptionError {
    let help = if REMOVED.contains(&flag) {
        "Remove it: pip has dropped this option"
    } else {
        "Remove it, or give it to pip on the command line if it belongs there"
    };
    error(range, message, help)
}

#[cfg(test)]
mod tests {
    use super::super::words::shell_words;
    use super::*;

    fn shape(line: &str) -> String {
        let words = shell_words(line, 0).expect("words");
        let options = parse(&words);
        let mut shown: Vec<String> = options
            .used
            .iter()
            .map(|used| format!("{}={}@{}", used.option.flag(), used.value, &line[used.value_range.clone()]))
            .collect();
        shown.extend(options.dropped.iter().map(|(word, _)| format!("drop {word}")));
        shown.extend(options.error.iter().map(|error| format!("error {:?}", &line[error.range.clone()])));
        shown.join(", ")
    }

    #[test]
    fn abbreviations_and_attached_values_are_optparses() {
        for (line, expected) in [
            ("--extra U", "--extra-index-url=U@U"),
            ("--index U --no-i", "--index-url=U@U, --no-index=@"),
            ("-rfile -r=x", "--requirement=file@file, --requirement==x@=x"),
            ("-foo", "--find-links=oo@oo"),
            ("--h=sha256:a", "--hash=sha256:a@sha256:a"),
            ("--require", "error \"--require\""),
            ("--no", "error \"--no\""),
            ("-i", "error \"-i\""),
            ("--pre=1", "error \"--pre=1\""),
            ("--pre foo -- -x", "--pre=@, drop foo, drop -x"),
            ("- name", "drop -, drop name"),
            ("--hash md5:x", "error \"md5:x\""),
            ("--no-binary -x", "error \"-x\""),
            ("--use-feature nope", "error \"nope\""),
            ("-U", "error \"-U\""),
        ] {
            assert_eq!(shape(line), expected, "{line}");
        }
    }
}
