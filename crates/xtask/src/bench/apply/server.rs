//! A PostgreSQL server of its own: made by `initdb` in a temporary folder, on a free port of the loopback interface, and
//! stopped when it is dropped.

use std::io::{BufWriter, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, bail};

use crate::process;

/// A running server.
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    as_root: bool,
}

impl Server {
    /// Makes and starts a server with the programs in this folder.
    ///
    /// # Errors
    /// When that fails; the error has the end of the server's log.
    pub fn start(programs: PathBuf) -> anyhow::Result<Self> {
        let folder = env::temp_dir().join(format!("setpoint-bench-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // From here on the folder goes away with the server, however this ends.
        let mut server = Self { programs, folder, port, as_root: false };
        server.as_root = process::output(Command::new("id").arg("-u"), "asking who runs this")?.trim() == "0";
        if server.as_root {
            let mut chown = Command::new("chown");
            process::run(chown.arg("postgres").arg(&server.folder), "giving the server its folder")?;
        }
        let mut initdb = server.command("initdb");
        // In the order of bytes on every machine: what a language makes of keys is not measured.
        initdb.arg("-D").arg(server.data()).args(["-U", "app", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        process::output(&mut initdb, "making a PostgreSQL server")?;
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_wal_size=4GB");
        let mut control = server.control();
        control.arg("-l").arg(server.log()).arg("-o").arg(options).arg("start");
        // Not by pipes: the server that is started would keep them open.
        let control = control.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Err(error) = process::run(control, "starting a PostgreSQL server") {
            bail!("{error:#}: {}", fs::read_to_string(server.log()).unwrap_or_default().trim());
        }
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// One of the server's programs. It refuses to run as root.
    fn command(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(env::temp_dir());
        command
    }

    fn control(&self) -> Command {
        let mut control = self.command("pg_ctl");
        control.arg("-D").arg(self.data()).arg("-w");
        control
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgresql://app@127.0.0.1:{}/postgres", self.port)
    }

    /// Its client, which stands beside it or on `PATH`.
    pub fn psql(&self) -> PathBuf {
        let beside = self.programs.join("psql");
        if beside.is_file() { beside } else { Path::new("psql").to_owned() }
    }

    fn client(&self) -> Command {
        let mut psql = Command::new(self.psql());
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url()]);
        psql
    }

    /// Executes statements, each for itself, and gives what they print.
    ///
    /// # Errors
    /// When one of them fails.
    pub fn sql(&self, statements: &[&str]) -> anyhow::Result<String> {
        let mut psql = self.client();
        for statement in statements {
            psql.arg("-c").arg(statement);
        }
        Ok(process::output(&mut psql, "asking PostgreSQL")?.trim().to_owned())
    }

    /// Copies rows into a table, as `COPY` reads them.
    ///
    /// # Errors
    /// When one of them cannot be.
    pub fn copy(&self, table: &str, rows: impl Iterator<Item = String>) -> anyhow::Result<()> {
        let mut psql = self.client();
        psql.arg("-c").arg(format!("COPY {table} FROM STDIN")).stdin(Stdio::piped());
        let mut child = psql.spawn().context("`psql` cannot be started; is it installed?")?;
        let mut input = BufWriter::new(child.stdin.take().context("`psql` has no input")?);
        // When it fails it reads no further; its own output tells more.
        let written = rows.into_iter().try_for_each(|row| input.write_all(row.as_bytes())).and_then(|()| input.flush());
        drop(input);
        let status = child.wait()?;
        if !status.success() {
            bail!("`psql` could not copy documents into `{table}` ({status})");
        }
        Ok(written?)
    }

    /// Its version.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn version(&self) -> anyhow::Result<String> {
        let version = self.sql(&["SHOW server_version"])?;
        Ok(version.split(' ').next().unwrap_or_default().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails when it was not started, which is as well. Nothing in it is worth an orderly end.
        let _ = self.control().args(["-m", "immediate", "stop"]).output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
