//! Journeys: the program itself in a terminal, keys in, what is on the screen out, and how the terminal is left.
//!
//! Every wait is for something to show up, up to a limit; a wait that fails prints the screen.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{MouseProtocolMode, Parser};

/// Far longer than anything here takes, also on a machine with other work to do.
const LIMIT: Duration = Duration::from_secs(60);

/// What the program has written so far.
struct Written {
    screen: Parser,
    raw: Vec<u8>,
    /// What the alternate screen last showed before it was left.
    left: String,
    is_over: bool,
}

impl Written {
    fn process(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let shown = self.screen.screen();
            // The sequence that leaves it ends in this letter.
            let before = (*byte == b'l' && shown.alternate_screen()).then(|| shown.contents());
            self.screen.process(&[*byte]);
            if let Some(before) = before.filter(|_| !self.screen.screen().alternate_screen()) {
                self.left = before;
            }
        }
    }
}

type Shared = Arc<(Mutex<Written>, Condvar)>;

/// A terminal with the program in it.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    written: Shared,
    /// Settings of the line before the program came.
    line: String,
    _home: tempfile::TempDir,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// `closeout demo` on a screen of 100×30, with these variables beside the usual ones.
    fn demo(variables: &[(&str, &str)]) -> Terminal {
        Terminal::of(&["demo"], variables)
    }

    /// The program with these arguments.
    fn of(arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
        let home = tempfile::tempdir().expect("a folder for the program's files");
        let pair = native_pty_system().openpty(size(100, 30)).expect("a terminal");
        let line = line_settings(pair.master.as_ref());
        let child = pair.slave.spawn_command(command(home.path(), arguments, variables)).expect("the program");
        drop(pair.slave);
        let written = Written { screen: Parser::new(30, 100, 0), raw: Vec::new(), left: String::new(), is_over: false };
        let written: Shared = Arc::new((Mutex::new(written), Condvar::new()));
        let reader = pair.master.try_clone_reader().expect("the terminal's output");
        let shared = Arc::clone(&written);
        std::thread::spawn(move || follow(reader, &shared));
        let keyboard = pair.master.take_writer().expect("the terminal's input");
        let terminal = Terminal { master: pair.master, keyboard, child, written, line, _home: home };
        terminal.wait_for("[1 Overview]");
        terminal
    }

    fn read<T>(&self, look: impl FnOnce(&Written) -> T) -> T {
        look(&self.written.0.lock().expect("nothing panics while it holds this"))
    }

    fn screen(&self) -> String {
        self.read(|written| written.screen.screen().contents())
    }

    fn raw(&self) -> String {
        self.read(|written| String::from_utf8_lossy(&written.raw).into_owned())
    }

    /// Waits until something holds of what was written.
    #[track_caller]
    fn wait_until(&self, what: &str, holds: impl Fn(&Written) -> bool) {
        let until = Instant::now() + LIMIT;
        let (written, changed) = &*self.written;
        let mut guard = written.lock().expect("nothing panics while it holds this");
        while !holds(&guard) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let screen = guard.screen.screen().contents();
                drop(guard);
                panic!("waited for {what}, but the screen shows\n{screen}");
            }
            guard = changed.wait_timeout(guard, left).expect("nothing panics while it holds this").0;
        }
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    fn wait_for(&self, text: &str) {
        self.wait_until(text, |written| written.screen.screen().contents().contains(text));
    }

    /// Waits until a text is gone from the screen.
    #[track_caller]
    fn wait_without(&self, text: &str) {
        self.wait_until(&format!("no {text}"), |written| !written.screen.screen().contents().contains(text));
    }

    fn press(&mut self, keys: &str) -> &mut Terminal {
        self.keyboard.write_all(keys.as_bytes()).expect("a terminal that takes keys");
        self.keyboard.flush().expect("a terminal that takes keys");
        self
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.written.0.lock().expect("nothing panics while it holds this").screen.screen_mut().set_size(rows, columns);
        self.master.resize(size(columns, rows)).expect("a terminal that can be resized");
    }

    /// Waits for the program to be over.
    #[track_caller]
    fn exit(&mut self) -> ExitStatus {
        self.wait_until("the end of the program", |written| written.is_over);
        self.child.wait().expect("an exit status")
    }

    /// Whether everything is as it was before the program came.
    #[track_caller]
    fn assert_given_back(&self) {
        self.read(|written| {
            let screen = written.screen.screen();
            assert!(!screen.alternate_screen(), "still on the alternate screen");
            assert!(!screen.hide_cursor(), "the cursor is still hidden");
            assert!(!screen.bracketed_paste(), "paste is still bracketed");
            assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
            assert_eq!(screen.contents().trim(), "");
        });
        assert_eq!(line_settings(self.master.as_ref()), self.line);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A journey that failed half-way leaves the program running.
        let _ = self.child.kill();
    }
}

