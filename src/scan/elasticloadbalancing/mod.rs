//! Elastic Load Balancing: Application, Network and Gateway Load Balancers, Classic ones, and target groups.

pub mod billing;
pub mod classic;
pub mod load_balancer;
pub mod target_group;

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::Tag;

use super::Scanner;
use super::detail::Detail;
use super::found;
use crate::aws::Fault;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<load_balancer::LoadBalancers>(),
    Scanner::of::<classic::ClassicLoadBalancers>(),
    Scanner::of::<target_group::TargetGroups>(),
];

/// How many resources one `DescribeTags` takes at the most.
const TAGS_AT_ONCE: usize = 20;

/// Tags by ARN (or by name, as the call has it).
type Tags = BTreeMap<String, BTreeMap<String, String>>;

/// Tags of many resources, asked for with `ask`, twenty at a time.
async fn in_twenties<A>(ids: &[String], ask: impl Fn(Vec<String>) -> A + Send + Sync) -> Result<Tags, Fault>
where
    A: Future<Output = Result<Tags, Fault>> + Send,
{
    let mut all = Tags::new();
    for chunk in ids.chunks(TAGS_AT_ONCE) {
        match ask(chunk.to_vec()).await {
            Ok(some) => all.extend(some),
            // One that was deleted since it was listed spoils the answer for all: each is asked for alone.
            Err(fault) if is_gone(&fault) => {
                for id in chunk {
                    match ask(vec![id.clone()]).await {
                        Ok(some) => all.extend(some),
                        Err(fault) if is_gone(&fault) => {}
                        Err(fault) => return Err(fault),
                    }
                }
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(all)
}

/// Tags of at most twenty load balancers or target groups, by ARN.
async fn tags(client: &Client, arns: Vec<String>) -> Result<Tags, Fault> {
    let request = client.describe_tags().set_resource_arns(Some(arns));
    let answer = request.send().await.map_err(Fault::sdk("elasticloadbalancing:DescribeTags"))?;
    let named = answer.tag_descriptions().iter().filter_map(|one| {
        let tags = found::tags(one.tags(), Tag::key, Tag::value);
        Some((one.resource_arn()?.to_owned(), tags))
    });
    Ok(named.collect())
}

/// Whether a fault only says that the resource was deleted meanwhile.
fn is_gone(fault: &Fault) -> bool {
    fault.code.ends_with("NotFound")
}

/// Public IPv4 addresses AWS lends a load balancer at the least, each billed by the hour: one in a zone when it
/// faces the internet, fewer by the Elastic IP addresses it was given, which are resources of their own.
fn lent_addresses(scheme: &str, zones: usize, own: usize) -> f64 {
    if scheme == "internet-facing" { zones.saturating_sub(own) as f64 } else { 0.0 }
}

/// A text that says something.
fn text(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_faces_the_internet_is_lent_addresses() {
        assert_eq!(lent_addresses("internet-facing", 3, 0), 3.0);
        assert_eq!(lent_addresses("internet-facing", 3, 3), 0.0);
        assert_eq!(lent_addresses("internal", 3, 0), 0.0);
    }
}
