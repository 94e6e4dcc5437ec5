use std::collections::BTreeMap;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::*;
use crate::tui::filter::Filter;
use crate::tui::look::{ColorDepth, Theme};
use crate::tui::view::{bill, coverage, overview, quotas, sample, scan};

/// A panel: how it is drawn, which rows it lists, how many panes it has, what lies where.
struct Panel {
    name: &'static str,
    draw: fn(&mut Frame, Rect, &Screen<'_>),
    rows: fn(&Audit, &Pane, &Filter) -> Vec<usize>,
    panes: usize,
    hit: fn(Rect, &Screen<'_>, u16, u16) -> Hit,
    height: fn(Rect, &Screen<'_>) -> usize,
}

macro_rules! panel {
    ($module:ident) => {
        Panel {
            name: stringify!($module),
            draw: $module::draw,
            rows: $module::rows,
            panes: $module::PANES,
            hit: $module::hit,
            height: $module::height,
        }
    };
}

const PANELS: [Panel; 5] = [panel!(scan), panel!(overview), panel!(quotas), panel!(bill), panel!(coverage)];

/// Sizes from nothing to a wall: small ones one by one, then around every size at which a layout changes.
fn sizes() -> Vec<(u16, u16)> {
    let mut sizes: Vec<(u16, u16)> = (1..=12).flat_map(|width| (1..=8).map(move |height| (width, height))).collect();
    for width in [20, 40, 66, 79, 80, 99, 100, 101, 130, 160, 200, 300] {
        sizes.extend([1, 3, 10, 17, 18, 20, 23, 24, 26, 56, 100].map(|height| (width, height)));
    }
    sizes
}

struct Scene {
    audit: Audit,
    digest: Digest,
    keys: Keymap,
}

impl Scene {
    fn new(audit: Audit) -> Scene {
        Scene { digest: Digest::of(&audit), audit, keys: Keymap::new(&BTreeMap::new()).expect("the default keys") }
    }

    fn screen<'a>(&'a self, look: &'a Look, pane: &'a Pane, rows: &'a [usize]) -> Screen<'a> {
        Screen {
            audit: &self.audit,
            digest: &self.digest,
            look,
            pane,
            rows,
            focus: 0,
            zoom: false,
            scroll: 0,
            keys: &self.keys,
            tick: 2,
            elapsed_seconds: 38,
            since_progress_seconds: 1,
            privacy: false,
        }
    }
}

fn render(width: u16, height: u16, draw: impl FnOnce(&mut Frame)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal in memory");
    terminal.draw(draw).expect("drawing in memory");
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let line = |cells: &[ratatui::buffer::Cell]| cells.iter().map(|cell| cell.symbol()).collect::<String>();
    buffer.content.chunks(width).map(|cells| line(cells).trim_end().to_owned() + "\n").collect()
}

fn show(panel: &Panel, audit: Audit, width: u16, height: u16, change: impl Fn(&mut Screen<'_>)) -> String {
    let scene = Scene::new(audit);
    let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
    let pane = Pane::default();
    let rows = (panel.rows)(&scene.audit, &pane, &Filter::default());
    let mut cx = scene.screen(&look, &pane, &rows);
    change(&mut cx);
    text(&render(width, height, |frame| (panel.draw)(frame, frame.area(), &cx)))
}

fn panel(name: &str) -> &'static Panel {
    static ALL: [Panel; 5] = PANELS;
    ALL.iter().find(|panel| panel.name == name).expect("a panel of that name")
}

#[test]
fn every_panel_draws_at_every_size() {
    let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
    for audit in [sample::audit(), sample::running(), Audit::default()] {
        let scene = Scene::new(audit);
        for panel in &PANELS {
            for (cursor, flag) in [(0, false), (3, true), (usize::MAX, false)] {
                let mut pane = Pane { flag, open: Some(1), ..Pane::default() };
                let rows = (panel.rows)(&scene.audit, &pane, &Filter::default());
                pane.cursor = cursor.min(rows.len().saturating_sub(1));
                for focus in [0, panel.panes - 1] {
                    for (width, height) in sizes() {
                        let zoom = height % 2 == 0 && focus > 0;
                        let cx = Screen { focus, zoom, privacy: flag, ..scene.screen(&look, &pane, &rows) };
                        render(width, height, |frame| (panel.draw)(frame, frame.area(), &cx));
                        let area = Rect::new(0, 0, width, height);
                        let _ = (panel.height)(area, &cx);
                        let _ = (panel.hit)(area, &cx, width - 1, height - 1);
                        let _ = (panel.hit)(area, &cx, width / 2, height / 3);
                    }
                }
            }
        }
    }
}

#[test]
fn ascii_screen_is_ascii() {
    let look = Look::new(Theme::Mono, true, ColorDepth::Mono);
    for audit in [sample::audit(), sample::running()] {
        let scene = Scene::new(audit);
        for panel in &PANELS {
            let pane = Pane::default();
            let rows = (panel.rows)(&scene.audit, &pane, &Filter::default());
            let cx = scene.screen(&look, &pane, &rows);
            let buffer = render(100, 26, |frame| {
                (panel.draw)(frame, frame.area(), &cx);
                look.glyphs.flatten(frame.buffer_mut());
            });
            let text = text(&buffer);
            assert!(text.is_ascii(), "{}:\n{text}", panel.name);
            assert!(buffer.content.iter().all(|cell| cell.fg == ratatui::style::Color::Reset), "{}", panel.name);
        }
    }
}

#[test]
fn hostile_name_neither_moves_the_cursor_nor_turns_the_line() {
    for (width, height) in [(80, 20), (200, 56)] {
        let text = show(panel("overview"), sample::audit(), width, height, |_| {});
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains('\u{202e}'), "{text}");
    }
}

#[test]
fn row_under_the_pointer_is_the_row_drawn_there() {
    let scene = Scene::new(sample::audit());
    let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
    for name in ["quotas", "bill", "overview"] {
        let panel = panel(name);
        let pane = Pane { cursor: 1, ..Pane::default() };
        let rows = (panel.rows)(&scene.audit, &pane, &Filter::default());
        let cx = scene.screen(&look, &pane, &rows);
        let area = Rect::new(0, 0, 100, 26);
        let drawn = text(&render(100, 26, |frame| (panel.draw)(frame, frame.area(), &cx)));
        let row = drawn.lines().position(|line| line.contains('▌')).expect("a cursor on the screen");
        let row = u16::try_from(row).expect("a small screen");
        assert_eq!((panel.hit)(area, &cx, 30, row), Hit::Row(1), "{name}:\n{drawn}");
    }
}

#[test]
fn privacy_leaves_no_account_id_on_the_screen() {
    for panel in &PANELS {
        let text = show(panel, sample::audit(), 200, 56, |cx| cx.privacy = true);
        assert!(!text.contains("111122223333") && !text.contains("198.51.100.7"), "{}:\n{text}", panel.name);
    }
}

#[test]
fn privacy_hides_accounts_arns_and_addresses_and_nothing_else() {
    assert_eq!(mask("account 111122223333, vol-0a1b"), "account ************, vol-0a1b");
    assert_eq!(mask("arn:aws:iam::111122223333:role/Auditor"), "arn:aws:iam::***:***");
    assert_eq!(mask("at 198.51.100.7."), "at *.*.*.*.");
    assert_eq!(mask("10.0.0.0/16 and 2001:db8::1/64"), "*.*.*.*/16 and *:*");
    assert_eq!(mask("1,024 GiB in 2026-11-22 14:02:11, gp3, 0.048"), "1,024 GiB in 2026-11-22 14:02:11, gp3, 0.048");
    assert_eq!(mask("logs-111122223333-eu"), "logs-************-eu");
}

#[test]
fn inside_of_a_tiny_pane_is_empty_and_stays_within() {
    for (width, height) in [(0, 0), (1, 1), (2, 2), (3, 1)] {
        let area = Rect::new(4, 4, width, height);
        let inner = inside(area);
        assert_eq!(inner.intersection(area).area(), inner.area());
    }
}
