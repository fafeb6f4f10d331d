//! A PostgreSQL server of the tests' own: made by `initdb` in a temporary folder, on a free port of the loopback interface, and
//! stopped when the last test has ended.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, Weak};

/// A running server.
pub struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    databases: Mutex<u32>,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    /// The server that all tests share.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start());
        *shared = Arc::downgrade(&server);
        server
    }

    /// A server for one test, which may be stopped and started.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            // The server refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let data = folder.path().join("data");
        let mut initdb = as_server(&programs.join("initdb"));
        run(initdb.arg("-D").arg(&data).args(["-U", "app", "--auth=trust", "-N", "-E", "UTF8", "--locale=C"]));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { programs, folder, port, databases: Mutex::new(0) };
        server.go();
        server
    }

    fn control(&self) -> Command {
        let mut control = as_server(&self.programs.join("pg_ctl"));
        control.arg("-D").arg(self.folder.path().join("data")).arg("-w");
        control
    }

    /// Starts the server again.
    pub fn go(&self) {
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", self.port);
        let log = self.folder.path().join("log");
        run(self.control().arg("-l").arg(log).arg("-o").arg(options).arg("start"));
    }

    /// Stops the server at once: all connections are cut.
    pub fn cut(&self) {
        run(self.control().args(["-m", "immediate", "stop"]));
    }

    /// A new database, with its URL.
    pub fn database(&self) -> String {
        let name = {
            let mut databases = self.databases.lock().unwrap();
            *databases += 1;
            format!("test{databases}")
        };
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://app@127.0.0.1:{}/{name}", self.port)
    }

    /// What a statement gives: fields by `|`, rows by line.
    pub fn sql(&self, url: &str, statement: &str) -> String {
        let url =
            if url.contains("://") { url.to_owned() } else { format!("postgres://app@127.0.0.1:{}/{url}", self.port) };
        let mut psql = Command::new(self.programs.join("psql"));
        let output = run(psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &url, "-c", statement]));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.control().args(["-m", "immediate", "stop"]).output();
    }
}

/// Where the programs of the newest server are.
fn programs() -> PathBuf {
    let mut known: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("initdb").is_file())
        .collect();
    known.sort();
    known.pop().unwrap_or_else(|| {
        let found = Command::new("pg_config").arg("--bindir").output();
        let found = found
            .unwrap_or_else(|_| panic!("PostgreSQL is not installed; `cargo xtask test` installs it with apt-get"));
        PathBuf::from(String::from_utf8(found.stdout).unwrap().trim())
    })
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}

fn as_server(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn run(command: &mut Command) -> Output {
    // Not by pipes: a server that is started keeps them open.
    let out = tempfile::NamedTempFile::new().unwrap();
    let status = command.stdout(out.reopen().unwrap()).stderr(out.reopen().unwrap()).status().unwrap();
    let text = std::fs::read(out.path()).unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&text));
    Output { status, stdout: text, stderr: Vec::new() }
}
