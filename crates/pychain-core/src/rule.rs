//! What a rule is: one static value, made from one file by [`declare_rule!`](crate::declare_rule).

use crate::audit::{Context, Findings};
use crate::finding::{Confidence, Severity};

/// One thing that pychain looks for.
#[derive(Debug)]
pub struct Rule {
    /// Slug, for ever: `unhashed-requirement`. Reads right after "allow".
    pub id: &'static str,
    /// What is wrong, as a noun phrase, no period.
    pub summary: &'static str,
    /// Why it matters: the first sentence of what the manual says of that, without its period; Markdown.
    pub why: &'static str,
    /// How bad by default; a finding may lower it, never raise it.
    pub severity: Severity,
    /// How sure by default; a finding may lower it, never raise it.
    pub confidence: Confidence,
    /// Who wants it.
    pub persona: Persona,
    /// Facts that it cannot work without; where one is absent the rule is reported as not run.
    pub needs: &'static [Need],
    /// Whether its findings carry a fix.
    pub fix: FixAvailability,
    /// The release that brought it.
    pub since: &'static str,
    /// Former ids.
    pub aliases: &'static [&'static str],
    /// Looks for it.
    pub check: fn(&Context<'_>, &mut Findings<'_>),
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Rule {
    /// Whether `name` is the rule's id or a former one.
    pub fn answers_to(&self, name: &str) -> bool {
        self.id == name || self.aliases.contains(&name)
    }
}

/// Who wants a rule; decides which policy presets switch it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Persona {
    /// Everybody.
    Regular,
    /// Those who want every line in order.
    Pedantic,
    /// Those who read everything that could matter.
    Auditor,
}

impl Persona {
    /// The name used in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Pedantic => "pedantic",
            Self::Auditor => "auditor",
        }
    }
}

/// A kind of fact that a rule may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The files as they were before the change.
    Base,
    /// `expected-indexes` in the configuration.
    ExpectedIndexes,
    /// The names of projects.
    Names,
    /// The names of all projects of the public index.
    Index,
    /// The date of the audit.
    Date,
    /// What became of the suppressions: the rule runs after all others.
    Outcome,
}

impl Need {
    /// What is missing, as a noun phrase.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Base => "a base to compare with (`--base`)",
            Self::ExpectedIndexes => "`expected-indexes` in the configuration",
            Self::Names => "the names of projects",
            Self::Index => "the names of the public index",
            Self::Date => "the date of the audit",
            Self::Outcome => "the outcome of the other rules",
        }
    }
}

/// Whether a rule's findings carry a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never: the right edit needs facts that no file holds.
    Never,
    /// Where the right edit is certain.
    Sometimes,
    /// Always.
    Always,
}

impl FixAvailability {
    /// The name used in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

/// Declares the `RULE` of a rule file and its `MANUAL`: the doc comment in front, Markdown with the fixed headings.
///
/// They are two values, so that a program that gets the manuals otherwise does not carry them.
///
/// ```text
/// declare_rule! {
///     /// ## What it does
///     /// …
///     "unhashed-requirement": "requirement without a hash",
///     severity: Medium, confidence: High, persona: Regular, fix: Never,
///     needs: [],
///     since: "0.1.0",
///     check: check,
/// }
/// ```
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $id:literal: $summary:literal,
        severity: $severity:ident, confidence: $confidence:ident, persona: $persona:ident, fix: $fix:ident,
        needs: [$($need:ident),*],
        since: $since:literal,
        $(aliases: [$($alias:literal),*],)?
        check: $check:expr $(,)?
    ) => {
        $(#[doc = $doc])+
        pub(crate) static RULE: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            summary: $summary,
            why: {
                const LENGTH: usize = $crate::manual::why::<0>(MANUAL.1).1;
                const WHY: [u8; LENGTH] = $crate::manual::why(MANUAL.1).0;
                match std::str::from_utf8(&WHY) {
                    Ok(why) => why,
                    Err(_) => "",
                }
            },
            severity: $crate::finding::Severity::$severity,
            confidence: $crate::finding::Confidence::$confidence,
            persona: $crate::rule::Persona::$persona,
            needs: &[$($crate::rule::Need::$need),*],
            fix: $crate::rule::FixAvailability::$fix,
            since: $since,
            aliases: &[$($($alias),*)?],
            check: $check,
        };

        #[allow(dead_code, reason = "not every rule of a test is explained")]
        pub(crate) const MANUAL: (&str, &str) = ($id, concat!($($doc, "\n"),+));
    };
}
