//! Who may do what.

use serde_json::json;

use crate::project::Project;
use crate::server::{Server, eventually};

const SETTINGS: &str = "/v1/settings";

fn token(project: &Project, arguments: &[&str]) -> String {
    project.run(&[&["token", "new"], arguments].concat()).expect_code(0).stdout.trim().to_owned()
}

#[test]
fn each_role_may_do_what_is_its_own() {
    let project = Project::sqlite();
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let [reader, editor, operator] =
        ["reader", "editor", "operator"].map(|role| token(&project, &[role, "--role", role]));
    let server =
        Server::of(&project, &["--state", &format!("sqlite:{}", project.path().join(".setpoint/serve.db").display())]);
    let document = "/v1/settings/app/documents/a";
    let status = "/v1/migrations/0002-timeout-in-milliseconds/status";
    let tag = server.ask("GET", document).token(&reader).send().expect(200).etag().to_owned();
    let body = json!({ "timeout_s": 2, "count": 1 });
    let write = |token: &str| server.ask("PUT", document).token(token).if_match(&tag).json(&body).send();
    write(&reader).problem(403, "role-missing");
    write(&editor).expect(200);
    for (token, allowed) in [(&reader, false), (&editor, false), (&operator, true)] {
        assert_eq!(server.ask("GET", status).token(token).send().status == 200, allowed);
    }
    let history = server.ask("GET", &format!("{document}/history")).token(&reader).send().expect(200).json();
    assert_eq!(history["entries"][0]["by"], "editor");
}

#[test]
fn nobody_gets_in_without_a_token_that_is_in_use() {
    let project = Project::sqlite();
    let ada = token(&project, &["ada", "--role", "reader"]);
    let server =
        Server::of(&project, &["--state", &format!("sqlite:{}", project.path().join(".setpoint/serve.db").display())]);
    let ask = |token: &str| server.ask("GET", SETTINGS).token(token).send();
    ask(&ada).expect(200);
    let refused = server.get(SETTINGS).problem(401, "not-signed-in");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    ask("nobody").problem(401, "not-signed-in");
    ask(&ada[1..]).problem(401, "not-signed-in");
    server.ask("GET", SETTINGS).header("authorization", "Basic YTpi").send().problem(401, "not-signed-in");
    // A revoked token ends while the server runs.
    project.run(&["token", "revoke", "ada"]).expect_code(0);
    eventually("a revoked token is still taken", || ask(&ada).status == 401);
    assert!(ask(&ada).body.contains("was revoked"));
    project.run(&["token", "revoke", "ada"]).expect_code(2);
    project.run(&["token", "new", "ada", "--role", "reader"]).expect_code(2);
    project.run(&["token", "new", "bob", "--role", "king"]).expect_code(2);
}

