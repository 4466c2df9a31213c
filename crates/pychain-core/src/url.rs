//! URLs as pip takes them apart: Python's `urlsplit`, pip's `Link`, and what a fragment says.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::digest::Algorithm;
use crate::text::Span;

/// The index that installers use when told nothing else.
pub const DEFAULT_INDEX: &str = "https://pypi.org/simple";
/// Hosts of the public index: the pages, and the files.
pub const PUBLIC_INDEX_HOSTS: [&str; 3] = ["pypi.org", "pypi.python.org", "files.pythonhosted.org"];

/// VCS schemes that pip supports.
const VCS_SCHEMES: [&str; 22] = [
    "ssh",
    "git",
    "hg",
    "bzr",
    "sftp",
    "svn", // bare ones are no URL to pip; listed for `Vcs::of_bare`
    "git+http",
    "git+https",
    "git+ssh",
    "git+git",
    "git+file",
    "hg+file",
    "hg+http",
    "hg+https",
    "hg+ssh",
    "hg+static-http",
    "svn+ssh",
    "svn+http",
    "svn+https",
    "svn+svn",
    "svn+file",
    "bzr+http",
];
const BAZAAR_SCHEMES: [&str; 6] = ["bzr+https", "bzr+ssh", "bzr+sftp", "bzr+ftp", "bzr+lp", "bzr+file"];
/// What pip unpacks (`ARCHIVE_EXTENSIONS`).
const ARCHIVE_EXTENSIONS: [&str; 12] =
    [".zip", ".whl", ".tar.bz2", ".tbz", ".tar.gz", ".tgz", ".tar", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"];

/// Whether pip takes a scheme for a version control system's (`vcs.all_schemes`).
pub fn is_vcs_scheme(scheme: &str) -> bool {
    scheme.contains('+') && (VCS_SCHEMES.contains(&scheme) || BAZAAR_SCHEMES.contains(&scheme))
}

/// A URL as pip would fetch it, taken apart by Python's `urlsplit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectUrl {
    /// The whole URL.
    pub text: String,
    /// Where it stands; empty where pip made it of a path.
    pub span: Span,
    /// Lower-case scheme; empty where there is none.
    pub scheme: String,
    /// `user:password@host:port`; empty where there is none.
    pub authority: String,
    /// Path, percent-encoding kept.
    pub path: String,
    /// Query without `?`.
    pub query: String,
    /// Fragment without `#`.
    pub fragment: String,
    /// Where the revision stands, where that is not in the URL: a table has a key for it.
    pub revision_span: Option<Span>,
}

/// Why Python refuses to take a URL apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUrl(pub &'static str);

impl DirectUrl {
    /// Takes a URL apart (Python 3.11's `urllib.parse.urlsplit`).
    pub fn parse(text: &str, span: Span) -> Result<Self, InvalidUrl> {
        let cleaned: String;
        let mut rest = text.trim_start_matches(|c: char| c <= ' ');
        if rest.contains(['\t', '\r', '\n']) {
            cleaned = rest.replace(['\t', '\r', '\n'], "");
            rest = &cleaned;
        }
        let mut scheme = String::new();
        if let Some((before, after)) = rest.split_once(':') {
            let is_scheme = before.starts_with(|c: char| c.is_ascii_alphabetic())
                && before.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
            if is_scheme {
                scheme = before.to_ascii_lowercase();
                rest = after;
            }
        }
        let mut authority = "";
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            (authority, rest) = after.split_at(end);
            check_brackets(authority)?;
            check_compatibility(authority)?;
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Ok(Self {
            text: text.to_owned(),
            span,
            scheme,
            authority: authority.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
            revision_span: None,
        })
    }

    /// Whether the scheme is one of a version control system.
    pub fn is_vcs(&self) -> bool {
        is_vcs_scheme(&self.scheme)
    }

    /// Whether it is a `file:` URL.
    pub fn is_file(&self) -> bool {
        self.scheme == "file"
    }

