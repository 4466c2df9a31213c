//! Names that are no projects and that people type as if they were: the language, a file, a module.

use super::distance::Pattern;
use super::mechanism::{Mechanism, steps_in_words};
use super::steps::steps;
use crate::knowledge::Names;
use crate::knowledge::letters::{letter_set, squeeze};
use crate::knowledge::ranked::MAX_LENGTH;

/// What a name is taken for, though it is no project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Protected {
    pub(super) target: String,
    pub(super) mechanism: Mechanism,
    pub(super) difference: String,
}

/// The shortest module that a misspelling is recognized of: below, everything is a step from everything.
const MIN_MODULE: usize = 6;

/// Looks whether a normalized name is, or nearly is, one of them.
pub(super) fn protected(name: &str, names: &Names) -> Option<Protected> {
    let mut buffer = [0; MAX_LENGTH];
    let squeezed = squeeze(name, &mut buffer)?;
    let pattern = Pattern::new(squeezed)?;
    file(squeezed, &pattern)
        .or_else(|| language(squeezed, &pattern))
        .or_else(|| module(name, squeezed, &pattern, names))
}

/// `requirements.txt` as a project: `pip install requirements.txt` without `-r`.
fn file(name: &[u8], pattern: &Pattern) -> Option<Protected> {
    const FILE: &[u8] = b"requirementstxt";
    const STEM: &[u8] = b"requirements";
    // Every letter that is missing is a step, and there are at most four.
    if (letter_set(FILE) & !letter_set(name)).count_ones() > 4 {
        return None;
    }
    let is_near = match name.strip_prefix(STEM) {
        // What stands behind the whole word must look like the file's ending: `requirements-dev` does not.
        Some(rest) => {
            rest.len() <= 1
                || Pattern::new(rest).is_some_and(|rest| rest.is_within(b"txt", 1) || rest.is_within(b"text", 1))
                || rest.len() <= 5 && rest.iter().all(|byte| b"txtrcygs".contains(byte))
        }
        None => {
            pattern.is_within(FILE, 4) && name.contains(&b'x')
                || pattern.is_within(STEM, 2)
                || pattern.is_within(b"requirementtxt", 3)
        }
    };
    let difference = if name == FILE || name == STEM {
        "the name of a file: `-r` is missing before it"
    } else {
        "nearly the name of the file `requirements.txt`"
    };
    is_near.then(|| Protected {
        target: "requirements-txt".to_owned(),
        mechanism: Mechanism::NoProject,
        difference: difference.to_owned(),
    })
}

/// `python` as a project, misspelled or with a version.
fn language(name: &[u8], pattern: &Pattern) -> Option<Protected> {
    const LANGUAGE: &[u8] = b"python";
    let version = name.strip_prefix(LANGUAGE);
    let is_version = version.is_some_and(|rest| rest.len() <= 4 && rest.iter().all(u8::is_ascii_digit));
    let is_near = || {
        if name.first() != LANGUAGE.first() || !(5..=LANGUAGE.len() + 2).contains(&name.len()) {
            return false;
        }
        let is_one_step = pattern.distance(LANGUAGE, 1) == Some(1);
        let (placed, cost) = steps(name, LANGUAGE);
        // `cython`, `ipython` and `bpython` are others: they differ where the eye looks first.
        let sorted = |text: &[u8]| {
            let mut letters = text.to_vec();
            letters.sort_unstable();
            letters
        };
        is_one_step || cost < 1.35 && placed.len() == 2 || sorted(name) == sorted(LANGUAGE)
    };
    (is_version || is_near()).then(|| Protected {
        target: "python".to_owned(),
        mechanism: Mechanism::NoProject,
        difference: if name == LANGUAGE || is_version {
            "the language itself, which no index holds".to_owned()
        } else {
            steps_in_words(name, LANGUAGE, &steps(name, LANGUAGE).0)
        },
    })
}

/// A module of the standard library, or one step from a longer one.
fn module(name: &str, squeezed: &[u8], pattern: &Pattern, names: &Names) -> Option<Protected> {
    let found = |target: &str, difference: String| Protected {
        target: target.to_owned(),
        mechanism: Mechanism::StandardLibrary,
        difference,
    };
    if names.standard_library.get(name).is_some() {
        return Some(found(name, "a module of the standard library, which Python brings along".to_owned()));
    }
    if squeezed.len() + 1 < MIN_MODULE || names.vocabulary.word(squeezed).is_some() || name.contains('-') {
        return None;
    }
    // The first letter is the same.
    let mut modules = names.standard_library.starting_with(name.get(..1)?);
    let target = modules.find(|module| {
        module.len() >= MIN_MODULE
            && squeezed.len().abs_diff(module.len()) <= 1
            && pattern.distance(module.as_bytes(), 1) == Some(1)
    })?;
    let is_plain =
        squeezed.strip_suffix(b"s") == Some(target.as_bytes()) || squeezed.last().is_some_and(u8::is_ascii_digit);
    (!is_plain)
        .then(|| found(target, steps_in_words(squeezed, target.as_bytes(), &steps(squeezed, target.as_bytes()).0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(find: fn(&[u8], &Pattern) -> Option<Protected>, near: &[&str], far: &[&str]) {
        for (name, expected) in near.iter().map(|name| (name, true)).chain(far.iter().map(|name| (name, false))) {
            let pattern = Pattern::new(name.as_bytes()).expect("a name");
            assert_eq!(find(name.as_bytes(), &pattern).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn the_language_is_known_misspelled_and_its_relatives_are_let_be() {
        check(
            language,
            &["python", "pyhton", "phyton", "pytho", "pythonn", "python3", "python312"],
            &["cython", "ipython", "bpython", "pythran", "pytest"],
        );
    }

    #[test]
    fn the_file_is_known_misspelled_and_what_is_about_it_is_let_be() {
        let near = [
            "requirementstxt",
            "requirements",
            "requirementtxt",
            "rquirementstxt",
            "requirementsxt",
            "requirements2txt",
            "requirment",
        ];
        let far = ["requirementsdev", "requirementsparser", "requirementslib", "requirementloader", "requests"];
        check(file, &near, &far);
    }
}
