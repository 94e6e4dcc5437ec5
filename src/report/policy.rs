use std::collections::BTreeSet;

use serde_json::{Value, json};

/// An IAM policy that allows these actions and nothing else, sorted, each named once.
///
/// One statement on every resource: nearly all of the actions are listings, which IAM cannot narrow to a resource.
pub fn policy(actions: &[&str]) -> Value {
    let actions: BTreeSet<&str> = actions.iter().copied().collect();
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "CloseoutReadOnly",
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*"
        }]
    })
}

/// The policy with what several accounts take besides: listing those of the organization, and assuming a role of this
/// name in each. Without a name, `*`, any role.
pub fn policy_for_accounts(actions: &[&str], list: &[&str], role: &str) -> Value {
    let mut policy = policy(actions);
    let assume = json!({
        "Sid": "CloseoutAssumeInAccounts",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": format!("arn:aws:iam::*:role/{role}")
    });
    let list = json!({ "Sid": "CloseoutListAccounts", "Effect": "Allow", "Action": list, "Resource": "*" });
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.extend([list, assume]);
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_sorted_and_named_once() {
        let policy = policy(&["s3:ListAllMyBuckets", "ec2:DescribeVolumes", "s3:ListAllMyBuckets"]);
        assert_eq!(policy["Statement"][0]["Action"], json!(["ec2:DescribeVolumes", "s3:ListAllMyBuckets"]));
        assert_eq!(policy["Statement"][0]["Effect"], "Allow");
    }
}
