//! What is typed and what comes back: help, listings, settings, refusals. None of it asks AWS.

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use support::{Env, closeout};

/// Nothing listens there; a command that asks AWS would fail.
const NOWHERE: &str = "http://127.0.0.1:9";

fn env() -> Env {
    support::env(NOWHERE).with("COLUMNS", "100")
}

fn run(args: &[&str]) -> Output {
    closeout(args, &env())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Standard output of a command that has to succeed.
fn printed(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The one line a refused command says, and its exit status.
fn refused(args: &[&str], env: &Env) -> (String, Option<i32>) {
    let output = closeout(args, env);
    let said = text(&output.stderr);
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    (said.trim_end().to_owned(), output.status.code())
}

#[test]
fn short_help_fits_a_page() {
    insta::assert_snapshot!(printed(&["-h"]));
}

#[test]
fn long_help_explains_and_shows_examples() {
    insta::assert_snapshot!(printed(&["--help"]));
}

#[test]
fn help_of_scan_names_every_form() {
    insta::assert_snapshot!(printed(&["scan", "-h"]));
}

#[test]
fn help_of_bill_shows_examples() {
    insta::assert_snapshot!(printed(&["bill", "--help"]));
}

/// The recorded account, as a file.
fn recording() -> String {
    format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"))
}

/// Standard output of a command that is done and names gaps.
fn with_gaps(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(4), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_bill_is_the_same_in_every_form() {
    let table = with_gaps(&["bill", &recording()]);
    let json: serde_json::Value =
        serde_json::from_str(&with_gaps(&["bill", &recording(), "--format", "json"])).expect("JSON");
    let csv = with_gaps(&["bill", &recording(), "--format", "csv"]);
    let usage: closeout::model::Usd = json["bill"]["usage_usd"].as_str().expect("usage").parse().expect("dollars");
    assert!(table.contains(&usage.to_string()) && table.contains("usage, total of the rows above"), "{table}");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let heads = rows.headers().expect("heads").clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap_or_else(|| panic!("no {name}"));
    let (mut lines, mut sum, mut parts) = (0, closeout::model::Usd::ZERO, closeout::model::Usd::ZERO);
    for row in rows.records().map(|row| row.expect("a row")) {
        if !row[column("service")].is_empty() {
            let usd = |name: &str| row[column(name)].parse::<closeout::model::Usd>().expect("dollars");
            (lines, sum) = (lines + 1, sum + usd("usd"));
            parts = parts + usd("explained_usd") + usd("known_usd") + usd("unexplained_usd");
        }
    }
    assert_eq!((lines, sum, parts), (json["bill"]["lines"].as_array().expect("lines").len(), usage, usage));
    for by in ["region", "usage-type", "resource"] {
        let other = with_gaps(&["bill", &recording(), "--by", by]);
        assert!(other.contains(&format!("{usage}")), "{by}: {other}");
    }
}

#[test]
fn help_of_quotas_shows_examples() {
    insta::assert_snapshot!(printed(&["quotas", "-h"]));
}

#[test]
fn quotas_are_the_same_in_every_form() {
    let table = with_gaps(&["quotas", &recording()]);
    assert!(table.contains("EC2-VPC Elastic IPs") && table.contains("6 / 5"), "{table}");
    let json: serde_json::Value =
        serde_json::from_str(&with_gaps(&["quotas", &recording(), "--all", "--format", "json"])).expect("JSON");
    let all = json["quotas"].as_array().expect("quotas").len();
    let csv = with_gaps(&["quotas", &recording(), "--all", "--format", "csv"]);
    assert_eq!(csv::Reader::from_reader(csv.as_bytes()).records().count(), all);
    let metrics = with_gaps(&["quotas", &recording(), "--all", "--format", "openmetrics"]);
    let of = |family: &str| metrics.lines().filter(|line| line.starts_with(&format!("{family}{{"))).count();
    assert_eq!(of("closeout_quota_limit"), all);
    let known = json["quotas"].as_array().expect("quotas").iter().filter(|quota| quota.get("usage").is_some()).count();
    assert!(known < all, "some have no usage source");
    assert_eq!((of("closeout_quota_usage"), of("closeout_quota_used_ratio")), (known, known));
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    let near = with_gaps(&["quotas", &recording(), "--at-least", "100%", "--format", "csv"]);
    assert!(near.contains("L-0263D0A3") && near.lines().count() < 5, "{near}");
}

/// The recorded account as a report, and as many weekly ones before it, in which the quota that is chosen grows by a
/// thirtieth of today's use a week. Gives the code of that quota, its use today, and the reports, today's first.
fn weekly_reports(folder: &Path, weeks: i64) -> (String, f64, Vec<String>) {
    let mut report: serde_json::Value =
        serde_json::from_str(&with_gaps(&["open", &recording(), "--format", "json"])).expect("JSON");
    let quotas = report["quotas"].as_array().expect("quotas");
    // Of one that is counted no metric tells a trend.
    let grows = |quota: &&serde_json::Value| {
        quota["source"] == "scan" && quota["used_percent"].as_f64().is_some_and(|used| (30.0..80.0).contains(&used))
    };
    let place = quotas.iter().position(|quota| grows(&quota)).expect("one of which something is used");
    let (code, usage) = (quotas[place]["quota_code"].clone(), quotas[place]["usage"].as_f64().expect("a use"));
    let today: jiff::Timestamp = report["started_at"].as_str().expect("a time").parse().expect("a time");
    let files = (0..=weeks).map(|week| {
        report["started_at"] = (today - jiff::SignedDuration::from_hours(week * 7 * 24)).to_string().into();
        report["quotas"][place]["usage"] = (usage * (1.0 - week as f64 / 30.0)).into();
        let file = folder.join(format!("{week}.json"));
        fs::write(&file, report.to_string()).expect("a report");
        file.to_str().expect("a path in UTF-8").to_owned()
    });
    let files = files.collect();
    (code.as_str().expect("a code").to_owned(), usage, files)
}

#[test]
fn weekly_reports_show_where_a_quota_is_going() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, usage, files) = weekly_reports(folder.path(), 14);
    let quotas = |format: &str, files: &[String]| {
        let mut args = vec!["quotas", files[0].as_str(), "--format", format];
        files[1..].iter().for_each(|file| args.extend(["--earlier", file.as_str()]));
        with_gaps(&args)
    };
    let of_json = |text: &str| {
        let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let mut all = json["quotas"].as_array().expect("quotas").clone().into_iter();
        all.find(|quota| quota["quota_code"] == code.as_str() && quota["usage"] == usage).expect("the quota")
    };
    let json = quotas("json", &files);
    let quota = of_json(&json);
    assert_eq!((&quota["trend"]["source"], &quota["trend"]["days_with_data"]), (&"audits".into(), &15.into()));
    let per_week = quota["trend"]["per_week"].as_f64().expect("a pace");
    assert!((per_week - usage / 30.0).abs() < 1e-6 * usage, "{quota}");

    let csv = quotas("csv", &files);
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let heads = rows.headers().expect("heads").clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap_or_else(|| panic!("no {name}"));
    let is_it = |row: &csv::StringRecord| row[column("code")] == *code && row[column("usage")] == usage.to_string();
    let row = rows.records().map(|row| row.expect("a row")).find(is_it).expect("its row");
    assert_eq!((&row[column("trend_per_week")], &row[column("trend_source")]), (&*per_week.to_string(), "audits"));
    // 30 % or more is used and a thirtieth of that is added a week, so its day lies within two years.
    let days = quota["trend"]["to_exhaustion"]["likely"].as_f64().expect("a day ahead");
    let families = quotas("openmetrics", &files);
    let mut samples = families.lines().filter(|line| line.starts_with("closeout_quota_days_to_exhaustion{"));
    assert!(samples.any(|line| line.contains(&code) && line.ends_with(&format!(" {days}"))), "{families}");

    let few = of_json(&quotas("json", &files[..4]));
    assert_eq!(few["trend_missing"], "4 days of history, 14 are needed");
    assert!(few.get("trend").is_none());
}

#[test]
fn a_report_of_another_account_is_no_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, _, files) = weekly_reports(folder.path(), 1);
    let mut other: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&files[1]).expect("a report")).expect("JSON");
    other["account"]["id"] = "999988887777".into();
    fs::write(&files[1], other.to_string()).expect("a report");
    let (said, status) = refused(&["quotas", &files[0], "--earlier", &files[1]], &env());
    assert!(status == Some(2) && said.contains("1.json is of account 999988887777, not of"), "{said}");
}

