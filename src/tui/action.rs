//! Everything a key can do: one table with names, default keys, places and help.
//!
//! Key line, help, palette and the printed key list are made from it.

use super::model::ScreenId;

/// Something a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says what each does")]
pub enum Action {
    Down,
    Up,
    Left,
    Right,
    Collapse,
    Expand,
    First,
    Last,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    NextPane,
    PreviousPane,
    Overview,
    Findings,
    Quotas,
    Bill,
    Checklist,
    Cleanup,
    Journal,
    Coverage,
    PreviousScreen,
    NextScreen,
    Open,
    Back,
    Zoom,
    Filter,
    Pick,
    Sort,
    Reverse,
    MarkedOnly,
    ShowNew,
    Palette,
    Help,
    Mark,
    Tick,
    Range,
    MarkAll,
    UnmarkAll,
    Score,
    Ignore,
    Recheck,
    CopyId,
    CopyArn,
    CopyCommand,
    Console,
    ConsoleAddress,
    HideUnused,
    Fold,
    FailedOnly,
    Group,
    Period,
    Pause,
    DryRun,
    Apply,
    StopApply,
    FollowLog,
    SearchLog,
    NextHit,
    PreviousHit,
    DropStep,
    MoveDown,
    MoveUp,
    Dependents,
    Owners,
    Locks,
    /// Stop, detach and mark instead of deleting.
    Quarantine,
    Script,
    Undo,
    Verify,
    Diff,
    Rescan,
    Export,
    Privacy,
    Theme,
    Settings,
    Redraw,
    NoDelete,
    NoCut,
    Suspend,
    Interrupt,
    Quit,
}

/// Under which heading the help lists an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Moving about.
    Move,
    /// Finding rows and commands.
    Find,
    /// What only some screens have.
    Here,
    /// What every screen has.
    Everywhere,
}

impl Group {
    /// Headings in the order the help shows them.
    pub const ALL: [Group; 4] = [Group::Move, Group::Find, Group::Here, Group::Everywhere];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Move => "Move",
            Group::Find => "Find",
            Group::Here => "This screen",
            Group::Everywhere => "Everywhere",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does, for the program.
    pub action: Action,
    /// What a settings file calls it.
    pub name: &'static str,
    /// Keys it has unless rebound.
    pub keys: &'static [&'static str],
    /// Screens it works on.
    pub screens: &'static [ScreenId],
    /// Heading in the help.
    pub group: Group,
    /// What it does, for people.
    pub help: &'static str,
}

use ScreenId::{
    Bill as B, Checklist as L, Cleanup as K, Coverage as C, Findings as F, Journal as J, Overview as O, Quotas as Q,
};

const ALL: &[ScreenId] = &ScreenId::ALL;
const LISTS: &[ScreenId] = &[F, Q, B, L, C];
const FLAT: &[ScreenId] = &[O, F, Q, L, K, J, C];
/// Screens with nothing to take out.
const NO_PLAN: &[ScreenId] = &[O, F, Q, B, L, J, C];
const TABLES: &[ScreenId] = &[F, Q, B];

const fn entry(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    screens: &'static [ScreenId],
    group: Group,
    help: &'static str,
) -> Entry {
    Entry { action, name, keys, screens, group, help }
}

use Group::{Everywhere, Find, Here, Move};

