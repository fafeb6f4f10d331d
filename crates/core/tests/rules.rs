//! Rules in rule files and schemas: what is found when they are loaded, and what they say about documents and changes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use setpoint_core::call::{CheckCall, GateDocument};
use setpoint_core::finding::{Finding, Severity};
use setpoint_core::policy::Policy;
use setpoint_core::source::Format;

/// A policy with one schema and one rule file.
fn policy(schema: &Value, rules: &str) -> Policy {
    policy_of(schema, &[("rules/http.yaml", rules)])
}

fn policy_of(schema: &Value, rules: &[(&str, &str)]) -> Policy {
    let rules: Vec<Value> = rules.iter().map(|(file, text)| json!({ "file": file, "text": text })).collect();
    let schemas =
        json!({ "1": { "file": "schemas/http/v1.json", "text": serde_json::to_string_pretty(schema).unwrap() } });
    let bundle = json!({ "bundle": 1, "settings": { "http": { "schemas": schemas, "rules": rules } } });
    Policy::load(bundle.to_string().as_bytes()).unwrap()
}

/// What loading found, one finding a line.
fn loaded(policy: &Policy) -> Vec<String> {
    let reports = policy.load_answer().reports.iter();
    reports.flat_map(|report| report.findings.iter().map(move |finding| line(&report.file, finding))).collect()
}

fn line(file: &str, finding: &Finding) -> String {
    let at = finding.span.map(|span| format!(":{}:{}-{}", span.line, span.column, span.end_column)).unwrap_or_default();
    format!("{} {file}{at} {} | {}", finding.code, finding.message, finding.expected.text)
}

fn check(policy: &Policy, document: &Value) -> Vec<Finding> {
    let call = CheckCall { file: "eu.json".to_owned(), ..CheckCall::default() };
    let text = document.to_string();
    let answer = policy.check(&call, text.as_bytes());
    // The fast way and the thorough one agree.
    assert_eq!(policy.passes(&call, text.as_bytes()).is_some(), answer.findings.is_empty(), "{text}");
    answer.findings
}

fn change(policy: &Policy, before: &Value, document: &Value) -> Vec<Finding> {
    let call = CheckCall { file: "eu.json".to_owned(), before: Some(former(before)), ..CheckCall::default() };
    policy.check(&call, document.to_string().as_bytes()).findings
}

fn former(before: &Value) -> GateDocument {
    GateDocument { file: "old.json".to_owned(), text: before.to_string(), format: Some(Format::Json), version: None }
}

fn lines(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{} {} {}", finding.code, finding.instance.as_str(), finding.message))
        .collect()
}

fn http() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["timeout_ms"],
        "properties": {
            "timeout_ms": { "type": "integer" },
            "gateway_timeout_ms": { "type": "integer" },
            "plan": { "enum": ["free", "pro"] },
            "ratio": { "type": "number" },
            "name": { "type": "string", "maxLength": 20 },
            "hosts": { "type": "array", "maxItems": 10, "items": { "type": "string", "maxLength": 100 } },
            "open": { "type": "array", "items": { "type": "object", "properties": { "port": { "type": "integer" } } } },
            "labels": { "type": "object", "maxProperties": 5, "additionalProperties": { "type": "string", "maxLength": 10 } },
            "routes": {
                "type": "array",
                "maxItems": 10,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "properties": { "name": { "type": "string", "maxLength": 10 }, "port": { "type": "integer" } }
                }
            }
        }
    })
}

const TIMEOUT: &str = "
rules:
  - id: timeout-below-gateway
    rule: self.timeout_ms < self.gateway_timeout_ms
    when: has(self.gateway_timeout_ms)
    messageExpression: \"'timeout_ms is ' + string(self.timeout_ms) + ', gateway gives up after ' + string(self.gateway_timeout_ms)\"
    expected: timeout_ms below gateway_timeout_ms
    fieldPath: .timeout_ms
    owner: team-edge
    help: ask the gateway's owners before raising its timeout
    reason: FieldValueInvalid
";

