//! Everything the screen remembers between two keys.

use std::collections::HashSet;

use jiff::Timestamp;

use super::cleanup::{Cleanup, Journals};
use super::filter::Filter;
use super::keymap::{Keymap, KeymapError};
use super::line::Line;
use super::look::Look;
use super::marks::Marks;
use super::overlay::Overlay;
use super::pane::Pane;
use super::rows::{self, Index};
use super::run::{Options, Origin};
use crate::audit::{Audit, Digest};
use crate::model::{Finding, Usd};

/// A screen, named by the key that leads to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScreenId {
    /// The scan while it runs, the figures afterwards.
    #[default]
    Overview,
    /// Findings and the detail of one.
    Findings,
    /// Quotas.
    Quotas,
    /// Bill.
    Bill,
    /// What stands against closing the account.
    Checklist,
    /// The plan of the marks, and the run that applies it.
    Cleanup,
    /// What was done, as the journals have it.
    Journal,
    /// What could not be looked at.
    Coverage,
}

impl ScreenId {
    /// Every screen, in the order of the tabs.
    pub const ALL: [ScreenId; 8] = [
        ScreenId::Overview,
        ScreenId::Findings,
        ScreenId::Quotas,
        ScreenId::Bill,
        ScreenId::Checklist,
        ScreenId::Cleanup,
        ScreenId::Journal,
        ScreenId::Coverage,
    ];

    /// The word on its tab.
    pub fn title(self) -> &'static str {
        match self {
            ScreenId::Overview => "Overview",
            ScreenId::Findings => "Findings",
            ScreenId::Quotas => "Quotas",
            ScreenId::Bill => "Bill",
            ScreenId::Checklist => "Checklist",
            ScreenId::Cleanup => "Cleanup",
            ScreenId::Journal => "Journal",
            ScreenId::Coverage => "Coverage",
        }
    }

    /// The digit on its tab.
    pub fn digit(self) -> char {
        match self {
            ScreenId::Overview => '1',
            ScreenId::Findings => '2',
            ScreenId::Quotas => '3',
            ScreenId::Bill => '4',
            ScreenId::Checklist => '5',
            ScreenId::Cleanup => '6',
            ScreenId::Journal => '7',
            ScreenId::Coverage => '8',
        }
    }

    /// The screen `delta` tabs further, round and round.
    pub fn step(self, delta: isize) -> ScreenId {
        let count = ScreenId::ALL.len() as isize;
        ScreenId::ALL[(self as isize + delta).rem_euclid(count) as usize]
    }
}

/// What a screen remembers while another is shown.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Cursor, scroll, order and the text of the filter.
    pub pane: Pane,
    /// The filter, understood. A broken one being typed leaves the last good one here.
    pub filter: Filter,
    /// Which pane has the focus, 0 the main one.
    pub focus: usize,
    /// Whether that pane fills the screen.
    pub zoom: bool,
    /// Lines the second pane is scrolled down.
    pub scroll: usize,
    /// Filters kept with Enter, newest last.
    pub history: Vec<String>,
    /// Indexes into the audit's list, sorted and filtered.
    pub rows: Vec<usize>,
    /// Whether `rows` has to be worked out anew.
    pub stale: bool,
}

/// A filter being typed, or what is looked for in a log.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// What stands in the input line.
    pub line: Line,
    /// What is wrong with it.
    pub error: Option<String>,
    /// How many filters back `Up` has gone.
    pub recalled: usize,
    /// Whether it is looked for in the log of a run, and filters nothing.
    pub is_search: bool,
}

/// A line for the message line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// Something was done.
    Done(String),
    /// Something did not work.
    Failed(String),
}

/// Everything the screen remembers.
#[derive(Clone, Debug)]
pub struct Model {
    /// What is known about the account.
    pub audit: Audit,
    /// Sums over it.
    pub digest: Digest,
    /// Colours and signs.
    pub look: Look,
    /// Whether the terminal reports the mouse.
    pub mouse: bool,
    /// Whether the running sign turns.
    pub animations: bool,
    /// Whether account ids, ARNs and addresses are masked.
    pub privacy: bool,
    /// Where the audit comes from.
    pub origin: Origin,
    /// Keys in force.
    pub keymap: Keymap,
    /// Whether looking again is possible.
    pub can_rescan: bool,
    /// The screen shown.
    pub screen: ScreenId,
    /// What each screen remembers.
    pub views: [View; ScreenId::ALL.len()],
    /// Marked resources.
    pub marks: Marks,
    /// The plan of the marks, its rehearsal, and the run that applies it.
    pub cleanup: Cleanup,
    /// What was done in this account before.
    pub journals: Journals,
    /// Whether only marked findings are listed.
    pub marked_only: bool,
    /// The finding where a range began, by its key in the index.
    pub range: Option<u64>,
    /// The finding under the cursor, so that it can be found again in a new list.
    pub at: Option<u64>,
    /// Findings that may be listed while new ones are held back. `None` when nothing is held back.
    pub admitted: Option<HashSet<u64>>,
    /// How many findings are held back.
    pub held: usize,
    /// Dollars a month over the findings listed, without locked and managed ones.
    pub listed: Usd,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// The filter being typed.
    pub typing: Option<Typing>,
    /// What the message line says. Gone at the next key.
    pub say: Option<Say>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Turns while something runs.
    pub tick: u8,
    /// Milliseconds since the start.
    pub clock_ms: u64,
    /// Time of day.
    pub now: Timestamp,
    /// When the scan was first seen running.
    pub scan_from_ms: u64,
    /// When a cell or a step of a phase last came to its end.
    pub progress_ms: u64,
    /// When Ctrl-C was last pressed.
    pub interrupted_ms: Option<u64>,
    /// Whether the program ends when the cleanup under way has ended.
    pub is_ending: bool,
    /// Whether the scan is held.
    pub paused: bool,
    /// Whether the audit changed since the digest was worked out.
    pub digest_stale: bool,
    pub(super) findings_changed: bool,
    pub(super) index: Index,
}

