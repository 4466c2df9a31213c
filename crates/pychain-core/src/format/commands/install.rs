//! Which commands install, what they ask for, and from where.

use super::super::shell::{Dialect, Word};
use super::arguments::{Argument, PIP, PIPX, PROJECT, UV, arguments};
use super::requirement::{is_path, of_word, with_at};
use super::settings::{Setting, pip_setting, without_name};
use super::{Commands, Lasting, MAX_NESTING};
use crate::model::{InstallOption, LineKind, Purpose, Tool, Word as Value};
use crate::text::Span;

/// Commands that run another one, with their options that take a value.
const WRAPPERS: [(&str, &[&str]); 15] = [
    ("sudo", &["-u", "-g", "-C", "-D", "-h", "-p", "-r", "-t"]),
    ("doas", &["-u", "-C"]),
    ("env", &["-u", "-C", "-S"]),
    ("command", &[]),
    ("builtin", &[]),
    ("exec", &["-a"]),
    ("nohup", &[]),
    ("nice", &["-n"]),
    ("time", &["-f", "-o"]),
    ("timeout", &["-k", "-s"]),
    ("travis_retry", &[]),
    ("retry", &[]),
    ("xargs", &["-n", "-I", "-L", "-P", "-a", "-d", "-E", "-s"]),
    ("winpty", &[]),
    ("gosu", &[]),
];

/// Tools whose `run` runs another command.
const RUNNERS: [&str; 8] = ["poetry", "pipenv", "pdm", "hatch", "rye", "conda", "mamba", "micromamba"];

/// Options of `docker` and `docker compose` themselves that take a value.
const DOCKER_VALUES: [&str; 17] = [
    "--ansi",
    "--config",
    "--context",
    "--env-file",
    "--file",
    "--host",
    "--log-level",
    "--parallel",
    "--profile",
    "--progress",
    "--project-directory",
    "--project-name",
    "-H",
    "-c",
    "-f",
    "-l",
    "-p",
];

/// Options of `ssh` that take a value, behind their dash.
const SSH_VALUES: &str = "BbcDEeFIiJLlmOopPQRSWw";

/// Options of `run` and `exec`, of `docker` and of `docker compose`, without a value, but for short ones.
const CONTAINER_FLAGS: [&str; 22] = [
    "--build",
    "--detach",
    "--disable-content-trust",
    "--init",
    "--interactive",
    "--no-TTY",
    "--no-deps",
    "--no-healthcheck",
    "--no-tty",
    "--oom-kill-disable",
    "--privileged",
    "--publish-all",
    "--quiet",
    "--quiet-build",
    "--quiet-pull",
    "--read-only",
    "--remove-orphans",
    "--rm",
    "--service-ports",
    "--sig-proxy",
    "--tty",
    "--use-aliases",
];

