//! The editor, as browsers get it.

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

#[test]
fn the_editor_works_in_a_browser() {
    let project = Project::files();
    let server = Server::of(&project, &[]);
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
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("fail 0") && !said.contains("pass 0"), "{said}");
}
