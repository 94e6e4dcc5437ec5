use std::collections::BTreeMap;

use serde::Deserialize;

use super::recipes::Pick;

/// A product of the Price List: one of the JSON texts in `PriceList` of `pricing:GetProducts`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    product: Described,
    #[serde(default)]
    terms: Terms,
    /// When AWS published the list, RFC 3339.
    #[serde(default)]
    publication_date: String,
}

#[derive(Debug, Deserialize)]
struct Described {
    #[serde(default)]
    sku: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    #[serde(default)]
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    begin_range: String,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

/// A price picked out of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picked {
    /// Dollars for one of the book's units.
    pub usd: f64,
    /// The same as decimal text.
    pub text: String,
    /// AWS's identity of the product.
    pub sku: String,
    /// Day the list was published. Empty when AWS did not say.
    pub date: String,
}

/// Reads the texts of an answer. `None` when one of them is no product: with a part unread, "the only match"
/// would be a guess.
pub(super) fn read(texts: &[String]) -> Option<Vec<Product>> {
    texts.iter().map(|text| serde_json::from_str(text).ok()).collect()
}

/// The one price meant. `None` when no product matches, or several do that cost differently.
pub(super) fn pick(products: &[Product], pick: &Pick) -> Option<Picked> {
    let mut matches = products.iter().filter(|product| product.is(&pick.usage)).map(|product| product.price(pick));
    let first = matches.next()??;
    let agrees = |other: Option<Picked>| other.is_some_and(|other| other.text == first.text);
    matches.all(agrees).then_some(first)
}

impl Product {
    /// Whether its usage type is the given one, alone or behind a region's billing code, and it is not sold on
    /// an Outpost or in a Local Zone.
    fn is(&self, usage: &str) -> bool {
        let attribute = |name: &str| self.product.attributes.get(name).map(String::as_str);
        let in_region = attribute("locationType").is_none_or(|place| place == "AWS Region");
        let named = attribute("usagetype").and_then(|full| full.strip_suffix(usage));
        in_region && named.is_some_and(|before| before.is_empty() || is_region_code(before))
    }

    /// Its on-demand price in the lowest tier that costs anything, in the book's unit. `None` when it has no
    /// price in dollars, another unit, or more than one on-demand term.
    fn price(&self, pick: &Pick) -> Option<Picked> {
        let mut terms = self.terms.on_demand.values();
        let (term, None) = (terms.next()?, terms.next()) else { return None };
        let mut tiers = Vec::new();
        for dimension in term.price_dimensions.values() {
            let begin: f64 = dimension.begin_range.parse().ok()?;
            let usd: f64 = dimension.price_per_unit.get("USD")?.parse().ok()?;
            if !dimension.unit.eq_ignore_ascii_case(pick.unit) || !usd.is_finite() || usd < 0.0 {
                return None;
            }
            tiers.push((begin, usd));
        }
        tiers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (_, usd) = tiers.into_iter().find(|(_, usd)| *usd > 0.0)?;
        let usd = usd / pick.per_unit;
        let date = self.publication_date.get(..10).unwrap_or_default().to_owned();
        Some(Picked { usd, text: decimal(usd), sku: self.product.sku.clone(), date })
    }
}

/// Whether the text before a usage type is a region's billing code and its dash: `EU-`, `USE1-`, `EUSCDE1-`.
/// `TS-` (trust stores) and `USW2-LAX1-` (Local Zones) are not.
fn is_region_code(before: &str) -> bool {
    let Some(code) = before.strip_suffix('-') else { return false };
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = code.len() - letters.len();
    code == "EU" || (digits == 1 && letters.len() >= 3 && letters.bytes().all(|b| b.is_ascii_uppercase()))
}

