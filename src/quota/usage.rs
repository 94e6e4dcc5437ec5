use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::listing::RawQuota;
use super::rows::Row;
use crate::aws::metric::{MetricQuery, Points};
use crate::model::{Cell, Kind, Region, Resource};

/// What a scan has listed, and where it came to the end of the list.
#[derive(Clone, Debug, Default)]
pub struct Seen<'a> {
    by_kind: HashMap<&'a Kind, Vec<&'a Resource>>,
    complete: BTreeSet<Cell>,
    whole_account: bool,
}

impl<'a> Seen<'a> {
    /// Everything a scan listed, the cells it saw whole, and whether it read every region of the account.
    pub fn new(
        resources: impl IntoIterator<Item = &'a Resource>,
        complete: impl IntoIterator<Item = Cell>,
        whole_account: bool,
    ) -> Seen<'a> {
        let mut by_kind: HashMap<&Kind, Vec<&Resource>> = HashMap::new();
        for resource in resources {
            by_kind.entry(&resource.kind).or_default().push(resource);
        }
        Seen { by_kind, complete: complete.into_iter().collect(), whole_account }
    }

    /// Whether anything of a service was found in a region, or outside all regions, by the service's name in kinds.
    pub(super) fn has_any_of(&self, service: &str, region: &Region) -> bool {
        let of_service = self.by_kind.iter().filter(|(kind, _)| kind.service() == service);
        of_service.flat_map(|(_, all)| all).any(|one| one.region == *region || one.region.is_global())
    }

    /// Resources of a kind that count in a region, or all of them. `None` unless the list is known to be whole.
    pub(super) fn listed(&self, kind: &Kind, region: &Region, everywhere: bool) -> Option<Vec<&'a Resource>> {
        let of_kind = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        if self.complete.contains(&Cell::new(Region::global(), kind.clone())) {
            // A kind listed once for the account, of which a narrow scan keeps only its own regions.
            return match everywhere {
                true => self.whole_account.then(|| of_kind.to_vec()),
                // What belongs to no region counts wherever its quota is listed: some quotas of global services are
                // listed in their home region without being marked as global.
                false => {
                    Some(of_kind.iter().copied().filter(|r| r.region == *region || r.region.is_global()).collect())
                }
            };
        }
        let whole = !everywhere && self.complete.contains(&Cell::new(region.clone(), kind.clone()));
        whole.then(|| of_kind.iter().copied().filter(|r| r.region == *region).collect())
    }
}

/// How much of a quota is used, and how that was found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// In the quota's unit.
    pub value: f64,
    /// The expression or the metric, and the holder where there are several.
    pub detail: String,
}

/// Use of a quota counted over what was listed.
///
/// `None` when the kind was not listed whole, or a fact that is added up is absent from a resource that counts:
/// a part of the sum would pass for the sum.
pub fn from_scan(row: &Row, seen: &Seen<'_>, region: &Region) -> Option<Usage> {
    let mut resources = seen.listed(&row.kind, region, row.everywhere)?;
    resources.retain(|resource| row.counts(resource));
    let expression = row.describe();
    if !row.largest.is_empty() {
        let sizes = resources.iter().map(|resource| Some((largest(row, resource)?, resource.id.as_str())));
        return Some(fullest(sizes.collect::<Option<_>>()?, &expression, row.scale));
    }
    let Some(holder) = &row.per else {
        return Some(Usage { value: row.scale * total(row, &resources)?, detail: expression });
    };
    let mut holders: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    let others = others(row, seen, region)?;
    for resource in resources {
        let known_by = match &row.through {
            Some(through) => resource.text(&through.id).and_then(|id| others.get(id)).copied(),
            None => Some(resource),
        };
        if let Some(name) = known_by.and_then(|resource| resource.text(holder)) {
            holders.entry(name).or_default().push(resource);
        }
    }
    let sizes = holders.into_iter().map(|(name, members)| Some((total(row, &members)?, name)));
    Some(fullest(sizes.collect::<Option<_>>()?, &format!("{expression}, by {holder}"), row.scale))
}

/// The resources that know the holders, by id. `None` when they were not listed whole.
fn others<'a>(row: &Row, seen: &Seen<'a>, region: &Region) -> Option<HashMap<&'a str, &'a Resource>> {
    match &row.through {
        Some(through) => {
            let listed = seen.listed(&through.kind, region, false)?;
            Some(listed.into_iter().map(|resource| (resource.id.as_str(), resource)).collect())
        }
        None => Some(HashMap::new()),
    }
}

