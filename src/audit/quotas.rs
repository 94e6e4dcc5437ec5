//! Quotas as rules see them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Audit;
use crate::model::{Cost, Kind, Quota, Region, Resource, ResourceId};

/// What rules may read of a quota of which somebody knows the use. Its name is the resource's name.
#[derive(Serialize, JsonSchema)]
pub struct QuotaFacts {
    /// Service it belongs to, as Service Quotas writes it: `vpc`.
    service: String,
    /// `L-` and eight characters.
    code: String,
    /// The value in force, in its unit.
    limit: f64,
    /// What is used, in its unit.
    usage: f64,
    /// Usage divided by limit, in percent; 100 and more when the limit is zero and something is used.
    used_percent: f64,
    /// Whether it may be raised on request; the rest are hard.
    adjustable: bool,
    /// Unit as AWS writes it; `None` counts things.
    unit: String,
    /// The value every account gets. Absent when AWS does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<f64>,
    /// Whether an increase was asked for and is not decided; false also where nobody could read that.
    pending: bool,
    /// Days until 80 % are used, the likeliest figure. Absent without a trend that leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_to_80_percent: Option<f64>,
    /// Days until it is exhausted, the likeliest figure. Absent without a trend that leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_to_exhaustion: Option<f64>,
    /// Share of the limit that deleting leftovers frees, in percent. Absent where none is known to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    freed_percent: Option<f64>,
}

impl QuotaFacts {
    /// `None` where nobody knows the use.
    fn of(quota: &Quota) -> Option<QuotaFacts> {
        let ahead = |days: Option<crate::model::DaysAhead>| days.map(|days| days.likely);
        let trend = quota.trend.as_ref();
        Some(QuotaFacts {
            service: quota.service_code.clone(),
            code: quota.quota_code.clone(),
            limit: quota.limit,
            usage: quota.usage?,
            used_percent: quota.used_percent?,
            adjustable: quota.adjustable,
            unit: quota.unit.clone(),
            default: quota.default,
            pending: quota.pending.is_some(),
            days_to_80_percent: ahead(trend.and_then(|trend| trend.to_80_percent)),
            days_to_exhaustion: ahead(trend.and_then(|trend| trend.to_exhaustion)),
            freed_percent: quota.freed_percent(),
        })
    }
}

impl Audit {
    /// Quotas of which the use is known, each as a resource for rules to judge. They are no part of the inventory,
    /// have no age, and cost nothing.
    pub fn quota_resources(&self) -> Vec<Resource> {
        self.quotas.iter().filter_map(|quota| self.quota_resource(quota)).collect()
    }

    fn quota_resource(&self, quota: &Quota) -> Option<Resource> {
        let facts = match serde_json::to_value(QuotaFacts::of(quota)?) {
            Ok(Value::Object(facts)) => facts,
            // The facts are an object of numbers and texts, which JSON can always hold.
            _ => return None,
        };
        Some(Resource {
            arn: self.quota_arn(quota),
            id: quota.quota_code.clone(),
            kind: Kind::QUOTA,
            account: self.account.id.clone(),
            region: quota.region.clone(),
            name: Some(quota.name.clone()),
            created_at: None,
            tags: Default::default(),
            facts,
            refs: Vec::new(),
            owner: None,
            protections: Vec::new(),
            cost: Some(Cost::default()),
        })
    }

    /// The ARN that AWS gives a quota in an account; one of the whole account names no region.
    fn quota_arn(&self, quota: &Quota) -> ResourceId {
        let partition = if self.account.partition.is_empty() { "aws" } else { &self.account.partition };
        let region = if quota.region == Region::global() { "" } else { quota.region.as_str() };
        let (account, service, code) = (&self.account.id, &quota.service_code, &quota.quota_code);
        ResourceId::new(format!("arn:{partition}:servicequotas:{region}:{account}:{service}/{code}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Account, DaysAhead, Event, Trend, TrendSource, UsageSource};

    fn vpcs() -> Quota {
        let quota = Quota {
            service_code: "vpc".to_owned(),
            quota_code: "L-F678F1CE".to_owned(),
            name: "VPCs per Region".to_owned(),
            region: Region::new("eu-west-1"),
            limit: 50.0,
            adjustable: true,
            ..Quota::default()
        };
        quota.with_usage(48.0, UsageSource::Scan, "")
    }

    fn audit(quotas: Vec<Quota>) -> Audit {
        let mut audit = Audit {
            account: Account { id: "111122223333".to_owned(), partition: "aws".to_owned(), ..Account::default() },
            ..Audit::default()
        };
        for quota in quotas {
            audit.apply(Event::QuotaRead { quota });
        }
        audit
    }

    #[test]
    fn quota_is_judged_under_the_arn_aws_gives_it() {
        let global = Quota { region: Region::global(), service_code: "s3".to_owned(), ..vpcs() };
        let audit = audit(vec![vpcs(), global]);
        let arns: Vec<String> = audit.quota_resources().iter().map(|one| one.arn.to_string()).collect();
        assert_eq!(
            arns,
            [
                "arn:aws:servicequotas::111122223333:s3/L-F678F1CE",
                "arn:aws:servicequotas:eu-west-1:111122223333:vpc/L-F678F1CE"
            ]
        );
        assert_eq!(audit.resource_count(), 0, "no part of the inventory");
    }

    #[test]
    fn quota_of_unknown_use_is_not_judged() {
        let unknown = Quota { usage: None, used_percent: None, ..vpcs() };
        assert!(audit(vec![unknown]).quota_resources().is_empty());
    }

    #[test]
    fn what_is_not_known_is_no_fact() {
        let ahead = |likely| Some(DaysAhead { likely, earliest: likely / 2.0, latest: likely * 2.0 });
        let trend = Trend {
            per_week: 1.0,
            days_with_data: 28,
            days: 28,
            source: TrendSource::Metric,
            to_80_percent: None,
            to_exhaustion: ahead(14.0),
        };
        let plain = &audit(vec![vpcs()]).quota_resources()[0];
        for fact in ["default", "days_to_80_percent", "days_to_exhaustion", "freed_percent"] {
            assert!(!plain.facts.contains_key(fact), "{fact}");
        }
        let rich = Quota { trend: Some(trend), freed: Some(21.0), default: Some(5.0), ..vpcs() };
        let rich = &audit(vec![rich]).quota_resources()[0];
        let number = |fact| rich.number(fact);
        assert_eq!((number("days_to_exhaustion"), number("days_to_80_percent")), (Some(14.0), None));
        assert_eq!((number("freed_percent"), number("default")), (Some(42.0), Some(5.0)));
        assert_eq!((rich.flag("pending"), rich.number("used_percent")), (Some(false), Some(96.0)));
    }
}