#[test]
fn a_condition_that_holds_ends_with_three_and_says_why() {
    let over = run(&["quotas", &recording(), "--fail-on", "quota>=90%"]);
    assert_eq!(over.status.code(), Some(3));
    let said = text(&over.stderr);
    assert!(said.contains("--fail-on quota>=90%: EC2-VPC Elastic IPs in us-east-1 is used to 120 %"), "{said}");
    let under = run(&["quotas", &recording(), "--fail-on", "quota>=500%"]);
    assert_eq!(under.status.code(), Some(4), "gaps are said as before");
    let (said, status) = refused(&["quotas", &recording(), "--fail-on", "quota=5"], &env());
    assert!(status == Some(2) && said.contains("quota>=90%"), "{said}");
}

#[test]
fn a_plan_is_held_against_what_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = folder.path().join("plan.toml");
    let path = plan.to_str().expect("a path in UTF-8");
    let with = |text: &str| {
        fs::write(&plan, text).expect("a plan");
        run(&["quotas", &recording(), "--need", path])
    };
    let short = with("[[need]]\nkind = 'ec2:elastic-ip'\ncount = 2\nregion = 'us-east-1'\n");
    let said = text(&short.stdout);
    assert_eq!(short.status.code(), Some(3), "{said}");
    // Six of five are in use, and two more are planned.
    assert!(said.contains("L-0263D0A3") && said.contains("does not fit: 1 of 1") && said.contains("3"), "{said}");
    let fits = with("[[need]]\nkind = 'ec2:vpc'\ncount = 1\nregion = 'eu-west-1'\n");
    assert!(text(&fits.stdout).contains("The plan fits."), "{}", text(&fits.stdout));
    assert_eq!(fits.status.code(), Some(4), "gaps are said as before");
    let wrong = with("[[need]]\nkind = 'ec2:nonsense'\ncount = 1\n");
    assert!(wrong.status.code() == Some(2) && text(&wrong.stderr).contains("ec2:nonsense"), "{}", text(&wrong.stderr));
}

