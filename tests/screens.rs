//! Every screen as a reader sees it: the recorded account of `demo`, an account without findings, and one of which
//! nothing could be read, at three sizes. A picture holds the text; colours are checked apart.

#[path = "fixtures/audits.rs"]
#[allow(dead_code, reason = "the reports draw more accounts than the screens")]
mod audits;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use closeout::app;
use closeout::audit::Audit;
use closeout::model::{Event, Progress};
use closeout::plan::{self, Check, Entry, Know, News as StepNews, Outcome, Plan, Rehearsal, State, What};
use closeout::tui::cleanup::{End, News, Record};
use closeout::tui::effect::Effect;
use closeout::tui::key::Key;
use closeout::tui::message::Message;
use closeout::tui::model::Model;
use closeout::tui::update::update;
use closeout::tui::{ColorDepth, Options, Origin, Theme, view};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr;

const SMALL: (u16, u16) = (80, 24);
const MIDDLE: (u16, u16) = (100, 30);
const LARGE: (u16, u16) = (200, 60);
const ALL: [(u16, u16); 3] = [SMALL, MIDDLE, LARGE];

/// The recorded account, judged once for all tests.
fn recorded() -> Audit {
    static RECORDED: OnceLock<Audit> = OnceLock::new();
    RECORDED.get_or_init(|| app::recorded().expect("the recording built in")).clone()
}

/// Somebody in front of a screen.
struct Reader {
    model: Model,
}

fn options(origin: Origin) -> Options {
    let origin_is_demo = origin == Origin::Demo;
    Options {
        theme: Theme::Ansi,
        depth: ColorDepth::Ansi16,
        ascii: false,
        mouse: true,
        animations: true,
        privacy: false,
        origin,
        allow_apply: origin_is_demo,
        is_protected: false,
        keys: BTreeMap::new(),
    }
}

impl Reader {
    fn of(audit: Audit, options: &Options) -> Reader {
        let now = audit.finished_at.unwrap_or(audit.started_at);
        let mut reader = Reader { model: Model::new(audit, options).expect("the built-in keys") };
        reader.tell(Message::Clock(0, now));
        reader
    }

    fn demo() -> Reader {
        Reader::of(recorded(), &options(Origin::Demo))
    }

    fn live(audit: Audit) -> Reader {
        let mut reader = Reader::of(audit, &options(Origin::Live));
        reader.model.can_rescan = true;
        reader
    }

    fn with_ascii() -> Reader {
        let options = Options { ascii: true, ..options(Origin::Demo) };
        Reader::of(recorded(), &options)
    }

    /// Takes a message in. Plans are made at once, as the program makes them; nothing else is granted.
    fn tell(&mut self, message: Message) {
        for effect in update(&mut self.model, message) {
            if let Effect::Plan(marks, allowed) = effect {
                let know = Know { remedies: &|kind| plan::remedy(kind), keeps: &|_| None };
                let plan = plan::plan(&self.model.audit, &marks, allowed, know).map_err(|error| error.to_string());
                self.clean(News::Planned(plan));
            }
        }
    }

    fn clean(&mut self, news: News) {
        self.tell(Message::Cleanup(Box::new(news)));
    }

    fn plan(&self) -> &Plan {
        self.model.cleanup.plan.as_deref().expect("a plan on the screen")
    }

    /// In front of the plan of five findings, tried a minute ago.
    fn tried(keys: &str) -> Reader {
        let mut reader = Reader::demo();
        reader.press(keys);
        let (hash, at) = (reader.plan().hash.clone(), reader.model.now);
        let by = vec!["policy simulation".to_owned(), "read again".to_owned()];
        let passed = |number| (number, Check::Passed { by: by.clone(), notes: Vec::new() });
        let checks = reader.plan().steps.iter().map(|step| passed(step.number)).collect();
        reader.clean(News::Tried(Ok(Rehearsal { plan: hash, at, checks })));
        let later = at + jiff::SignedDuration::from_secs(70);
        reader.tell(Message::Clock(70_000, later));
        reader
    }

