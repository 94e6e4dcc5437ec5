use std::io::{self, Write};

use super::page::{Cells, Column, Grid, Page};
use crate::audit::Audit;
use crate::model::{clean, truncate};

/// Longest identifier, in columns.
const CODE: usize = 120;

/// Longest text, in columns: room for a list of every region and kind.
const PROSE: usize = 1_500;

/// Writes the page of an audit as GitHub-flavoured Markdown. Names and tags can bring in no markup, no HTML, no
/// link and no mention.
pub(super) fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    write_page(&Page::of(audit), out)
}

/// Writes a page the same way.
pub(super) fn write_page(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", prose(&page.title))?;
    for (name, value) in &page.head {
        writeln!(out, "- **{name}**: {}", prose(value))?;
    }
    for section in &page.sections {
        writeln!(out, "\n## {}", prose(section.title))?;
        section.lead.iter().try_for_each(|text| writeln!(out, "\n{}", prose(text)))?;
        if let Some(grid) = &section.grid {
            writeln!(out)?;
            self::grid(grid, out)?;
        }
        section.tail.iter().try_for_each(|text| writeln!(out, "\n{}", prose(text)))?;
    }
    Ok(())
}

fn grid(grid: &Grid, out: &mut dyn Write) -> io::Result<()> {
    let heads: Vec<String> = grid.columns.iter().map(|column| prose(column.name)).collect();
    writeln!(out, "| {} |", heads.join(" | "))?;
    let rules: Vec<&str> = grid.columns.iter().map(rule).collect();
    writeln!(out, "| {} |", rules.join(" | "))?;
    for row in &grid.rows {
        let cells: Vec<String> = grid.columns.iter().zip(row).map(|(column, text)| cell(column, text)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn rule(column: &Column) -> &'static str {
    if column.cells == Cells::Figure { "---:" } else { "---" }
}

fn cell(column: &Column, text: &str) -> String {
    match column.cells {
        Cells::Code => code(text),
        Cells::Figure | Cells::Word | Cells::Prose => prose(text),
    }
}

/// Text as a code span, in which nothing is markup, link or mention. The characters that could end the span or
/// the table cell around it become `·`, as control characters do.
fn code(text: &str) -> String {
    let text = truncate(text.trim(), CODE).replace(['`', '\\', '|'], "·");
    if text.is_empty() { text } else { format!("`{text}`") }
}

/// Text as text. Words that viewers would turn into links or mentions by themselves become code.
fn prose(text: &str) -> String {
    truncate(text, PROSE).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    if lower.contains('@') || lower.contains("://") || lower.contains("www.") { code(word) } else { escaped(word) }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // As entities, because a backslash before them can itself be taken as escaped.
            '|' => out.push_str("&#124;"),
            '\\' => out.push_str("&#92;"),
            '`' => out.push_str("&#96;"),
            '*' | '_' | '[' | ']' | '~' | '#' | '$' => out.extend(['\\', c]),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(prose("<b>|`x`| [a](b) $1_0\\|"), "&lt;b&gt;&#124;&#96;x&#96;&#124; \\[a\\](b) \\$1\\_0&#92;&#124;");
        assert_eq!(prose("two\nlines"), "two·lines");
    }

    #[test]
    fn links_and_mentions_become_code() {
        assert_eq!(prose("see https://evil.example now"), "see `https://evil.example` now");
        assert_eq!(prose("by @someone"), "by `@someone`");
        assert_eq!(prose("WWW.evil.example"), "`WWW.evil.example`");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a`<b>`|\\"), "`a·<b>···`");
        assert_eq!(code(""), "");
    }
}
