/// What a page holds for its reader.
#[derive(Default)]
pub struct Page {
    /// Its text, entities resolved.
    pub text: String,
    /// Addresses of its links.
    pub links: Vec<String>,
}

/// Elements of a report, none of which loads or runs anything, and the attributes each may have.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("html", &["lang"]),
    ("head", &[]),
    ("meta", &["charset", "http-equiv", "content", "name"]),
    ("title", &[]),
    ("style", &[]),
    ("body", &[]),
    ("main", &[]),
    ("section", &[]),
    ("h1", &[]),
    ("h2", &["class"]),
    ("p", &["class"]),
    ("dl", &[]),
    ("dt", &[]),
    ("dd", &[]),
    ("table", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["class"]),
    ("td", &["class"]),
    ("code", &[]),
    ("a", &["href", "rel"]),
];

/// Elements that have no end.
const VOID: &[&str] = &["meta"];

/// Reads a page as this program writes them, and nothing else: every element and attribute of the list, every attribute
/// in quotes, every element closed, every `<` and `>` of text an entity. What a browser would mend is a mistake here.
pub fn read(page: &str) -> Result<Page, String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    let (mut read, mut open) = (Page::default(), Vec::<&str>::new());
    while let Some(start) = rest.find('<') {
        read.text.push_str(&text(&rest[..start])?);
        rest = &rest[start + 1..];
        let end = rest.find('>').ok_or("a tag without an end")?;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes something else"));
            }
            continue;
        }
        let name = element(tag, &mut read)?;
        if name == "style" {
            let end = rest.find("</style>").ok_or("a style without an end")?;
            if rest[..end].contains(['<', '\\']) || rest[..end].contains("url(") || rest[..end].contains("@import") {
                return Err("a style that loads".to_owned());
            }
            rest = &rest[end + "</style>".len()..];
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    read.text.push_str(&text(rest)?);
    if open.is_empty() { Ok(read) } else { Err(format!("not closed: {open:?}")) }
}

/// The name of an element, after a look at its attributes.
fn element<'a>(tag: &'a str, read: &mut Page) -> Result<&'a str, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let (_, allowed) = ELEMENTS.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("<{tag}>"))?;
    while !rest.is_empty() {
        let (attribute, after) = rest.split_once("=\"").ok_or_else(|| format!("<{tag}>"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("<{tag}>"))?;
        if !allowed.contains(&attribute) || value.contains('<') {
            return Err(format!("{attribute} of <{tag}>"));
        }
        if attribute == "href" {
            if !value.starts_with("https://") {
                return Err(format!("a link to {value}"));
            }
            read.links.push(value.to_owned());
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Ok(name)
}

fn text(text: &str) -> Result<String, String> {
    if text.contains('>') {
        return Err(format!("a bare > in {text:?}"));
    }
    Ok(text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
}
