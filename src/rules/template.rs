use cel::Program;

/// A sentence with `{expression}` pieces. `{{` and `}}` stand for braces.
pub struct Template {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Expression { program: Program, source: String },
}

impl Template {
    /// Takes a template apart and compiles its expressions.
    ///
    /// Errors when a brace is not closed or an expression does not parse.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            if brace.starts_with('}') {
                return Err("a `}` without its `{`; write `}}` for the character".to_owned());
            }
            let Some(end) = brace.find('}') else { return Err("a `{` without its `}`".to_owned()) };
            let source = brace[1..end].to_owned();
            let program = Program::compile(&source).map_err(|e| format!("`{{{source}}}`: {}", one_line(&e)))?;
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(Piece::Expression { program, source });
            rest = &brace[end + 1..];
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Template { pieces })
    }

    /// The compiled expressions, for checking.
    pub fn programs(&self) -> impl Iterator<Item = (&Program, &str)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Expression { program, source } => Some((program, source.as_str())),
            Piece::Text(_) => None,
        })
    }

    /// The sentence, with each expression's value put through `show`.
    ///
    /// An expression that cannot be evaluated (an optional fact that is absent) becomes `—`.
    pub fn fill(&self, context: &cel::Context<'_, '_>, show: impl Fn(&cel::Value) -> String) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Expression { program, .. } => match program.execute(context) {
                    Ok(value) => out.push_str(&show(&value)),
                    Err(_) => out.push('—'),
                },
            }
        }
        out
    }
}

/// A parse error without its picture.
pub fn one_line(error: &impl ToString) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches("ERROR: ").trim_start_matches("<input>:").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_may_be_doubled_and_must_be_closed() {
        let template = Template::parse("a {{x}} {1 + 1} b").expect("a template");
        let text = template.fill(&cel::Context::default(), |value| format!("{value:?}"));
        assert_eq!(text, "a {x} Int(2) b");
        assert!(Template::parse("{1").is_err());
        assert!(Template::parse("1}").is_err());
        assert!(Template::parse("{1 +}").is_err());
    }
}
