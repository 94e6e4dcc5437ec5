use super::HOURS_PER_MONTH;

/// One thing a resource is billed for, before anybody knows its price.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What is paid for, for people: `gp3 storage`.
    pub what: String,
    /// Key in the price book: `ebs.gp3`.
    pub key: String,
    /// Units a month.
    pub quantity: f64,
    /// The unit, for people: `GB-month`, `hour`, `IOPS-month`.
    pub unit: &'static str,
}

impl Need {
    /// `quantity` units a month at the price `key`.
    pub fn new(what: impl Into<String>, key: impl Into<String>, quantity: f64, unit: &'static str) -> Need {
        Need { what: what.into(), key: key.into(), quantity, unit }
    }

    /// So many gigabytes kept for a month. AWS's GB on storage bills is a GiB.
    pub fn storage(what: impl Into<String>, key: impl Into<String>, gib: f64) -> Need {
        Need::new(what, key, gib, "GB-month")
    }

    /// `count` of something that runs all month: 730 hours each.
    pub fn hours(what: impl Into<String>, key: impl Into<String>, count: f64) -> Need {
        Need::new(what, key, count * HOURS_PER_MONTH as f64, "hour")
    }

    /// `count` of something with a price by the month.
    pub fn months(what: impl Into<String>, key: impl Into<String>, count: f64) -> Need {
        Need::new(what, key, count, "month")
    }
}

/// All a resource is billed for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Each thing. Empty (with nothing unpriced) means free.
    pub parts: Vec<Need>,
    /// Whether the quantity is more than what AWS bills: a snapshot's full size.
    pub upper_bound: bool,
    /// What is billed and has no key in the book, by name.
    pub unpriced: Vec<String>,
}

impl Needs {
    /// Billed for nothing.
    pub fn free() -> Needs {
        Needs::default()
    }

    /// Billed for these.
    pub fn of(parts: Vec<Need>) -> Needs {
        Needs { parts, ..Needs::default() }
    }

    /// Billed for something no price list here has.
    pub fn unpriced(what: impl Into<String>) -> Needs {
        Needs { unpriced: vec![what.into()], ..Needs::default() }
    }

    /// One more thing without a price.
    pub fn and_unpriced(mut self, what: impl Into<String>) -> Needs {
        self.unpriced.push(what.into());
        self
    }

    /// The quantity is the most that can be billed.
    pub fn at_most(mut self) -> Needs {
        self.upper_bound = true;
        self
    }
}
