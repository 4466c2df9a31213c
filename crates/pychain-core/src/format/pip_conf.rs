//! pip's configuration files: `pip.conf` and `pip.ini`.

use super::commands::{Commands, pip_setting, unreadable};
use super::ini;
use super::logical::Pieces;
use super::shell::{self, Word};
use crate::model::{Document, Tool};
use crate::text::SourceFile;

/// Sections that commands which install take options from, `[global]` first.
const SECTIONS: [&str; 5] = ["global", "install", "download", "wheel", "lock"];

/// Reads a file. What pip refuses whole has one line that says so.
pub(super) fn parse(file: &SourceFile) -> Document {
    let read = ini::parse(file, str::to_lowercase).with_defaults().once(|name| SECTIONS.contains(&name));
    if let Some((span, message)) = read.error {
        return unreadable(file, span, message, "Correct the line: pip does not start with this file");
    }
    let mut commands = Commands::new(file);
    for section in SECTIONS.iter().filter_map(|name| read.section(name)) {
        let mut set = Vec::new();
        for entry in &section.entries {
            let mut value = Pieces::default();
            for (at, line) in entry.lines.iter().enumerate() {
                if at > 0 {
                    let start = line.span(0..0).start as usize;
                    value.escaped(" ", start..start);
                }
                shell::copy(line, 0..line.text.len(), &mut value);
            }
            let number = entry.lines.first().map_or(1, |line| line.number);
            let value = value.finish(entry.key_span.end as usize, number);
            set.extend(pip_setting(&entry.key, &Word::of_value(value)));
        }
        // What `[global]` says acts on every command.
        let lasting = commands.settings_section(Tool::Pip, set).filter(|_| section.name == "global");
        commands.keep(lasting.map(|number| ("[global]".to_owned(), number)).into_iter().collect());
    }
    commands.finish()
}
