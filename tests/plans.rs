//! Plans of made-up accounts: what goes first, what is held and why, and that neither the order in which things became
//! known nor hostile text changes anything.

mod plans_support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use closeout::model::{ResourceId, Usd};
use closeout::plan::{Allowed, Plan, Work, script, terraform};
use plans_support::{DEPENDENTS, HERE, LOCKS, OWNERS, arn, audit, found, held, marks, of, planned, steps, thing};
use proptest::prelude::*;
use serde_json::{Value, json};

const NONE: Allowed = Allowed { dependents: false, owners: false, unprotect: false, removal: false };

fn volume(id: &str, of: &str, more: Value) -> Value {
    let mut facts = json!({ "state": "in-use", "zone": "eu-west-1a" });
    facts.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    thing("ec2:volume", id, json!({ "refs": [["attached-to", of]], "facts": facts }))
}

fn instance(id: &str, more: Value) -> Value {
    let mut all = json!({ "facts": { "state": "running", "vpc_id": "vpc-11111111" } });
    all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    thing("ec2:instance", id, all)
}

/// First and then, with the pointers or facts that say so: the order graph of AWS, for kinds that are listed.
fn pairs() -> Vec<(&'static str, Value, Value)> {
    let refs = |kind, id, refs: Value| thing(kind, id, json!({ "refs": refs }));
    let bare = |kind, id| thing(kind, id, json!({}));
    vec![
        ("instance, volume", instance("i-11111111", json!({})), volume("vol-11111111", "i-11111111", json!({}))),
        (
            "instance, group",
            instance("i-11111111", json!({ "refs": [["uses", "sg-11111111"]] })),
            bare("ec2:security-group", "sg-11111111"),
        ),
        ("instance, key", instance("i-11111111", json!({ "refs": [["uses", "key"]] })), bare("ec2:key-pair", "key")),
        (
            "image, snapshot",
            refs("ec2:image", "ami-11111111", json!([["needs", "snap-11111111"]])),
            bare("ec2:snapshot", "snap-11111111"),
        ),
        (
            "balancer, target group",
            bare("elasticloadbalancing:loadbalancer", "arn:aws:elb:x"),
            refs("elasticloadbalancing:targetgroup", "tg", json!([["attached-to", "arn:aws:elb:x"]])),
        ),
        (
            "balancer, group",
            refs("elasticloadbalancing:loadbalancer", "lb", json!([["uses", "sg-11111111"]])),
            bare("ec2:security-group", "sg-11111111"),
        ),
        (
            "balancer, subnet",
            refs("elasticloadbalancing:loadbalancer", "lb", json!([["inside", "subnet-11111111"]])),
            bare("ec2:subnet", "subnet-11111111"),
        ),
        (
            "nat, address",
            refs("ec2:natgateway", "nat-11111111", json!([["needs", "eipalloc-11111111"]])),
            bare("ec2:elastic-ip", "eipalloc-11111111"),
        ),
        (
            "nat, subnet",
            refs("ec2:natgateway", "nat-11111111", json!([["inside", "subnet-11111111"]])),
            bare("ec2:subnet", "subnet-11111111"),
        ),
        (
            "nat, internet gateway",
            thing("ec2:natgateway", "nat-11111111", json!({ "facts": { "vpc_id": "vpc-1" } })),
            thing("ec2:internet-gateway", "igw-11111111", json!({ "facts": { "vpc_id": "vpc-1" } })),
        ),
        (
            "database, subnet",
            refs("rds:db", "db", json!([["inside", "subnet-11111111"]])),
            bare("ec2:subnet", "subnet-11111111"),
        ),
        (
            "function, VPC",
            refs("lambda:function", "f", json!([["inside", "vpc-11111111"]])),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "subnet, VPC",
            refs("ec2:subnet", "subnet-11111111", json!([["inside", "vpc-11111111"]])),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "route table, VPC",
            thing(
                "ec2:route-table",
                "rtb-11111111",
                json!({ "refs": [["inside", "vpc-11111111"]], "facts": { "main": false } }),
            ),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "subnet, route table",
            bare("ec2:subnet", "subnet-11111111"),
            thing("ec2:route-table", "rtb-11111111", json!({ "facts": { "subnet_ids": ["subnet-11111111"] } })),
        ),
        (
            "internet gateway, VPC",
            refs("ec2:internet-gateway", "igw-11111111", json!([["inside", "vpc-11111111"]])),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "endpoint, VPC",
            refs("ec2:vpc-endpoint", "vpce-11111111", json!([["inside", "vpc-11111111"]])),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "attachment, transit gateway",
            refs("ec2:transit-gateway-attachment", "tgw-attach-11111111", json!([["inside", "tgw-11111111"]])),
            bare("ec2:transit-gateway", "tgw-11111111"),
        ),
        (
            "attachment, VPC",
            refs("ec2:transit-gateway-attachment", "tgw-attach-11111111", json!([["uses", "vpc-11111111"]])),
            bare("ec2:vpc", "vpc-11111111"),
        ),
        (
            "VPN, transit gateway",
            refs("ec2:vpn-connection", "vpn-11111111", json!([["uses", "tgw-11111111"]])),
            bare("ec2:transit-gateway", "tgw-11111111"),
        ),
        (
            "client VPN, subnet",
            refs("ec2:client-vpn-endpoint", "cvpn-11111111", json!([["uses", "subnet-11111111"]])),
            bare("ec2:subnet", "subnet-11111111"),
        ),
        (
            "group, group",
            refs("ec2:security-group", "sg-11111111", json!([["uses", "sg-22222222"]])),
            bare("ec2:security-group", "sg-22222222"),
        ),
        (
            "Auto Scaling group, template",
            refs("autoscaling:autoScalingGroup", "asg", json!([["uses", "lt-11111111"]])),
            bare("ec2:launch-template", "lt-11111111"),
        ),
        (
            "node group, cluster",
            refs("eks:nodegroup", "nodes", json!([["inside", "prod"]])),
            bare("eks:cluster", "prod"),
        ),
        (
            "volume of a claim, cluster",
            thing(
                "ec2:volume",
                "vol-11111111",
                json!({ "facts": { "state": "available", "kubernetes_cluster": "prod" } }),
            ),
            bare("eks:cluster", "prod"),
        ),
        (
            "service, cluster",
            refs("ecs:service", "web", json!([["inside", "arn:aws:ecs:prod"]])),
            bare("ecs:cluster", "arn:aws:ecs:prod"),
        ),
        (
            "app, space",
            refs("sagemaker:app", "app", json!([["attached-to", "space"]])),
            bare("sagemaker:space", "space"),
        ),
        ("app, domain", refs("sagemaker:app", "app", json!([["inside", "d-1"]])), bare("sagemaker:domain", "d-1")),
        (
            "space, domain",
            refs("sagemaker:space", "space", json!([["inside", "d-1"]])),
            bare("sagemaker:domain", "d-1"),
        ),
        (
            "endpoint, configuration",
            refs("sagemaker:endpoint", "e", json!([["needs", "arn:aws:sagemaker:c"]])),
            bare("sagemaker:endpoint-config", "arn:aws:sagemaker:c"),
        ),
        (
            "configuration, model",
            refs("sagemaker:endpoint-config", "c", json!([["needs", "arn:aws:sagemaker:m"]])),
            bare("sagemaker:model", "arn:aws:sagemaker:m"),
        ),
        (
            "virtual interface, connection",
            refs("directconnect:dxvif", "dxvif-11111111", json!([["inside", "dxcon-11111111"]])),
            bare("directconnect:dxcon", "dxcon-11111111"),
        ),
        ("replica, source", refs("rds:db", "replica", json!([["uses", "source"]])), bare("rds:db", "source")),
        (
            "Aurora instance, cluster",
            refs("rds:db", "one", json!([["inside", "aurora"]])),
            bare("rds:cluster", "aurora"),
        ),
        (
            "database, group",
            refs("rds:db", "db", json!([["uses", "sg-11111111"]])),
            bare("ec2:security-group", "sg-11111111"),
        ),
        (
            "workgroup, namespace",
            refs("redshift-serverless:workgroup", "w", json!([["uses", "n"]])),
            bare("redshift-serverless:namespace", "n"),
        ),
        (
            "workspace, directory",
            refs("workspaces:workspace", "ws-11111111", json!([["inside", "d-1"]])),
            bare("workspaces:directory", "d-1"),
        ),
        (
            "registered, directory",
            refs("workspaces:directory", "wsd-1", json!([["needs", "d-906700"]])),
            bare("ds:directory", "d-906700"),
        ),
        ("trail, bucket", refs("cloudtrail:trail", "t", json!([["uses", "logs"]])), bare("s3:bucket", "logs")),
        (
            "recovery point, vault",
            refs("backup:recovery-point", "p", json!([["inside", "vault"]])),
            bare("backup:backup-vault", "vault"),
        ),
        (
            "secret, key",
            refs("secretsmanager:secret", "s", json!([["needs", "alias-less"]])),
            bare("kms:key", "alias-less"),
        ),
        (
            "distribution, certificate",
            refs("cloudfront:distribution", "E1", json!([["needs", "arn:aws:acm:c"]])),
            bare("acm:certificate", "arn:aws:acm:c"),
        ),
        (
            "gateway, instance",
            refs("storagegateway:gateway", "sgw-11111111", json!([["attached-to", "i-11111111"]])),
            instance("i-11111111", json!({})),
        ),
    ]
}

