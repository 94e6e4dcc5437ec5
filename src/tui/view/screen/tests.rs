use std::collections::BTreeMap;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::*;
use crate::tui::filter::Filter;
use crate::tui::look::{ColorDepth, Theme};
use crate::tui::view::{bill, checklist, coverage, overview, quotas, sample, scan};

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

const PANELS: [Panel; 6] =
    [panel!(scan), panel!(overview), panel!(quotas), panel!(bill), panel!(checklist), panel!(coverage)];

/// Sizes from nothing to a wall: small ones one by one, then around every size at which a layout changes.
fn sizes() -> Vec<(u16, u16)> {
    let mut sizes: Vec<(u16, u16)> = (1..=6).flat_map(|width| (1..=6).map(move |height| (width, height))).collect();
    for width in [12, 20, 40, 66, 79, 80, 99, 100, 160, 200] {
        sizes.extend([1, 3, 10, 17, 18, 24, 26, 56].map(|height| (width, height)));
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
            can_rescan: true,
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
    static ALL: [Panel; 6] = PANELS;
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
    for name in ["quotas", "bill", "overview", "checklist"] {
        let panel = panel(name);
        let pane = Pane { cursor: 1, ..Pane::default() };
        let rows = (panel.rows)(&scene.audit, &pane, &Filter::default());
        let cx = scene.screen(&look, &pane, &rows);
        let area = Rect::new(0, 0, 100, 26);
        let drawn = text(&render(100, 26, |frame| (panel.draw)(frame, frame.area(), &cx)));
        let row = drawn.lines().position(|line| line.starts_with("│▌")).expect("a cursor on the screen");
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

#[test]
fn figure_that_does_not_fit_is_cut_with_a_mark() {
    let line = Line::from(vec![Span::raw("forecast "), Span::raw("$301.27")]);
    let cut = cut(line, 13, "…");
    assert_eq!((cut.to_string().as_str(), cut.width()), ("forecast $30…", 13));
}

#[test]
fn scan_folds_kinds_where_the_screen_is_narrow() {
    let head = |width| {
        let text = show(panel("scan"), sample::running(), width, 26, |_| {});
        text.lines().find(|line| line.contains(" region  ")).map(str::to_owned).unwrap_or_default()
    };
    assert!(head(80).contains("CMP  DSK  NET   LB   DB   S3  LOG  RES"), "{}", head(80));
    assert!(head(100).contains("EC2 EBS SNP AMI EIP NAT ELB RDS"), "{}", head(100));
    assert!(head(100).contains(" LOG BKT CMP NET  LB  DB  S3 RES "), "the rest by families: {}", head(100));
    assert!(!head(160).contains("oth") && head(160).contains("KEY") && head(160).contains("MPU"), "{}", head(160));
}

#[test]
fn square_that_is_not_listed_shows_a_sign_and_never_a_zero() {
    let text = show(panel("scan"), sample::running(), 160, 30, |_| {});
    let row = |region: &str| text.lines().find(|line| line.contains(region)).unwrap_or_default().to_owned();
    assert!(row("ca-central-1").contains(" D   D ") && row("ca-central-1").contains("denied"), "{text}");
    assert!(row("me-central-1").contains(" ×   × ") && !row("me-central-1").contains('0'), "{text}");
    assert!(row("ap-southeast-2").contains(" T "), "{text}");
    assert!(row("us-west-2").contains("  -   0 "), "not offered beside none found: {text}");
}

#[test]
fn silent_aws_is_said_instead_of_a_guess() {
    let text = show(panel("scan"), sample::running(), 100, 26, |cx| cx.since_progress_seconds = 12);
    assert!(text.contains("waiting for AWS") && !text.contains("about"), "{text}");
}

#[test]
fn overview_without_a_bill_says_why() {
    let mut audit = sample::audit();
    audit.bill = None;
    let text = show(panel("overview"), audit, 100, 26, |_| {});
    assert!(text.contains("This scan did not read the bill.") && text.contains("R scans again"), "{text}");
    assert!(!text.contains("of the usage on the bill"), "{text}");
}

#[test]
fn quota_without_a_usage_source_is_not_zero() {
    let text = show(panel("quotas"), sample::audit(), 100, 26, |_| {});
    let line = text.lines().find(|line| line.contains("AMI sharing")).unwrap_or_default();
    assert!(line.contains('?') && line.contains('—') && line.contains("not measured"), "{text}");
    assert!(!line.contains("0 %"), "{text}");
}

/// What the list of quotas shows in its row of a code, as positions in the audit.
fn quota_rows(pane: &Pane, filter: &str) -> Vec<String> {
    let audit = sample::audit();
    let filter = Filter::parse(filter).expect("a filter");
    let rows = quotas::rows(&audit, pane, &filter);
    rows.iter().map(|row| format!("{} {}", audit.quotas[*row].quota_code, audit.quotas[*row].region)).collect()
}

#[test]
fn regions_of_a_quota_share_a_row_that_a_filter_can_look_into() {
    const VPCS: &str = "L-F678F1CE";
    let of_vpcs = |pane: &Pane, filter: &str| {
        let rows = quota_rows(pane, filter).into_iter();
        rows.filter_map(|row| row.strip_prefix(VPCS).map(|region| region.trim().to_owned())).collect::<Vec<_>>()
    };
    let (folded, unfolded) = (Pane::default(), Pane { unfolded: true, ..Pane::default() });
    assert_eq!(of_vpcs(&folded, ""), ["eu-west-1"], "the region with the least headroom stands for all");
    assert_eq!(of_vpcs(&unfolded, ""), ["eu-west-1", "us-east-1", "us-west-2"]);
    assert_eq!(of_vpcs(&folded, "region:us"), ["us-east-1"]);
    assert_eq!(of_vpcs(&Pane { flag: true, ..folded.clone() }, "region:us-west-2"), [] as [&str; 0]);
    let text = show(panel("quotas"), sample::audit(), 100, 26, |_| {});
    assert!(text.contains("eu-west-1 +2") && text.contains("F: unfold"), "{text}");
}

#[test]
fn region_at_a_fold_counts_only_what_the_filter_lets_through() {
    let scene = Scene::new(sample::audit());
    let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
    let pane = Pane { filter: "region:us".to_owned(), ..Pane::default() };
    let rows = quotas::rows(&scene.audit, &pane, &Filter::parse(&pane.filter).expect("a filter"));
    let text = text(&render(100, 26, |frame| quotas::draw(frame, frame.area(), &scene.screen(&look, &pane, &rows))));
    assert!(text.contains("us-east-1 +1") && !text.contains("eu-west-1"), "{text}");
}

#[test]
fn quotas_are_sorted_by_the_day_they_are_full() {
    let trend = quotas::COLUMNS.iter().position(|name| *name == "trend").expect("a column");
    let rows = quota_rows(&Pane { sort: trend, ..Pane::default() }, "");
    assert_eq!(rows[..2], ["L-0263D0A3 us-east-1", "L-F678F1CE eu-west-1"], "full already, then in a fortnight");
    assert_eq!(quota_rows(&Pane::default(), "trend<30").len(), 2);
}

#[test]
fn quota_at_the_cursor_tells_what_is_asked_for_and_who_contradicts() {
    let text = show(panel("quotas"), sample::audit(), 120, 30, |cx| cx.zoom = false);
    assert!(text.contains("+1/wk full in 14 d") || text.contains("+1/wk full in 2 wk"), "{text}");
    let at = |code: &str| {
        let scene = Scene::new(sample::audit());
        let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
        let mut pane = Pane { unfolded: true, ..Pane::default() };
        let rows = quotas::rows(&scene.audit, &pane, &Filter::default());
        let found =
            |row: &usize| format!("{} {}", scene.audit.quotas[*row].quota_code, scene.audit.quotas[*row].region);
        pane.cursor = rows.iter().position(|row| found(row) == code).expect("a quota of the sample");
        self::text(&render(120, 30, |frame| quotas::draw(frame, frame.area(), &scene.screen(&look, &pane, &rows))))
    };
    let vpcs = at("L-F678F1CE eu-west-1");
    assert!(vpcs.contains("increase to 75 asked for on 2026-11-02: PENDING"), "{vpcs}");
    assert!(at("L-1216C47A us-east-1").contains("this scan counted 78"));
    let untouched = at("L-F678F1CE us-west-2");
    assert!(untouched.contains("value: as every account gets it") && !untouched.contains("asked for"), "{untouched}");
}

#[test]
fn empty_lists_say_why_they_are_empty() {
    let mut audit = sample::audit();
    audit.quotas.clear();
    assert!(show(panel("quotas"), audit.clone(), 80, 20, |_| {}).contains("This scan read no quotas."));
    audit.findings.clear();
    let text = show(panel("overview"), audit, 80, 20, |_| {});
    assert!(text.contains("No rule found anything in the 82 % of 169 cells that were seen."), "{text}");
}

#[test]
fn opened_group_shows_its_lines_and_keeps_the_cursor() {
    let scene = Scene::new(sample::audit());
    let mut pane = Pane { cursor: 2, ..Pane::default() };
    let rows = bill::rows(&scene.audit, &pane, &Filter::default());
    bill::toggle(&scene.audit, &mut pane, &Filter::default(), rows[0]);
    let opened = bill::rows(&scene.audit, &pane, &Filter::default());
    assert_eq!((pane.cursor, opened.len()), (0, rows.len() + 3));
    assert_eq!(bill::row_text(&scene.audit, &pane, opened[1])[0].1, "EBS:VolumeUsage.gp2");
    bill::toggle(&scene.audit, &mut pane, &Filter::default(), opened[1]);
    assert_eq!((pane.cursor, pane.open), (0, None));
}

#[test]
fn increase_is_asked_in_words_a_shell_cannot_misread() {
    let mut audit = sample::audit();
    let index = audit.quotas.iter().position(|quota| quota.quota_code == "L-F678F1CE").expect("a quota of the sample");
    let command = quotas::command(&audit, index).expect("an adjustable quota");
    assert!(
        command.ends_with("--service-code vpc --quota-code L-F678F1CE --desired-value 75 --region eu-west-1"),
        "{command}"
    );
    audit.quotas[index].quota_code = "L'; rm -rf ~ #".to_owned();
    let command = quotas::command(&audit, index).expect("an adjustable quota");
    assert!(command.contains(r"--quota-code 'L'\''; rm -rf ~ #' "), "{command}");
    assert_eq!(quotas::console_url(&audit, index), None);
    audit.quotas[index].quota_code = "vpc-of-this-programs-own".to_owned();
    assert_eq!(
        (quotas::command(&audit, index), quotas::console_url(&audit, index)),
        (None, None),
        "AWS has no such code"
    );
    audit.quotas[index].quota_code = "L-F678F1CE".to_owned();
    audit.quotas[index].adjustable = false;
    assert_eq!(quotas::command(&audit, index), None);
}

#[test]
fn policy_grants_what_was_refused_and_nothing_an_organization_refuses() {
    let policy = coverage::policy(&Digest::of(&sample::audit())).expect("a refusal in the sample");
    assert!(policy.contains("s3:GetLifecycleConfiguration") && !policy.contains("ec2:"), "{policy}");
}

#[test]
fn gap_at_the_cursor_tells_everything_and_the_end_can_be_reached() {
    let scene = Scene::new(sample::audit());
    let look = Look::new(Theme::Ansi, false, ColorDepth::Ansi16);
    let mut pane = Pane::default();
    let rows = coverage::rows(&scene.audit, &pane, &Filter::default());
    pane.cursor = coverage::other_pane(&scene.audit, &pane, &rows) + 1;
    let drawn = |pane: &Pane| {
        let cx = scene.screen(&look, pane, &rows);
        text(&render(80, 20, |frame| coverage::draw(frame, frame.area(), &cx)))
    };
    let told = drawn(&pane);
    assert!(told.contains("asked for  s3:GetLifecycleConfiguration"), "{told}");
    assert_eq!(coverage::cells(&scene.audit, rows[pane.cursor]).len(), 1);
    pane.last(rows.len());
    let end = drawn(&pane);
    assert!(end.contains("Missing permissions (1), as an IAM policy: c copies"), "{end}");
}
