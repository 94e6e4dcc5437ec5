use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::api::services::INVOICING;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

/// How far back is looked.
const DAYS: i64 = 90;

const LIST: Call = INVOICING.rpc("ListInvoiceSummaries").paged("NextToken");

/// Invoices of the last 90 days. Whether they are paid no operation tells.
pub struct Invoices;

/// Facts of it. Source: `invoicing:ListInvoiceSummaries`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `INVOICE`, `CREDIT_MEMO` or `PAYMENT_RECEIPT`. Empty when AWS tells none.
    invoice_type: String,
    /// What is to be paid, taxes included, in `currency`. Absent when AWS tells none.
    amount: Option<f64>,
    /// Three letters: `USD`. Absent when AWS tells none.
    currency: Option<String>,
    /// When it has to be paid. Absent when AWS tells none.
    due_at: Option<Timestamp>,
    /// Whole days from the scan until then, negative when the day is past. Absent without a day.
    due_in_days: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    invoice_summaries: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    invoice_id: String,
    issued_date: Option<At>,
    due_date: Option<At>,
    invoice_type: Option<String>,
    base_currency_amount: Option<Amount>,
    payment_currency_amount: Option<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Amount {
    total_amount: Option<String>,
    currency_code: Option<String>,
}

impl Scan for Invoices {
    const KIND: Kind = Kind::new("invoicing:invoice");
    const TITLE: &'static str = "Invoices";
    const ACTIONS: &'static [&'static str] = &["invoicing:ListInvoiceSummaries"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, wanted(cx));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.invoice_summaries {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

/// Invoices issued to the account in the days before the scan.
fn wanted(cx: &Cx) -> Value {
    let now = cx.now().as_second();
    json!({
        "Selector": { "ResourceType": "ACCOUNT_ID", "Value": cx.account() },
        "Filter": { "TimeInterval": { "StartDate": now - DAYS * 86_400, "EndDate": now } },
        "MaxResults": 100,
    })
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let due_at = one.due_date.map(|at| at.0);
    let amount = one.payment_currency_amount.or(one.base_currency_amount).unwrap_or_default();
    let facts = Facts {
        invoice_type: one.invoice_type.unwrap_or_default(),
        amount: amount.total_amount.and_then(|text| text.parse().ok()),
        currency: amount.currency_code,
        due_at,
        due_in_days: due_at.map(|end| cx.now().duration_until(end).as_secs().div_euclid(86_400)),
    };
    Listed::new(one.invoice_id, facts).created(one.issued_date.map(|at| at.0))
}
