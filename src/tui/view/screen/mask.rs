//! Privacy: what could tell whose account this is, replaced by stars.

/// Account ids, ARNs and network addresses replaced by stars; nothing else changes.
pub fn mask(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '-' | '_' | '*' | '+' | '@' | '=');
    for c in text.chars() {
        if part(c) {
            word.push(c);
        } else {
            out.push_str(&mask_word(&word));
            word.clear();
            out.push(c);
        }
    }
    out + &mask_word(&word)
}

fn mask_word(word: &str) -> String {
    if word.starts_with("arn:") {
        let parts: Vec<&str> = word.splitn(6, ':').collect();
        return match parts.as_slice() {
            [arn, partition, service, region, ..] => format!("{arn}:{partition}:{service}:{region}:***:***"),
            _ => "arn:***".to_owned(),
        };
    }
    if is_ipv6(word) {
        return "*:*".to_owned();
    }
    let mut out = String::new();
    let mut run = String::new();
    for c in word.chars() {
        if c.is_ascii_digit() || c == '.' {
            run.push(c);
        } else {
            out.push_str(&mask_run(&run));
            run.clear();
            out.push(c);
        }
    }
    out + &mask_run(&run)
}

/// A run of digits and dots: an account id, an IPv4 address, or something harmless.
fn mask_run(run: &str) -> String {
    let is_byte = |part: &str| !part.is_empty() && part.parse::<u8>().is_ok();
    let address = run.trim_end_matches('.');
    let parts: Vec<&str> = address.split('.').collect();
    if parts.len() == 4 && parts.iter().all(|part| is_byte(part)) {
        return format!("*.*.*.*{}", &run[address.len()..]);
    }
    let is_account = |part: &str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit());
    run.split('.').map(|part| if is_account(part) { "************" } else { part }).collect::<Vec<_>>().join(".")
}

fn is_ipv6(word: &str) -> bool {
    let address = word.split('/').next().unwrap_or_default();
    address.matches(':').count() >= 2 && address.parse::<std::net::Ipv6Addr>().is_ok()
}
