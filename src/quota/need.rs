//! What is planned, against what is left: `closeout quotas --need FILE`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::rows::{Row, rows};
use crate::model::{Kind, Quota, Region, Resource, ResourceId};

/// What somebody means to create.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// One row a sort of thing.
    #[serde(rename = "need")]
    pub needs: Vec<Planned>,
}

/// So many of a kind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Kind, as `closeout kinds` lists it.
    pub kind: Kind,
    /// How many, on top of what is there.
    pub count: u32,
    /// Where; every region that is read when absent.
    #[serde(default)]
    pub region: Option<Region>,
    /// The fact that names what the count is for each of: `zone`, `vpc_id`. Absent when it is for the region.
    #[serde(default)]
    pub per: Option<String>,
    /// Facts of each, such as its type.
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
}

/// How a plan meets a quota.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// Where.
    pub region: Region,
    /// Service of the quota.
    pub service_code: String,
    /// Its code.
    pub quota_code: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub limit: f64,
    /// What is used of it now. Absent when nobody knows: then nobody knows whether the plan fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<f64>,
    /// What the plan takes of it, in its unit.
    pub planned: f64,
    /// How much is missing; zero when it fits. Absent when nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<f64>,
    /// Whether it may be raised on request.
    pub adjustable: bool,
    /// The fact by which the fullest one counts, when all of the plan is taken to go there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_in_one: Option<String>,
}

/// What is taken for granted of a planned resource unless its facts say otherwise.
const USUAL: &[(&str, &[(&str, &str)])] = &[
    ("ec2:instance", &[("state", "running"), ("tenancy", "default")]),
    ("ec2:natgateway", &[("state", "available")]),
    ("ec2:security-group", &[("vpc_id", "planned")]),
    ("ec2:volume", &[("volume_type", "gp3")]),
    ("elasticloadbalancing:loadbalancer", &[("type", "application")]),
];

impl Plan {
    /// A plan out of its TOML. `knows` tells whether a kind is scanned.
    ///
    /// Errors say which need is wrong and why.
    pub fn parse(text: &str, knows: impl Fn(&Kind) -> bool) -> Result<Plan, String> {
        let plan: Plan = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        for need in &plan.needs {
            if !knows(&need.kind) {
                return Err(format!("`{}` is no kind; `closeout kinds` lists them", need.kind));
            }
            need.resource()?;
        }
        if plan.needs.is_empty() {
            return Err("the plan has no [[need]]".to_owned());
        }
        Ok(plan)
    }

    /// How the plan meets the quotas it counts against, the shortest first; and the needs no known quota counts.
    pub fn fits(&self, quotas: &[Quota]) -> (Vec<Fit>, Vec<&Planned>) {
        let mut fits: Vec<Fit> = quotas.iter().filter_map(|quota| self.fit(quota)).collect();
        let rank = |fit: &Fit| (fit.short.unwrap_or(0.0) > 0.0, fit.short.is_none());
        fits.sort_by(|a, b| {
            let share =
                |fit: &Fit| fit.usage.map_or(0.0, |usage| (usage + fit.planned) / fit.limit.max(f64::MIN_POSITIVE));
            rank(b)
                .cmp(&rank(a))
                .then_with(|| share(b).total_cmp(&share(a)))
                .then_with(|| (&a.region, &a.quota_code).cmp(&(&b.region, &b.quota_code)))
        });
        let is_counted = |need: &&Planned| rows().iter().any(|row| need.takes(row).is_some_and(|amount| amount > 0.0));
        (fits, self.needs.iter().filter(|need| !is_counted(need)).collect())
    }

    fn fit(&self, quota: &Quota) -> Option<Fit> {
        let row = rows().iter().find(|row| row.service == quota.service_code && row.code == quota.quota_code)?;
        let here = |need: &&Planned| {
            let place = need.region.as_ref();
            quota.region.is_global() || row.everywhere || place.is_none_or(|region| *region == quota.region)
        };
        let needs: Vec<&Planned> = self.needs.iter().filter(here).collect();
        let planned: f64 = needs.iter().filter_map(|need| need.takes(row)).sum();
        if planned <= 0.0 {
            return None;
        }
        let spread = needs.iter().all(|need| need.per == row.per || need.takes(row).is_none());
        Some(Fit {
            region: quota.region.clone(),
            service_code: quota.service_code.clone(),
            quota_code: quota.quota_code.clone(),
            name: quota.name.clone(),
            limit: quota.limit,
            usage: quota.usage,
            planned,
            short: quota.usage.map(|usage| (usage + planned - quota.limit).max(0.0)),
            adjustable: quota.adjustable,
            all_in_one: row.per.clone().filter(|_| !spread),
        })
    }
}

