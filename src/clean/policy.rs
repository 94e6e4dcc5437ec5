use std::collections::BTreeMap;

use aws_sdk_iam::types::PolicyEvaluationDecisionType;

use crate::aws::{Cx, Fault};

/// The IAM action of it.
pub const ACTION: &str = "iam:SimulatePrincipalPolicy";

/// Actions in one question: IAM takes up to a hundred.
const BATCH: usize = 100;

/// Whether the policies of the caller allow actions, on any resource. Boundaries and policies of an organization are
/// taken into account as far as IAM does; what a policy says about single resources and tags is not.
///
/// Errors with the reason where it cannot be asked: not allowed, or the caller is neither a user nor a role.
pub async fn allowed(cx: &Cx, caller: &str, actions: &[String]) -> Result<BTreeMap<String, bool>, String> {
    let source = principal(caller).ok_or_else(|| format!("{caller} has no policies to ask about"))?;
    let client = cx.iam();
    let mut allowed = BTreeMap::new();
    for some in actions.chunks(BATCH) {
        let mut marker = None;
        loop {
            let request = client
                .simulate_principal_policy()
                .policy_source_arn(&source)
                .set_action_names(Some(some.to_vec()))
                .set_marker(marker);
            let answer = request.send().await.map_err(Fault::sdk(ACTION)).map_err(|fault| fault.detail)?;
            for result in answer.evaluation_results() {
                let is_allowed = *result.eval_decision() == PolicyEvaluationDecisionType::Allowed;
                allowed.insert(result.eval_action_name().to_owned(), is_allowed);
            }
            marker = answer.marker().filter(|_| answer.is_truncated()).map(str::to_owned);
            if marker.is_none() {
                break;
            }
        }
    }
    Ok(allowed)
}

/// The user or role behind a caller. `None` for the account itself and for federated users. A role's path is not in the
/// name of its session: a role that has one is not found, and IAM says so.
fn principal(caller: &str) -> Option<String> {
    let mut parts = caller.splitn(6, ':');
    let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (account, rest) = (parts.nth(1)?, parts.next()?);
    match (service, rest.split_once('/')?) {
        ("iam", ("user", _)) => Some(caller.to_owned()),
        ("sts", ("assumed-role", role)) => {
            let name = role.split('/').next()?;
            Some(format!("{arn}:{partition}:iam::{account}:role/{name}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_asked_about_by_its_role() {
        let of = |caller| principal(caller);
        assert_eq!(
            of("arn:aws:sts::111122223333:assumed-role/Cleaner/mk").as_deref(),
            Some("arn:aws:iam::111122223333:role/Cleaner")
        );
        let user = "arn:aws:iam::111122223333:user/team/mk";
        assert_eq!(of(user).as_deref(), Some(user));
        assert_eq!(of("arn:aws:iam::111122223333:root"), None);
        assert_eq!(of("arn:aws:sts::111122223333:federated-user/mk"), None);
    }
}
