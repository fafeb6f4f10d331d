//! Opening the store that a project file names.

use std::io;
use std::path::Path;
use std::sync::Arc;

use setpoint_checker::Policy;
use setpoint_core::call::CheckCall;
use setpoint_project::{Family, Governed, Project};

use crate::address::Address;
use crate::error::StoreError;
use crate::files::{Files, Tree};
use crate::mapping::Mapping;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::store::Store;

/// Opens the store of a family: the one at `url`, otherwise the one of the project file, otherwise the files of the working tree.
/// With `adopt` a journal that was written for another store belongs to this one from now on.
///
/// # Errors
/// What is wrong with the address, the store or the journal.
pub async fn open(
    (project, family): (&Project, &Family),
    policy: &Arc<Policy>,
    url: Option<&str>,
    adopt: bool,
) -> Result<Box<dyn Store>, StoreError> {
    let described = family.store.as_ref();
    let url = url.or(described.map(|store| store.url.as_str())).unwrap_or("files");
    let mapping = || Mapping::of(&family.name, described);
    Ok(match Address::parse(url, project.root())? {
        Address::Files => {
            let tree = WorkingTree { project: project.clone(), family: family.clone(), policy: Arc::clone(policy) };
            Box::new(Files::open(project.root(), &family.name, Arc::new(tree), adopt).await?)
        }
        Address::Sqlite(file) => Box::new(Sqlite::open(&file, mapping()?).await?),
        Address::Postgres(url) => Box::new(Postgres::open(&url, mapping()?, adopt).await?),
    })
}

/// The documents of a family in the working tree.
struct WorkingTree {
    project: Project,
    family: Family,
    policy: Arc<Policy>,
}

impl Tree for WorkingTree {
    fn names(&self, root: &Path) -> io::Result<Vec<String>> {
        let documents = self.project.documents_below(root).map_err(io::Error::other)?;
        let own = documents.files.into_iter().filter(|document| document.settings == self.family.name);
        Ok(own.map(|document| document.name).collect())
    }

    fn governs(&self, name: &str) -> bool {
        matches!(self.project.governed(name), Governed::By(family) if family.name == self.family.name)
    }

    fn declared(&self, name: &str, text: &[u8]) -> Option<u32> {
        self.family.version_at.as_ref()?;
        let call =
            CheckCall { file: name.to_owned(), settings: Some(self.family.name.clone()), ..CheckCall::default() };
        self.policy.check(&call, text).ok()?.version
    }

    fn assumed(&self) -> Option<u32> {
        match self.family.version_at {
            Some(_) => None,
            None => self.family.current,
        }
    }
}
