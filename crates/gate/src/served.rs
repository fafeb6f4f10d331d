//! The project that is served: loaded once, read by all requests, and replaced as a whole when it changes.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use setpoint_checker::{Checker, CheckerError, Policy};
use setpoint_core::bundle::Bundle;
use setpoint_core::call::{About, GateCall};
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_project::{Family, Project, ProjectError, canonical};
use setpoint_store::{Store, StoreError};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::documents::timely;
use crate::problem::Problem;
use crate::work::{self, patiently};

/// Bundles that are still given out after the project has changed: an editor that was opened before loads the rest of what it needs.
const FORMER: usize = 8;

/// Why a project cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The project file, or what it names.
    #[error("{}", words(.0))]
    Project(#[from] ProjectError),
    /// The checker.
    #[error(transparent)]
    Checker(#[from] CheckerError),
    /// A schema, a rule file or an example beside a rule is wrong.
    #[error("{0}")]
    Wrong(String),
}

/// A bundle, as it is given out.
#[derive(Clone, Debug)]
pub struct Given {
    pub digest: String,
    pub text: Arc<[u8]>,
}

/// A migration of the project.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Migration {
    /// What it is called in paths: the name of its file without the ending.
    pub id: String,
    pub settings: String,
    pub file: String,
    /// What the file says of itself; absent when its form is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// The store of a family, and the places at it.
struct Opened {
    store: OnceCell<Arc<dyn Store>>,
    places: Arc<Semaphore>,
}

/// Requests at one store at the same time.
const AT_STORE: usize = 16;

/// A project that is loaded.
pub struct Served {
    pub project: Project,
    pub bundle: Bundle,
    pub policy: Arc<Policy>,
    pub given: Given,
    former: VecDeque<Given>,
    stores: BTreeMap<String, Opened>,
    migrations: OnceCell<Vec<Migration>>,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Served").field("digest", &self.given.digest).finish_non_exhaustive()
    }
}

impl Served {
    /// The digest of the bundle that a project has now, and the project.
    ///
    /// # Errors
    /// What is wrong with the project file or what it names.
    pub fn read(file: &Path) -> Result<(Project, Bundle, Vec<u8>), ProjectError> {
        let project = Project::open(file)?;
        let bundle = project.bundle()?;
        let text = canonical(&bundle)?;
        Ok((project, bundle, text))
    }

    /// Loads a project, in place of one that was served before. It has to pass its own check: schemas and rules load, and the examples
    /// beside rules come out as their authors say.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn load(
        checker: &Checker,
        (project, bundle, text): (Project, Bundle, Vec<u8>),
        before: Option<&Self>,
    ) -> Result<Self, LoadError> {
        let policy = checker.policy(&text)?;
        first_fault(&policy.load_answer().reports)?;
        first_fault(&policy.try_rules()?.reports)?;
        let opened = || Opened { store: OnceCell::new(), places: Arc::new(Semaphore::new(AT_STORE)) };
        let stores = project.families().iter().map(|family| (family.name.clone(), opened())).collect();
        let given = Given { digest: policy.load_answer().bundle.clone(), text: text.into() };
        let mut former = VecDeque::new();
        if let Some(before) = before {
            former.extend(before.former.iter().cloned());
            former.push_back(before.given.clone());
            former.retain(|other| other.digest != given.digest);
            while former.len() > FORMER {
                former.pop_front();
            }
        }
        Ok(Self { project, bundle, policy: Arc::new(policy), given, former, stores, migrations: OnceCell::new() })
    }

    /// A bundle by its digest: the one that is served, or one that was not long ago.
    pub fn given(&self, digest: &str) -> Option<&Given> {
        std::iter::once(&self.given).chain(&self.former).find(|given| given.digest == digest)
    }

    /// A family.
    pub fn family(&self, name: &str) -> Result<&Family, Problem> {
        let families = self.project.families();
        families.iter().find(|family| family.name == name).ok_or_else(|| {
            let known = families.iter().map(|family| format!("`{}`", family.name)).collect::<Vec<_>>().join(", ");
            Problem::nothing(format!("there are no settings `{}`", name.escape_debug()), format!("one of {known}"))
        })
    }

    /// The versions of a family that there are schemas of.
    pub fn versions(&self, family: &str) -> Vec<u32> {
        self.bundle.settings.get(family).map(|family| family.schemas.keys().copied().collect()).unwrap_or_default()
    }

    /// A version that there is a schema of.
    pub fn version(&self, family: &str, version: u32) -> Result<u32, Problem> {
        let known = self.versions(family);
        if known.contains(&version) {
            return Ok(version);
        }
        let known = known.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("`{family}` has no version {version}");
        Err(Problem::nothing(message, format!("one of {known}")))
    }

    /// The version that new documents get.
    pub fn current(&self, family: &Family) -> u32 {
        family.current.or_else(|| self.versions(&family.name).pop()).unwrap_or(1)
    }

    /// The store of a family, opened when it is first needed, and a place at it: one that does not answer holds up those who need it,
    /// and nobody else.
    pub async fn store(&self, family: &Family) -> Result<(Arc<dyn Store>, OwnedSemaphorePermit), Problem> {
        let Some(opened) = self.stores.get(&family.name) else { return Err(Problem::internal(&"no such family")) };
        let place = patiently(&opened.places)
            .await
            .ok_or_else(|| Problem::overloaded(format!("too many requests wait for the store of `{}`", family.name)))?;
        let open = || async {
            let store = setpoint_store::open((&self.project, family), &self.policy, None, false).await?;
            Ok::<Arc<dyn Store>, StoreError>(Arc::from(store))
        };
        let store = timely(opened.store.get_or_try_init(open)).await?;
        Ok((Arc::clone(store), place))
    }

    /// The migrations of all families.
    pub async fn migrations(&self) -> Result<&[Migration], Problem> {
        let list = || async {
            let names: Vec<(String, String)> = self
                .bundle
                .settings
                .iter()
                .flat_map(|(settings, family)| {
                    family.migrations.iter().map(|file| (settings.clone(), file.file.clone()))
                })
                .collect();
            let described = move |policy: &Policy| {
                Ok(names.iter().map(|(settings, file)| describe(policy, settings, file)).collect())
            };
            work::run(&self.policy, usize::MAX, described).await
        };
        self.migrations.get_or_try_init(list).await.map(Vec::as_slice)
    }
}

/// What is wrong with a project, in one line.
fn words(error: &ProjectError) -> String {
    match error {
        ProjectError::Invalid { report, .. } => first_fault(std::slice::from_ref(report))
            .map_or_else(|error| error.to_string(), |()| "the project file cannot be used".to_owned()),
        error => error.to_string(),
    }
}

/// What a migration says of itself.
fn describe(policy: &Policy, settings: &str, file: &str) -> Migration {
    let call = GateCall { settings: settings.to_owned(), migration: file.to_owned(), ..GateCall::default() };
    // One that meets a limit is in the list all the same.
    let about = policy.gate(&call).ok().and_then(|answer| answer.about);
    let id = setpoint_store::stem(file).to_owned();
    Migration { id, settings: settings.to_owned(), file: file.to_owned(), about }
}

/// An error for the first report that fails.
fn first_fault(reports: &[DocumentReport]) -> Result<(), LoadError> {
    let wrong = reports.iter().find(|report| report.verdict == Verdict::Fail);
    match wrong.and_then(|report| Some((report, report.findings.first()?))) {
        None => Ok(()),
        Some((report, finding)) => {
            Err(LoadError::Wrong(format!("{}: {}[{}]", report.file, finding.message, finding.code)))
        }
    }
}