#[test]
fn a_rule_says_what_failed_and_what_was_expected_at_the_field() {
    let policy = policy(&http(), TIMEOUT);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    assert_eq!(check(&policy, &json!({ "timeout_ms": 10 })), Vec::new());
    assert_eq!(check(&policy, &json!({ "timeout_ms": 10, "gateway_timeout_ms": 20 })), Vec::new());
    let findings = check(&policy, &json!({ "timeout_ms": 30, "gateway_timeout_ms": 20 }));
    assert_eq!(lines(&findings), ["rule-failed /timeout_ms timeout_ms is 30, gateway gives up after 20"]);
    let finding = &findings[0];
    assert_eq!(finding.expected.text, "timeout_ms below gateway_timeout_ms");
    assert_eq!(finding.keyword, "rules/http.yaml#/rules/0");
    assert_eq!(finding.owner.as_deref(), Some("team-edge"));
    assert_eq!(finding.reason.as_deref(), Some("FieldValueInvalid"));
    assert_eq!(
        finding.help.as_deref(),
        Some("ask the gateway's owners before raising its timeout; rule `timeout-below-gateway`")
    );
    assert_eq!(finding.severity, Severity::Error);
}

#[test]
fn one_fault_gives_one_finding() {
    let policy = policy(&http(), TIMEOUT);
    // The rule cannot be asked about a timeout that is not a number.
    let findings = check(&policy, &json!({ "timeout_ms": "30", "gateway_timeout_ms": 20 }));
    assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["type-mismatch"]);
    let findings = check(&policy, &json!({ "gateway_timeout_ms": 20 }));
    assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["missing-key"]);
    let findings = check(&policy, &json!({ "timout_ms": 30, "gateway_timeout_ms": 20 }));
    assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["misspelt-key"]);
    // A fault elsewhere does not silence it.
    let findings = check(&policy, &json!({ "timeout_ms": 30, "gateway_timeout_ms": 20, "name": 1 }));
    assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["type-mismatch", "rule-failed"]);
}

/// A rule file with one rule.
fn one(rule: &str) -> String {
    format!("rules:\n  - id: it\n    rule: {rule}\n    expected: so\n")
}

#[test]
fn what_is_wrong_with_a_rule_is_found_when_it_is_loaded() {
    let cases = [
        (
            "self.timout_ms > 0",
            "invalid-rule rules/http.yaml:3:16-25 the schema names no field `timout_ms` here | a field that the schema names: `gateway_timeout_ms`, `hosts`, `labels`, `name`, `open`, `plan`, `ratio`, `routes` and others",
        ),
        (
            "self.timeout_ms >",
            "invalid-rule rules/http.yaml:3:28-28 the expression cannot be read at its end | an expression",
        ),
        (
            "self.timeout_ms + 1",
            "invalid-rule rules/http.yaml:3:11-30 `rule` gives int | an expression that is true or false",
        ),
        (
            "self.name.startWith('a')",
            "invalid-rule rules/http.yaml:3:21-30 there is no function `startWith()` | a function of the language",
        ),
        (
            "self.name.reverse() == 'a'",
            "invalid-rule rules/http.yaml:3:21-28 `reverse()` is not supported | `lastIndexOf()` or `endsWith()`",
        ),
        (
            "self.name == 3",
            "invalid-rule rules/http.yaml:3:21-25 a string is never equal to an int | values of one type on both sides",
        ),
        (
            "self.ratio * 2 > 1.0",
            "invalid-rule rules/http.yaml:3:24-25 `*` is not for double and int | int * int or uint * uint or double * double",
        ),
        (
            "timeout_ms > 0",
            "invalid-rule rules/http.yaml:3:11-21 nothing is called `timeout_ms` here | one of the names that are known here: `self` and `oldSelf`",
        ),
        (
            "self.name.matches('(?=a)')",
            "invalid-rule rules/http.yaml:3:29-36 \"(?=a)\" is not a pattern: look-around, including look-ahead and look-behind, is not supported | a regular expression as RE2 reads it: no look-around and no back-references",
        ),
        (
            "self.hosts.all(h, h.sizee() > 1)",
            "invalid-rule rules/http.yaml:3:31-36 there is no function `sizee()` | a function of the language",
        ),
    ];
    for (rule, expected) in cases {
        assert_eq!(loaded(&policy(&http(), &one(rule))), [expected], "{rule}");
    }
    let policy = policy(&http(), &one("self.timout_ms > 0"));
    let finding = &policy.load_answer().reports[0].findings[0];
    assert_eq!(finding.help.as_deref(), Some("did you mean `timeout_ms`?"));
    assert_eq!(finding.fix.as_ref().unwrap().edits[0].text, "timeout_ms");
}

