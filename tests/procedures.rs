//! What takes many calls, against an AWS that answers by a script: every page is read before anything goes, what is
//! gone meanwhile is fine, a refusal ends it, and it has ended when nothing is listed.

#[path = "procedures_support/aws.rs"]
mod aws;
#[path = "procedures_support/cases.rs"]
mod cases;
mod support;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use closeout::aws::Fault;
use closeout::clean::procedures::{Patience, go_through};
use closeout::model::{Resource, Why};
use closeout::plan::remedies;
use closeout::plan::remedy::Procedure;
use serde_json::{Value, json};

use aws::Reply::{Fine, Refused, Version};
use aws::{ACCOUNT, Aws, HOME, Reply};
use cases::Case;

const QUICK: Patience =
    Patience { first: Duration::from_millis(1), last: Duration::from_millis(1), longest: Duration::from_secs(60) };

const CONFIG: &str =
    "<DistributionConfig><CallerReference>c</CallerReference><Comment/><Enabled>false</Enabled></DistributionConfig>";

fn resource(kind: &str, facts: &Value) -> Resource {
    let service = kind.split(':').next().unwrap_or_default();
    let region = if matches!(service, "globalaccelerator" | "cloudfront") { "global" } else { HOME };
    serde_json::from_value(json!({
        "arn": format!("arn:aws:{service}:{HOME}:{ACCOUNT}:thing/thing"), "id": "thing", "kind": kind,
        "account": ACCOUNT, "region": region, "facts": facts,
    }))
    .expect("a resource")
}

async fn go(case: &Case, aws: &Aws, patience: Patience) -> (Result<(), Fault>, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let tell = |text: String| told.lock().expect("no panic while it is held").push(text);
    let resource = resource(case.kind, &case.facts);
    let outcome = go_through(&aws.cx(), case.procedure, &resource, patience, &tell).await;
    (outcome, told.into_inner().expect("no panic while it was held"))
}

/// An AWS in which listings and calls of a case answer so.
fn script(case: &Case, lists: &[Reply], takes: &[Reply]) -> Aws {
    let besides: Vec<(&str, [Reply; 1])> = case.besides.iter().map(|(name, text)| (*name, [Fine(text)])).collect();
    let mut script: Vec<(&str, &[Reply])> = besides.iter().map(|(name, reply)| (*name, &reply[..])).collect();
    // A path that goes on behind another one is looked at before it.
    script.push((case.takes, takes));
    script.push((case.lists, lists));
    Aws::new(&script)
}

/// Two parts on two pages, of which the second is gone before it is its turn.
fn whole(case: &Case) -> Aws {
    let [one, two] = case.pages.map(Fine);
    let gone = Refused(if case.gone == "ResourceNotFound" { 404 } else { 400 }, case.gone);
    let lists: &[Reply] =
        if case.one_by_one { &[one, two, Fine(case.second), Fine(case.none)] } else { &[one, two, Fine(case.none)] };
    // EventBridge says of a batch that the rule is gone, not of a target.
    let takes: &[Reply] = if case.procedure == Procedure::RuleTargets { &[gone] } else { &[Fine(case.taken), gone] };
    script(case, lists, takes)
}

#[tokio::test]
async fn both_pages_are_read_and_every_part_goes_until_none_is_listed() {
    for case in cases::all() {
        let aws = whole(&case);
        let (outcome, told) = go(&case, &aws, QUICK).await;
        assert_eq!(outcome, Ok(()), "{}", case.kind);
        let asked = aws.asked();
        let is_listing = |place: usize| asked[place].name.starts_with(case.lists);
        assert!(is_listing(0) && is_listing(1) && is_listing(asked.len() - 1), "{asked:?}");
        assert!(!asked[0].text.contains("p2") && asked[1].text.contains("p2"), "{asked:?}");
        let sent: String = aws.of(case.takes).into_iter().map(|one| one.text).collect();
        assert!(case.parts.iter().all(|part| sent.matches(part).count() == 1), "{}: {sent}", case.kind);
        assert!(told[0].ends_with("left: 2"), "{told:?}");
    }
}

#[tokio::test]
async fn nothing_goes_when_the_second_page_is_refused() {
    for case in cases::all() {
        let aws = script(&case, &[Fine(case.pages[0]), Refused(403, "AccessDenied")], &[Fine(case.taken)]);
        let fault = go(&case, &aws, QUICK).await.0.expect_err("half a listing is none");
        assert_eq!(fault.why, Why::Denied, "{}: {fault}", case.kind);
        assert_eq!(aws.of(case.takes).len(), 0, "{}", case.kind);
    }
}

