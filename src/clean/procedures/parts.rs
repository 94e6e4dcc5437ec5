//! What most procedures do: list the parts of something, take each away, look until none is left.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::aws::api::call::Act;
use crate::aws::api::{Answer, Call};
use crate::aws::{Cx, Fault};
use crate::clean::send::is_in_the_way;
use crate::model::{Why, clean};

/// Requests under way at the same time.
const TOGETHER: usize = 8;

/// How often a call is sent that came too fast or that nobody answered.
const TRIES: u32 = 4;

/// Looks after which it is believed that something is in the way, though no part is going: lists run ahead of what
/// AWS has let go of.
const STUCK: u32 = 3;

/// Parts that are named where some stay.
const NAMED: usize = 3;

/// How long it is waited for parts to go.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Pause behind the first look; each is twice as long as the one before.
    pub first: Duration,
    /// The longest pause.
    pub last: Duration,
    /// Time after which it is given up.
    pub longest: Duration,
}

impl Default for Patience {
    /// Three quarters of an hour: associations of Client VPN endpoints have been seen to change for more than ten
    /// minutes (<https://github.com/hashicorp/terraform-provider-aws/issues/15680>).
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience { first: seconds(2), last: seconds(15), longest: seconds(45 * 60) }
    }
}

/// A part of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// By what the call that takes it away names it.
    pub id: String,
    /// Its state as AWS calls it. Empty where parts have none.
    pub state: String,
    /// Whether it is going already.
    pub is_going: bool,
}

impl Part {
    /// A part in a state; the state in which it is going already is `going`.
    pub fn new(id: String, state: String, going: &str) -> Part {
        Part { id, is_going: state == going, state }
    }

    /// A part that is there until it is gone.
    pub fn stateless(id: String) -> Part {
        Part { id, state: String::new(), is_going: false }
    }
}

/// How parts are taken away.
pub(super) struct Manner {
    /// What they are, for people.
    pub parts: &'static str,
    /// What lists them.
    pub listing: &'static Call,
    /// Parts in one call.
    pub batch: usize,
    /// Parts that may be going at the same time.
    pub together: usize,
}

impl Manner {
    /// A call for each, and any number going at the same time.
    pub const fn each(parts: &'static str, listing: &'static Call) -> Manner {
        Manner { parts, listing, batch: 1, together: usize::MAX }
    }

    fn still_there(&self, listed: &[Part], patience: &Patience) -> Fault {
        let named = listed.iter().take(NAMED).map(|part| match part.state.as_str() {
            "" => part.id.clone(),
            state => format!("{} ({state})", part.id),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let minutes = patience.longest.as_secs() / 60;
        let detail = format!("{} still there after {minutes} minutes: {}: {named}", self.parts, listed.len());
        Fault::new(Why::TimedOut, &self.listing.action(), clean(&detail).into_owned())
    }
}

/// What a procedure has in hand.
pub(super) struct Way<'w> {
    pub cx: &'w Cx,
    pub patience: Patience,
    pub tell: &'w (dyn Fn(String) + Sync),
}

impl Way<'_> {
    /// Takes away every part that is not going already, and looks until none is listed. What appears meanwhile goes too;
    /// what was sent for is not sent for again.
    ///
    /// Errors with the first refusal. That something is in the way is none while other parts are going.
    pub async fn empty<Listing, Taking>(
        &self,
        manner: &Manner,
        list: impl Fn() -> Listing,
        take: impl Fn(Vec<String>) -> Taking,
    ) -> Result<(), Fault>
    where
        Listing: Future<Output = Result<Vec<Part>, Fault>>,
        Taking: Future<Output = Result<(), Fault>>,
    {
        let begun = Instant::now();
        let mut pause = self.patience.first;
        let mut sent = BTreeSet::new();
        let mut stuck = 0;
        loop {
            let listed = list().await?;
            if listed.is_empty() {
                return Ok(());
            }
            (self.tell)(format!("{} left: {}", manner.parts, listed.len()));
            match take_some(manner, &listed, &mut sent, &take).await? {
                Some(fault) if stuck + 1 >= STUCK => return Err(fault),
                Some(_) => stuck += 1,
                None => stuck = 0,
            }
            if begun.elapsed() >= self.patience.longest {
                return Err(manner.still_there(&listed, &self.patience));
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.patience.last);
        }
    }

    /// Sends what takes a part away. `None` when it is gone already, which is as well. What came too fast, or was not
    /// answered, is sent again: nothing else goes by a second time.
    ///
    /// Errors when AWS refuses.
    pub async fn take(&self, act: &Act, input: &Value) -> Result<Option<Answer>, Fault> {
        let mut pause = self.patience.first;
        let mut tries = 1;
        loop {
            match self.cx.act(act, input).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(fault) if fault.is_gone() => return Ok(None),
                Err(fault) if tries < TRIES && (fault.why == Why::Throttled || fault.is_undecided()) => tries += 1,
                Err(fault) => return Err(fault),
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.patience.last);
        }
    }
}

/// Sends for as many parts as may be going. Gives the refusal that says something is in the way when no part is going
/// that could be it.
async fn take_some<Taking>(
    manner: &Manner,
    listed: &[Part],
    sent: &mut BTreeSet<String>,
    take: &impl Fn(Vec<String>) -> Taking,
) -> Result<Option<Fault>, Fault>
where
    Taking: Future<Output = Result<(), Fault>>,
{
    let is_going = |part: &&Part| part.is_going || sent.contains(&part.id);
    let (going, here): (Vec<&Part>, Vec<&Part>) = listed.iter().partition(is_going);
    let mut any_going = !going.is_empty();
    let room = manner.together.saturating_sub(going.len());
    let next: Vec<String> = here.into_iter().take(room).map(|part| part.id.clone()).collect();
    let batches: Vec<Vec<String>> = next.chunks(manner.batch).map(<[String]>::to_vec).collect();
    let sending = batches.into_iter().map(|ids| {
        let taking = take(ids.clone());
        async { (ids, taking.await) }
    });
    let mut outcomes = stream::iter(sending).buffered(TOGETHER);
    let mut in_the_way = None;
    while let Some((ids, outcome)) = outcomes.next().await {
        match outcome {
            Ok(()) => {
                any_going = true;
                sent.extend(ids);
            }
            Err(fault) if is_in_the_way(&fault) => in_the_way = in_the_way.or(Some(fault)),
            Err(fault) => return Err(fault),
        }
    }
    Ok(in_the_way.filter(|_| !any_going))
}