/// The largest of a resource's facts. `None` when one of them is absent or no quantity.
fn largest(row: &Row, resource: &Resource) -> Option<f64> {
    let sizes: Option<Vec<f64>> = row.largest.iter().map(|fact| size(resource.facts.get(fact)?)).collect();
    sizes?.into_iter().max_by(f64::total_cmp)
}

/// The largest of several, by name; nothing is used where there is none.
fn fullest(sizes: Vec<(f64, &str)>, expression: &str, scale: f64) -> Usage {
    // Equal ones: the first name, whatever the order of the list.
    let largest = sizes.into_iter().max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    match largest {
        Some((value, name)) => Usage { value: scale * value, detail: format!("{expression}: {name}") },
        None => Usage { value: 0.0, detail: expression.to_owned() },
    }
}

fn total(row: &Row, resources: &[&Resource]) -> Option<f64> {
    match &row.sum {
        // From zero, since the sum of no numbers is minus zero.
        Some(fact) => resources.iter().try_fold(0.0, |sum, resource| Some(sum + amount(row, resource, fact)?)),
        None => Some(resources.len() as f64),
    }
}

/// What a resource adds to the sum. `None` when that is not known.
fn amount(row: &Row, resource: &Resource, fact: &str) -> Option<f64> {
    match &row.entry {
        Some(entry) => resource.facts.get(fact)?.as_object()?.get(entry).map_or(Some(0.0), Value::as_f64),
        None => resource.number(fact),
    }
}

/// A number, or the length of a list.
fn size(fact: &Value) -> Option<f64> {
    fact.as_array().map(|list| list.len() as f64).or_else(|| fact.as_f64())
}

/// Seconds of a datapoint of a count of things; AWS publishes one each five minutes.
const GAUGE_SECONDS: i32 = 300;

/// Seconds of a datapoint of a count of calls.
const RATE_SECONDS: i32 = 60;

/// The questions to CloudWatch about the quotas that have a metric, each with the quota's place in the list.
pub fn metric_queries<'q>(quotas: impl IntoIterator<Item = &'q RawQuota>) -> Vec<(usize, MetricQuery)> {
    quotas.into_iter().enumerate().filter_map(|(i, quota)| Some((i, metric_query(quota)?))).collect()
}

fn metric_query(quota: &RawQuota) -> Option<MetricQuery> {
    let metric = quota.usage_metric.as_ref()?;
    Some(MetricQuery {
        namespace: metric.namespace.clone(),
        metric: metric.name.clone(),
        dimensions: metric.dimensions.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        statistic: metric.statistic.clone(),
        period_seconds: if metric.statistic == "Sum" { RATE_SECONDS } else { GAUGE_SECONDS },
        days: 1,
    })
}

/// Use of a quota read off its metric: of things the latest count, of calls the busiest minute of the last day
/// brought to the quota's own period. `None` without datapoints: that is unknown, not zero.
pub fn from_metric(quota: &RawQuota, points: &Points) -> Option<Usage> {
    let metric = quota.usage_metric.as_ref()?;
    let name = format!("{} {} {}", metric.namespace, metric.name, metric.statistic);
    if metric.statistic == "Sum" {
        let busiest = points.iter().map(|(_, value)| *value).max_by(f64::total_cmp)?;
        // Without a period the quota is on calls a second, as most are.
        let value = busiest * quota.period_seconds.unwrap_or(1.0) / f64::from(RATE_SECONDS);
        return Some(Usage { value, detail: format!("{name}, busiest minute of a day") });
    }
    let (at, value) = points.last()?;
    Some(Usage { value: *value, detail: format!("{name} at {at}") })
}

#[cfg(test)]
mod tests {
    use super::super::listing::UsageMetric;
    use super::*;
    use crate::model::{LimitSource, ResourceId, UsageSource};
    use serde_json::{Map, json};

    const VOLUME: Kind = Kind::new("ec2:volume");
    const SUBNET: Kind = Kind::new("ec2:subnet");

    fn here() -> Region {
        Region::new("eu-west-1")
    }