/// Every action, in the order the help lists them.
pub const TABLE: &[Entry] = &[
    entry(Action::Down, "down", &["j", "Down"], ALL, Move, "next row"),
    entry(Action::Up, "up", &["k", "Up"], ALL, Move, "previous row"),
    entry(Action::Left, "left", &["h", "Left"], FLAT, Move, "pane to the left"),
    entry(Action::Right, "right", &["l", "Right"], FLAT, Move, "pane to the right"),
    entry(Action::Collapse, "collapse", &["h", "Left"], &[B], Move, "shut the group"),
    entry(Action::Expand, "expand", &["l", "Right"], &[B], Move, "open the group"),
    entry(Action::First, "first", &["g", "Home"], ALL, Move, "first row"),
    entry(Action::Last, "last", &["G", "End"], ALL, Move, "last row"),
    entry(Action::HalfDown, "half-page-down", &["Ctrl-d"], ALL, Move, "half a page down"),
    entry(Action::HalfUp, "half-page-up", &["Ctrl-u"], ALL, Move, "half a page up"),
    entry(Action::PageDown, "page-down", &["PgDn"], ALL, Move, "a page down"),
    entry(Action::PageUp, "page-up", &["PgUp"], ALL, Move, "a page up"),
    entry(Action::NextPane, "next-pane", &["Tab"], ALL, Move, "next pane"),
    entry(Action::PreviousPane, "previous-pane", &["Shift-Tab"], ALL, Move, "previous pane"),
    entry(Action::Overview, "overview", &["1"], ALL, Move, "overview, or the scan while it runs"),
    entry(Action::Findings, "findings", &["2"], ALL, Move, "findings"),
    entry(Action::Quotas, "quotas", &["3"], ALL, Move, "quotas"),
    entry(Action::Bill, "bill", &["4"], ALL, Move, "bill"),
    entry(Action::Checklist, "checklist", &["5"], ALL, Move, "checklist: what bars closing"),
    entry(Action::Cleanup, "cleanup", &["6"], ALL, Move, "cleanup: the plan of the marks"),
    entry(Action::Journal, "journal", &["7"], ALL, Move, "journal: what was done before"),
    entry(Action::Coverage, "coverage", &["8"], ALL, Move, "coverage: what could not be looked at"),
    entry(Action::PreviousScreen, "previous-screen", &["["], ALL, Move, "previous screen"),
    entry(Action::NextScreen, "next-screen", &["]"], ALL, Move, "next screen"),
    entry(Action::Open, "open", &["Enter"], ALL, Move, "open; never starts anything"),
    entry(Action::Back, "back", &["Esc"], ALL, Move, "one step back; never quits"),
    entry(Action::Zoom, "zoom", &["z"], ALL, Move, "the pane alone, and back"),
    entry(Action::Filter, "filter", &["/"], LISTS, Find, "filter while typing"),
    entry(Action::Pick, "pick-filter", &["f"], LISTS, Find, "filter by a listed value"),
    entry(Action::Sort, "sort", &["s"], TABLES, Find, "choose the order"),
    entry(Action::Reverse, "reverse", &["S"], TABLES, Find, "turn the order round"),
    entry(Action::MarkedOnly, "marked-only", &["*"], &[F], Find, "marked rows only, and back"),
    entry(Action::ShowNew, "show-new", &["."], &[F], Find, "show rows held back"),
    entry(Action::Palette, "palette", &[":"], ALL, Find, "every command by name"),
    entry(Action::Help, "help", &["?", "F1"], ALL, Find, "this help"),
    entry(Action::Mark, "mark", &["Space"], &[F, Q], Here, "mark or unmark, to plan for"),
    entry(Action::Tick, "tick", &["Space"], &[L], Here, "tick by hand, or take it back"),
    entry(Action::Range, "mark-range", &["v"], &[F], Here, "begin a range; Space marks it"),
    entry(Action::MarkAll, "mark-all", &["M"], &[F], Here, "mark all rows shown (says how many, asks)"),
    entry(Action::UnmarkAll, "unmark-all", &["U"], &[F], Here, "unmark all"),
    entry(Action::Ignore, "ignore", &["i"], &[F], Here, "set it aside, with a reason"),
    entry(Action::Score, "why-score", &["w"], &[F], Here, "why this score"),
    entry(Action::Recheck, "recheck", &["r"], &[F, C], Here, "look at this one again"),
    entry(Action::CopyId, "copy-id", &["y"], LISTS, Here, "copy the id or the line"),
    entry(Action::CopyArn, "copy-arn", &["Y"], &[F], Here, "copy the ARN"),
    entry(Action::CopyCommand, "copy-command", &["c"], &[F, Q, K, J, C], Here, "copy the command or policy"),
    entry(Action::Console, "console", &["o"], &[F, Q], Here, "open in the AWS console"),
    entry(Action::ConsoleAddress, "console-address", &["O"], &[F, Q], Here, "show and copy the console address"),
    entry(Action::HideUnused, "hide-unused", &["u"], &[Q], Here, "hide unused quotas, and back"),
    entry(Action::Fold, "fold-regions", &["F"], &[Q], Here, "a row for each region, and back"),
    entry(Action::FailedOnly, "failed-only", &["F"], &[L], Here, "what does not pass, and back"),
    entry(Action::Group, "group", &["b"], &[B], Here, "group by service or by region"),
    entry(Action::Period, "period", &["m"], &[B], Here, "30 days, last or this month"),
    entry(Action::Pause, "pause", &["p"], &[O], Here, "hold the scan, and go on"),
    entry(Action::DryRun, "dry-run", &["D"], &[K, J], Here, "dry run: changes nothing"),
    entry(Action::Apply, "apply", &["A"], &[K, J], Here, "apply: asks for the phrase"),
    entry(Action::StopApply, "stop-apply", &["S"], &[K], Here, "stop after steps under way"),
    entry(Action::FollowLog, "follow-log", &["f"], &[K], Here, "hold the log, and follow it"),
    entry(Action::SearchLog, "search-log", &["/"], &[K], Here, "look for it in the log"),
    entry(Action::NextHit, "next-hit", &["n"], &[K], Here, "the next line that has it"),
    entry(Action::PreviousHit, "previous-hit", &["N"], &[K], Here, "the line before that has it"),
    entry(Action::DropStep, "drop-step", &["x"], &[K], Here, "take it out of the plan"),
    entry(Action::MoveDown, "move-step-down", &["J"], &[K], Here, "do it later in its wave"),
    entry(Action::MoveUp, "move-step-up", &["K"], &[K], Here, "do it earlier in its wave"),
    entry(Action::Dependents, "add-dependents", &["a"], &[K], Here, "add what has to go first"),
    entry(Action::Owners, "add-owners", &["o"], &[K], Here, "plan for owners instead"),
    entry(Action::Locks, "lift-locks", &["L"], &[K], Here, "lift locks of AWS's own"),
    entry(Action::Quarantine, "quarantine", &["Q"], &[K], Here, "quarantine instead of deletion"),
    entry(Action::Script, "write-script", &["W"], &[K], Here, "write a shell script"),
    entry(Action::Undo, "undo-commands", &["u"], &[J], Here, "show the undo commands"),
    entry(Action::Verify, "verify", &["v"], &[J], Here, "hold it against the account"),
    entry(Action::Diff, "diff", &["="], &[J], Here, "compare two saved audits"),
    entry(Action::Rescan, "rescan", &["R"], ALL, Everywhere, "scan everything again"),
    entry(Action::Export, "export", &["E"], ALL, Everywhere, "write JSON, CSV, HTML and more"),
    entry(Action::Privacy, "privacy", &["P"], ALL, Everywhere, "hide ids, ARNs and addresses"),
    entry(Action::Theme, "theme", &["T"], ALL, Everywhere, "next theme"),
    entry(Action::Settings, "settings", &[","], ALL, Everywhere, "settings"),
    entry(Action::Redraw, "redraw", &["Ctrl-l"], ALL, Everywhere, "paint the screen anew"),
    entry(Action::NoDelete, "delete", &["d", "Delete", "Backspace"], ALL, Everywhere, "nothing: no key deletes"),
    entry(Action::NoCut, "cut", &["x"], NO_PLAN, Everywhere, "nothing: no key deletes"),
    entry(Action::Suspend, "suspend", &["Ctrl-z"], ALL, Everywhere, "suspend; fg comes back"),
    entry(Action::Interrupt, "stop", &["Ctrl-c"], ALL, Everywhere, "stop and keep; else quit"),
    entry(Action::Quit, "quit", &["q"], ALL, Everywhere, "quit; asks if busy"),
];

