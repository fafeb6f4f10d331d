//! How the server lives: starts, is looked after, is overloaded, ends; alone and together with others.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::bad_input::with_heavy_documents;
use crate::postgres;
use crate::project::Project;
use crate::server::{Answer, Server, eventually};

#[test]
fn machines_can_see_how_it_is_without_a_token() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let get = |path: &str| server.ask("GET", path).nobody().send().expect(200);
    assert_eq!(get("/healthz").body, "ok\n");
    assert_eq!(get("/readyz").json()["status"], "ready");
    let body = json!({ "timeout_s": 1, "count": 1 });
    server.ask("POST", "/v1/settings/app/check?version=1").json(&body).send().expect(200);
    // Made-up methods make no labels of their own.
    server.ask("FROBNICATE", "/healthz").nobody().send().expect(405);
    let metrics = get("/metrics").body;
    assert!(metrics.contains("method=\"other\"") && !metrics.contains("FROBNICATE"), "{metrics}");
    for line in [
        "setpoint_requests_total{route=\"/v1/settings/{family}/check\",method=\"POST\",status=\"200\"} 1",
        "setpoint_verdicts_total{settings=\"app\",verdict=\"pass\"} 1",
        "setpoint_request_duration_seconds_bucket",
        "setpoint_connections",
        "# EOF",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[test]
fn a_request_keeps_the_number_that_it_came_with_when_it_is_a_plain_one() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let number = |given: &str| {
        server.ask("GET", "/healthz").header("x-request-id", given).send().header("x-request-id").to_owned()
    };
    assert_eq!(number("abc-123"), "abc-123");
    assert_ne!(number("a b; drop"), "a b; drop");
    assert_ne!(number(&"x".repeat(100)), "x".repeat(100));
}

#[test]
fn what_is_at_work_finishes_when_the_server_ends() {
    let project = Project::sqlite();
    let mut server = Server::of(&project, &[]);
    let body = json!({ "timeout_s": 1, "count": 1 }).to_string();
    // Half of a request is there when the server is asked to end.
    let mut slow = server.connect();
    let head = format!(
        "POST /v1/settings/app/check?version=1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        server.token,
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&body.as_bytes()[..5]).unwrap();
    eventually("the request is not at work", || server.get("/metrics").body.contains("setpoint_requests_at_work 2"));
    server.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(std::net::TcpStream::connect(server.address).is_err(), "it still takes connections");
    slow.write_all(&body.as_bytes()[5..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    Answer::read(&answer).expect(200);
    assert_eq!(server.wait(), 0);
}

#[test]
fn a_server_that_lingers_says_that_it_ends_and_still_answers() {
    let project = Project::sqlite();
    let mut server = Server::of(&project, &["--linger", "2"]);
    server.terminate();
    eventually("nobody says that it ends", || server.get("/readyz").status == 503);
    assert_eq!(server.get("/readyz").json()["status"], "ending");
    server.get("/v1/settings").expect(200);
    assert_eq!(server.wait(), 0);
}

#[test]
fn several_servers_on_one_database_are_one_service() {
    let database = postgres::Server::shared();
    let project = Project::postgres(&database, "jsonb");
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let state = database.database();
    let token = project.run(&["token", "new", "ada", "--role", "editor", "--state", &state]).expect_code(0).stdout;
    let token = token.trim();
    let servers: Vec<Server> = std::thread::scope(|scope| {
        let start = || Server::of(&project, &["--state", &state]);
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(start)).collect();
        starting.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let document = "/v1/settings/app/documents/a";
    let seen = servers[0].ask("GET", document).token(token).send().expect(200);
    let body = json!({ "timeout_s": 2, "count": 1 });
    let put = |server: &Server| server.ask("PUT", document).token(token).if_match(seen.etag()).json(&body).send();
    let written = put(&servers[1]).expect(200);
    put(&servers[2]).problem(412, "base-moved");
    assert_eq!(servers[2].ask("GET", document).token(token).send().expect(200).etag(), written.etag());
    // A session that one has begun is known to all.
    let begun = servers[0].ask("POST", "/v1/session").token(token).send().expect(200);
    let cookie = begun.header("set-cookie").split(';').next().unwrap();
    servers[2].ask("GET", document).nobody().header("cookie", cookie).send().expect(200);
    project.run(&["token", "revoke", "ada", "--state", &state]).expect_code(0);
    for server in &servers {
        eventually("a revoked token is still taken", || server.ask("GET", document).token(token).send().status == 401);
    }
}

#[test]
fn a_store_that_is_away_is_said_to_be_and_used_again_when_it_is_back() {
    let database = Arc::new(postgres::Server::start());
    let project = Project::postgres(&database, "jsonb");
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let server = Server::of(&project, &[]);
    let document = "/v1/settings/app/documents/a";
    server.get(document).expect(200);
    database.cut();
    let away = server.get(document).expect(503);
    assert_eq!(away.json()["findings"][0]["retry"]["when"], "after-delay");
    assert!(away.headers.contains_key("retry-after"), "{away:#?}");
    // What needs no store still works.
    let body = json!({ "timeout_s": 1, "count": 1 });
    server.ask("POST", "/v1/settings/app/check?version=1").json(&body).send().expect(200);
    database.go();
    eventually("the store is not used again", || server.get(document).status == 200);
}

#[test]
fn more_than_it_can_do_is_refused_at_once_and_it_recovers() {
    let project = Project::sqlite();
    let server = Server::of(&project, &["--rate", "5"]);
    let answers: Vec<Answer> = (0..40).map(|_| server.get("/v1/settings")).collect();
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty());
    assert!(
        refused.iter().all(|answer| answer.header("retry-after") == "1" && answer.codes() == ["too-many-requests"])
    );
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 429)));
    // Others are not concerned.
    server.ask("GET", "/healthz").send().expect(200);
    std::thread::sleep(Duration::from_millis(1200));
    server.get("/v1/settings").expect(200);
}

