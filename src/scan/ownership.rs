//! Who manages a resource, told from its tags.
//!
//! Deleting a managed resource only makes its owner repeat or break, so findings lead to the owner.
//! Source: the tag keys AWS documents for each service; the Kubernetes and eksctl keys are conventions
//! of those projects.

use std::collections::BTreeMap;

use crate::model::Owner;

/// How the owner's name is found behind a tag.
enum Name {
    /// The tag's value.
    Value,
    /// What follows the prefix in the tag's key.
    KeyRest,
}

/// Tag key (or prefix of one, when it ends in `/`), owner, where its name stands. First match wins, so
/// outer owners (a stack) come before inner ones (a group inside the stack).
const OWNERS: &[(&str, &str, Name)] = &[
    ("aws:cloudformation:stack-name", "cloudformation-stack", Name::Value),
    ("elasticbeanstalk:environment-name", "beanstalk-environment", Name::Value),
    ("aws:autoscaling:groupName", "auto-scaling-group", Name::Value),
    ("eks:cluster-name", "eks-cluster", Name::Value),
    ("aws:eks:cluster-name", "eks-cluster", Name::Value),
    ("elbv2.k8s.aws/cluster", "kubernetes-cluster", Name::Value),
    ("ebs.csi.aws.com/cluster", "kubernetes-cluster", Name::Value),
    ("kubernetes.io/cluster/", "kubernetes-cluster", Name::KeyRest),
    ("karpenter.sh/nodepool", "kubernetes-cluster", Name::Value),
    ("aws:ecs:serviceName", "ecs-service", Name::Value),
    ("aws:elasticmapreduce:job-flow-id", "emr-cluster", Name::Value),
    ("aws:backup:source-resource", "aws-backup", Name::Value),
    ("aws:dlm:lifecycle-policy-id", "data-lifecycle-manager", Name::Value),
    ("aws:ec2:fleet-id", "ec2-fleet", Name::Value),
    ("aws:ec2spot:fleet-request-id", "spot-fleet", Name::Value),
    ("aws:servicecatalog:provisionedProductArn", "service-catalog-product", Name::Value),
];

/// The owner a resource's tags name, if they name one.
pub fn from_tags(tags: &BTreeMap<String, String>) -> Option<Owner> {
    OWNERS.iter().find_map(|(key, by, name)| {
        let (found, value) = match name {
            Name::Value => tags.get_key_value(*key)?,
            Name::KeyRest => tags.iter().find(|(k, v)| k.starts_with(key) && v.as_str() == "owned")?,
        };
        let id = match name {
            Name::Value => value.clone(),
            Name::KeyRest => found[key.len()..].to_owned(),
        };
        Some(Owner { by: (*by).to_owned(), id, evidence: format!("tag {found}") })
    })
}

/// An owner of which only the service is known.
pub fn service(name: &str, evidence: &str) -> Owner {
    Owner { by: "service".to_owned(), id: name.to_owned(), evidence: evidence.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(pairs: &[(&str, &str)]) -> Option<Owner> {
        from_tags(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn stack_wins_over_the_group_inside_it() {
        let found = owner(&[("aws:autoscaling:groupName", "web"), ("aws:cloudformation:stack-name", "course")]);
        assert_eq!(found.expect("an owner").label(), "CloudFormation stack course");
    }

    #[test]
    fn shared_kubernetes_tag_is_no_owner() {
        assert!(owner(&[("kubernetes.io/cluster/prod", "shared")]).is_none());
        assert_eq!(owner(&[("kubernetes.io/cluster/gone", "owned")]).expect("an owner").id, "gone");
    }
}
