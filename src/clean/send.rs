use crate::aws::api::{Answer, services};
use crate::aws::{Cx, Fault};
use crate::model::Why;
use crate::plan::remedy::operation;

use super::world::Order;

/// Sends a call to AWS, in the region of its resource.
///
/// Errors as [`Cx::act`] does, and when this program does not know how to speak to the service.
pub async fn to_aws(cx: &Cx, order: &Order<'_>) -> Result<Answer, Fault> {
    let (service, name) = operation(order.call);
    let Some(service) = services::named(service) else {
        return Err(Fault::new(Why::NotOffered, order.call, format!("no way to speak to {service} is known here")));
    };
    let act = service.act(name, order.http);
    cx.in_region(&order.region).act(&act, &order.input).await
}

/// Whether AWS says that something else has to go, or come to rest, before: the codes in which its services say so.
pub(super) fn is_in_the_way(fault: &Fault) -> bool {
    const WORDS: &[&str] = &[
        "Associated",
        "Concurrent",
        "DependencyViolation",
        "InUse",
        "IncorrectState",
        "InvalidState",
        "NotEmpty",
        "ResourceNotReady",
        "Conflict",
        "InProgress",
        "StateFault",
        "StateException",
        "Contains",
        "DependentService",
        "PendingOperation",
    ];
    WORDS.iter().any(|word| fault.code.contains(word))
}