#[test]
fn several_faults_of_one_expression_are_all_told_in_their_places() {
    let text =
        "rules:\n  - id: it\n    expected: so\n    rule: |\n      self.timout_ms > 0 &&\n      self.nam == 'a'\n";
    let found = loaded(&policy(&http(), text));
    let places: Vec<&str> = found.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(places, ["rules/http.yaml:5:12-21", "rules/http.yaml:6:12-15"]);
}

#[test]
fn a_rule_file_is_checked_like_any_other_file() {
    let found = loaded(&policy(&http(), "rules:\n  - id: it\n    rul: self.timeout_ms > 0\n"));
    assert!(found[0].starts_with("misspelt-key rules/http.yaml:3:5-8"), "{found:?}");
    let found = loaded(&policy(&http(), "rules:\n  - id: it\n    rule: 'true\n"));
    assert!(found[0].contains("rules/http.yaml"), "{found:?}");
    let found = loaded(&policy(&http(), "rules:\n  - id: It\n    rule: 'true'\n    expected: so\n"));
    assert!(found[0].starts_with("pattern-mismatch rules/http.yaml:2:9-11"), "{found:?}");
}

#[test]
fn a_rule_in_a_file_has_to_say_what_it_expects_and_is_helped_to() {
    for (rule, wording) in [
        ("self.timeout_ms < self.gateway_timeout_ms", "timeout_ms less than gateway_timeout_ms"),
        ("self.timeout_ms >= 10 && self.plan in ['free', 'pro']", "timeout_ms at least 10 and plan one of free, pro"),
        ("size(self.hosts) <= 3", "the size of hosts at most 3"),
        ("has(self.name)", "name to be there"),
        ("self.timeout_ms == oldSelf.timeout_ms", "timeout_ms equal to the former timeout_ms"),
        ("self.hosts.all(h, h != 'a')", "a document for which `self.hosts.all(h, h != 'a')` is true"),
    ] {
        let policy = policy(&http(), &format!("rules:\n  - id: it\n    rule: \"{rule}\"\n"));
        let finding = &policy.load_answer().reports[0].findings[0];
        assert_eq!(finding.code, "missing-expected");
        assert_eq!(finding.expected.value.as_ref().unwrap().as_str(), Value::from(wording).to_string());
    }
}

#[test]
fn two_rules_with_one_id_are_told_also_across_files() {
    let found = loaded(&policy_of(
        &http(),
        &[("a.yaml", &one("self.timeout_ms > 0")), ("b.yaml", &one("self.timeout_ms > 1"))],
    ));
    assert_eq!(
        found,
        ["duplicate-rule b.yaml:2:9-11 there is a rule `it` in `a.yaml` too | a name that no other rule has"]
    );
}