#[test]
fn what_aws_wants_first_comes_first() {
    for (name, first, then) in pairs() {
        let both = audit(&[first.clone(), then.clone()], &[], &[]);
        let id = |one: &Value| ResourceId::new(one["arn"].as_str().expect("an ARN"));
        let all = [&first, &then].map(|one| (id(one), BTreeSet::new())).into_iter().collect();
        let plan = planned(&both, &all, NONE);
        let act = |one: &Value| {
            let step = plan.steps.iter().find(|step| step.work == Work::Act && step.resource.arn == id(one));
            step.unwrap_or_else(|| panic!("{name}: {:?} {:?}", steps(&plan), held(&plan)))
        };
        assert!(act(&first).wave < act(&then).wave, "{name}: {:?}", steps(&plan));
        assert!(act(&then).after.contains(&act(&first).number), "{name}");
    }
}

#[test]
fn snapshot_of_an_image_is_held_until_the_image_goes_too() {
    let all = audit(
        &[
            thing("ec2:image", "ami-11111111", json!({ "refs": [["needs", "snap-11111111"]] })),
            thing("ec2:snapshot", "snap-11111111", json!({})),
        ],
        &[],
        &[],
    );
    let plan = of(&all, &[("ec2:snapshot", "snap-11111111")]);
    assert_eq!(held(&plan), ["snap-11111111: needed by ec2:image ami-11111111"]);
    assert_eq!(plan.held[0].offer, [ResourceId::new(arn("ec2:image", "ami-11111111"))]);
    let plan = planned(&all, &marks(&[("ec2:snapshot", "snap-11111111")]), DEPENDENTS);
    assert_eq!(steps(&plan), ["1 delete ami-11111111", "2 delete snap-11111111"]);
    assert!(plan.held.is_empty());
}

