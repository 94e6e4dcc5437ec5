use serde_json::{Map, Value};

use super::Draft;
use super::catalogue::entry;
use super::figures::{Figures, Tree, Unreadable};
use super::listing::APPLIED;
use super::usage::{Seen, Usage};
use crate::aws::api::services::{
    AUTOSCALING, CLOUDFORMATION, DMS, DYNAMODB, IAM, KINESIS, LAMBDA, RDS, ROUTE53, SESV2,
};
use crate::aws::api::{Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{LimitSource, Region, Why};

/// A call in which a service tells its own figures.
pub struct AccountCall {
    /// Its service at Service Quotas.
    pub service: &'static str,
    /// The call.
    pub call: Call,
    input: &'static [(&'static str, &'static str)],
    /// What it tells, a line a quota.
    pub tells: &'static [Told],
}

/// What a call tells of a quota, by the names [`Figures`] gives.
pub struct Told {
    /// Code of the quota.
    pub code: &'static str,
    /// What is used of it. Absent when the call tells only its value.
    pub used: Option<&'static str>,
    /// Its value. Absent when the call does not tell it.
    pub limit: Option<&'static str>,
    /// Factor from the answer's unit to the quota's.
    scale: f64,
}

const fn told(code: &'static str, used: &'static str, limit: &'static str) -> Told {
    Told { code, used: Some(used), limit: Some(limit), scale: 1.0 }
}

const fn limit(code: &'static str, limit: &'static str) -> Told {
    Told { code, used: None, limit: Some(limit), scale: 1.0 }
}

impl Told {
    const fn scaled(self, scale: f64) -> Told {
        Told { scale, ..self }
    }
}

const fn once(service: &'static str, call: Call, tells: &'static [Told]) -> AccountCall {
    AccountCall { service, call, input: &[], tells }
}

const fn of_type(kind: &'static [(&'static str, &'static str)], tells: &'static [Told]) -> AccountCall {
    AccountCall { service: "route53", call: ACCOUNT_LIMIT, input: kind, tells }
}

const ACCOUNT_LIMIT: Call = ROUTE53.get("GetAccountLimit", "/2013-04-01/accountlimit/{Type}");

const GIB: f64 = 1.0 / (1024.0 * 1024.0 * 1024.0);
const MIB: f64 = 1.0 / (1024.0 * 1024.0);

/// The calls, each made once a region where quotas of its service are read.
pub const CALLS: &[AccountCall] = &[
    once(
        "autoscaling",
        AUTOSCALING.rpc("DescribeAccountLimits"),
        &[
            told("L-CDE20ADC", "NumberOfAutoScalingGroups", "MaxNumberOfAutoScalingGroups"),
            told("L-6B80B8FA", "NumberOfLaunchConfigurations", "MaxNumberOfLaunchConfigurations"),
        ],
    ),
    once(
        "cloudformation",
        CLOUDFORMATION.rpc("DescribeAccountLimits"),
        &[limit("L-0485CB21", "StackLimit.Value"), limit("L-87D14FB7", "StackOutputsLimit.Value")],
    ),
    once(
        "dms",
        DMS.rpc("DescribeAccountAttributes"),
        &[
            told("L-C2341CDC", "ReplicationInstances.Used", "ReplicationInstances.Max"),
            told("L-BBDCBDC8", "AllocatedStorage.Used", "AllocatedStorage.Max"),
            told("L-E17328E9", "Endpoints.Used", "Endpoints.Max"),
        ],
    ),
    once(
        "dynamodb",
        DYNAMODB.rpc("DescribeLimits"),
        &[
            limit("L-34F6A552", "AccountMaxReadCapacityUnits"),
            limit("L-34F8CCC8", "AccountMaxWriteCapacityUnits"),
            limit("L-CF0CBE56", "TableMaxReadCapacityUnits"),
            limit("L-AB614373", "TableMaxWriteCapacityUnits"),
        ],
    ),
    once(
        "iam",
        IAM.rpc("GetAccountSummary"),
        &[
            told("L-F55AF5E4", "Users.value", "UsersQuota.value"),
            told("L-F4A5425F", "Groups.value", "GroupsQuota.value"),
            told("L-FE177D64", "Roles.value", "RolesQuota.value"),
            told("L-E95E4862", "Policies.value", "PoliciesQuota.value"),
            told("L-6E65F664", "InstanceProfiles.value", "InstanceProfilesQuota.value"),
            told("L-BF35879D", "ServerCertificates.value", "ServerCertificatesQuota.value"),
            limit("L-0DA4ABF3", "AttachedPoliciesPerRoleQuota.value"),
            limit("L-384571C4", "AttachedPoliciesPerGroupQuota.value"),
            limit("L-4019AD8B", "AttachedPoliciesPerUserQuota.value"),
            limit("L-7A1621EC", "GroupsPerUserQuota.value"),
            limit("L-C07B4B0D", "AssumeRolePolicySizeQuota.value"),
            limit("L-ED111B8C", "PolicySizeQuota.value"),
            limit("iam-versions-per-policy", "VersionsPerPolicyQuota.value"),
        ],
    ),
    once("kinesis", KINESIS.rpc("DescribeLimits"), &[told("L-0918CF54", "OpenShardCount", "ShardLimit")]),
    once(
        "lambda",
        LAMBDA.get("GetAccountSettings", "/2016-08-19/account-settings"),
        &[
            told("L-2ACBD22F", "AccountUsage.TotalCodeSize", "AccountLimit.TotalCodeSize").scaled(GIB),
            limit("L-B99A9384", "AccountLimit.ConcurrentExecutions"),
            limit("L-E49FF7B8", "AccountLimit.CodeSizeUnzipped").scaled(MIB),
        ],
    ),
    // Of what is for each of something the figure is that of the fullest one.
    once(
        "rds",
        RDS.rpc("DescribeAccountAttributes"),
        &[
            told("L-7B6409FD", "DBInstances.Used", "DBInstances.Max"),
            told("L-952B80B8", "DBClusters.Used", "DBClusters.Max"),
            told("L-78E853F4", "ReservedDBInstances.Used", "ReservedDBInstances.Max"),
            told("L-7ADDB58A", "AllocatedStorage.Used", "AllocatedStorage.Max"),
            told("L-732153D0", "DBSecurityGroups.Used", "DBSecurityGroups.Max"),
            told("L-AA8B1026", "AuthorizationsPerDBSecurityGroup.Used", "AuthorizationsPerDBSecurityGroup.Max"),
            told("L-DE55804A", "DBParameterGroups.Used", "DBParameterGroups.Max"),
            told("L-E4C808A8", "DBClusterParameterGroups.Used", "DBClusterParameterGroups.Max"),
            told("L-272F1212", "ManualSnapshots.Used", "ManualSnapshots.Max"),
            told("L-9B510759", "ManualClusterSnapshots.Used", "ManualClusterSnapshots.Max"),
            told("L-A59F4C87", "EventSubscriptions.Used", "EventSubscriptions.Max"),
            told("L-48C6BF61", "DBSubnetGroups.Used", "DBSubnetGroups.Max"),
            told("L-6F3ACC36", "SubnetsPerDBSubnetGroup.Used", "SubnetsPerDBSubnetGroup.Max"),
            told("L-9FA33840", "OptionGroups.Used", "OptionGroups.Max"),
            told("L-5BC124EF", "ReadReplicasPerMaster.Used", "ReadReplicasPerMaster.Max"),
            told("L-9372BAB3", "CustomEndpointsPerDBCluster.Used", "CustomEndpointsPerDBCluster.Max"),
            told("L-E094F43D", "DBClusterRoles.Used", "DBClusterRoles.Max"),
            told("L-DD2301CA", "DBInstanceRoles.Used", "DBInstanceRoles.Max"),
        ],
    ),
    of_type(&[("Type", "MAX_HOSTED_ZONES_BY_OWNER")], &[told("L-4EA4796A", "Count", "Limit.Value")]),
    of_type(&[("Type", "MAX_HEALTH_CHECKS_BY_OWNER")], &[told("L-ACB674F3", "Count", "Limit.Value")]),
    of_type(&[("Type", "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER")], &[told("L-A72C7724", "Count", "Limit.Value")]),
    of_type(&[("Type", "MAX_TRAFFIC_POLICIES_BY_OWNER")], &[told("L-FC688E7C", "Count", "Limit.Value")]),
    of_type(&[("Type", "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER")], &[told("L-628D5A56", "Count", "Limit.Value")]),
    once(
        "ses",
        SESV2.get("GetAccount", "/v2/email/account"),
        &[told("L-804C8AE8", "SendQuota.SentLast24Hours", "SendQuota.Max24HourSend")],
    ),
];

impl AccountCall {
    /// What a call tells of use, for people: `iam:GetAccountSummary Users.value`.
    pub fn describe(&self, figure: &str) -> String {
        let input = self.input.iter().map(|(_, value)| format!(" {value}")).collect::<String>();
        format!("{}{input} {figure}", self.call.action())
    }

    async fn ask(&self, cx: &Cx) -> Result<Figures, Fault> {
        let input: Map<String, Value> =
            self.input.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        Ok(Figures::of(&cx.call::<Tree>(&self.call, Value::Object(input)).await?))
    }

    /// Puts what an answer tells into the drafts of a region: use as the service's own word, and values where Service
    /// Quotas gave none of this account (`overrules` when it gave only the defaults). What nobody listed is added.
    ///
    /// Gives the fault of an answer that does not tell what it should; figures beside it are kept.
    fn apply(
        &self,
        figures: &Figures,
        region: &Region,
        overrules: bool,
        drafts: &mut Vec<Draft>,
        seen: &Seen<'_>,
    ) -> Option<Fault> {
        let mut unreadable = Vec::new();
        let mut read = |name: Option<&'static str>| match name.map(|name| (name, figures.get(name))) {
            Some((name, Err(Unreadable))) => {
                unreadable.push(name);
                None
            }
            other => other.and_then(|(_, figure)| figure.ok().flatten()),
        };
        let mut heard = false;
        for told in self.tells {
            let (used, limit) = (read(told.used), read(told.limit).map(|limit| limit * told.scale));
            heard |= used.is_some() || limit.is_some();
            let Some(draft) = self.draft(told, limit, region, drafts, seen) else { continue };
            let source = draft.raw.limit_source;
            if let Some(limit) = limit
                && (source == LimitSource::Catalogue || (source == LimitSource::Default && overrules))
            {
                draft.raw.limit = limit;
                draft.raw.limit_source = LimitSource::Call;
            }
            draft.called =
                used.zip(told.used).map(|(used, name)| Usage { value: used * told.scale, detail: self.describe(name) });
        }
        let detail = match (unreadable.as_slice(), heard) {
            ([], true) => return None,
            ([], false) => "the answer has none of the figures it should".to_owned(),
            (names, _) => format!("the answer has no readable {}", names.join(", ")),
        };
        Some(Fault::new(Why::Error, &self.call.action(), detail))
    }

    /// The draft of a quota the call tells of, added when nobody listed it. `None` when nobody knows its value.
    fn draft<'d>(
        &self,
        told: &Told,
        limit: Option<f64>,
        region: &Region,
        drafts: &'d mut Vec<Draft>,
        seen: &Seen<'_>,
    ) -> Option<&'d mut Draft> {
        let is_it = |draft: &Draft| draft.raw.service_code == self.service && draft.raw.quota_code == told.code;
        let place = match drafts.iter().position(is_it) {
            Some(place) => place,
            None => {
                let raw = entry(self.service, told.code)?.with_limit(limit?, LimitSource::Call, region);
                drafts.push(Draft::of(raw, seen));
                drafts.len() - 1
            }
        };
        drafts.get_mut(place)
    }
}

