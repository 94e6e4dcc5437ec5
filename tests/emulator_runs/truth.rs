//! What a scan finds, against the list of what the seed put there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::report::{Finding, Report};
use super::runs;
use super::support::{Emulator, Truth, TruthRow};

/// Types of the truth list with the kind of each.
const KINDS: &[(&str, &str)] = &[
    ("acm-pca:certificate-authority", "acm-pca:certificate-authority"),
    ("acm:certificate", "acm:certificate"),
    ("autoscaling:group", "autoscaling:autoScalingGroup"),
    ("backup:vault", "backup:backup-vault"),
    ("cloudformation:stack", "cloudformation:stack"),
    ("dms:replication-instance", "dms:rep"),
    ("dynamodb:table", "dynamodb:table"),
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
    ("ec2:transit-gateway", "ec2:transit-gateway"),
    ("ec2:transit-gateway-attachment", "ec2:transit-gateway-attachment"),
    ("ec2:volume", "ec2:volume"),
    ("ec2:vpc", "ec2:vpc"),
    ("ec2:vpc-endpoint", "ec2:vpc-endpoint"),
    ("ecr:repository", "ecr:repository"),
    ("ecs:cluster", "ecs:cluster"),
    ("efs:file-system", "elasticfilesystem:file-system"),
    ("eks:cluster", "eks:cluster"),
    ("elasticache:cluster", "elasticache:cluster"),
    ("elb:loadbalancer", "elasticloadbalancing:classic-loadbalancer"),
    ("elbv2:loadbalancer", "elasticloadbalancing:loadbalancer"),
    ("elbv2:targetgroup", "elasticloadbalancing:targetgroup"),
    ("emr:cluster", "elasticmapreduce:cluster"),
    ("firehose:deliverystream", "firehose:deliverystream"),
    ("fsx:file-system", "fsx:file-system"),
    ("glue:crawler", "glue:crawler"),
    ("glue:database", "glue:database"),
    ("glue:dev-endpoint", "glue:devEndpoint"),
    ("glue:job", "glue:job"),
    ("kafka:cluster", "kafka:cluster"),
    ("kinesis:stream", "kinesis:stream"),
    ("kms:key", "kms:key"),
    ("lambda:function", "lambda:function"),
    ("logs:log-group", "logs:log-group"),
    ("opensearch:domain", "es:domain"),
    ("quicksight:account-subscription", "quicksight:account-subscription"),
    ("quicksight:user", "quicksight:user"),
    ("rds:cluster", "rds:cluster"),
    ("rds:cluster-snapshot", "rds:cluster-snapshot"),
    ("rds:db", "rds:db"),
    ("rds:snapshot", "rds:snapshot"),
    ("redshift:cluster", "redshift:cluster"),
    ("redshift:snapshot", "redshift:snapshot"),
    ("route53:hosted-zone", "route53:hostedzone"),
    ("s3:bucket", "s3:bucket"),
    ("s3:multipart-upload", "s3:multipart-upload"),
    ("sagemaker:domain", "sagemaker:domain"),
    ("sagemaker:endpoint", "sagemaker:endpoint"),
    ("sagemaker:notebook-instance", "sagemaker:notebook-instance"),
    ("secretsmanager:secret", "secretsmanager:secret"),
    ("sns:topic", "sns:topic"),
    ("sqs:queue", "sqs:queue"),
];

/// Kinds of which the account has something only because the seed wrote the answer down, which tests nothing.
const CANNED: &[&str] = &["fsx:file-system", "quicksight:account-subscription"];

/// Categories that advise on a resource that is in use instead of calling it a leftover.
const ADVICE: &[&str] = &["closure", "commitment", "outdated", "oversized", "quota", "trial"];

/// Leftovers that no rule knows by itself, each with the reason; they are counted as missed.
const MISSED: &[(&str, &str)] =
    &[("course-stack", "that all a stack made is left over shows in its parts, whose findings lead to it")];

/// The id a report gives what the truth list names by its ARN or address.
fn short(id: &str) -> &str {
    let last = if id.starts_with("arn:") || id.starts_with("http") { id.rsplit(['/', ':']).next() } else { None };
    match last {
        // Six characters of its own stand behind a secret's name.
        Some(last) if id.contains(":secret:") => last.get(..last.len().saturating_sub(7)).unwrap_or(last),
        Some(last) => last,
        None => id,
    }
}

/// Findings by kind and id.
type ByResource<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Finding>>;

/// The truth rows with their kinds.
fn in_scope(truth: &Truth) -> Vec<(&'static str, &TruthRow)> {
    let kind_of = |row: &TruthRow| KINDS.iter().find(|(name, _)| *name == row.kind).map(|(_, kind)| *kind);
    let known = |row| (kind_of(row).unwrap_or_else(|| panic!("nothing lists {}", row.kind)), row);
    truth.resources.iter().map(known).collect()
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
    let (mut wrong, mut missed) = (Vec::new(), Vec::new());
    for (kind, row) in &rows {
        let of_row = findings.get(&(*kind, short(&row.id))).unwrap_or(&none);
        if let Some(how) = disagreement(row, of_row) {
            let known = MISSED.iter().any(|(id, _)| *id == row.id);
            let said = format!("{kind} {} in {}: {how}", row.id, row.region);
            if known { missed.push(said) } else { wrong.push(said) }
        }
    }

    let leftovers = rows.iter().filter(|(_, row)| row.is_leftover).count();
    // The test harness swallows what the printing macros print, and these figures are for people.
    let _ = writeln!(
        std::io::stderr(),
        "truth: {} of {} resources judged right, {leftovers} of them leftovers, {} missed as is known, {} kinds, {} \
         findings, {} a month, {} requests, {:.1} s",
        rows.len() - wrong.len() - missed.len(),
        rows.len(),
        missed.len(),
        KINDS.len(),
        report.findings.len(),
        report.summary.monthly_waste_usd,
        report.requests.total,
        runs::whole().ran.took.as_secs_f64(),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(missed.len(), MISSED.len(), "found after all: shorten MISSED to {missed:?}");
    assert!(leftovers > 70, "the truth list has lost its leftovers: {leftovers}");
}

#[test]
fn every_resource_of_the_account_is_in_the_inventory() {
    let (truth, report) = (&Emulator::seeded().truth, &runs::whole().ran.report);
    let lost: Vec<String> = in_scope(truth)
        .iter()
        .filter(|(_, row)| row.verdict != "already_gone")
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

#[test]
fn the_kinds_that_are_tested_here_are_those_the_account_has() {
    let report = &runs::whole().ran.report;
    let has: BTreeSet<&str> = report.resources.iter().map(|seen| seen.kind.as_str()).collect();
    let wrong = closeout::scan::scanners().filter(|scanner| {
        let kind = scanner.kind.as_str();
        scanner.tested.by_emulator() != (has.contains(kind) && !CANNED.contains(&kind))
    });
    let wrong: Vec<&str> = wrong.map(|scanner| scanner.kind.as_str()).collect();
    assert!(wrong.is_empty(), "TESTED and the seeded account disagree: {wrong:?}");
}