    fn resource(kind: &Kind, id: &str, region: &Region, facts: Value) -> Resource {
        let facts = match facts {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Resource {
            arn: ResourceId::new(format!("arn:aws:ec2:{region}:111122223333:thing/{id}")),
            id: id.to_owned(),
            kind: kind.clone(),
            account: "111122223333".to_owned(),
            region: region.clone(),
            name: None,
            created_at: None,
            tags: BTreeMap::new(),
            facts,
            refs: Vec::new(),
            owner: None,
            protections: Vec::new(),
            cost: None,
        }
    }

    fn row(text: &str) -> Row {
        let text = format!("service = 'x'\n[[usage]]\ncode = 'L-00000000'\nname = 'x'\n{text}");
        super::super::rows::parse(&text).expect("a literal row").remove(0)
    }

    fn used(row: &Row, resources: &[Resource], region: &Region) -> Option<Usage> {
        let complete = [VOLUME, SUBNET].map(|kind| Cell::new(here(), kind));
        from_scan(row, &Seen::new(resources, complete, true), region)
    }

    fn raw(limit: f64, statistic: &str, period_seconds: Option<f64>) -> RawQuota {
        RawQuota {
            service_code: "ec2".into(),
            quota_code: "L-1216C47A".into(),
            name: "Running On-Demand Standard instances".into(),
            region: here(),
            limit,
            limit_source: LimitSource::Applied,
            pending: None,
            default: None,
            unit: "None".into(),
            adjustable: true,
            period_seconds,
            usage_metric: Some(UsageMetric {
                namespace: "AWS/Usage".into(),
                name: "ResourceCount".into(),
                dimensions: BTreeMap::from([("Resource".to_owned(), "vCPU".to_owned())]),
                statistic: statistic.into(),
            }),
        }
    }

    #[test]
    fn tebibytes_of_one_volume_type_are_added_up() {
        let row = row("kind = 'ec2:volume'\nsum = 'size_gib'\nscale = 0.0009765625\nwhere = { volume_type = 'gp3' }");
        let volumes = [
            resource(&VOLUME, "vol-1", &here(), json!({ "volume_type": "gp3", "size_gib": 1024.0 })),
            resource(&VOLUME, "vol-2", &here(), json!({ "volume_type": "gp3", "size_gib": 512.0 })),
            resource(&VOLUME, "vol-3", &here(), json!({ "volume_type": "gp2", "size_gib": 4096.0 })),
            resource(&VOLUME, "vol-4", &Region::new("us-east-1"), json!({ "volume_type": "gp3", "size_gib": 4096.0 })),
        ];
        let usage = used(&row, &volumes, &here()).expect("a complete listing");
        assert_eq!((usage.value, usage.detail.as_str()), (1.5, "sum of size_gib of ec2:volume, volume_type is gp3"));
        assert_eq!(used(&row, &volumes, &Region::new("us-east-1")), None, "not listed to the end there");
    }

    #[test]
    fn a_fact_that_is_missing_makes_the_sum_unknown() {
        let row = row("kind = 'ec2:volume'\nsum = 'iops'");
        let volumes = [resource(&VOLUME, "vol-1", &here(), json!({ "volume_type": "io1" }))];
        assert_eq!(used(&row, &volumes, &here()), None);
        assert_eq!(used(&row, &[], &here()).map(|usage| usage.value), Some(0.0));
    }

    #[test]
    fn entries_of_an_object_are_added_up_by_name() {
        let row = row("kind = 'ec2:volume'\nsum = 'by_type'\nentry = 'ml.m5.large'");
        let with = |by_type| [resource(&VOLUME, "vol-1", &here(), json!({ "by_type": by_type }))];
        let known = [with(json!({ "ml.m5.large": 2, "ml.m5.xlarge": 8 })), with(json!({}))].concat();
        let usage = used(&row, &known, &here()).expect("a complete listing");
        assert_eq!((usage.value, usage.detail.as_str()), (2.0, "sum of ml.m5.large in by_type of ec2:volume"));
        let unknown = resource(&VOLUME, "vol-2", &here(), json!({}));
        assert_eq!(used(&row, &[unknown], &here()), None);
    }

    #[test]
    fn a_sum_over_nothing_is_a_plain_zero() {
        let row = row("kind = 'ec2:volume'\nsum = 'size_gib'");
        let usage = used(&row, &[], &here()).expect("a complete listing");
        assert!(usage.value == 0.0 && usage.value.is_sign_positive());
    }

    #[test]
    fn the_fullest_holder_counts_and_is_named() {
        let row = row("kind = 'ec2:subnet'\nper = 'vpc_id'");
        let subnets: Vec<_> =
            [("s-1", "vpc-b"), ("s-2", "vpc-a"), ("s-3", "vpc-b"), ("s-4", "vpc-a"), ("s-5", "vpc-c")]
                .into_iter()
                .map(|(id, vpc)| resource(&SUBNET, id, &here(), json!({ "vpc_id": vpc })))
                .collect();
        let usage = used(&row, &subnets, &here()).expect("a complete listing");
        assert_eq!((usage.value, usage.detail.as_str()), (2.0, "count of ec2:subnet, by vpc_id: vpc-a"));
    }

    #[test]
    fn the_largest_list_counts_by_its_length() {
        let row = row("kind = 'ec2:subnet'\nlargest = ['routes']");
        let tables = [
            resource(&SUBNET, "rtb-1", &here(), json!({ "routes": ["a"] })),
            resource(&SUBNET, "rtb-2", &here(), json!({ "routes": ["a", "b"] })),
        ];
        let usage = used(&row, &tables, &here()).expect("a complete listing");
        assert_eq!((usage.value, usage.detail.as_str()), (2.0, "largest routes of ec2:subnet: rtb-2"));
    }

    #[test]
    fn a_holder_may_be_known_to_another_resource() {
        let row = row("kind = 'ec2:volume'\nper = 'zone'\nthrough = { kind = 'ec2:subnet', id = 'subnet_id' }");
        let list = [
            resource(&SUBNET, "s-1", &here(), json!({ "zone": "eu-west-1a" })),
            resource(&SUBNET, "s-2", &here(), json!({ "zone": "eu-west-1a" })),
            resource(&VOLUME, "nat-1", &here(), json!({ "subnet_id": "s-1" })),
            resource(&VOLUME, "nat-2", &here(), json!({ "subnet_id": "s-2" })),
            resource(&VOLUME, "nat-3", &here(), json!({})),
        ];
        let usage = used(&row, &list, &here()).expect("both kinds listed");
        assert_eq!((usage.value, usage.detail.as_str()), (2.0, "count of ec2:volume, by zone: eu-west-1a"));
        let subnets_unknown = Seen::new(&list, [Cell::new(here(), VOLUME)], true);
        assert_eq!(from_scan(&row, &subnets_unknown, &here()), None);
    }

    #[test]
    fn a_kind_listed_once_counts_everywhere_only_in_a_whole_scan() {
        let buckets = Kind::new("s3:bucket");
        let list: Vec<_> =
            ["eu-west-1", "us-east-1"].iter().map(|r| resource(&buckets, r, &Region::new(*r), json!({}))).collect();
        let row = row("kind = 's3:bucket'\neverywhere = true");
        let used = |whole| {
            let seen = Seen::new(&list, [Cell::new(Region::global(), buckets.clone())], whole);
            from_scan(&row, &seen, &Region::global()).map(|usage| usage.value)
        };
        assert_eq!(used(true), Some(2.0));
        assert_eq!(used(false), None);
    }

    #[test]
    fn what_belongs_to_no_region_counts_where_its_quota_is_listed() {
        let zones = Kind::new("route53:hostedzone");
        let list = [resource(&zones, "Z1", &Region::global(), json!({}))];
        let seen = Seen::new(&list, [Cell::new(Region::global(), zones.clone())], false);
        let row = row("kind = 'route53:hostedzone'");
        for region in [Region::global(), Region::new("us-east-1")] {
            assert_eq!(from_scan(&row, &seen, &region).map(|usage| usage.value), Some(1.0), "{region}");
        }
    }

    #[test]
    fn a_count_is_its_latest_point_and_no_point_is_no_answer() {
        let at = |text: &str| text.parse().expect("a literal time");
        let points = vec![(at("2026-11-23T05:00:00Z"), 40.0), (at("2026-11-23T05:05:00Z"), 8.0)];
        let usage = from_metric(&raw(32.0, "Maximum", None), &points).expect("points");
        assert_eq!(usage.value, 8.0);
        assert_eq!(usage.detail, "AWS/Usage ResourceCount Maximum at 2026-11-23T05:05:00Z");
        assert_eq!(from_metric(&raw(32.0, "Maximum", None), &Points::new()), None);
    }

    #[test]
    fn calls_are_brought_to_the_quotas_period() {
        let at = |text: &str| text.parse().expect("a literal time");
        let points = vec![(at("2026-11-23T05:00:00Z"), 600.0), (at("2026-11-23T05:01:00Z"), 60.0)];
        let value = |period| from_metric(&raw(50.0, "Sum", period), &points).map(|usage| usage.value);
        assert_eq!(value(None), Some(10.0));
        assert_eq!(value(Some(60.0)), Some(600.0));
    }

    #[test]
    fn something_used_of_a_limit_of_zero_is_all_of_it() {
        let with = |usage| raw(0.0, "Maximum", None).quota().with_usage(usage, UsageSource::Scan, "");
        assert_eq!(with(4.0).used_percent, Some(100.0));
        assert_eq!(with(0.0).used_percent, Some(0.0));
    }
}
