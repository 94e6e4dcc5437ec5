//! Which rows a list shows, and in which order. Worked out only when something changed: drawing reads the answer.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::facets;
use super::filter::{Filter, Row};
use super::model::{Model, ScreenId};
use super::pane::Pane;
use super::view::{bill, checklist, cleanup, coverage, findings, overview, quotas};
use crate::model::Finding;

/// What is kept beside the findings so that a hundred thousand of them can be searched between two keys.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The findings' ids as numbers, in the order of the findings.
    keys: Vec<u64>,
    /// Numbers for their resources, equal for equal resources.
    resources: Vec<u64>,
    /// Everything a bare word may match, in lower case. Empty until a filter asks for it.
    haystacks: Vec<String>,
}

impl Index {
    /// An index of these findings.
    pub fn of(findings: &[Finding]) -> Index {
        Index {
            keys: findings.iter().map(|finding| key(&finding.id)).collect(),
            resources: findings.iter().map(|finding| number(&finding.resource.arn)).collect(),
            haystacks: Vec::new(),
        }
    }

    /// The key of a finding by its place.
    pub fn key(&self, index: usize) -> Option<u64> {
        self.keys.get(index).copied()
    }

    /// Numbers for the resources of the findings, in their order.
    pub fn resources(&self) -> &[u64] {
        &self.resources
    }

    /// All keys.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// Makes what bare words are looked for in. Slow with very many findings, so it is done before it is needed.
    pub fn fill(&mut self, findings: &[Finding]) {
        if self.haystacks.len() != findings.len() {
            self.haystacks = findings.iter().map(facets::haystack).collect();
        }
    }
}

/// A finding's id as a number: it is sixteen hexadecimal digits, and anything else is hashed.
pub fn key(id: &str) -> u64 {
    u64::from_str_radix(id, 16).unwrap_or_else(|_| number(&id))
}

/// A number for anything, the same within a run.
pub fn number(thing: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

/// Works out the list of the screen shown and puts the cursor where it belongs.
pub fn refresh(model: &mut Model) {
    let view = &model.views[model.screen as usize];
    let audit = &model.audit;
    let rows = match model.screen {
        ScreenId::Overview => overview::rows(audit, &view.pane, &view.filter),
        ScreenId::Findings => return refresh_findings(model),
        ScreenId::Quotas => quotas::rows(audit, &view.pane, &view.filter),
        ScreenId::Bill => bill::rows(audit, &view.pane, &view.filter),
        ScreenId::Checklist => checklist::rows(audit, &view.pane, &view.filter),
        ScreenId::Cleanup => cleanup::rows(&model.cleanup),
        ScreenId::Journal => (0..model.journals.runs.len()).collect(),
        ScreenId::Coverage => coverage::rows(audit, &view.pane, &view.filter),
    };
    let view = model.view_mut();
    view.pane.cursor = view.pane.cursor.min(rows.len().saturating_sub(1));
    view.rows = rows;
}

fn refresh_findings(model: &mut Model) {
    let view = &model.views[ScreenId::Findings as usize];
    let all = &model.audit.findings;
    let mut rows = order(all, view.pane.sort, view.pane.reverse);
    if !view.filter.is_empty() {
        model.index.fill(all);
    }
    let view = &model.views[ScreenId::Findings as usize];
    if let Some(admitted) = &model.admitted {
        rows.retain(|row| model.index.key(*row).is_some_and(|key| admitted.contains(&key)));
        model.held = all.len() - rows.len();
    } else {
        model.held = 0;
    }
    if model.marked_only {
        rows.retain(|row| model.marks.has(&all[*row].resource.arn));
    }
    if !view.filter.is_empty() {
        rows.retain(|row| {
            let haystack = model.index.haystacks.get(*row).map_or("", String::as_str);
            view.filter.passes(&FindingRow { finding: &all[*row], haystack })
        });
    }
    model.listed = rows.iter().map(|row| all[*row].waste()).sum();
    let follow = model.at.and_then(|at| rows.iter().position(|row| model.index.key(*row) == Some(at)));
    let page = super::view::page(model);
    let pane = &mut model.views[ScreenId::Findings as usize].pane;
    let above = pane.cursor.saturating_sub(pane.top);
    pane.cursor = follow.unwrap_or(pane.cursor).min(rows.len().saturating_sub(1));
    // The row keeps its place on the screen, so that the list moves around it and not it around the list.
    pane.top = pane.cursor.saturating_sub(above);
    pane.keep_visible(page);
    model.views[ScreenId::Findings as usize].rows = rows;
}

/// Indexes of the findings in the order of a column. Equal ones stay in the order of the score.
fn order(findings: &[Finding], sort: usize, reverse: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    match findings::COLUMNS.get(sort).copied().unwrap_or_default() {
        "cost" => order.sort_by_cached_key(|i| std::cmp::Reverse(findings[*i].monthly_usd)),
        "age" => order.sort_by_cached_key(|i| std::cmp::Reverse(findings[*i].dormant_days)),
        "finding" => by_text(&mut order, |i| &findings[i].title),
        "resource" => by_text(&mut order, |i| findings[i].resource.label()),
        "region" => by_text(&mut order, |i| findings[i].resource.region.as_str()),
        "owner" => {
            let owners: Vec<_> = findings.iter().map(facets::owner).collect();
            by_text(&mut order, |i| &owners[i]);
        }
        _ => {}
    }
    if reverse {
        order.reverse();
    }
    order
}

/// Sorts by text; empty texts come last. Each different text is compared only once with the others: most
/// columns hold few.
fn by_text<'a>(order: &mut [usize], text: impl Fn(usize) -> &'a str) {
    let mut ranks: HashMap<&str, usize> = HashMap::new();
    for i in order.iter() {
        ranks.entry(text(*i)).or_default();
    }
    let mut texts: Vec<&str> = ranks.keys().copied().collect();
    texts.sort_unstable_by_key(|text| (text.is_empty(), *text));
    for (rank, text) in texts.into_iter().enumerate() {
        ranks.insert(text, rank);
    }
    order.sort_by_cached_key(|i| ranks.get(text(*i)).copied());
}