impl Commands<'_> {
    /// Reads a command, if it is one that installs. Gives the sections of what it sets for good.
    pub(super) fn install(&mut self, words: &[Word], dialect: Dialect, nesting: usize) -> Vec<Lasting> {
        let words = self.unwrapped(words);
        let Some(first) = words.first() else { return Vec::new() };
        let name = program(first.value());
        let rest = words.get(1..).unwrap_or_default();
        match name.as_str() {
            "pip" => return self.pip(rest),
            "uv" => self.uv(rest, dialect, nesting),
            "uvx" => self.uv_tool(rest, true),
            "pipx" => self.pipx(rest),
            "poetry" | "pdm" | "pipenv" => return self.project(&name, rest),
            "pip-sync" | "pip-compile" => self.pip_tools(rest),
            "sh" | "bash" | "dash" | "zsh" | "su" | "eval" => return self.shell_of(&name, rest, nesting),
            "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => self.container(rest, nesting),
            "ssh" => self.remote(rest, nesting),
            "python" | "py" | "pypy" => return self.module(rest),
            // A variable or a path nobody can tell: what runs a module by this name is a Python all the same.
            _ if first.expands => return self.module(rest),
            _ => {}
        }
        Vec::new()
    }

    /// A command without what only runs it.
    fn unwrapped<'w>(&mut self, mut words: &'w [Word]) -> &'w [Word] {
        for _ in 0..MAX_NESTING {
            let Some(first) = words.first() else { break };
            let name = program(first.value());
            let next = if let Some((_, values)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
                let mut at = 1;
                while let Some(word) = words.get(at) {
                    let text = word.value();
                    let is_duration = name == "timeout" && text.starts_with(|c: char| c.is_ascii_digit());
                    let is_user = name == "gosu" && at == 1;
                    if values.contains(&text) {
                        at += 2;
                    } else if text.starts_with('-') || is_duration || is_user {
                        at += 1;
                    } else if text.contains('=') && (name == "env" || name == "sudo") {
                        let set = self.assigned(word);
                        self.keep(set.into_iter().collect());
                        at += 1;
                    } else {
                        break;
                    }
                }
                at
            } else if RUNNERS.contains(&name.as_str())
                && let Some(run) = words.iter().take(3).position(|word| word.value() == "run")
            {
                // `hatch env run -e NAME -- COMMAND`.
                let options = ["-n", "--name", "-p", "--prefix", "-C", "--directory", "-e", "--env"];
                behind_options(words, run + 1, |option| options.contains(&option))
            } else {
                break;
            };
            words = words.get(next..).unwrap_or_default();
        }
        words
    }

    /// `ssh HOST COMMAND`, which the shell there puts together: a place of its own as well.
    fn remote(&mut self, words: &[Word], nesting: usize) {
        let takes_value = |option: &str| option.len() == 2 && option.ends_with(|c| SSH_VALUES.contains(c));
        let command = words.get(behind_options(words, 0, takes_value) + 1..).unwrap_or_default();
        let scope = self.enter();
        self.settings.clear();
        self.change_folder(None);
        match command {
            [script] if nesting < MAX_NESTING => {
                self.nested_shell(&script.text.clone(), Dialect::Posix, nesting + 1);
            }
            _ if nesting < MAX_NESTING => {
                self.install(command, Dialect::Posix, nesting + 1);
            }
            _ => {}
        }
        self.leave(scope);
    }

    /// `docker run IMAGE COMMAND`, `docker compose exec SERVICE COMMAND`: a place of its own, in which nothing of what is
    /// set here acts.
    fn container(&mut self, words: &[Word], nesting: usize) {
        let own = |at: usize| behind_options(words, at, |option| DOCKER_VALUES.contains(&option));
        let at = own(0);
        let is_group = words.get(at).is_some_and(|word| matches!(word.value(), "compose" | "container"));
        let words = words.get(if is_group { own(at + 1) } else { at }..).unwrap_or_default();
        let (mut at, mut program) = (1, None);
        // `docker build --build-arg NAME=VALUE`: the build has its own lines, and these act on them.
        if words.first().is_some_and(|word| matches!(word.value(), "build" | "buildx")) {
            for pair in words.windows(2) {
                let [option, value] = pair else { continue };
                let joined = option.value().strip_prefix("--build-arg=");
                let joined = joined.map(|value| option.part(option.value().len() - value.len()..option.value().len()));
                let value = joined.or_else(|| (option.value() == "--build-arg").then(|| value.clone()));
                drop(value.and_then(|value| self.assigned(&value)));
            }
            return;
        }
        if nesting >= MAX_NESTING || !words.first().is_some_and(|word| matches!(word.value(), "run" | "exec")) {
            return;
        }
        let scope = self.enter();
        self.settings.clear();
        self.change_folder(None);
        while let Some(word) = words.get(at).filter(|word| word.value().starts_with('-')) {
            let text = word.value();
            let is_long = text.starts_with("--");
            let joined = text.split_once('=').filter(|_| is_long);
            let is_flag = if is_long {
                CONTAINER_FLAGS.contains(&text)
            } else {
                text.chars().skip(1).all(|flag| "ditPqT".contains(flag))
            };
            let attached = text.get(..2).filter(|_| !is_long && text.len() > 2 && !text.starts_with("-it"));
            let (name, value) = match (joined, attached) {
                (Some((name, _)), _) => (name, Some(word.part(name.len() + 1..text.len()))),
                _ if is_flag => (text, None),
                (None, Some(name)) => (name, Some(word.part(2..text.len()))),
                (None, None) => {
                    at += 1;
                    (text, words.get(at).cloned())
                }
            };
            match (name, value) {
                ("-e" | "--env", Some(set)) => {
                    let set = self.assigned(&set);
                    self.keep(set.into_iter().collect());
                }
                ("--entrypoint", value) => program = value,
                _ => {}
            }
            at += 1;
        }
        let command: Vec<Word> = program.into_iter().chain(words.iter().skip(at + 1).cloned()).collect();
        self.install(&command, Dialect::Posix, nesting + 1);
        self.leave(scope);
    }

    /// `python -m pip …`.
    fn module(&mut self, words: &[Word]) -> Vec<Lasting> {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            // Alone, behind other flags in one word, or with the module in it.
            if let Some(joined) = module_flag(word.value()) {
                let named = if joined.is_empty() { words.get(at + 1).map(Word::value) } else { Some(joined) };
                let rest = words.get(at + if joined.is_empty() { 2 } else { 1 }..).unwrap_or_default();
                match named {
                    Some("pip" | "pip3") => return self.pip(rest),
                    Some("uv") => self.uv(rest, Dialect::Posix, MAX_NESTING),
                    Some("pipx") => self.pipx(rest),
                    Some("poetry") => return self.project("poetry", rest),
                    Some("pipenv") => return self.project("pipenv", rest),
                    Some("pdm") => return self.project("pdm", rest),
                    Some("piptools") => self.pip_tools(rest.get(1..).unwrap_or_default()),
                    _ => {}
                }
                return Vec::new();
            }
            match word.value() {
                "-X" | "-W" => at += 2,
                text if text.starts_with('-') => at += 1,
                _ => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// `sh -c '…'`.
    fn shell_of(&mut self, name: &str, words: &[Word], nesting: usize) -> Vec<Lasting> {
        let is_command = |word: &Word| word.value().starts_with('-') && word.value().ends_with('c');
        let script = if name == "eval" {
            words.first()
        } else {
            words.iter().position(is_command).and_then(|at| words.get(at + 1))
        };
        match script {
            Some(script) if nesting < MAX_NESTING => {
                let text = script.text.clone();
                self.nested_shell(&text, Dialect::Posix, nesting + 1)
            }
            _ => Vec::new(),
        }
    }

    fn pip(&mut self, words: &[Word]) -> Vec<Lasting> {
        let arguments = arguments(words, &PIP);
        let mut positional = arguments.iter().filter_map(Argument::positional);
        match positional.next().map(Word::value) {
            Some("install" | "download" | "wheel") => self.pip_install(&arguments, 1),
            Some("config") => return self.pip_config(positional),
            _ => {}
        }
        Vec::new()
    }

    /// What stands behind `pip install`.
    pub(super) fn pip_arguments(&mut self, words: &[Word]) {
        self.pip_install(&arguments(words, &PIP), 0);
    }

    /// `pip config set global.index-url URL`.
    fn pip_config<'w>(&mut self, mut words: impl Iterator<Item = &'w Word>) -> Vec<Lasting> {
        if words.next().is_none_or(|word| word.value() != "set") {
            return Vec::new();
        }
        let (Some(key), Some(value)) = (words.next(), words.next()) else { return Vec::new() };
        let name = key.value().rsplit('.').next().unwrap_or_default();
        let section = self.settings_section(Tool::Pip, pip_setting(name, value));
        section.map(|section| (key.value().to_owned(), section)).into_iter().collect()
    }

    /// Options and requirements of pip, behind `skip` words that name the command.
    fn pip_install(&mut self, arguments: &[Argument<'_>], skip: usize) {
        let Some(section) = self.section(Tool::Pip, Purpose::Command) else { return };
        let mut positional = 0;
        for argument in arguments {
            let Some(option) = argument.option else {
                positional += 1;
                if positional > skip
                    && let Some(word) = &argument.value
                {
                    self.asked(section, word, false);
                }
                continue;
            };
            match (option, &argument.value) {
                ("--editable", Some(word)) => self.asked(section, word, true),
                ("--requirement", Some(word)) => self.include(section, word, false),
                ("--constraint", Some(word)) => self.include(section, word, true),
                _ => self.pip_option(section, argument),
            }
        }
    }

    fn pip_option(&mut self, section: u32, argument: &Argument<'_>) {
        let option = match argument.option.unwrap_or_default() {
            "--index-url" | "--pypi-url" => InstallOption::IndexUrl,
            "--extra-index-url" => InstallOption::ExtraIndexUrl,
            "--find-links" => InstallOption::FindLinks,
            "--trusted-host" => InstallOption::TrustedHost,
            "--no-index" => InstallOption::NoIndex,
            "--require-hashes" => InstallOption::RequireHashes,
            "--no-require-hashes" => InstallOption::NoRequireHashes,
            "--uploaded-prior-to" => InstallOption::ExcludeNewer,
            _ => return,
        };
        self.set(section, option, argument, argument.value.clone());
    }

    /// An option of the command, with the value that counts.
    fn set(&mut self, section: u32, option: InstallOption, argument: &Argument<'_>, value: Option<Word>) {
        let value = match value {
            Some(word) if word.value().is_empty() => return,
            Some(word) => Value { value: word.value().to_owned(), span: word.text.span(0..word.value().len()) },
            None => Value { value: String::new(), span: argument.span },
        };
        self.option(section, option, argument.span, value);
    }

    fn asked(&mut self, section: u32, word: &Word, editable: bool) {
        if let Some((requirement, text)) = of_word(word, editable) {
            self.requirement(section, requirement, &text.text);
        } else if !(word.expands || is_path(word.value()) || word.value().bytes().all(|b| b.is_ascii_graphic())) {
            // pip refuses it, for a character that nobody may see: a line for the rules about text.
            self.line(section, word.span, None, Vec::new(), LineKind::Options);
        }
    }

    fn pip_tools(&mut self, words: &[Word]) {
        let arguments = arguments(words, &PIP);
        let Some(section) = self.section(Tool::Pip, Purpose::Command) else { return };
        for argument in &arguments {
            match argument.positional() {
                Some(word) => self.include(section, word, false),
                None => self.pip_option(section, argument),
            }
        }
    }

    fn uv(&mut self, words: &[Word], dialect: Dialect, nesting: usize) {
        let arguments = arguments(words, &UV);
        let positional: Vec<&Argument<'_>> = arguments.iter().filter(|argument| argument.option.is_none()).collect();
        let named = |at: usize| positional.get(at).and_then(|argument| argument.positional()).map(Word::value);
        match (named(0), named(1)) {
            (Some("pip"), Some("install")) => self.uv_install(&arguments, 2, Positional::Asked),
            (Some("pip"), Some("sync" | "compile")) => self.uv_install(&arguments, 2, Positional::Files),
            (Some("add"), _) => self.uv_install(&arguments, 1, Positional::Asked),
            (Some("sync" | "lock" | "export" | "tree" | "build"), _) => {
                self.uv_install(&arguments, 1, Positional::Other);
            }
            (Some("run"), _) => {
                let Some(run) = positional.first() else { return };
                let until = positional.get(1).map_or(words.len(), |argument| argument.next.saturating_sub(1));
                let own = arguments.iter().take_while(|argument| argument.next <= until).collect::<Vec<_>>();
                self.uv_arguments(&own, 1, Positional::Other);
                let inner = words.get(until.max(run.next)..).unwrap_or_default();
                if nesting < MAX_NESTING {
                    self.install(inner, dialect, nesting + 1);
                }
            }
            (Some("tool"), Some("run")) => {
                self.uv_tool(positional.get(1).and_then(|at| words.get(at.next..)).unwrap_or_default(), true);
            }
            (Some("tool"), Some("install" | "upgrade")) => {
                self.uv_tool(positional.get(1).and_then(|at| words.get(at.next..)).unwrap_or_default(), false);
            }
            _ => {}
        }
    }

    /// `uvx`, `uv tool run` and `uv tool install`: the first word is what is asked for, unless `--from` says it.
    fn uv_tool(&mut self, words: &[Word], runs: bool) {
        let arguments = arguments(words, &UV);
        let first = arguments.iter().find(|argument| argument.option.is_none());
        let until = first.filter(|_| runs).map_or(words.len(), |argument| argument.next.saturating_sub(1));
        let own: Vec<&Argument<'_>> = arguments.iter().take_while(|argument| argument.next <= until).collect();
        let Some(section) = self.uv_arguments(&own, usize::MAX, Positional::Other) else { return };
        let has_from = own.iter().any(|argument| argument.option == Some("--from"));
        if let Some(word) = first.and_then(Argument::positional).filter(|_| !(runs && has_from)) {
            self.asked(section, &with_at(word), false);
        }
    }

    fn uv_install(&mut self, arguments: &[Argument<'_>], skip: usize, meaning: Positional) {
        let arguments: Vec<&Argument<'_>> = arguments.iter().collect();
        self.uv_arguments(&arguments, skip, meaning);
    }

    fn uv_arguments(&mut self, arguments: &[&Argument<'_>], skip: usize, meaning: Positional) -> Option<u32> {
        let section = self.section(Tool::Uv, Purpose::Command)?;
        let mut named = arguments.iter().filter_map(|argument| argument.positional()).take(skip.min(2));
        let installs = named.find(|word| matches!(word.value(), "sync" | "run" | "install"));
        let mut positional = 0;
        for argument in arguments {
            let Some(option) = argument.option else {
                positional += 1;
                if positional > skip
                    && let Some(word) = &argument.value
                {
                    match meaning {
                        Positional::Asked => self.asked(section, word, false),
                        Positional::Files => self.include(section, word, false),
                        Positional::Other => {}
                    }
                }
                continue;
            };
            match (option, &argument.value) {
                ("--with" | "--from" | "--with-editable" | "--with-executables-from", Some(word)) => {
                    for part in parts(word) {
                        self.asked(section, &with_at(&part), false);
                    }
                }
                ("--requirement" | "--requirements" | "--with-requirements", Some(word)) => {
                    self.include(section, word, false);
                }
                ("--constraint" | "--constraints", Some(word)) => self.include(section, word, true),
                ("--locked" | "--frozen", None) => self.locked(section, installs, argument.span),
                _ => self.uv_option(section, argument),
            }
        }
        let is_none = arguments.iter().any(|argument| matches!(argument.option, Some("--no-sync" | "--no-project")));
        self.bare(section, installs.filter(|_| !is_none));
        Some(section)
    }

    fn uv_option(&mut self, section: u32, argument: &Argument<'_>) {
        let option = match argument.option.unwrap_or_default() {
            "--index-url" | "--default-index" => InstallOption::IndexUrl,
            "--index" | "--extra-index-url" => InstallOption::ExtraIndexUrl,
            "--find-links" => InstallOption::FindLinks,
            "--no-index" => InstallOption::NoIndex,
            "--allow-insecure-host" | "--trusted-host" => InstallOption::TrustedHost,
            "--index-strategy" => InstallOption::IndexStrategy,
            "--require-hashes" => InstallOption::RequireHashes,
            "--no-verify-hashes" => InstallOption::NoVerifyHashes,
            "--exclude-newer" | "--exclude-newer-package" => InstallOption::ExcludeNewer,
            _ => return,
        };
        let is_named = option == InstallOption::ExcludeNewer;
        let value = argument.value.as_ref().map(|value| if is_named { value.clone() } else { without_name(value) });
        self.set(section, option, argument, value);
    }

    fn pipx(&mut self, words: &[Word]) {
        let arguments = arguments(words, &PIPX);
        let positional: Vec<&Argument<'_>> = arguments.iter().filter(|argument| argument.option.is_none()).collect();
        let command = positional.first().and_then(|argument| argument.positional()).map(Word::value);
        let (first, last) = match command {
            Some("install" | "upgrade") => (1, usize::MAX),
            Some("inject") => (2, usize::MAX),
            Some("run") => (1, 2),
            _ => return,
        };
        // What follows the program is the program's.
        let until =
            if command == Some("run") { positional.get(1).map_or(words.len(), |at| at.next) } else { words.len() };
        let Some(section) = self.section(Tool::Pip, Purpose::Command) else { return };
        let own = || arguments.iter().filter(|argument| argument.next <= until);
        let has_spec = own().any(|argument| argument.option == Some("--spec"));
        for argument in own() {
            match (argument.option, &argument.value) {
                (Some("--spec" | "--preinstall" | "--with"), Some(word)) => self.asked(section, word, false),
                (Some("--index-url"), value) => self.set(section, InstallOption::IndexUrl, argument, value.clone()),
                (Some("--requirement"), Some(word)) => self.include(section, word, false),
                (Some("--pip-args"), Some(word)) => self.pip_options(section, word),
                _ => {}
            }
        }
        for (at, argument) in positional.iter().enumerate() {
            if at >= first
                && at < last
                && !has_spec
                && argument.next <= until
                && let Some(word) = &argument.value
            {
                self.asked(section, word, false);
            }
        }
    }

    /// Options of pip in one word, as `--pip-args` takes them.
    pub(super) fn pip_options(&mut self, section: u32, word: &Word) {
        let words: Vec<Word> = super::shell::commands(&word.text, Dialect::Posix)
            .into_iter()
            .next()
            .map(|command| command.words)
            .unwrap_or_default();
        for argument in &arguments(&words, &PIP) {
            self.pip_option(section, argument);
        }
    }

    /// Poetry, PDM and Pipenv: what is added by name, and indexes.
    fn project(&mut self, name: &str, words: &[Word]) -> Vec<Lasting> {
        let tool = match name {
            "poetry" => Tool::Poetry,
            "pdm" => Tool::Pdm,
            _ => Tool::Pipenv,
        };
        let arguments = arguments(words, &PROJECT);
        let positional: Vec<&Word> = arguments.iter().filter_map(Argument::positional).collect();
        let values: Vec<&str> = positional.iter().map(|word| word.value()).collect();
        match (tool, values.as_slice()) {
            (Tool::Poetry, ["source", "add", ..]) => {
                return match positional.get(2) {
                    Some(name) => self.poetry_source(&arguments, name, positional.get(3)),
                    None => Vec::new(),
                };
            }
            (Tool::Pdm, ["config", "pypi.url", ..]) => {
                let set = positional.get(2).map(|word| Setting {
                    option: InstallOption::IndexUrl,
                    span: word.span,
                    value: Value { value: word.value().to_owned(), span: word.text.span(0..word.value().len()) },
                });
                let section = self.settings_section(Tool::Pdm, set.into_iter().collect());
                return section.map(|section| ("pypi.url".to_owned(), section)).into_iter().collect();
            }
            // As in the configuration that these write: a source is called by its name, which is a host's for want of a better.
            (Tool::Poetry, ["config", key, "false"]) if key.starts_with("certificates.") && key.ends_with(".cert") => {
                let name = key.trim_start_matches("certificates.").trim_end_matches(".cert");
                return self.unverified(
                    tool,
                    key,
                    if name.eq_ignore_ascii_case("pypi") { "pypi.org" } else { name },
                    &positional,
                );
            }
            (Tool::Pdm, ["config", key @ "pypi.verify_ssl", "false" | "0"]) => {
                return self.unverified(tool, key, "pypi.org", &positional);
            }
            // Plugins are part of the tool from then on.
            (Tool::Poetry | Tool::Pdm, ["add", ..] | ["self" | "plugin", "add", ..])
            | (Tool::Pdm | Tool::Pipenv, ["install" | "sync", ..]) => {}
            _ => return Vec::new(),
        }
        let Some(section) = self.section(tool, Purpose::Command) else { return Vec::new() };
        let installs = positional.first().copied().filter(|word| matches!(word.value(), "install" | "sync"));
        let keeps = ["--frozen-lockfile", "--no-lock", "--check", "--deploy", "--ignore-pipfile"];
        let keeps = |argument: &Argument<'_>| argument.option.is_some_and(|option| keeps.contains(&option));
        if let Some(word) = installs.filter(|word| word.value() == "sync" || arguments.iter().any(keeps)) {
            self.locked(section, Some(word), word.span);
        }
        // What is looked up in one index alone is asked of no other.
        let is_bound = arguments.iter().any(|argument| argument.option == Some("--source"));
        for argument in &arguments {
            match (argument.option, &argument.value) {
                (Some("--index"), Some(word)) if tool == Tool::Pipenv && word.value().contains("://") => {
                    self.set(section, InstallOption::ExtraIndexUrl, argument, argument.value.clone());
                }
                (Some("--pypi-mirror"), value) => {
                    self.set(section, InstallOption::IndexUrl, argument, value.clone());
                }
                (Some("--requirements"), Some(word)) if tool == Tool::Pipenv => self.include(section, word, false),
                (Some("--extra-pip-args"), Some(word)) => self.pip_options(section, word),
                _ => {}
            }
        }
        let skip = if matches!(values.first(), Some(&("add" | "install" | "sync"))) { 1 } else { 2 };
        for word in positional.iter().skip(skip).filter(|_| !is_bound) {
            let word = if tool == Tool::Poetry { with_at(word) } else { (*word).clone() };
            self.asked(section, &word, false);
        }
        self.bare(section, installs);
        Vec::new()
    }

    /// `poetry config certificates.NAME.cert false`: nobody looks at who answers for the host any more.
    fn unverified(&mut self, tool: Tool, key: &str, host: &str, words: &[&Word]) -> Vec<Lasting> {
        let span = words.iter().skip(1).map(|word| word.span).reduce(Span::cover).unwrap_or_default();
        let value = Value { value: host.to_owned(), span };
        let section = self.settings_section(tool, vec![Setting { option: InstallOption::TrustedHost, span, value }]);
        section.map(|section| (key.to_owned(), section)).into_iter().collect()
    }

    /// That a command takes nothing but what the lock file has; by its name, which says how much it installs.
    fn locked(&mut self, section: u32, name: Option<&Word>, span: Span) {
        let value = name.map_or_else(String::new, |name| name.value().to_owned());
        self.option(section, InstallOption::Locked, span, Value { value, span });
    }

    /// A command of which there is nothing to say but that it is there: a line with its name.
    fn bare(&mut self, section: u32, name: Option<&Word>) {
        if let Some(name) = name.filter(|_| self.lines.last().is_none_or(|last| last.section != section)) {
            self.line(section, name.span, None, Vec::new(), LineKind::Options);
        }
    }

    /// `poetry source add --priority=supplemental NAME URL`.
    fn poetry_source(&mut self, arguments: &[Argument<'_>], name: &Word, url: Option<&&Word>) -> Vec<Lasting> {
        let Some(url) = url else { return Vec::new() };
        let has = |flag: &str| arguments.iter().any(|argument| argument.option == Some(flag));
        let priority = arguments.iter().find(|argument| matches!(argument.option, Some("--priority" | "--project")));
        let priority = priority.and_then(|argument| argument.value.as_ref()).map(Word::value);
        let option = match priority {
            Some("explicit") => InstallOption::NamedIndex,
            Some("supplemental" | "secondary") => InstallOption::ExtraIndexUrl,
            _ if has("--secondary") => InstallOption::ExtraIndexUrl,
            // A source of ordinary priority takes the place of the public index.
            _ => InstallOption::IndexUrl,
        };
        let value = Value { value: url.value().to_owned(), span: url.text.span(0..url.value().len()) };
        let set = Setting { option, span: url.span, value };
        let name = format!("source {}", name.value());
        self.settings_section(Tool::Poetry, vec![set]).map(|section| (name, section)).into_iter().collect()
    }
}

/// Index of the first word from one on that is neither an option nor an option's value.
fn behind_options(words: &[Word], mut at: usize, takes_value: impl Fn(&str) -> bool) -> usize {
    while let Some(word) = words.get(at).filter(|word| word.value().starts_with('-')) {
        at += if takes_value(word.value()) { 2 } else { 1 };
    }
    at
}

/// What words that are no options are to a command of uv.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Positional {
    Asked,
    Files,
    Other,
}

/// The comma-separated parts of `--with a,b`. Extras and specifiers hold commas too.
fn parts(word: &Word) -> Vec<Word> {
    let text = word.value();
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0
                && text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric())) =>
            {
                parts.push(word.part(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(word.part(start..text.len()));
    parts
}

/// The name of a program: without its folder, `.exe` and the version of a Python.
fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match bare {
        "pip" | "python" | "pypy" => bare.to_owned(),
        // `$PIP`, `${PIP}` and make's `$(PIP)` say what they are.
        _ if name.starts_with('$') && name.trim_matches(|c: char| "$(){}".contains(c)).eq_ignore_ascii_case("pip") => {
            "pip".to_owned()
        }
        _ => name.to_owned(),
    }
}

/// What follows the flag that names a module in a word of Python's flags, which may be nothing; none where it is not there.
fn module_flag(word: &str) -> Option<&str> {
    let (others, module) = word.strip_prefix('-')?.split_once('m')?;
    others.chars().all(|c| "bBdEiIOPqsSuvx".contains(c)).then_some(module)
}
