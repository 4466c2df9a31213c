//! `url-credentials`: a secret that everybody who can read the file has.

use super::support::lines_at;
use crate::audit::{Context, Findings};
use crate::finding::{Confidence, Location, Subject};
use crate::model::{Document, Section};
use crate::order::Set;
use crate::prose::code;
use crate::text::{SourceFile, Span};
use crate::tree::Project;
use crate::url::{redact, secrets};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for passwords and tokens in the URLs of a dependency file: indexes, direct references, includes, and comments.
    /// Placeholders are no finding: `${NAME}`, which pip and uv read from the environment, and words that plainly stand for a secret.
    /// Neither is a user without a password (`git@`, `me@`), unless it looks like a token.
    /// The secret itself is never part of a message.
    ///
    /// ## Why it matters
    ///
    /// What is committed stays in the history, in every clone and in every image that is built from it.
    /// A token that may read a private index is often one that may publish to it.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --index-url https://ci:wK7rT2pQ9x@packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Revoke it, and let the installer find the next one in the environment, a keyring or `.netrc`.
    ///
    /// ```requirements,good
    /// --index-url https://ci:${PACKAGES_TOKEN}@packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the password is public on purpose, as for a read-only demonstration.
    ///
    /// ## References
    ///
    /// - pip: [Using environment variables](https://pip.pypa.io/en/stable/reference/requirements-file-format/#using-environment-variables), [Authentication](https://pip.pypa.io/en/stable/topics/authentication/)
    "url-credentials": "secret in a URL",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// Beginnings of tokens that well-known services hand out.
const TOKEN_PREFIXES: [&str; 8] = ["ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "pypi-", "xoxb-"];
/// A user name without a password that is at least so long is taken for a token.
const TOKEN_LENGTH: usize = 20;
/// Words that people write where a secret would stand.
const STAND_INS: [&str; 12] = [
    "apikey",
    "changeme",
    "pass",
    "passwd",
    "password",
    "pw",
    "pwd",
    "redacted",
    "secret",
    "token",
    "yourpassword",
    "yourtoken",
];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let known: Set<&str> = context.base.into_iter().flat_map(all_secrets).collect::<Set<_>>();
    for document in &project.documents {
        let file = project.file(document.file);
        for (span, confidence) in secrets_of(file, document) {
            let url = url_around(file.text(), span);
            let shown = redact(url);
            let message = format!("the URL {} holds a password or token in plain text", code(&shown));
            let mut finding = findings
                .finding(Location { file: document.file, span }, Subject::Index(shown), message)
                .help(if document.sections.iter().all(Section::is_pips) {
                    "Revoke it, and write `${NAME}` in its place: pip reads the variable from the environment"
                } else {
                    "Revoke it, and keep the new one where the tool keeps credentials, or in the environment"
                })
                .confidence(confidence);
            // The secret is not made part of the fingerprint, which is published: it could be guessed from it.
            if context.base.is_some() && !known.contains(file.slice(span)) {
                finding = finding.identified_by("new in this change");
            }
            findings.push(finding);
        }
    }
}

/// The secrets of a file, placeholders left out; of one that is about other things those of its dependencies.
fn secrets_of(file: &SourceFile, document: &Document) -> Vec<(Span, Confidence)> {
    let mut secrets = secrets_in(file);
    if document.is_partly_read() {
        secrets.retain(|(span, _)| lines_at(document, *span).any(|line| line.span.cover(*span) == line.span));
    }
    secrets
}

/// The secrets of a text, placeholders left out.
fn secrets_in(file: &SourceFile) -> Vec<(Span, Confidence)> {
    if !file.text().contains("//") {
        return Vec::new();
    }
    let found = secrets(file.text()).into_iter().filter_map(|range| {
        let text = file.text().get(range.clone())?;
        let is_parameter = file.text().get(..range.start).is_some_and(|before| before.ends_with('='));
        let (secret, confidence) = match text.split_once(':') {
            _ if is_parameter => (text, Confidence::High),
            Some((_, password)) if !password.is_empty() => (password, Confidence::High),
            _ => (text.trim_end_matches(':'), Confidence::Medium),
        };
        let is_user = confidence == Confidence::Medium;
        if is_stand_in(secret) || (is_user && !looks_like_token(secret)) {
            return None;
        }
        let start = if is_user { range.start } else { range.end - secret.len() };
        Some((Span::new(start, start + secret.len()), confidence))
    });
    found.collect()
}

fn looks_like_token(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    TOKEN_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) || (is_word && has_digit && text.len() >= TOKEN_LENGTH)
}

