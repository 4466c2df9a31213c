//! What of a root file is read together: each command with the settings that act on it, the rest of a tool as one.

use super::super::Project;
use super::MAX_LINES_OF_ALL_RUNS;
use crate::model::{Document, InstallOption, Line, LineKind, Purpose, Tool};
use crate::order::{Arrange as _, Map, Set};
use crate::text::{FileId, Span};

/// What of a root file one run reads.
pub(super) struct Part {
    pub(super) tool: Option<Tool>,
    /// Indexes of lines; none for all of them.
    pub(super) lines: Option<Vec<usize>>,
    /// Whether it is a command or what sets one up, wherever that stands.
    pub(super) is_command: bool,
}

impl Part {
    pub(super) fn whole() -> Self {
        Self { tool: None, lines: None, is_command: false }
    }

    /// Each command with the settings that act on it; all the rest of a tool together.
    pub(super) fn of(project: &Project, file: FileId) -> Vec<Self> {
        let Some(document) = project.document(file) else { return Vec::new() };
        let mut rest: Map<Tool, Vec<usize>> = Map::new();
        let mut settings: Map<Tool, Vec<usize>> = Map::new();
        let mut own: Map<u32, Vec<usize>> = Map::new();
        let mut told: Set<u32> = Set::new();
        for (at, line) in document.lines.iter().enumerate() {
            let Some(section) = document.section(line) else { continue };
            match (section.purpose, &section.under) {
                (Purpose::Command, _) | (Purpose::Settings, Some(_)) => {
                    own.entry(line.section).or_default().push(at);
                }
                (purpose, _) => {
                    rest.entry(section.tool).or_default().push(at);
                    if purpose == Purpose::Settings {
                        settings.entry(section.tool).or_default().push(at);
                    }
                }
            }
        }
        let tool_of = |number: u32| document.sections.get(number as usize).map(|section| section.tool);
        for number in own.keys() {
            let Some(section) = document.sections.get(*number as usize) else { continue };
            let acting = section.under.iter().flatten().filter(|under| tool_of(**under) == Some(section.tool));
            told.extend(acting.copied());
        }
        let mut parts: Vec<Self> = rest
            .into_iter()
            .map(|(tool, lines)| Self { tool: Some(tool), lines: Some(lines), is_command: false })
            .collect();
        let mut budget = MAX_LINES_OF_ALL_RUNS;
        for (number, lines) in &own {
            let Some(section) = document.sections.get(*number as usize) else { continue };
            // Settings that a command or another setting of the tool comes after are read with that.
            if section.purpose == Purpose::Settings && told.contains(number) {
                continue;
            }
            let mut lines = lines.clone();
            match &section.under {
                None => lines.extend(settings.get(&section.tool).into_iter().flatten()),
                Some(under) => {
                    let acting = under.iter().filter(|under| tool_of(**under) == Some(section.tool));
                    lines.extend(acting.filter_map(|under| own.get(under)).flatten());
                }
            }
            lines.arrange_by_key(|at| document.lines.get(*at).map(|line| Self::order(document, line)));
            let Some(left) = budget.checked_sub(lines.len()) else { break };
            budget = left;
            parts.push(Self { tool: Some(section.tool), lines: Some(lines), is_command: section.under.is_some() });
        }
        parts
    }

    /// Settings come before what the command says, and options before what is asked for. The main index comes first, as
    /// it takes no extra one back where it stands on a command line.
    fn order(document: &Document, line: &Line) -> (bool, bool, bool, Span) {
        let is_command = document.section(line).is_some_and(|section| section.purpose == Purpose::Command);
        let is_option = matches!(line.kind, LineKind::Options);
        let is_main = line.options.iter().any(|used| used.option == InstallOption::IndexUrl);
        (!is_option, !is_main, is_command, line.span)
    }
}
