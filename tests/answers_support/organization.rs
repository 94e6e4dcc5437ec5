//! The accounts of an organization, played as recordings are.

use closeout::aws::organization::{ACTIONS, members};
use closeout::model::{Region, Why};
use serde_json::{Value, json};

use super::play::context;
use super::recording::{Exchange, Recording};
use super::replay::{Replay, Trick};

/// Made up after AWS's models, as all recordings are.
fn recording() -> Recording {
    let account = |id: &str, state: &str| {
        json!({ "Id": id, "Arn": format!("arn:aws:organizations::111122223333:account/o-exampleorgid/{id}"),
            "Email": "someone@example.com", "Name": "lab", "State": state, "JoinedMethod": "CREATED" })
    };
    let page = |accounts: Value, token: Option<&str>| match token {
        Some(token) => json!({ "Accounts": accounts, "NextToken": token }),
        None => json!({ "Accounts": accounts }),
    };
    let first = page(json!([account("444455556666", "ACTIVE")]), Some("more"));
    let second = page(json!([account("111122223333", "ACTIVE"), account("777788889999", "SUSPENDED")]), None);
    let exchanges: Vec<Exchange> = serde_json::from_value(json!([
        { "ask": "ListAccounts", "page": 2, "with": { "NextToken": "more" }, "answer": second },
        { "ask": "ListAccounts", "answer": first },
    ]))
    .expect("exchanges");
    Recording::of("service-quotas:quota", "us-east-1", exchanges)
}

/// An account as the list has it: its id, whether it is active, whether it is the caller's own.
type Seen = (String, bool, bool);

fn list(trick: Trick) -> (Result<Vec<Seen>, Why>, Vec<Value>) {
    let recording = recording();
    let replay = Replay::new(&recording, trick);
    let log = replay.seen.clone();
    let home = Region::new("us-east-1");
    let cx = context(replay, home.clone(), home);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listed = runtime.block_on(members(&cx)).map_err(|fault| {
        assert_eq!([fault.action.as_str()], *ACTIONS);
        fault.why
    });
    let listed = listed.map(|all| all.into_iter().map(|one| (one.id.clone(), one.is_active(), one.manages)).collect());
    let exchanges = std::mem::take(&mut log.lock().expect("no panic while it is held").exchanges);
    (listed, exchanges)
}

/// What went over the wire, for the check against the models.
pub fn exchanges() -> Vec<Value> {
    list(Trick::None).1
}

#[test]
fn every_page_is_read_and_a_refused_one_is_no_end() {
    let expected = [("111122223333", true, true), ("444455556666", true, false), ("777788889999", false, false)];
    let expected: Vec<_> = expected.map(|(id, active, manages)| (id.to_owned(), active, manages)).into();
    assert_eq!(list(Trick::None).0, Ok(expected));
    assert_eq!(list(Trick::DenyPageTwo).0, Err(Why::Denied));
    assert_eq!(list(Trick::Deny("ListAccounts".to_owned())).0, Err(Why::Denied));
}
