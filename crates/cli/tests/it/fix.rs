//! `setpoint check --fix`.

use crate::folder::Folder;

#[test]
fn safe_fixes_are_applied_and_comments_and_layout_stay() {
    let yaml = "# the port\nport:   \"80\"   # quoted\ntls: yes # hm\nlevel: info\n";
    let folder = Folder::with(&[("config/a.yaml", yaml), ("config/b.json", "{ \"port\" : \"81\" }\n")]);
    let run = folder.run(&["check", "--fix", "config/b.json"]).expect_code(0);
    assert_eq!(folder.read("config/b.json"), "{ \"port\" : 81 }\n");
    assert_eq!(run.stderr, "fixed 1 finding in 1 file\n");
    folder.run(&["check", "--fix", "config/a.yaml"]);
    let fixed = folder.read("config/a.yaml");
    assert!(fixed.starts_with("# the port\nport:   80   # quoted\ntls: "), "{fixed}");
    assert!(fixed.ends_with("level: info\n"), "{fixed}");
}

#[test]
fn what_cannot_be_fixed_is_still_reported() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":"80","level":"loud"}"#)]);
    let run = folder.run(&["check", "--fix", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["value-not-allowed"]);
    assert_eq!(folder.read("config/a.json"), r#"{"port":80,"level":"loud"}"#);
}

#[test]
fn a_file_without_safe_fixes_is_not_touched() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#)]);
    let before = std::fs::metadata(folder.file("config/a.json")).unwrap().modified().unwrap();
    folder.run(&["check", "--fix"]).expect_code(1);
    assert_eq!(std::fs::metadata(folder.file("config/a.json")).unwrap().modified().unwrap(), before);
}

#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("real.json", r#"{"port":"80"}"#), ("config/x.json", r#"{"port":1}"#)]);
    let real = folder.file("real.json");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("../real.json", folder.file("config/link.json")).unwrap();
    folder.run(&["check", "--fix", "config/link.json"]).expect_code(0);
    assert_eq!(folder.read("real.json"), r#"{"port":80}"#);
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(folder.file("config/link.json").is_symlink());
}

#[test]
fn text_that_is_not_utf8_is_never_written() {
    let folder = Folder::with(&[]);
    let text = b"{\"port\":\"80\",\"level\":\"\xff\"}";
    folder.write("config/a.json", text);
    folder.run(&["check", "--fix"]).expect_code(1);
    assert_eq!(std::fs::read(folder.file("config/a.json")).unwrap(), text);
}

#[test]
fn standard_input_cannot_be_fixed() {
    let run = Folder::with(&[]).run(&["check", "--fix", "-"]).expect_code(2);
    assert!(run.stderr.starts_with("error: `--fix` cannot be used with standard input"), "{}", run.stderr);
}
