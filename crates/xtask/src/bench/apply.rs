//! A migration of a whole table, while services read it: one statement, a script with an ORM, and `setpoint apply`.

mod readers;
mod server;

use std::time::Duration;

use anyhow::{Context, bail};

use super::contest::Contestant;
use super::results::{Cell, Section, Table, Target};
use super::statistics::{Times, ratio};
use super::{Effort, migration, peers, sample, setpoint, sources};
use crate::system;
use readers::{Reader, Reading};
use server::Server;

const STATEMENT: &str = "one statement, psql";
const SCRIPT: &str = "SQLAlchemy, a script, batches of 1,000";
const SETPOINT: &str = "setpoint apply, batches of 500, with journal";

/// What every document is to become, of `doc` as it is at version 1.
const CONVERTED: &str = "jsonb_set(doc - 'timeout_s', '{timeout_ms}', to_jsonb((doc->>'timeout_s')::int * 1000))";
/// Documents in the table.
const DOCUMENTS: u32 = 200_000;
/// The part of them with which everybody warms up, and which memory is compared with.
const PART: u32 = 10;
/// Times that each runs.
const ROUNDS: usize = 3;

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let (documents, rounds) = if effort.quick { (DOCUMENTS / 10, 1) } else { (DOCUMENTS, ROUNDS) };
    let server = Server::start(system::ensure_postgres()?)?;
    let made = make_template(&server, documents)?;
    let contestants = contestants(&server)?;
    for contestant in &contestants {
        make_table(&server, documents / PART)?;
        contestant.time()?;
        verify(&server, contestant, documents / PART)?;
    }
    make_table(&server, documents)?;
    let at_rest = readers_at_rest(&server, effort)?;
    let mut measured: Vec<(Times, Vec<Reading>)> = vec![Default::default(); contestants.len()];
    for _ in 0..rounds {
        for (contestant, (times, readings)) in contestants.iter().zip(&mut measured) {
            make_table(&server, documents)?;
            let reader = Reader::start(&server.url())?;
            let time = contestant.time()?;
            readings.push(reader.stop()?);
            times.push(time);
            verify(&server, contestant, documents)?;
        }
    }
    let medians = measured.iter().map(|(times, _)| times.median()).collect::<Vec<_>>();
    let [statement, script, own] = medians.as_slice() else { bail!("three contestants were to be measured") };
    let mut table = Table::new(&[
        "program",
        "median",
        "runs",
        &format!("× {STATEMENT}"),
        "documents a second",
        "readers' median",
        "readers' 99 %",
        "readers' longest",
    ]);
    for (contestant, (times, readings)) in contestants.iter().zip(&measured) {
        let mut row = vec![
            Cell::text(contestant.name),
            Cell::time(times.median()),
            Cell::count(times.count()),
            Cell::ratio(ratio(times.median(), *statement)),
            Cell::rate(f64::from(documents) / times.median().as_secs_f64()),
        ];
        row.extend(readers_cells(readings));
        table.row(row);
    }
    let mut row = vec![Cell::text("nobody")];
    row.extend((0..4).map(|_| Cell::text("–")));
    row.extend(readers_cells(&[at_rest]));
    table.row(row);
    let (memory, growth) = memory(&server, &contestants, documents)?;
    let mut targets = vec![
        Target::at_most("`setpoint apply` beside one statement", ratio(*own, *statement), 3.0),
        Target::at_least("times faster than the script", ratio(*script, *own), 5.0),
    ];
    let what = "memory for ten times the documents, in relation";
    targets.extend(growth.map(|growth| Target::at_most(what, growth, 1.1)));
    Ok(Section {
        title: "200,000 documents in PostgreSQL, while services read them",
        notes: notes(&server, documents, made)?,
        tables: vec![table, memory],
        targets,
    })
}

fn notes(server: &Server, documents: u32, bytes: u64) -> anyhow::Result<Vec<String>> {
    Ok(vec![
        format!(
            "{documents} documents of {} bytes on average in a column of type `jsonb`, from version 1 to version 2, which has \
             the timeout in milliseconds. PostgreSQL {} on this machine with its default settings but `max_wal_size=4GB`, so \
             that checkpoints do not decide; `fsync` is on. Before each run the table is made anew, vacuumed and analyzed, and \
             a checkpoint made; after it every document is compared with what the statement makes of it. Run in turn.",
            bytes / u64::from(documents.max(1)),
            server.version()?
        ),
        "The three do not do the same. The statement is one transaction that holds every row until its end, and knows nothing \
         of schemas. The script commits its batches and checks nothing. `setpoint apply` checks every document at the old \
         version before it touches any, checks each at the new version, and writes what it was to its journal in the same \
         transaction, which the others do not; it is started `--without-rehearsal`."
            .to_owned(),
        "Readers: one connection that reads one document by a random key about 200 times a second, from a Python script. The \
         medians of all runs, and the longest read of all."
            .to_owned(),
    ])
}

