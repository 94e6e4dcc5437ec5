//! What may lie over a screen: help, palette, choices, questions, a text to read.

use std::sync::Arc;

use super::action::{Action, Group, TABLE};
use super::cleanup::Rest;
use super::effect::ExportFormat;
use super::keymap::Keymap;
use super::line::Line;
use super::model::ScreenId;
use crate::audit::changes::Changes;
use crate::plan::Plan;

/// The one thing on top of the screen. There is never more than one.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// A list to choose from.
    Choose(Chooser),
    /// A question that `y` answers with yes and anything else with no.
    Ask(Ask),
    /// A text to read.
    Read(Read),
    /// The typed confirmation of a plan.
    Confirm(Confirm),
    /// What is different between two saved audits.
    Changes(Diff),
    /// A finding that is to be set aside.
    SetAside(SetAside),
    /// An item of the checklist that is to be ticked.
    Tick(Ticking),
}

/// Which list is open: it says how it is drawn and whether typing narrows it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Keys and what they do.
    Help,
    /// Commands by name.
    Palette,
    /// Columns to sort by.
    Sort,
    /// Values to filter by.
    Pick,
    /// Forms to export.
    Export,
    /// Settings.
    Settings,
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Chooser {
    /// Which.
    pub list: List,
    /// What is typed to narrow it down.
    pub query: Line,
    /// Everything in it.
    pub items: Vec<Item>,
    /// Indexes of the items that fit the query, best first.
    pub shown: Vec<usize>,
    /// Position among those shown.
    pub cursor: usize,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Heading it stands under; empty without.
    pub group: &'static str,
    /// At the left: its keys, or its name.
    pub label: String,
    /// Behind it.
    pub note: String,
    /// What choosing it does.
    pub then: Then,
}

/// What choosing a row does.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// As if its key were pressed.
    Run(Action),
    /// Sorts by a column.
    SortBy(usize),
    /// Adds a word to the filter.
    FilterBy(String),
    /// Writes a file.
    Export(ExportFormat),
    /// Changes a setting and stays.
    Set(Setting),
}

/// What the settings overlay can change, for this run only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Next theme.
    Theme,
    /// Mouse on or off.
    Mouse,
    /// Turning sign on or off.
    Animations,
    /// Masking on or off.
    Privacy,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The question, a few lines.
    pub lines: Vec<String>,
    /// What yes does.
    pub yes: Yes,
}

/// What a yes does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yes {
    /// Leaves.
    Quit,
    /// Marks every row shown.
    MarkAll,
    /// Scans everything again.
    Rescan,
    /// Suspends the program.
    Suspend,
}

/// The typed confirmation of a plan. Nothing but its phrase, letter by letter, begins anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// The plan.
    pub plan: Arc<Plan>,
    /// What is typed so far.
    pub typed: Line,
    /// What is left of the run that is to be taken up. Absent when the plan is begun.
    pub rest: Option<Rest>,
    /// When it was opened, on the model's clock: keys that were on their way before are thrown away.
    pub opened_ms: u64,
}

impl Confirm {
    /// Whether what is typed is the phrase.
    pub fn fits(&self) -> bool {
        self.typed.text() == self.plan.phrase()
    }
}

/// A finding that is to be set aside, with what is typed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    /// Id of the finding.
    pub id: String,
    /// What people call its resource.
    pub label: String,
    /// The reason.
    pub why: Line,
    /// The last day.
    pub until: Line,
    /// Whether the day is being typed, and not the reason.
    pub on_day: bool,
    /// What is wrong with it. Empty when nothing is known to be.
    pub wrong: String,
}

impl SetAside {
    /// The line that is being typed.
    pub fn field(&mut self) -> &mut Line {
        if self.on_day { &mut self.until } else { &mut self.why }
    }
}

/// An item of the checklist that is to be settled by hand, with the note as typed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticking {
    /// Name of the item.
    pub id: String,
    /// What is asked.
    pub title: String,
    /// What was checked.
    pub note: Line,
    /// What is wrong with it. Empty when nothing is known to be.
    pub wrong: &'static str,
}

/// What is different between two saved audits.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    /// The changes.
    pub changes: Box<Changes>,
    /// The line the cursor is on.
    pub cursor: usize,
    /// Whether what is as it was is shown one by one.
    pub unchanged: bool,
}