fn command(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_closeout"));
    command.args(arguments);
    command.env_clear();
    command.cwd(home);
    command.env("HOME", home);
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    for (name, value) in variables {
        command.env(name, value);
    }
    command
}

/// Raw mode, echo and the like.
fn line_settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal with settings"))
}

fn follow(mut reader: Box<dyn Read + Send>, shared: &Shared) {
    let (written, changed) = &**shared;
    let mut buffer = [0; 4096];
    loop {
        // The end of a terminal without programs is an error on Linux.
        let read = reader.read(&mut buffer).unwrap_or(0);
        let mut written = written.lock().expect("nothing panics while it holds this");
        written.process(&buffer[..read]);
        written.raw.extend_from_slice(&buffer[..read]);
        written.is_over = read == 0;
        changed.notify_all();
        if read == 0 {
            return;
        }
    }
}

/// What each `CSI … m` in an output sets.
fn colours(raw: &str) -> Vec<String> {
    let ends = |c: char| ('@'..='~').contains(&c);
    let sequences = raw.split("\x1b[").skip(1).filter_map(|rest| rest.find(ends).map(|end| rest.split_at(end)));
    let attributes = sequences.filter(|(_, rest)| rest.starts_with('m')).map(|(parameters, _)| parameters);
    // 39, 49 and 59 are the terminal's own colours.
    let is_colour = |parameter: &&str| {
        let number: u16 = parameter.parse().unwrap_or(0);
        matches!(number, 30..=38 | 40..=48 | 58 | 90..=107)
    };
    attributes.flat_map(|parameters| parameters.split([';', ':']).filter(is_colour)).map(str::to_owned).collect()
}

const DELETE: &str = "\x1b[3~";
const ESCAPE: &str = "\x1b";

#[test]
fn marks_survive_filters_sorting_and_every_size() {
    let mut terminal = Terminal::demo(&[]);
    terminal.wait_for("Top findings");
    terminal.press("2").wait_for("[2 Findings]");
    terminal.press("jj ").wait_for("1 marked");
    terminal.press("j ").wait_for("2 marked");
    terminal.press("/region:us-e").wait_for("filter > region:us-e");
    terminal.wait_for("(2 not shown)");
    terminal.press("\r").wait_without("filter >");
    terminal.press(ESCAPE).wait_for("filter cleared");
    terminal.wait_for("2 marked");
    terminal.press("s").wait_for("Sort by");
    terminal.press("j\r").wait_for("$/mo▼");
    terminal.wait_for("2 marked");
    terminal.resize(80, 24);
    terminal.wait_for(" 1 [2 Findings] 3  4  5  6  7  8   ? help");
    terminal.wait_for("2 marked");
    terminal.resize(30, 8);
    terminal.wait_without("[2 Findings]");
    terminal.wait_for(" gaps");
    terminal.resize(100, 30);
    terminal.wait_for(" 1 Overview [2 Findings]");
    terminal.wait_for("2 marked");
    terminal.press("*").wait_for("marked only");
    terminal.press("q");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
}

#[test]
fn screens_help_and_palette_come_and_go() {
    let mut terminal = Terminal::demo(&[]);
    for (key, text) in [("3", "Quotas: least headroom first"), ("4", "unblended, USD"), ("8", "What was not seen")] {
        terminal.press(key).wait_for(text);
    }
    terminal.press("?").wait_for("Search the help");
    terminal.press(ESCAPE).wait_without("Search the help");
    terminal.press(":").wait_for("Commands");
    terminal.press("overview\r").wait_for("[1 Overview]");
    terminal.press("\x03");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
}

#[test]
fn keys_that_delete_elsewhere_change_nothing() {
    let mut terminal = Terminal::demo(&[]);
    terminal.press("2").wait_for("[2 Findings]");
    terminal.press(" ").wait_for("1 marked");
    let body = |screen: &str| screen.lines().take(28).map(str::to_owned).collect::<Vec<_>>();
    terminal.press("zz").wait_without(" marked vol-");
    let before = body(&terminal.screen());
    for key in ["d", DELETE, "x", "\x7f"] {
        terminal.press(key).wait_for("nothing is deleted here");
        assert_eq!(body(&terminal.screen()), before);
        // The message is gone at the next key.
        terminal.press("zz").wait_without("nothing is deleted here: mark");
        terminal.wait_until("the list", |written| body(&written.screen.screen().contents()) == before);
    }
}

