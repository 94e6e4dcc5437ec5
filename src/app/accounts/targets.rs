//! Which accounts are to be read, and how each is reached.

use std::collections::BTreeMap;
use std::fs;

use jiff::Timestamp;

use super::list::{self, Listed, is_role};
use crate::app::AppError;
use crate::app::headless::{plural, say};
use crate::aws::{Member, Session, SessionError, Wanted, organization};
use crate::cli::Accounts;
use crate::model::Account;
use crate::report::Shard;
use crate::report::rollup::{Failed, LeftOut};
use crate::settings::Settings;

/// Where the accounts come from, before anything is asked.
#[derive(Debug)]
pub enum Source {
    /// Profiles, an account each.
    Profiles(Vec<String>),
    /// A file, and the part of it.
    File(Vec<Listed>, Reach),
    /// The caller's organization, and the part of it.
    Organization(Reach),
}

/// How the accounts of a list are reached, and which of them.
#[derive(Debug)]
pub struct Reach {
    role: Option<String>,
    external_id: Option<String>,
    shard: Option<Shard>,
}

/// An account that is to be read.
#[derive(Clone, Debug)]
pub struct Target {
    /// Twelve digits.
    pub id: String,
    /// Its name in the organization or the list, or its profile.
    pub name: String,
    /// Whether that name belongs to the account, and not to the way there.
    pub is_named: bool,
    /// Whether it manages its organization.
    pub manages: bool,
    /// The way there.
    pub wanted: Wanted,
}

/// The accounts, with those that are known not to be readable.
#[derive(Debug, Default)]
pub struct Targets {
    /// To be read, by id.
    pub accounts: Vec<Target>,
    /// Not reached.
    pub failed: Vec<Failed>,
    /// Left out on purpose.
    pub left_out: Vec<LeftOut>,
}

/// Where the accounts of a scan come from.
///
/// Errors when the options do not go together, or a file is no list of accounts.
pub fn source(settings: &Settings, several: &Accounts) -> Result<Source, AppError> {
    let asked = |text: &str| Err(AppError::Asked(text.to_owned()));
    let is_list = several.org || several.accounts.is_some();
    if !is_list {
        if several.shard.is_some() || several.role_name.is_some() {
            return asked("--shard and --role-name go with --accounts FILE or --org");
        }
        if settings.profiles.is_empty() {
            return asked("several accounts are named by --profile, repeated, by --accounts FILE or by --org");
        }
        return Ok(Source::Profiles(settings.profiles.clone()));
    }
    if settings.profiles.len() > 1 {
        return asked("--accounts and --org take one --profile at most: the one that assumes the roles");
    }
    let reach =
        Reach { role: several.role_name.clone(), external_id: several.external_id.clone(), shard: several.shard };
    if let Some(role) = reach.role.as_deref().filter(|role| !is_role(role)) {
        return asked(&format!("--role-name takes the name of a role, with its path if it has one, not `{role}`"));
    }
    if let Some(path) = &several.accounts {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| AppError::File(name.clone(), error))?;
        let accounts = list::parse(&name, &text).map_err(AppError::Accounts)?;
        if accounts.is_empty() {
            return asked(&format!("{name} names no account"));
        }
        if reach.role.is_none() && accounts.iter().any(|account| account.role.is_none()) {
            return asked("--accounts takes --role-name NAME, the role to assume in each, or role=NAME in each line");
        }
        return Ok(Source::File(accounts, reach));
    }
    if reach.role.is_none() {
        return asked(
            "--org takes --role-name NAME, the role to assume in each account; one with the policy `closeout policy` \
             prints is enough, OrganizationAccountAccessRole may do anything",
        );
    }
    Ok(Source::Organization(reach))
}

