//! Addresses of resources in the AWS web console.

use crate::model::Resource;

/// The page of a resource in the web console. `None` for kinds whose page is not known here.
///
/// AWS documents no such addresses; these are the ones its own console links to.
pub fn url(resource: &Resource) -> Option<String> {
    let service = resource.kind.service();
    let thing: String = resource.kind.thing().chars().filter(char::is_ascii_alphanumeric).collect();
    let place = Place::of(resource);
    let id = encode(&resource.id);
    let arn = encode(resource.arn.as_str());
    let ec2 = |page: String| place.regional("ec2", &page);
    let vpc = |page: String| place.regional("vpcconsole", &page);
    match (service, thing.to_ascii_lowercase().as_str()) {
        ("ec2", "instance") => ec2(format!("InstanceDetails:instanceId={id}")),
        ("ec2", "volume") => ec2(format!("VolumeDetails:volumeId={id}")),
        ("ec2", "snapshot") => ec2(format!("SnapshotDetails:snapshotId={id}")),
        ("ec2", "image") => ec2(format!("ImageDetails:imageId={id}")),
        ("ec2", "elasticip" | "address") => ec2(format!("ElasticIpDetails:AllocationId={id}")),
        ("ec2", "networkinterface") => ec2(format!("NetworkInterface:networkInterfaceId={id}")),
        ("ec2", "securitygroup") => ec2(format!("SecurityGroup:groupId={id}")),
        ("ec2", "keypair") => ec2(format!("KeyPairs:search={id}")),
        ("ec2", "launchtemplate") => ec2(format!("LaunchTemplateDetails:launchTemplateId={id}")),
        ("ec2", "natgateway") => vpc(format!("NatGatewayDetails:natGatewayId={id}")),
        ("ec2", "vpc") => vpc(format!("VpcDetails:VpcId={id}")),
        ("ec2", "subnet") => vpc(format!("SubnetDetails:subnetId={id}")),
        ("ec2", "internetgateway") => vpc(format!("InternetGateway:internetGatewayId={id}")),
        ("ec2", "routetable") => vpc(format!("RouteTableDetails:RouteTableId={id}")),
        ("ec2", "vpcendpoint") => vpc(format!("EndpointDetails:vpcEndpointId={id}")),
        ("elasticloadbalancing", "targetgroup") => ec2(format!("TargetGroup:targetGroupArn={arn}")),
        ("elasticloadbalancing", _) if has_load_balancer_arn(resource) => {
            ec2(format!("LoadBalancer:loadBalancerArn={arn}"))
        }
        // A Classic Load Balancer is known by its name alone.
        ("elasticloadbalancing", _) => ec2(format!("LoadBalancers:search={}", encode(resource.label()))),
        ("autoscaling", "autoscalinggroup" | "group") => {
            ec2(format!("AutoScalingGroupDetails:id={}", encode(resource.label())))
        }
        ("rds", "db" | "dbinstance" | "instance") => {
            place.regional("rds", &format!("database:id={id};is-cluster=false"))
        }
        ("rds", "cluster" | "dbcluster") => place.regional("rds", &format!("database:id={id};is-cluster=true")),
        ("rds", "snapshot" | "clustersnapshot" | "dbsnapshot") => {
            place.regional("rds", &format!("db-snapshot:id={id}"))
        }
        ("logs", _) => {
            let group = encode(&encode(resource.label())).replace('%', "$");
            place.regional("cloudwatch", &format!("logsV2:log-groups/log-group/{group}"))
        }
        ("service-quotas", _) => {
            let (service, code) = resource.arn.as_str().splitn(6, ':').nth(5)?.split_once('/')?;
            quota_url(place.partition, place.region, service, code)
        }
        ("s3", _) => Some(format!("{}/s3/buckets/{id}?region={}", place.root()?, place.region)),
        _ => None,
    }
}

/// The page of a service quota.
pub fn quota_url(partition: &str, region: &str, service_code: &str, quota_code: &str) -> Option<String> {
    let place = Place { partition, region };
    let page = format!("{}/quotas/{}", encode(service_code), encode(quota_code));
    Some(format!("{}/servicequotas/home/services/{page}", place.root()?))
}

fn has_load_balancer_arn(resource: &Resource) -> bool {
    let arn = resource.arn.as_str();
    ["/app/", "/net/", "/gwy/"].iter().any(|family| arn.contains(family))
}

struct Place<'a> {
    partition: &'a str,
    region: &'a str,
}

impl Place<'_> {
    fn of(resource: &Resource) -> Place<'_> {
        let partition = resource.arn.as_str().split(':').nth(1).unwrap_or("aws");
        let region = if resource.region.is_global() { "us-east-1" } else { resource.region.as_str() };
        Place { partition, region }
    }

    /// `None` in a partition whose console is not known here, or for a region that cannot be part of a host name.
    fn root(&self) -> Option<String> {
        let host = match self.partition {
            "aws" => "console.aws.amazon.com",
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => return None,
        };
        let region = if self.region == "global" { "us-east-1" } else { self.region };
        let sound = !region.is_empty() && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        sound.then(|| format!("https://{region}.{host}"))
    }

    fn regional(&self, service: &str, page: &str) -> Option<String> {
        Some(format!("{}/{service}/home?region={}#{page}", self.root()?, self.region))
    }
}

/// Percent-encodes all but unreserved characters, so that a name can neither leave its place in an address
/// nor act in a shell that opens it.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing;

    fn page(kind: &'static str, arn: &str, id: &str) -> String {
        let mut resource = testing::resource(kind, id);
        resource.arn = crate::model::ResourceId::new(arn);
        url(&resource).unwrap_or_default()
    }

    #[test]
    fn each_partition_has_its_own_console() {
        let host = |partition: &str| {
            let url = page("ec2:volume", &format!("arn:{partition}:ec2:us-east-1:111122223333:volume/vol-1"), "vol-1");
            url.split('/').nth(2).unwrap_or_default().to_owned()
        };
        assert_eq!(host("aws"), "us-east-1.console.aws.amazon.com");
        assert_eq!(host("aws-cn"), "us-east-1.console.amazonaws.cn");
        assert_eq!(host("aws-us-gov"), "us-east-1.console.amazonaws-us-gov.com");
        assert_eq!(host("aws-iso"), "");
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let url = page("logs:log-group", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/api", "/ecs/api");
        assert!(url.ends_with("#logsV2:log-groups/log-group/$252Fecs$252Fapi"), "{url}");
        let url = page("s3:bucket", "arn:aws:s3:::b", "x?y=$(id)");
        assert!(url.contains("/s3/buckets/x%3Fy%3D%24%28id%29?region="), "{url}");
    }

    #[test]
    fn kinds_are_known_however_their_words_are_joined() {
        for kind in ["ec2:natgateway", "ec2:nat-gateway"] {
            let url = page(kind, "arn:aws:ec2:us-east-1:111122223333:natgateway/nat-1", "nat-1");
            assert!(url.ends_with("vpcconsole/home?region=us-east-1#NatGatewayDetails:natGatewayId=nat-1"), "{url}");
        }
        let arn = "arn:aws:servicequotas:us-east-1:111122223333:vpc/L-F678F1CE";
        let url = page("service-quotas:quota", arn, "L-F678F1CE");
        assert!(url.ends_with("amazon.com/servicequotas/home/services/vpc/quotas/L-F678F1CE"), "{url}");
        assert_eq!(page("glue:job", "arn:aws:glue:us-east-1:111122223333:job/j", "j"), "");
    }
}
