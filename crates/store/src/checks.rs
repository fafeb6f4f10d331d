//! The checks of stores: what can be wrong with the place where the live documents are, its journal and its rows.

use setpoint_core::check::Check;

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports documents at a version below the one that a migration starts from.
    ///
    /// ## Why it matters
    /// The migration has been proved for documents at its own version. Older ones would be left behind by it.
    ///
    /// ## Example
    /// ```console
    /// $ setpoint apply 0003-currency
    /// error[documents-behind]: 12 documents are at version 1, below version 2 that `0003-currency` starts from
    /// ```
    ///
    /// ## How to fix it
    /// Apply the migrations before this one first; `setpoint status` lists how many documents are at each version.
    pub DOCUMENTS_BEHIND = "documents-behind", Error, "documents are below the version that a migration starts from";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a journal that was written for another store: the project was copied or moved together with `.setpoint`, or a
    /// database was restored elsewhere together with the tables of the journal.
    ///
    /// ## Why it matters
    /// A rollback that believes the history of another store would be wrong about this one.
    ///
    /// ## Example
    /// ```text
    /// error[journal-elsewhere]: the journal belongs to `files in /srv/billing`
    /// ```
    ///
    /// ## How to fix it
    /// When this is the only place where the journal is used from now on, run the command again with `--adopt-journal`. When two
    /// stores share it, give each its own.
    pub JOURNAL_ELSEWHERE = "journal-elsewhere", Error, "the journal belongs to another store";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a journal of a form that this version of Setpoint does not know.
    ///
    /// ## Why it matters
    /// A newer Setpoint may keep things there that this one would not carry along.
    ///
    /// ## Example
    /// ```text
    /// error[journal-newer]: the journal has form 7
    /// ```
    ///
    /// ## How to fix it
    /// Use the version of Setpoint that wrote it, or a newer one.
    pub JOURNAL_NEWER = "journal-newer", Error, "the journal was written by a newer version of Setpoint";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that a rehearsal rolled back, and documents did not come back as they were.
    ///
    /// ## Why it matters
    /// A rollback in production would change these documents. No receipt is written.
    ///
    /// ## Example
    /// ```text
    /// error[rehearsal-not-exact]: `tenant_settings/tenant-7` came back as another document
    /// ```
    ///
    /// ## How to fix it
    /// Change the migration. `setpoint gate --store URL` tries the same documents one by one and shows what differs.
    pub REHEARSAL_NOT_EXACT = "rehearsal-not-exact", Error, "a rehearsed rollback did not give the documents back";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that an earlier `apply` or `rollback` on the same documents has not ended.
    ///
    /// ## Why it matters
    /// Documents are at two versions. A second change on top of that could not be told apart from the first when it is rolled back.
    ///
    /// ## Example
    /// ```text
    /// error[run-unfinished]: `apply` of `0002-timeout-in-ms` has not ended: it is paused
    /// ```
    ///
    /// ## How to fix it
    /// `setpoint status` shows the command that goes on with it, and the one that rolls it back.
    pub RUN_UNFINISHED = "run-unfinished", Error, "an earlier change of the same documents has not ended";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that another `apply`, `rollback` or `rehearse` is running on the same documents.
    ///
    /// ## Why it matters
    /// Two of them at once would undo each other's work. The lock is held by the process itself: when it ends, or crashes, the
    /// lock is free again.
    ///
    /// ## Example
    /// ```text
    /// error[store-busy]: `apply` is running, process 4711 on db-admin-1
    /// ```
    ///
    /// ## How to fix it
    /// Wait for it, or stop it: `setpoint pause` ends it after the batch it is working on, and nothing is lost when it is killed.
    pub STORE_BUSY = "store-busy", Error, "another command is changing the same documents";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a column of a kind that cannot hold documents or versions: documents are kept in columns of type `jsonb`, `json` or
    /// text, versions in columns of a whole number or text.
    ///
    /// ## Why it matters
    /// What cannot be read back as it was written cannot be rolled back.
    ///
    /// ## Example
    /// ```text
    /// error[store-column-type]: the column `settings` of `tenant_settings` has type `bytea`
    /// ```
    ///
    /// ## How to fix it
    /// Name another column under `[settings.NAME.store]`, or change the type of this one.
    pub STORE_COLUMN_TYPE = "store-column-type", Error, "a column has a type that does not fit";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that reading or writing the store failed half-way: a full disk, a lost connection, a refused permission.
    ///
    /// ## Why it matters
    /// Nothing is lost: each batch is one transaction, together with its journal. What was written stays, the rest is as it was.
    ///
    /// ## Example
    /// ```text
    /// error[store-failed]: `postgres://db/app` failed: server closed the connection unexpectedly
    /// ```
    ///
    /// ## How to fix it
    /// Remove the cause and run the same command again; it goes on where it stopped.
    pub STORE_FAILED = "store-failed", Error, "the store failed";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a store that is not described completely: a database needs a table and the columns of the key, the document and the
    /// version.
    ///
    /// ## Why it matters
    /// Guessing a column could change data that is not settings.
    ///
    /// ## Example
    /// ```toml
    /// [settings.billing.store]
    /// url   = "sqlite:settings.db"
    /// table = "tenant_settings"      # `key`, `document` and `version` are missing
    /// ```
    ///
    /// ## How to fix it
    /// Add what is missing to `[settings.NAME.store]`.
    pub STORE_INCOMPLETE = "store-incomplete", Error, "a store is not described completely";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a key column in which two rows may have the same key, or none.
    ///
    /// ## Why it matters
    /// Rows are found, journaled and rolled back by their key. With a key that two rows share, one could get the document of the
    /// other.
    ///
    /// ## Example
    /// ```text
    /// error[store-key-not-unique]: the column `tenant` of `tenant_settings` has no unique index
    /// ```
    ///
    /// ## How to fix it
    /// Name the primary key under `key`, or add a unique index on the column and declare it `NOT NULL`.
    pub STORE_KEY_NOT_UNIQUE = "store-key-not-unique", Error, "the key column may hold a key twice";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a column under `[settings.NAME.store]` that the table does not have.
    ///
    /// ## Why it matters
    /// Nothing can be read without it, so nothing was touched.
    ///
    /// ## Example
    /// ```text
    /// error[store-no-column]: `tenant_settings` has no column `setings`
    /// ```
    ///
    /// ## How to fix it
    /// Correct the name; the finding lists the columns that there are.
    pub STORE_NO_COLUMN = "store-no-column", Error, "a column of the store is not there";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a table under `[settings.NAME.store]` that the database does not have, or that the role may not see.
    ///
    /// ## Why it matters
    /// An empty table made in its place would look like a finished migration.
    ///
    /// ## Example
    /// ```text
    /// error[store-no-table]: there is no table `tenant_setings`
    /// ```
    ///
    /// ## How to fix it
    /// Correct the name (with the schema, `app.tenant_settings`, when it is not on the search path).
    pub STORE_NO_TABLE = "store-no-table", Error, "the table of the store is not there";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a document that a store does not take as the migration makes it: a constraint of the table refuses it, a trigger
    /// stops it, a column is too short, or the row never changes whatever is written.
    ///
    /// ## Why it matters
    /// Trying again would meet the same. The document is left as it was, and all others go on.
    ///
    /// ## Example
    /// ```text
    /// error[store-refused]: `postgres://db/app, table tenant_settings` does not take a change: value too long for type character varying(2000)
    /// ```
    ///
    /// ## How to fix it
    /// Widen the column, or change the constraint or the trigger so that it knows the new version; then go on with
    /// `setpoint resume`.
    pub STORE_REFUSED = "store-refused", Error, "the store does not take a document as it is to become";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports an address of a store that begins with something else than `files`, `sqlite:` or `postgres://`.
    ///
    /// ## Why it matters
    /// There is nothing that could be opened.
    ///
    /// ## Example
    /// ```toml
    /// [settings.billing.store]
    /// url = "mysql://db/app"
    /// ```
    ///
    /// ## How to fix it
    /// Write `files`, `sqlite:FILE` or `postgres://USER@HOST/DATABASE`.
    pub STORE_UNKNOWN_SCHEME = "store-unknown-scheme", Error, "a store has an address of an unknown kind";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a store that cannot be opened: the server does not answer or refuses the role, the file is not there.
    ///
    /// ## Why it matters
    /// Nothing was touched.
    ///
    /// ## Example
    /// ```text
    /// error[store-unreachable]: `postgres://db/app` cannot be opened: connection refused
    /// ```
    ///
    /// ## How to fix it
    /// Make the store reachable and run the command again.
    pub STORE_UNREACHABLE = "store-unreachable", Error, "the store cannot be opened";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports rows whose version is missing or no whole number.
    ///
    /// ## Why it matters
    /// The shape of a document is told by its version and never guessed. A row without one is read by nobody and migrated by
    /// nothing.
    ///
    /// ## Example
    /// ```text
    /// error[version-missing]: 3 documents have no version, the first is `tenant-7`
    /// ```
    ///
    /// ## How to fix it
    /// Write the version that the document has into its version column.
    pub VERSION_MISSING = "version-missing", Error, "documents of the store have no version";
}

/// All checks of this crate, in the order of their codes.
pub static ALL: [&Check; 16] = [
    &DOCUMENTS_BEHIND,
    &JOURNAL_ELSEWHERE,
    &JOURNAL_NEWER,
    &REHEARSAL_NOT_EXACT,
    &RUN_UNFINISHED,
    &STORE_BUSY,
    &STORE_COLUMN_TYPE,
    &STORE_FAILED,
    &STORE_INCOMPLETE,
    &STORE_KEY_NOT_UNIQUE,
    &STORE_NO_COLUMN,
    &STORE_NO_TABLE,
    &STORE_REFUSED,
    &STORE_UNKNOWN_SCHEME,
    &STORE_UNREACHABLE,
    &VERSION_MISSING,
];

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_sorted_and_every_page_answers_the_four_questions() {
        assert!(super::ALL.windows(2).all(|pair| matches!(pair, [a, b] if a.code < b.code)));
        for check in super::ALL {
            for part in ["## What it does", "## Why it matters", "## Example", "## How to fix it"] {
                assert!(check.page.contains(part), "{} lacks {part}", check.code);
            }
        }
    }
}
