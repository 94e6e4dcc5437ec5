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