struct FindingRow<'a> {
    finding: &'a Finding,
    haystack: &'a str,
}

impl Row for FindingRow<'_> {
    fn contains(&self, column: &str, needle: &str) -> bool {
        if column.is_empty() {
            return self.haystack.contains(needle);
        }
        facets::contains(self.finding, column, needle)
    }

    fn number(&self, column: &str) -> Option<f64> {
        facets::number(self.finding, column)
    }
}

/// Columns a filter may name on the screen shown.
pub fn filter_columns(model: &Model) -> Vec<&'static str> {
    let of = |columns: &[&'static str], texts: Vec<(&'static str, String)>| {
        let mut names: Vec<&'static str> = columns.to_vec();
        names.extend(texts.into_iter().map(|(name, _)| name));
        names
    };
    let audit = &model.audit;
    match model.screen {
        ScreenId::Overview | ScreenId::Cleanup | ScreenId::Journal => Vec::new(),
        ScreenId::Findings => facets::FILTERS.to_vec(),
        ScreenId::Quotas => of(quotas::COLUMNS, quotas::row_text(audit, 0)),
        ScreenId::Bill => [bill::COLUMNS, &["service", "region", "cost"]].concat(),
        ScreenId::Checklist => checklist::FILTERS.to_vec(),
        ScreenId::Coverage => of(coverage::COLUMNS, coverage::row_text(audit, 0)),
    }
}

/// Whether the filter of the screen shown may be used there.
pub fn check(model: &Model, filter: &Filter) -> Result<(), super::filter::FilterError> {
    filter.check(&filter_columns(model))
}

/// How many rows `f` looks at: the key has to answer at once.
pub const LOOKED_AT: usize = 10_000;

/// Values of the columns of the rows shown, with how many rows have each: what `f` offers. Only the first
/// [`LOOKED_AT`] rows are counted.
pub fn values(model: &Model) -> Vec<(&'static str, String, usize)> {
    let audit = &model.audit;
    let view = model.view();
    // Regions inside a fold are values too.
    let unfolded = (model.screen == ScreenId::Quotas)
        .then(|| quotas::rows(audit, &Pane { unfolded: true, ..view.pane.clone() }, &view.filter));
    let rows = unfolded.as_ref().unwrap_or(&view.rows);
    let rows = &rows[..rows.len().min(LOOKED_AT)];
    let mut counts: HashMap<(&'static str, String), usize> = HashMap::new();
    for row in rows {
        let texts = match model.screen {
            ScreenId::Overview | ScreenId::Cleanup | ScreenId::Journal => Vec::new(),
            ScreenId::Findings => audit.findings.get(*row).map(shared).unwrap_or_default(),
            ScreenId::Quotas => quotas::row_text(audit, *row),
            ScreenId::Bill => bill::row_text(audit, &model.view().pane, *row),
            ScreenId::Checklist => checklist::facets(audit, *row),
            ScreenId::Coverage => coverage::row_text(audit, *row),
        };
        for value in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            *counts.entry(value).or_default() += 1;
        }
    }
    // A value that one row alone has is better typed than picked, unless the list is short.
    let least = if rows.len() > 30 { 2 } else { 1 };
    let mut values: Vec<_> = counts.into_iter().map(|((column, text), count)| (column, text, count)).collect();
    values.retain(|(_, _, count)| *count >= least);
    values.sort_by(|a, b| (a.0, std::cmp::Reverse(a.2), &a.1).cmp(&(b.0, std::cmp::Reverse(b.2), &b.1)));
    values
}

fn shared(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut texts = Vec::new();
    facets::visit_shared(finding, &mut |column, text| texts.push((column, text.to_owned())));
    texts
}