/// A text to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Title.
    pub title: String,
    /// Its lines, unwrapped.
    pub lines: Vec<String>,
}

impl Chooser {
    /// A list with its first row under the cursor.
    pub fn new(list: List, items: Vec<Item>) -> Chooser {
        let shown = (0..items.len()).collect();
        Chooser { list, query: Line::default(), items, shown, cursor: 0 }
    }

    /// The keys of a screen under their headings. Actions that belong together share a row.
    pub fn help(screen: ScreenId, keymap: &Keymap) -> Chooser {
        let mut items = Vec::new();
        for group in Group::ALL {
            for entry in TABLE.iter().filter(|entry| entry.group == group && entry.screens.contains(&screen)) {
                let here = |actions: &[Action]| actions.iter().all(|action| action.works_on(screen));
                let together = TOGETHER.iter().find(|(actions, _)| actions.contains(&entry.action) && here(actions));
                let (label, note) = match together {
                    Some((actions, _)) if actions[0] != entry.action => continue,
                    Some((actions, note)) => (keys_of_all(keymap, actions), *note),
                    None => (keymap.key_names(entry.action), entry.help),
                };
                let then = Then::Run(entry.action);
                items.push(Item { group: group.title(), label, note: note.to_owned(), then });
            }
        }
        Chooser::new(List::Help, items)
    }

    /// Every command of a screen by name.
    pub fn palette(screen: ScreenId, keymap: &Keymap) -> Chooser {
        let here = TABLE.iter().filter(|entry| entry.screens.contains(&screen) && entry.action != Action::Palette);
        let items = here.map(|entry| Item {
            group: "",
            label: format!("{:<16} {}", entry.name, entry.help),
            note: keymap.key_names(entry.action),
            then: Then::Run(entry.action),
        });
        Chooser::new(List::Palette, items.collect())
    }

    /// Whether letters go to the query instead of moving the cursor.
    pub fn is_typed(&self) -> bool {
        matches!(self.list, List::Help | List::Palette | List::Pick)
    }

    /// Works out anew which items fit the query.
    pub fn narrow(&mut self) {
        let query = self.query.text().to_lowercase();
        let mut fitting: Vec<(u32, usize, usize)> = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let text = format!("{} {}", item.label, item.note).to_lowercase();
            let fit = if self.list == List::Palette { fuzzy(&query, &text) } else { contains(&query, &text) };
            // Of two names that begin alike the shorter one is meant: `mark` before `mark-all`.
            let name = if self.list == List::Palette { item.label.find(' ').unwrap_or(item.label.len()) } else { 0 };
            fitting.extend(fit.map(|distance| (distance, name, index)));
        }
        fitting.sort_unstable();
        self.shown = fitting.into_iter().map(|(_, _, index)| index).collect();
        self.cursor = 0;
    }

    /// The item under the cursor. `None` when nothing fits.
    pub fn chosen(&self) -> Option<&Item> {
        self.shown.get(self.cursor).and_then(|index| self.items.get(*index))
    }

    /// Moves the cursor, stopping at the ends.
    pub fn move_by(&mut self, delta: isize) {
        self.cursor = self.cursor.saturating_add_signed(delta).min(self.shown.len().saturating_sub(1));
    }
}

/// Actions that share a row of the help where all of them work, so that a screen's keys fit one page.
const TOGETHER: &[(&[Action], &str)] = &[
    (&[Action::Down, Action::Up], "next, previous row"),
    (&[Action::Left, Action::Right], "pane to the left, right"),
    (&[Action::Collapse, Action::Expand], "shut, open the group"),
    (&[Action::First, Action::Last], "first, last row"),
    (&[Action::HalfDown, Action::HalfUp], "half a page down, up"),
    (&[Action::PageDown, Action::PageUp], "a page down, up"),
    (&[Action::NextPane, Action::PreviousPane], "next, previous pane"),
    (
        &[
            Action::Overview,
            Action::Findings,
            Action::Quotas,
            Action::Bill,
            Action::Checklist,
            Action::Cleanup,
            Action::Journal,
            Action::Coverage,
        ],
        "the screen of a tab",
    ),
    (&[Action::PreviousScreen, Action::NextScreen], "previous, next screen"),
    (&[Action::Open, Action::Back], "open, one step back"),
    (&[Action::Sort, Action::Reverse], "choose the order, turn it"),
    (&[Action::MarkAll, Action::UnmarkAll], "mark all shown, unmark all"),
    (&[Action::CopyId, Action::CopyArn], "copy the id, the ARN"),
    (&[Action::Console, Action::ConsoleAddress], "console: open, address"),
    (&[Action::HideUnused, Action::Fold], "hide unused, unfold regions"),
    (&[Action::FollowLog, Action::SearchLog], "log: hold or follow, search"),
    (&[Action::NextHit, Action::PreviousHit], "log: next, previous hit"),
    (&[Action::MoveDown, Action::MoveUp], "later, earlier in its wave"),
    (&[Action::Theme, Action::Settings], "next theme, settings"),
    (&[Action::NoDelete, Action::NoCut], "nothing: no key deletes"),
];

