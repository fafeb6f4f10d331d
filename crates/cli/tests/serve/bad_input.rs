//! What nobody should send: each gets an answer of its own, and nobody else notices.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::time::Duration;

use serde_json::json;

use crate::project::Project;
use crate::server::{Answer, Server};

const CHECK: &str = "/v1/settings/app/check?version=1";

fn good(server: &Server) {
    server.ask("POST", CHECK).json(&json!({ "timeout_s": 1, "count": 1 })).send().expect(200);
}

#[test]
fn bodies_that_are_too_large_too_deep_or_of_another_kind() {
    let project = Project::sqlite();
    let server = Server::of(&project, &["--max-body", "100000"]);
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(200_000));
    server.ask("POST", CHECK).body("application/json", large.clone()).send().problem(413, "too-large");
    // Without a length it is counted while it comes.
    let head = format!(
        "POST {CHECK} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        server.token,
        large.len()
    );
    Answer::read(&server.raw(head.as_bytes())).problem(413, "too-large");
    let deep = "[".repeat(40_000);
    let answer = server.ask("POST", CHECK).body("application/json", deep).send().expect(200);
    assert_eq!(answer.codes(), ["limit-exceeded"]);
    for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=a", "äöü", ""] {
        server.ask("POST", CHECK).body(kind, "{}").send().problem(415, "media-type-wrong");
    }
    let answer =
        server.ask("POST", CHECK).body("application/json", b"{\"a\": \"\xff\xfe\"}".to_vec()).send().expect(200);
    assert_eq!(answer.codes(), ["invalid-utf8"]);
    let answer = server.ask("POST", CHECK).body("application/json", "").send().expect(200);
    assert_eq!(answer.codes(), ["empty-document"]);
    server.ask("POST", "/v1/compare").body("application/json", "{").send().problem(400, "request-malformed");
    server.ask("POST", "/v1/compare").body("application/yaml", "{}").send().problem(415, "media-type-wrong");
    good(&server);
}