#[test]
fn a_path_that_matches_nothing_is_a_warning() {
    let policy = policy(&http(), "rules:\n  - id: it\n    path: /route\n    rule: self == 1\n    expected: so\n");
    assert_eq!(
        loaded(&policy),
        [
            "rule-never-applies rules/http.yaml:3:11-17 the path `/route` matches nothing in the schema of version 1 | a path to a place that the schema knows; `*` stands for any key or position"
        ]
    );
    let finding = &policy.load_answer().reports[0].findings[0];
    assert_eq!((finding.severity, finding.help.as_deref()), (Severity::Warning, Some("did you mean `routes`?")));
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_a_finding_about_the_rule() {
    let cases = [
        (
            "self.gateway_timeout_ms > 0",
            "rule `it` cannot be evaluated at `gateway_timeout_ms`: there is no `gateway_timeout_ms`",
        ),
        ("100 / self.timeout_ms > 1", "rule `it` cannot be evaluated at `/`: a whole number is divided by zero"),
        ("self.hosts[3] == 'a'", "rule `it` cannot be evaluated at `[`: position 3 is beyond the 1 item of the list"),
        (
            "self.timeout_ms + 9223372036854775807 + 1 > 0",
            "rule `it` cannot be evaluated at `+`: the result is beyond the range of 64 bits",
        ),
        ("self.labels['a'] == 'b'", "rule `it` cannot be evaluated at `[`: there is no key \"a\""),
        (
            "timestamp(self.name).getFullYear() > 1",
            "rule `it` cannot be evaluated at `timestamp`: \"x\" is not a time such as `2026-11-26T08:00:00Z`, between the years 1 and 9999",
        ),
    ];
    for (rule, expected) in cases {
        let policy = policy(&http(), &one(rule));
        assert_eq!(loaded(&policy), Vec::<String>::new(), "{rule}");
        let findings = check(&policy, &json!({ "timeout_ms": 0, "hosts": ["x"], "labels": {}, "name": "x" }));
        assert_eq!(lines(&findings), [format!("rule-error  {expected}")], "{rule}");
    }
}

#[test]
fn a_message_expression_that_fails_falls_back_and_says_so() {
    for (expression, reason) in
        [("'x' + self.name", "there is no `name`"), ("' '", "it is blank"), ("'a\\nb'", "it has more than one line")]
    {
        let text = format!(
            "rules:\n  - id: it\n    rule: self.timeout_ms > 0\n    expected: so\n    message: has to be positive\n    messageExpression: {}\n",
            Value::from(expression)
        );
        let policy = policy(&http(), &text);
        assert_eq!(loaded(&policy), Vec::<String>::new());
        let findings = check(&policy, &json!({ "timeout_ms": 0 }));
        assert_eq!(findings[0].message, "has to be positive");
        let help = findings[0].help.as_deref().unwrap();
        assert!(help.ends_with(&format!("its `messageExpression` said nothing: {reason}")), "{help}");
    }
}

#[test]
fn rules_stand_in_schemas_wherever_schemas_do() {
    let rule = |rule: &str| json!([{ "rule": rule, "message": rule }]);
    let schema = json!({
        "type": "object",
        "x-kubernetes-validations": rule("size(self) < 9"),
        "properties": {
            "list": { "type": "array", "maxItems": 5, "items": { "type": "integer", "x-kubernetes-validations": rule("self > 1") } },
            "tuple": { "type": "array", "prefixItems": [true, { "type": "integer", "x-kubernetes-validations": rule("self > 2") }] },
            "map": { "type": "object", "maxProperties": 5, "additionalProperties": { "type": "integer", "x-kubernetes-validations": rule("self > 3") } },
            "pattern": { "type": "object", "maxProperties": 5, "patternProperties": { "^a": { "type": "integer", "x-kubernetes-validations": rule("self > 4") } } },
            "ref": { "$ref": "#/$defs/tree" },
            "all": { "allOf": [{ "type": "integer", "x-kubernetes-validations": rule("self > 6") }] },
            "any": { "anyOf": [{ "type": "string" }, { "type": "integer", "x-kubernetes-validations": rule("self > 7") }] },
            "if": { "if": { "type": "integer" }, "then": { "type": "integer", "x-kubernetes-validations": rule("self > 8") } }
        },
        "$defs": {
            "tree": {
                "type": "object",
                "properties": { "value": { "type": "integer", "x-kubernetes-validations": rule("self > 5") }, "next": { "$ref": "#/$defs/tree" } }
            }
        }
    });
    let policy = policy_of(&schema, &[]);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let document = json!({
        "list": [2, 1], "tuple": [0, 0], "map": { "x": 0 }, "pattern": { "ab": 0, "b": 0 },
        "ref": { "value": 9, "next": { "value": 0 } }, "all": 0, "any": 0, "if": 0
    });
    let mut found = lines(&check(&policy, &document));
    found.sort();
    assert_eq!(
        found,
        [
            "rule-failed /all self > 6",
            "rule-failed /any self > 7",
            "rule-failed /if self > 8",
            "rule-failed /list/1 self > 1",
            "rule-failed /map/x self > 3",
            "rule-failed /pattern/ab self > 4",
            "rule-failed /ref/next/value self > 5",
            "rule-failed /tuple/1 self > 2",
        ]
    );
    assert_eq!(check(&policy, &json!({ "any": "0", "if": "0" })), Vec::new());
}

#[test]
fn rules_in_a_schema_that_no_document_leads_to_are_a_warning() {
    let rule = json!([{ "rule": "self > 1" }]);
    let schema = json!({
        "properties": {
            "a": { "not": { "type": "integer", "x-kubernetes-validations": rule } },
            "b": { "contains": { "type": "integer", "x-kubernetes-validations": rule } }
        },
        "$defs": { "unused": { "type": "integer", "x-kubernetes-validations": rule } }
    });
    let codes: Vec<String> =
        loaded(&policy_of(&schema, &[])).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(codes, ["rule-never-applies", "rule-never-applies"]);
}

#[test]
fn a_rule_with_a_mistake_in_a_schema_is_a_finding_in_the_schema() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } }, "x-kubernetes-validations": [{ "rule": "self.b > 1" }] });
    let found = loaded(&policy_of(&schema, &[]));
    assert_eq!(
        found,
        [
            "invalid-rule schemas/http/v1.json:10:21-22 the schema names no field `b` here | a field that the schema names: `a`"
        ]
    );
    let schema = json!({ "type": "object", "x-kubernetes-validations": [{ "rul": "self.b > 1" }] });
    let found = loaded(&policy_of(&schema, &[]));
    assert!(found[0].starts_with("misspelt-key schemas/http/v1.json:5:7-12"), "{found:?}");
}