#[test]
fn an_item_of_the_checklist_is_ticked_with_a_note_and_the_tick_taken_back() {
    let mut terminal = Terminal::demo(&[]);
    terminal.press("5").wait_for("Closure checklist: BLOCKED");
    terminal.press(" ").wait_for("what was seen to block is not ticked away");
    terminal.press("/state:open\r").wait_without("filter >");
    terminal.press(" ").wait_for("Tick: ");
    terminal.press("\r").wait_for("a note is wanted");
    terminal.press("asked mk").wait_for("Note asked mk");
    terminal.press("\r").wait_for("in this demo only");
    terminal.press(ESCAPE).wait_for("filter cleared");
    terminal.press("/state:ticked\r").wait_for("[x] hand");
    // The list was judged again, and is blocked as before.
    terminal.wait_for("Closure checklist: BLOCKED");
    terminal.wait_for(": asked mk");
    terminal.press(" ").wait_for("tick taken back");
    terminal.wait_for("none matches the filter");
    terminal.press("q");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
    assert!(!terminal._home.path().join(".local/state/closeout/ticks").exists(), "a demo keeps nothing");
}

#[test]
fn a_tick_over_a_file_is_kept_by_account_and_a_damaged_file_of_them_is_left_alone() {
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/recording.ndjson");
    let mut terminal = Terminal::of(&["open", recording], &[]);
    terminal.press("5").wait_for("Closure checklist: BLOCKED");
    terminal.press("/state:open\r").wait_without("filter >");
    terminal.press(" ").wait_for("Tick: ");
    terminal.press("asked mk").wait_for("Note asked mk");
    terminal.press("\r").wait_for("kept in ");
    let file = terminal._home.path().join(".local/state/closeout/ticks/111122223333.toml");
    let kept = std::fs::read_to_string(&file).expect("a file of ticks");
    assert!(kept.contains("note = \"asked mk\""), "{kept}");
    std::fs::write(&file, "half a li").expect("a damaged file");
    terminal.press(" ").wait_for("Tick: ");
    terminal.press("again").wait_for("Note again");
    terminal.press("\r").wait_for("not a file of ticks");
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "half a li");
    terminal.press("q");
    terminal.exit();
    terminal.assert_given_back();
}

#[test]
fn terminate_signal_gives_the_terminal_back() {
    let mut terminal = Terminal::demo(&[]);
    let pid = terminal.child.process_id().and_then(|pid| Pid::from_raw(pid as i32)).expect("a running program");
    kill_process(pid, Signal::TERM).expect("a program of our own");
    terminal.exit();
    terminal.assert_given_back();
}

#[test]
fn suspending_gives_the_terminal_back_and_takes_it_again() {
    let mut terminal = Terminal::demo(&[]);
    terminal.press("2").wait_for("[2 Findings]");
    // There is no shell to continue the program, and the kernel does not stop one that nobody can continue.
    terminal.press("\x1a");
    terminal.wait_until("the alternate screen, left and entered", |written| {
        let raw = String::from_utf8_lossy(&written.raw);
        raw.matches("\x1b[?1049l").count() == 1 && raw.matches("\x1b[?1049h").count() == 2
    });
    terminal.wait_for("[2 Findings]");
    terminal.press("q");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
}

#[test]
fn no_color_means_no_colour_at_all() {
    let journey = |variables: &[(&str, &str)]| {
        let mut terminal = Terminal::demo(variables);
        terminal.press("2").wait_for("[2 Findings]");
        terminal.press(" ").wait_for("1 marked");
        terminal.press("8").wait_for("[8 Coverage]");
        terminal.press("q");
        terminal.exit();
        colours(&terminal.raw())
    };
    assert_eq!(journey(&[("NO_COLOR", "1")]), [] as [&str; 0]);
    assert!(!journey(&[]).is_empty());
}

/// Marks findings whose plan has a backup and thereby two waves, tries it and begins to apply it.
fn apply_two_waves(terminal: &mut Terminal) {
    terminal.press("2").wait_for("[2 Findings]");
    for (keys, marked) in [" ", "j ", "jj ", "jj ", "j "].into_iter().zip(1..) {
        terminal.press(keys).wait_for(&format!("{marked} marked"));
    }
    terminal.press("6").wait_for("Cleanup plan ·");
    terminal.press("D").wait_for("dry run passed");
    terminal.press("A").wait_for("Enter does nothing until the text matches");
    type_phrase(terminal);
    terminal.press("\r").wait_for("APPLYING");
}

