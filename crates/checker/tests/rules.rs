//! Rules at their limits, within the limits of the guest: what costs too much ends as a finding, never as a trap.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use setpoint_checker::{Checker, Limits, Policy};
use setpoint_core::call::CheckCall;

fn policy(rules: &[String]) -> Policy {
    let schema = json!({
        "type": "object",
        "properties": {
            "n": { "type": "integer" },
            "l": { "type": "array", "items": { "type": "integer" } },
            "s": { "type": "string" }
        }
    });
    let rule = |(index, rule): (usize, &String)| json!({ "id": format!("r{index}"), "rule": rule, "expected": "so" });
    let rules: Vec<Value> = rules.iter().enumerate().map(rule).collect();
    let family = json!({
        "schemas": { "1": { "file": "v1.json", "text": schema.to_string() } },
        "rules": [{ "file": "rules.json", "text": json!({ "rules": rules }).to_string() }],
    });
    let bundle = json!({ "bundle": 1, "settings": { "a": family } }).to_string();
    Checker::embedded(Limits::default()).unwrap().policy(bundle.as_bytes()).unwrap()
}

fn codes(policy: &Policy, document: &Value) -> Vec<String> {
    let call = CheckCall { file: "a.json".to_owned(), ..CheckCall::default() };
    let answer = policy.check(&call, document.to_string().as_bytes()).unwrap();
    answer.findings.iter().map(|finding| finding.code.to_string()).collect()
}

#[test]
fn the_deepest_rules_that_are_accepted_fit_on_the_stack() {
    let chain = format!("{} > 0", vec!["self.n"; 195].join(" + "));
    let conditions = format!("{}true", "self.n == 0 ? false : ".repeat(55));
    let brackets = format!("{}self.n{} > 0", "(".repeat(50), ")".repeat(50));
    let loops = format!("{}true{}", "[1].all(x, ".repeat(18), ")".repeat(18));
    let not = format!("{}true", "!".repeat(40));
    let policy = policy(&[chain, conditions, brackets, loops, not]);
    assert_eq!(policy.load_answer().reports, Vec::new());
    assert_eq!(codes(&policy, &json!({ "n": 1 })), Vec::<String>::new());
}

#[test]
fn rules_that_cost_as_much_as_they_may_leave_fuel() {
    let policy = policy(&vec!["self.l.all(x, x >= 0)".to_owned(); 30]);
    // Each rule costs a little less than one may, all of them together more than a document may.
    let long: Vec<u32> = (0..330_000).collect();
    assert_eq!(codes(&policy, &json!({ "l": long })), ["rule-too-costly"]);
    let longer: Vec<u32> = (0..340_000).collect();
    assert!(codes(&policy, &json!({ "l": longer })).iter().all(|code| code == "rule-too-costly"));
}

#[test]
fn a_rule_about_a_long_text_is_paid_for_by_its_length() {
    let policy = policy(&["self.s.matches('(a|b|ab)*c')".to_owned(), "self.s.split('').size() > 0".to_owned()]);
    assert_eq!(codes(&policy, &json!({ "s": "ab".repeat(100_000) + "c" })), Vec::<String>::new());
    let found = codes(&policy, &json!({ "s": "ab".repeat(2_000_000) + "c" }));
    assert_eq!(found, ["rule-too-costly", "rule-too-costly"]);
}
