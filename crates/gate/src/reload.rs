//! A project that changes on disk is served as it is now, once it passes its own check. One that does not keeps the one before.

use std::sync::Arc;
use std::time::Duration;

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use tokio::sync::watch;

use crate::metrics::Outcome;
use crate::served::{LoadError, Served};
use crate::service::Service;

/// Looks at the project from time to time, until the server ends.
pub async fn watch(service: Arc<Service>, file: PathBuf, look: Duration, mut end: watch::Receiver<bool>) {
    // What was found wrong, so that it is said once.
    let mut known_wrong: Option<String> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(look) => {}
            _ = end.wait_for(|end| *end) => return,
        }
        let (looking, file) = (Arc::clone(&service), file.clone());
        let looked = tokio::task::spawn_blocking(move || again(&looking, &file)).await;
        let wrong = match looked {
            Ok(Ok(None)) => None,
            Ok(Ok(Some(served))) => {
                tracing::info!(bundle = served.given.digest, "the project has changed and is served as it is now");
                service.served.store(Arc::new(served));
                service.metrics.reloads.get_or_create(&Outcome { outcome: "served" }).inc();
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(wrong) = wrong.as_ref().filter(|wrong| known_wrong.as_ref() != Some(wrong)) {
            let bundle = service.served().given.digest.clone();
            tracing::error!(
                error = wrong,
                bundle,
                "the project has changed and cannot be served; the one before stays"
            );
            service.metrics.reloads.get_or_create(&Outcome { outcome: "refused" }).inc();
        }
        service.broken.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&wrong);
        known_wrong = wrong;
    }
}

/// The project as it is now, if it is another one than the one that is served.
fn again(service: &Service, file: &Path) -> Result<Option<Served>, LoadError> {
    let read = Served::read(file)?;
    let before = service.served();
    // The project file says things that are not in the bundle: where the documents are, and who reads them.
    if *read.2 == *before.given.text && read.0.text() == before.project.text() {
        return Ok(None);
    }
    Served::load(&service.checker, read, Some(&before)).map(Some)
}
