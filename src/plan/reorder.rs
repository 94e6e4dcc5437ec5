//! Another order within the waves of a plan. What must end before what never changes by it.

use std::collections::BTreeMap;

use super::file::sealed;
use super::step::{Plan, Step};

impl Plan {
    /// The plan with a step one place up or down among the steps of its wave, with new numbers and a new hash. `None`
    /// when the plan has no such step, when it is the first or the last of its wave, or when the step beside it has to
    /// stay on its side.
    pub fn moved(&self, step: u32, up: bool) -> Option<Plan> {
        let from = self.steps.iter().position(|one| one.number == step)?;
        let to = if up { from.checked_sub(1)? } else { from + 1 };
        let (one, other) = (&self.steps[from], self.steps.get(to)?);
        let waits = one.after.contains(&other.number) || other.after.contains(&one.number);
        if one.wave != other.wave || waits {
            return None;
        }
        let mut steps = self.steps.clone();
        steps.swap(from, to);
        self.with(steps)
    }

    /// The plan with the steps of each wave in the order they have in another one; what that one does not have comes
    /// last in its wave. `None` when nothing changes.
    pub fn ordered_like(&self, other: &Plan) -> Option<Plan> {
        let key = |step: &Step| (step.resource.arn.clone(), step.work.clone());
        let places: BTreeMap<_, usize> = other.steps.iter().zip(0..).map(|(step, at)| (key(step), at)).collect();
        let mut steps = self.steps.clone();
        steps.sort_by_cached_key(|step| (step.wave, places.get(&key(step)).copied().unwrap_or(usize::MAX)));
        if steps == self.steps { None } else { self.with(steps) }
    }

    /// The same plan with these steps, numbered in this order.
    fn with(&self, steps: Vec<Step>) -> Option<Plan> {
        let steps = renumbered(steps);
        sealed(Plan { hash: String::new(), steps, ..self.clone() }).ok()
    }
}

/// Numbers steps from 1 in the order they stand in, and renames them where others wait for them.
pub(super) fn renumbered(steps: Vec<Step>) -> Vec<Step> {
    let new: BTreeMap<u32, u32> = (1..).zip(&steps).map(|(new, step)| (step.number, new)).collect();
    let renamed = |old: u32| new.get(&old).copied().unwrap_or_default();
    let named = steps.into_iter().map(|step| {
        let mut after: Vec<u32> = step.after.iter().map(|old| renamed(*old)).collect();
        after.sort_unstable();
        Step { number: renamed(step.number), after, ..step }
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Allowed, PlanAccount, Work};

    fn step(number: u32, wave: u32, id: &str, after: &[u32]) -> Step {
        let resource = serde_json::json!({
            "arn": format!("arn:aws:sqs:eu-west-1:111122223333:{id}"), "id": id, "kind": "sqs:queue",
            "account": "111122223333", "region": "eu-west-1", "facts": {}
        });
        let step = serde_json::json!({
            "number": number, "wave": wave, "work": { "does": "act" }, "verb": "delete", "resource": resource,
            "after": after, "actions": [], "commands": [], "minutes": 5
        });
        serde_json::from_value(step).expect("a step")
    }

    fn plan(steps: Vec<Step>) -> Plan {
        let bare = Plan {
            schema_version: 1,
            made_by: "test".to_owned(),
            hash: String::new(),
            account: PlanAccount { id: "111122223333".to_owned(), alias: None, partition: "aws".to_owned() },
            scanned_at: jiff::Timestamp::UNIX_EPOCH,
            scope: Vec::new(),
            allowed: Allowed::default(),
            steps,
            held: Vec::new(),
        };
        sealed(bare).expect("a plan is JSON")
    }

    fn three_and_one() -> Plan {
        plan(vec![step(1, 1, "a", &[]), step(2, 1, "b", &[]), step(3, 1, "c", &[]), step(4, 2, "d", &[1, 3])])
    }

    /// Number, name and what it waits for of each step.
    fn told(plan: &Plan) -> Vec<(u32, &str, &[u32])> {
        plan.steps.iter().map(|step| (step.number, step.resource.id.as_str(), step.after.as_slice())).collect()
    }

    #[test]
    fn a_step_changes_places_with_its_neighbour_and_those_behind_it_still_wait_for_it() {
        let before = three_and_one();
        let moved = before.moved(3, true).expect("there is a place above");
        assert_eq!(told(&moved), [(1, "a", &[][..]), (2, "c", &[]), (3, "b", &[]), (4, "d", &[1, 2])]);
        assert_ne!(moved.hash, before.hash, "what was tried was another plan");
        assert_eq!(Plan::read(&moved.text().expect("text")).expect("a sealed plan"), moved);
        assert_eq!(moved.moved(2, false), Some(before), "down again it is the plan it was");
    }

    #[test]
    fn a_step_never_leaves_its_wave() {
        let plan = three_and_one();
        for (step, up) in [(1, true), (3, false), (4, true), (4, false), (9, true)] {
            assert_eq!(plan.moved(step, up), None, "{step}");
        }
    }

    #[test]
    fn a_step_does_not_pass_one_it_waits_for() {
        let plan = plan(vec![step(1, 1, "a", &[]), step(2, 1, "b", &[1])]);
        assert_eq!((plan.moved(2, true), plan.moved(1, false)), (None, None));
    }

    #[test]
    fn a_plan_made_anew_takes_the_order_of_the_one_before_and_puts_what_is_new_last_in_its_wave() {
        let before = three_and_one().moved(3, true).expect("there is a place above");
        let made = plan(vec![step(1, 1, "0", &[]), step(2, 1, "b", &[]), step(3, 1, "c", &[]), step(4, 2, "d", &[3])]);
        let ordered = made.ordered_like(&before).expect("another order");
        assert_eq!(told(&ordered), [(1, "c", &[][..]), (2, "b", &[]), (3, "0", &[]), (4, "d", &[1])]);
        assert_eq!(ordered.ordered_like(&before), None);
        assert!(ordered.steps.iter().all(|step| step.work == Work::Act));
    }
}
