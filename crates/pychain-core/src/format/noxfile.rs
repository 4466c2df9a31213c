//! `noxfile.py`: literal arguments of what sessions install and run. The file is read as text, never run.

use super::commands::Commands;
use super::python::{Argument, Expression, Module, Token};
use super::shell::Word;
use crate::model::Document;
use crate::text::{SourceFile, Span};

/// Methods of a session that run a command, and the words that stand for the call itself.
const METHODS: [(&str, &[&str]); 5] = [
    ("install", &["pip", "install"]),
    ("run", &[]),
    ("run_always", &[]),
    ("run_install", &[]),
    ("conda_install", &["conda"]),
];

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    let mut commands = Commands::of_own_folder(file);
    for ((call, span), arguments, _) in Module::of(file).calls(method) {
        let scope = commands.enter();
        for argument in &arguments {
            variables(&mut commands, argument);
        }
        let call = call.iter().map(|word| Word::standing_for(word, span));
        let words: Vec<Word> = call.chain(arguments.into_iter().filter_map(|argument| word(argument, span))).collect();
        let lasting = commands.lasting_words(&words);
        commands.leave(scope);
        commands.keep(lasting);
    }
    commands.finish()
}

/// `env={"NAME": "value"}`.
fn variables(commands: &mut Commands<'_>, argument: &Argument<'_>) {
    let Argument::Keyword(name, Expression::Dict(entries)) = argument else { return };
    for (key, value) in entries.iter().filter(|_| name.text == "env") {
        if let (Some(Expression::Text { text: key, .. }), Expression::Text { text, span, is_formatted }) = (key, value)
        {
            let value = Word { text: text.clone(), span: *span, expands: *is_formatted, globs: false };
            commands.environment(&key.text, &value);
        }
    }
}

/// The words for a method that is called, and where it stands.
fn method(before: &[Token<'_>]) -> Option<(&'static [&'static str], Span)> {
    let [.., dot, name] = before else { return None };
    let (_, words) = METHODS.iter().find(|(method, _)| dot.is(".") && name.name() == Some(method))?;
    Some((words, dot.span().cover(name.span())))
}

/// A positional argument; what is no string is a word that nobody can tell.
fn word(argument: Argument<'_>, call: Span) -> Option<Word> {
    match argument {
        Argument::Positional(Expression::Text { text, span, is_formatted }) => {
            Some(Word { text, span, expands: is_formatted, globs: false })
        }
        Argument::Positional(other) => {
            Some(Word { expands: true, ..Word::standing_for("$", other.span().unwrap_or(call)) })
        }
        Argument::Keyword(..) | Argument::Spread(_) => None,
    }
}