    /// In front of a run of that plan in which one step is done, one failed, one is waited for.
    fn applying(keys: &str) -> Reader {
        let mut reader = Reader::tried(keys);
        reader.press("A");
        let now = reader.model.now;
        reader.tell(Message::Clock(71_000, now));
        let phrase = reader.plan().phrase();
        reader.press(&phrase).press("<Enter>");
        reader.clean(News::Began("20261127T110403Z-0a1b2c".to_owned()));
        let steps: Vec<_> = reader.plan().steps.iter().take(3).cloned().collect();
        let states = [
            State::Done { seen: "snap-0d2e is whole".to_owned(), made: "snap-0d2e".to_owned() },
            State::Failed { why: "DependencyViolation: it has a dependent object".to_owned(), undecided: false },
            State::Waiting { state: "deleting".to_owned() },
        ];
        let input = serde_json::json!({ "VolumeId": steps[0].resource.id });
        let call = "ec2:create-snapshot".to_owned();
        let lines = [
            What::Begun { step: 1, does: steps[0].does(), before: Box::new(steps[0].resource.clone()) },
            What::Sending { step: 1, place: 0, call, input, attempt: 0 },
            What::Answered {
                step: 1,
                place: 0,
                answer: Outcome::Taken { made: "snap-0d2e".to_owned() },
                request_id: "7f3c0000-0000-4000-8000-000000000001".to_owned(),
            },
        ];
        for (n, what) in (1..).zip(lines) {
            reader.clean(News::Wrote(Box::new(Entry { n, at: now, chain: String::new(), what })));
        }
        for step in &steps {
            reader.clean(News::Step(StepNews { step: step.number, state: State::Looking }));
        }
        reader.tell(Message::Clock(98_000, now));
        for (step, state) in steps.iter().zip(states) {
            reader.clean(News::Step(StepNews { step: step.number, state }));
        }
        reader.tell(Message::Clock(120_000, now));
        reader
    }

    /// The same, with something looked for in its log.
    fn searching(keys: &str) -> Reader {
        let mut reader = Reader::applying(keys);
        reader.press("/SNAP<Enter>");
        reader
    }

    /// The same, ended.
    fn applied(keys: &str) -> Reader {
        let mut reader = Reader::applying(keys);
        let done = State::Done { seen: "not listed any more".to_owned(), made: String::new() };
        let steps = reader.plan().steps.clone();
        let states = steps.iter().filter(|step| step.number > 2).map(|step| (step.number, done.clone())).collect();
        reader.clean(News::Ended(End { states, ..End::default() }));
        reader
    }

    /// In front of the journals of three runs: one well, one broken off, one that was changed.
    fn journals() -> Reader {
        let mut reader = Reader::demo();
        let volume = reader.model.audit.findings[0].resource.clone();
        let at = reader.model.now;
        let line = |n, what| Entry { n, at, chain: String::new(), what };
        let caller = "arn:aws:sts::111122223333:assumed-role/Cleaner/mk".to_owned();
        let opened = What::Opened {
            plan: "9d1c".repeat(16),
            account: "111122223333".to_owned(),
            caller,
            tool: "0.1.0".to_owned(),
            steps: 2,
            resumed: false,
        };
        let sending = What::Sending {
            step: 1,
            place: 0,
            call: "ec2:delete-volume".to_owned(),
            input: serde_json::json!({ "VolumeId": volume.id }),
            attempt: 0,
        };
        let begun = What::Begun { step: 1, does: "delete vol-\u{1b}[31m1".to_owned(), before: Box::new(volume) };
        let done = What::Done {
            step: 1,
            seen: "not listed any more".to_owned(),
            made: String::new(),
            undo: "aws ec2 create-volume --snapshot-id snap-0d2e".to_owned(),
        };
        let failed = What::Failed { step: 2, why: "DependencyViolation".to_owned(), undecided: false };
        let closed = What::Closed { done: 1, failed: 1, held: 0, stopped: String::new() };
        let whole = [opened.clone(), begun, sending, done, failed, closed];
        let entries: Vec<Entry> = (1..).zip(whole).map(|(n, what)| line(n, what)).collect();
        let broken = vec![line(1, opened)];
        let runs = vec![
            Record { name: "20261127T110403Z-9d1c9d".to_owned(), entries, ..Record::default() },
            Record { name: "20261120T093100Z-77aa01".to_owned(), entries: broken, is_torn: true, ..Record::default() },
            Record {
                name: "20261114T020000Z-1b2c3d".to_owned(),
                trouble: "journal 20261114T020000Z-1b2c3d.ndjson: line 4 is not what was written".to_owned(),
                ..Record::default()
            },
        ];
        reader.clean(News::Runs { runs, place: "in a temporary folder, gone when the demo ends".to_owned() });
        reader
    }