    /// The name of the version control system (`git`), if it is one's URL.
    pub fn vcs(&self) -> Option<&str> {
        self.is_vcs().then(|| self.scheme.split('+').next()).flatten()
    }

    /// The scheme without the version control system: `https` of `git+https`.
    pub fn transport(&self) -> &str {
        self.scheme.split_once('+').map_or(self.scheme.as_str(), |(_, transport)| transport)
    }

    /// The host in lower case, without port and credentials.
    pub fn host(&self) -> String {
        let host = self.authority.rsplit_once('@').map_or(self.authority.as_str(), |(_, host)| host);
        let host = match host.strip_prefix('[') {
            Some(inner) => inner.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        host.to_ascii_lowercase()
    }

    /// What stands before the `@` of the authority, if anything.
    pub fn credentials(&self) -> Option<&str> {
        self.authority.rsplit_once('@').map(|(credentials, _)| credentials)
    }

    /// The revision that a VCS URL asks for: what follows the last `@` of the path.
    pub fn revision(&self) -> Option<&str> {
        if !self.is_vcs() {
            return None;
        }
        self.path.rsplit_once('@').map(|(_, revision)| revision).filter(|revision| !revision.is_empty())
    }

    /// The project's name in `egg=` of the fragment, or an error where pip refuses what stands there.
    pub fn egg(&self) -> Result<Option<&str>, &str> {
        let Some(egg) = self.fragment_value("egg") else { return Ok(None) };
        let mut bytes = egg.bytes();
        let ends = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric());
        let inner = egg.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if inner && ends(bytes.next()) && ends(egg.bytes().next_back()) { Ok(Some(egg)) } else { Err(egg) }
    }

    /// `subdirectory=` of the fragment.
    pub fn subdirectory(&self) -> Option<&str> {
        self.fragment_value("subdirectory")
    }

    /// The hash in the fragment (`#sha256=…`): the first that stands there, whatever its digest; none where that is empty.
    pub fn hash(&self) -> Option<(Algorithm, &str)> {
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(['#', '&']) {
            rest = rest.get(at + 1..).unwrap_or_default();
            if let Some((name, value)) = rest.split_once('=')
                && let Some(algorithm) = Algorithm::from_name(name)
            {
                let digest = value.split('&').next().unwrap_or_default();
                return (!digest.is_empty()).then_some((algorithm, digest));
            }
        }
        None
    }

    fn fragment_value(&self, key: &str) -> Option<&str> {
        // pip searches the whole URL for `[#&]key=`, so a query's `&egg=` counts too.
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(['#', '&']) {
            rest = rest.get(at + 1..).unwrap_or_default();
            if let Some(value) = rest.strip_prefix(key).and_then(|rest| rest.strip_prefix('=')) {
                return Some(value.split('&').next().unwrap_or_default());
            }
        }
        None
    }

    /// The last segment of the path, percent-decoded; the host where the path has none (pip's `Link.filename`).
    pub fn filename(&self) -> String {
        let path = percent_decode(&self.path);
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if name.is_empty() {
            self.authority.rsplit_once('@').map_or(self.authority.as_str(), |(_, host)| host).to_owned()
        } else {
            name.to_owned()
        }
    }

    /// Whether the path names a wheel (pip's `Link.is_wheel`; case counts).
    pub fn is_wheel(&self) -> bool {
        let path = percent_decode(&self.path);
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        split_extension(name).1 == ".whl"
    }

    /// The URL without credentials, for messages.
    pub fn redacted(&self) -> String {
        redact(&self.text)
    }
}

/// The last segment of a URL's path, percent-decoded: the name of the file that it leads to. None where
/// the path has no such name.
pub fn last_segment(url: &str) -> Option<Cow<'_, str>> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let before = url.get(..end)?;
    let path = match before.split_once("//") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => before,
    };
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    Some(if name.contains('%') { Cow::Owned(percent_decode(name)) } else { Cow::Borrowed(name) })
}

/// Parameters of a query that carry a secret.
pub const SECRET_PARAMETERS: [&str; 8] =
    ["access_token", "api_key", "apikey", "auth_token", "password", "private_token", "secret", "token"];