#[test]
fn volume_goes_along_with_its_instance_and_is_saved_before() {
    let all = audit(
        &[
            instance("i-11111111", json!({})),
            volume("vol-11111111", "i-11111111", json!({ "delete_on_termination": true })),
        ],
        &[
            found("ec2:instance", "i-11111111", "idle", "terminate", "30.00", None),
            found("ec2:volume", "vol-11111111", "idle-volume", "snapshot-then-delete", "8.00", None),
        ],
        &[],
    );
    let plan = of(&all, &[("ec2:instance", "i-11111111"), ("ec2:volume", "vol-11111111")]);
    assert_eq!(steps(&plan), ["0 backup vol-11111111", "1 terminate i-11111111"]);
    let act = &plan.steps[1];
    assert_eq!((act.after.as_slice(), act.saves_monthly_usd), ([1].as_slice(), Some(Usd::from_micros(38_000_000))));
    assert_eq!(act.findings, ["idle-volume@vol-11111111", "idle@i-11111111"]);
    assert_eq!(act.takes_along, ["ec2:volume vol-11111111"]);
    assert!(act.is_irreversible() && plan.deletions() == 1);
}

#[test]
fn attached_volume_is_held_unless_its_verb_detaches_it() {
    let one = [instance("i-11111111", json!({})), volume("vol-11111111", "i-11111111", json!({}))];
    let with = |remedy| audit(&one, &[found("ec2:volume", "vol-11111111", "r", remedy, "8.00", None)], &[]);
    let plan = of(&with("delete"), &[("ec2:volume", "vol-11111111")]);
    assert_eq!(held(&plan), ["vol-11111111: needed by ec2:instance i-11111111"]);
    let plan = of(&with("detach-then-delete"), &[("ec2:volume", "vol-11111111")]);
    assert_eq!(steps(&plan), ["1 detach-then-delete vol-11111111"]);
    assert_eq!(plan.steps[0].breaks, ["ec2:instance i-11111111"]);
    let wanted = [
        "aws ec2 detach-volume --volume-id vol-11111111 --region eu-west-1",
        "aws ec2 delete-volume --volume-id vol-11111111 --region eu-west-1",
    ];
    assert_eq!(plan.steps[0].commands, wanted);
    assert_eq!(plan.steps[0].actions, ["ec2:DeleteVolume", "ec2:DetachVolume"]);
}

#[test]
fn stopped_instance_is_not_gone() {
    let all = audit(
        &[instance("i-11111111", json!({})), volume("vol-11111111", "i-11111111", json!({}))],
        &[found("ec2:instance", "i-11111111", "idle", "stop", "30.00", None)],
        &[],
    );
    let plan = planned(&all, &marks(&[("ec2:instance", "i-11111111"), ("ec2:volume", "vol-11111111")]), DEPENDENTS);
    assert_eq!(steps(&plan), ["1 stop i-11111111"]);
    assert_eq!(held(&plan).len(), 1);
}

fn network(more: &[Value]) -> Vec<Value> {
    let mut all = vec![
        thing("ec2:vpc", "vpc-11111111", json!({})),
        thing(
            "ec2:route-table",
            "rtb-11111111",
            json!({ "refs": [["inside", "vpc-11111111"]], "facts": { "main": true } }),
        ),
        thing(
            "ec2:security-group",
            "sg-11111111",
            json!({ "refs": [["inside", "vpc-11111111"]], "facts": { "is_default": true } }),
        ),
        thing("ec2:subnet", "subnet-11111111", json!({ "refs": [["inside", "vpc-11111111"]] })),
        thing(
            "ec2:natgateway",
            "nat-11111111",
            json!({
                "refs": [["inside", "vpc-11111111"], ["inside", "subnet-11111111"], ["needs", "eipalloc-11111111"]],
                "facts": { "network_interface_ids": ["eni-11111111"], "vpc_id": "vpc-11111111" }
            }),
        ),
        thing(
            "ec2:network-interface",
            "eni-11111111",
            json!({
                "refs": [["inside", "vpc-11111111"], ["inside", "subnet-11111111"]], "facts": { "interface_type": "interface" }
            }),
        ),
        thing("ec2:elastic-ip", "eipalloc-11111111", json!({ "refs": [["uses", "eni-11111111"]] })),
    ];
    all.extend_from_slice(more);
    all
}

#[test]
fn network_goes_from_the_inside_out_and_takes_its_own_parts_along() {
    let all = audit(&network(&[]), &[], &[]);
    let plan = of(&all, &[("ec2:vpc", "vpc-11111111")]);
    assert_eq!(held(&plan), ["vpc-11111111: needed by ec2:natgateway nat-11111111, ec2:subnet subnet-11111111"]);
    let plan =
        planned(&all, &marks(&[("ec2:vpc", "vpc-11111111"), ("ec2:elastic-ip", "eipalloc-11111111")]), DEPENDENTS);
    let wanted =
        ["1 delete nat-11111111", "2 release eipalloc-11111111", "2 delete subnet-11111111", "3 delete vpc-11111111"];
    assert_eq!(steps(&plan), wanted);
    assert_eq!(plan.steps[0].takes_along, ["ec2:network-interface eni-11111111"]);
    assert_eq!(plan.steps[3].takes_along, ["ec2:route-table rtb-11111111", "ec2:security-group sg-11111111"]);
    let alone = of(&all, &[("ec2:security-group", "sg-11111111")]);
    assert_eq!(held(&alone), ["sg-11111111: needed by ec2:vpc vpc-11111111"]);
}

