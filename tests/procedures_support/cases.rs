//! What each procedure lists and sends, with answers as AWS writes them.

use closeout::plan::remedy::Procedure;
use serde_json::{Value, json};

/// A procedure that takes parts away.
pub struct Case {
    pub procedure: Procedure,
    pub kind: &'static str,
    pub facts: Value,
    /// What lists the parts.
    pub lists: &'static str,
    /// The two parts on two pages.
    pub pages: [&'static str; 2],
    /// The first part, on one page.
    pub first: &'static str,
    /// The second part, on one page.
    pub second: &'static str,
    /// The first part on its way out. Empty where parts have no state.
    pub going: &'static str,
    pub none: &'static str,
    /// How the ids of the two parts look in a request.
    pub parts: [&'static str; 2],
    /// What takes a part away, and how AWS answers.
    pub takes: &'static str,
    pub taken: &'static str,
    /// How AWS says that a part is gone.
    pub gone: &'static str,
    /// Whether the parts go one after the other.
    pub one_by_one: bool,
    /// What is asked besides, and the answers to it.
    pub besides: &'static [(&'static str, &'static str)],
}

macro_rules! networks {
    ($items:literal, $rest:literal) => {
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeClientVpnTargetNetworksResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><clientVpnTargetNetworks>"#,
            $items,
            "</clientVpnTargetNetworks>",
            $rest,
            "</DescribeClientVpnTargetNetworksResponse>"
        )
    };
}

pub fn all() -> Vec<Case> {
    vec![rule_targets(), standard(), custom(), mount_targets(), associations(), modules(), user_profiles()]
}

pub fn rule_targets() -> Case {
    Case {
        procedure: Procedure::RuleTargets,
        kind: "events:rule",
        facts: json!({ "bus": "orders", "state": "ENABLED" }),
        lists: "ListTargetsByRule",
        pages: [
            r#"{"Targets":[{"Id":"part-1","Arn":"arn:aws:lambda:eu-west-1:111122223333:function:gone"}],"NextToken":"p2"}"#,
            r#"{"Targets":[{"Id":"part-2","Arn":"arn:aws:sqs:eu-west-1:111122223333:late"}]}"#,
        ],
        first: r#"{"Targets":[{"Id":"part-1","Arn":"arn:aws:lambda:eu-west-1:111122223333:function:gone"}]}"#,
        second: r#"{"Targets":[{"Id":"part-2","Arn":"arn:aws:sqs:eu-west-1:111122223333:late"}]}"#,
        going: "",
        none: r#"{"Targets":[]}"#,
        parts: ["part-1", "part-2"],
        takes: "RemoveTargets",
        taken: r#"{"FailedEntryCount":0,"FailedEntries":[]}"#,
        gone: "ResourceNotFoundException",
        one_by_one: false,
        besides: &[],
    }
}

fn standard() -> Case {
    Case {
        procedure: Procedure::AcceleratorListeners,
        kind: "globalaccelerator:accelerator",
        facts: json!({ "routing": "standard", "enabled": false, "status": "DEPLOYED" }),
        lists: "ListListeners",
        pages: [
            r#"{"Listeners":[{"ListenerArn":"arn:listener/part-1","Protocol":"TCP"}],"NextToken":"p2"}"#,
            r#"{"Listeners":[{"ListenerArn":"arn:listener/part-2","Protocol":"UDP"}]}"#,
        ],
        first: r#"{"Listeners":[{"ListenerArn":"arn:listener/part-1"}]}"#,
        second: r#"{"Listeners":[{"ListenerArn":"arn:listener/part-2"}]}"#,
        going: "",
        none: r#"{"Listeners":[]}"#,
        parts: ["part-1", "part-2"],
        takes: "DeleteListener",
        taken: "{}",
        gone: "ListenerNotFoundException",
        one_by_one: false,
        besides: &[("ListEndpointGroups", r#"{"EndpointGroups":[]}"#), ("DeleteEndpointGroup", "{}")],
    }
}

fn custom() -> Case {
    Case {
        facts: json!({ "routing": "custom", "enabled": false, "status": "DEPLOYED" }),
        lists: "ListCustomRoutingListeners",
        pages: [
            r#"{"Listeners":[{"ListenerArn":"arn:listener/part-1","PortRanges":[]}],"NextToken":"p2"}"#,
            r#"{"Listeners":[{"ListenerArn":"arn:listener/part-2","PortRanges":[]}]}"#,
        ],
        takes: "DeleteCustomRoutingListener",
        besides: &[
            ("ListCustomRoutingEndpointGroups", r#"{"EndpointGroups":[]}"#),
            ("DeleteCustomRoutingEndpointGroup", "{}"),
        ],
        ..standard()
    }
}

fn mount_targets() -> Case {
    Case {
        procedure: Procedure::MountTargets,
        kind: "elasticfilesystem:file-system",
        facts: json!({ "state": "available" }),
        lists: "GET /2015-02-01/mount-targets",
        pages: [
            r#"{"MountTargets":[{"MountTargetId":"part-1","FileSystemId":"thing","SubnetId":"subnet-1","LifeCycleState":"available"}],"NextMarker":"p2"}"#,
            r#"{"Marker":"p2","MountTargets":[{"MountTargetId":"part-2","FileSystemId":"thing","SubnetId":"subnet-2","LifeCycleState":"available"}]}"#,
        ],
        first: r#"{"MountTargets":[{"MountTargetId":"part-1","LifeCycleState":"available"}]}"#,
        second: r#"{"MountTargets":[{"MountTargetId":"part-2","LifeCycleState":"available"}]}"#,
        going: r#"{"MountTargets":[{"MountTargetId":"part-1","LifeCycleState":"deleting"},{"MountTargetId":"part-0","LifeCycleState":"deleted"}]}"#,
        none: r#"{"MountTargets":[]}"#,
        parts: ["part-1", "part-2"],
        takes: "DELETE /2015-02-01/mount-targets/",
        taken: "",
        gone: "MountTargetNotFound",
        one_by_one: false,
        besides: &[],
    }
}

pub fn associations() -> Case {
    Case {
        procedure: Procedure::ClientVpnAssociations,
        kind: "ec2:client-vpn-endpoint",
        facts: json!({ "state": "available" }),
        lists: "DescribeClientVpnTargetNetworks",
        pages: [
            networks!(
                "<item><associationId>part-1</associationId><targetNetworkId>subnet-1</targetNetworkId><status><code>associated</code></status><securityGroups><item>sg-1</item></securityGroups></item>",
                "<nextToken>p2</nextToken>"
            ),
            networks!(
                "<item><associationId>part-2</associationId><status><code>associated</code><message>up</message></status></item>",
                ""
            ),
        ],
        first: networks!(
            "<item><associationId>part-1</associationId><status><code>associated</code></status></item>",
            ""
        ),
        second: networks!(
            "<item><associationId>part-2</associationId><status><code>associated</code></status></item>",
            ""
        ),
        going: networks!(
            "<item><associationId>part-1</associationId><status><code>disassociating</code></status></item><item><associationId>part-0</associationId><status><code>disassociated</code></status></item>",
            ""
        ),
        none: r#"<DescribeClientVpnTargetNetworksResponse><clientVpnTargetNetworks/></DescribeClientVpnTargetNetworksResponse>"#,
        parts: ["part-1", "part-2"],
        takes: "DisassociateClientVpnTargetNetwork",
        taken: "<DisassociateClientVpnTargetNetworkResponse><associationId>part-1</associationId><status><code>disassociating</code></status></DisassociateClientVpnTargetNetworkResponse>",
        gone: "InvalidClientVpnAssociationId.NotFound",
        one_by_one: false,
        besides: &[],
    }
}

pub fn modules() -> Case {
    Case {
        procedure: Procedure::ClusterModules,
        kind: "cloudhsm:cluster",
        facts: json!({ "state": "UNINITIALIZED", "modules": 2.0 }),
        lists: "DescribeClusters",
        pages: [
            r#"{"Clusters":[{"ClusterId":"thing","Hsms":[{"HsmId":"part-1","State":"ACTIVE"}]}],"NextToken":"p2"}"#,
            r#"{"Clusters":[{"ClusterId":"thing","Hsms":[{"HsmId":"part-2","State":"ACTIVE"}]}]}"#,
        ],
        first: r#"{"Clusters":[{"ClusterId":"thing","Hsms":[{"HsmId":"part-1","State":"ACTIVE"}]}]}"#,
        second: r#"{"Clusters":[{"ClusterId":"thing","Hsms":[{"HsmId":"part-2","State":"ACTIVE"}]}]}"#,
        going: r#"{"Clusters":[{"ClusterId":"thing","Hsms":[{"HsmId":"part-1","State":"DELETE_IN_PROGRESS"},{"HsmId":"part-0","State":"DELETED"}]}]}"#,
        none: r#"{"Clusters":[{"ClusterId":"thing","Hsms":[]}]}"#,
        parts: ["part-1", "part-2"],
        takes: "DeleteHsm",
        taken: r#"{"HsmId":"part-1"}"#,
        gone: "CloudHsmResourceNotFoundException",
        one_by_one: true,
        besides: &[],
    }
}

fn user_profiles() -> Case {
    Case {
        procedure: Procedure::UserProfiles,
        kind: "sagemaker:domain",
        facts: json!({ "status": "InService" }),
        lists: "ListUserProfiles",
        pages: [
            r#"{"UserProfiles":[{"DomainId":"thing","UserProfileName":"part-1","Status":"InService"}],"NextToken":"p2"}"#,
            r#"{"UserProfiles":[{"DomainId":"thing","UserProfileName":"part-2","Status":"Failed"}]}"#,
        ],
        first: r#"{"UserProfiles":[{"UserProfileName":"part-1","Status":"InService"}]}"#,
        second: r#"{"UserProfiles":[{"UserProfileName":"part-2","Status":"InService"}]}"#,
        going: r#"{"UserProfiles":[{"UserProfileName":"part-1","Status":"Deleting"}]}"#,
        none: r#"{"UserProfiles":[]}"#,
        parts: ["part-1", "part-2"],
        takes: "DeleteUserProfile",
        taken: "",
        gone: "ResourceNotFound",
        one_by_one: false,
        besides: &[],
    }
}