#[test]
fn rules_about_a_change_see_what_was_before() {
    let policy = policy(&http(), &one("\"!(oldSelf.plan == 'pro' && self.plan == 'free')\""));
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let (pro, free) = (json!({ "timeout_ms": 1, "plan": "pro" }), json!({ "timeout_ms": 1, "plan": "free" }));
    assert_eq!(check(&policy, &free), Vec::new());
    assert_eq!(change(&policy, &free, &pro), Vec::new());
    let findings = change(&policy, &pro, &free);
    assert_eq!(findings[0].code, "rule-failed");
    assert_eq!(findings[0].severity, Severity::Error);
    assert_eq!(findings[0].retry.text, "change it in another way; sending the same change again gives the same answer");
}

#[test]
fn a_rule_about_a_change_can_be_asked_when_nothing_was_before() {
    let text = "rules:\n  - id: it\n    optionalOldSelf: true\n    rule: oldSelf.hasValue() || self.plan == 'free'\n    expected: to start free\n";
    let policy = policy(&http(), text);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let (pro, free) = (json!({ "timeout_ms": 1, "plan": "pro" }), json!({ "timeout_ms": 1, "plan": "free" }));
    assert_eq!(check(&policy, &free), Vec::new());
    assert_eq!(check(&policy, &pro)[0].code, "rule-failed");
    assert_eq!(change(&policy, &free, &pro), Vec::new());
}

#[test]
fn items_of_list_maps_and_members_of_maps_keep_their_former_selves() {
    let text = "rules:\n  - id: it\n    path: /routes/*\n    rule: self.port >= oldSelf.port\n    expected: so\n  - id: other\n    path: /labels/*\n    rule: self == oldSelf\n    expected: so\n";
    let policy = policy(&http(), text);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let before = json!({ "timeout_ms": 1, "routes": [{ "name": "a", "port": 1 }, { "name": "b", "port": 2 }], "labels": { "x": "1", "y": "1" } });
    let after = json!({ "timeout_ms": 1, "routes": [{ "name": "b", "port": 1 }, { "name": "a", "port": 1 }, { "name": "c", "port": 0 }], "labels": { "y": "2", "z": "1" } });
    assert_eq!(
        lines(&change(&policy, &before, &after)),
        [
            "rule-failed /labels/y the rule `self == oldSelf` does not hold",
            "rule-failed /routes/0 the rule `self.port >= oldSelf.port` does not hold"
        ]
    );
    // Items of other lists cannot be told from each other.
    let policy = policy_of(
        &http(),
        &[("r.yaml", "rules:\n  - id: it\n    path: /open/*\n    rule: self.port == oldSelf.port\n    expected: so\n")],
    );
    assert_eq!(loaded(&policy).len(), 1);
    assert!(
        loaded(&policy)[0]
            .starts_with("invalid-rule r.yaml:4:11-36 the rule mentions `oldSelf`, but items of this list")
    );
}

