//! What takes many calls: everything inside of something, which AWS wants gone before the thing itself.
//!
//! A listing is read to its end before anything is sent. Each procedure begins where the account is, so it can be
//! broken off anywhere and taken up again; what is gone meanwhile is fine.

mod cloudfront;
mod cloudhsm;
mod ec2;
mod ecr;
mod elasticfilesystem;
mod events;
mod globalaccelerator;
mod parts;
mod s3;
mod sagemaker;

pub use parts::Patience;

use crate::aws::{Cx, Fault};
use crate::model::Resource;
use crate::plan::remedy::Procedure;
use parts::Way;

/// Goes through a procedure, in the region of the resource. `tell` hears how far it is.
///
/// Errors with the first refusal, and when what was asked for is not seen within the patience.
pub async fn go_through(
    cx: &Cx,
    procedure: Procedure,
    resource: &Resource,
    patience: Patience,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(), Fault> {
    let cx = cx.in_region(&resource.region);
    let way = Way { cx: &cx, patience, tell };
    match procedure {
        Procedure::AcceleratorListeners => globalaccelerator::delete_listeners(&way, resource).await,
        Procedure::ClientVpnAssociations => ec2::disassociate_subnets(&way, &resource.id).await,
        Procedure::ClusterModules => cloudhsm::delete_modules(&way, &resource.id).await,
        Procedure::DeleteDistribution => cloudfront::delete_distribution(&way, &resource.id).await,
        Procedure::EmptyBucket => s3::empty_bucket(&way, &resource.id).await,
        Procedure::MountTargets => elasticfilesystem::delete_mount_targets(&way, &resource.id).await,
        Procedure::RuleTargets => events::remove_targets(&way, resource).await,
        Procedure::UntaggedImages => ecr::untagged_images(&way, &resource.id).await,
        Procedure::UserProfiles => sagemaker::delete_user_profiles(&way, &resource.id).await,
    }
}
