//! What a scan finds, against the list of what the seed put there.

use std::collections::BTreeMap;
use std::io::Write;

use super::report::{Finding, Report};
use super::runs;
use super::support::{Emulator, Truth, TruthRow};

/// Types of the truth list that are scanned, with the kind of each. Types that are missing here are those the program
/// does not scan.
const KINDS: &[(&str, &str)] = &[
    ("acm-pca:certificate-authority", "acm-pca:certificate-authority"),
    ("acm:certificate", "acm:certificate"),
    ("autoscaling:group", "autoscaling:autoScalingGroup"),
    ("ec2:eip", "ec2:elastic-ip"),
    ("ec2:image", "ec2:image"),
    ("ec2:instance", "ec2:instance"),
    ("ec2:internet-gateway", "ec2:internet-gateway"),
    ("ec2:key-pair", "ec2:key-pair"),
    ("ec2:launch-template", "ec2:launch-template"),
    ("ec2:nat-gateway", "ec2:natgateway"),
    ("ec2:network-interface", "ec2:network-interface"),
    ("ec2:route-table", "ec2:route-table"),
    ("ec2:security-group", "ec2:security-group"),
    ("ec2:snapshot", "ec2:snapshot"),
    ("ec2:subnet", "ec2:subnet"),
    ("ec2:volume", "ec2:volume"),
    ("ec2:vpc", "ec2:vpc"),
    ("ec2:vpc-endpoint", "ec2:vpc-endpoint"),
    ("elb:loadbalancer", "elasticloadbalancing:classic-loadbalancer"),
    ("elbv2:loadbalancer", "elasticloadbalancing:loadbalancer"),
    ("elbv2:targetgroup", "elasticloadbalancing:targetgroup"),
    ("logs:log-group", "logs:log-group"),
    ("rds:cluster", "rds:cluster"),
    ("rds:cluster-snapshot", "rds:cluster-snapshot"),
    ("rds:db", "rds:db"),
    ("rds:snapshot", "rds:snapshot"),
    ("route53:hosted-zone", "route53:hostedzone"),
    ("s3:bucket", "s3:bucket"),
    ("s3:multipart-upload", "s3:multipart-upload"),
];

/// Categories that advise on a resource that is in use instead of calling it a leftover.
const ADVICE: &[&str] = &["commitment", "outdated", "oversized", "quota", "trial"];

/// The id a report gives what the truth list names by its ARN or address.
fn short(id: &str) -> &str {
    if id.starts_with("arn:") || id.starts_with("http") { id.rsplit(['/', ':']).next().unwrap_or(id) } else { id }
}

/// Findings by kind and id.
type ByResource<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Finding>>;

/// The truth rows in scope, with their kinds.
fn in_scope(truth: &Truth) -> Vec<(&'static str, &TruthRow)> {
    let kind_of = |row: &TruthRow| KINDS.iter().find(|(name, _)| *name == row.kind).map(|(_, kind)| *kind);
    truth.resources.iter().filter_map(|row| Some((kind_of(row)?, row))).collect()
}

fn by_resource(report: &Report) -> ByResource<'_> {
    let mut findings = ByResource::new();
    for finding in &report.findings {
        findings.entry((&finding.resource.kind, &finding.resource.id)).or_default().push(finding);
    }
    findings
}

/// Why a row of the truth list and the report disagree; nothing where they agree.
fn disagreement(row: &TruthRow, findings: &[&Finding]) -> Option<String> {
    let claims: Vec<&&Finding> = findings.iter().filter(|f| !ADVICE.contains(&f.category.as_str())).collect();
    let open: Vec<&str> = claims.iter().filter(|f| f.is_open()).map(|f| f.rule.as_str()).collect();
    if row.is_leftover && claims.is_empty() {
        return Some(format!("missed ({}): {}", row.verdict, row.why));
    }
    if row.is_leftover && row.verdict != "managed" && open.is_empty() {
        return Some(format!("locked though it is a plain leftover: {}", row.why));
    }
    if row.verdict == "managed" && claims.iter().any(|f| f.managed_by.is_none()) {
        return Some(format!("its owner is not named: {}", row.why));
    }
    if !row.is_leftover && !open.is_empty() {
        return Some(format!("falsely flagged by {open:?}: {}", row.why));
    }
    None
}

#[test]
fn every_leftover_of_the_account_is_found_and_nothing_else_is_flagged() {
    let (truth, report) = (&Emulator::seeded().truth, &runs::whole().ran.report);
    let (rows, findings) = (in_scope(truth), by_resource(report));
    let none = Vec::new();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(kind, row)| {
            let of_row = findings.get(&(*kind, short(&row.id))).unwrap_or(&none);
            disagreement(row, of_row).map(|how| format!("{kind} {} in {}: {how}", row.id, row.region))
        })
        .collect();

    let leftovers = rows.iter().filter(|(_, row)| row.is_leftover).count();
    // The test harness swallows what the printing macros print, and these figures are for people.
    let _ = writeln!(
        std::io::stderr(),
        "truth: {} of {} resources judged right, {leftovers} of them leftovers, {} kinds, {} findings, {} a month, {} \
         requests, {:.1} s",
        rows.len() - wrong.len(),
        rows.len(),
        KINDS.len(),
        report.findings.len(),
        report.summary.monthly_waste_usd,
        report.requests.total,
        runs::whole().ran.took.as_secs_f64(),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(leftovers > 70, "the truth list has lost its leftovers: {leftovers}");
}

#[test]
fn every_resource_of_the_account_is_in_the_inventory() {
    let (truth, report) = (&Emulator::seeded().truth, &runs::whole().ran.report);
    let lost: Vec<String> = in_scope(truth)
        .iter()
        .filter(|(kind, row)| !report.resources.iter().any(|seen| seen.kind == *kind && seen.id == short(&row.id)))
        .map(|(kind, row)| format!("{kind} {} in {}", row.id, row.region))
        .collect();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn what_the_truth_list_does_not_know_is_not_called_a_leftover() {
    let (truth, report) = (&Emulator::seeded().truth, &runs::whole().ran.report);
    let known = in_scope(truth);
    let stray: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.is_open() && !ADVICE.contains(&finding.category.as_str()))
        .filter(|finding| !truth.ignores(&finding.resource.id))
        .filter(|finding| {
            !known.iter().any(|(kind, row)| *kind == finding.resource.kind && short(&row.id) == finding.resource.id)
        })
        .map(|finding| (&finding.rule, &finding.resource.id, &finding.resource.region))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn a_scan_that_may_ask_everything_sees_every_cell() {
    let report = &runs::whole().ran.report;
    assert!(report.unseen().is_empty(), "{:?}", report.unseen());
    assert!(!report.interrupted);
    assert!(report.bill.is_some() && !report.quotas.is_empty());
    // What is left is what nobody could know: metrics nobody published, prices in no list.
    let unknown: Vec<_> =
        report.gaps.iter().filter(|gap| !matches!(gap.why.as_str(), "no-data" | "not-priced")).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(runs::whole().ran.status, 4, "there are gaps");
}