#[test]
fn rules_about_a_change_stand_in_schemas_too() {
    let rule = json!([{ "rule": "self.port >= oldSelf.port", "fieldPath": ".port" }]);
    let item = json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "port": { "type": "integer" } },
        "x-kubernetes-validations": rule
    });
    let list = json!({
        "type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]
    });
    let schema = |list: &Value| json!({ "properties": { "list": list, "map": { "additionalProperties": item } } });
    let policy = policy_of(&schema(&list), &[]);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let before =
        json!({ "list": [{ "name": "a", "port": 5 }, { "name": "b", "port": 5 }], "map": { "x": { "port": 5 } } });
    let after = json!({ "list": [{ "name": "c", "port": 1 }, { "name": "a", "port": 4 }], "map": { "x": { "port": 4 }, "y": { "port": 1 } } });
    let places: Vec<String> =
        change(&policy, &before, &after).iter().map(|finding| finding.instance.as_str().to_owned()).collect();
    assert_eq!(places, ["/list/1/port", "/map/x/port"]);
    // Items of a list that is no map cannot be told from each other.
    let mut plain = list.clone();
    plain["x-kubernetes-list-type"] = json!("atomic");
    assert!(loaded(&policy_of(&schema(&plain), &[]))[0].starts_with("invalid-rule"));
}

#[test]
fn what_was_wrong_where_the_change_did_not_touch_it_is_debt() {
    let policy =
        policy(&http(), "rules:\n  - id: it\n    path: /labels/*\n    rule: self != 'bad'\n    expected: so\n");
    let before = json!({ "timeout_ms": "x", "labels": { "a": "bad", "b": "good" }, "name": "n" });
    let after = json!({ "timeout_ms": "x", "labels": { "a": "bad", "b": "bad" }, "name": "m" });
    let findings = change(&policy, &before, &after);
    let of: Vec<(&str, Severity)> =
        findings.iter().map(|finding| (finding.instance.as_str(), finding.severity)).collect();
    assert_eq!(of, [("/labels/a", Severity::Debt), ("/labels/b", Severity::Error), ("/timeout_ms", Severity::Debt)]);
    // What was touched is not excused by having been wrong.
    let touched = json!({ "timeout_ms": "y", "labels": {} });
    assert_eq!(change(&policy, &before, &touched)[0].severity, Severity::Error);
    // A key that was missing is missing still, whatever else changed.
    let (before, after) = (json!({ "name": "n" }), json!({ "name": "m" }));
    assert_eq!(change(&policy, &before, &after)[0].severity, Severity::Debt);
    assert_eq!(change(&policy, &json!({ "timeout_ms": 1 }), &after)[0].severity, Severity::Error);
    let call = CheckCall {
        file: "eu.json".to_owned(),
        before: Some(former(&before)),
        no_ratchet: true,
        ..CheckCall::default()
    };
    assert_eq!(policy.check(&call, after.to_string().as_bytes()).findings[0].severity, Severity::Error);
}

#[test]
fn what_was_before_and_cannot_be_read_is_told() {
    let policy = policy(&http(), &one("self.timeout_ms >= oldSelf.timeout_ms"));
    let before = GateDocument { file: "old.json".to_owned(), text: "{".to_owned(), ..GateDocument::default() };
    let call = CheckCall { file: "eu.json".to_owned(), before: Some(before), ..CheckCall::default() };
    let findings = policy.check(&call, br#"{"timeout_ms": 1}"#).findings;
    assert_eq!((&*findings[0].code, findings[0].severity, findings.len()), ("unreadable-before", Severity::Warning, 1));
}

#[test]
fn a_rule_that_may_cost_too_much_is_refused_and_told_what_has_no_bound() {
    let policy = policy(&http(), &one("self.open.all(a, self.open.exists_one(b, a == b))"));
    let found = loaded(&policy);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("rule-too-costly rules/http.yaml:3:11-60 the expression may take "), "{found:?}");
    assert!(found[0].ends_with("the schema to say how much there can be: `maxItems` for `self.open`"), "{found:?}");
    // The same about a list with a bound.
    assert_eq!(
        loaded(&policy_of(&http(), &[("r.yaml", &one("self.hosts.all(a, self.hosts.exists_one(b, a == b))"))])),
        Vec::<String>::new()
    );
    // A rule that is asked of each item counts as often.
    let each = "rules:\n  - id: it\n    path: /open/*\n    rule: self.port > 0 && self.port < 65536 && self.port != 80 && self.port != 81\n    expected: so\n";
    let found = loaded(&policy_of(&http(), &[("r.yaml", each)]));
    assert!(found[0].ends_with("`maxItems` for `/open`"), "{found:?}");
}

