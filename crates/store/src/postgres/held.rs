//! Advisory locks: each on a connection of its own, so that the server frees it when the connection ends, in whatever way.

use async_trait::async_trait;
use sqlx::Connection as _;

use super::journal::Journal;
use crate::error::{StoreError, reason};
use crate::store::{Guard, Held};

/// The number of an advisory lock, in two halves: what it is for, and which.
#[derive(Clone, Copy)]
pub(super) struct Number(i32, i32);

impl Number {
    /// For changing the documents of a family in a table.
    pub(super) fn of_family(table: i64, family: &str) -> Self {
        Self(0x5e7_0017, half(&format!("{table}\n{family}")))
    }

    /// For the schema of a copy.
    pub(super) fn of_scratch(schema: &str) -> Self {
        Self(0x5e7_0018, half(schema))
    }

    /// Its halves as `classid` and `objid` of `pg_locks`, which are unsigned.
    pub(super) fn as_the_server_shows_it(self) -> [i64; 2] {
        [self.0, self.1].map(|number| i64::from(u32::from_ne_bytes(number.to_ne_bytes())))
    }
}

fn half(name: &str) -> i32 {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(name);
    digest.iter().take(4).fold(0, |number, byte| (number << 8) | i32::from(*byte))
}

/// Takes a lock under a name that others see; `None` when somebody has it.
pub(super) async fn hold(journal: &Journal, number: Number, name: &str) -> Result<Option<Guard>, StoreError> {
    let options = journal.pool.connect_options().as_ref().clone().application_name(name);
    let mut connection = journal.of(sqlx::PgConnection::connect_with(&options).await)?;
    // It is idle most of the time, which is no reason to end it; and when this machine is gone the server should notice.
    let settings = sqlx::query(
        "SELECT set_config(s.name, given.wanted, false) FROM pg_settings AS s JOIN (VALUES ('idle_session_timeout', '0'), \
         ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) \
         AS given (name, wanted) ON given.name = s.name WHERE s.context = 'user'",
    );
    journal.of(settings.execute(&mut connection).await)?;
    let query = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(number.0).bind(number.1);
    let free: bool = journal.of(query.fetch_one(&mut connection).await)?;
    Ok(free.then(|| Guard::new(HeldLock { connection, number, place: journal.place.clone() })))
}

/// A lock that a connection holds.
struct HeldLock {
    connection: sqlx::PgConnection,
    number: Number,
    place: String,
}

#[async_trait]
impl Held for HeldLock {
    /// A connection that was cut has lost its lock; one from a pool of connections may be another one by now.
    async fn check(&mut self) -> Result<(), StoreError> {
        let query = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
             AND classid::bigint = $1 AND objid::bigint = $2 AND pid = pg_backend_pid())",
        );
        let [class, number] = self.number.as_the_server_shows_it();
        let query = query.bind(class).bind(number);
        let lost = |reason: String| StoreError::Failed {
            place: self.place.clone(),
            reason: format!("the lock was lost, because its connection is another one now: {reason}"),
        };
        match query.fetch_one(&mut self.connection).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(lost("connect to the server itself, not to a pooler of transactions".to_owned())),
            Err(error) => Err(lost(reason(&error))),
        }
    }
}
