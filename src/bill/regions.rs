use crate::model::Region;

/// Billing codes of the regions: what stands before a usage type (`EUC1-BoxUsage:t3.micro`).
///
/// us-east-1 has two spellings and mostly none; its rows come from services younger than the custom.
/// Source: "AWS Region billing codes" in the Cost and Usage Report user guide.
const CODES: &[(&str, &str)] = &[
    ("USE1", "us-east-1"),
    ("USE2", "us-east-2"),
    ("USW1", "us-west-1"),
    ("USW2", "us-west-2"),
    ("CAN1", "ca-central-1"),
    ("CAN2", "ca-west-1"),
    ("MXC1", "mx-central-1"),
    ("SAE1", "sa-east-1"),
    ("EU", "eu-west-1"),
    ("EUW1", "eu-west-1"),
    ("EUW2", "eu-west-2"),
    ("EUW3", "eu-west-3"),
    ("EUC1", "eu-central-1"),
    ("EUC2", "eu-central-2"),
    ("EUN1", "eu-north-1"),
    ("EUS1", "eu-south-1"),
    ("EUS2", "eu-south-2"),
    ("ILC1", "il-central-1"),
    ("MES1", "me-south-1"),
    ("MEC1", "me-central-1"),
    ("AFS1", "af-south-1"),
    ("APE1", "ap-east-1"),
    ("APE2", "ap-east-2"),
    ("APN1", "ap-northeast-1"),
    ("APN2", "ap-northeast-2"),
    ("APN3", "ap-northeast-3"),
    ("APS1", "ap-southeast-1"),
    ("APS2", "ap-southeast-2"),
    ("APS3", "ap-south-1"),
    ("APS4", "ap-southeast-3"),
    ("APS5", "ap-south-2"),
    ("APS6", "ap-southeast-4"),
    ("APS7", "ap-southeast-5"),
    ("APS8", "ap-southeast-6"),
    ("APS9", "ap-southeast-7"),
    ("UGW1", "us-gov-west-1"),
    ("UGE1", "us-gov-east-1"),
    ("CNN1", "cn-north-1"),
    ("CNW1", "cn-northwest-1"),
    ("EUSCDE1", "eusc-de-east-1"),
];

/// Services that bill by geography: their `EU-` is a continent, not Ireland.
const GEOGRAPHIC: &[&str] = &["Amazon CloudFront", "AWS Global Accelerator", "AWS Shield"];

/// Services whose usage types without a code belong to no region, the beginnings of their names.
const UNREGIONAL: &[&str] = &[
    "Amazon Registrar",
    "Amazon Route 53",
    "AWS Billing",
    "AWS Budgets",
    "AWS Cost Explorer",
    "AWS Data Exports",
    "AWS Developer Support",
    "AWS Identity",
    "AWS Marketplace",
    "AWS Organizations",
    "AWS Premium Support",
    "AWS Support",
    "Refund",
    "Savings Plans",
    "Tax",
];

/// The region a line was billed in, read off its usage type.
///
/// A code counts only when it is in the table, as part of names look alike (`VPN-Usage-Hours`). The first of two
/// codes is the region that pays (`USE1-EUC1-AWS-Out-Bytes`). Without a code it is us-east-1, except for
/// services that live nowhere; a code too new for the table gives `global`, as us-east-1 would be wrong.
pub fn region_of(service: &str, usage_type: &str) -> Region {
    if GEOGRAPHIC.contains(&service) {
        return Region::global();
    }
    let before = usage_type.split_once('-').map_or("", |(before, _)| before);
    if let Some((_, region)) = CODES.iter().find(|(code, _)| *code == before) {
        return Region::new(*region);
    }
    // Some services write the whole region: `us-east-1-KMS-Keys`.
    if let Some((_, region)) = CODES.iter().find(|(_, region)| starts_with_region(usage_type, region)) {
        return Region::new(*region);
    }
    let lives_nowhere = UNREGIONAL.iter().any(|name| service.starts_with(name));
    if lives_nowhere || usage_type.is_empty() || before == "Global" || looks_like_code(before) {
        return Region::global();
    }
    Region::new("us-east-1")
}

fn starts_with_region(usage_type: &str, region: &str) -> bool {
    usage_type.strip_prefix(region).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Three to six capitals and a digit, the form every code but `EU` has.
fn looks_like_code(before: &str) -> bool {
    let letters = before.trim_end_matches(|c: char| c.is_ascii_digit());
    (3..=6).contains(&letters.len())
        && before.len() == letters.len() + 1
        && letters.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC2: &str = "EC2 - Other";

    #[test]
    fn a_known_code_names_the_region() {
        for (usage_type, region) in [
            ("EUC1-BoxUsage:t3.micro", "eu-central-1"),
            ("EU-EBS:VolumeUsage.gp3", "eu-west-1"),
            ("EUW1-Fargate-GB-Hours", "eu-west-1"),
            ("APS3-NatGateway-Hours", "ap-south-1"),
            ("USW2-LAX1-BoxUsage:t3.medium", "us-west-2"),
            ("USE1-EUC1-AWS-Out-Bytes", "us-east-1"),
            ("us-east-2-KMS-Keys", "us-east-2"),
            ("ap-southeast-1-KMS-Requests", "ap-southeast-1"),
        ] {
            assert_eq!(region_of(EC2, usage_type).as_str(), region, "{usage_type}");
        }
    }

    #[test]
    fn without_a_code_it_is_virginia() {
        for usage_type in
            ["BoxUsage:m5.xlarge", "NatGateway-Hours", "VPN-Usage-Hours:ipsec.1", "TS-LoadBalancerUsage", "CW:Requests"]
        {
            assert_eq!(region_of(EC2, usage_type).as_str(), "us-east-1", "{usage_type}");
        }
    }

    #[test]
    fn some_services_live_nowhere() {
        assert!(region_of("Amazon CloudFront", "EU-DataTransfer-Out-Bytes").is_global());
        assert!(region_of("Amazon Route 53", "HostedZone").is_global());
        assert_eq!(region_of("Amazon Route 53", "EUC1-ResolverNetworkInterface").as_str(), "eu-central-1");
        assert!(region_of("Tax", "").is_global());
        assert!(region_of("AWS Support (Business)", "Dollar").is_global());
    }

    #[test]
    fn a_code_too_new_for_the_table_is_not_taken_for_virginia() {
        assert!(region_of(EC2, "XYZ3-BoxUsage:t3.micro").is_global());
        assert_eq!(region_of(EC2, "XYZÉ-é").as_str(), "us-east-1");
    }
}
