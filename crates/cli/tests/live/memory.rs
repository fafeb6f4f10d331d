//! The memory of apply and rollback does not depend on how many documents there are.

use std::time::Duration;

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, Where};

/// Documents of about 4 kB. Few of them are enough to fill the caches of SQLite, 1 MB for each connection.
const FEW: usize = 1500;
const MANY: usize = 4 * FEW;
/// Few enough that what one batch takes is there for few documents as well.
const BATCH: [&str; 2] = ["--batch", "50"];
/// What may come on top for all of the others: less than half of what their texts take. Allocators keep some memory for each
/// thread that there was.
const MORE: u64 = 8 << 20;

/// Puts documents there that the project has not had.
fn fill(project: &Project, numbers: std::ops::Range<usize>) {
    let name = "n".repeat(4000);
    let text = |number: usize| format!("{{\"timeout_s\": {}, \"count\": 1, \"name\": \"{name}\"}}", number % 600 + 1);
    match &project.place {
        Where::Files => numbers.for_each(|number| project.put(&format!("d{number:05}.json"), &text(number), 1)),
        _ => {
            let row = |number: usize| format!("('d{number:05}', '{}', 1)", text(number));
            let rows: Vec<String> = numbers.map(row).collect();
            project.sql(&format!("INSERT INTO settings VALUES {}", rows.join(", ")));
        }
    }
}

/// The most memory that a command holds at once, in bytes.
fn peak(project: &Project, arguments: &[&str]) -> u64 {
    let mut child = project.spawn(arguments);
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        peak = kilobytes.map_or(peak, |kilobytes| kilobytes * 1024);
        match child.try_wait().unwrap() {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert!(ended.success(), "{}: {arguments:?} ended with {ended}", project.name());
    assert!(peak > 0, "{}: the memory of {arguments:?} was not seen", project.name());
    peak
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux tells the most memory of a process in /proc")]
fn four_times_the_documents_take_no_more_memory() {
    for project in [Project::files(), Project::sqlite(), Project::postgres(&Server::shared(), "jsonb")] {
        let peaks = || [&APPLY[..], &ROLLBACK[..]].map(|command| peak(&project, &[command, &BATCH[..]].concat()));
        fill(&project, 0..FEW);
        let few = peaks();
        fill(&project, FEW..MANY);
        let many = peaks();
        for (few, many, what) in [(few[0], many[0], "apply"), (few[1], many[1], "rollback")] {
            assert!(
                many < few + MORE,
                "{}: {what} took {few} bytes for {FEW} documents, and {many} for {MANY}",
                project.name()
            );
        }
    }
}