#[test]
fn sources_of_quotas_are_listed_without_aws() {
    let listed = printed(&["quotas", "--sources", "--service", "vpc"]);
    assert!(listed.contains("L-F678F1CE") && listed.contains("count of ec2:vpc") && !listed.contains("L-1216C47A"));
    let document: serde_json::Value =
        serde_json::from_str(&printed(&["quotas", "--sources", "--format", "json"])).expect("JSON");
    let quotas = document["quotas"].as_array().expect("quotas");
    let of = |code: &str| quotas.iter().find(|quota| quota["quota_code"] == code).expect("a quota with sources");
    let kinds: Vec<_> = of("L-CDE20ADC")["sources"].as_array().expect("sources").iter().map(|s| &s["source"]).collect();
    assert_eq!(kinds, ["metric", "scan", "call"]);
    assert!(quotas.len() >= 250 && document["total"]["services"].as_u64() >= Some(40), "{}", document["total"]);
    let said = format!("{} quotas of {} services", quotas.len(), document["total"]["services"]);
    assert!(printed(&["quotas", "--sources"]).contains(&said), "{said}");
    let (said, status) = refused(&["quotas", "--sources", "--format", "csv"], &env());
    assert!(status == Some(2) && said.contains("table or json"), "{said}");
}

#[test]
fn a_bill_in_a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bill.csv");
    let path = file.to_str().expect("a path in UTF-8");
    with_gaps(&["bill", &recording(), "--format", "csv", "--output", path]);
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(fs::read_to_string(&file).expect("the file").starts_with("\"service\""));
}

#[test]
fn a_report_without_inventory_is_not_held_against_a_bill_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("audit.json");
    fs::write(&report, with_gaps(&["open", &recording(), "--format", "json"])).expect("a report");
    let report = report.to_str().expect("a path in UTF-8");
    with_gaps(&["bill", report]);
    for more in [&["--view", "amortized"][..], &["--earlier", report]] {
        let (said, status) = refused(&[&["bill", report], more].concat(), &env());
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("--inventory"), "{said}");
    }
    let (said, status) = refused(&["bill", &recording(), "--earlier", report], &env());
    assert!(status == Some(2) && said.contains("--inventory"), "{said}");
}

#[test]
fn what_a_bill_does_not_have_is_said() {
    let missing = refused(&["bill", "/nowhere/audit.json"], &env());
    assert!(missing.1 == Some(1) && missing.0.contains("/nowhere/audit.json"), "{missing:?}");
    let word = refused(&["bill", "--period", "fortnight"], &env());
    assert!(word.1 == Some(2) && word.0.contains("month-to-date"), "{word:?}");
    let net = refused(&["bill", &recording(), "--view", "net-amortized"], &env());
    assert!(net.1 == Some(2) && net.0.contains("net amortized"), "{net:?}");
}

#[test]
fn unknown_flag_is_wrong_usage_and_names_the_nearest() {
    let (said, status) = refused(&["scan", "--formt", "json"], &env());
    assert_eq!(status, Some(2));
    assert!(said.contains("--format"), "{said}");
}

