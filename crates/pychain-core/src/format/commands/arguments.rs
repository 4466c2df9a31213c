//! The arguments of a command line: options with their values, and what stands by itself.

use super::super::shell::Word;
use crate::text::Span;

/// What options a command knows.
pub(super) struct Grammar {
    /// Long options that take a value.
    pub(super) values: &'static [&'static str],
    /// Long options that take none.
    pub(super) flags: &'static [&'static str],
    /// Short options that take a value, with the long ones that they stand for.
    pub(super) short: &'static [(char, &'static str)],
    /// Whether an unambiguous beginning of a long option is enough (`optparse`).
    pub(super) abbreviations: bool,
}

/// An argument.
#[derive(Debug)]
pub(super) struct Argument<'w> {
    /// The long name; none for what is no option.
    pub(super) option: Option<&'w str>,
    /// The option's value, or the argument itself.
    pub(super) value: Option<Word>,
    /// Option and value.
    pub(super) span: Span,
    /// Index of the word behind it.
    pub(super) next: usize,
}

impl Argument<'_> {
    /// What stands by itself.
    pub(super) fn positional(&self) -> Option<&Word> {
        self.value.as_ref().filter(|_| self.option.is_none())
    }
}

/// Takes arguments apart. What may be the value of an option that the grammar does not know is left out.
pub(super) fn arguments<'w>(words: &'w [Word], grammar: &Grammar) -> Vec<Argument<'w>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut only_positional = false;
    while let Some(word) = words.get(at) {
        at += 1;
        let text = word.value();
        if only_positional || !text.starts_with('-') || text == "-" {
            out.push(Argument { option: None, value: Some(word.clone()), span: word.span, next: at });
            continue;
        }
        if text == "--" {
            only_positional = true;
            continue;
        }
        let next_value = |at: usize| words.get(at).cloned();
        if text.starts_with("--") {
            let (flag, attached) = match text.split_once('=') {
                Some((flag, value)) => (flag, Some(word.part(text.len() - value.len()..text.len()))),
                None => (text, None),
            };
            let known = grammar.find(flag);
            let takes_value = known.is_some_and(|known| grammar.values.contains(&known));
            let value = match attached {
                Some(value) => Some(value),
                None if takes_value => {
                    let value = next_value(at);
                    at += 1;
                    value
                }
                None => {
                    if known.is_none() && next_value(at).is_some_and(|next| !next.value().starts_with('-')) {
                        at += 1;
                    }
                    None
                }
            };
            let span = value.as_ref().map_or(word.span, |value| word.span.cover(value.span));
            out.push(Argument { option: Some(known.unwrap_or(flag)), value, span, next: at });
            continue;
        }
        for (offset, c) in text.char_indices().skip(1) {
            let Some((_, long)) = grammar.short.iter().find(|(short, _)| *short == c) else { continue };
            let rest = offset + c.len_utf8();
            let value = if rest < text.len() {
                let from = if text.get(rest..).is_some_and(|rest| rest.starts_with('=')) { rest + 1 } else { rest };
                Some(word.part(from..text.len()))
            } else {
                let value = next_value(at);
                at += 1;
                value
            };
            let span = value.as_ref().map_or(word.span, |value| word.span.cover(value.span));
            out.push(Argument { option: Some(*long), value, span, next: at });
            break;
        }
    }
    out
}

impl Grammar {
    /// The long option that a spelling stands for.
    fn find(&self, flag: &str) -> Option<&'static str> {
        let all = || self.values.iter().chain(self.flags).copied();
        if let Some(exact) = all().find(|known| *known == flag) {
            return Some(exact);
        }
        let mut candidates = all().filter(|known| self.abbreviations && known.starts_with(flag));
        let first = candidates.next()?;
        candidates.next().is_none().then_some(first)
    }
}

