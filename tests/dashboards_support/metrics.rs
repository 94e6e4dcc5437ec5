use std::collections::{BTreeMap, BTreeSet};

/// Samples of each family: labels as written, and the value.
pub type Families = BTreeMap<String, Vec<(String, f64)>>;

/// Reads OpenMetrics text as strictly as its grammar has it, as far as gauges go: a family's lines stand together, its
/// type first, one sample a label set, a name ends with its unit, and nothing follows `# EOF`.
pub fn read(text: &str) -> Result<Families, String> {
    let body = text.strip_suffix("# EOF\n").ok_or("does not end with # EOF")?;
    let mut families = Families::new();
    let mut current = String::new();
    let mut sets: BTreeSet<String> = BTreeSet::new();
    for line in body.lines() {
        let wrong = |what: &str| format!("{what}: {line}");
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let name = rest.strip_suffix(" gauge").filter(|name| is_name(name)).ok_or_else(|| wrong("no gauge"))?;
            if families.insert(name.to_owned(), Vec::new()).is_some() {
                return Err(wrong("a family twice"));
            }
            (current, sets) = (name.to_owned(), BTreeSet::new());
        } else if let Some(rest) = line.strip_prefix("# UNIT ") {
            let (name, unit) = rest.split_once(' ').ok_or_else(|| wrong("no unit"))?;
            if name != current || !name.ends_with(&format!("_{unit}")) {
                return Err(wrong("not its unit"));
            }
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            rest.strip_prefix(&format!("{current} ")).ok_or_else(|| wrong("help of another family"))?;
        } else {
            let (labels, value) = sample(line, &current).ok_or_else(|| wrong("no sample of its family"))?;
            if !sets.insert(labels.clone()) {
                return Err(wrong("a label set twice"));
            }
            families.get_mut(&current).ok_or_else(|| wrong("no type"))?.push((labels, value));
        }
    }
    Ok(families)
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `name{a="b",c="d"} 1`, or without labels.
fn sample(line: &str, name: &str) -> Option<(String, f64)> {
    let rest = line.strip_prefix(name).filter(|_| !name.is_empty())?;
    let (labels, value) = match rest.strip_prefix('{') {
        None => (String::new(), rest),
        Some(rest) => {
            let end = labels(rest)?;
            (rest[..end].to_owned(), &rest[end + 1..])
        }
    };
    let value = value.strip_prefix(' ')?;
    let is_number = value.chars().all(|c| c.is_ascii_digit() || "+-.e".contains(c));
    Some((labels, value.parse().ok().filter(|_| is_number)?))
}

/// Where the closing brace is.
fn labels(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let name = text[at..].find("=\"")?;
        if !is_name(&text[at..at + name]) {
            return None;
        }
        at += name + 2;
        let mut chars = text[at..].char_indices();
        at += loop {
            match chars.next()? {
                (end, '"') => break end + 1,
                (_, '\\') if !matches!(chars.next()?, (_, '\\' | '"' | 'n')) => return None,
                _ => {}
            }
        };
        match text[at..].chars().next()? {
            ',' => at += 1,
            '}' => return Some(at),
            _ => return None,
        }
    }
}