/// The secrets in the URLs of a text, as ranges of it: what stands before the `@` of an authority, and
/// the values of [`SECRET_PARAMETERS`]. A bare user of SSH (`git@`) is part of the address and no secret.
pub fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut starts = text.match_indices("://").map(|(at, _)| at).peekable();
    while let Some(at) = starts.next() {
        // No further than to the next URL, so that a long line is gone through once.
        let until = starts.peek().copied().unwrap_or(text.len());
        let (start, before) = (at + 3, text.get(..at).unwrap_or_default());
        let rest = text.get(start..until).unwrap_or_default().split(is_after_url).next().unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((user, _)) = authority.rsplit_once('@') {
            let is_address = user == "git" || (before.ends_with("ssh") && !user.contains(':'));
            if !is_address && !user.is_empty() {
                out.push(start..start + user.len());
            }
        }
        let Some((_, query)) = rest.split_once('?') else { continue };
        let mut from = start + rest.len() - query.len();
        for parameter in query.split('#').next().unwrap_or_default().split(['&', ';']) {
            if let Some((name, value)) = parameter.split_once('=')
                && !value.is_empty()
                && SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
            {
                out.push(from + name.len() + 1..from + parameter.len());
            }
            from += parameter.len() + 1;
        }
    }
    out
}