#[tokio::test]
async fn the_first_refusal_ends_it() {
    for case in cases::all() {
        let aws = script(&case, &[Fine(case.first)], &[Refused(403, "AccessDenied")]);
        let fault = go(&case, &aws, QUICK).await.0.expect_err("it was refused");
        assert_eq!((fault.why, fault.code.as_str()), (Why::Denied, "AccessDenied"), "{}: {fault}", case.kind);
        assert_eq!((aws.of(case.takes).len(), aws.of(case.lists).len()), (1, 1), "{}", case.kind);
    }
}

#[tokio::test]
async fn what_is_going_already_is_only_waited_for() {
    for case in cases::all() {
        let stays = script(&case, &[Fine(case.first), Fine(case.first), Fine(case.none)], &[Fine(case.taken)]);
        assert_eq!(go(&case, &stays, QUICK).await.0, Ok(()), "{}", case.kind);
        assert_eq!(stays.of(case.takes).len(), 1, "{}: it was sent for twice", case.kind);
        if case.going.is_empty() {
            continue;
        }
        let going = script(&case, &[Fine(case.going), Fine(case.none)], &[Fine(case.taken)]);
        let (outcome, told) = go(&case, &going, QUICK).await;
        assert_eq!((outcome, going.of(case.takes).len()), (Ok(()), 0), "{}", case.kind);
        assert!(told[0].ends_with("left: 1"), "what is gone is no part any more: {told:?}");
    }
}

#[tokio::test]
async fn parts_that_stay_are_named_when_the_patience_is_over() {
    for case in cases::all() {
        let aws = script(&case, &[Fine(case.first)], &[Fine(case.taken)]);
        let patience = Patience { longest: Duration::ZERO, ..QUICK };
        let fault = go(&case, &aws, patience).await.0.expect_err("it stays");
        assert!(fault.why == Why::TimedOut && fault.is_undecided(), "{}: {fault:?}", case.kind);
        assert!(fault.detail.contains("part-1"), "{}: {fault}", case.kind);
    }
}

#[tokio::test]
async fn a_call_that_comes_too_fast_is_sent_again() {
    for case in cases::all() {
        let takes = [Refused(400, "ThrottlingException"), Fine(case.taken)];
        let aws = script(&case, &[Fine(case.first), Fine(case.none)], &takes);
        assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()), "{}", case.kind);
        assert_eq!(aws.of(case.takes).len(), 2, "{}", case.kind);
    }
}

#[tokio::test]
async fn a_change_that_is_in_the_way_is_waited_for_while_one_goes_and_refused_when_none_does() {
    let case = cases::associations();
    let busy = Refused(400, "ConcurrentMutationLimitExceeded");
    let [one, two] = case.pages.map(Fine);
    let aws =
        script(&case, &[one, two, Fine(case.second), Fine(case.none)], &[Fine(case.taken), busy, Fine(case.taken)]);
    assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()));
    let sent: Vec<String> = aws.of(case.takes).into_iter().map(|one| one.text).collect();
    assert!(sent.len() == 3 && sent[0].contains("part-1") && sent[2].contains("part-2"), "{sent:?}");

    let aws = script(&case, &[Fine(case.first)], &[busy]);
    let fault = go(&case, &aws, QUICK).await.0.expect_err("nothing goes");
    assert_eq!(fault.code, "ConcurrentMutationLimitExceeded");
}

