//! The terminal, and the promise to give it back as it was.

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};

/// Most bytes a terminal is asked to put on its clipboard, before they are encoded: longer ones are dropped by
/// common terminals without a word.
const LONGEST_COPY: usize = 74_000;

/// Time a stop signal needs at most to arrive.
const UNTIL_STOPPED: Duration = Duration::from_millis(50);

/// Whether the terminal is ours right now, so that it is given back once and not twice.
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours. Dropping it gives the terminal back.
pub struct Screenful {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
}

impl Screenful {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, and the mouse when asked for.
    ///
    /// Errors when standard output is no terminal; nothing is left changed then.
    pub fn open(mouse: bool) -> io::Result<Screenful> {
        give_back_on_panic();
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        let mut screen = Screenful { terminal: Terminal::new(CrosstermBackend::new(out))?, mouse };
        screen.enter()?;
        Ok(screen)
    }

    /// Takes the terminal again after it was given back.
    pub fn enter(&mut self) -> io::Result<()> {
        OURS.store(true, Ordering::Release);
        let taken = self.take();
        if taken.is_err() {
            give_back();
        }
        taken
    }

    /// Whether the terminal is still ours: a panic of another thread gives it back for its report.
    pub fn is_ours(&self) -> bool {
        OURS.load(Ordering::Acquire)
    }

    fn take(&mut self) -> io::Result<()> {
        // Whoever had the terminal meanwhile may have ended raw mode without our knowledge.
        terminal::disable_raw_mode()?;
        terminal::enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        if self.mouse {
            execute!(out, EnableMouseCapture)?;
        }
        Ok(())
    }

    /// Draws one picture. Only what differs from the last one is written.
    pub fn draw(&mut self, picture: impl FnOnce(&mut Frame)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(picture)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what the terminal shows, so that the next picture is written whole.
    pub fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where its cursor is, and the answer goes to the thread that reads
        // the keys; being given its own size again makes it clear as well.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Turns reports of the mouse on or off.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
    }

    /// Asks the terminal to put text on its clipboard. It never answers. Says whether it was asked: too long a
    /// text is not sent.
    pub fn copy(&mut self, text: &str) -> io::Result<bool> {
        if text.len() > LONGEST_COPY {
            return Ok(false);
        }
        let in_tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
        let mut out = io::stdout();
        out.write_all(clipboard_sequence(text, in_tmux).as_bytes())?;
        out.flush()?;
        Ok(true)
    }

    /// Gives the terminal back, stops the whole process group as Ctrl-Z would, and takes the terminal again when
    /// continued. In a group without a shell the kernel ignores the stop, and this returns at once.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        // The signal may still be on its way to another thread when the call returns, and this one must not take the
        // terminal again before the stop has come.
        std::thread::sleep(UNTIL_STOPPED);
        self.enter()
    }
}

impl Drop for Screenful {
    fn drop(&mut self) {
        // A panic while drawing leaves a begun update in the buffer; it must not be written after the end of it.
        let _ = execute!(self.terminal.backend_mut(), EndSynchronizedUpdate);
        give_back();
    }
}

/// The sequence that sets a terminal's clipboard, wrapped for tmux where it has to pass through it.
fn clipboard_sequence(text: &str, in_tmux: bool) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let plain = format!("\x1b]52;c;{encoded}\x07");
    if in_tmux { format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")) } else { plain }
}

/// Puts everything back, whatever state the terminal is in. What cannot be written any more is not complained
/// about: the terminal may be gone.
fn give_back() {
    if !OURS.swap(false, Ordering::AcqRel) {
        return;
    }
    let mut out = io::stdout();
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        cursor::Show,
        LeaveAlternateScreen
    );
    let _ = out.flush();
    let _ = terminal::disable_raw_mode();
}

/// Lets a panic of any thread give the terminal back before it is reported, or the report would be lost with the
/// alternate screen.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            report(panic);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipboard_sequence_is_doubled_inside_tmux() {
        assert_eq!(clipboard_sequence("hi", false), "\x1b]52;c;aGk=\x07");
        assert_eq!(clipboard_sequence("hi", true), "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\");
    }
}
