use super::sample;
use crate::tui::effect::Effect;
use crate::tui::look::{ColorDepth, Look, Theme};
use crate::tui::message::Message;
use crate::tui::model::ScreenId;
use crate::tui::testing::Journey;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use unicode_width::UnicodeWidthStr;

const SIZES: [(u16, u16); 5] = [(80, 24), (100, 30), (120, 40), (200, 60), (60, 20)];

#[test]
fn every_size_from_nothing_to_a_wall_can_be_drawn() {
    for audit in [sample::audit(), sample::running(), crate::audit::Audit::default()] {
        let mut journey = Journey::of(audit);
        for screen in ["1", "2", "3", "4", "5", "8"] {
            for keys in [
                "", "<Tab>", "z", "<Tab>", "z", "?", "<Esc>:", "<Esc>,", "<Esc>w", "<Esc>/a", "<Esc>s", "<Esc>q",
                "<Esc>",
            ] {
                journey.press(screen).press(keys);
                for (columns, rows) in
                    [(1, 1), (2, 2), (5, 3), (39, 9), (40, 10), (41, 12), (79, 23), (80, 24), (100, 30), (203, 61)]
                {
                    journey.tell(Message::Resize(columns, rows));
                    journey.picture();
                }
            }
        }
    }
}

#[test]
fn findings_show_what_they_stand_for() {
    let mut journey = Journey::begin();
    let picture = journey.press("2j<Space>").picture();
    for text in [
        "[2 Findings]",
        "READ-ONLY",
        "acme-sandbox 1111…3333 · role Auditor",
        "12 findings, 1 marked = $35.04/mo",
        "sc▼",
        "▌●",
        "Score  94 = money",
        "storage 730 hour × $0.048 = $35.04",
        "= $35.04/mo estimated",
        "BytesOutToDestination Sum",
        "▁▁▁▁▁ ▁▁▁▁▁▁▁▁",
        "marked nat-0a1b2c3d4e5f60718 · 1 marked = $35.04/mo",
    ] {
        assert!(picture.contains(text), "{text}\n{picture}");
    }
}

#[test]
fn locked_managed_and_unpriced_rows_have_their_letters_and_no_zero() {
    let mut journey = Journey::begin();
    let picture = journey.press("2").picture();
    let row = |id: &str| {
        let line = picture.lines().find(|line| line.contains(id)).unwrap_or_default();
        line.to_owned()
    };
    assert!(row("Old RDS snapshot").contains("L  69"), "{picture}");
    assert!(row("  4.00").contains("M  64"), "{picture}");
    let unpriced = row("Launch template");
    assert!(unpriced.contains("?  50") && unpriced.contains('—') && !unpriced.contains("0.00"), "{unpriced}");
}

#[test]
fn hostile_names_are_drawn_as_text() {
    let mut journey = Journey::begin();
    let picture = journey.press("2G<Enter>").picture();
    assert!(picture.contains("tmpl·[31m·"), "{picture}");
    assert!(!picture.contains('\u{1b}') && !picture.contains('\u{202e}'));
}

#[test]
fn privacy_leaves_no_account_arn_or_address_on_any_screen() {
    for (columns, rows) in SIZES {
        let mut journey = Journey::begin().sized(columns, rows);
        journey.press("P");
        for screen in ["1", "2", "2jj<Enter>", "<Esc>", "3", "4", "5", "8"] {
            let picture = journey.press(screen).picture();
            for secret in ["111122223333", "1111…3333", "198.51.100.7"] {
                assert!(!picture.contains(secret), "{secret} at {columns}×{rows} on {screen}\n{picture}");
            }
        }
    }
}