impl Model {
    /// A model of an audit. Errors when the user's keys cannot be used.
    pub fn new(audit: Audit, options: &Options) -> Result<Model, KeymapError> {
        let mut model = Model {
            digest: Digest::of(&audit),
            look: Look::new(options.theme, options.ascii, options.depth),
            mouse: options.mouse,
            animations: options.animations,
            privacy: options.privacy,
            origin: options.origin.clone(),
            keymap: Keymap::new(&options.keys)?,
            can_rescan: false,
            screen: ScreenId::Overview,
            views: Default::default(),
            marks: Marks::default(),
            cleanup: Cleanup::new(options.allow_apply, options.is_protected),
            journals: Journals::default(),
            marked_only: false,
            range: None,
            at: None,
            admitted: None,
            held: 0,
            listed: Usd::ZERO,
            overlay: None,
            typing: None,
            say: None,
            size: (80, 24),
            tick: 0,
            clock_ms: 0,
            now: audit.started_at,
            scan_from_ms: 0,
            progress_ms: 0,
            interrupted_ms: None,
            is_ending: false,
            paused: false,
            digest_stale: false,
            findings_changed: true,
            index: Index::default(),
            audit,
        };
        model.stale_all();
        model.refresh();
        Ok(model)
    }

    /// What the screen shown remembers.
    pub fn view(&self) -> &View {
        self.view_of(self.screen)
    }

    /// What a screen remembers.
    pub fn view_of(&self, screen: ScreenId) -> &View {
        &self.views[screen as usize]
    }

    /// What the screen shown remembers, to be changed.
    pub fn view_mut(&mut self) -> &mut View {
        &mut self.views[self.screen as usize]
    }

    /// Whether a scan is running.
    pub fn is_running(&self) -> bool {
        self.audit.is_running()
    }

    /// Whether something goes on that a turning sign stands for: a scan, a dry run, a cleanup, a look at the account.
    pub fn is_busy(&self) -> bool {
        self.is_running() || self.cleanup.is_busy() || self.journals.is_busy()
    }

    /// Remembers which finding the cursor is on.
    pub fn remember(&mut self) {
        let view = &self.views[ScreenId::Findings as usize];
        self.at = view.rows.get(view.pane.cursor).and_then(|row| self.index.key(*row));
    }

    /// The finding under the cursor. `None` when none is listed.
    pub fn current(&self) -> Option<&Finding> {
        let view = self.view_of(ScreenId::Findings);
        view.rows.get(view.pane.cursor).and_then(|index| self.audit.findings.get(*index))
    }

    /// Marks every list as out of date.
    pub fn stale_all(&mut self) {
        for view in &mut self.views {
            view.stale = true;
        }
    }

    /// Marks the list of the screen shown as out of date.
    pub fn stale(&mut self) {
        self.view_mut().stale = true;
    }

    /// Works out anew what depends on what changed: the list of the screen shown, the total of the marks. The
    /// cursor stays on its finding where that is still listed.
    pub fn refresh(&mut self) {
        if self.findings_changed {
            self.findings_changed = false;
            self.index = Index::of(&self.audit.findings);
            self.marks.count(&self.audit.findings, self.index.resources());
            self.views[ScreenId::Findings as usize].stale = true;
        }
        if self.view().stale {
            rows::refresh(self);
            self.view_mut().stale = false;
        }
    }

    /// Does ahead of time what the first key of a filter would wait for.
    pub fn prepare(&mut self) {
        if !self.findings_changed {
            self.index.fill(&self.audit.findings);
        }
    }

    /// Works out anew the sums over the audit.
    pub fn digest(&mut self) {
        if self.digest_stale {
            self.digest_stale = false;
            self.digest = Digest::of(&self.audit);
        }
    }
}
