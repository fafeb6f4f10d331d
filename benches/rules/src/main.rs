//! Twenty rules about a document of one kilobyte: Setpoint beside the interpreter whose grammar it uses, beside Kubernetes'
//! rules on top of that interpreter, and beside OPA's language. Prints the nanoseconds of each run as JSON.
//!
//! Everything is compiled before the clock starts. Each contestant gets what a service has: the text of the document.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};
use setpoint_core::call::CheckCall;
use setpoint_core::policy::Policy;

/// The rules, and the same in Rego.
const RULES: &[(&str, &str)] = &[
    ("self.http.timeout_ms < self.http.gateway_timeout_ms", "input.http.timeout_ms < input.http.gateway_timeout_ms"),
    ("self.http.port != self.admin.port", "input.http.port != input.admin.port"),
    ("self.pool.min <= self.pool.max", "input.pool.min <= input.pool.max"),
    ("self.pool.max * self.replicas <= 500", "input.pool.max * input.replicas <= 500"),
    ("self.plan != 'free' || self.replicas == 1", "free_has_one_replica"),
    ("!has(self.tls) || self.http.port == 8443", "tls_has_its_port"),
    ("self.hosts.all(h, h.endsWith('.example.com'))", "every h in input.hosts { endswith(h, \".example.com\") }"),
    ("self.hosts.exists(h, h.startsWith('api.'))", "some h in input.hosts; startswith(h, \"api.\")"),
    ("size(self.hosts) <= 5", "count(input.hosts) <= 5"),
    ("self.routes.all(r, r.weight >= 0)", "every r in input.routes { r.weight >= 0 }"),
    ("self.routes.map(r, r.weight).sum() == 100", "sum([r.weight | some r in input.routes]) == 100"),
    ("self.routes.exists_one(r, r.name == 'default')", "count([r | some r in input.routes; r.name == \"default\"]) == 1"),
    ("self.labels.all(k, k.matches('^[a-z-]+$'))", "every k, v in input.labels { regex.match(\"^[a-z-]+$\", k) }"),
    ("'team' in self.labels", "input.labels.team"),
    ("self.labels['team'] in ['edge', 'payments', 'platform']", "input.labels.team in [\"edge\", \"payments\", \"platform\"]"),
    ("self.retries.backoff_ms * self.retries.count < self.http.timeout_ms", "input.retries.backoff_ms * input.retries.count < input.http.timeout_ms"),
    ("self.log.level != 'debug' || self.stage != 'production'", "no_debug_in_production"),
    ("self.log.sample <= 1.0 && self.log.sample >= 0.0", "input.log.sample <= 1.0; input.log.sample >= 0.0"),
    ("self.owner.contains('@')", "contains(input.owner, \"@\")"),
    ("self.routes.filter(r, r.weight == 0).size() < 2", "count([r | some r in input.routes; r.weight == 0]) < 2"),
];

const HELPERS: &str = "
free_has_one_replica if input.plan != \"free\"
free_has_one_replica if input.replicas == 1
tls_has_its_port if not input.tls
tls_has_its_port if input.http.port == 8443
no_debug_in_production if input.log.level != \"debug\"
no_debug_in_production if input.stage != \"production\"
";

fn document() -> String {
    let routes: Vec<Value> = (0..6)
        .map(|n| json!({ "name": if n == 0 { "default".to_owned() } else { format!("route-{n}") }, "weight": (if n == 0 { 50 } else { 10 }), "path": format!("/v1/service-{n}") }))
        .collect();
    json!({
        "http": { "port": 8443, "timeout_ms": 3000, "gateway_timeout_ms": 10000 },
        "admin": { "port": 9000 },
        "pool": { "min": 2, "max": 20 },
        "replicas": 4,
        "plan": "pro",
        "stage": "production",
        "tls": { "certificate": "/etc/tls/service.pem", "key": "/etc/tls/service.key" },
        "hosts": ["api.example.com", "www.example.com", "status.example.com"],
        "routes": routes,
        "labels": { "team": "payments", "cost-centre": "4711", "region": "eu" },
        "retries": { "count": 3, "backoff_ms": 200 },
        "log": { "level": "info", "sample": 0.25 },
        "owner": "payments@example.com",
        "note": "Raised for the campaign; the gateway's owners know."
    })
    .to_string()
}

