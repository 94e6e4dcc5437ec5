use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, Table};

use super::Options;
use super::page::{Cells, Column, Grid, Page, Place, Section};
use crate::audit::Audit;
use crate::model::truncate;

/// Below this many columns what can stand under another column does.
const NARROW: u16 = 100;

/// No terminal is narrower than this in practice, and below it no table can be laid out.
const LEAST: u16 = 40;

/// Longest text of a cell, in terminal columns: room for a list of every region and kind.
const TEXT: usize = 1_500;

/// Longest word or identifier of a cell, in terminal columns.
const WORD: usize = 24;
const CODE: usize = 120;

/// Writes an audit for a terminal: head, findings, bill, quotas, gaps.
pub(super) fn write(audit: &Audit, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_page(&Page::of(audit), options, out)
}

/// Writes a page for a terminal.
pub(super) fn write_page(page: &Page, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let options = &Options { width: options.width.max(LEAST), ..*options };
    heading(&page.title, None, options, out)?;
    print(head(page, options), out)?;
    for section in &page.sections {
        writeln!(out)?;
        self::section(section, options, out)?;
    }
    Ok(())
}

fn section(section: &Section, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    heading(section.title, section.alarm.then_some(Color::Magenta), options, out)?;
    for text in &section.lead {
        print(paragraph(text, options), out)?;
    }
    if let Some(grid) = &section.grid {
        print(self::grid(grid, options), out)?;
    }
    for text in &section.tail {
        print(paragraph(text, options), out)?;
    }
    Ok(())
}

fn heading(text: &str, color: Option<Color>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut cell = Cell::new(truncate(text, usize::from(options.width) - 1)).add_attribute(Attribute::Bold);
    if let Some(color) = color {
        cell = cell.fg(color);
    }
    let mut table = blank(options);
    table.add_row([cell]);
    print(spaced(table, 0), out)
}

fn head(page: &Page, options: &Options) -> Table {
    let mut table = blank(options);
    for (name, value) in &page.head {
        table.add_row([*name, &truncate(value, TEXT)]);
    }
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    spaced(table, 2)
}

fn paragraph(text: &str, options: &Options) -> Table {
    let mut table = blank(options);
    table.add_row([truncate(text, TEXT)]);
    spaced(table, 0)
}

/// A table without any line, as wide as allowed.
fn blank(options: &Options) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(options.width);
    table.force_no_tty();
    if options.color {
        table.enforce_styling();
    }
    table
}

/// `gap` spaces behind each column but the last, none before the first.
fn spaced(mut table: Table, gap: u16) -> Table {
    let last = table.column_count().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index == last { 0 } else { gap }));
    }
    table
}

fn grid(grid: &Grid, options: &Options) -> Table {
    let narrow = options.width < NARROW;
    let own: Vec<usize> = (0..grid.columns.len()).filter(|&i| host(&grid.columns[i], narrow).is_none()).collect();
    let mut table = blank(options);
    table.style_mut().header_separator = LineStyle::none().fill('─').junction('─');
    table.set_header(own.iter().map(|&i| aligned(Cell::new(grid.columns[i].name), &grid.columns[i])));
    for row in &grid.rows {
        table.add_row(own.iter().map(|&i| aligned(Cell::new(stacked(grid.columns, row, i, narrow)), &grid.columns[i])));
    }
    // The line under the heads adds the second space.
    let mut table = spaced(table, 1);
    for (position, &i) in own.iter().enumerate() {
        if matches!(grid.columns[i].cells, Cells::Figure | Cells::Word)
            && let Some(column) = table.column_mut(position)
        {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

/// The column under whose cells a column goes. `None` when it stands beside the others.
fn host(column: &Column, narrow: bool) -> Option<usize> {
    match column.place {
        Place::Under(host) => Some(host),
        Place::UnderIfNarrow(host) if narrow => Some(host),
        Place::Own | Place::UnderIfNarrow(_) => None,
    }
}

/// The cell of a column with those that go under it.
fn stacked(columns: &[Column], row: &[String], own: usize, narrow: bool) -> String {
    let guests = (0..columns.len()).filter(|&i| host(&columns[i], narrow) == Some(own));
    let lines = std::iter::once(own).chain(guests).map(|i| {
        let limit = match columns[i].cells {
            Cells::Figure | Cells::Word => WORD,
            Cells::Code => CODE,
            Cells::Prose => TEXT,
        };
        truncate(&row[i], limit)
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn aligned(cell: Cell, column: &Column) -> Cell {
    match column.cells {
        Cells::Figure => cell.set_alignment(CellAlignment::Right),
        Cells::Word | Cells::Code | Cells::Prose => cell,
    }
}

fn print(table: Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", table.trim_fmt())
}