/// pip's own command line, as `pip install`, `download` and `wheel` know it.
pub(super) const PIP: Grammar = Grammar {
    values: &[
        "--abi",
        "--all-releases",
        "--build",
        "--build-constraint",
        "--build-dir",
        "--build-directory",
        "--cache-dir",
        "--cert",
        "--client-cert",
        "--config-setting",
        "--config-settings",
        "--constraint",
        "--default-timeout",
        "--dest",
        "--destination-dir",
        "--destination-directory",
        "--editable",
        "--exists-action",
        "--extra-index-url",
        "--find-links",
        "--global-option",
        "--group",
        "--implementation",
        "--index-url",
        "--install-option",
        "--keyring-provider",
        "--local-log",
        "--log",
        "--log-file",
        "--no-binary",
        "--only-binary",
        "--only-final",
        "--platform",
        "--prefix",
        "--progress-bar",
        "--proxy",
        "--pypi-url",
        "--python",
        "--python-version",
        "--report",
        "--requirement",
        "--requirements-from-script",
        "--resume-retries",
        "--retries",
        "--root",
        "--root-user-action",
        "--source",
        "--source-dir",
        "--source-directory",
        "--src",
        "--target",
        "--timeout",
        "--trusted-host",
        "--upgrade-strategy",
        "--uploaded-prior-to",
        "--use-deprecated",
        "--use-feature",
        "--wheel-dir",
    ],
    flags: &[
        "--break-system-packages",
        "--check-build-dependencies",
        "--compile",
        "--debug",
        "--disable-pip-version-check",
        "--dry-run",
        "--force-reinstall",
        "--help",
        "--ignore-installed",
        "--ignore-requires-python",
        "--isolated",
        "--no-build-isolation",
        "--no-cache",
        "--no-cache-dir",
        "--no-clean",
        "--no-color",
        "--no-compile",
        "--no-deps",
        "--no-dependencies",
        "--no-index",
        "--no-input",
        "--no-python-version-warning",
        "--no-require-hashes",
        "--no-use-pep517",
        "--no-verify",
        "--no-warn-conflicts",
        "--no-warn-script-location",
        "--pre",
        "--prefer-binary",
        "--quiet",
        "--require-hashes",
        "--require-virtualenv",
        "--upgrade",
        "--use-pep517",
        "--user",
        "--verbose",
        "--version",
    ],
    short: &[
        ('b', "--build"),
        ('C', "--config-settings"),
        ('c', "--constraint"),
        ('d', "--dest"),
        ('e', "--editable"),
        ('f', "--find-links"),
        ('i', "--index-url"),
        ('r', "--requirement"),
        ('t', "--target"),
        ('w', "--wheel-dir"),
    ],
    abbreviations: true,
};

/// uv's: those of `uv pip`, `uv add`, `uv sync`, `uv run` and `uv tool` together.
pub(super) const UV: Grammar = Grammar {
    values: &[
        "--allow-insecure-host",
        "--bounds",
        "--branch",
        "--build-constraint",
        "--build-constraints",
        "--cache-dir",
        "--color",
        "--config-file",
        "--config-setting",
        "--config-settings",
        "--config-settings-package",
        "--constraint",
        "--constraints",
        "--default-index",
        "--directory",
        "--env-file",
        "--exclude",
        "--exclude-newer",
        "--exclude-newer-package",
        "--extra",
        "--extra-index-url",
        "--find-links",
        "--fork-strategy",
        "--format",
        "--from",
        "--group",
        "--index",
        "--index-strategy",
        "--index-url",
        "--keyring-provider",
        "--link-mode",
        "--marker",
        "--no-binary",
        "--no-binary-package",
        "--no-build-isolation-package",
        "--no-build-package",
        "--no-emit-package",
        "--no-extra",
        "--no-group",
        "--no-install-package",
        "--no-sources-package",
        "--only-binary",
        "--only-group",
        "--optional",
        "--output-file",
        "--override",
        "--overrides",
        "--package",
        "--prefix",
        "--prerelease",
        "--project",
        "--prune",
        "--python",
        "--python-platform",
        "--python-version",
        "--refresh-package",
        "--reinstall-package",
        "--requirement",
        "--requirements",
        "--resolution",
        "--rev",
        "--script",
        "--tag",
        "--target",
        "--torch-backend",
        "--trusted-host",
        "--upgrade-group",
        "--upgrade-package",
        "--with",
        "--with-editable",
        "--with-executables-from",
        "--with-requirements",
    ],
    flags: &[
        "--active",
        "--all-extras",
        "--all-groups",
        "--all-packages",
        "--break-system-packages",
        "--check",
        "--compile",
        "--compile-bytecode",
        "--dev",
        "--dry-run",
        "--editable",
        "--exact",
        "--force",
        "--frozen",
        "--generate-hashes",
        "--help",
        "--inexact",
        "--isolated",
        "--lfs",
        "--locked",
        "--managed-python",
        "--module",
        "--native-tls",
        "--no-build",
        "--no-build-isolation",
        "--no-cache",
        "--no-config",
        "--no-default-groups",
        "--no-deps",
        "--no-dev",
        "--no-editable",
        "--no-env-file",
        "--no-index",
        "--no-install-project",
        "--no-install-workspace",
        "--no-progress",
        "--no-project",
        "--no-python-downloads",
        "--no-require-hashes",
        "--no-sources",
        "--no-sync",
        "--no-verify-hashes",
        "--offline",
        "--only-dev",
        "--pre",
        "--quiet",
        "--raw",
        "--refresh",
        "--reinstall",
        "--require-hashes",
        "--seed",
        "--strict",
        "--system",
        "--universal",
        "--upgrade",
        "--user",
        "--verbose",
        "--verify-hashes",
        "--version",
        "--workspace",
    ],
    short: &[
        ('b', "--build-constraint"),
        ('C', "--config-setting"),
        ('c', "--constraint"),
        ('f', "--find-links"),
        ('i', "--index-url"),
        ('o', "--output-file"),
        ('P', "--upgrade-package"),
        ('p', "--python"),
        ('r', "--requirement"),
        ('w', "--with"),
    ],
    abbreviations: false,
};