#[test]
fn kinds_lists_what_is_scanned() {
    let kinds = printed(&["kinds"]);
    for kind in ["ec2:instance", "rds:db", "s3:bucket", "logs:log-group", "autoscaling:autoScalingGroup"] {
        assert!(kinds.contains(kind), "{kind} is missing:\n{kinds}");
    }
}

#[test]
fn unknown_kind_is_wrong_usage_and_names_the_nearest() {
    let (said, status) = refused(&["scan", "--kind", "ec2:volumes"], &env());
    assert_eq!(status, Some(2));
    assert_eq!(
        said,
        "closeout: no scanner lists `ec2:volumes`; did you mean `ec2:volume`?; `closeout kinds` shows them all"
    );
}

#[test]
fn policy_grants_reading_and_nothing_else() {
    let policy: serde_json::Value = serde_json::from_str(&printed(&["policy"])).expect("JSON");
    let actions = policy["Statement"][0]["Action"].as_array().expect("actions");
    assert!(actions.len() > 40, "{} actions", actions.len());
    for action in actions {
        let action = action.as_str().expect("a text");
        let verb = action.split(':').nth(1).expect("service:Action");
        let reads = ["BatchGet", "Describe", "GET", "Get", "List", "Lookup", "Search", "View"]
            .iter()
            .any(|start| verb.starts_with(start));
        assert!(reads, "{action}");
    }
}

#[test]
fn policy_of_one_kind_is_shorter() {
    let whole = printed(&["policy"]);
    let one = printed(&["policy", "--kind", "ec2:volume"]);
    assert!(one.contains("ec2:DescribeVolumes") && !one.contains("rds:DescribeDBInstances"), "{one}");
    assert!(one.len() < whole.len());
}

#[test]
fn schema_describes_the_report() {
    let schema: serde_json::Value = serde_json::from_str(&printed(&["schema"])).expect("JSON");
    for field in ["schema_version", "account", "scope", "summary", "findings", "gaps", "coverage", "requests"] {
        assert!(schema["properties"][field].is_object(), "{field}");
    }
}

#[test]
fn rules_show_prints_thresholds_with_reasons() {
    let shown = printed(&["rules", "show", "unattached-volume"]);
    assert!(shown.starts_with("unattached-volume: EBS volume attached to nothing"), "{shown}");
    assert!(shown.contains("min_age_days = 14 days"), "{shown}");
}

#[test]
fn unknown_rule_names_the_nearest() {
    let (said, status) = refused(&["rules", "show", "unatached-volume"], &env());
    assert_eq!(status, Some(2));
    assert!(said.contains("did you mean `unattached-volume`?"), "{said}");
}

#[test]
fn rules_check_names_file_line_and_mistake() {
    let env = env();
    let folder = env.home().join("rules");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("odd-volume.toml"), "kind = \"ec2:volume\"\ntitel = \"x\"\n").expect("a file");
    let (said, status) = refused(&["rules", "check", folder.to_str().expect("UTF-8")], &env);
    assert_eq!(status, Some(1));
    assert!(said.contains("odd-volume.toml:2: unknown field `titel`"), "{said}");
    assert!(said.contains("did you mean `title`?"), "{said}");
}

#[test]
fn nothing_is_scanned_with_a_broken_rule_set() {
    let env = env();
    let folder = env.home().join("rules");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("odd-volume.toml"), "kind = 1\n").expect("a file");
    let (said, status) = refused(&["scan", "--rules", folder.to_str().expect("UTF-8")], &env);
    assert_eq!(status, Some(1));
    assert!(said.contains("the rules have mistakes, nothing was scanned"), "{said}");
    assert!(!said.contains("reached"), "AWS was asked: {said}");
}

#[test]
fn config_show_names_each_origin() {
    let env = env().with("CLOSEOUT_MAX_SPEND", "0.02");
    let folder = env.home().join("config/closeout");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), "theme = \"dark\"\nregion = [\"eu-west-1\"]\n").expect("a file");
    let shown = text(&closeout(&["config", "show", "--ascii"], &env).stdout);
    let line =
        |name: &str| shown.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("max_spend").contains("0.02") && line("max_spend").contains("environment"), "{shown}");
    assert!(line("theme").contains("dark") && line("theme").contains("config.toml"), "{shown}");
    assert!(line("ascii").contains("true") && line("ascii").contains("flag"), "{shown}");
    assert!(line("call_timeout").contains("20") && line("call_timeout").contains("default"), "{shown}");
}