#[tokio::test]
async fn modules_go_one_after_the_other() {
    let case = cases::modules();
    let aws = whole(&case);
    assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()));
    let names: Vec<String> = aws.asked().into_iter().map(|asked| asked.name).collect();
    let wanted =
        ["DescribeClusters", "DescribeClusters", "DeleteHsm", "DescribeClusters", "DeleteHsm", "DescribeClusters"];
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn a_target_that_is_kept_inside_a_good_answer_is_a_failure() {
    let case = cases::rule_targets();
    let answer = |text| script(&case, &[Fine(case.first), Fine(case.none)], &[Fine(text)]);
    let kept = answer(
        r#"{"FailedEntryCount":1,"FailedEntries":[{"TargetId":"part-1","ErrorCode":"ManagedRule","ErrorMessage":"n\u001b[2J"}]}"#,
    );
    let fault = go(&case, &kept, QUICK).await.0.expect_err("it was kept");
    assert!(fault.code == "ManagedRule" && fault.detail.contains("part-1"), "{fault}");
    assert!(!fault.detail.contains('\u{1b}'), "{fault:?}");
    let unnamed = answer(r#"{"FailedEntryCount":1}"#);
    assert!(go(&case, &unnamed, QUICK).await.0.is_err(), "one was kept that is not named");
    let gone = answer(
        r#"{"FailedEntryCount":1,"FailedEntries":[{"TargetId":"part-1","ErrorCode":"ResourceNotFoundException"}]}"#,
    );
    assert_eq!(go(&case, &gone, QUICK).await.0, Ok(()));
}

/// An accelerator with one listener that has two endpoint groups on two pages.
fn with_groups(case: &Case, takes_group: &[Reply]) -> Aws {
    let groups = [
        Fine(
            r#"{"EndpointGroups":[{"EndpointGroupArn":"arn:group/a","EndpointGroupRegion":"eu-west-1"}],"NextToken":"g2"}"#,
        ),
        Fine(r#"{"EndpointGroups":[{"EndpointGroupArn":"arn:group/b","EndpointDescriptions":[]}]}"#),
        Fine(r#"{"EndpointGroups":[]}"#),
    ];
    let [(lists_groups, _), (deletes_group, _)] = *case.besides else { panic!("an accelerator") };
    Aws::new(&[
        (lists_groups, &groups),
        (deletes_group, takes_group),
        (case.lists, &[Fine(case.first), Fine(case.none)]),
        (case.takes, &[Fine(case.taken)]),
    ])
}

#[tokio::test]
async fn endpoint_groups_go_before_their_listener() {
    for case in cases::all().into_iter().filter(|case| case.procedure == Procedure::AcceleratorListeners) {
        let [(lists_groups, _), (deletes_group, _)] = *case.besides else { panic!("an accelerator") };
        let aws = with_groups(&case, &[Fine("{}"), Refused(400, "EndpointGroupNotFoundException")]);
        assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()));
        let names: Vec<String> = aws.asked().into_iter().map(|asked| asked.name).collect();
        let wanted = [
            case.lists,
            lists_groups,
            lists_groups,
            deletes_group,
            deletes_group,
            lists_groups,
            case.takes,
            case.lists,
        ];
        assert_eq!(names, wanted);

        let aws = with_groups(&case, &[Refused(403, "AccessDenied")]);
        assert_eq!(go(&case, &aws, QUICK).await.0.expect_err("refused").why, Why::Denied);
        assert_eq!(aws.of(case.takes).len(), 0, "a listener whose groups stay is left alone");

        let gone = [Refused(400, "ListenerNotFoundException")];
        let aws =
            Aws::new(&[(lists_groups, &gone), (case.lists, &[Fine(case.first), Fine(case.none)]), (case.takes, &gone)]);
        assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()), "a listener that is gone meanwhile is fine");
    }
}

#[tokio::test]
async fn a_listener_or_a_file_system_that_is_gone_is_said_so() {
    for (case, code) in cases::all().iter().map(|case| (case, "ResourceNotFoundException")) {
        let aws = script(case, &[Refused(400, code)], &[Fine(case.taken)]);
        let fault = go(case, &aws, QUICK).await.0.expect_err("what it is in is gone");
        assert!(fault.is_gone(), "{}: {fault:?}", case.kind);
    }
}

// --- a distribution -----------------------------------------------------------------------------------

const READS: &str = "GET /2020-05-31/distribution/thing/config";
const DELETES: &str = "DELETE /2020-05-31/distribution/thing";

async fn delete_distribution(reads: &[Reply], deletes: &[Reply]) -> (Result<(), Fault>, Aws) {
    let aws = Aws::new(&[(READS, reads), (DELETES, deletes)]);
    let distribution = resource("cloudfront:distribution", &json!({ "enabled": false, "status": "Deployed" }));
    let outcome = go_through(&aws.cx(), Procedure::DeleteDistribution, &distribution, QUICK, &|_| {}).await;
    (outcome, aws)
}

#[tokio::test]
async fn a_distribution_is_deleted_in_the_version_that_was_read() {
    let (outcome, aws) = delete_distribution(&[Version(CONFIG, "E2QWRUHAPOMQZL")], &[Fine("")]).await;
    assert_eq!(outcome, Ok(()));
    let deleted = aws.of(DELETES);
    assert_eq!((deleted.len(), deleted[0].if_match.as_str()), (1, "E2QWRUHAPOMQZL"));
}

