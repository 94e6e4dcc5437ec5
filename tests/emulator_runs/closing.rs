//! The closing checklist on the seeded account, every item of it.

use serde_json::Value;

use super::support::{Emulator, closeout_within, env};

use std::collections::BTreeMap;
use std::time::Duration;

/// Items by their state, as the seed's truth list has them: what it makes is there, and nothing else is.
const EXPECTED: &[(&str, &[&str])] = &[
    ("blocker", &["hosted-zones", "private-ca"]),
    (
        "warning",
        &[
            "quicksight",
            "root-mfa",
            "identity-center",
            "last-month",
            "quiet-days",
            "elastic-ips",
            "buckets",
            "databases",
            "file-systems",
            "keys",
            "balancers-gateways",
            "blocking-findings",
            "compute",
            "snapshots",
            "budgets",
        ],
    ),
    (
        "open",
        &[
            "root-email",
            "root-sign-in",
            "unpaid-invoices",
            "dynamodb-reservations",
            "dangling-names",
            "named-elsewhere",
            "key-users",
            "integrations",
            "invoices",
            "logs",
        ],
    ),
    (
        "not-applicable",
        &[
            "active-members",
            "control-tower-stacks",
            "delegated-administrators",
            "delegated-here",
            "feature-set",
            "responsibility-transfer",
        ],
    ),
    (
        "pass",
        &[
            "account-type",
            "contacts",
            "free-plan",
            "govcloud-twin",
            "regions-off",
            "control-tower",
            "security-admin",
            "stack-sets",
            "credits",
            "mechanical-turk",
            "recent-invoices",
            "support-cases",
            "support-plan",
            "bedrock-throughput",
            "capacity-reservations",
            "ec2-reservations",
            "elasticache-reservations",
            "host-reservations",
            "marketplace",
            "marketplace-seller",
            "media-reservations",
            "memorydb-reservations",
            "opensearch-reservations",
            "outposts",
            "rds-reservations",
            "redshift-reservations",
            "reservation-listings",
            "savings-plans",
            "shield-advanced",
            "snow",
            "training-plans",
            "accelerators",
            "distributions",
            "domain-renewal",
            "domains",
            "own-addresses",
            "data-products",
            "endpoint-services",
            "peerings",
            "portfolios",
            "public-images",
            "shared-in",
            "shared-out",
            "transit-attachments",
            "trusted-accounts",
            "archives",
            "backups",
            "object-lock",
            "vault-locks",
            "address-management",
            "direct-connect",
            "gateways-on-site",
            "vpn",
            "directories",
            "federation",
            "root-keys",
            "users",
            "contact-centres",
            "deliverability",
            "mail",
            "mail-sending",
            "numbers",
            "workspaces",
            "lightsail",
            "cost-exports",
            "event-stores",
            "licences",
            "tax",
            "trails",
        ],
    ),
];

#[test]
fn every_item_stands_on_the_seeded_account_as_its_truth_says() {
    let seeded = Emulator::seeded();
    let env = env(seeded.emulator.endpoint());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("closing.json");
    let name = file.to_str().expect("a path in UTF-8");
    // Every region: a checklist of some regions is mostly unknown.
    let args = ["checklist", "--format", "json", "--output", name];
    let ended = closeout_within(Duration::from_secs(600), &args, &env);
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(3), "blocked: {said}");
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("a checklist")).expect("JSON");
    assert_eq!(written["closure"]["verdict"], "blocked");
    assert_eq!(written["closure"]["account_type"], "standalone");
    let of = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = written["checklist"].as_array().expect("items");
    let is: BTreeMap<String, String> = items.iter().map(|item| (of(item, "id"), of(item, "state"))).collect();
    let should: BTreeMap<String, String> =
        EXPECTED.iter().flat_map(|(state, ids)| ids.iter().map(|id| ((*id).to_owned(), (*state).to_owned()))).collect();
    assert_eq!(is, should);
    println!("{} items on the seeded account, each as expected", is.len());
}
