use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::WORKMAIL;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = WORKMAIL.rpc("ListOrganizations").paged("NextToken");
const DESCRIBE: Call = WORKMAIL.rpc("DescribeOrganization");
const USERS: Call = WORKMAIL.rpc("ListUsers").paged("NextToken");
const TAGS: Call = WORKMAIL.rpc("ListTagsForResource");

/// WorkMail organizations, with their mailboxes counted. Deleted ones, which WorkMail goes on listing, are left out.
///
/// One that could not be described hides which directory it needs: the listing then counts as broken off, so that no
/// directory looks unused because of it.
pub struct Organizations;

/// Facts of an organization. Source: `workmail:ListOrganizations`, `workmail:DescribeOrganization`,
/// `workmail:ListUsers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Active`, `Requested`, `Creating`, `Deleting`, `Failed` and others. Absent when WorkMail tells none.
    state: Option<String>,
    /// Domain of its addresses. Absent when WorkMail tells none.
    mail_domain: Option<String>,
    /// Directory its users are kept in. Absent when the details could not be read.
    directory_id: Option<String>,
    /// Enabled users with a mailbox, billed by the month. Absent when they could not be read.
    users: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    organization_summaries: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    organization_id: String,
    alias: Option<String>,
    default_mail_domain: Option<String>,
    state: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    directory_id: Option<String>,
    completed_date: Option<At>,
    #[serde(rename = "ARN")]
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    user_role: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

/// Rooms, devices and the system's own users have no mailbox that is paid for.
async fn mailboxes(cx: &Cx, organization: &str) -> Result<f64, Fault> {
    let input = json!({ "OrganizationId": organization, "MaxResults": 100, "Filters": { "State": "ENABLED" } });
    let (mut count, mut pages) = (0.0, cx.pages(&USERS, input));
    while let Some(page) = pages.next::<Users>().await? {
        count += page.users.iter().filter(|user| user.user_role.as_deref() == Some("USER")).count() as f64;
    }
    Ok(count)
}

impl Scan for Organizations {
    const KIND: Kind = Kind::new("workmail:organization");
    const TITLE: &'static str = "WorkMail organizations";
    const ACTIONS: &'static [&'static str] = &[
        "workmail:DescribeOrganization",
        "workmail:ListOrganizations",
        "workmail:ListTagsForResource",
        "workmail:ListUsers",
    ];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (counting, tagging) = (Detail::default(), Detail::default());
        let mut refused = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let summaries = page.organization_summaries.into_iter();
            let alive = summaries.filter(|one| one.state.as_deref() != Some("Deleted"));
            let organizations = each(alive, async |organization: Organization| {
                let id = &organization.organization_id;
                let described = cx.call::<Described>(&DESCRIBE, json!({ "OrganizationId": id })).await;
                // One that is being made or deleted has no users to list.
                let users = match organization.state.as_deref() {
                    Some("Active") => counting.ask(found, id, mailboxes(cx, id)).await,
                    _ => None,
                };
                let own = || cx.arn("workmail", cx.region(), &format!("organization/{id}"));
                let arn = described.as_ref().ok().and_then(|d| d.arn.clone()).unwrap_or_else(own);
                let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceARN": arn }));
                let tagged = tagging.ask(found, id, call).await.unwrap_or_default();
                (organization, described, users, arn, tagged.tags.0)
            });
            for (organization, described, users, arn, tags) in organizations.await {
                let described = match described {
                    Ok(described) => described,
                    Err(fault) if fault.is_gone() => continue,
                    Err(fault) => {
                        refused.get_or_insert(fault);
                        Described::default()
                    }
                };
                found.add(listed(cx, organization, described, users).arn(Some(arn)).tags(tags)).await;
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

fn listed(cx: &Cx, organization: Organization, described: Described, users: Option<f64>) -> Listed<Facts> {
    let directory = described.directory_id.as_ref().map(|id| cx.arn("ds", cx.region(), &format!("directory/{id}")));
    let facts = Facts {
        state: organization.state,
        mail_domain: organization.default_mail_domain,
        directory_id: described.directory_id,
        users,
    };
    Listed::new(organization.organization_id, facts)
        .name(organization.alias)
        .created(described.completed_date.map(|at| at.0))
        .refers(Role::Needs, directory)
}

fn needs(organization: &Resource) -> Needs {
    if organization.text("state") != Some("Active") {
        return Needs::free();
    }
    match organization.number("users") {
        Some(users) => Needs::of(vec![Need::months("users", "workmail.user", users)]),
        None => Needs::unpriced("users"),
    }
}