#[test]
fn nothing_that_is_kept_or_managed_is_added_and_nothing_is_added_in_vain() {
    let kept = instance("i-11111111", json!({ "refs": [["inside", "subnet-11111111"]], "tags": { "keep": "true" } }));
    let plan = planned(&audit(&network(&[kept]), &[], &[]), &marks(&[("ec2:vpc", "vpc-11111111")]), DEPENDENTS);
    assert_eq!(steps(&plan), Vec::<String>::new());
    let why = "vpc-11111111: waits for what is held itself: ec2:subnet subnet-11111111 (held back itself)";
    assert_eq!(held(&plan), [why]);
    let managed = instance(
        "i-11111111",
        json!({
            "refs": [["inside", "vpc-11111111"]],
            "owner": { "by": "auto-scaling-group", "id": "web", "evidence": "a tag" }
        }),
    );
    let plan = planned(&audit(&network(&[managed]), &[], &[]), &marks(&[("ec2:vpc", "vpc-11111111")]), DEPENDENTS);
    assert!(plan.steps.is_empty());
    assert!(held(&plan)[0].contains("i-11111111 (managed by Auto Scaling group web)"), "{:?}", held(&plan));
}

fn stack(member: Value) -> Vec<Value> {
    let owner = json!({ "by": "cloudformation-stack", "id": "course", "evidence": "a tag" });
    let mut member = member;
    member["owner"] = owner.clone();
    let mut topic = thing("sns:topic", "topic", json!({}));
    topic["owner"] = owner;
    vec![thing("cloudformation:stack", "course", json!({})), member, topic]
}

#[test]
fn managed_resource_leads_to_its_owner() {
    let finding = found("ec2:volume", "vol-11111111", "r", "delete", "8.00", None);
    let free = thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available" } }));
    let all = audit(&stack(free), std::slice::from_ref(&finding), &[]);
    let mark = marks(&[("ec2:volume", "vol-11111111")]);
    let plan = planned(&all, &mark, NONE);
    assert_eq!(held(&plan), ["vol-11111111: managed by CloudFormation stack course, which would repeat it or break"]);
    assert_eq!(plan.held[0].offer, [ResourceId::new(arn("cloudformation:stack", "course"))]);
    let plan = planned(&all, &mark, OWNERS);
    assert_eq!(steps(&plan), ["1 delete course"]);
    let step = &plan.steps[0];
    assert_eq!(step.takes_along, ["ec2:volume vol-11111111", "sns:topic topic"]);
    assert_eq!((step.saves_monthly_usd, step.findings.len()), (Some(Usd::from_micros(8_000_000)), 1));
}