impl Action {
    /// Its row of the table.
    pub fn entry(self) -> &'static Entry {
        let found = TABLE.iter().find(|entry| entry.action == self);
        found.unwrap_or(&TABLE[0])
    }

    /// Whether it works on a screen.
    pub fn works_on(self, screen: ScreenId) -> bool {
        self.entry().screens.contains(&screen)
    }
}

/// What the key line of a screen offers, most useful first, with the word for it there. On the cleanup a run counts as
/// running, elsewhere a scan.
pub fn key_line(screen: ScreenId, running: bool) -> &'static [(Action, &'static str)] {
    match (screen, running) {
        (ScreenId::Overview, true) => &[
            (Action::Findings, "findings so far"),
            (Action::Pause, "pause"),
            (Action::Interrupt, "stop and keep"),
            (Action::Zoom, "zoom"),
        ],
        (ScreenId::Overview, false) => &[
            (Action::NextPane, "pane"),
            (Action::Open, "open"),
            (Action::NextScreen, "screen"),
            (Action::Rescan, "rescan"),
            (Action::Export, "export"),
            (Action::Palette, "commands"),
        ],
        (ScreenId::Findings, _) => &[
            (Action::Mark, "mark"),
            (Action::Cleanup, "plan"),
            (Action::Open, "detail"),
            (Action::Sort, "sort"),
            (Action::Filter, "filter"),
            (Action::Score, "why"),
            (Action::CopyId, "id"),
            (Action::CopyArn, "ARN"),
            (Action::CopyCommand, "CLI"),
            (Action::Console, "console"),
            (Action::Export, "export"),
        ],
        (ScreenId::Quotas, _) => &[
            (Action::Sort, "sort"),
            (Action::Filter, "filter"),
            (Action::HideUnused, "used only"),
            (Action::Fold, "regions"),
            (Action::Mark, "mark leftovers"),
            (Action::CopyCommand, "copy CLI"),
            (Action::Console, "console"),
            (Action::Zoom, "zoom"),
        ],
        (ScreenId::Bill, _) => &[
            (Action::Sort, "sort"),
            (Action::Filter, "filter"),
            (Action::Open, "usage types"),
            (Action::Period, "month/30 d"),
            (Action::Group, "group"),
            (Action::Zoom, "zoom"),
            (Action::Export, "export"),
        ],
        (ScreenId::Checklist, _) => &[
            (Action::Tick, "tick by hand"),
            (Action::Open, "evidence"),
            (Action::FailedOnly, "failed only"),
            (Action::Export, "export"),
            (Action::NextPane, "pane"),
            (Action::Filter, "filter"),
            (Action::CopyId, "id"),
            (Action::Zoom, "zoom"),
        ],
        (ScreenId::Cleanup, true) => &[
            (Action::StopApply, "stop after current steps"),
            (Action::FollowLog, "hold log"),
            (Action::SearchLog, "search log"),
            (Action::NextPane, "pane"),
            (Action::Zoom, "zoom"),
        ],
        (ScreenId::Cleanup, false) => &[
            (Action::DryRun, "dry run"),
            (Action::Apply, "apply"),
            (Action::DropStep, "drop step"),
            (Action::Dependents, "dependents"),
            (Action::Owners, "owners"),
            (Action::Locks, "locks"),
            (Action::Quarantine, "quarantine"),
            (Action::Script, "script"),
            (Action::CopyCommand, "CLI"),
            (Action::MoveDown, "later in wave"),
        ],
        (ScreenId::Journal, _) => &[
            (Action::Open, "detail"),
            (Action::Verify, "verify again"),
            (Action::Undo, "undo commands"),
            (Action::CopyCommand, "copy undo"),
            (Action::DryRun, "try what is left"),
            (Action::Apply, "go on"),
            (Action::Diff, "diff"),
            (Action::NextPane, "pane"),
        ],
        (ScreenId::Coverage, _) => &[
            (Action::Recheck, "rescan cell"),
            (Action::CopyCommand, "copy policy"),
            (Action::Filter, "filter"),
            (Action::NextPane, "pane"),
            (Action::Zoom, "zoom"),
        ],
    }
}