impl Planned {
    /// The planned thing as a listing would show it.
    ///
    /// Errors when an instance's size tells no vCPUs and the facts do not either.
    fn resource(&self) -> Result<Resource, String> {
        let mut facts = Map::new();
        let usual = USUAL.iter().filter(|(kind, _)| self.kind.as_str() == *kind).flat_map(|(_, facts)| facts.iter());
        facts.extend(usual.map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
        for (name, value) in &self.facts {
            let value = serde_json::to_value(value).map_err(|error| format!("{}: {name}: {error}", self.kind))?;
            facts.insert(name.clone(), value);
        }
        if self.kind.as_str() == "ec2:instance" && !facts.contains_key("vcpus") {
            let of_type = facts.get("instance_type").and_then(Value::as_str);
            let Some(of_type) = of_type else {
                return Err("ec2:instance: say facts = { instance_type = \"m7i.4xlarge\" }".to_owned());
            };
            let vcpus = vcpus(of_type).ok_or_else(|| {
                format!("ec2:instance: the vCPUs of {of_type} are not known here; say facts.vcpus too")
            })?;
            facts.insert("vcpus".to_owned(), Value::from(vcpus));
        }
        Ok(Resource {
            arn: ResourceId::new("planned"),
            id: "planned".to_owned(),
            kind: self.kind.clone(),
            account: String::new(),
            region: self.region.clone().unwrap_or_else(Region::global),
            name: None,
            created_at: None,
            tags: BTreeMap::new(),
            facts,
            refs: Vec::new(),
            owner: None,
            protections: Vec::new(),
            cost: None,
        })
    }

    /// What it takes of a quota, in the quota's unit. `None` when it does not count against it, or nobody can tell how
    /// much each takes.
    fn takes(&self, row: &Row) -> Option<f64> {
        if row.kind != self.kind || !row.largest.is_empty() {
            return None;
        }
        let one = self.resource().ok().filter(|one| row.counts(one))?;
        let each = match &row.sum {
            Some(fact) => one.number(fact)?,
            None => 1.0,
        };
        Some(f64::from(self.count) * each * row.scale)
    }
}

/// vCPUs of an instance type by its size. `None` for sizes that do not tell them, as metal ones.
///
/// Source: EC2 instance types; sizes double from `large` with two on, smaller ones have one or two by their family.
fn vcpus(of_type: &str) -> Option<u32> {
    let (family, size) = of_type.split_once('.')?;
    match size {
        "nano" | "micro" | "small" if family.starts_with("t2") => Some(1),
        "nano" | "micro" | "small" if family.starts_with('t') => Some(2),
        "medium" if family.starts_with('t') => Some(2),
        "medium" => Some(1),
        "large" => Some(2),
        "xlarge" => Some(4),
        _ => size.strip_suffix("xlarge")?.parse::<u32>().ok()?.checked_mul(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UsageSource;

    fn quota(service: &str, code: &str, region: &str, limit: f64, used: Option<f64>) -> Quota {
        let quota = Quota {
            service_code: service.to_owned(),
            quota_code: code.to_owned(),
            region: Region::new(region),
            limit,
            ..Quota::default()
        };
        match used {
            Some(used) => quota.with_usage(used, UsageSource::Scan, ""),
            None => quota,
        }
    }

    fn plan(text: &str) -> Plan {
        Plan::parse(text, |_| true).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn three_networks_and_twelve_instances_are_held_against_their_quotas() {
        let plan = plan(
            "[[need]]\nkind = 'ec2:vpc'\ncount = 3\n\n[[need]]\nkind = 'ec2:instance'\ncount = 12\n\
             facts = { instance_type = 'm7i.4xlarge' }\n",
        );
        let quotas = [
            quota("vpc", "L-F678F1CE", "eu-west-1", 5.0, Some(4.0)),
            quota("vpc", "L-F678F1CE", "us-east-1", 5.0, Some(2.0)),
            quota("ec2", "L-1216C47A", "eu-west-1", 256.0, Some(64.0)),
            quota("ec2", "L-DB2E81BA", "eu-west-1", 8.0, Some(0.0)),
        ];
        let (fits, uncounted) = plan.fits(&quotas);
        assert!(uncounted.is_empty());
        let told: Vec<_> =
            fits.iter().map(|fit| (fit.region.as_str(), fit.quota_code.as_str(), fit.planned, fit.short)).collect();
        assert_eq!(
            told,
            [
                ("eu-west-1", "L-F678F1CE", 3.0, Some(2.0)),
                ("eu-west-1", "L-1216C47A", 192.0, Some(0.0)),
                ("us-east-1", "L-F678F1CE", 3.0, Some(0.0)),
            ]
        );
    }

    #[test]
    fn so_many_a_zone_are_held_against_the_fullest_zone() {
        let quotas = [quota("vpc", "L-FE5A380F", "eu-west-1", 5.0, Some(4.0))];
        let each = plan("[[need]]\nkind = 'ec2:natgateway'\ncount = 2\nper = 'zone'\n");
        let (fits, _) = each.fits(&quotas);
        assert_eq!((fits[0].short, &fits[0].all_in_one), (Some(1.0), &None));
        let (fits, _) = plan("[[need]]\nkind = 'ec2:natgateway'\ncount = 2\n").fits(&quotas);
        assert_eq!(fits[0].all_in_one.as_deref(), Some("zone"));
    }

    #[test]
    fn a_quota_whose_use_nobody_knows_is_not_said_to_fit() {
        let quotas = [quota("vpc", "L-F678F1CE", "eu-west-1", 5.0, None)];
        let (fits, _) = plan("[[need]]\nkind = 'ec2:vpc'\ncount = 1\n").fits(&quotas);
        assert_eq!(fits[0].short, None);
    }

    #[test]
    fn a_region_of_its_own_leaves_the_others_alone() {
        let quotas = ["eu-west-1", "us-east-1"].map(|region| quota("vpc", "L-F678F1CE", region, 5.0, Some(4.0)));
        let (fits, _) = plan("[[need]]\nkind = 'ec2:vpc'\ncount = 2\nregion = 'us-east-1'\n").fits(&quotas);
        assert_eq!(fits.iter().map(|fit| fit.region.as_str()).collect::<Vec<_>>(), ["us-east-1"]);
    }

    #[test]
    fn what_no_quota_counts_is_named() {
        let all = plan("[[need]]\nkind = 'ec2:volume'\ncount = 2\nfacts = { volume_type = 'unheard-of' }\n");
        let (fits, uncounted) = all.fits(&[]);
        assert!(fits.is_empty() && uncounted.len() == 1);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| Plan::parse(text, |kind| kind.as_str() != "ec2:nothing").expect_err(text);
        assert!(error("[[need]]\nkind = 'ec2:nothing'\ncount = 1\n").contains("closeout kinds"));
        assert!(error("[[need]]\nkind = 'ec2:instance'\ncount = 1\n").contains("instance_type"));
        let metal = "[[need]]\nkind = 'ec2:instance'\ncount = 1\nfacts = { instance_type = 'c5.metal' }\n";
        assert!(error(metal).contains("facts.vcpus"));
        assert!(error("[[need]]\nkind = 'ec2:vpc'\ncount = -1\n").contains("count"));
        assert!(error("[[need]]\nkind = 'ec2:vpc'\ncout = 1\n").contains("cout"));
    }

    #[test]
    fn sizes_tell_vcpus() {
        for (of_type, count) in [
            ("t2.micro", 1),
            ("t3.micro", 2),
            ("m5.large", 2),
            ("m7i.4xlarge", 16),
            ("r5.24xlarge", 96),
            ("c7g.medium", 1),
        ] {
            assert_eq!(vcpus(of_type), Some(count), "{of_type}");
        }
        assert_eq!((vcpus("m5.metal"), vcpus("m5"), vcpus("x.yxlarge")), (None, None, None));
    }
}
