//! `setpoint bundle`.

use crate::folder::Folder;

#[test]
fn the_bundle_is_the_same_everywhere_and_every_report_names_its_digest() {
    let (one, two) = (Folder::with(&[("config/a.json", r#"{"port":1}"#)]), Folder::with(&[]));
    let first = one.run(&["bundle"]).expect_code(0);
    let second = two.run_in("schemas", &["bundle"]).expect_code(0);
    assert_eq!((&first.stdout, &first.stderr), (&second.stdout, &second.stderr));
    let digest = one.run(&["bundle", "--digest"]).expect_code(0).stdout;
    assert_eq!(digest, first.stderr);
    assert_eq!(one.run(&["check", "--format", "json"]).json()["bundle"], digest.trim_end());
    let bundle: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(bundle["settings"]["app"]["schemas"]["1"]["file"], "schemas/app/v1.json");
}

#[test]
fn the_digest_is_the_sha256_of_the_bundle() {
    let folder = Folder::with(&[]);
    folder.run(&["bundle", "--output", "bundle.json"]).expect_code(0);
    let output = std::process::Command::new("sha256sum").arg(folder.file("bundle.json")).output().unwrap();
    let sum = String::from_utf8(output.stdout).unwrap();
    let digest = folder.run(&["bundle", "--digest"]).stdout;
    assert_eq!(digest.trim_end(), format!("sha256:{}", sum.split(' ').next().unwrap()));
}

#[test]
fn a_changed_schema_changes_the_digest_and_a_document_does_not() {
    let folder = Folder::with(&[]);
    let digest = || folder.run(&["bundle", "--digest"]).expect_code(0).stdout;
    let before = digest();
    folder.write("config/new.json", "{}");
    assert_eq!(digest(), before);
    folder.write("schemas/app/v1.json", "{}");
    assert_ne!(digest(), before);
}

#[test]
fn a_bundle_with_a_broken_schema_fails() {
    let folder = Folder::with(&[]);
    folder.write("schemas/app/v1.json", "{ \"type\": 1 }");
    let run = folder.run(&["bundle"]).expect_code(1);
    assert!(run.stderr.contains("`setpoint check` shows them"), "{}", run.stderr);
}
