//! Taking connections: with a time for headers, a limit on how many there are, and an end that lets requests finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

use crate::service::Service;

/// The routes, with the address of whoever asks.
type Routes = AddExtension<Router, ConnectInfo<SocketAddr>>;

/// Bytes of the headers of a request, its first line included.
const HEADERS: usize = 32 << 10;
/// Headers of a request.
const MOST_HEADERS: usize = 64;
/// After a connection could not be taken, because the system has no more room.
const BREATH: Duration = Duration::from_millis(50);

/// Takes connections until `end` says so, then waits for the requests that are at work.
pub async fn listen(listener: TcpListener, router: Router, service: Arc<Service>, mut end: watch::Receiver<bool>) {
    let most = service.sizes.connections;
    let places = Arc::new(Semaphore::new(most));
    let mut make = router.into_make_service_with_connect_info::<SocketAddr>();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = end.wait_for(|end| *end) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        // One that is too many is closed at once: whoever sent it sees that, instead of waiting.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let Ok(routes) = make.call(peer).await;
        let (service, end) = (Arc::clone(&service), end.clone());
        tokio::spawn(async move {
            service.metrics.connections.inc();
            serve(stream, routes, &service, end).await;
            service.metrics.connections.dec();
            drop(place);
        });
    }
    drop(listener);
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    if tokio::time::timeout(service.sizes.drain_in, places.acquire_many(all)).await.is_err() {
        tracing::warn!("requests were still at work when the time to end was over");
    }
}

async fn serve(stream: TcpStream, routes: Routes, service: &Service, mut end: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    // Whoever asks and does not read the answer.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(service.sizes.request_in));
    let stream = Box::pin(stream);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(service.sizes.headers_in)
        .max_buf_size(HEADERS)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // Whoever breaks off, or sends what is no HTTP, has been answered as far as that is possible.
        _ = connection.as_mut() => return,
        _ = end.wait_for(|end| *end) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
