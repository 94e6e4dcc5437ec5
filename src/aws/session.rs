use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::time::Duration;

use aws_config::profile::{self, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region as SdkRegion;
use jiff::Timestamp;

use super::regions::{self, home_of};
use super::{Cx, Wire};
use crate::model::{Account, Region, RegionState, Why, clean};

/// IAM actions of opening a session.
pub const ACTIONS: &[&str] =
    &["account:ListRegions", "ec2:DescribeRegions", "iam:ListAccountAliases", "sts:GetCallerIdentity"];

/// What the user asked for, beyond the SDK's own environment.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// A profile other than `AWS_PROFILE`.
    pub profile: Option<String>,
    /// A role to assume with whatever credentials were found.
    pub role_arn: Option<String>,
    /// A role in an account of several, assumed with what `profile` and `role_arn` lead to.
    pub member: Option<Member>,
    /// An endpoint other than AWS's own, for every service.
    pub endpoint_url: Option<String>,
    /// Regions to read; empty means all that are on.
    pub regions: Vec<Region>,
    /// How long one attempt may take.
    pub call_timeout: Duration,
}

/// A role in another account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The role.
    pub role_arn: String,
    /// What its trust policy may ask for.
    pub external_id: Option<String>,
}

/// An open way into an account.
pub struct Session {
    /// Context for global services.
    pub cx: Cx,
    /// Who is asking.
    pub account: Account,
    /// Every region of the account.
    pub regions: BTreeMap<Region, RegionState>,
    /// Regions to read: those asked for, else all that are on.
    pub scope: Vec<Region>,
    /// The wire all clients use.
    pub wire: Wire,
}

/// Why there is no session; each message is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// No provider of the SDK's chain had credentials.
    #[error(
        "no AWS credentials found: set AWS_PROFILE or pass --profile NAME, run `aws configure` or `aws sso login`, or try `closeout demo`"
    )]
    NoCredentials,
    /// The profile is in no file.
    #[error("profile `{0}` is not in the AWS config or credentials file: check --profile or AWS_PROFILE")]
    UnknownProfile(String),
    /// A region name AWS does not have.
    #[error("there is no region `{given}`{}", hint(.nearest))]
    UnknownRegion {
        /// What was asked for.
        given: String,
        /// A region with nearly that name.
        nearest: Option<String>,
    },
    /// Temporary credentials past their end.
    #[error("the AWS credentials have expired: log in again (for example `aws sso login`) and repeat")]
    Expired,
    /// AWS does not know the key, or the signature does not fit.
    #[error("AWS does not accept these credentials ({0}): check the access key, or log in again")]
    Refused(String),
    /// The role could not be assumed.
    #[error("role {arn} cannot be assumed: {why}")]
    Role {
        /// The role.
        arn: String,
        /// What AWS said.
        why: String,
    },
    /// Nothing answered.
    #[error("AWS cannot be reached: {0}; check the network, proxy settings and --endpoint-url")]
    Unreachable(String),
    /// Neither list of regions may be read.
    #[error("the regions of the account cannot be listed ({0}): grant ec2:DescribeRegions, or name them with --region")]
    NoRegions(String),
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

impl SessionError {
    /// Whether the user named something that does not exist, which is wrong usage rather than trouble.
    pub fn is_usage(&self) -> bool {
        matches!(self, SessionError::UnknownProfile(_) | SessionError::UnknownRegion { .. })
    }

    /// Which sort of failure it is.
    pub fn why(&self) -> Why {
        match self {
            SessionError::Expired => Why::Expired,
            SessionError::Unreachable(_) => Why::Unreachable,
            SessionError::NoCredentials
            | SessionError::Refused(_)
            | SessionError::Role { .. }
            | SessionError::NoRegions(_) => Why::Denied,
            SessionError::UnknownProfile(_) | SessionError::UnknownRegion { .. } => Why::Error,
        }
    }

    /// The IAM action that did not work, or the step.
    pub fn action(&self) -> &'static str {
        match self {
            SessionError::Role { .. } => "sts:AssumeRole",
            SessionError::NoRegions(_) | SessionError::UnknownRegion { .. } => "ec2:DescribeRegions",
            SessionError::NoCredentials | SessionError::UnknownProfile(_) => "credentials",
            SessionError::Expired | SessionError::Refused(_) | SessionError::Unreachable(_) => "sts:GetCallerIdentity",
        }
    }
}

impl Session {
    /// Finds credentials and asks STS who they belong to: the account, without its alias, and a context for its global
    /// services.
    ///
    /// Errors when there are no usable credentials, or nothing answers.
    pub async fn identify(wanted: &Wanted, now: Timestamp) -> Result<(Account, Cx), SessionError> {
        enter(wanted, &Wire::new(), now).await
    }

    /// Finds credentials, asks STS who they belong to, and learns the account's regions.
    ///
    /// Errors when there are no usable credentials, when nothing answers, or when a region or profile
    /// that was asked for does not exist.
    pub async fn open(wanted: &Wanted, now: Timestamp) -> Result<Session, SessionError> {
        let wire = Wire::new();
        let (account, cx) = enter(wanted, &wire, now).await?;
        let (regions, alias) = tokio::join!(regions::list(&cx), alias(&cx));
        let account = Account { alias, ..account };
        let regions = regions::or_those_asked_for(regions, &wanted.regions)?;
        let scope = regions::scope(&regions, &wanted.regions)?;
        if !regions.contains_key(cx.endpoint_region()) {
            return Err(regions::misspelt(cx.endpoint_region())
                .unwrap_or(SessionError::UnknownRegion { given: cx.endpoint_region().to_string(), nearest: None }));
        }
        Ok(Session { cx: cx.limited_to(&wanted.regions), account, regions, scope, wire })
    }
}

