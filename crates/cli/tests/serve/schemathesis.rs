//! The OpenAPI document, taken at its word: schemathesis makes requests of it, right and wrong ones, and looks at every answer.

use std::process::Command;

use serde_json::json;

use crate::project::Project;
use crate::python;
use crate::server::Server;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Requests for each operation and each kind of test.
const EXAMPLES: &str = "40";

#[test]
fn no_request_gets_an_answer_that_is_not_described() {
    let program = match python::program(SCHEMATHESIS, "schemathesis") {
        Ok(program) => program,
        Err(reason) => {
            assert!(!python::is_ci(), "schemathesis cannot be installed: {reason}");
            println!("skipped: schemathesis cannot be installed: {reason}");
            return;
        }
    };
    let project = Project::sqlite();
    for key in ["a", "b", "c"] {
        project.put(key, r#"{"timeout_s": 1, "count": 1}"#, 1);
    }
    let server = Server::of(&project, &[]);
    // So that there is a history.
    let tag = server.get("/v1/settings/app/documents/c").expect(200).etag().to_owned();
    let put = server.ask("PUT", "/v1/settings/app/documents/c").if_match(&tag);
    put.json(&json!({ "timeout_s": 2, "count": 1 })).send().expect(200);
    let digest = server.get("/v1/bundle").expect(200).json()["bundle"].as_str().unwrap().to_owned();
    // What there is, so that requests get as far as they can.
    project.write(
        "schemathesis.toml",
        &format!(
            "[parameters]\nfamily = \"app\"\nkey = \"c\"\nentry = 1\ndigest = \"{digest}\"\n\
             id = \"0002-timeout-in-milliseconds\"\nversion = 1\nfrom = 1\nto = 2\nIf-Match = \"*\"\n"
        ),
    );
    let run = Command::new(program)
        .args(["--config-file", "schemathesis.toml", "run"])
        .arg(format!("http://{}/v1/openapi.json", server.address))
        .args(["--header", &format!("Authorization: Bearer {}", server.token)])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        .args(["--max-examples", EXAMPLES, "--seed", "7", "--no-color"])
        .current_dir(project.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    // It did ask, and got through to what is there.
    let made = said.lines().find_map(|line| line.trim().split_once(" generated, ")?.0.parse::<u32>().ok());
    assert!(made.is_some_and(|made| made > 500), "{said}");
    let metrics = server.get("/metrics").body;
    for (method, status) in [("GET", 200), ("DELETE", 204)] {
        let route = "/v1/settings/{family}/documents/{key}";
        let done = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        assert!(metrics.contains(&done), "{done}: {metrics}");
    }
}