fn schema() -> Value {
    let integer = json!({ "type": "integer" });
    let text = |most: u32| json!({ "type": "string", "maxLength": most });
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    object(json!({
        "http": object(json!({ "port": integer, "timeout_ms": integer, "gateway_timeout_ms": integer })),
        "admin": object(json!({ "port": integer })),
        "pool": object(json!({ "min": integer, "max": integer })),
        "replicas": integer, "plan": text(20), "stage": text(20), "owner": text(60), "note": text(200),
        "tls": object(json!({ "certificate": text(100), "key": text(100) })),
        "hosts": { "type": "array", "maxItems": 10, "items": text(100) },
        "routes": { "type": "array", "maxItems": 20, "items": object(json!({ "name": text(50), "weight": integer, "path": text(100) })) },
        "labels": { "type": "object", "maxProperties": 20, "additionalProperties": text(50) },
        "retries": object(json!({ "count": integer, "backoff_ms": integer })),
        "log": object(json!({ "level": text(20), "sample": { "type": "number" } }))
    }))
}

fn policy(rules: bool) -> Policy {
    let rule = |(index, (rule, _)): (usize, &(&str, &str))| json!({ "id": format!("r{index}"), "rule": rule, "expected": "so" });
    let rules: Vec<Value> = if rules { RULES.iter().enumerate().map(rule).collect() } else { Vec::new() };
    let file = json!({ "file": "rules.json", "text": json!({ "rules": rules }).to_string() });
    let family = json!({ "schemas": { "1": { "file": "v1.json", "text": schema().to_string() } }, "rules": [file] });
    let bundle = json!({ "bundle": 1, "settings": { "bench": family } });
    let policy = Policy::load(bundle.to_string().as_bytes()).expect("the bundle is one");
    assert!(policy.load_answer().reports.is_empty(), "{:?}", policy.load_answer().reports);
    policy
}

/// Nanoseconds of one call, for each of many runs.
fn measure(runs: usize, mut call: impl FnMut()) -> Vec<f64> {
    const CALLS: u32 = 200;
    for _ in 0..CALLS {
        call();
    }
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                call();
            }
            start.elapsed().as_nanos() as f64 / f64::from(CALLS)
        })
        .collect()
}

fn main() {
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(50);
    let text = document();
    let call = CheckCall { file: "d.json".to_owned(), ..CheckCall::default() };
    let (with, without) = (policy(true), policy(false));
    assert!(with.passes(&call, text.as_bytes()).is_some(), "{:?}", with.check(&call, text.as_bytes()).findings);

    let programs: Vec<cel::Program> = RULES.iter().map(|(rule, _)| cel::Program::compile(rule).expect(rule)).collect();
    let by_cel = |text: &str| {
        let value: Value = serde_json::from_str(text).expect("JSON");
        let mut context = cel::Context::default();
        context.add_variable("self", value).expect("a variable");
        programs.iter().filter(|program| matches!(program.execute(&context), Ok(cel::Value::Bool(true)))).count()
    };

    let mut crd = schema();
    crd["x-kubernetes-validations"] = RULES.iter().map(|(rule, _)| json!({ "rule": rule })).collect();
    let compiled = kube_cel::compile_schema(&crd);
    let validator = kube_cel::Validator::new();
    let by_kube = |text: &str| {
        let value: Value = serde_json::from_str(text).expect("JSON");
        validator.validate_compiled(&compiled, &value, None).is_ok()
    };

    let mut rego = "package bench\nimport rego.v1\n".to_owned() + HELPERS + "default allow := false\n";
    for (index, (_, rule)) in RULES.iter().enumerate() {
        rego += &format!("r{index} if {{ {rule} }}\n");
    }
    rego += "allow if {\n";
    for index in 0..RULES.len() {
        rego += &format!("  r{index}\n");
    }
    rego += "}\n";
    let mut engine = regorus::Engine::new();
    engine.add_policy("bench.rego".to_owned(), rego).expect("the policy is one");
    let mut by_rego = |text: &str| {
        engine.set_input(regorus::Value::from_json_str(text).expect("JSON"));
        engine.eval_rule("data.bench.allow".to_owned()).expect("an answer") == regorus::Value::from(true)
    };

    let holding = by_cel(&text);
    let (kube, opa) = (by_kube(&text), by_rego(&text));
    let results = json!({
        "bytes": text.len(),
        "rules": RULES.len(),
        "holding in cel": holding,
        "kube-cel agrees": kube,
        "regorus agrees": opa,
        "parse": measure(runs, || { black_box(serde_json::from_str::<Value>(black_box(&text)).expect("JSON")); }),
        "schema": measure(runs, || { black_box(without.passes(&call, black_box(text.as_bytes()))); }),
        "schema and rules": measure(runs, || { black_box(with.passes(&call, black_box(text.as_bytes()))); }),
        "cel": measure(runs, || { black_box(by_cel(black_box(&text))); }),
        "kube-cel": measure(runs, || { black_box(by_kube(black_box(&text))); }),
        "regorus": measure(runs, || { black_box(by_rego(black_box(&text))); }),
    });
    println!("{results}");
}