#[test]
fn tokens_are_listed_without_their_texts_and_kept_as_digests() {
    let project = Project::sqlite();
    let ada = token(&project, &["ada", "--role", "editor", "--days", "30"]);
    let list = project.run(&["token", "list"]).expect_code(0).stdout;
    assert!(list.contains("ada") && list.contains("editor") && list.contains("until 20"), "{list}");
    let list = project.run(&["token", "list", "--format", "json"]).expect_code(0).stdout;
    assert!(!list.contains(&ada), "{list}");
    let bytes = std::fs::read(project.path().join(".setpoint/serve.db")).unwrap();
    assert!(!bytes.windows(ada.len()).any(|part| part == ada.as_bytes()));
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(project.path().join(".setpoint/serve.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn the_token_of_a_fresh_server_ends_with_it() {
    let project = Project::sqlite();
    let first = Server::of(&project, &[]);
    first.get(SETTINGS).expect(200);
    let token = first.token.clone();
    drop(first);
    let second = Server::of(&project, &[]);
    second.ask("GET", SETTINGS).token(&token).send().problem(401, "not-signed-in");
    second.get(SETTINGS).expect(200);
}

#[test]
fn a_session_changes_something_only_with_its_own_proof() {
    let project = Project::sqlite();
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let server = Server::of(&project, &[]);
    let begin = || {
        let begun = server.ask("POST", "/v1/session").send().expect(200);
        let cookie = begun.header("set-cookie").to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        (cookie.split(';').next().unwrap().to_owned(), begun.json()["csrf"].as_str().unwrap().to_owned())
    };
    let ((cookie, proof), (_, of_another)) = (begin(), begin());
    let document = "/v1/settings/app/documents/a";
    let seen = server.ask("GET", document).nobody().header("cookie", &cookie).send().expect(200);
    let tag = seen.etag().to_owned();
    let body = json!({ "timeout_s": 2, "count": 1 });
    let put = || server.ask("PUT", document).nobody().header("cookie", &cookie).if_match(&tag).json(&body);
    put().send().problem(403, "forged-request");
    put().header("x-csrf-token", &of_another).send().problem(403, "forged-request");
    put().header("x-csrf-token", &proof).header("origin", "https://evil.example").send().problem(403, "forged-request");
    put().header("x-csrf-token", &proof).header("sec-fetch-site", "cross-site").send().problem(403, "forged-request");
    let origin = format!("http://{}", server.address);
    put().header("x-csrf-token", &proof).header("origin", &origin).send().expect(200);
    // A session that somebody made up, or that has ended, is none.
    let forged = cookie.replace('.', ".0");
    server.ask("GET", document).nobody().header("cookie", &forged).send().problem(401, "not-signed-in");
    let end = server.ask("DELETE", "/v1/session").nobody().header("cookie", &cookie);
    end.header("x-csrf-token", &proof).send().expect(204);
    // A cookie begins no session.
    server.ask("POST", "/v1/session").nobody().header("cookie", &cookie).send().problem(401, "not-signed-in");
}

#[test]
fn a_session_ends_with_the_token_that_it_was_begun_with() {
    let project = Project::sqlite();
    let ada = token(&project, &["ada", "--role", "editor"]);
    let server =
        Server::of(&project, &["--state", &format!("sqlite:{}", project.path().join(".setpoint/serve.db").display())]);
    let begun = server.ask("POST", "/v1/session").token(&ada).send().expect(200);
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let ask = || server.ask("GET", SETTINGS).header("cookie", &cookie).send();
    ask().expect(200);
    project.run(&["token", "revoke", "ada"]).expect_code(0);
    eventually("a session goes on without its token", || ask().status == 401);
}

/// An editor that is published as static files asks from another origin.
#[test]
fn pages_of_other_origins_may_ask_when_they_are_named_and_with_a_token_only() {
    let project = Project::files();
    let server = Server::of(&project, &["--cors", "https://editor.example.com"]);
    let before = |origin: &str| {
        let asked = server.ask("OPTIONS", "/v1/settings/app/documents/x").nobody().header("origin", origin);
        asked
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization,if-match")
            .send()
    };
    let told = before("https://editor.example.com").expect(200);
    assert_eq!(told.header("access-control-allow-origin"), "https://editor.example.com");
    assert!(told.header("access-control-allow-methods").contains("PUT"));
    assert!(told.header("access-control-allow-headers").contains("if-match"));
    assert!(!told.headers.contains_key("access-control-allow-credentials"), "no cookie comes along");
    let stranger = before("https://evil.example.com").expect(200);
    assert!(!stranger.headers.contains_key("access-control-allow-origin"), "{:?}", stranger.headers);
    let seen = server.ask("GET", "/v1/settings").header("origin", "https://editor.example.com").send().expect(200);
    assert_eq!(seen.header("access-control-allow-origin"), "https://editor.example.com");
    assert!(seen.header("access-control-expose-headers").contains("etag"));
    server.ask("GET", "/v1/settings").nobody().header("origin", "https://editor.example.com").send().expect(401);
    // Without the option nobody is told anything.
    let server = Server::of(&project, &[]);
    let seen = server.ask("GET", "/v1/settings").header("origin", "https://editor.example.com").send().expect(200);
    assert!(!seen.headers.contains_key("access-control-allow-origin"));
    let run = project.run(&["serve", "--cors", "*"]).expect_code(2);
    assert!(run.stderr.contains("`*` is no origin; expected one as browsers write it"), "{run:#?}");
}
