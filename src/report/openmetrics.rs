//! OpenMetrics text, for a scraper to read from a file: a whole audit, or quotas alone.
//!
//! Source of the form: <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::limits::Which;
use crate::audit::Audit;
use crate::model::{Quota, Usd, clean};

/// Writes the figures of an audit. What is not known has no sample: no figure here is zero for want of an answer.
pub(super) fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let account = pair("account", &audit.account.id);
    let whole = |value: Option<String>| value.map(|value| (account.clone(), value)).into_iter().collect();
    let usd = |usd: Usd| usd.exact();
    let summary = audit.summary();
    gauge(
        "closeout_waste_usd",
        Some("usd"),
        "Dollars a month of the findings that count, at list price.",
        whole((summary.score.is_some() || !audit.findings.is_empty()).then(|| usd(summary.monthly_waste_usd))),
        out,
    )?;
    gauge("closeout_findings", None, "Findings; counts=false are kept or managed.", findings(audit, &account), out)?;
    gauge(
        "closeout_unpriced",
        None,
        "Findings without a known price.",
        whole(Some(summary.unpriced.to_string())),
        out,
    )?;
    let score = summary.score.map(|score| score.to_string());
    gauge("closeout_score", None, "0 to 100; 100 for an account without a finding.", whole(score), out)?;
    gauge("closeout_gaps_by_reason", None, "Things that could not be looked at, by why.", gaps(audit, &account), out)?;
    bill(audit, &account, out)?;
    let took = audit.finished_at.map(|end| (end.as_millisecond() - audit.started_at.as_millisecond()) as f64 / 1000.0);
    let took = whole(took.map(|seconds| seconds.to_string()));
    gauge("closeout_scan_duration_seconds", Some("seconds"), "How long the scan took.", took, out)?;
    let stopped = whole(Some(u8::from(audit.interrupted).to_string()));
    gauge("closeout_scan_interrupted", None, "1 when the scan was stopped before its end.", stopped, out)?;
    gauge("closeout_requests", None, "Requests of the scan.", whole(Some(audit.requests.total.to_string())), out)?;
    let asked = whole(Some(usd(audit.requests.billable_usd)));
    gauge("closeout_asking_usd", Some("usd"), "Dollars AWS billed for asking.", asked, out)?;
    of_quotas(audit, &Which::default().of(audit), out)
}

/// Samples of a metric family: its labels and its value.
type Samples = BTreeMap<String, String>;

fn findings(audit: &Audit, account: &str) -> Samples {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for finding in &audit.findings {
        let labels = [
            account.to_owned(),
            pair("category", finding.category.word()),
            pair("severity", finding.severity.word()),
            pair("counts", if finding.counts() { "true" } else { "false" }),
        ];
        *counts.entry(labels.join(",")).or_default() += 1;
    }
    counts.into_iter().map(|(labels, count)| (labels, count.to_string())).collect()
}

fn gaps(audit: &Audit, account: &str) -> Samples {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for gap in audit.gaps() {
        *counts.entry(format!("{account},{}", pair("why", gap.why.word()))).or_default() += 1;
    }
    counts.into_iter().map(|(labels, count)| (labels, count.to_string())).collect()
}

/// The bill of thirty days, in its own currency, and the forecast.
fn bill(audit: &Audit, account: &str, out: &mut dyn Write) -> io::Result<()> {
    let of = |amount: Option<Usd>| -> Samples {
        let Some((bill, amount)) = audit.bill.as_ref().zip(amount) else { return Samples::new() };
        Samples::from([(format!("{account},{}", pair("currency", &bill.currency)), amount.exact())])
    };
    let known = audit.bill.as_ref();
    let usage = of(known.map(|bill| bill.usage_usd));
    gauge("closeout_bill_usage", None, "Usage billed in the last thirty days.", usage, out)?;
    let credits = of(known.map(|bill| bill.credits_usd));
    gauge("closeout_bill_credits", None, "Credits and refunds of the same days; zero or less.", credits, out)?;
    let forecast = of(known.and_then(|bill| bill.forecast_usd));
    gauge("closeout_bill_forecast", None, "What the rest of the month is expected to bring.", forecast, out)
}

/// What a family says of a quota where it has a value.
type OfQuota = (&'static str, &'static str, fn(&Quota) -> Option<f64>);

const OF_QUOTAS: [OfQuota; 4] = [
    ("closeout_quota_limit", "Value of a quota in force, in its own unit.", |quota| Some(quota.limit)),
    ("closeout_quota_usage", "What is used of a quota, in its own unit; absent where nobody knows.", |quota| {
        quota.usage
    }),
    ("closeout_quota_used_ratio", "Use of a quota by its value; 1 is full.", |quota| {
        quota.used_percent.map(|percent| percent / 100.0)
    }),
    (
        "closeout_quota_days_to_exhaustion",
        "Likely days until a quota is exhausted at its present trend; absent where none leads there.",
        |quota| Some(quota.trend.as_ref()?.to_exhaustion?.likely),
    ),
];

/// Writes quotas, what could not be looked at, and when: the end of every page of metrics.
pub(super) fn of_quotas(audit: &Audit, quotas: &[&Quota], out: &mut dyn Write) -> io::Result<()> {
    for (name, help, value) in OF_QUOTAS {
        // One sample a label set: a scraper refuses a second.
        let mut samples = Samples::new();
        for quota in quotas {
            if let Some(value) = value(quota).filter(|value| value.is_finite()) {
                samples.entry(labels(audit, quota)).or_insert_with(|| value.to_string());
            }
        }
        gauge(name, None, help, samples, out)?;
    }
    let account = pair("account", &audit.account.id);
    let gaps = Samples::from([(account.clone(), audit.gap_count().to_string())]);
    gauge("closeout_gaps", None, "Things that could not be looked at.", gaps, out)?;
    let at = Samples::from([(account, audit.started_at.as_second().to_string())]);
    let help = "When the account was scanned.";
    gauge("closeout_scanned_timestamp_seconds", Some("seconds"), help, at, out)?;
    writeln!(out, "# EOF")
}

fn gauge(name: &str, unit: Option<&str>, help: &str, samples: Samples, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# TYPE {name} gauge")?;
    if let Some(unit) = unit {
        writeln!(out, "# UNIT {name} {unit}")?;
    }
    writeln!(out, "# HELP {name} {help}")?;
    samples.into_iter().try_for_each(|(labels, value)| writeln!(out, "{name}{{{labels}}} {value}"))
}

fn labels(audit: &Audit, quota: &Quota) -> String {
    let labels = [
        ("account", audit.account.id.as_str()),
        ("region", quota.region.as_str()),
        ("service", &quota.service_code),
        ("code", &quota.quota_code),
        ("name", &quota.name),
        ("adjustable", if quota.adjustable { "true" } else { "false" }),
    ];
    labels.map(|(name, value)| pair(name, value)).join(",")
}

/// A label with its value: harmless, and with the three escapes the form knows.
fn pair(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", clean(value).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
