//! AWS Direct Connect.

pub mod connection;
pub mod virtual_interface;

use super::Scanner;
use crate::aws::Cx;
use crate::model::Owner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] =
    &[Scanner::of::<connection::Connections>(), Scanner::of::<virtual_interface::VirtualInterfaces>()];

/// The account something belongs to, when it is another one.
fn foreign(cx: &Cx, account: Option<String>) -> Option<Owner> {
    let id = account.filter(|id| !id.is_empty() && id != cx.account())?;
    Some(Owner { by: "account".to_owned(), id, evidence: "ownerAccount".to_owned() })
}
