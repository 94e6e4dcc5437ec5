//! An audit on the screen, with what the screen may ask of the program around it.

use std::io;
use std::sync::mpsc;
use std::thread;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::engine::{Engine, Listener};
use super::headless::{plan_of_spending, runtime, save, say};
use super::{AppError, rules, run, status};
use crate::audit::Audit;
use crate::aws::Session;
use crate::cli::ThemeName;
use crate::model::{Cell, Event};
use crate::report::{self, Format};
use crate::rules::RuleSet;
use crate::scan;
use crate::scan::pool::Will;
use crate::settings::Settings;
use crate::tui::{self, ColorDepth, ExportFormat, Input, Options, Origin, Outside, Rescan, Theme};

/// Scans the account and shows it live. Gives the exit status.
pub fn scan(settings: &Settings) -> Result<u8, AppError> {
    let set = rules(settings)?;
    let runtime = runtime()?;
    let now = Timestamp::now();
    say("asking AWS who this is and which regions are on");
    let session = runtime.block_on(Session::open(&settings.wanted, now))?;
    let spending = plan_of_spending(&session, settings, now);
    let (news, feed) = mpsc::channel();
    let (tell, will) = watch::channel(Will::Run);
    let (orders, wanted) = mpsc::channel();
    let _ = news.send(Input::Note(spending));
    let _ = orders.send(Order::All);
    let workshop = Workshop { settings: settings.clone(), set, runtime, session, will, news };
    thread::spawn(move || workshop.work(wanted));
    let mut outside = Around { live: Some(Live { orders, tell }), clipboard: None };
    let audit = tui::run(Audit::default(), feed, options(settings, Origin::Live), &mut outside)?;
    Ok(status(&audit))
}

/// Shows an audit that is complete.
pub fn show(settings: &Settings, audit: Audit, origin: Origin) -> Result<(), AppError> {
    let (_news, feed) = mpsc::channel();
    let mut outside = Around { live: None, clipboard: None };
    tui::run(audit, feed, options(settings, origin), &mut outside)?;
    Ok(())
}

fn options(settings: &Settings, origin: Origin) -> Options {
    let depth = depth(settings);
    let theme = match settings.theme {
        _ if depth == ColorDepth::Mono => Theme::Mono,
        ThemeName::Ansi => Theme::Ansi,
        ThemeName::Dark => Theme::Dark,
        ThemeName::Light => Theme::Light,
        ThemeName::Contrast => Theme::Contrast,
        ThemeName::Mono => Theme::Mono,
    };
    Options {
        theme,
        depth,
        ascii: settings.ascii,
        mouse: settings.mouse,
        animations: settings.animations,
        privacy: settings.privacy,
        origin,
        keys: settings.keys.clone(),
    }
}

/// How many colours to use: none under NO_COLOR, else what COLORTERM and TERM promise.
fn depth(settings: &Settings) -> ColorDepth {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    if !settings.colored(&io::stdout()) {
        return ColorDepth::Mono;
    }
    match variable("COLORTERM").as_str() {
        "truecolor" | "24bit" => ColorDepth::True,
        _ if variable("TERM").contains("256color") => ColorDepth::Indexed256,
        _ => ColorDepth::Ansi16,
    }
}

/// What the screen may order from the workshop.
enum Order {
    All,
    Cell(Cell),
}

/// The thread that scans while the screen is up.
struct Workshop {
    settings: Settings,
    set: RuleSet,
    runtime: Runtime,
    session: Session,
    will: watch::Receiver<Will>,
    news: mpsc::Sender<Input>,
}

/// Passes every event on to the screen.
struct Passing(mpsc::Sender<Input>);

impl Listener for Passing {
    fn hear(&mut self, event: &Event, _: &Audit) {
        // A closed channel means the screen is gone, and the program with it soon.
        let _ = self.0.send(Input::Event(Box::new(event.clone())));
    }
}