/// First keys of all first, then second keys: `j k Down Up`.
fn keys_of_all(keymap: &Keymap, actions: &[Action]) -> String {
    let most = actions.iter().map(|action| keymap.keys_of(*action).len()).max().unwrap_or(0);
    let nth = |n: usize| actions.iter().filter_map(move |action| keymap.keys_of(*action).get(n));
    (0..most).flat_map(nth).map(|key| key.to_string()).collect::<Vec<_>>().join(" ")
}

/// Fits when every word is in the text.
fn contains(query: &str, text: &str) -> Option<u32> {
    query.split_whitespace().all(|word| text.contains(word)).then_some(0)
}

/// Fits when the letters of the query come in this order; the number says how far apart and how late.
fn fuzzy(query: &str, text: &str) -> Option<u32> {
    let query: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).collect();
    let text: Vec<char> = text.chars().collect();
    let mut best: Option<u32> = query.is_empty().then_some(0);
    let starts = text.iter().enumerate().filter(|(_, c)| Some(*c) == query.first());
    for (start, _) in starts {
        let mut place = start;
        let mut distance = start as u32;
        let mut all = true;
        for wanted in &query {
            match text[place..].iter().position(|c| c == wanted) {
                Some(skipped) => {
                    distance += skipped as u32 * 4;
                    place += skipped + 1;
                }
                None => {
                    all = false;
                    break;
                }
            }
        }
        if all {
            best = Some(best.map_or(distance, |known| known.min(distance)));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn palette(query: &str) -> Vec<String> {
        let keymap = Keymap::new(&BTreeMap::new()).expect("the keys of the table");
        let mut chooser = Chooser::palette(ScreenId::Findings, &keymap);
        chooser.query = Line::new(query);
        chooser.narrow();
        let names = chooser.shown.iter().map(|index| chooser.items[*index].label.split(' ').next().unwrap_or_default());
        names.map(str::to_owned).collect()
    }

    #[test]
    fn palette_finds_commands_by_scattered_letters_best_first() {
        assert_eq!(palette("unmark").first().map(String::as_str), Some("unmark-all"));
        assert_eq!(palette("cpcmd").first().map(String::as_str), Some("copy-command"));
        assert_eq!(palette("zoo").first().map(String::as_str), Some("zoom"));
        assert_eq!(palette("mark")[..2], ["mark", "mark-all"]);
        assert!(palette("qqqq").is_empty());
    }

    #[test]
    fn rows_of_the_help_leave_no_action_out() {
        let keymap = Keymap::new(&BTreeMap::new()).expect("the keys of the table");
        for screen in ScreenId::ALL {
            let help = Chooser::help(screen, &keymap);
            // The column of a help on 100 columns.
            assert!(help.items.iter().all(|item| item.note.len() <= 30), "{:?}", help.items);
            let labels: Vec<&str> = help.items.iter().flat_map(|item| item.label.split(' ')).collect();
            for entry in TABLE.iter().filter(|entry| entry.screens.contains(&screen)) {
                assert!(entry.keys.iter().all(|key| labels.contains(key)), "{} on {screen:?}", entry.name);
            }
        }
    }

    #[test]
    fn palette_holds_every_command_of_the_screen() {
        let names = palette("");
        assert!(names.contains(&"mark".to_owned()) && !names.contains(&"hide-unused".to_owned()));
    }
}