/// A price as text: ten decimals, which is what the Price List has, without closing zeros.
fn decimal(usd: f64) -> String {
    let text = format!("{usd:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb(usage: &str) -> Pick {
        Pick { usage: usage.to_owned(), unit: "GB-Mo", per_unit: 1.0 }
    }

    /// A product as the Price List writes it; tiers are `(beginRange, USD)`.
    fn product(sku: &str, usage: &str, place: &str, unit: &str, tiers: &[(&str, &str)]) -> String {
        let dimensions: serde_json::Map<_, _> = tiers
            .iter()
            .enumerate()
            .map(|(i, (begin, usd))| {
                let rate = serde_json::json!({
                    "unit": unit, "beginRange": begin, "endRange": "Inf", "description": "", "appliesTo": [],
                    "rateCode": format!("{sku}.JRTCKXETXF.{i}"), "pricePerUnit": { "USD": usd },
                });
                (format!("{sku}.JRTCKXETXF.{i}"), rate)
            })
            .collect();
        serde_json::json!({
            "serviceCode": "AmazonEC2", "version": "20261120000000", "publicationDate": "2026-11-20T10:11:12Z",
            "product": { "sku": sku, "productFamily": "Storage", "attributes": {
                "usagetype": usage, "locationType": place, "regionCode": "eu-central-1", "operation": "" } },
            "terms": { "OnDemand": { format!("{sku}.JRTCKXETXF"): {
                "sku": sku, "offerTermCode": "JRTCKXETXF", "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {}, "priceDimensions": dimensions } } },
        })
        .to_string()
    }

    fn picked(texts: &[String], wanted: &Pick) -> Option<Picked> {
        pick(&read(texts)?, wanted)
    }

    #[test]
    fn the_usage_type_decides_among_siblings() {
        let texts = [
            product("AAA", "EUC1-EBS:SnapshotArchiveStorage", "AWS Region", "GB-Mo", &[("0", "0.0135000000")]),
            product("BBB", "EUC1-EBS:SnapshotUsage", "AWS Region", "GB-Mo", &[("0", "0.0540000000")]),
            product("CCC", "EUC1-EBS:SnapshotUsage", "AWS Outposts", "GB-Mo", &[("0", "0.1000000000")]),
            product("DDD", "EUC1-HAM1-EBS:SnapshotUsage", "AWS Region", "GB-Mo", &[("0", "0.1000000000")]),
        ];
        let price = picked(&texts, &gb("EBS:SnapshotUsage")).expect("one product is left");
        assert_eq!((price.text.as_str(), price.sku.as_str(), price.date.as_str()), ("0.054", "BBB", "2026-11-20"));
    }

    #[test]
    fn two_prices_for_one_key_are_no_answer_but_two_equal_ones_are() {
        let one = product("AAA", "EU-RDS:GP3-Storage", "AWS Region", "GB-Mo", &[("0", "0.1270000000")]);
        let same = product("BBB", "EU-RDS:GP3-Storage", "AWS Region", "GB-Mo", &[("0", "0.127")]);
        let other = product("CCC", "EU-RDS:GP3-Storage", "AWS Region", "GB-Mo", &[("0", "0.254")]);
        let wanted = gb("RDS:GP3-Storage");
        assert_eq!(picked(&[one.clone(), same.clone()], &wanted).map(|p| p.text), Some("0.127".to_owned()));
        assert_eq!(picked(&[one, same, other], &wanted), None);
        assert_eq!(picked(&[], &wanted), None);
    }

    #[test]
    fn the_first_tier_that_costs_anything_is_the_price() {
        let tiers = [("512000", "0.021"), ("0", "0.023"), ("51200", "0.022")];
        let s3 = product("AAA", "TimedStorage-ByteHrs", "AWS Region", "GB-Mo", &tiers);
        assert_eq!(picked(&[s3], &gb("TimedStorage-ByteHrs")).map(|p| p.text), Some("0.023".to_owned()));
        let logs = product("BBB", "USE1-TimedStorage-ByteHrs", "AWS Region", "GB-Mo", &[("0", "0.0"), ("5", "0.03")]);
        assert_eq!(picked(&[logs], &gb("TimedStorage-ByteHrs")).map(|p| p.text), Some("0.03".to_owned()));
    }

    #[test]
    fn another_unit_is_another_product_and_gibps_become_mibps() {
        let speed = product("AAA", "EBS:VolumeP-Throughput.gp3", "AWS Region", "GiBps-mo", &[("0", "40.96")]);
        let usage = "EBS:VolumeP-Throughput.gp3".to_owned();
        let wanted = Pick { usage, unit: "GiBps-mo", per_unit: 1024.0 };
        assert_eq!(picked(std::slice::from_ref(&speed), &wanted).map(|p| p.text), Some("0.04".to_owned()));
        assert_eq!(picked(&[speed], &Pick { unit: "MiBps-mo", per_unit: 1.0, ..wanted }), None);
    }

    #[test]
    fn an_unreadable_product_makes_the_answer_unknown() {
        let one = product("AAA", "EBS:VolumeUsage.gp3", "AWS Region", "GB-Mo", &[("0", "0.08")]);
        assert_eq!(picked(&[one, "{".to_owned()], &gb("EBS:VolumeUsage.gp3")), None);
    }
}