#[test]
fn a_rule_that_costs_too_much_for_a_document_names_rule_and_cost() {
    let policy = policy(&http(), &one("self.open.all(a, a.port > 0)"));
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let open: Vec<Value> = (0..300_000).map(|_| json!({ "port": 1 })).collect();
    let findings = check(&policy, &json!({ "timeout_ms": 1, "open": open }));
    assert_eq!(lines(&findings), ["rule-too-costly  rule `it` took more than 1,000,000 units of work (1,000,001)"]);
}

#[test]
fn hostile_rules_end_in_a_finding() {
    let (deepest, deep) = ("(".repeat(10_000), format!("{}1{} == 1", "(".repeat(3_000), ")".repeat(3_000)));
    let long = format!("{} == 1", vec!["1"; 4_000].join(" + "));
    let chain = format!("{} == 1", vec!["1"; 300].join(" + "));
    let nested = format!("{}true{}", "[1].all(x, ".repeat(100), ")".repeat(100));
    let huge = "cel.bind(a, 'xxxxxxxxxx', cel.bind(b, a+a+a+a+a+a+a+a+a+a, cel.bind(c, b+b+b+b+b+b+b+b+b+b, cel.bind(d, c+c+c+c+c+c+c+c+c+c, cel.bind(e, d+d+d+d+d+d+d+d+d+d, cel.bind(f, e+e+e+e+e+e+e+e+e+e, cel.bind(g, f+f+f+f+f+f+f+f+f+f, size(g) > 1)))))))";
    for (rule, expected) in [
        (&deepest, "the expression has 10000 bytes | at most 8192 bytes"),
        (&deep, "the expression has more than 2000 tokens | at most 2000 tokens"),
        (&long, "the expression has 16002 bytes"),
        (&nested, "the expression is nested too deep"),
        (&chain, "the expression is nested 301 levels deep | at most 200 levels"),
    ] {
        let found = loaded(&policy(&http(), &one(&json!(rule).to_string())));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("invalid-rule") && found[0].contains(expected), "{found:?}");
    }
    // Texts are paid for before they are made.
    let policy = policy(&http(), &one(&json!(huge).to_string()));
    assert_eq!(loaded(&policy), Vec::<String>::new());
    assert_eq!(check(&policy, &json!({ "timeout_ms": 1 }))[0].code, "rule-too-costly");
}

#[test]
fn secrets_do_not_leave_by_a_message() {
    let mut schema = http();
    schema["properties"]["name"]["writeOnly"] = true.into();
    let text = "rules:\n  - id: it\n    rule: self.name != 'hunter22'\n    expected: another one\n    messageExpression: \"'it is ' + self.name\"\n";
    let findings = check(&policy(&schema, text), &json!({ "timeout_ms": 1, "name": "hunter22" }));
    assert_eq!(findings[0].message, "it is ••••");
}

#[test]
fn examples_beside_rules_are_tried() {
    let text = "
rules:
  - id: positive
    rule: self.timeout_ms > 0
    expected: so
    cases:
      - { self: { timeout_ms: 1 }, expect: pass }
      - { self: { timeout_ms: 0 }, expect: fail, message: the rule `self.timeout_ms > 0` does not hold }
      - { self: { timeout_ms: -1 }, expect: pass }
  - id: grows
    rule: self.timeout_ms >= oldSelf.timeout_ms
    expected: so
    cases:
      - { self: { timeout_ms: 2 }, oldSelf: { timeout_ms: 1 }, expect: pass }
      - { self: { timeout_ms: 2 }, expect: pass }
";
    let policy = policy(&http(), text);
    assert_eq!(loaded(&policy), Vec::<String>::new());
    let answer = policy.try_rules();
    assert_eq!((answer.rules, answer.cases, answer.passed), (2, 5, 3));
    assert_eq!(answer.without_failing_case, ["grows"]);
    let found: Vec<String> = answer.reports[0].findings.iter().map(|finding| line("", finding)).collect();
    assert_eq!(
        found,
        [
            "rule-case-failed :9:45-49 rule `positive`: the rule fails: the rule `self.timeout_ms > 0` does not hold | the rule to pass",
            "rule-without-failing-case :10:9-14 no example shows what the rule `grows` stops | a case with `expect: fail`",
            "rule-case-failed :15:44-48 rule `grows`: the rule was not asked: it is about a change, and there is no `oldSelf` | the rule to pass",
        ]
    );
}