/// Finds credentials, assumes the roles that are wanted, and asks STS who that is.
async fn enter(wanted: &Wanted, wire: &Wire, now: Timestamp) -> Result<(Account, Cx), SessionError> {
    check_profile(wanted.profile.as_deref()).await?;
    let base = load(wanted, wire).await;
    let home = home_of(base.region().map(|region| region.as_ref()), &wanted.regions)?;
    let mut config = base.into_builder().region(SdkRegion::new(home.as_str().to_owned())).build();
    if let Some(arn) = &wanted.role_arn {
        config = assume(&config, arn, None).await?;
    }
    if let Some(member) = &wanted.member {
        config = assume(&config, &member.role_arn, member.external_id.as_deref()).await?;
    }
    check_credentials(&config).await?;
    let account = caller(&config).await.map_err(|error| match error {
        SessionError::Unreachable(_) => regions::misspelt(&home).unwrap_or(error),
        other => other,
    })?;
    let cx = Cx::new(config, &account.id, &account.partition, home, Region::global(), now);
    Ok((account, cx))
}

/// How often a call is tried: six times within some fifteen seconds, the most a cell should wait for.
///
/// A region that throttles answers a random part of its calls, so one call may be refused several times in a row
/// while its neighbours get through.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(6).with_max_backoff(Duration::from_secs(4))
}

async fn load(wanted: &Wanted, wire: &Wire) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(wire.clone())
        .retry_config(retries())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(wanted.call_timeout.min(Duration::from_secs(5)))
                .operation_attempt_timeout(wanted.call_timeout)
                .build(),
        );
    if let Some(profile) = &wanted.profile {
        // A profile that was named goes before keys in the environment, as in the AWS CLI.
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&ProviderConfig::default().with_http_client(wire.clone()))
            .profile_name(profile)
            .build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    if let Some(url) = &wanted.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader.load().await
}

/// Errors when the profile that was named, here or in AWS_PROFILE, is in no file. A file that cannot be read is
/// left to the SDK, which says what is wrong with it when it needs it.
async fn check_profile(named: Option<&str>) -> Result<(), SessionError> {
    let from_environment = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let has_keys = std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    let Some(name) = named.map(str::to_owned).or(from_environment.filter(|_| !has_keys)) else { return Ok(()) };
    match profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await {
        Ok(profiles) if profiles.get_profile(&name).is_none() => {
            Err(SessionError::UnknownProfile(clean(&name).into_owned()))
        }
        _ => Ok(()),
    }
}

async fn assume(base: &SdkConfig, arn: &str, external_id: Option<&str>) -> Result<SdkConfig, SessionError> {
    check_credentials(base).await?;
    let mut provider = AssumeRoleProvider::builder(arn).session_name("closeout").configure(base);
    if let Some(id) = external_id {
        provider = provider.external_id(id);
    }
    let provider = provider.build().await;
    if let Err(error) = provider.provide_credentials().await {
        let why = clean(&last_cause(&error)).into_owned();
        return Err(SessionError::Role { arn: clean(arn).into_owned(), why });
    }
    let shared = aws_credential_types::provider::SharedCredentialsProvider::new(provider);
    Ok(base.clone().into_builder().credentials_provider(shared).build())
}

async fn check_credentials(config: &SdkConfig) -> Result<(), SessionError> {
    let Some(provider) = config.credentials_provider() else { return Err(SessionError::NoCredentials) };
    let Err(error) = provider.provide_credentials().await else { return Ok(()) };
    let chain = causes(&error);
    let lower = chain.to_lowercase();
    tracing::warn!("no credentials: {chain}");
    if lower.contains("expired") || lower.contains("sso") && lower.contains("token") {
        return Err(SessionError::Expired);
    }
    if lower.contains("dispatch failure") || lower.contains("connection refused") {
        return Err(SessionError::Unreachable(clean(&last_cause(&error)).into_owned()));
    }
    Err(SessionError::NoCredentials)
}

/// Who the credentials belong to. Source: `sts:GetCallerIdentity`, which no policy can deny.
async fn caller(config: &SdkConfig) -> Result<Account, SessionError> {
    let answer = aws_sdk_sts::Client::new(config).get_caller_identity().send().await;
    let identity = answer.map_err(|error| match &error {
        SdkError::ServiceError(service) => match service.err().code().unwrap_or_default() {
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => SessionError::Expired,
            code => SessionError::Refused(clean(code).into_owned()),
        },
        other => SessionError::Unreachable(clean(&last_cause(other)).into_owned()),
    })?;
    let arn = clean(identity.arn().unwrap_or_default()).into_owned();
    Ok(Account {
        id: clean(identity.account().unwrap_or_default()).into_owned(),
        alias: None,
        partition: arn.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("aws").to_owned(),
        caller_arn: arn,
    })
}

/// The account's human name. `None` when it has none or the caller may not ask: a name is no coverage.
async fn alias(cx: &Cx) -> Option<String> {
    let answer = cx.iam().list_account_aliases().send().await.ok()?;
    answer.account_aliases().first().map(|alias| clean(alias).into_owned())
}

/// An error with its causes, one line.
fn causes(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// The innermost cause, which is the one a person can act on; where AWS gave it, in its words.
fn last_cause(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    let said = last.downcast_ref::<ErrorMetadata>();
    match said.map(|said| (said.message(), said.code())) {
        Some((Some(message), Some(code))) => format!("{message} ({code})"),
        Some((Some(text), None) | (None, Some(text))) => text.to_owned(),
        _ => last.to_string(),
    }
}
