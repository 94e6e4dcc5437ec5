use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ECR;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = ECR.rpc("DescribeRepositories").paged("nextToken");
const IMAGES: Call = ECR.rpc("DescribeImages").paged("nextToken");
const LIFECYCLE: Call = ECR.rpc("GetLifecyclePolicy");
const TAGS: Call = ECR.rpc("ListTagsForResource");

/// Images read of one repository at the most: two pages. What is behind them is not counted, and a fact says so.
const IMAGES_READ: usize = 2_000;

/// Private ECR repositories with what is in them. Public ones are another service and are not listed.
pub struct Repositories;

/// Facts of a repository. Source: `ecr:DescribeRepositories`, `ecr:DescribeImages`, `ecr:GetLifecyclePolicy`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Images in it. Absent when they could not be read.
    images: Option<f64>,
    /// Of those, images without a tag. Absent when they could not be read.
    untagged: Option<f64>,
    /// Sum of the images' compressed sizes, in GiB; layers that several share are counted with each. Absent when they
    /// could not be read.
    size_gib: Option<f64>,
    /// The same of images without a tag. Absent when they could not be read.
    untagged_gib: Option<f64>,
    /// Whether there are more images than were read, so that the figures are too low. Absent when they could not be
    /// read.
    cut: Option<bool>,
    /// When an image was last put there. Absent without images, or when they could not be read.
    pushed_at: Option<Timestamp>,
    /// When an image was last fetched, give or take a day. Absent when none was, or when they could not be read.
    pulled_at: Option<Timestamp>,
    /// Whether a lifecycle policy removes images. Absent when that could not be read.
    has_lifecycle: Option<bool>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    repositories: Vec<Repository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    repository_arn: String,
    repository_name: String,
    created_at: Option<At>,
    encryption_configuration: Option<Encryption>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encryption {
    kms_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImagePage {
    #[serde(default)]
    image_details: Vec<Image>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    #[serde(default)]
    image_tags: Vec<String>,
    image_size_in_bytes: Option<f64>,
    image_pushed_at: Option<At>,
    last_recorded_pull_time: Option<At>,
}

#[derive(Default, Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lifecycle {
    lifecycle_policy_text: Option<String>,
}

impl Scan for Repositories {
    const KIND: Kind = Kind::new("ecr:repository");
    const TITLE: &'static str = "ECR repositories";
    const ACTIONS: &'static [&'static str] =
        &["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, expiring, tagging) = (Detail::default(), Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let repositories = each(page.repositories, async |repository: Repository| {
                let name = &repository.repository_name;
                let content = reading.ask(found, name, content(cx, name)).await;
                let lifecycle = expiring.ask(found, name, has_lifecycle(cx, name)).await;
                let tags = cx.call::<Tagged>(&TAGS, json!({ "resourceArn": repository.repository_arn }));
                let tagged = tagging.ask(found, name, tags).await.unwrap_or_default();
                (repository, content, lifecycle, tagged)
            });
            for (repository, content, lifecycle, tagged) in repositories.await {
                found.add(listed(repository, content, lifecycle, tagged)).await;
            }
        }
        Ok(())
    }
}

/// The images of a repository, and whether there are more of them.
async fn content(cx: &Cx, name: &str) -> Result<(Vec<Image>, bool), Fault> {
    let mut images = Vec::new();
    let mut pages = cx.pages(&IMAGES, json!({ "repositoryName": name, "maxResults": 1000 }));
    while let Some(page) = pages.next::<ImagePage>().await? {
        images.extend(page.image_details);
        if images.len() >= IMAGES_READ && !pages.is_over() {
            return Ok((images, true));
        }
    }
    Ok((images, false))
}

async fn has_lifecycle(cx: &Cx, name: &str) -> Result<bool, Fault> {
    match cx.call::<Lifecycle>(&LIFECYCLE, json!({ "repositoryName": name })).await {
        Ok(policy) => Ok(policy.lifecycle_policy_text.is_some()),
        Err(fault) if fault.code == "LifecyclePolicyNotFoundException" => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn listed(
    repository: Repository,
    content: Option<(Vec<Image>, bool)>,
    lifecycle: Option<bool>,
    tagged: Tagged,
) -> Listed<Facts> {
    let images = content.as_ref().map(|(images, _)| images);
    let untagged = |image: &&Image| image.image_tags.is_empty();
    let facts = Facts {
        images: images.map(|all| all.len() as f64),
        untagged: images.map(|all| all.iter().filter(untagged).count() as f64),
        size_gib: images.map(|all| gib(all.iter())),
        untagged_gib: images.map(|all| gib(all.iter().filter(untagged))),
        cut: content.as_ref().map(|(_, cut)| *cut),
        pushed_at: images.and_then(|all| all.iter().filter_map(|one| one.image_pushed_at).map(|at| at.0).max()),
        pulled_at: images.and_then(|all| all.iter().filter_map(|one| one.last_recorded_pull_time).map(|at| at.0).max()),
        has_lifecycle: lifecycle,
    };
    Listed::new(repository.repository_name, facts)
        .arn(Some(repository.repository_arn))
        .created(repository.created_at.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Needs, repository.encryption_configuration.and_then(|one| one.kms_key))
}

fn gib<'i>(images: impl Iterator<Item = &'i Image>) -> f64 {
    const GIB: f64 = 1_073_741_824.0;
    images.filter_map(|image| image.image_size_in_bytes).fold(0.0, |sum, size| sum + size) / GIB
}

/// Storage; layers that images share are billed once, so this is the most it can be. Rules read the parts by these
/// names: `tagged images`, `untagged images`.
fn needs(repository: &Resource) -> Needs {
    let (Some(all), Some(untagged)) = (repository.number("size_gib"), repository.number("untagged_gib")) else {
        return Needs::unpriced("images");
    };
    let parts = [("tagged images", all - untagged), ("untagged images", untagged)];
    let parts = parts.into_iter().filter(|(_, gib)| *gib > 0.0);
    let needs = Needs::of(parts.map(|(what, gib)| Need::storage(what, "ecr.storage", gib)).collect());
    let needs = if needs.parts.is_empty() { needs } else { needs.at_most() };
    if repository.flag("cut") == Some(true) { needs.and_unpriced("images that were not read") } else { needs }
}