#[test]
fn mistake_in_the_config_file_names_its_line_and_the_nearest_key() {
    let env = env();
    let folder = env.home().join("config/closeout");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), "theme = \"dark\"\nregin = [\"eu-west-1\"]\n").expect("a file");
    let (said, status) = refused(&["kinds"], &env);
    assert_eq!(status, Some(2));
    assert!(said.contains("config.toml:2: unknown field `regin`"), "{said}");
    assert!(said.contains("did you mean `region`?"), "{said}");
}

#[test]
fn config_file_that_was_named_has_to_exist() {
    let (said, status) = refused(&["kinds", "--config", "/nonexistent/closeout.toml"], &env());
    assert_eq!(status, Some(2));
    assert!(said.contains("/nonexistent/closeout.toml cannot be read"), "{said}");
}

#[test]
fn spending_cap_that_is_no_money_is_refused() {
    for bad in ["much", "-1", "1,5"] {
        let (said, status) = refused(&["scan", &format!("--max-spend={bad}")], &env());
        assert_eq!(status, Some(2), "{bad}");
        assert!(said.contains("--max-spend takes dollars such as 0.10"), "{said}");
    }
}

#[test]
fn endpoint_without_a_scheme_is_refused() {
    let (said, status) = refused(&["scan", "--endpoint-url", "localhost:5577"], &env());
    assert_eq!(status, Some(2));
    assert!(said.contains("has to begin with http:// or https://"), "{said}");
}

#[test]
fn completions_and_manual_come_from_the_same_declaration() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&["completions", shell]).contains("max-spend"), "{shell}");
    }
    let page = printed(&["man"]);
    assert!(page.contains(".TH closeout") && page.contains("max\\-spend"), "{page}");
}

#[test]
fn demo_into_a_pipe_prints_the_table_and_asks_nobody() {
    let table = printed(&["demo"]);
    assert!(table.contains("acme-sandbox"), "{table}");
    assert!(table.contains("EBS volume attached to nothing"), "{table}");
    assert!(table.contains("Could not be looked at"), "{table}");
    assert!(!table.contains('\u{1b}'), "a pipe gets no colour");
}

#[test]
fn demo_is_the_same_every_time() {
    assert_eq!(printed(&["demo"]), printed(&["demo"]));
}

#[test]
fn open_refuses_what_is_no_report() {
    let env = env();
    let path = env.home().join("x.json");
    let open = |content: &str| {
        fs::write(&path, content).expect("a file");
        refused(&["open", path.to_str().expect("UTF-8")], &env)
    };
    let (said, status) = open("not json");
    assert_eq!(status, Some(1));
    assert!(said.contains("not JSON"), "{said}");
    let (said, _) = open("{\"a\": 1}");
    assert!(said.contains("not a closeout report"), "{said}");
    let (said, _) = open("{\"schema_version\": 99}");
    assert!(said.contains("update closeout"), "{said}");
    let (said, status) = refused(&["open", "/nonexistent.json"], &env);
    assert_eq!(status, Some(1));
    assert!(said.contains("/nonexistent.json"), "{said}");
}

#[test]
fn unreachable_endpoint_is_one_sentence() {
    let (said, status) = refused(&["scan", "--call-timeout", "2"], &env());
    assert_eq!(status, Some(1));
    assert!(said.starts_with("closeout: AWS cannot be reached"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn missing_credentials_are_one_sentence() {
    let env = env().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let (said, status) = refused(&["scan"], &env);
    assert_eq!(status, Some(1));
    assert!(said.starts_with("closeout: no AWS credentials found"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn unknown_profile_is_wrong_usage() {
    let env = env().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let (said, status) = refused(&["scan", "--profile", "sandbx"], &env);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("profile `sandbx` is not in the AWS config"), "{said}");
}

#[test]
fn closed_pipe_ends_quietly() {
    use std::process::Stdio;
    let mut child =
        env().command().arg("schema").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("its end");
    assert!(text(&output.stderr).is_empty(), "{}", text(&output.stderr));
}

#[test]
fn changes_are_allowed_on_the_command_line_of_the_screen_and_nowhere_else() {
    for args in [&["--allow-apply", "scan"][..], &["--allow-apply", "kinds"], &["--allow-apply"]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains("--allow-apply"), "{args:?}: {}", text(&output.stderr));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "allow_apply = true\n").expect("a file");
    let output = run(&["config", "show", "--config", file.to_str().expect("a path in UTF-8")]);
    assert!(!output.status.success() && text(&output.stderr).contains("allow_apply"), "{}", text(&output.stderr));
    std::fs::write(&file, "protected_accounts = [\"prod-*\"]\n").expect("a file");
    let shown = printed(&["config", "show", "--config", file.to_str().expect("a path in UTF-8")]);
    assert!(shown.contains("prod-*"), "{shown}");
}
