use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MEDIACONNECT;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MEDIACONNECT.get("ListReservations", "/v1/reservations").paged("nextToken");

/// Reservations of MediaConnect: a monthly commitment, used or not.
pub struct Reservations;

/// Facts of it. Source: `mediaconnect:ListReservations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `EXPIRED`, `PROCESSING` or `CANCELED`.
    state: String,
    /// What was reserved, in the words of AWS. Absent when it tells none.
    offering: Option<String>,
    /// When the commitment ends. Absent when AWS tells none.
    ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    reservations: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    reservation_arn: String,
    reservation_name: Option<String>,
    reservation_state: Option<String>,
    offering_description: Option<String>,
    start: Option<At>,
    end: Option<At>,
}

impl Scan for Reservations {
    const KIND: Kind = Kind::new("mediaconnect:reservation");
    const TITLE: &'static str = "MediaConnect reservations";
    const ACTIONS: &'static [&'static str] = &["mediaconnect:ListReservations"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.reservations {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let id = one.reservation_arn.rsplit(':').next().unwrap_or_default().to_owned();
    let facts = Facts {
        state: one.reservation_state.unwrap_or_default(),
        offering: one.offering_description,
        ends_at: one.end.map(|at| at.0),
    };
    Listed::new(id, facts).arn(Some(one.reservation_arn)).name(one.reservation_name).created(one.start.map(|at| at.0))
}

/// What was committed to, which no price list here has.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the commitment of the reservation")
}