fn contestants(server: &Server) -> anyhow::Result<Vec<Contestant>> {
    let url = server.url();
    let folder = sources();
    let project = sample::folder().join("apply");
    migration::write_project(&project, Some(&url))?;
    let statement = format!("UPDATE settings SET doc = {CONVERTED}, version = 2 WHERE version = 1");
    let new = |name, program, folder| Contestant::new(name, program, folder).aloud();
    Ok(vec![
        new(STATEMENT, server.psql(), &folder)
            .with(["-X", "-q", "-v", "ON_ERROR_STOP=1"])
            .with(["-d", &url, "-c", &statement]),
        new(SCRIPT, peers::python(), &folder).with(["apply.py", &url]),
        new(SETPOINT, setpoint()?, &project)
            .with(["apply", migration::NAME, "--quiet"])
            .with(["--without-rehearsal", "benchmark of the store"]),
    ])
}

/// Makes the table that all others are copies of. Gives the bytes of all documents, as PostgreSQL writes them.
fn make_template(server: &Server, documents: u32) -> anyhow::Result<u64> {
    server.sql(&[
        "CREATE TABLE public.template (id text PRIMARY KEY, doc jsonb NOT NULL, version int NOT NULL)",
        // What contestants make, their own tables among it, goes away with its schema.
        "ALTER ROLE app SET search_path = run",
    ])?;
    let rows = (0..documents).map(|number| format!("tenant-{number:06}\t{}\t1\n", migration::document(number)));
    server.copy("public.template", rows)?;
    let bytes =
        server.sql(&["VACUUM ANALYZE public.template", "SELECT sum(length(doc::text)) FROM public.template"])?;
    bytes.parse().with_context(|| format!("PostgreSQL gave `{bytes}` as the size of the documents"))
}

/// Makes the table anew, with the first so many documents.
fn make_table(server: &Server, documents: u32) -> anyhow::Result<()> {
    let fill = format!("INSERT INTO run.settings SELECT * FROM public.template ORDER BY id LIMIT {documents}");
    server.sql(&[
        "DROP SCHEMA IF EXISTS run CASCADE",
        "CREATE SCHEMA run",
        "CREATE TABLE run.settings (LIKE public.template INCLUDING ALL)",
        &fill,
        "VACUUM ANALYZE run.settings",
        "CHECKPOINT",
    ])?;
    Ok(())
}

/// An error unless every document is what it should be: nobody is measured who does less.
fn verify(server: &Server, contestant: &Contestant, documents: u32) -> anyhow::Result<()> {
    let count = format!(
        "SELECT count(*) FROM run.settings AS now JOIN (SELECT id, {CONVERTED} AS doc FROM public.template) AS wanted \
         ON now.id = wanted.id AND now.doc = wanted.doc AND now.version = 2"
    );
    let converted = server.sql(&[&count])?;
    if converted != documents.to_string() {
        bail!("{}: {converted} of {documents} documents are as they should be", contestant.name);
    }
    Ok(())
}

/// What readers notice when nobody writes.
fn readers_at_rest(server: &Server, effort: Effort) -> anyhow::Result<Reading> {
    let reader = Reader::start(&server.url())?;
    std::thread::sleep(Duration::from_secs(if effort.quick { 2 } else { 10 }));
    reader.stop()
}

/// Of several runs: the median of the medians, the median of the 99th percentiles, the longest read.
fn readers_cells(readings: &[Reading]) -> [Cell; 3] {
    let median = |figure: fn(&Reading) -> Duration| Cell::time(readings.iter().map(figure).collect::<Times>().median());
    let longest = readings.iter().map(|reading| reading.longest).max().unwrap_or_default();
    [median(|reading| reading.median), median(|reading| reading.p99), Cell::time(longest)]
}

/// The most memory of `setpoint apply` for few and for many documents, and how many times the one is the other.
fn memory(server: &Server, contestants: &[Contestant], documents: u32) -> anyhow::Result<(Table, Option<f64>)> {
    let setpoint = contestants.iter().find(|contestant| contestant.name == SETPOINT);
    let setpoint = setpoint.context("`setpoint apply` does not take part")?;
    let mut table = Table::new(&["setpoint apply", "most memory at once"]);
    let mut peaks = Vec::new();
    for count in [documents / PART, documents] {
        make_table(server, count)?;
        let peak = setpoint.peak_memory()?;
        verify(server, setpoint, count)?;
        let shown = peak.map_or_else(|| Cell::text("not to be had on this system"), Cell::bytes);
        table.row(vec![Cell::text(format!("{count} documents")), shown]);
        #[allow(clippy::cast_precision_loss, reason = "memory of a process is far below 2^52 bytes")]
        peaks.extend(peak.map(|peak| peak as f64));
    }
    let growth = match peaks.as_slice() {
        [few, many] if *few > 0.0 => Some(many / few),
        _ => None,
    };
    Ok((table, growth))
}
