//! Parts of a Markdown page: what is generated stands between two comments, code between fences.

/// `<!-- generated: NAME -->`, which a `<!-- end -->` closes.
const BEGIN: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";

/// The page with each generated part as `make` gives it by its name.
///
/// # Panics
///
/// Panics at a part nobody makes, or one that is not closed.
pub fn filled(file: &str, page: &str, make: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = rest.find(BEGIN) {
        let (before, from) = rest.split_at(at);
        let name = from[BEGIN.len()..].split(" -->").next().unwrap_or_default();
        let end = from.find(END).unwrap_or_else(|| panic!("{file}: the part `{name}` has no {END}"));
        let made = make(name).unwrap_or_else(|| panic!("{file}: nobody makes the part `{name}`"));
        out.push_str(&format!("{before}{BEGIN}{name} -->\n\n{}\n\n", made.trim_end()));
        rest = &from[end..];
    }
    out.push_str(rest);
    out
}

/// Text between fences.
pub fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

/// The texts of the page's fences in one language.
pub fn code<'p>(page: &'p str, language: &'static str) -> impl Iterator<Item = &'p str> {
    page.split("\n```").skip(1).step_by(2).filter_map(move |fence| fence.strip_prefix(language)?.strip_prefix('\n'))
}

/// Where the page's links and pictures lead.
pub fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// The words of a shell's line up to a pipe, a redirection or a comment; single quotes hold one together.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            _ if is_quoted => word.push(c),
            '#' | '|' | '>' => break,
            c if c.is_whitespace() => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            c => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}
