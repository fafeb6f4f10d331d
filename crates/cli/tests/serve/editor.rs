//! The editor, as browsers get it.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::project::Project;
use crate::python::is_ci;
use crate::server::Server;

/// Whether the program has the editor in it; without it there is nothing to test, which is an error in continuous integration.
fn has_editor(server: &Server) -> bool {
    let has = server.ask("GET", "/").nobody().send().status == 200;
    assert!(has || !is_ci(), "the program was built without the editor; `cargo xtask web` makes it");
    if !has {
        println!("skipped: the program was built without the editor; `cargo xtask web` makes it");
    }
    has
}

#[test]
fn the_page_is_asked_for_each_time_and_what_it_names_is_kept_for_ever() {
    let project = Project::files();
    let server = Server::of(&project, &[]);
    if !has_editor(&server) {
        return;
    }
    let page = server.ask("GET", "/").nobody().send().expect(200);
    assert_eq!(page.header("cache-control"), "no-cache");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    server.ask("GET", "/").nobody().header("if-none-match", page.etag()).send().expect(304);
    let names: Vec<&str> = page.body.split("./assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() >= 2, "{}", page.body);
    for name in names {
        let path = format!("/assets/{name}");
        let plain = server.ask("GET", &path).nobody().send().expect(200);
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.header("vary"), "accept-encoding");
        let small = server.ask("GET", &path).nobody().header("accept-encoding", "gzip, br;q=0.9").send().expect(200);
        assert_eq!(small.header("content-encoding"), "br");
        let length = |answer: &crate::server::Answer| answer.header("content-length").parse::<usize>().unwrap();
        assert!(length(&small) * 2 < length(&plain), "{name}");
        let refused = server.ask("GET", &path).nobody().header("accept-encoding", "br;q=0").send().expect(200);
        assert!(!refused.headers.contains_key("content-encoding"));
    }
    server.ask("GET", "/assets/nothing.js").nobody().send().problem(404, "nothing-there");
    server.ask("GET", "/assets/editor.html").nobody().send().problem(404, "nothing-there");
}

/// Settings with everything that a form can show: parts, lists, alternatives, keys of one's own, a secret, another file, a rule about
/// changes; and a migration that the gate refuses.
fn with_mail(project: &Project) {
    let file = std::fs::read_to_string(project.path().join("setpoint.toml")).unwrap();
    let mail = "[settings.mail]\nschemas = \"schemas/mail\"\nrules = \"rules/mail.yaml\"\nmigrations = \"migrations/mail\"\n\
                documents = [\"mail/*\"]\ncurrent = 1\n";
    project.write("setpoint.toml", &format!("{file}\n{mail}"));
    project.write("schemas/mail/v1.json", MAIL);
    let two =
        MAIL.replace("\"limit\"", "\"largest\"").replace("[\"host\", \"port\"]", "[\"host\", \"port\", \"mode\"]");
    project.write("schemas/mail/v2.json", &two);
    project.write(
        "schemas/mail/route.json",
        r#"{ "type": "object", "properties": { "to": { "type": "string" } }, "required": ["to"] }"#,
    );
    project.write("rules/mail.yaml", MAIL_RULES);
    project.write("migrations/mail/0002-largest.yaml", MAIL_MIGRATION);
    std::fs::create_dir_all(project.path().join("mail")).unwrap();
}

const MAIL: &str = r##"{
  "type": "object",
  "$defs": { "alias": { "type": "string" } },
  "properties": {
    "host": { "type": "string", "title": "Host", "description": "Where mail is handed over.", "minLength": 1 },
    "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
    "mode": { "enum": ["plain", "tls"] },
    "password": { "type": "string", "writeOnly": true, "minLength": 8 },
    "limit": { "type": "number" },
    "routes": { "type": "array", "items": { "$ref": "route.json" } },
    "aliases": { "type": "array", "items": { "$ref": "#/$defs/alias" } },
    "queue": {
      "oneOf": [
        {
          "type": "object",
          "properties": { "kind": { "const": "memory" }, "size": { "type": "integer" } },
          "required": ["kind"],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": { "kind": { "const": "disk" }, "folder": { "type": "string" } },
          "required": ["kind", "folder"],
          "additionalProperties": false
        }
      ]
    },
    "labels": { "type": "object", "additionalProperties": { "type": "string" } }
  },
  "required": ["host", "port"],
  "additionalProperties": false
}
"##;
const MAIL_RULES: &str = "rules:
  - id: encryption-stays
    rule: \"!(oldSelf.?mode.orValue('') == 'tls' && self.?mode.orValue('') != 'tls')\"
    message: encryption is taken away in place
    expected: the mode `tls`, as before
    fieldPath: .mode
    cases:
      - { oldSelf: { mode: tls }, self: { mode: tls }, expect: pass }
      - { oldSelf: { mode: tls }, self: { mode: plain }, expect: fail }
";
const MAIL_MIGRATION: &str = "migration: 0002-largest
settings: mail
from: 1
to: 2
owner: team-mail
why: nobody knew what the limit was about
expected: every document with a limit has it as largest
rollback: setpoint rollback mail --to 1
steps:
  - rename: { at: \"\", from: limit, to: largest }
";

#[test]
fn the_editor_works_in_a_browser() {
    let project = Project::files();
    with_mail(&project);
    // Where the same editor is published as static files: a port that is free a moment before.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::of(&project, &["--cors", &format!("http://127.0.0.1:{port}")]);
    if !has_editor(&server) {
        return;
    }
    let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www");
    let run = Command::new("node")
        .args(["--test", "test/gate/editor.test.mjs"])
        .current_dir(www)
        .env("SETPOINT_ADDRESS", format!("http://{}", server.address))
        .env("SETPOINT_TOKEN", &server.token)
        .env("SETPOINT_PROJECT", project.path())
        .env("SETPOINT_PROGRAM", env!("CARGO_BIN_EXE_setpoint"))
        .env("SETPOINT_STATIC_PORT", port.to_string())
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("fail 0") && !said.contains("pass 0"), "{said}");
}
