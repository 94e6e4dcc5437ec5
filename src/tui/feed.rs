//! What wakes the loop: the keyboard, signals, news. Each has a thread of its own that only waits and passes on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use crossterm::event::{self, Event as Terminal};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use super::run::Input;

/// What wakes the loop.
pub(super) enum Wake {
    Terminal(Terminal),
    /// News waits in the other channel.
    News,
    Signal(i32),
    /// The keyboard is gone.
    Lost,
}

/// News on its way to the loop, and whether the loop has been told of it.
pub(super) struct News {
    queue: Receiver<Input>,
    told: Arc<AtomicBool>,
}

impl News {
    /// The loop has heard: the next news wake it again.
    pub(super) fn heard(&self) {
        self.told.store(false, Ordering::Release);
    }

    /// The next of the news, if any waits.
    pub(super) fn next(&self) -> Option<Input> {
        self.queue.try_recv().ok()
    }
}

/// Passes news on, waking the loop once for any number of them, so that a flood never hides a key.
pub(super) fn forward(feed: Receiver<Input>, wake: Sender<Wake>) -> News {
    let (into, queue) = mpsc::channel();
    let told = Arc::new(AtomicBool::new(false));
    let telling = Arc::clone(&told);
    std::thread::spawn(move || {
        // Whoever fed the screen and is gone has nothing more to say, whether it said so or not.
        for input in feed.into_iter().chain([Input::Ended]) {
            if into.send(input).is_err() {
                return;
            }
            if !telling.swap(true, Ordering::AcqRel) && wake.send(Wake::News).is_err() {
                return;
            }
        }
    });
    News { queue, told }
}

/// Passes keys on until the keyboard is gone.
pub(super) fn read_keys(wake: &Sender<Wake>) {
    loop {
        let next = event::read().map_or(Wake::Lost, Wake::Terminal);
        let is_last = matches!(next, Wake::Lost);
        if wake.send(next).is_err() || is_last {
            return;
        }
    }
}

/// Signals that end a program.
const ENDING: [i32; 3] = [SIGTERM, SIGINT, SIGHUP];

/// Gives the ending signals their usual effect back: left to themselves they would now be ignored.
pub(super) fn unwatch_signals(handle: &Handle) {
    handle.close();
    for signal in ENDING {
        let _ = signal_hook::flag::register_conditional_default(signal, Arc::new(AtomicBool::new(true)));
    }
}

/// Passes on the signals that end, suspend or resume a program, until the handle is closed.
pub(super) fn watch_signals(wake: Sender<Wake>) -> io::Result<Handle> {
    let mut signals = Signals::new(ENDING.into_iter().chain([SIGCONT]))?;
    let handle = signals.handle();
    std::thread::spawn(move || signals.forever().all(|signal| wake.send(Wake::Signal(signal)).is_ok()));
    Ok(handle)
}