#[test]
fn what_there_is_no_room_for_is_told_to_come_again_and_nothing_else_is_harmed() {
    let project = Project::sqlite();
    let heavy = with_heavy_documents(&project);
    let log = project.path().join("log");
    let mut command = project.command(&["serve", "--listen", "127.0.0.1:0", "--at-once", "1", "--rate", "1000000"]);
    command.env("SETPOINT_LOG", "info");
    let server = Server::logging(command, &log);
    // The only place is taken by a request that takes a while.
    let mut slow = server.connect();
    let head = format!(
        "POST /v1/settings/app/check?version=1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{heavy}",
        server.token,
        heavy.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    eventually("the request is not at work", || {
        server.ask("GET", "/metrics").nobody().send().body.contains("setpoint_requests_at_work 2")
    });
    // More than may wait.
    let request = format!(
        "GET /v1/settings HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        server.token
    );
    let mut crowd: Vec<_> = (0..1_500).map(|_| server.connect()).collect();
    for one in &mut crowd {
        one.write_all(request.as_bytes()).unwrap();
    }
    // Whoever looks after the server is answered.
    server.ask("GET", "/healthz").nobody().send().expect(200);
    let mut shed = 0;
    for one in &mut crowd {
        let mut answer = String::new();
        one.read_to_string(&mut answer).unwrap();
        let answer = Answer::read(&answer);
        // Those who waited until the place was free.
        if answer.status == 200 {
            continue;
        }
        let answer = answer.problem(503, "overloaded");
        assert_eq!((answer.header("retry-after"), &answer.json()["retry_after"]), ("1", &json!(1)));
        assert_eq!(answer.json()["findings"][0]["retry"]["when"], "after-delay");
        shed += 1;
    }
    assert!(shed > 100, "{shed}");
    // The one that was inside is done, and there is room again at once.
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    Answer::read(&answer).problem(422, "checker-limit");
    server.get("/v1/settings").expect(200);
    // The log says how many they were, not each.
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("told to come again")).collect();
    assert!((1..30).contains(&lines.len()), "{log}");
    assert!(log.lines().count() < 100, "{log}");
}

#[test]
fn a_project_that_is_wrong_is_not_served() {
    let project = Project::sqlite();
    project.write("schemas/app/v2.json", "{ \"type\": \"objekt\" }");
    let run = project.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("schemas/app/v2.json"), "{run:#?}");
    crate::project::edit(&project, "[settings.app]", "[settings.app");
    project.run(&["serve", "--listen", "127.0.0.1:0"]).expect_code(2);
}

#[test]
fn an_address_that_somebody_has_is_said_to_be_taken() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let run = project.run(&["serve", "--listen", &server.address.to_string()]).expect_code(4);
    assert!(run.stderr.contains(&server.address.to_string()) && run.stderr.contains("in use"), "{run:#?}");
}
