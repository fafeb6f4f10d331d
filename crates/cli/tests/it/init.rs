//! `setpoint init`.

use crate::folder::Folder;

#[test]
fn what_it_writes_passes_and_catches_a_mistake() {
    let folder = Folder::empty();
    folder.run(&["init", "--name", "billing"]).expect_code(0);
    let run = folder.run(&["check"]).expect_code(0);
    assert_eq!(run.stdout, "1 document checked: no findings\n");
    let example = folder.read("config/billing/example.yaml");
    folder.write("config/billing/example.yaml", example.replace("8080", "80800"));
    folder.run(&["check"]).expect_code(1);
    assert!(folder.read("setpoint.toml").contains("[settings.billing]"));
    assert!(!folder.file(".pre-commit-config.yaml").exists());
}

#[test]
fn it_never_overwrites() {
    let folder = Folder::with(&[]);
    let run = folder.run(&["init"]).expect_code(2);
    assert!(run.stderr.contains("`./setpoint.toml` exists already"), "{}", run.stderr);
    std::fs::remove_file(folder.file("setpoint.toml")).unwrap();
    folder.write("schemas/app/v1.json", "{}");
    folder.write(".pre-commit-config.yaml", "repos: []\n");
    let run = folder.run(&["init", "--pre-commit"]).expect_code(0);
    assert_eq!(folder.read("schemas/app/v1.json"), "{}");
    assert_eq!(folder.read(".pre-commit-config.yaml"), "repos: []\n");
    assert!(run.stderr.contains("left ./schemas/app/v1.json as it is"), "{}", run.stderr);
}

#[test]
fn a_name_that_is_no_name_is_refused() {
    Folder::empty().run(&["init", "--name", "a/b"]).expect_code(2);
}