/// Asks the services that are read in the context's region for their own figures and puts these into the drafts.
///
/// `faults` are those of the listings: where the applied values are among them, a call's value is better than a
/// default. Gives the calls that failed, and the answers that do not tell what they should, by service.
pub(super) async fn fill<'s>(
    cx: &Cx,
    services: &[&'s str],
    drafts: &mut Vec<Draft>,
    seen: &Seen<'_>,
    faults: &[(&'s str, Fault)],
) -> Vec<(&'s str, Fault)> {
    let wanted = CALLS.iter().filter(|one| services.contains(&one.service));
    let answers = each(wanted, async |one: &'static AccountCall| (one, one.ask(cx).await)).await;
    let mut failed = Vec::new();
    for (one, answer) in answers {
        let overrules = faults.iter().any(|(service, fault)| *service == one.service && fault.action == APPLIED);
        let fault = match answer {
            Ok(figures) => one.apply(&figures, cx.endpoint_region(), overrules, drafts, seen),
            Err(fault) => Some(fault),
        };
        failed.extend(fault.map(|fault| (one.service, fault)));
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::super::{ACTIONS, SERVICES};
    use super::*;
    use crate::model::{Quota, UsageSource};

    fn here() -> Region {
        Region::new("eu-west-1")
    }

    fn call(service: &str) -> &'static AccountCall {
        CALLS.iter().find(|one| one.service == service).unwrap_or_else(|| panic!("no call of {service}"))
    }

    fn figures(json: &str) -> Figures {
        Figures::of(&serde_json::from_str(json).expect("literal JSON"))
    }

    fn draft(service: &str, code: &str, limit: f64, source: LimitSource) -> Draft {
        let raw = entry(service, code).expect("a known quota").with_limit(limit, source, &here());
        Draft::of(raw, &Seen::default())
    }

    /// The quotas after an answer, and what was wrong with it.
    fn after(service: &str, answer: &str, overrules: bool, mut drafts: Vec<Draft>) -> (Vec<Quota>, Option<Fault>) {
        let seen = Seen::default();
        let fault = call(service).apply(&figures(answer), &here(), overrules, &mut drafts, &seen);
        (
            drafts
                .into_iter()
                .map(|draft| draft.settled("2026-11-27T10:00:00Z".parse().expect("a literal time")))
                .collect(),
            fault,
        )
    }

    const SHARDS: &str = r#"{"ShardLimit": 500, "OpenShardCount": 42, "OnDemandStreamCount": 1}"#;

    #[test]
    fn every_call_is_among_the_actions_and_its_service_among_those_that_are_read() {
        for one in CALLS {
            assert!(ACTIONS.contains(&one.call.action().as_str()), "{}", one.call.action());
            assert!(SERVICES.contains(&one.service), "{}", one.service);
        }
    }

    #[test]
    fn a_call_tells_use_and_leaves_the_value_to_service_quotas() {
        let listed = || vec![draft("kinesis", "L-0918CF54", 1_000.0, LimitSource::Applied)];
        let (quotas, fault) = after("kinesis", SHARDS, false, listed());
        assert_eq!(fault, None);
        assert_eq!((quotas[0].usage, quotas[0].source), (Some(42.0), UsageSource::Call));
        assert_eq!((quotas[0].limit, quotas[0].limit_source), (1_000.0, LimitSource::Applied));
        assert_eq!(quotas[0].source_detail, "kinesis:DescribeLimits OpenShardCount");
        let (quotas, _) = after("kinesis", SHARDS, true, listed());
        assert_eq!(quotas[0].limit, 1_000.0, "applied is applied");
    }

    #[test]
    fn a_value_of_this_account_is_better_than_what_every_account_got() {
        for (source, overrules, limit) in [
            (LimitSource::Catalogue, false, 500.0),
            (LimitSource::Default, true, 500.0),
            (LimitSource::Default, false, 200.0),
        ] {
            let (quotas, _) = after("kinesis", SHARDS, overrules, vec![draft("kinesis", "L-0918CF54", 200.0, source)]);
            assert_eq!(quotas[0].limit, limit, "{source:?}");
        }
    }

    #[test]
    fn a_quota_nobody_listed_is_added_with_the_value_of_the_call() {
        let (quotas, _) = after("kinesis", SHARDS, false, Vec::new());
        assert_eq!((quotas[0].quota_code.as_str(), quotas[0].limit), ("L-0918CF54", 500.0));
        assert_eq!((quotas[0].limit_source, quotas[0].usage), (LimitSource::Call, Some(42.0)));
        let (quotas, _) = after("kinesis", r#"{"OpenShardCount": 42}"#, false, Vec::new());
        assert!(quotas.is_empty(), "without a value there is no quota");
    }

    #[test]
    fn bytes_are_brought_to_the_unit_of_the_quota() {
        let answer = r#"{"AccountLimit": {"TotalCodeSize": 80530636800, "CodeSizeUnzipped": 262144000,
            "ConcurrentExecutions": 1000}, "AccountUsage": {"TotalCodeSize": 1610612736, "FunctionCount": 4}}"#;
        let (quotas, fault) = after("lambda", answer, false, Vec::new());
        let told: Vec<_> = quotas.iter().map(|quota| (quota.limit, quota.usage)).collect();
        assert_eq!((told, fault), (vec![(75.0, Some(1.5)), (1_000.0, None), (250.0, None)], None));
    }

    #[test]
    fn an_answer_without_its_figures_is_a_fault_and_never_zero() {
        for answer in ["{}", r#"{"Other": 3}"#, r#"{"ShardLimit": "many", "OpenShardCount": -4}"#] {
            let listed = vec![draft("kinesis", "L-0918CF54", 1_000.0, LimitSource::Applied)];
            let (quotas, fault) = after("kinesis", answer, false, listed);
            assert_eq!((quotas[0].usage, quotas[0].source), (None, UsageSource::None), "{answer}");
            assert_eq!(
                fault.map(|fault| (fault.why, fault.action)),
                Some((Why::Error, "kinesis:DescribeLimits".into()))
            );
        }
    }

    #[test]
    fn a_figure_that_cannot_be_read_is_named_and_those_beside_it_stay() {
        let answer = r#"{"AccountQuotas": [{"AccountQuotaName": "ReplicationInstances", "Used": "?", "Max": 60},
            {"AccountQuotaName": "Endpoints", "Used": 7, "Max": 1000}]}"#;
        let (quotas, fault) = after("dms", answer, false, Vec::new());
        let told: Vec<_> = quotas.iter().map(|quota| (quota.quota_code.as_str(), quota.usage)).collect();
        assert_eq!(told, [("L-C2341CDC", None), ("L-E17328E9", Some(7.0))]);
        assert!(fault.is_some_and(|fault| fault.detail.ends_with("ReplicationInstances.Used")));
    }

    #[test]
    fn a_quota_of_the_whole_account_belongs_to_no_region() {
        let answer = r#"{"Limit": {"Type": "MAX_HOSTED_ZONES_BY_OWNER", "Value": 500}, "Count": 12}"#;
        let (quotas, _) = after("route53", answer, false, Vec::new());
        assert!(quotas[0].region.is_global());
        assert_eq!(quotas[0].used_percent, Some(2.4));
    }
}