impl Source {
    /// Finds out which accounts these are. Errors when the caller of a list is nobody, or may not read the list: then
    /// there is nothing to go on with.
    pub async fn targets(self, base: &Wanted, now: Timestamp) -> Result<Targets, AppError> {
        let mut targets = match self {
            Source::Profiles(profiles) => of_profiles(&profiles, base, now).await?,
            Source::File(listed, reach) => {
                let (caller, _) = Session::identify(base, now).await?;
                let mut targets = Targets::default();
                for one in listed.iter().filter(|one| reach.holds(&one.id)) {
                    targets.accounts.push(reach.target(base, &caller, &one.id, &one.name, one.role.as_deref()));
                }
                targets
            }
            Source::Organization(reach) => of_organization(&reach, base, now).await?,
        };
        targets.accounts.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(targets)
    }

    /// The part of the list that is read.
    pub fn shard(&self) -> Option<Shard> {
        match self {
            Source::Profiles(_) => None,
            Source::File(_, reach) | Source::Organization(reach) => reach.shard,
        }
    }
}

impl Reach {
    fn holds(&self, account: &str) -> bool {
        self.shard.is_none_or(|shard| shard.holds(account))
    }

    /// The way into an account: the caller's own is read as it is, each other through a role.
    fn target(&self, base: &Wanted, caller: &Account, id: &str, name: &str, role: Option<&str>) -> Target {
        let role = role.or(self.role.as_deref()).filter(|_| id != caller.id);
        let member = role.map(|role| Member {
            role_arn: format!("arn:{}:iam::{id}:role/{role}", caller.partition),
            external_id: self.external_id.clone(),
        });
        Target {
            id: id.to_owned(),
            name: name.to_owned(),
            is_named: !name.is_empty(),
            manages: false,
            wanted: Wanted { member, ..base.clone() },
        }
    }
}

async fn of_organization(reach: &Reach, base: &Wanted, now: Timestamp) -> Result<Targets, AppError> {
    let (caller, cx) = Session::identify(base, now).await?;
    let members = organization::members(&cx).await.map_err(|fault| {
        AppError::Refused(format!(
            "the accounts of the organization cannot be listed ({fault}): ask in its management account or as a \
             delegated administrator with organizations:ListAccounts, or name them with --accounts FILE"
        ))
    })?;
    say(&format!("{} {} in the organization", members.len(), plural(members.len(), "account")));
    let mut targets = Targets::default();
    for member in members.into_iter().filter(|member| reach.holds(&member.id)) {
        if member.is_active() {
            let target = reach.target(base, &caller, &member.id, &member.name, None);
            targets.accounts.push(Target { manages: member.manages, ..target });
        } else {
            let why = if member.state.is_empty() {
                "its state is not told".to_owned()
            } else {
                format!("its state is {}, and only active accounts can be read", member.state)
            };
            targets.left_out.push(LeftOut { account: member.id, name: member.name, why });
        }
    }
    Ok(targets)
}

/// Asks each profile whose account it leads to, so that an account with two of them is read once.
async fn of_profiles(profiles: &[String], base: &Wanted, now: Timestamp) -> Result<Targets, AppError> {
    let mut targets = Targets::default();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for profile in profiles {
        let wanted = Wanted { profile: Some(profile.clone()), ..base.clone() };
        let account = match Session::identify(&wanted, now).await {
            Ok((account, _)) => account,
            Err(error) if error.is_usage() => return Err(error.into()),
            Err(error) => {
                targets.failed.push(failed("", profile, &error));
                continue;
            }
        };
        if let Some(first) = known.get(&account.id) {
            let why = format!("the same account as profile {first}, read once");
            say(&format!("profile {profile} leads to account {}: {why}", account.id));
            targets.left_out.push(LeftOut { account: account.id, name: profile.clone(), why });
            continue;
        }
        known.insert(account.id.clone(), profile.clone());
        targets.accounts.push(Target {
            id: account.id,
            name: profile.clone(),
            is_named: false,
            manages: false,
            wanted,
        });
    }
    Ok(targets)
}

/// An account there is no way into.
pub fn failed(account: &str, name: &str, error: &SessionError) -> Failed {
    Failed {
        account: account.to_owned(),
        name: name.to_owned(),
        action: error.action().to_owned(),
        why: error.why(),
        detail: error.to_string(),
    }
}
