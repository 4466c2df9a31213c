//! What page and worker say to each other. Contents of files and the report travel beside these, as
//! strings and bytes of the browser, so that nothing large is written twice.

use serde::Serialize;

use crate::json::{FromJson, Json, members, texts};
use crate::kind::Kind;

/// A question of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// Which state of the page it is about; the answer says it again.
    pub revision: u32,
    /// Versions whose contents come along, in this order; the worker knows all others.
    pub brought: Vec<u32>,
    /// The files, or the files as a change makes them.
    pub head: Vec<Named>,
    /// The files before the change.
    pub base: Option<Vec<Named>>,
    /// Other paths that are known to exist, of a dropped folder: nobody reads them.
    pub beside: Vec<String>,
    /// Today, `2026-11-25`.
    pub today: String,
    /// What is asked.
    pub what: What,
}

/// A file of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Relative to the root, with `/`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The number of its content: the same number is the same content.
    pub version: u32,
}

/// What the page wants to know of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The report.
    Audit,
    /// The texts of all files with every safe fix.
    Fix,
    /// The report in another form.
    Export(Format),
    /// Where a file with this name and SHA-256 is listed.
    Match {
        /// The name of the dropped file.
        name: String,
        /// Lower-case hexadecimal digits.
        sha256: String,
    },
    /// A panic, to see what becomes of it.
    Crash,
}

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON, version 1.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// The summary of a review.
    Markdown,
}

/// What the worker says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    /// It listens.
    Ready,
    /// What it knows of names now.
    Names(Names),
    /// An answer.
    Answer(Answer),
    /// How far the hashing of a dropped file is: its id and how much of it is done, in per cent.
    Hashing(u32, u32),
    /// The SHA-256 of a dropped file, or why there is none.
    Hashed(u32, Result<String, String>),
    /// Its last words.
    Panic(String),
}

/// What is known of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Names {
    /// Day of the ranks and how many names have one; none while they are not there.
    pub ranked: Option<(String, usize)>,
    /// Day of the list of all names and how many there are; none while it is not there.
    pub index: Option<(String, usize)>,
    /// Why there are no more.
    pub trouble: Option<String>,
}

/// An answer to an [`Ask`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The question's.
    pub revision: u32,
    /// How long it took in the worker.
    pub milliseconds: u32,
    /// What was asked for.
    pub body: Body,
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// The report, as JSON version 1, comes beside it.
    Audit(Summary),
    /// Fixed texts by path; of the head.
    Fix(Vec<(String, String)>),
    /// The report in the form asked for.
    Export(Format, String),
    /// Where a dropped file is listed.
    Match(Matched),
}

/// What the page shows of an audit beside the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Requirements that were read.
    pub requirements: usize,
    /// Locked packages that were read.
    pub locked: usize,
}

/// What is known of a dropped file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: String,
    /// Project and version that its name tells, or why it tells none.
    pub claims: Result<(String, String), String>,
    /// The entries that are about it.
    pub entries: Vec<MatchedEntry>,
}

/// An entry that is about a dropped file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchedEntry {
    /// The file.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// The entry, as written.
    pub text: String,
    /// How it stands to the dropped file.
    pub verdict: Verdict,
}

/// How an entry stands to a dropped file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It lists this digest.
    Matches,
    /// It names this file with another digest.
    Differs,
    /// It has hashes of SHA-256, and this is none of them.
    NotListed,
    /// It has no hash of SHA-256 to compare with.
    NoHash,
}

members!(Ask: revision, brought, head, base, beside, today, what);
members!(Named: path, kind, version);
members!(Names: ranked, index, trouble);
members!(Answer: revision, milliseconds, body);
members!(Summary: requirements, locked);
members!(Matched: name, sha256, claims, entries);
members!(MatchedEntry: path, line, text, verdict);
texts!(Format: Json "json", Sarif "sarif", Markdown "markdown");
texts!(Verdict: Matches "matches", Differs "differs", NotListed "notlisted", NoHash "nohash");

