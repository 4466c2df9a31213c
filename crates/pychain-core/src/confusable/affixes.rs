//! What people hang on a name that somebody else made known.

/// What a word beside another name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: the same thing, but newer, better, faster.
    Praise,
    /// The language, in a place where everything is in that language.
    Language,
    /// Another ecosystem or language.
    Ecosystem,
    /// A version or a year.
    Version,
    /// A part of any program: `utils`, `client`.
    Part,
    /// Something else.
    Other,
}

const PRAISE: &[&str] = &[
    "advanced",
    "alt",
    "best",
    "better",
    "beta",
    "dev",
    "easy",
    "enhanced",
    "ex",
    "ext",
    "extended",
    "extra",
    "fast",
    "faster",
    "final",
    "fix",
    "fixed",
    "fork",
    "forked",
    "free",
    "full",
    "get",
    "improved",
    "install",
    "installer",
    "latest",
    "lite",
    "lts",
    "main",
    "master",
    "max",
    "mini",
    "mod",
    "modern",
    "modified",
    "more",
    "my",
    "new",
    "newer",
    "next",
    "ng",
    "nightly",
    "official",
    "opt",
    "original",
    "patch",
    "patched",
    "pkg",
    "pkgs",
    "plus",
    "premium",
    "prerelease",
    "pro",
    "pure",
    "quick",
    "real",
    "release",
    "req",
    "secure",
    "setup",
    "simple",
    "smart",
    "stable",
    "super",
    "the",
    "turbo",
    "ultimate",
    "ultra",
    "unofficial",
    "update",
    "updated",
    "updater",
    "upgrade",
    "upgraded",
    "x",
    "xl",
];

const LANGUAGE: &[&str] =
    &["lib", "libs", "library", "module", "package", "packages", "py", "py2", "py3", "python", "python2", "python3"];

const ECOSYSTEM: &[&str] = &[
    "cargo",
    "composer",
    "cpp",
    "crate",
    "dotnet",
    "gem",
    "go",
    "golang",
    "java",
    "javascript",
    "js",
    "jvm",
    "kotlin",
    "maven",
    "net",
    "node",
    "nodejs",
    "npm",
    "nuget",
    "php",
    "rb",
    "ruby",
    "rs",
    "rust",
    "swift",
    "ts",
    "typescript",
];

const PART: &[&str] = &[
    "api",
    "app",
    "async",
    "base",
    "bot",
    "cli",
    "client",
    "common",
    "connector",
    "core",
    "driver",
    "engine",
    "ext",
    "extension",
    "framework",
    "helper",
    "helpers",
    "integration",
    "interface",
    "kit",
    "manager",
    "plugin",
    "proxies",
    "proxy",
    "sdk",
    "server",
    "service",
    "stealth",
    "sync",
    "test",
    "tests",
    "tool",
    "toolkit",
    "tools",
    "util",
    "utility",
    "utils",
    "web",
    "wrapper",
];

/// All the words that are known.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    [PRAISE, LANGUAGE, ECOSYSTEM, PART, &["2", "3", "v2"]].into_iter().flatten().copied()
}

/// Words by which a name is often cut short or drawn out: `smb` for `pysmb`.
pub(super) const LANGUAGE_PARTS: [&str; 3] = ["py", "python", "lib"];

/// What a word says beside a name.
pub(super) fn kind(word: &str) -> Kind {
    let has = |list: &[&str]| list.contains(&word);
    let digits = word.strip_prefix('v').unwrap_or(word);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Kind::Version
    } else if has(PRAISE) {
        Kind::Praise
    } else if has(LANGUAGE) {
        Kind::Language
    } else if has(ECOSYSTEM) {
        Kind::Ecosystem
    } else if has(PART) {
        Kind::Part
    } else {
        Kind::Other
    }
}
