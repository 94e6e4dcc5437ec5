//! A cleanup of sixty steps that is killed, by SIGKILL, at every moment it has: before and after each line of its journal
//! and each call, and in the middle of each line. Taken up again, it comes to the same end.
//!
//! Each killed run is a process of its own, this very program with one test; its account is in a file and outlives it, as
//! AWS does.

#[path = "cleanup_support/plans.rs"]
#[allow(dead_code, reason = "one plan of them is killed here")]
mod plans;
#[path = "cleanup_support/world.rs"]
#[allow(dead_code, reason = "nothing but the program fails here")]
mod world;

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use closeout::clean::journal::{self, Journal, Sink};
use closeout::plan::What;
use tempfile::TempDir;

use plans::{ACCOUNT, apply, begin, runtime, sixty_steps};
use world::{Fuse, InMemory, kill};

/// Variables by which a test tells its child where the account is and at which moment to die.
const FOLDER: &str = "CLOSEOUT_TEST_FOLDER";
const MOMENT: &str = "CLOSEOUT_TEST_MOMENT";

/// Where a run is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// Before or after a line or a call.
    Between,
    /// In the middle of a line.
    InALine,
}

/// Lines on their way to the journal's file.
#[derive(Debug)]
struct Fused {
    file: Box<dyn Sink>,
    fuse: Arc<Fuse>,
    at: Where,
}

impl Sink for Fused {
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        match self.at {
            Where::Between => self.fuse.moment(),
            Where::InALine if self.fuse.burns() => {
                self.file.put(&line[..line.len() / 2])?;
                kill();
            }
            Where::InALine => {}
        }
        self.file.put(line)?;
        if self.at == Where::Between {
            self.fuse.moment();
        }
        Ok(())
    }
}

/// The program that is killed: begins the run or takes it up, and goes to its end unless its moment comes before.
fn live(folder: &Path, at: Where) {
    let world = InMemory::kept(&folder.join("account.json"));
    let (_, plan) = sixty_steps();
    let (journal, earlier) = if folder.join("run-1.ndjson").exists() {
        Journal::resume(folder, ACCOUNT, "run-1").expect("it goes on")
    } else {
        (begin(folder), Vec::new())
    };
    let lines = Arc::new(Fuse::default());
    let fuse = if at == Where::Between { &world.fuse } else { &lines };
    fuse.set(env::var(MOMENT).ok().map(|moment| moment.parse().expect("a number")));
    let journal = journal.through(|file| Box::new(Fused { file, fuse: fuse.clone(), at }));
    let report = runtime().block_on(apply(&world, &plan, journal, &earlier));
    assert_eq!(report.counts(), (60, 0, 0), "{report:?}");
}

/// Runs a test of this program again in a process of its own.
fn child(name: &str, folder: &Path, moment: Option<u32>) -> Output {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args([name, "--exact", "--nocapture"]);
    command.env(FOLDER, folder).env_remove(MOMENT);
    command.envs(moment.map(|moment| (MOMENT, moment.to_string())));
    command.output().expect("this program")
}

/// Kills a run at each of its moments, two at a time, and tells how many there were.
fn kill_everywhere(name: &str) -> u32 {
    let (resources, _) = sixty_steps();
    let next = AtomicU32::new(0);
    let one_after_another = || {
        loop {
            let moment = next.fetch_add(1, Ordering::Relaxed);
            let folder = TempDir::new().expect("a folder");
            let file = folder.path().join("account.json");
            InMemory::new(resources.clone()).keep(&file);
            let first = child(name, folder.path(), Some(moment));
            let is_over = first.status.success();
            if !is_over {
                assert_eq!(first.status.signal(), Some(9), "killed at {moment}: {first:?}");
                let second = child(name, folder.path(), None);
                assert!(second.status.success(), "killed at {moment}: {second:?}");
            }
            assert_whole(&InMemory::kept(&file), folder.path(), moment);
            if is_over {
                return moment;
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(one_after_another), scope.spawn(one_after_another)];
        threads.map(|thread| thread.join().expect("no panic")).into_iter().min().expect("two of them")
    })
}

/// After any kill: everything is gone, each volume was saved exactly once, and nothing happened that no line announced.
fn assert_whole(world: &InMemory, folder: &Path, moment: u32) {
    let account = world.account.lock().expect("no panic");
    let left: Vec<&str> =
        account.resources.values().map(|one| one.id.as_str()).filter(|id| !id.starts_with("snap-")).collect();
    assert!(left.is_empty(), "killed at {moment}: {left:?} is still there");
    let mut saved: BTreeMap<&str, u32> = BTreeMap::new();
    for (call, id, came) in &account.calls {
        if call == "ec2:CreateSnapshot" && *came {
            *saved.entry(id).or_default() += 1;
        }
    }
    assert_eq!(saved.len(), 20, "killed at {moment}");
    assert!(saved.values().all(|times| *times == 1), "killed at {moment}: saved twice: {saved:?}");
    let entries = journal::read(&folder.join("run-1.ndjson")).expect("a whole journal").entries;
    let mut announced: BTreeMap<(String, u32), usize> = BTreeMap::new();
    for entry in &entries {
        if let What::Sending { step, call, .. } = &entry.what {
            *announced.entry((call.clone(), *step)).or_default() += 1;
        }
    }
    let announced: usize = announced.values().sum();
    assert!(
        account.calls.len() <= announced,
        "killed at {moment}: {} calls, {announced} announced",
        account.calls.len()
    );
}

#[test]
fn killed_before_or_after_any_line_or_call_it_resumes_to_the_same_end() {
    if let Some(folder) = env::var_os(FOLDER) {
        return live(Path::new(&folder), Where::Between);
    }
    let moments = kill_everywhere("killed_before_or_after_any_line_or_call_it_resumes_to_the_same_end");
    assert!(moments > 600, "{moments}");
    println!("killed by SIGKILL at {moments} moments between the lines and calls of a plan of 60 steps");
}

#[test]
fn a_line_torn_by_the_kill_is_cut_away_and_what_it_announced_never_happened() {
    if let Some(folder) = env::var_os(FOLDER) {
        return live(Path::new(&folder), Where::InALine);
    }
    let moments = kill_everywhere("a_line_torn_by_the_kill_is_cut_away_and_what_it_announced_never_happened");
    assert!(moments > 200, "{moments}");
    println!("killed by SIGKILL in the middle of {moments} lines of a plan of 60 steps");
}
