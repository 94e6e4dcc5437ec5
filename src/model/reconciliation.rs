use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region, ResourceId, Usd};
use jiff::Timestamp;

fn is_zero(usd: &Usd) -> bool {
    *usd == Usd::ZERO
}

/// What the bills mean for what was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reckoning {
    /// What explains the bill of the last thirty days. Absent without a bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciliation: Option<Reconciliation>,
    /// What explains the months' bills, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Reconciliation>,
    /// What acting on the findings would save. Absent without a bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings: Option<Savings>,
    /// What is billed until its end, whatever is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
}

/// The bill with what explains it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    /// A row for each line of the bill, in the bill's order.
    pub lines: Vec<Explained>,
    /// Dollars tied to resources.
    pub explained_usd: Usd,
    /// Dollars of usage that no resource can be named for: transfer, requests.
    pub known_usd: Usd,
    /// Dollars nobody can explain.
    pub unexplained_usd: Usd,
    /// Explained and known dollars of the usage, in percent. Absent when there was no usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained_percent: Option<f64>,
    /// Resources with a price of which the bill has nothing: free tier, credits on the line, or a wrong guess here.
    pub unbilled: Vec<Unbilled>,
}

/// What explains a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// What is used, for people. Absent for a usage type nobody here knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Kinds of resources that cause it. Empty where none does, and where the usage type is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Dollars tied to resources.
    pub explained_usd: Usd,
    /// Dollars that no resource can be named for.
    pub known_usd: Usd,
    /// Dollars nobody can explain.
    pub unexplained_usd: Usd,
    /// Dollars of it that acting on the findings would have saved.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waste_usd: Usd,
    /// Resources that explain it, dearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Share>,
    /// Gaps that may hide what explains the rest: kinds that were not listed to the end there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_by: Vec<String>,
    /// On which days more was billed than can be explained. Absent when everything is explained, and where the bill
    /// tells no days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unexplained_on: Option<DaysBilled>,
}

/// Days on which something was billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DaysBilled {
    /// The first of them, `2026-11-02`.
    pub first: String,
    /// The last of them.
    pub last: String,
    /// How many there are; fewer than from the first to the last when it was not every day.
    pub count: usize,
}

impl Explained {
    /// What may be behind what is left of it.
    pub fn reason(&self) -> String {
        match (self.hidden_by.as_slice(), self.kinds.as_slice(), self.by.is_empty()) {
            ([], [], _) => "nothing is known to bill so".to_owned(),
            ([], kinds, true) => format!("no {} that bills so is there, one may be gone", kinds.join(" or ")),
            ([], _, false) => "more than what is there can have used, some may be gone".to_owned(),
            (hidden, _, _) => format!("{} was not listed to the end there", hidden.join(", ")),
        }
    }
}

impl DaysBilled {
    /// `2026-11-02`, or `8 days, 2026-11-02 to 2026-11-09`.
    pub fn label(&self) -> String {
        match self.first == self.last {
            true => self.first.clone(),
            false => format!("{} days, {} to {}", self.count, self.first, self.last),
        }
    }
}

/// How a resource's part of a line is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The bill itself names the resource.
    Measured,
    /// Its use was counted from its facts and the days it was there.
    Counted,
    /// It is there, and nobody knows how much it uses.
    #[default]
    Present,
}

impl Basis {
    /// As in sentences: `by being there`.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Measured => "named by the bill",
            Basis::Counted => "counted",
            Basis::Present => "by being there",
        }
    }
}

/// A resource's part of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// Which resource.
    pub resource: ResourceId,
    /// Dollars of the line.
    pub usd: Usd,
    /// How that is known.
    pub basis: Basis,
    /// Whether it is gone by now: the bill or an earlier audit names it, this audit does not list it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// A resource of which the bill has nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unbilled {
    /// Which resource.
    pub resource: ResourceId,
    /// What is not on the bill: `gp3 storage`.
    pub what: String,
    /// What it would cost a month.
    pub monthly_usd: Usd,
    /// Whether the bill has such use at no charge, as in the free tier. Else it has none at all: a credit on the line, a
    /// commitment of another account, or a wrong guess here.
    pub free: bool,
}

/// What acting on the findings would save, told twice. The two figures mean different things and have no sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Savings {
    /// Dollars a month of all findings that count, at public list prices.
    pub list_usd: Usd,
    /// Dollars by which the next monthly bill would fall: what follows is not in it.
    pub next_bill_usd: Usd,
    /// The difference between list prices and the prices this account pays; negative when it pays more.
    pub discounts_usd: Usd,
    /// Use that Savings Plans or reservations pay for: deleting it frees commitment, not money.
    pub committed_usd: Usd,
    /// Use that is not on the bill, or there at no charge.
    pub not_billed_usd: Usd,
    /// What credits pay for, as long as they last.
    pub credits_usd: Usd,
}

/// Something that is billed until a day, whether it is used or not, and beyond the closing of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Commitment {
    /// The Savings Plan or reservation.
    pub resource: ResourceId,
    /// Which kind it is.
    pub kind: Kind,
    /// Its name or id.
    pub name: String,
    /// Where it holds; `global` for Savings Plans.
    pub region: Region,
    /// The state as its service writes it.
    pub state: String,
    /// When it ends. Absent when AWS tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// Dollars an hour that are still billed. Absent when they are not told, or are in another currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hourly_usd: Option<Usd>,
    /// Dollars still to be billed until it ends. Absent when its end or its price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_usd: Option<Usd>,
    /// How much of all Savings Plans, or of all reservations, was used in the last thirty days, in percent. Absent where
    /// Cost Explorer was not asked or tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_percent: Option<f64>,
}

impl Reconciliation {
    /// Dollars of the bill that acting on the findings would have saved.
    pub fn waste_usd(&self) -> Usd {
        self.lines.iter().map(|line| line.waste_usd).sum()
    }

    /// What each resource came to on the bill, dearest first.
    pub fn by_resource(&self) -> Vec<(ResourceId, Usd)> {
        let mut sums: std::collections::BTreeMap<&ResourceId, Usd> = std::collections::BTreeMap::new();
        for share in self.lines.iter().flat_map(|line| &line.by) {
            *sums.entry(&share.resource).or_default() += share.usd;
        }
        let mut sums: Vec<(ResourceId, Usd)> = sums.into_iter().map(|(id, usd)| (id.clone(), usd)).collect();
        sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        sums
    }
}