#[test]
fn ascii_pictures_hold_nothing_else() {
    for keys in ["1", "2", "2<Enter>", "3", "4", "5", "8", "2?", "2:"] {
        let mut journey = Journey::begin();
        journey.model.look = Look::new(Theme::Mono, true, ColorDepth::Mono);
        let picture = journey.press(keys).picture();
        assert!(picture.is_ascii(), "{keys}\n{picture}");
    }
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for (columns, rows) in SIZES {
        let mut journey = Journey::begin().sized(columns, rows);
        for keys in ["1", "2", "3", "4", "5", "8", "?", "<Esc>"] {
            for line in journey.press(keys).picture().lines() {
                assert!(line.width() <= usize::from(columns), "{keys} {line}");
            }
        }
    }
}

#[test]
fn narrow_screen_has_digits_for_tabs_and_two_lines_of_detail() {
    let mut journey = Journey::begin().sized(80, 24);
    let picture = journey.press("2").picture();
    assert!(picture.contains("1 [2 Findings] 3  4  5  6  7  8"), "{picture}");
    assert!(picture.contains("─ vol-0aa1c0ffee0000001 ─"), "{picture}");
    assert!(picture.contains("Score 97 = money"), "{picture}");
    let picture = journey.press("<Enter>").picture();
    assert!(picture.contains("─ Detail ─") && !picture.contains("─ Findings "), "{picture}");
}

#[test]
fn tiny_screen_is_one_line_that_says_the_most() {
    let mut journey = Journey::begin().sized(39, 9);
    assert_eq!(journey.picture().trim_end(), "12 findings $355.25/mo 35 gaps");
}

#[test]
fn help_lists_the_keys_of_the_screen() {
    let mut journey = Journey::begin();
    let picture = journey.press("2?").picture();
    for text in ["─ Help ─", "Move", "j k Down Up", "next, previous row", "Search the help"] {
        assert!(picture.contains(text), "{text}\n{picture}");
    }
    let picture = journey.press("unmark").picture();
    assert!(picture.contains("mark or unmark, to plan for") && !picture.contains("previous row"), "{picture}");
}

#[test]
fn empty_lists_say_why_and_which_key_helps() {
    let mut journey = Journey::begin();
    let picture = journey.press("2/zzz<Enter>").picture();
    assert!(picture.contains("none of them matches the filter") && picture.contains("Esc clears it"), "{picture}");
    let mut journey = Journey::of(crate::audit::Audit::default());
    let picture = journey.press("2").picture();
    assert!(picture.contains("Nothing has been scanned"), "{picture}");
}

#[test]
fn click_chooses_rows_tabs_and_heads_and_the_wheel_scrolls_under_the_pointer() {
    let mut journey = Journey::begin();
    let at = |column, row, kind| Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    let click = MouseEventKind::Down(MouseButton::Left);
    journey.tell(at(14, 1, click));
    assert_eq!(journey.model.screen, ScreenId::Findings);
    journey.picture();
    journey.tell(at(20, 7, click));
    assert_eq!(journey.model.view().pane.cursor, 2);
    journey.tell(at(11, 4, click));
    assert_eq!(super::findings::COLUMNS[journey.model.view().pane.sort], "cost");
    journey.tell(at(20, 8, MouseEventKind::ScrollDown));
    let cursor = journey.model.view().pane.cursor;
    journey.tell(at(70, 8, MouseEventKind::ScrollDown));
    let view = journey.model.view();
    assert_eq!((view.pane.cursor, view.focus, view.scroll), (cursor, 0, 3));
    journey.tell(at(20, 8, MouseEventKind::Moved));
    assert!(journey.effects.iter().all(|effect| !matches!(effect, Effect::Quit)));
}

#[test]
fn age_of_the_data_is_told_and_recorded_data_has_none() {
    let mut journey = Journey::begin();
    let later = sample::began_at() + jiff::SignedDuration::from_mins(3);
    journey.tell(Message::Clock(0, later));
    assert!(journey.picture().contains("scan 14:02 UTC · 3m old"));
    assert_eq!(super::age_changes_in(&journey.model), Some(60));
    journey.model.origin = crate::tui::Origin::Demo;
    assert!(journey.picture().contains("demo: recorded data"));
    assert_eq!(super::age_changes_in(&journey.model), None);
}