/// `pipx`.
pub(super) const PIPX: Grammar = Grammar {
    values: &[
        "--backend",
        "--fetch-python",
        "--index-url",
        "--pip-args",
        "--preinstall",
        "--python",
        "--requirement",
        "--spec",
        "--suffix",
        "--with",
    ],
    flags: &[
        "--editable",
        "--fetch-missing-python",
        "--force",
        "--global",
        "--help",
        "--include-apps",
        "--include-deps",
        "--no-cache",
        "--path",
        "--pypackages",
        "--quiet",
        "--system-site-packages",
        "--verbose",
        "--with-suffix",
    ],
    short: &[('i', "--index-url"), ('r', "--requirement")],
    abbreviations: false,
};

/// Poetry, PDM and Pipenv where they add what is named.
pub(super) const PROJECT: Grammar = Grammar {
    values: &[
        "--categories",
        "--directory",
        "--extra-pip-args",
        "--extras",
        "--group",
        "--index",
        "--markers",
        "--optional-group",
        "--platform",
        "--priority",
        "--project",
        "--pypi-mirror",
        "--python",
        "--requirements",
        "--source",
        "--venv",
    ],
    flags: &[
        "--allow-prereleases",
        "--check",
        "--clear",
        "--default",
        "--deploy",
        "--dev",
        "--dry-run",
        "--editable",
        "--frozen-lockfile",
        "--help",
        "--ignore-pipfile",
        "--keep-outdated",
        "--lock",
        "--no-ansi",
        "--no-cache",
        "--no-interaction",
        "--no-lock",
        "--no-sync",
        "--optional",
        "--pre",
        "--quiet",
        "--secondary",
        "--selective-upgrade",
        "--site-packages",
        "--skip-lock",
        "--system",
        "--verbose",
        "--unconstrained",
        "--update-all",
    ],
    short: &[
        ('C', "--directory"),
        ('E', "--extras"),
        ('G', "--group"),
        ('i', "--index"),
        ('p', "--project"),
        ('r', "--requirements"),
    ],
    abbreviations: false,
};

#[cfg(test)]
mod tests {
    use super::super::super::shell::{Dialect, commands, whole};
    use super::*;
    use crate::order::Set;

    fn shape(text: &str, grammar: &Grammar) -> Vec<String> {
        let commands = commands(&whole(text), Dialect::Posix);
        let words = commands.first().map(|command| command.words.clone()).unwrap_or_default();
        let arguments = arguments(&words, grammar);
        let show = |argument: &Argument<'_>| {
            let value = argument.value.as_ref().map_or("", Word::value);
            format!("{}={value}@{}", argument.option.unwrap_or_default(), &text[argument.span.range()])
        };
        arguments.iter().map(show).collect()
    }

    #[test]
    fn options_are_told_from_what_stands_by_itself() {
        for (text, expected) in [
            ("-q -Ur a b", &["--requirement=a@-Ur a", "=b@b"][..]),
            ("--extra U --ext=V x", &["--extra-index-url=U@--extra U", "--extra-index-url=V@--ext=V", "=x@x"]),
            ("-ihttps://h x", &["--index-url=https://h@-ihttps://h", "=x@x"]),
            ("--unheard-of x y", &["--unheard-of=@--unheard-of", "=y@y"]),
            ("--no-deps x -- -y", &["--no-deps=@--no-deps", "=x@x", "=-y@-y"]),
            ("--target", &["--target=@--target"]),
        ] {
            assert_eq!(shape(text, &PIP), expected, "{text}");
        }
    }

    #[test]
    fn lists_are_sorted() {
        for grammar in [&PIP, &UV, &PIPX, &PROJECT] {
            let of = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Set<_>>();
            let (values, flags) = (of(grammar.values), of(grammar.flags));
            assert!(values.is_disjoint(&flags), "{:?}", values.intersection(&flags).collect::<Vec<_>>());
            assert!(grammar.short.iter().all(|(_, long)| values.contains(*long)));
        }
    }
}
