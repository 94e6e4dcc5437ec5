//! The account's bill from Cost Explorer: the last thirty days, the last full month and the present one, cut out of one
//! answer day by day. Every request there costs a cent: they are planned, counted, capped, and made once a day.
//!
//! - [`reader`]: the requests
//! - [`ledger`]: answers become bills
//! - [`regions`]: the region in a usage type
//! - [`amount`]: sums without rounding
//! - [`cache`]: today's answers on disk

mod amount;
mod cache;
mod ledger;
mod reader;
mod regions;

use std::path::Path;

use jiff::civil::Date;

use crate::aws::{Cx, Fault};
use crate::model::{Bill, Usd};
use cache::{Kept, Whose};
use reader::Reader;

pub use ledger::charge_kind;
pub use reader::{ACTIONS, REQUEST_USD};
pub use regions::region_of;

/// How the bill is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillPlan {
    /// The most that may be spent on asking.
    pub budget: Usd,
    /// Whether to ask for what is not the bill itself: what the month will bring, which resources the dollars were for,
    /// how much of the commitments was used.
    pub beyond: bool,
    /// Whether to ask for amounts after discounts and credits too.
    pub net: bool,
    /// Whether to ask even when today's bill is at hand.
    pub fresh: bool,
}

impl Default for BillPlan {
    /// Ten cents, with everything beyond the bill, from today's copy where there is one.
    fn default() -> BillPlan {
        BillPlan { budget: Usd::from_micros(100_000), beyond: true, net: false, fresh: false }
    }
}

/// What asking brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BillAnswer {
    /// The bill of the last thirty days. Absent when it could not be read whole: a part of it would pass for a smaller
    /// one.
    pub bill: Option<Bill>,
    /// The bills of the last full month and of the present one. Empty without the first one; a month without a day yet is
    /// left out.
    pub months: Vec<Bill>,
    /// What AWS charges for the requests that were answered.
    pub spent: Usd,
    /// How many requests were answered.
    pub requests: u32,
    /// Whether the bill is today's copy from disk.
    pub from_cache: bool,
    /// Why the bill or something beyond it is missing. Empty when nothing is.
    pub faults: Vec<Fault>,
}

/// Requests it takes at least: two for the bill, and one each for the forecast and the resources behind the dollars.
/// Long bills have more pages, an account with commitments up to four requests more. To be said beforehand.
pub fn planned_requests(plan: &BillPlan) -> u32 {
    if plan.beyond { 4 } else { 2 }
}

/// What reading the bill will cost at least.
pub fn planned_usd(plan: &BillPlan) -> Usd {
    REQUEST_USD.times(f64::from(planned_requests(plan)))
}

/// Whether today's bill is at hand, so that reading it will cost nothing.
pub fn is_kept(account: &str, plan: &BillPlan, folder: Option<&Path>, today: Date) -> bool {
    let kept = cache::get(folder, account, today);
    !plan.fresh && kept.is_some_and(|kept| kept.serves(plan) && (kept.is_complete() || !plan.beyond))
}

/// Reads the bills of the days before `today` (UTC), from today's copy in `folder` or from Cost Explorer.
/// A copy that lacks something is completed, not read again. `charged` hears what each answer costs as it comes, so
/// that nothing spent is lost when the reading is broken off.
pub async fn read(
    cx: &Cx,
    plan: &BillPlan,
    folder: Option<&Path>,
    today: Date,
    charged: &(dyn Fn(Usd) + Sync),
) -> BillAnswer {
    let mut at_hand = cache::get(folder, cx.account(), today).filter(|kept| !plan.fresh && kept.serves(plan));
    let mut reader = Reader::new(cx, plan, charged);
    let known = at_hand.as_ref().map_or(Whose::Unknown, |kept| kept.whose.clone());
    let unknown = if known == Whose::Unknown {
        let unknown = reader.narrow(cx).await.err();
        // What was read of a whole organization is no bill of this account.
        at_hand = at_hand.filter(|_| !matches!(reader.whose, Whose::Only(_)));
        unknown
    } else {
        reader.whose = known;
        None
    };
    let mut answer = BillAnswer { from_cache: at_hand.is_some(), ..BillAnswer::default() };
    let read = match at_hand {
        Some(kept) => Ok(kept),
        None => reader.bill(today, cx.now()).await,
    };
    match read {
        Ok(mut kept) => {
            let mut is_news = !answer.from_cache;
            is_news |= kept.whose != reader.whose;
            kept.whose = reader.whose.clone();
            answer.faults.extend(unknown);
            if plan.beyond && !kept.is_complete() {
                is_news |= reader.complete(&mut kept, today, &mut answer.faults).await;
            }
            if is_news {
                cache::put(folder, cx.account(), &kept);
            }
            match kept.bills() {
                Some((bill, months)) => (answer.bill, answer.months) = (Some(bill), months),
                None => answer.faults.push(reader::too_large()),
            }
        }
        Err(fault) => answer.faults.push(fault),
    }
    (answer.spent, answer.requests) = (reader.spent, reader.requests);
    answer
}

impl Kept {
    /// Whether it holds the amounts a plan asks for.
    fn serves(&self, plan: &BillPlan) -> bool {
        self.net || !plan.net
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_of_asking_is_known_beforehand() {
        assert_eq!(planned_usd(&BillPlan::default()).exact(), "0.04");
        assert_eq!(planned_usd(&BillPlan { beyond: false, ..BillPlan::default() }).exact(), "0.02");
    }
}
