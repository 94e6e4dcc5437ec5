//! Journeys: a string of keys in, what is on the screen and what was wished for out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use unicode_width::UnicodeWidthStr;

use super::cleanup::News;
use super::effect::Effect;
use super::key::Key;
use super::look::{ColorDepth, Theme};
use super::message::Message;
use super::model::{Model, Say, ScreenId};
use super::run::{Options, Origin};
use super::update::update;
use super::view::{self, sample};
use crate::audit::Audit;
use crate::model::{Event, Finding, Kind, Resource};
use crate::plan::{self, Know, Plan};

/// A person at the keyboard.
pub struct Journey {
    /// What the screen remembers.
    pub model: Model,
    /// Every wish so far.
    pub effects: Vec<Effect>,
}

/// Options without anything special.
pub fn options() -> Options {
    Options {
        theme: Theme::Ansi,
        depth: ColorDepth::Ansi16,
        ascii: false,
        mouse: true,
        animations: true,
        privacy: false,
        origin: Origin::Live,
        allow_apply: false,
        is_protected: false,
        keys: BTreeMap::new(),
    }
}

/// A resource of a kind, out of the sample account.
pub fn resource(kind: &'static str, id: &str) -> Resource {
    let mut resource = sample::audit().findings[0].resource.clone();
    resource.kind = Kind::new(kind);
    resource.id = id.to_owned();
    resource.name = None;
    resource
}

impl Journey {
    /// In front of an audit, on a screen of 100×30.
    pub fn of(audit: Audit) -> Journey {
        let model = Model::new(audit, &options()).expect("the keys of the table");
        let mut journey = Journey { model, effects: Vec::new() };
        journey.tell(Message::Clock(0, sample::began_at()));
        journey.sized(100, 30)
    }

    /// In front of the sample account, scanned.
    pub fn begin() -> Journey {
        Journey::of(sample::audit())
    }

    /// On a screen of another size.
    pub fn sized(mut self, columns: u16, rows: u16) -> Journey {
        self.tell(Message::Resize(columns, rows));
        self
    }

    /// Takes a message in. Plans are made at once, with nothing kept; every other wish is noted down.
    pub fn tell(&mut self, message: Message) {
        for effect in update(&mut self.model, message) {
            let Effect::Plan(marks, allowed) = &effect else {
                self.effects.push(effect);
                continue;
            };
            let know = Know { remedies: &|kind| plan::remedy(kind), keeps: &|_| None };
            let plan = plan::plan(&self.model.audit, marks, *allowed, know).map_err(|error| error.to_string());
            let (grace, now) = (self.model.cleanup.grace, self.model.now);
            let plan = plan.and_then(|plan| super::cleanup::with_grace(plan, grace, now));
            self.clean(News::Planned(plan));
        }
    }

    /// News of a cleanup.
    pub fn clean(&mut self, news: News) {
        self.tell(Message::Cleanup(Box::new(news)));
    }

    /// The plan on the screen.
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(self.model.cleanup.plan.as_ref().expect("a plan"))
    }

    /// News of the scan, and the picture after it.
    pub fn news(&mut self, event: Event) {
        self.tell(Message::Event(Box::new(event)));
        self.model.digest();
        self.model.refresh();
    }

    /// Presses keys: a letter each, or a name in angle brackets: `2jj<Space><Ctrl-c>`.
    pub fn press(&mut self, keys: &str) -> &mut Journey {
        let mut rest = keys;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>')).filter(|(name, _)| name.len() > 1);
            let event = match named {
                Some((name, tail)) => {
                    rest = tail;
                    name.parse::<Key>().expect("a key in a journey").event()
                }
                None => {
                    rest = &rest[c.len_utf8()..];
                    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
                }
            };
            self.tell(Message::Key(event));
        }
        self
    }

    /// What the message line says.
    pub fn says(&self) -> &str {
        match &self.model.say {
            Some(Say::Done(text) | Say::Failed(text)) => text,
            None => "",
        }
    }

    /// The finding under the cursor.
    pub fn current(&self) -> &Finding {
        self.model.current().expect("a finding under the cursor")
    }

    /// Ids of the resources listed, from the top.
    pub fn listed(&self) -> Vec<String> {
        let rows = &self.model.view_of(ScreenId::Findings).rows;
        rows.iter().map(|row| self.model.audit.findings[*row].resource.id.clone()).collect()
    }

    /// The screen as text, without blanks at the ends of lines.
    pub fn picture(&mut self) -> String {
        self.model.digest();
        self.model.refresh();
        let (columns, rows) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
        terminal.draw(|frame| view::draw(&self.model, frame)).expect("drawing in memory");
        let buffer = terminal.backend().buffer();
        let lines = (0..rows).map(|y| {
            let mut line = String::new();
            let mut x = 0;
            while let Some(cell) = buffer.cell((x, y)).filter(|_| x < columns) {
                line.push_str(cell.symbol());
                // A wide letter covers the cell behind it.
                x += u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