impl FromJson for What {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let (name, value) = value.variant()?;
        Some(match &*name {
            "audit" => Self::Audit,
            "fix" => Self::Fix,
            "export" => Self::Export(FromJson::from_json(value)?),
            "match" => {
                let mut members = value.members()?;
                Self::Match { name: members.take("name")?, sha256: members.take("sha256")? }
            }
            "crash" => Self::Crash,
            _ => return None,
        })
    }
}

impl FromJson for Told {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let (name, value) = value.variant()?;
        Some(match &*name {
            "ready" => Self::Ready,
            "names" => Self::Names(FromJson::from_json(value)?),
            "answer" => Self::Answer(FromJson::from_json(value)?),
            "hashing" => {
                let (id, share) = FromJson::from_json(value)?;
                Self::Hashing(id, share)
            }
            "hashed" => {
                let (id, digest) = FromJson::from_json(value)?;
                Self::Hashed(id, digest)
            }
            "panic" => Self::Panic(FromJson::from_json(value)?),
            _ => return None,
        })
    }
}

impl FromJson for Body {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let (name, value) = value.variant()?;
        Some(match &*name {
            "audit" => Self::Audit(FromJson::from_json(value)?),
            "fix" => Self::Fix(FromJson::from_json(value)?),
            "export" => {
                let (format, text) = FromJson::from_json(value)?;
                Self::Export(format, text)
            }
            "match" => Self::Match(FromJson::from_json(value)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn check<T: Serialize + FromJson + PartialEq + std::fmt::Debug>(value: T) {
        let written = serde_json::to_string(&value).unwrap();
        assert_eq!(json::read(&written), Some(value), "{written}");
    }

    #[test]
    fn what_one_side_writes_the_other_reads() {
        let file = |kind: Kind| Named { path: "a/b.txt".to_owned(), kind, version: 3 };
        for what in [
            What::Audit,
            What::Fix,
            What::Export(Format::Sarif),
            What::Match { name: "a.whl".to_owned(), sha256: "00".to_owned() },
            What::Crash,
        ] {
            let (head, today) = (Kind::listed().map(file).collect(), "2026-11-25".to_owned());
            let (brought, base, beside) = (vec![1, 2], Some(vec![file(Kind::Command)]), vec!["c".to_owned()]);
            check(Ask { revision: 7, brought, head, base, beside, today, what });
        }
        let names = Names { ranked: Some(("2026-11-22".to_owned(), 5)), index: None, trouble: Some("\"".to_owned()) };
        let entries = [Verdict::Matches, Verdict::Differs, Verdict::NotListed, Verdict::NoHash].map(|verdict| {
            let (path, text) = ("r.txt".to_owned(), "a==1 # \u{1F600}".to_owned());
            MatchedEntry { path, line: 2, text, verdict }
        });
        let claims = [Ok(("a".to_owned(), "1".to_owned())), Err("no".to_owned())];
        let matched = claims.map(|claims| {
            let (name, sha256) = ("a.whl".to_owned(), "00".to_owned());
            Body::Match(Matched { name, sha256, claims, entries: entries.to_vec() })
        });
        let bodies = [
            Body::Audit(Summary { requirements: 1, locked: 2 }),
            Body::Fix(vec![("r.txt".to_owned(), "a\n".to_owned())]),
            Body::Export(Format::Json, "{}".to_owned()),
            Body::Export(Format::Markdown, String::new()),
        ];
        for body in bodies.into_iter().chain(matched) {
            check(Told::Answer(Answer { revision: 1, milliseconds: 2, body }));
        }
        check(Told::Ready);
        check(Told::Names(names));
        check(Told::Hashing(1, 50));
        check(Told::Hashed(1, Ok("00".to_owned())));
        check(Told::Hashed(1, Err("gone".to_owned())));
        check(Told::Panic("at line 1".to_owned()));
    }
}