#[test]
fn paths_and_parameters_that_lead_nowhere() {
    let project = Project::files();
    project.put("a.json", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let server = Server::of(&project, &[]);
    for path in [
        "/v1",
        "/v2/settings",
        "/v1/settings/app/documents/config/a.json",
        "/v1/settings/app/../../etc/passwd",
        "//healthz",
    ] {
        server.get(path).problem(404, "nothing-there");
    }
    for key in [
        "..%2F..%2Fetc%2Fpasswd",
        "%2Fetc%2Fpasswd",
        "setpoint.toml",
        ".setpoint%2Fjournal.db",
        "config%2F..%2Fsetpoint.toml",
        "config%2Fa.json%00",
    ] {
        let answer = server.get(&format!("/v1/settings/app/documents/{key}"));
        assert!(matches!(answer.status, 400 | 404), "{key}: {answer:#?}");
    }
    server.get("/v1/settings/nobody/documents").problem(404, "nothing-there");
    server.get("/v1/settings/app/documents/%FF").problem(400, "request-malformed");
    let one = "/v1/settings/app/documents/config%2Fa.json";
    for query in [
        "version=two",
        "version=-1",
        "version=+1",
        "version=4294967296",
        "version=",
        "version=1&version=1",
        "verison=1",
    ] {
        server.get(&format!("{one}?{query}")).problem(400, "request-malformed");
    }
    for query in ["limit=0", "limit=1001", "after=%00", "page=2"] {
        server.get(&format!("/v1/settings/app/documents?{query}")).problem(400, "request-malformed");
    }
    server.get(&format!("{one}/history/abc")).problem(400, "request-malformed");
    for (method, path) in [("POST", "/v1/bundle"), ("DELETE", "/v1/settings"), ("PATCH", one), ("PUT", "/healthz")] {
        let answer = server.ask(method, path).send().problem(405, "method-wrong");
        assert!(answer.headers.contains_key("allow"), "{answer:#?}");
    }
    good(&server);
}

#[test]
fn what_is_no_http_and_headers_that_go_too_far() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    for bytes in
        [&b"\x16\x03\x01\x02\x00"[..], b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0\0\0\0", b"GET /\r\nx y\r\n\r\n"]
    {
        let answer = server.raw(bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer:?}");
    }
    let large = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let answer = server.raw(large.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer:?}");
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let answer = server.raw(format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer:?}");
    // A line end inside of a value makes no header of its own: neither in what comes in nor in what goes out.
    let sneaky = "GET /v1/settings/app/documents/a%0d%0aset-cookie:%20b=c HTTP/1.1\r\nhost: a\r\nx-request-id: 1\r\n evil: 2\r\nconnection: close\r\n\r\n";
    let answer = server.raw(sneaky.as_bytes());
    assert!(!answer.to_lowercase().contains("set-cookie") && !answer.contains("evil"), "{answer}");
    good(&server);
}

#[test]
fn clients_that_are_slow_or_go_away() {
    let project = Project::sqlite();
    let server = Server::of(&project, &["--request-time", "2"]);
    // The body does not come.
    let mut slow = server.connect();
    let head = format!(
        "POST {CHECK} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        server.token
    );
    slow.write_all(head.as_bytes()).unwrap();
    // Meanwhile others are answered.
    good(&server);
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    let answer = Answer::read(&answer);
    assert!(matches!(answer.status, 408 | 503), "{answer:#?}");
    assert_eq!(answer.codes(), ["took-too-long"]);
    // However many there are: more than are worked on at once.
    let crowd: Vec<_> = (0..200)
        .map(|_| {
            let mut slow = server.connect();
            slow.write_all(head.as_bytes()).unwrap();
            slow
        })
        .collect();
    for _ in 0..20 {
        good(&server);
    }
    drop(crowd);
    // Half-closed: whoever has sent everything may wait for the answer.
    let mut half = server.connect();
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    half.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Gone in the middle of a body.
    for _ in 0..50 {
        server.connect().write_all(head.as_bytes()).unwrap();
    }
    good(&server);
}

#[test]
fn ten_thousand_idle_connections_harm_nobody() {
    rustix::process::setrlimit(
        rustix::process::Resource::Nofile,
        rustix::process::Rlimit {
            current: rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum,
            maximum: rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum,
        },
    )
    .unwrap();
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let before = resident(&server);
    let idle: Vec<_> = (0..10_000).map(|_| server.connect()).collect();
    for _ in 0..20 {
        good(&server);
    }
    let each = resident(&server).saturating_sub(before) / 10_000;
    assert!(each < 20_000, "{each} bytes for an idle connection");
    // They are closed when they have said nothing for a while.
    let mut one = idle.into_iter().next_back().unwrap();
    one.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut nothing = Vec::new();
    assert!(one.read_to_end(&mut nothing).is_ok(), "it stays open");
    good(&server);
}

/// Bytes of memory that the process of the server has.
fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Gives the project a schema by which a document takes twice as long with each level more that it has; gives one that never ends.
pub fn with_heavy_documents(project: &Project) -> String {
    // Each level is looked at twice for each time that the level above is.
    let branch = r##"{ "properties": { "a": { "$ref": "#/$defs/level" } } }"##;
    let schema = format!(
        r##"{{ "$ref": "#/$defs/level", "$defs": {{ "level": {{ "type": "object", "anyOf": [{branch}, {branch}] }} }} }}"##
    );
    project.write("schemas/app/v1.json", &schema);
    crate::project::edit(project, "migrations =", "#");
    format!("{}7{}", "{\"a\":".repeat(60), "}".repeat(60))
}

#[test]
fn a_document_that_burns_all_its_fuel_harms_nobody_else() {
    let project = Project::sqlite();
    let heavy = with_heavy_documents(&project);
    let server = Server::of(&project, &["--request-time", "60"]);
    std::thread::scope(|scope| {
        let burn = || server.ask("POST", CHECK).body("application/json", heavy.clone()).send();
        let burning: Vec<_> = (0..2).map(|_| scope.spawn(burn)).collect();
        for _ in 0..50 {
            let light = json!({ "a": { "a": {} } });
            assert_eq!(server.ask("POST", CHECK).json(&light).send().expect(200).json()["verdict"], "pass");
        }
        assert!(burning.iter().any(|one| !one.is_finished()), "it was no heavy document");
        for one in burning {
            one.join().unwrap().problem(422, "checker-limit");
        }
    });
}

#[test]
fn the_log_says_who_changed_what_and_holds_no_secret() {
    let project = Project::sqlite();
    crate::project::edit(&project, "current = 1", "current = 1\nsecrets = [\"/name\"]");
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let (secret, log) = ("hunter2-very-secret", project.path().join("log"));
    let mut command = project.command(&["serve", "--listen", "127.0.0.1:0", "--json-log"]);
    command.env("SETPOINT_LOG", "trace");
    let server = Server::logging(command, &log);
    let wrong = json!({ "name": [secret], "count": 1, "timeout_s": 1 });
    let answer = server.ask("POST", CHECK).json(&wrong).send().expect(200);
    assert_eq!(answer.codes(), ["type-mismatch"]);
    assert!(!answer.body.contains(secret), "{answer:#?}");
    let document = "/v1/settings/app/documents/a";
    let tag = server.get(document).expect(200).etag().to_owned();
    let right = json!({ "name": secret, "count": 1, "timeout_s": 1 });
    let put = server.ask("PUT", document).if_match(&tag).header("x-request-id", "number-7");
    put.json(&right).send().expect(200);
    let token = server.token.clone();
    drop(server);
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let changed = lines.iter().find(|line| line["message"] == "changed").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(
        (&changed["key"], &changed["settings"], &changed["span"]["id"]),
        (&json!("a"), &json!("app"), &json!("number-7"))
    );
    assert!(changed["by"].as_str().unwrap().starts_with("whoever started"), "{changed}");
    assert!(lines.iter().any(|line| line["path"] == "/v1/settings/app/check" && line["status"] == 200), "{text}");
    for hidden in [secret, &token] {
        assert!(!text.contains(hidden), "{text}");
    }
}