#[tokio::test]
async fn a_distribution_without_a_version_or_with_another_one_stays() {
    let (outcome, aws) = delete_distribution(&[Fine(CONFIG)], &[Fine("")]).await;
    assert!(outcome.is_err() && aws.of(DELETES).is_empty());
    let refusals = ["PreconditionFailed", "DistributionNotDisabled", "AccessDenied"];
    for code in refusals {
        let (outcome, aws) = delete_distribution(&[Version(CONFIG, "E1")], &[Refused(412, code)]).await;
        assert_eq!((outcome.expect_err("refused").code.as_str(), aws.of(DELETES).len()), (code, 1));
    }
}

#[tokio::test]
async fn a_distribution_that_is_gone_is_gone() {
    let gone = Refused(404, "NoSuchDistribution");
    let (outcome, aws) = delete_distribution(&[gone], &[Fine("")]).await;
    assert!(outcome.expect_err("nothing to read").is_gone() && aws.of(DELETES).is_empty());
    assert_eq!(delete_distribution(&[Version(CONFIG, "E1")], &[gone]).await.0, Ok(()));
    // Nobody answered, and it was done.
    let deletes = [Refused(503, "ServiceUnavailable"), gone];
    assert_eq!(delete_distribution(&[Version(CONFIG, "E1")], &deletes).await.0, Ok(()));
}

// --- all of them --------------------------------------------------------------------------------------

/// The actions a plan names for a procedure.
fn declared(procedure: Procedure) -> BTreeSet<String> {
    let names: toml::Table = include_str!("../rules/actions.toml").parse().expect("TOML");
    let actions = names["procedures"][procedure.name()]["actions"].as_array().expect("a list");
    actions.iter().filter_map(|action| action.as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_actions_a_plan_names_are_those_that_are_refused() {
    let denied = &[Refused(403, "AccessDenied")][..];
    let mut named = std::collections::BTreeMap::<&str, BTreeSet<String>>::new();
    for case in cases::all() {
        let mut fault = async |aws: Aws| {
            let fault = go(&case, &aws, QUICK).await.0.expect_err("refused");
            named.entry(case.procedure.name()).or_default().insert(fault.action);
        };
        fault(script(&case, denied, &[Fine(case.taken)])).await;
        fault(script(&case, &[Fine(case.first)], denied)).await;
        if let [(lists_groups, _), _] = *case.besides {
            fault(Aws::new(&[(lists_groups, denied), (case.lists, &[Fine(case.first)])])).await;
            fault(with_groups(&case, denied)).await;
        }
    }
    for (reads, deletes) in [(denied, denied), (&[Version(CONFIG, "E1")][..], denied)] {
        let fault = delete_distribution(reads, deletes).await.0.expect_err("refused");
        named.entry(Procedure::DeleteDistribution.name()).or_default().insert(fault.action);
    }
    // Those of S3 and ECR are older than this file, and their calls are in no script here.
    let older = [Procedure::EmptyBucket, Procedure::UntaggedImages];
    for procedure in Procedure::ALL.iter().filter(|one| !older.contains(one)) {
        assert_eq!(named.get(procedure.name()), Some(&declared(*procedure)), "{}", procedure.name());
    }
}

#[tokio::test]
async fn what_is_sent_and_what_is_answered_is_what_the_models_of_the_apis_say() {
    let mut exchanges = Vec::new();
    for case in cases::all() {
        let mut played = vec![whole(&case)];
        if !case.going.is_empty() {
            played.push(script(&case, &[Fine(case.going), Fine(case.none)], &[]));
        }
        if !case.besides.is_empty() {
            played.push(with_groups(&case, &[Fine("{}")]));
        }
        for aws in played {
            assert_eq!(go(&case, &aws, QUICK).await.0, Ok(()), "{}", case.kind);
            // What was refused has no answer to be held against anything.
            exchanges.extend(aws.asked().into_iter().map(|one| one.exchange).map(|mut one| {
                if one["answer"] == "" {
                    one["answer"] = json!("{}");
                }
                one
            }));
        }
    }
    let (_, aws) = delete_distribution(&[Version(CONFIG, "E1")], &[Fine("")]).await;
    exchanges.extend(aws.asked().into_iter().map(|one| one.exchange));
    assert!(exchanges.len() > 30, "{}", exchanges.len());
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), json!({ "services": [], "exchanges": exchanges }).to_string()).expect("a file");
    let mut command = support::python::program("api_model.py");
    let output = command.arg("check").arg(file.path()).stdin(Stdio::null()).output().expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.trim().is_empty(), "\n{said}");
}

#[test]
fn each_procedure_belongs_to_one_kind() {
    for procedure in Procedure::ALL {
        let of = remedies().filter(|one| one.verbs.values().any(|verb| verb.procedure == Some(*procedure)));
        assert_eq!(of.count(), 1, "{}", procedure.name());
    }
}