#[test]
fn owner_with_something_kept_in_it_is_held() {
    let mut all = stack(thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available" } })));
    all[2]["tags"] = json!({ "keep": "true" });
    let plan = planned(&audit(&all, &[], &[]), &marks(&[("ec2:volume", "vol-11111111")]), OWNERS);
    assert!(plan.steps.is_empty() && held(&plan)[0].contains("managed by"), "{:?}", held(&plan));
    let plan = of(&audit(&all, &[], &[]), &[("cloudformation:stack", "course")]);
    assert_eq!(held(&plan), ["course: sns:topic topic goes with it and is kept by tag keep=true"]);
}

#[test]
fn lock_is_lifted_only_when_that_was_said_and_directly_before() {
    let locked = |flag: &str| {
        let lock = json!([{ "lock": "service", "flag": flag }]);
        audit(&[instance("i-11111111", json!({ "protections": lock }))], &[], &[])
    };
    let mark = marks(&[("ec2:instance", "i-11111111")]);
    let plan = planned(&locked("DisableApiTermination"), &mark, NONE);
    assert_eq!(held(&plan), ["i-11111111: delete blocked by DisableApiTermination"]);
    let plan = planned(&locked("DisableApiTermination"), &mark, LOCKS);
    assert_eq!(steps(&plan), ["1 DisableApiTermination i-11111111", "2 terminate i-11111111"]);
    assert_eq!(plan.steps[1].after, [1]);
    let wanted = "aws ec2 modify-instance-attribute --disable-api-termination '{\"Value\":false}' --instance-id i-11111111 --region eu-west-1";
    assert_eq!(plan.steps[0].commands, [wanted]);
    assert_eq!(held(&planned(&locked("SomethingElse"), &mark, LOCKS)).len(), 1);
}

#[test]
fn circle_is_named_and_what_waits_for_it_is_behind() {
    let all = audit(
        &[
            thing("ec2:vpc", "vpc-11111111", json!({})),
            thing(
                "ec2:security-group",
                "sg-11111111",
                json!({ "refs": [["uses", "sg-22222222"], ["inside", "vpc-11111111"]] }),
            ),
            thing("ec2:security-group", "sg-22222222", json!({ "refs": [["uses", "sg-11111111"]] })),
        ],
        &[],
        &[],
    );
    let plan = of(
        &all,
        &[("ec2:security-group", "sg-11111111"), ("ec2:security-group", "sg-22222222"), ("ec2:vpc", "vpc-11111111")],
    );
    let circle =
        "each would have to go before the other: ec2:security-group sg-11111111, ec2:security-group sg-22222222";
    let wanted = [
        format!("sg-11111111: {circle}"),
        format!("sg-22222222: {circle}"),
        "vpc-11111111: waits for what is held itself: ec2:security-group sg-11111111 (part of a cycle)".to_owned(),
    ];
    assert_eq!(held(&plan), wanted);
    assert!(plan.steps.is_empty());
}

#[test]
fn what_nothing_can_be_done_about_is_held_with_the_reason() {
    let all = audit(
        &[
            thing("route53domains:domain", "example.org", json!({})),
            thing("macie2:session", "macie", json!({})),
            thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available" } })),
            thing("sqs:queue", "q", json!({})),
            thing("sns:topic", "t", json!({ "protections": [{ "lock": "unread-tags" }] })),
        ],
        &[found("ec2:volume", "vol-11111111", "gp2", "modify", "1.60", None)],
        &[],
    );
    let ids = [
        ("ec2:volume", "vol-11111111"),
        ("macie2:session", "macie"),
        ("route53domains:domain", "example.org"),
        ("sns:topic", "t"),
        ("sqs:queue", "q"),
        ("zzz", "gone"),
    ];
    let wanted = [
        "vol-11111111: the rule says `modify`: there is nothing to delete",
        "macie: nothing here does `delete` to this kind",
        "example.org: no API does it: the registrar",
        "t: its tags could not be read, and one may keep it",
        "q: its url is not known, and the call needs it",
        "arn:aws:zzz:eu-west-1:111122223333:gone: the audit has no such resource",
    ];
    assert_eq!(held(&of(&all, &ids)), wanted);
}

#[test]
fn name_of_another_service_s_resource_joins_nothing() {
    let all = audit(
        &[
            thing("ecs:cluster", "prod", json!({})),
            thing("eks:nodegroup", "nodes", json!({ "refs": [["inside", "prod"]] })),
        ],
        &[],
        &[],
    );
    let plan = planned(&all, &marks(&[("ecs:cluster", "prod")]), DEPENDENTS);
    assert_eq!(steps(&plan), ["1 delete prod"]);
}

#[test]
fn verb_is_that_of_the_finding_that_counts_the_money_and_only_of_those_marked() {
    let all = audit(
        &[thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available", "zone": "a" } }))],
        &[
            found("ec2:volume", "vol-11111111", "idle", "delete", "0.00", Some("unattached")),
            found("ec2:volume", "vol-11111111", "unattached", "snapshot-then-delete", "8.00", None),
            found("ec2:volume", "vol-11111111", "gp2", "modify", "0.00", Some("unattached")),
        ],
        &[],
    );
    let plan = of(&all, &[("ec2:volume", "vol-11111111")]);
    assert_eq!(steps(&plan), ["0 backup vol-11111111", "1 snapshot-then-delete vol-11111111"]);
    assert_eq!(plan.steps[1].findings.len(), 3);
    assert!(!plan.steps[1].is_irreversible() && plan.steps[1].undo.contains("snapshotId of closeout-"));
    let only = |rule: &str| {
        let by = BTreeSet::from([format!("{rule}@vol-11111111")]);
        planned(&all, &BTreeMap::from([(ResourceId::new(arn("ec2:volume", "vol-11111111")), by)]), NONE)
    };
    assert_eq!(steps(&only("idle")), ["1 delete vol-11111111"]);
    assert_eq!(only("idle").steps[0].saves_monthly_usd, Some(Usd::from_micros(8_000_000)));
    assert_eq!(held(&only("gp2")).len(), 1);
}

#[test]
fn kind_that_could_not_be_listed_and_may_hold_it_is_named() {
    let snapshot = [thing("ec2:snapshot", "snap-11111111", json!({}))];
    let mark = [("ec2:snapshot", "snap-11111111")];
    assert!(of(&audit(&snapshot, &[], &["ec2:image"]), &mark).steps[0].breaks.is_empty());
    let blind = of(&audit(&snapshot, &[], &[]), &mark);
    assert_eq!(blind.steps[0].breaks, ["whatever ec2:image in eu-west-1 needs it: not listed"]);
}

#[test]
fn step_names_the_listed_kinds_that_could_need_it_and_what_of_them_goes_with_others() {
    let (group, host, face) = ("sg-11111111", "i-11111111", "eni-11111111");
    let face = |facts: Value| {
        let refs = json!([["uses", group], ["attached-to", host]]);
        thing("ec2:network-interface", face, json!({ "refs": refs, "facts": facts }))
    };
    let things = |face: Value| [instance(host, json!({})), face, thing("ec2:security-group", group, json!({}))];
    let both = [("ec2:security-group", group), ("ec2:instance", host)];
    let along = face(json!({ "delete_on_termination": true }));
    let plan = of(&audit(&things(along.clone()), &[], &[]), &both);
    assert_eq!(steps(&plan), ["1 terminate i-11111111", "2 delete sg-11111111"]);
    let kinds = |step: &closeout::plan::Step| step.holders.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(kinds(&plan.steps[0]).is_empty() && plan.steps[0].known.is_empty(), "nothing needs an instance");
    assert_eq!(kinds(&plan.steps[1]), ["ec2:instance", "ec2:network-interface", "ec2:security-group"]);
    assert_eq!(plan.steps[1].known, [ResourceId::new(arn("ec2:network-interface", "eni-11111111"))]);
    assert_eq!(Plan::read(&plan.text().expect("plain data")).expect("the plan"), plan);
    let spoiled = plan.text().expect("plain data").replacen("\"holders\"", "\"holder\"", 1);
    assert!(Plan::read(&spoiled).expect_err("refused").to_string().contains("changed after it was made"));

    // What has a step of its own is in the plan already.
    let own = face(json!({ "delete_on_termination": false }));
    let marked = [&both[..], &[("ec2:network-interface", "eni-11111111")]].concat();
    let plan = of(&audit(&things(own), &[], &[]), &marked);
    assert!(plan.steps.len() == 3 && plan.steps.iter().all(|step| step.known.is_empty()), "{:?}", steps(&plan));

    // Only what was listed can be told from what is new; and a kind of this account that needs it counts too.
    let balancer = thing("elasticloadbalancing:loadbalancer", "lb", json!({ "refs": [["uses", group]] }));
    let few = [thing("ec2:security-group", group, json!({})), balancer];
    let plan =
        of(&audit(&few, &[], &[]), &[("ec2:security-group", group), ("elasticloadbalancing:loadbalancer", "lb")]);
    assert_eq!(kinds(&plan.steps[1]), ["ec2:security-group", "elasticloadbalancing:loadbalancer"]);
}

#[test]
fn step_that_leaves_its_resource_there_watches_nothing() {
    let volume = volume("vol-11111111", "i-11111111", json!({ "delete_on_termination": true }));
    let stop = found("ec2:instance", "i-11111111", "idle", "stop", "30.00", None);
    let all = audit(&[instance("i-11111111", json!({})), volume], &[stop], &["ec2:volume"]);
    let plan = of(&all, &[("ec2:instance", "i-11111111")]);
    assert_eq!(steps(&plan), ["1 stop i-11111111"]);
    assert!(plan.steps[0].holders.is_empty() && plan.steps[0].known.is_empty());
    let grace = |plan: &Plan| plan.quarantined(30, "2026-11-27".parse().expect("a day")).expect("days on the calendar");
    let group = thing("ec2:security-group", "sg-11111111", json!({}));
    let loose = thing("ec2:volume", "vol-22222222", json!({ "facts": { "state": "available", "zone": "a" } }));
    let all = audit(&[group, loose], &[], &["ec2:instance"]);
    let plan = of(&all, &[("ec2:security-group", "sg-11111111"), ("ec2:volume", "vol-22222222")]);
    assert!(plan.acts().all(|step| !step.holders.is_empty()), "{:?}", steps(&plan));
    let given = grace(&plan);
    assert!(!given.steps.is_empty() && given.steps.iter().all(|step| step.holders.is_empty()));
}

fn example() -> Plan {
    // More digits than a number keeps: it must not look changed when it is read again.
    let ratio: Value = serde_json::from_str("0.1234567890123456789").expect("a number");
    let one =
        thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available", "zone": "a", "ratio": ratio } }));
    let locked = instance("i-11111111", json!({ "tags": { "keep": "true" } }));
    of(&audit(&[one, locked], &[], &[]), &[("ec2:volume", "vol-11111111"), ("ec2:instance", "i-11111111")])
}

#[test]
fn saved_plan_is_read_as_it_was_and_refused_when_it_was_changed() {
    let plan = example();
    let text = plan.text().expect("plain data");
    assert_eq!(Plan::read(&text).expect("the plan"), plan);
    let refusal = |text: &str| Plan::read(text).expect_err("refused").to_string();
    assert!(refusal(&text.replace("snapshot-then-delete", "delete")).contains("changed after it was made"));
    assert!(refusal(&text.replace("\"schema_version\": 1", "\"schema_version\": 2")).contains("update closeout"));
    assert!(refusal("{}").contains("not a closeout plan"));
    assert!(refusal(&text[..text.len() / 2]).starts_with("not JSON"));
    assert!(refusal(&text.replace("\"steps\": [", "\"steps\": 1, \"x\": [")).contains("not a complete"));
}

/// A plan whose every text is hostile.
fn hostile(id: &str) -> Plan {
    let queue = thing(
        "sqs:queue",
        "q",
        json!({
            "id": id, "name": id, "facts": { "url": id }, "tags": { "ManagedBy": format!("terraform {id}") }
        }),
    );
    let kept = instance("i-11111111", json!({ "name": id, "tags": { "keep": "true" } }));
    of(&audit(&[queue, kept], &[], &[]), &[("sqs:queue", "q"), ("ec2:instance", "i-11111111")])
}

#[test]
fn script_runs_what_it_shows_whatever_names_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, bait) = (folder.path().join("log"), folder.path().join("bait"));
    let aws = folder.path().join("aws");
    let fake = format!(
        "#!/bin/sh\nif [ \"$1\" = sts ]; then echo 111122223333; exit; fi\nfor one in \"$@\"; do printf '%s\\n---\\n' \"$one\" >> {}; done\n",
        log.display()
    );
    fs::write(&aws, fake).expect("a file");
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).expect("a mode");
    let touch = format!("touch {}", bait.display());
    for id in [
        format!("x\n{touch}\n"),
        format!("'; {touch}; '"),
        format!("$({touch})"),
        format!("`{touch}`"),
        format!("\"; {touch} #"),
        format!("x\r{touch}"),
    ] {
        let plan = hostile(&id);
        assert_eq!(plan.steps.len(), 1, "{:?}", held(&plan));
        let _ = fs::remove_file(&log);
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let ran = Command::new("sh").arg("-c").arg(script(&plan)).env("PATH", path).output().expect("a shell");
        assert!(ran.status.success(), "{}\n{}", String::from_utf8_lossy(&ran.stderr), script(&plan));
        assert!(!bait.exists(), "{id:?} got out of {}", script(&plan));
        let said = fs::read_to_string(&log).expect("what was called");
        let words: Vec<&str> = said.split("\n---\n").collect();
        assert_eq!(&words[..2], ["sqs", "delete-queue"]);
        let given = match words[2] {
            "--cli-input-json" => {
                serde_json::from_str::<Value>(words[3]).expect("JSON")["QueueUrl"].as_str().map(str::to_owned)
            }
            _ => Some(words[3].to_owned()),
        };
        assert_eq!(given.as_deref(), Some(id.as_str()));
    }
}