/// Types the phrase that the dialog asks for.
fn type_phrase(terminal: &mut Terminal) {
    let screen = terminal.screen();
    let phrase = screen.split("Type  ").nth(1).and_then(|rest| rest.split("  to start").next());
    let phrase = phrase.expect("a phrase in the dialog").to_owned();
    // Keys are taken when the dialog has been there for a moment.
    std::thread::sleep(Duration::from_millis(600));
    terminal.press(&phrase).wait_for("Enter begins.");
}

#[test]
fn a_run_that_was_stopped_goes_on_from_its_journal() {
    let mut terminal = Terminal::demo(&[]);
    apply_two_waves(&mut terminal);
    terminal.wait_for("1 begun: back up");
    terminal.press("S").wait_for("STOPPED");
    terminal.press("7").wait_for("stopped by hand");
    terminal.press("A").wait_for("going on needs a dry run of what is left");
    terminal.press("D").wait_for("dry run of what is left passed");
    terminal.press("A").wait_for("Go on with the run?");
    terminal.wait_for("1 of its 6 steps are done already");
    type_phrase(&mut terminal);
    terminal.press("\r").wait_for("[6 Cleanup]");
    terminal.wait_for("DONE");
    terminal.wait_for("done in the run before");
    terminal.press("7").wait_for("0 failed, 0 not begun");
    terminal.press("D").wait_for("a run with something left of it");
    terminal.press("=").wait_for("There is no history of audits here");
    terminal.press(ESCAPE).wait_without("There is no history");
    terminal.press("q");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
}

#[test]
fn a_signal_in_a_run_lets_the_steps_under_way_finish_and_then_ends_the_program() {
    for signal in [Signal::TERM, Signal::HUP] {
        let mut terminal = Terminal::demo(&[]);
        apply_two_waves(&mut terminal);
        let pid = terminal.child.process_id().and_then(|pid| Pid::from_raw(pid as i32)).expect("a running program");
        terminal.wait_for("1 begun: back up");
        kill_process(pid, signal).expect("a program of our own");
        assert_eq!(terminal.exit().exit_code(), 0);
        let left = terminal.read(|written| written.left.clone());
        assert!(left.contains("STOPPING") && left.contains("asked to end: no further step is begun"), "{left}");
        terminal.assert_given_back();
    }
}

#[test]
fn whole_cleanup_of_the_demo_goes_from_marks_to_the_journal() {
    let mut terminal = Terminal::demo(&[]);
    terminal.wait_for("WRITES ALLOWED (recording)");
    terminal.press("2").wait_for("[2 Findings]");
    terminal.press(" ").wait_for("1 marked");
    terminal.press("j ").wait_for("2 marked");
    terminal.press("6").wait_for("Cleanup plan ·");
    terminal.press("A").wait_for("apply needs a dry run");
    terminal.press("D").wait_for("dry run passed");
    terminal.press("A").wait_for("Enter does nothing until the text matches");
    let screen = terminal.screen();
    let phrase = screen.split("Type  ").nth(1).and_then(|rest| rest.split("  to start").next());
    let phrase = phrase.expect("a phrase in the dialog").to_owned();
    assert!(phrase.starts_with("delete "), "{screen}");
    // Keys are taken when the dialog has been there for a moment.
    std::thread::sleep(Duration::from_millis(600));
    terminal.press("\r").wait_for("Enter does nothing until the text matches");
    terminal.press(&phrase).wait_for("Enter begins.");
    terminal.press("\r").wait_for("APPLYING");
    terminal.wait_for("DONE");
    terminal.wait_for("0 failed, 0 not begun");
    terminal.wait_for("WRITES ALLOWED (recording)");
    terminal.press("7").wait_for("[7 Journal]");
    terminal.wait_for("0 failed, 0 not begun");
    terminal.press("v").wait_for("deleted resources are gone");
    terminal.press("u").wait_for("Undo of");
    terminal.press(ESCAPE).wait_without("Undo of");
    terminal.press("q");
    assert_eq!(terminal.exit().exit_code(), 0);
    terminal.assert_given_back();
    // The journals of a demo are gone with it, and none was ever among the user's own.
    let state = terminal._home.path().join(".local/state/closeout/journal");
    assert!(!state.exists());
}
