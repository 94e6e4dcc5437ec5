//! Which regions there are, which the account has on, and which one to ask first.

use std::collections::BTreeMap;

use super::{Cx, Fault, SessionError};
use crate::model::{Region, RegionState, Why};

/// Every region the program knows by name, for spelling hints and for choosing where to ask first. The
/// account's own list decides what is read. Source: AWS Regions page, 2026-11-22.
const KNOWN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// The region to ask first: the configured one, else the first known one that was asked for, else the usual one.
///
/// A name this program does not know may be a region newer than itself; whether it exists is for AWS to say.
/// Errors when no region can have such a name.
pub fn home_of(configured: Option<&str>, asked: &[Region]) -> Result<Region, SessionError> {
    if let Some(name) = configured.into_iter().chain(asked.iter().map(Region::as_str)).find(|n| !looks_like_a_region(n))
    {
        return Err(unknown(name, KNOWN.iter().copied()));
    }
    let known = asked.iter().map(Region::as_str).find(|name| KNOWN.contains(name));
    Ok(Region::new(configured.or(known).unwrap_or("us-east-1")))
}

/// What to say when a region that was configured did not answer: a slip of the hand, if its name is one.
pub fn misspelt(home: &Region) -> Option<SessionError> {
    (!KNOWN.contains(&home.as_str())).then(|| unknown(home.as_str(), KNOWN.iter().copied()))
}

fn looks_like_a_region(name: &str) -> bool {
    let mut parts = name.split('-');
    let area = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    (2..=4).contains(&area.len())
        && rest.len() >= 2
        && rest.last().is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn unknown<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> SessionError {
    SessionError::UnknownRegion {
        given: crate::model::clean(given).into_owned(),
        nearest: nearest(given, names).map(str::to_owned),
    }
}

/// The name most like a given one, when it is a likely slip of the hand.
fn nearest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, _)| (1..=2).contains(distance))
        .min()
        .map(|(_, name)| name)
}

/// Every region of the account and whether it is on.
pub async fn list(cx: &Cx) -> Result<BTreeMap<Region, RegionState>, Fault> {
    match account_list(cx).await {
        Ok(regions) if !regions.is_empty() => Ok(regions),
        Err(fault) if fault.why == Why::Expired => Err(fault),
        // Member accounts often lack account:ListRegions; EC2 answers the same question.
        _ => ec2_list(cx).await,
    }
}

async fn account_list(cx: &Cx) -> Result<BTreeMap<Region, RegionState>, Fault> {
    use aws_sdk_account::types::RegionOptStatus as Status;
    let mut regions = BTreeMap::new();
    let client = cx.account_client();
    let mut pages = client.list_regions().into_paginator().send();
    while let Some(page) = pages.next().await {
        for region in page.map_err(Fault::sdk("account:ListRegions"))?.regions() {
            let Some(name) = region.region_name() else { continue };
            let state = match region.region_opt_status() {
                Some(Status::EnabledByDefault) => RegionState::OptInNotRequired,
                Some(Status::Enabled) => RegionState::OptedIn,
                _ => RegionState::NotOptedIn,
            };
            regions.insert(Region::new(name), state);
        }
    }
    Ok(regions)
}

async fn ec2_list(cx: &Cx) -> Result<BTreeMap<Region, RegionState>, Fault> {
    let answer = cx.ec2().describe_regions().all_regions(true).send().await;
    let answer = answer.map_err(Fault::sdk("ec2:DescribeRegions"))?;
    Ok(answer
        .regions()
        .iter()
        .filter_map(|region| {
            let state = match region.opt_in_status() {
                Some("not-opted-in") => RegionState::NotOptedIn,
                Some("opted-in") => RegionState::OptedIn,
                _ => RegionState::OptInNotRequired,
            };
            Some((Region::new(region.region_name()?), state))
        })
        .collect())
}

/// The list, or, where it may not be read, the regions that were named: those are then taken to be on.
pub fn or_those_asked_for(
    listed: Result<BTreeMap<Region, RegionState>, Fault>,
    asked: &[Region],
) -> Result<BTreeMap<Region, RegionState>, SessionError> {
    match listed {
        Ok(regions) => Ok(regions),
        Err(fault) if fault.why == Why::Expired => Err(SessionError::Expired),
        Err(fault) if matches!(fault.why, Why::Unreachable | Why::TimedOut) => {
            Err(SessionError::Unreachable(fault.detail))
        }
        Err(fault) if asked.is_empty() => Err(SessionError::NoRegions(fault.to_string())),
        Err(_) => Ok(asked.iter().map(|region| (region.clone(), RegionState::OptedIn)).collect()),
    }
}

/// Regions to read: those asked for, else all that are on. A region that is off may be asked for: it is then
/// shown as off.
pub fn scope(regions: &BTreeMap<Region, RegionState>, asked: &[Region]) -> Result<Vec<Region>, SessionError> {
    if asked.is_empty() {
        return Ok(regions.iter().filter(|(_, state)| state.is_on()).map(|(region, _)| region.clone()).collect());
    }
    let mut scope = Vec::new();
    for region in asked {
        if !regions.contains_key(region) {
            return Err(unknown(region.as_str(), regions.keys().map(Region::as_str)));
        }
        if !scope.contains(region) {
            scope.push(region.clone());
        }
    }
    scope.sort();
    Ok(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slip_of_the_hand_names_the_region_meant() {
        let error = misspelt(&Region::new("us-esat-1")).expect("no such region");
        assert_eq!(error.to_string(), "there is no region `us-esat-1`; did you mean `us-east-1`?");
        assert!(misspelt(&Region::new("us-east-1")).is_none());
        assert!(home_of(None, &[Region::new("Ireland")]).is_err());
    }

    #[test]
    fn region_newer_than_this_program_is_accepted() {
        assert_eq!(home_of(Some("eu-west-4"), &[]).expect("a plausible name").as_str(), "eu-west-4");
        assert_eq!(home_of(None, &[Region::new("eu-west-4")]).expect("asked elsewhere first").as_str(), "us-east-1");
        assert_eq!(home_of(None, &[]).expect("the usual one").as_str(), "us-east-1");
    }

    #[test]
    fn all_that_are_on_are_read_unless_some_are_named() {
        let regions = BTreeMap::from([
            (Region::new("eu-west-1"), RegionState::OptInNotRequired),
            (Region::new("me-south-1"), RegionState::NotOptedIn),
        ]);
        assert_eq!(scope(&regions, &[]).expect("a scope"), [Region::new("eu-west-1")]);
        assert_eq!(scope(&regions, &[Region::new("me-south-1")]).expect("off but named").len(), 1);
        assert!(scope(&regions, &[Region::new("eu-west-9")]).is_err());
    }
}