/// Whether a text stands for a secret: a variable of any templating, a row of one character, a telling word.
fn is_stand_in(text: &str) -> bool {
    let wrapped = [("${", "}"), ("$(", ")"), ("{", "}"), ("%", "%"), ("<", ">"), ("[", "]"), ("$", ""), ("%(", ")s")];
    let is_wrapped = wrapped
        .iter()
        .any(|(open, close)| text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close));
    let mut chars = text.chars();
    let first = chars.next();
    let is_row = chars.all(|c| Some(c) == first);
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    is_wrapped || is_row || STAND_INS.contains(&bare.as_str())
}

/// The URL that a span lies in.
fn url_around(text: &str, span: Span) -> &str {
    let is_outside = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let before = text.get(..span.start as usize).unwrap_or_default();
    let scheme = before.rfind("//").unwrap_or_default();
    let start = before
        .get(..scheme)
        .and_then(|before| before.rfind(|c: char| is_outside(c) || c == '='))
        .map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or_default().trim_start();
    rest.split(is_outside).next().unwrap_or_default()
}

fn all_secrets(project: &Project) -> impl Iterator<Item = &str> {
    project.files.iter().flat_map(|file| secrets_in(file).into_iter().map(|(span, _)| file.slice(span)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn every_url_is_looked_at_and_the_secret_never_said() {
        let text = "-i https://ci:Sup3r@h.example.org/s\n              ^^^^^ url-credentials: the URL `https://****@h.example.org/s` holds\n\
                    --extra-index-url=https://Sup3r-Sup3r-Sup3r-Sup3r:@h.example.org\n                          ^^^^^^^^^^^^^^^^^^^^^^^ url-credentials: `https://****@h.example.org`\n\
                    a @ git+https://ghp_Sup3r@github.com/x/a@main\n                ^^^^^^^^^ url-credentials\n\
                    -r https://h.example.org/r.txt?token=Sup3r\n                                     ^^^^^ url-credentials: `https://h.example.org/r.txt?token=****`\n\
                    # was https://u:Sup3r@h.example.org\n                ^^^^^ url-credentials\n";
        check("url-credentials", text);
        for finding in Fixture::parse(text).report().findings {
            assert!(!format!("{finding:?}").contains("Sup3r"), "{}", finding.rule.id);
        }
    }

    #[test]
    fn no_rule_says_a_secret() {
        let url = "https://u:Sup3r@h.example.org";
        let text = format!(
            "--extra-index-url {url}/a\n-i http://u:Sup3r@h.example.org\n-f {url}/f\n--trusted-host u:Sup3r@h.example.org\n\
             -r {url}/r.txt\na @ {url}/a.zip\na @ {url}/b.zip\nb --index-url {url}\n--pre {url}/c.zip\n--nope {url}\n{url}/d.zip\n\
             e --hash=sha256:00\nf>1,<1\n-e git+{url}/g#egg=g==1\n"
        );
        let report = Fixture::parse(&text).report();
        assert!(report.findings.len() > 12, "{}", report.findings.len());
        for mut finding in report.findings {
            // An edit may move what stands there.
            finding.fix = None;
            assert!(!format!("{finding:?}").contains("Sup3r"), "{} {}", finding.rule.id, finding.message);
        }
    }

    #[test]
    fn placeholders_and_users_are_left_alone() {
        check(
            "url-credentials",
            "-i https://${USER}:${TOKEN}@h/s\n-f https://u:$TOKEN@h\n--extra-index-url https://u:%TOKEN%@h\n\
             a @ git+ssh://git@h/a\n-e git+https://me@h/b#egg=b\nc @ https://u:<token>@h/c.zip\n# https://user:password@host/, https://u:****@h\n\
             d @ https://h/d.zip?token={{token}}#sha256=00\n-r https://me@h/r.txt\n",
        );
    }

    #[test]
    fn source_code_around_the_block_of_a_script_is_left_alone() {
        check(
            "url-credentials",
            "==> x.py <==\n# /// script\n# dependencies = [\"a @ https://u:0ne@h/a.zip\"]\n                                 ^^^ url-credentials\n# ///\nDB = 'postgresql://u:tw0@h/f'\n",
        );
    }

    #[test]
    fn another_secret_in_the_same_place_is_new() {
        check(
            "url-credentials",
            "==> base/r.txt <==\n-i https://u:0ne@h/s\n-f https://u:tw0@h/f\n==> r.txt <==\n-f https://u:tw0@h/f\n-i https://u:thr3e@h/s\n             ^^^^^ url-credentials\n",
        );
    }
}
