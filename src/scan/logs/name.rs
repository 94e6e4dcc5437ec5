//! What a log group's name tells. The prefixes are those AWS documents for its services.

/// Names that a service other than `/aws/SERVICE/` gives its groups: prefix and service.
const MAKERS: &[(&str, &str)] = &[
    ("/aws-glue/", "glue"),
    ("API-Gateway-Execution-Logs_", "apigateway"),
    ("RDSOSMetrics", "rds"),
    ("aws-controltower/", "controltower"),
    ("aws-waf-logs-", "waf"),
    ("sns/", "sns"),
];

/// Service that makes log groups of a name for what it logs.
pub fn made_by(name: &str) -> Option<&str> {
    if let Some(rest) = name.strip_prefix("/aws/") {
        // Vended logs carry the service one step further down: `/aws/vendedlogs/states/…`.
        let rest = rest.strip_prefix("vendedlogs/").unwrap_or(rest);
        return rest.split('/').next().filter(|service| !service.is_empty());
    }
    MAKERS.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, service)| *service)
}

/// What a group logs, as kind and name, where its own name tells.
pub fn source(name: &str) -> Option<(&'static str, &str)> {
    let mut parts = name.strip_prefix("/aws/")?.split('/');
    let (kind, id) = match (parts.next()?, parts.next()?) {
        ("rds", "instance") => ("rds:db", parts.next()?),
        ("rds", "cluster") => ("rds:cluster", parts.next()?),
        ("lambda", function) if parts.next().is_none() => ("lambda:function", function),
        _ => return None,
    };
    (!id.is_empty()).then_some((kind, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maker_is_read_off_the_name() {
        assert_eq!(made_by("/aws/lambda/resize"), Some("lambda"));
        assert_eq!(made_by("/aws/vendedlogs/states/orders"), Some("states"));
        assert_eq!(made_by("API-Gateway-Execution-Logs_a1b2/prod"), Some("apigateway"));
        assert_eq!(made_by("/course/spark"), None);
        assert_eq!(made_by("/aws/"), None);
    }

    #[test]
    fn database_and_function_are_read_off_the_name() {
        assert_eq!(source("/aws/rds/instance/prod-pg/postgresql"), Some(("rds:db", "prod-pg")));
        assert_eq!(source("/aws/rds/cluster/shop/audit"), Some(("rds:cluster", "shop")));
        assert_eq!(source("/aws/lambda/resize"), Some(("lambda:function", "resize")));
        assert_eq!(source("/aws/lambda/us-east-1.edge/extra"), None);
        assert_eq!(source("/aws/rds/proxy/front"), None);
        assert_eq!(source("/aws/rds/instance/"), None);
    }
}