impl Workshop {
    fn work(mut self, orders: mpsc::Receiver<Order>) {
        let mut audit = Audit::default();
        while let Ok(order) = orders.recv() {
            let mut passing = Passing(self.news.clone());
            match order {
                Order::All => {
                    self.session.cx = self.session.cx.at(Timestamp::now());
                    let mut engine = Engine::new(Audit::default(), &self.set, &mut passing);
                    self.runtime.block_on(self.scan().run(&mut engine));
                    audit = engine.into_audit();
                }
                Order::Cell(cell) => {
                    let Some(scanner) = scan::scanner(&cell.kind) else { continue };
                    let mut engine = Engine::new(audit, &self.set, &mut passing);
                    self.runtime.block_on(self.scan().read_again(&mut engine, &cell, scanner));
                    audit = engine.into_audit();
                }
            }
            let _ = self.news.send(Input::Ended);
        }
    }

    fn scan(&self) -> run::Scan<'_> {
        run::Scan {
            session: &self.session,
            scanners: &self.settings.scanners,
            max_spend: self.settings.max_spend,
            every_quota: false,
            bill: true,
            net: false,
            cache: self.settings.places.cache.as_deref(),
            will: self.will.clone(),
        }
    }
}

/// The way to a running or repeatable scan.
struct Live {
    orders: mpsc::Sender<Order>,
    tell: watch::Sender<Will>,
}

/// The program around the screen.
struct Around {
    live: Option<Live>,
    clipboard: Option<arboard::Clipboard>,
}

impl Outside for Around {
    fn copy(&mut self, text: &str) -> Result<String, String> {
        if self.clipboard.is_none() {
            self.clipboard = arboard::Clipboard::new().ok();
        }
        let Some(clipboard) = &mut self.clipboard else { return Ok("sent to the terminal's clipboard".to_owned()) };
        match clipboard.set_text(text) {
            Ok(()) => Ok("copied".to_owned()),
            Err(_) => Ok("sent to the terminal's clipboard".to_owned()),
        }
    }

    fn open(&mut self, url: &str) -> Result<String, String> {
        let far = std::env::var_os("SSH_CONNECTION").is_some();
        let seat = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
        if far || !(seat || cfg!(target_os = "macos")) {
            return Err(format!("no browser here: {url}"));
        }
        match open::that_detached(url) {
            Ok(()) => Ok("opened in the browser".to_owned()),
            Err(_) => Err(format!("no browser here: {url}")),
        }
    }

    fn export(&mut self, format: ExportFormat, audit: &Audit) -> Result<String, String> {
        let (format, ending) = match format {
            ExportFormat::Json => (Format::Json, "json"),
            ExportFormat::Csv => (Format::Csv, "csv"),
            ExportFormat::Markdown => (Format::Markdown, "md"),
        };
        let name: String = audit
            .account
            .label()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
            .collect();
        let stamp = audit.started_at.strftime("%Y%m%dT%H%M%SZ");
        let file = format!("closeout-{name}-{stamp}.{ending}");
        let options = report::Options::default();
        save(file.as_ref(), |out| report::write(format, audit, &options, out))
            .map(|()| format!("written to {file}"))
            .map_err(|error| error.to_string())
    }

    fn rescan(&mut self, what: Rescan) -> Result<String, String> {
        let Some(live) = &self.live else { return Err("this is a saved audit: there is nothing to ask".to_owned()) };
        let _ = live.tell.send(Will::Run);
        let (order, said) = match what {
            Rescan::All => (Order::All, "scanning again".to_owned()),
            Rescan::Cell(cell) => {
                let said = format!("asking again for {cell}");
                (Order::Cell(cell), said)
            }
        };
        live.orders.send(order).map(|()| said).map_err(|_| "the scanner is gone; see the log".to_owned())
    }

    fn stop(&mut self) {
        if let Some(live) = &self.live {
            let _ = live.tell.send(Will::Stop);
        }
    }

    fn pause(&mut self, on: bool) {
        if let Some(live) = &self.live {
            let _ = live.tell.send(if on { Will::Pause } else { Will::Run });
        }
    }

    fn can_rescan(&self) -> bool {
        self.live.is_some()
    }
}