#[test]
fn script_stops_in_another_account_and_warns_of_what_cannot_be_undone() {
    let text = script(&hostile("q"));
    assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -eu\n"));
    assert!(
        text.contains("IRREVERSIBLE: the messages is gone for good") || text.contains("IRREVERSIBLE: the messages"),
        "{text}"
    );
    assert!(text.contains("# === not in this script ===\n# ec2:instance q: kept by tag keep=true"), "{text}");
    let folder = tempfile::tempdir().expect("a folder");
    let aws = folder.path().join("aws");
    fs::write(&aws, "#!/bin/sh\nif [ \"$1\" = sts ]; then echo 999999999999; exit; fi\ntouch \"$0.ran\"\n")
        .expect("a file");
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).expect("a mode");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let ran = Command::new("sh").arg("-c").arg(&text).env("PATH", path).output().expect("a shell");
    assert_eq!(ran.status.code(), Some(1));
    assert!(!folder.path().join("aws.ran").exists());
}

#[test]
fn terraform_notes_are_for_what_a_tag_names() {
    let notes = terraform(&hostile("q\n}\nresource"));
    assert!(
        notes.contains("removed {\n  from = aws_sqs_queue.NAME\n\n  lifecycle {\n    destroy = false\n  }\n}\n"),
        "{notes}"
    );
    assert_eq!(notes.lines().filter(|line| line.starts_with("resource")).count(), 0, "{notes}");
    assert_eq!(terraform(&example()), "");
}

