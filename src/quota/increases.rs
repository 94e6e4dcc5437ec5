use std::collections::BTreeMap;

use aws_sdk_servicequotas::types::{RequestStatus, RequestedServiceQuotaChange};
use jiff::Timestamp;

use crate::aws::{Cx, Fault};
use crate::model::Increase;

/// The IAM action of it.
pub(super) const ACTION: &str = "servicequotas:ListRequestedServiceQuotaChangeHistory";

/// Increases that were asked for in the context's region and are not yet decided, by code of service and quota.
///
/// One request for all services. AWS tells of the last ninety days.
pub(super) async fn open(cx: &Cx) -> Result<BTreeMap<(String, String), Increase>, Fault> {
    let request = cx.servicequotas().list_requested_service_quota_change_history();
    let mut pages = request.into_paginator().page_size(100).send();
    let mut open = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk(ACTION))?;
        for (code, increase) in page.requested_quotas().iter().filter_map(undecided) {
            let latest: &mut Increase = open.entry(code).or_insert_with(|| increase.clone());
            if increase.requested_at > latest.requested_at {
                *latest = increase;
            }
        }
    }
    Ok(open)
}

/// A request for the account as a whole that waits for an answer. One for a single resource raises no quota here.
fn undecided(change: &RequestedServiceQuotaChange) -> Option<((String, String), Increase)> {
    let status = change.status()?;
    let is_of_account = change.quota_context().and_then(|context| context.context_id()).is_none_or(|id| id == "*");
    if !matches!(status, RequestStatus::Pending | RequestStatus::CaseOpened) || !is_of_account {
        return None;
    }
    let increase = Increase {
        desired: change.desired_value().filter(|value| value.is_finite())?,
        status: status.as_str().to_owned(),
        requested_at: change.created().and_then(|at| Timestamp::from_second(at.secs()).ok()),
    };
    Some(((change.service_code()?.to_owned(), change.quota_code()?.to_owned()), increase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(status: RequestStatus) -> RequestedServiceQuotaChange {
        RequestedServiceQuotaChange::builder()
            .service_code("vpc")
            .quota_code("L-F678F1CE")
            .desired_value(50.0)
            .status(status)
            .build()
    }

    #[test]
    fn only_what_waits_for_an_answer_is_pending() {
        let waiting = |status| undecided(&change(status)).map(|(_, increase)| (increase.desired, increase.status));
        assert_eq!(waiting(RequestStatus::Pending), Some((50.0, "PENDING".to_owned())));
        assert_eq!(waiting(RequestStatus::CaseOpened), Some((50.0, "CASE_OPENED".to_owned())));
        for decided in [RequestStatus::Approved, RequestStatus::Denied, RequestStatus::CaseClosed] {
            assert_eq!(waiting(decided), None);
        }
    }

    #[test]
    fn a_request_for_one_resource_or_without_a_value_is_none_for_the_account() {
        use aws_sdk_servicequotas::types::QuotaContextInfo;
        let with = |id: &str| {
            let mut change = change(RequestStatus::Pending);
            change.quota_context = Some(QuotaContextInfo::builder().context_id(id).build());
            undecided(&change).is_some()
        };
        assert!(with("*") && !with("arn:aws:es:eu-west-1:111122223333:domain/a"));
        let mut empty = change(RequestStatus::Pending);
        empty.desired_value = None;
        assert_eq!(undecided(&empty), None);
    }
}
