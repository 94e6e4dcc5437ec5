use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MEDIALIVE;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MEDIALIVE.get("ListReservations", "/prod/reservations").paged("nextToken");

/// Reservations of MediaLive: a monthly commitment, used or not.
pub struct Reservations;

/// Facts of it. Source: `medialive:ListReservations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `EXPIRED`, `CANCELED` or `DELETED`.
    state: String,
    /// What was reserved, in the words of AWS. Absent when it tells none.
    offering: Option<String>,
    /// When the commitment ends. Absent when AWS tells none.
    ends_at: Option<Timestamp>,
    /// Whether it begins anew at its end. Absent when AWS does not tell.
    auto_renew: Option<bool>,
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
    reservation_id: String,
    arn: Option<String>,
    name: Option<String>,
    state: Option<String>,
    offering_description: Option<String>,
    start: Option<At>,
    end: Option<At>,
    renewal_settings: Option<Renewal>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renewal {
    automatic_renewal: Option<String>,
}

impl Scan for Reservations {
    const KIND: Kind = Kind::new("medialive:reservation");
    const TITLE: &'static str = "MediaLive reservations";
    const ACTIONS: &'static [&'static str] = &["medialive:ListReservations"];
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
    let facts = Facts {
        state: one.state.unwrap_or_default(),
        offering: one.offering_description,
        ends_at: one.end.map(|at| at.0),
        auto_renew: one.renewal_settings.and_then(|renewal| renewal.automatic_renewal).map(|text| text == "ENABLED"),
    };
    Listed::new(one.reservation_id, facts)
        .arn(one.arn)
        .name(one.name)
        .created(one.start.map(|at| at.0))
        .tags(one.tags.0)
}

/// What was committed to, which no price list here has.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the commitment of the reservation")
}