fn is_after_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`')
}

/// A text with the secrets in its URLs replaced; any text is fine.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in secrets(text) {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str("****");
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Python's `unquote`: percent-decoding as UTF-8, malformed bytes replaced.
pub fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(decoded) = hex.filter(|_| *byte == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Python's `quote` with its default safe characters, as `pathname2url` uses it.
pub fn percent_encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or_default().to_ascii_uppercase());
            }
        }
    }
    out
}

/// pip's `splitext`: the extension with its dot, `.tar` taken along.
pub fn split_extension(name: &str) -> (&str, &str) {
    let (base, extension) = python_splitext(name);
    let tail = base.len().saturating_sub(4);
    if base.get(tail..).is_some_and(|end| end.eq_ignore_ascii_case(".tar")) {
        (base.get(..tail).unwrap_or_default(), name.get(tail..).unwrap_or_default())
    } else {
        (base, extension)
    }
}

/// `posixpath.splitext`: leading dots of the last segment belong to its stem.
fn python_splitext(path: &str) -> (&str, &str) {
    let start = path.rfind('/').map_or(0, |slash| slash + 1);
    let name = path.get(start..).unwrap_or_default();
    let stem_start = name.len() - name.trim_start_matches('.').len();
    match name.rfind('.').filter(|dot| *dot > stem_start || (*dot >= stem_start && stem_start == 0 && *dot > 0)) {
        Some(dot) => path.split_at(start + dot),
        None => (path, ""),
    }
}

/// Whether pip takes a path for an archive by its extension (`is_archive_file`).
pub fn is_archive(path: &str) -> bool {
    let extension = split_extension(path).1;
    ARCHIVE_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

fn check_brackets(authority: &str) -> Result<(), InvalidUrl> {
    match (authority.contains('['), authority.contains(']')) {
        (false, false) => Ok(()),
        (true, true) => {
            // `netloc.partition('[')[2].partition(']')[0]`
            let inner = authority.split_once('[').map_or("", |(_, rest)| rest).split(']').next().unwrap_or_default();
            let valid = if let Some(future) = inner.strip_prefix('v') {
                future.split_once('.').is_some_and(|(version, address)| {
                    !version.is_empty() && version.bytes().all(|b| b.is_ascii_hexdigit()) && !address.is_empty()
                })
            } else {
                inner.split('%').next().unwrap_or_default().parse::<Ipv6Addr>().is_ok()
                    && inner.parse::<Ipv4Addr>().is_err()
            };
            if valid { Ok(()) } else { Err(InvalidUrl("what stands in brackets is no IPv6 address")) }
        }
        _ => Err(InvalidUrl("the brackets around the host do not match")),
    }
}

/// Python refuses hosts whose characters turn into a delimiter when normalized (NFKC).
fn check_compatibility(authority: &str) -> Result<(), InvalidUrl> {
    const TURN_INTO_DELIMITERS: [char; 22] = [
        '\u{2100}', '\u{2101}', '\u{2105}', '\u{2106}', '\u{2047}', '\u{2048}', '\u{2049}', '\u{2A74}', '\u{FE13}',
        '\u{FE16}', '\u{FE55}', '\u{FE56}', '\u{FE5F}', '\u{FE6B}', '\u{FF03}', '\u{FF0F}', '\u{FF1A}', '\u{FF1F}',
        '\u{FF20}', '\u{1F11}', '\u{FE47}', '\u{FE48}',
    ];
    if authority.contains(TURN_INTO_DELIMITERS) {
        return Err(InvalidUrl("the host holds a character that turns into a delimiter when normalized"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DirectUrl {
        DirectUrl::parse(text, Span::default()).expect(text)
    }

    #[test]
    fn urls_come_apart_as_in_python() {
        let parsed = url("Git+HTTPS://user:pw@Example.org:8080/a/b.git@main?x=1#egg=foo&subdirectory=c");
        assert_eq!((parsed.scheme.as_str(), parsed.host().as_str()), ("git+https", "example.org"));
        assert_eq!((parsed.vcs(), parsed.transport(), parsed.revision()), (Some("git"), "https", Some("main")));
        assert_eq!((parsed.egg(), parsed.subdirectory()), (Ok(Some("foo")), Some("c")));
        assert_eq!(parsed.redacted(), "Git+HTTPS://****@Example.org:8080/a/b.git@main?x=1#egg=foo&subdirectory=c");
        assert_eq!(
            DirectUrl::parse("http://[::1/", Span::default()),
            Err(InvalidUrl("the brackets around the host do not match"))
        );
        assert_eq!(url("foo @ https://h/").scheme, "");
    }

    #[test]
    fn fragments_hold_names_and_hashes() {
        assert_eq!(url("https://h/a.zip#sha256=ab&egg=foo[x]").egg(), Err("foo[x]"));
        assert_eq!(url("https://h/a.zip#egg=x&md5=cd").hash(), Some((Algorithm::Md5, "cd")));
        assert_eq!(url("https://h/a.zip#SHA256=ab").hash(), None);
    }

    #[test]
    fn secrets_are_taken_out_of_any_text() {
        for (text, expected) in [
            ("https://user:pw@h/a@b?x=1#y@z", "https://****@h/a@b?x=1#y@z"),
            ("git+ssh://git@h/a git+ssh://me@h/b", "git+ssh://git@h/a git+ssh://me@h/b"),
            ("-i https://t@h -f 'https://a:b@c@i/'", "-i https://****@h -f 'https://****@i/'"),
            (
                "https://h/a.whl?Token=abc&x=1;secret=d#f=1&token=e",
                "https://h/a.whl?Token=****&x=1;secret=****#f=1&token=e",
            ),
            ("ssh://u:p@h //@h https://@h/ a@b", "ssh://****@h //@h https://@h/ a@b"),
            ("https://a//b:c@d/e", "https://a//b:c@d/e"),
            ("https://a/?token=https://b:c@d/e", "https://a/?token=****://****@d/e"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(&redact(text)), expected, "twice");
        }
    }

    #[test]
    fn extensions_are_pips() {
        assert_eq!(split_extension("a/foo-1.0.tar.gz"), ("a/foo-1.0", ".tar.gz"));
        assert_eq!(split_extension(".zip"), (".zip", ""));
        assert_eq!(split_extension("..zip"), ("..zip", ""));
        assert_eq!(split_extension("a.b/c"), ("a.b/c", ""));
        assert!(is_archive("x.TAR.XZ") && is_archive("a.whl") && !is_archive("a.egg"));
        assert!(url("https://h/a%2Fb-1-py3-none-any.whl?x").is_wheel());
    }
}
