//! What an update wants done outside: the only way anything leaves the screen.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::audit::changes::Changes;
use crate::model::Cell;
use crate::plan::{Allowed, Marks, Plan};

/// A wish of the screen. Whoever runs the loop grants it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Repaint everything.
    Redraw,
    /// Put text on the clipboard; the first field says what it is.
    Copy(String, String),
    /// Open an address in a browser.
    Open(String),
    /// Write the audit to a file.
    Export(ExportFormat),
    /// Write what is different between two audits to a file, as Markdown.
    ExportChanges(Box<Changes>),
    /// Set a finding aside until a day.
    Ignore {
        /// Id of the finding.
        id: String,
        /// The reason.
        why: String,
        /// The last day.
        until: Date,
    },
    /// Settle an item of the checklist by hand, or take that back.
    Tick {
        /// Name of the item.
        id: String,
        /// What was checked. `None` takes the tick back.
        note: Option<String>,
    },
    /// Look again.
    Rescan(Rescan),
    /// Stop the scan and keep what it found.
    Stop,
    /// Hold the scan, or let it go on.
    Pause(bool),
    /// Let the terminal report the mouse, or leave it the selection of text.
    Mouse(bool),
    /// Plan for marked resources.
    Plan(Marks, Allowed),
    /// Write a plan as a shell script to a file.
    Script(Arc<Plan>),
    /// Go through a plan without changing anything.
    Rehearse(Arc<Plan>),
    /// Take the steps of a plan. The text is what was typed to allow it.
    Apply(Arc<Plan>, String),
    /// Go through what is left of a run of before without changing anything.
    RehearseRest(String),
    /// Go on with a run of before, whose plan this is. The last text is what was typed to allow it.
    Resume(String, Arc<Plan>, String),
    /// Begin no further step of the run.
    StopApply,
    /// Compare the last saved audit with the one before it, or with the one before a moment.
    Compare(Option<Timestamp>),
    /// Hold the journal of a run against the account.
    Verify(String),
}

/// A form an audit can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// The whole audit.
    Json,
    /// Findings, a line each.
    Csv,
    /// A report to read.
    Markdown,
    /// A page for a browser.
    Html,
    /// A log for dashboards of code scanners.
    Sarif,
    /// Figures for a scraper.
    Openmetrics,
    /// The closing checklist, to read.
    ChecklistMarkdown,
    /// The closing checklist as a page for a browser.
    ChecklistHtml,
    /// The closing checklist, for programs.
    ChecklistJson,
}

impl ExportFormat {
    /// Forms of the whole audit, in the order of the dialog.
    pub const AUDIT: [ExportFormat; 6] = [
        ExportFormat::Json,
        ExportFormat::Csv,
        ExportFormat::Markdown,
        ExportFormat::Html,
        ExportFormat::Sarif,
        ExportFormat::Openmetrics,
    ];

    /// Forms of the closing checklist by itself, which its screen offers first.
    pub const CHECKLIST: [ExportFormat; 3] =
        [ExportFormat::ChecklistMarkdown, ExportFormat::ChecklistHtml, ExportFormat::ChecklistJson];

    /// Its name in the dialog.
    pub fn word(self) -> &'static str {
        match self {
            ExportFormat::Json | ExportFormat::ChecklistJson => "json",
            ExportFormat::Csv => "csv",
            ExportFormat::Markdown | ExportFormat::ChecklistMarkdown => "markdown",
            ExportFormat::Html | ExportFormat::ChecklistHtml => "html",
            ExportFormat::Sarif => "sarif",
            ExportFormat::Openmetrics => "openmetrics",
        }
    }

    /// What it holds.
    pub fn about(self) -> &'static str {
        match self {
            ExportFormat::Json => "the whole audit, for programs",
            ExportFormat::Csv => "findings, one a line",
            ExportFormat::Markdown => "a report to read",
            ExportFormat::Html => "one page, to mail or print",
            ExportFormat::Sarif => "for code-scanning dashboards",
            ExportFormat::Openmetrics => "figures for a metrics scraper",
            ExportFormat::ChecklistMarkdown => "the checklist, to read",
            ExportFormat::ChecklistHtml => "the checklist, for a browser",
            ExportFormat::ChecklistJson => "the checklist, for programs",
        }
    }
}

/// What to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rescan {
    /// Everything.
    All,
    /// One kind in one region.
    Cell(Cell),
}
