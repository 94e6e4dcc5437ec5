use std::io::{self, Write};

use ::csv::{QuoteStyle, WriterBuilder};
use jiff::Timestamp;

use crate::audit::Audit;
use crate::model::{Evidence, Finding, Ignored, Owner, Protection, Usd, clean};

/// Names of the columns, in order. Columns are added at the end, never renamed or moved.
const COLUMNS: [&str; 27] = [
    "account",
    "region",
    "kind",
    "id",
    "name",
    "arn",
    "rule",
    "title",
    "category",
    "severity",
    "score",
    "certainty",
    "closure",
    "monthly_usd",
    "counts",
    "counted_under",
    "price_source",
    "created_at",
    "dormant_days",
    "protected",
    "managed_by",
    "remedy",
    "why",
    "evidence",
    "command",
    "first_seen",
    "finding",
];

/// Writes the findings, best score first. `monthly_usd` is empty where no price is known; the rows whose
/// `counts` is `true` add up to the waste total.
pub(super) fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    // Text is quoted even where no comma asks for it: spreadsheets of some countries split at semicolons.
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(COLUMNS)?;
    for finding in &audit.findings {
        writer.write_record(row(finding))?;
    }
    writer.flush()
}

fn row(finding: &Finding) -> [String; COLUMNS.len()] {
    let resource = &finding.resource;
    let lines: Vec<String> = finding.evidence.iter().map(Evidence::line).collect();
    let (why, rest) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    [
        text(&resource.account),
        text(resource.region.as_str()),
        text(resource.kind.as_str()),
        text(&resource.id),
        text(resource.name.as_deref().unwrap_or_default()),
        text(resource.arn.as_str()),
        text(&finding.rule),
        text(&finding.title),
        finding.category.to_string(),
        finding.severity.to_string(),
        finding.score.to_string(),
        finding.certainty.to_string(),
        finding.closure.to_string(),
        finding.monthly_usd.map(Usd::exact).unwrap_or_default(),
        finding.counts().to_string(),
        text(finding.counted_under.as_deref().unwrap_or_default()),
        text(finding.price_source.as_deref().unwrap_or_default()),
        time(resource.created_at),
        finding.dormant_days.map(|days| days.to_string()).unwrap_or_default(),
        text(&kept(finding)),
        text(&finding.managed_by.as_ref().map(Owner::label).unwrap_or_default()),
        text(&finding.remedy),
        text(why),
        text(&rest.join(" ")),
        text(finding.command.as_deref().unwrap_or_default()),
        time(finding.first_seen),
        text(&finding.id),
    ]
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// A cell of text from outside. One that a spreadsheet would take for a formula gets an apostrophe, which
/// spreadsheets read as "this is text".
pub(super) fn text(value: &str) -> String {
    let value = clean(value);
    match value.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{value}"),
        _ => value.into_owned(),
    }
}

/// The lock, or what set it aside: both keep its money out of the totals.
fn kept(finding: &Finding) -> String {
    let lock = finding.protected.as_ref().map(Protection::label);
    lock.or_else(|| finding.ignored.as_ref().map(Ignored::label)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        for formula in ["=cmd()", "+1", "-1", "@x", " =1", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        assert_eq!(text("\t=1\r"), "·=1·");
        assert_eq!(text("a=b"), "a=b");
    }
}
