//! Amazon Athena.

pub mod capacity_reservation;
pub mod workgroup;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] =
    &[Scanner::of::<capacity_reservation::CapacityReservations>(), Scanner::of::<workgroup::Workgroups>()];
