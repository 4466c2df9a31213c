//! Strings and tokens, as CPython 3.13 was seen to read these very texts.

use super::*;
use crate::text::SourceFile;

/// The value of an expression: strings with what stands in the file for them.
fn value(text: &str) -> String {
    fn show(file: &SourceFile, value: &Expression<'_>) -> String {
        let all = |items: &[Expression<'_>]| items.iter().map(|item| show(file, item)).collect::<Vec<_>>().join(", ");
        match value {
            Expression::Text { text, is_formatted, .. } => {
                format!("{}{:?}", if *is_formatted { "f" } else { "" }, text.text)
            }
            Expression::List(items) => format!("[{}]", all(items)),
            Expression::Set(items, _) => format!("set({})", all(items)),
            Expression::Dict(entries) => {
                let entry = |(key, value): &(Option<Expression<'_>>, Expression<'_>)| {
                    let key = key.as_ref().map_or("**".to_owned(), |key| show(file, key));
                    format!("{key}: {}", show(file, value))
                };
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Expression::Sum(terms) => format!("sum({})", all(terms)),
            Expression::Either(values) => format!("either({})", all(&**values)),
            Expression::Starred(inner) => format!("*{}", show(file, inner)),
            Expression::Name(name, _) => (*name).to_owned(),
            Expression::Item(name, key, _) => format!("{name}[{:?}]", key.text),
            Expression::Nothing => "None".to_owned(),
            Expression::Computed(span) => format!("<{}>", file.slice(*span)),
        }
    }
    let file = SourceFile::from_text("a.py", text);
    let tokens = tokens(file.text(), &mut Vec::new());
    let mut cursor = Cursor { file: &file, tokens: &tokens, at: 0 };
    let value = cursor.expression();
    show(&file, &value)
}

#[test]
fn literals_are_read() {
    for (text, expected) in [
        ("['a', \"b>=1\",]  # c", r#"["a", "b>=1"]"#),
        ("('a')", r#""a""#),
        ("('a',)", r#"["a"]"#),
        ("()", "[]"),
        ("('a'\n 'b' # c\n \"c\")", r#""abc""#),
        ("'a' + 'b'", r#""ab""#),
        ("'a' \\\n 'b'", r#""ab""#),
        (
            r"'\x41\u00e9\n\101\'\q' '\
b'",
            r#""Aé\nA'\\qb""#,
        ),
        (r"r'\x41\'' u'a' R'\'", r"<r'\x41\'' u'a' R'\'>"),
        (r"r'\x41\'' u'a'", r#""\\x41\\'a""#),
        ("'''a\r\nb''c'''", r#""a\nb''c""#),
        ("b'a'", "<b'a'>"),
        ("'\\N{DASH}'", "<'\\N{DASH}'>"),
        ("'\\ud800'", "<'\\ud800'>"),
        ("f'a' rb'b'", "<f'a' rb'b'>"),
        ("f'a'", r#""a""#),
        ("f'a{b}'", r#"f"a{b}""#),
        ("f'{a['b']}' f\"{x!r:>{w}}'\"", r#"f"{a['b']}{x!r:>{w}}'""#),
        ("{'a': ['b'], **c, 'd': None}", r#"{"a": ["b"], **: c, "d": None}"#),
        ("dict(a=['b'], **c)", r#"{"a": ["b"], **: c}"#),
        ("{'a', *b}", r#"set("a", *b)"#),
        ("{}", "{}"),
        ("B['a'] + B['c'].d", r#"sum(B["a"], <B['c'].d>)"#),
        ("['a'] + B + ['c', *D]", r#"sum(["a"], B, ["c", *D])"#),
        ("['a'] if x else ['b']", "either([\"a\"], [\"b\"])"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn what_is_computed_stays_unknown() {
    for (text, expected) in [
        ("f(x)['a'].b, c", "<f(x)['a'].b>"),
        ("'a b'.split()", "<'a b'.split()>"),
        ("a if x", "<a if x>"),
        ("[x for x in y]", "[<x for x in y>]"),
        ("['a%s' % 'b', 'c']", r#"[<'a%s' % 'b'>, "c"]"#),
        ("['a'] * 2", "<['a'] * 2>"),
        ("['a'] + f() + ['b']", r#"sum(["a"], <f()>, ["b"])"#),
        ("{k: v for k, v in x}", "<{k: v for k, v in x}>"),
        ("[lambda x: 'a', 'b']", r#"[<lambda x: 'a'>, "b"]"#),
        ("[a == 'b', not c]", "[<a == 'b'>, <not c>]"),
        ("['a' 1]", "[<'a' 1>]"),
        ("'a", "<'a>"),
        ("", "<>"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn any_text_has_tokens_in_no_time() {
    for unit in [
        "f'{", "f'''{", "f\"{'\n", "{", "[{(", "f'{a:{", "'", "\\", "\\\n", "dict(", "a=", "x: ", "lambda:", "a if ",
        "**", "\u{e9}\0", "a['b']=", "{{1}, ", "def f(",
    ] {
        let text = unit.repeat(30_000);
        value(&text);
        let file = SourceFile::from_text("setup.py", text);
        let module = Module::of(&file);
        assert!(module.calls(|before| before.last().copied()).count() <= 30_000);
    }
}