    /// Presses keys: a letter each, or a name in angle brackets.
    fn press(&mut self, keys: &str) -> &mut Reader {
        let mut rest = keys;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>')).filter(|(name, _)| name.len() > 1);
            let event = match named {
                Some((name, tail)) => {
                    rest = tail;
                    name.parse::<Key>().expect("a key").event()
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

    fn drawn(&mut self, (columns, rows): (u16, u16)) -> Buffer {
        self.tell(Message::Resize(columns, rows));
        self.model.digest();
        self.model.refresh();
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
        terminal.draw(|frame| view::draw(&self.model, frame)).expect("drawing in memory");
        terminal.backend().buffer().clone()
    }

    /// The pictures at some sizes, one below the other, each under a ruler of its width.
    fn pictures(&mut self, sizes: &[(u16, u16)]) -> String {
        let one = |size: &(u16, u16)| {
            let ruler = format!("{:=<width$}", format!("{}x{} ", size.0, size.1), width = usize::from(size.0));
            format!("{ruler}\n{}\n", text(&self.drawn(*size)))
        };
        sizes.iter().map(one).collect()
    }
}

/// What a buffer shows, without blanks at the ends of lines.
fn text(buffer: &Buffer) -> String {
    let lines = (0..buffer.area.height).map(|y| {
        let mut line = String::new();
        let mut x = 0;
        while let Some(cell) = buffer.cell((x, y)).filter(|_| x < buffer.area.width) {
            line.push_str(cell.symbol());
            // A wide letter covers the cell behind it.
            x += u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
        }
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The recording, stopped half-way and 38 seconds in, with what the rules would have found by then.
fn half_way() -> Reader {
    let recording = include_str!("../demo/recording.ndjson");
    let events: Vec<Event> =
        recording.lines().map(|line| serde_json::from_str(line).expect("a recorded event")).collect();
    let mut reader = Reader::live(Audit::default());
    let whole = recorded();
    for event in events.into_iter().take(recording.lines().count() / 2) {
        let skipped = matches!(event, Event::Billed { .. } | Event::QuotaRead { .. } | Event::Ended { .. });
        if !skipped {
            reader.tell(Message::Event(Box::new(event)));
        }
    }
    let seen = &reader.model.audit;
    let known = |arn| seen.resources().any(|resource| resource.arn == arn);
    let findings = whole.findings.into_iter().filter(|finding| known(finding.resource.arn.clone())).collect();
    reader.tell(Message::Event(Box::new(Event::Judged { findings, gaps: Vec::new() })));
    for (name, units, done) in [("metrics", 40, 12), ("bill", 3, 3), ("quotas", 17, 0)] {
        reader.tell(Message::Event(Box::new(Event::Progress(Progress::Phase { name: name.to_owned(), units }))));
        for _ in 0..done {
            reader.tell(Message::Event(Box::new(Event::Progress(Progress::Step { name: name.to_owned() }))));
        }
    }
    let now = reader.model.audit.started_at;
    reader.tell(Message::Clock(38_000, now));
    reader.tell(Message::Event(Box::new(Event::Progress(Progress::Step { name: "metrics".to_owned() }))));
    reader
}

/// What `reader` looks like without colours: the same text, and no colour anywhere.
fn assert_mono(keys: &str, size: (u16, u16)) {
    let coloured = Reader::of(recorded(), &options(Origin::Demo)).press(keys).drawn(size);
    for (theme, depth) in [(Theme::Mono, ColorDepth::True), (Theme::Ansi, ColorDepth::Mono)] {
        let options = Options { theme, depth, ..options(Origin::Demo) };
        let plain = Reader::of(recorded(), &options).press(keys).drawn(size);
        assert_eq!(text(&plain), text(&coloured));
        let is_plain = |colour: Color| colour == Color::Reset;
        assert!(plain.content.iter().all(|cell| is_plain(cell.fg) && is_plain(cell.bg)), "{theme:?} {keys}");
    }
    assert!(coloured.content.iter().any(|cell| cell.fg != Color::Reset));
}

#[test]
fn without_colours_nothing_but_the_colours_is_missing() {
    for size in ALL {
        for keys in ["", "2j<Space>", "5", "8"] {
            assert_mono(keys, size);
        }
    }
}

/// Marks findings of several sorts, and shows their plan.
const MARKED: &str = "2<Space>j<Space>jj<Space>jj<Space>j<Space>6";

macro_rules! scene {
    ($name:ident, $reader:expr, $keys:literal, $sizes:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), $reader.press($keys).pictures(&$sizes));
        }
    };
}

scene!(demo_scan, half_way(), "", ALL);
scene!(demo_overview, Reader::demo(), "", ALL);
scene!(demo_findings, Reader::demo(), "2j<Space>jj<Space>", ALL);
scene!(demo_detail, Reader::demo(), "2j<Enter>", ALL);
scene!(demo_score, Reader::demo(), "2jw", [SMALL, MIDDLE]);
scene!(demo_quotas, Reader::demo(), "3", ALL);
scene!(demo_bill, Reader::demo(), "4<Enter>", ALL);
scene!(demo_bill_line, Reader::demo(), "4j<Enter>j<Enter>", [SMALL, MIDDLE]);
scene!(demo_bill_last_month, Reader::demo(), "4mb", [SMALL, MIDDLE]);
scene!(demo_coverage, Reader::demo(), "8<Tab>", ALL);
scene!(demo_help, Reader::demo(), "2?", ALL);
scene!(demo_palette, Reader::demo(), "2:mark", ALL);
scene!(demo_filter_error, Reader::demo(), "2/cost>20 regoin:us", ALL);
scene!(demo_filter_nothing, Reader::demo(), "2/nowhere<Enter>", [SMALL, MIDDLE]);
scene!(checklist_list, Reader::demo(), "5", ALL);
scene!(checklist_blocker, Reader::demo(), "5j<Enter>", ALL);
scene!(checklist_unknown, Reader::demo(), "5jjjj", ALL);
scene!(checklist_failed_only, Reader::demo(), "5FG", [SMALL, MIDDLE]);
scene!(checklist_tick, Reader::demo(), "5/state:open<Enter> copied to the bucket of the archive", ALL);
scene!(checklist_refused, Reader::demo(), "5 ", [SMALL]);
scene!(checklist_billing, Reader::demo(), "5<Tab><Tab>z", [SMALL, MIDDLE]);
scene!(checklist_export, Reader::demo(), "5E", [SMALL]);
scene!(checklist_ascii, Reader::with_ascii(), "5", [MIDDLE]);
scene!(checklist_missing, Reader::live(audits::empty_account()), "5", [SMALL, MIDDLE]);
scene!(cleanup_empty, Reader::demo(), "6", ALL);
scene!(cleanup_plan, Reader::demo(), "2<Space>j<Space>jj<Space>jj<Space>j<Space>6", ALL);
scene!(cleanup_held, Reader::demo(), "2My6G", [SMALL, MIDDLE]);
scene!(cleanup_tried, Reader::tried(MARKED), "j", ALL);
scene!(cleanup_confirm, Reader::tried(MARKED), "A", ALL);
scene!(apply_running, Reader::applying(MARKED), "jj", ALL);
scene!(apply_search, Reader::searching(MARKED), "", [MIDDLE]);
scene!(apply_ended, Reader::applied(MARKED), "", [SMALL, MIDDLE]);
scene!(apply_tiny, Reader::applying(MARKED), "2", [(60, 20), (38, 10), (30, 8)]);
scene!(journal_runs, Reader::journals(), "7", ALL);
scene!(journal_empty, Reader::live(audits::empty_account()), "7", [SMALL, MIDDLE]);
scene!(journal_undo, Reader::journals(), "7u", [MIDDLE]);
scene!(demo_settings, Reader::demo(), "2,", ALL);
scene!(demo_export, Reader::demo(), "2E", ALL);
scene!(demo_privacy_findings, Reader::demo(), "P2jj", ALL);
scene!(demo_tiny, Reader::demo(), "2", [(60, 20), (40, 10), (30, 8)]);
scene!(ascii_overview, Reader::with_ascii(), "", [MIDDLE]);
scene!(ascii_findings, Reader::with_ascii(), "2j<Space>jj", [SMALL, MIDDLE]);
scene!(empty_overview, Reader::live(audits::empty_account()), "", [SMALL, MIDDLE]);
scene!(empty_findings, Reader::live(audits::empty_account()), "2", [SMALL, MIDDLE]);
scene!(empty_quotas, Reader::live(audits::empty_account()), "3", [SMALL, MIDDLE]);
scene!(empty_bill, Reader::live(audits::empty_account()), "4", [SMALL, MIDDLE]);
scene!(empty_coverage, Reader::live(audits::empty_account()), "8", [SMALL, MIDDLE]);
scene!(gaps_overview, Reader::live(audits::gaps_only()), "", [SMALL, MIDDLE]);
scene!(gaps_findings, Reader::live(audits::gaps_only()), "2", [SMALL, MIDDLE]);
scene!(gaps_quotas, Reader::live(audits::gaps_only()), "3", [SMALL, MIDDLE]);
scene!(gaps_bill, Reader::live(audits::gaps_only()), "4", [SMALL, MIDDLE]);
scene!(gaps_coverage, Reader::live(audits::gaps_only()), "8", [SMALL, MIDDLE]);