/// Kinds with pointers that mean something between them.
const KINDS: [&str; 6] = ["ec2:instance", "ec2:volume", "ec2:security-group", "ec2:subnet", "ec2:vpc", "ec2:image"];
const ROLES: [&str; 6] = ["attached-to", "inside", "needs", "uses", "one-of", "made-from"];

#[derive(Clone, Debug)]
struct Account {
    things: Vec<Value>,
    marked: Vec<usize>,
}

impl Account {
    fn id(at: usize, kind: usize) -> String {
        format!("{}-{:08x}", KINDS[kind].split(':').next_back().unwrap_or_default(), 0x1000_0000 + at)
    }

    fn marks(&self, without: Option<usize>) -> closeout::plan::Marks {
        let marked = self.marked.iter().filter(|at| Some(**at) != without).map(|at| at % self.things.len());
        marked.map(|at| (ResourceId::new(self.things[at]["arn"].as_str().expect("an ARN")), BTreeSet::new())).collect()
    }
}

/// Kind, pointers by role and place, whether it is kept (0), whether it goes along.
type Drawn = (usize, Vec<(usize, usize)>, u8, bool);

fn account() -> impl Strategy<Value = Account> {
    let one = (0..KINDS.len(), proptest::collection::vec((0..ROLES.len(), 0..12usize), 0..4), 0..8u8, any::<bool>());
    (proptest::collection::vec(one, 1..12), proptest::collection::vec(0..12usize, 1..8)).prop_map(|(drawn, marked)| {
        let ids: Vec<String> = drawn.iter().enumerate().map(|(at, one)| Account::id(at, one.0)).collect();
        let thing_of = |(at, (kind, refs, luck, along)): (usize, &Drawn)| {
            let refs: Vec<Value> = refs.iter().map(|(role, to)| json!([ROLES[*role], ids[to % ids.len()]])).collect();
            let mut tags = json!({});
            if *luck == 0 {
                tags = json!({ "keep": "true" });
            }
            let facts = json!({ "delete_on_termination": along, "is_default": along, "state": "in-use", "zone": "a" });
            thing(KINDS[*kind], &ids[at], json!({ "refs": refs, "tags": tags, "facts": facts }))
        };
        Account { things: drawn.iter().enumerate().map(thing_of).collect(), marked }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn order_in_which_things_became_known_does_not_show(account in account(), seed in any::<usize>()) {
        let mut turned = account.things.clone();
        turned.reverse();
        let by = seed % turned.len();
        turned.rotate_left(by);
        for allowed in [NONE, DEPENDENTS] {
            let one = planned(&audit(&account.things, &[], &[]), &account.marks(None), allowed);
            let other = planned(&audit(&turned, &[], &[]), &account.marks(None), allowed);
            prop_assert_eq!(one.text().expect("plain data"), other.text().expect("plain data"));
        }
    }

    #[test]
    fn every_step_comes_after_what_it_must_and_nothing_held_is_a_step(account in account()) {
        let all = audit(&account.things, &[], &[]);
        for allowed in [NONE, DEPENDENTS] {
            let plan = planned(&all, &account.marks(None), allowed);
            let wave: BTreeMap<u32, u32> = plan.steps.iter().map(|step| (step.number, step.wave)).collect();
            let acts: BTreeMap<&str, u32> = plan.steps.iter().filter(|s| s.work == Work::Act).map(|s| (s.resource.id.as_str(), s.wave)).collect();
            let along: BTreeSet<&str> = plan.steps.iter().flat_map(|s| &s.takes_along).filter_map(|name| name.split(' ').nth(1)).collect();
            for step in &plan.steps {
                prop_assert!(step.after.iter().all(|first| wave[first] < step.wave), "{:?}", steps(&plan));
                prop_assert!(plan.held.iter().all(|held| held.resource != step.resource.arn));
                // What lies inside goes first, or goes along.
                for inner in all.resources().filter(|one| step.work == Work::Act && step.resource.kind.as_str() == "ec2:vpc"
                    && one.arn != step.resource.arn
                    && one.refs.iter().any(|r| r.role == closeout::model::Role::Inside && r.id == step.resource.id))
                {
                    let goes = acts.get(inner.id.as_str()).is_some_and(|wave| *wave < step.wave);
                    prop_assert!(goes || along.contains(inner.id.as_str()), "{} stays in {}: {:?}", inner.id, step.resource.id, steps(&plan));
                }
            }
            for resource in all.resources().filter(|one| !one.tags.is_empty()) {
                let id = resource.id.as_str();
                prop_assert!(!acts.contains_key(id) && !along.contains(id), "{id} is kept: {:?}", steps(&plan));
            }
        }
    }

    #[test]
    fn taking_a_mark_away_adds_nothing(account in account(), which in 0..8usize) {
        let all = audit(&account.things, &[], &[]);
        let gone = |plan: &Plan| -> BTreeSet<String> {
            let acts = plan.steps.iter().map(|step| step.resource.id.clone());
            let along = plan.steps.iter().flat_map(|step| &step.takes_along);
            acts.chain(along.filter_map(|name| name.split(' ').nth(1)).map(str::to_owned)).collect()
        };
        let without = account.marked[which % account.marked.len()];
        let full = gone(&planned(&all, &account.marks(None), NONE));
        let less = gone(&planned(&all, &account.marks(Some(without)), NONE));
        prop_assert!(less.is_subset(&full), "{less:?} is not within {full:?}");
    }
}

#[test]
fn region_of_the_tests_is_the_one_of_their_commands() {
    assert!(example().steps.iter().all(|step| step.commands.iter().all(|line| line.ends_with(HERE))));
}

/// What a file of order names: kinds, each with the facts that are read of it.
fn named(order: &toml::Table) -> Vec<(String, Vec<String>)> {
    let entries = |table: &str| order[table].as_array().cloned().unwrap_or_default();
    let text = |entry: &toml::Value, key: &str| entry.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let facts = |entry: &toml::Value, keys: &[&str]| -> Vec<String> {
        let when = entry.get("when").and_then(toml::Value::as_table).into_iter().flat_map(|when| when.keys().cloned());
        let when: Vec<String> = if keys.contains(&"when") { when.collect() } else { Vec::new() };
        keys.iter().filter_map(|key| text(entry, key)).chain(when).collect()
    };
    let mut all = Vec::new();
    for entry in entries("pair") {
        all.push((text(&entry, "of").expect("of"), facts(&entry, &["when"])));
        all.push((text(&entry, "to").expect("to"), Vec::new()));
    }
    for entry in entries("link") {
        all.push((text(&entry, "of").expect("of"), facts(&entry, &["shared", "names"])));
        all.push((text(&entry, "to").expect("to"), facts(&entry, &["held", "shared"])));
    }
    for entry in entries("along") {
        all.push((text(&entry, "kind").expect("kind"), facts(&entry, &["when"])));
        all.push((text(&entry, "parent").expect("parent"), facts(&entry, &["held"])));
    }
    let plain = |kind: &str| (kind.to_owned(), Vec::new());
    all.extend(order["owners"].as_table().expect("owners").values().map(|kind| plain(kind.as_str().expect("a kind"))));
    for (kind, by) in order["holders"].as_table().expect("holders") {
        all.push(plain(kind));
        all.extend(by.as_array().expect("kinds").iter().map(|kind| plain(kind.as_str().expect("a kind"))));
    }
    all.retain(|(kind, _)| kind != "*");
    all
}

#[test]
fn every_kind_and_fact_of_the_order_is_one_a_scanner_lists() {
    let order: toml::Table = toml::from_str(include_str!("../rules/order.toml")).expect("TOML");
    let names: toml::Table = toml::from_str(include_str!("../rules/actions.toml")).expect("TOML");
    let schemas: BTreeMap<String, Value> = closeout::scan::scanners()
        .map(|scanner| (scanner.kind.to_string(), scanner.schema().as_value().clone()))
        .collect();
    let mut all = named(&order);
    assert!(all.len() > 100, "{}", all.len());
    all.extend(names["terraform"].as_table().expect("a table").keys().map(|kind| (kind.clone(), Vec::new())));
    for (kind, facts) in all {
        let schema = schemas.get(&kind).unwrap_or_else(|| panic!("no scanner lists {kind}"));
        for fact in facts {
            assert!(schema["properties"].get(&fact).is_some(), "{kind} has no fact {fact}");
        }
    }
}

#[test]
fn marked_owner_is_done_as_it_was_marked_and_covers_what_it_manages() {
    let free = thing("ec2:volume", "vol-11111111", json!({ "facts": { "state": "available" } }));
    let findings = [
        found("ec2:volume", "vol-11111111", "r", "delete", "8.00", None),
        found("cloudformation:stack", "course", "failed", "delete", "0.00", None),
    ];
    let all = audit(&stack(free), &findings, &[]);
    let both = marks(&[("ec2:volume", "vol-11111111"), ("cloudformation:stack", "course")]);
    let plan = planned(&all, &both, OWNERS);
    assert_eq!(steps(&plan), ["1 delete course"]);
    assert_eq!(plan.steps[0].findings, ["failed@course", "r@vol-11111111"]);
    assert!(plan.held.is_empty());
}

#[test]
fn instance_waits_when_the_backup_of_what_goes_with_it_cannot_be_taken() {
    let one = volume("vol-11111111", "i-11111111", json!({ "delete_on_termination": true }));
    let all = audit(
        &[instance("i-11111111", json!({})), one],
        &[found("ec2:volume", "vol-11111111", "r", "final-snapshot-then-delete", "8.00", None)],
        &[],
    );
    let plan = of(&all, &[("ec2:instance", "i-11111111"), ("ec2:volume", "vol-11111111")]);
    assert!(plan.steps.is_empty(), "{:?}", steps(&plan));
    assert!(
        held(&plan)[0].starts_with("i-11111111: waits for what is held itself: ec2:volume vol-11111111"),
        "{:?}",
        held(&plan)
    );
}
