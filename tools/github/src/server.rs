//! The socket: HTTP/1.1 on 127.0.0.1, with latency and connections that are dropped.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use crate::control;
use crate::http::{Body, Reply, Request};
use crate::service::{Outcome, Service};

/// A server that stops when it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    service: Arc<Mutex<Service>>,
    in_flight: AtomicUsize,
}

/// Opens a port; 0 takes a free one.
pub(crate) fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Server {
    /// Serves in a thread of its own.
    pub(crate) fn start(listener: TcpListener, service: Arc<Mutex<Service>>) -> io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::new(Shared { service, in_flight: AtomicUsize::new(0) });
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Server { stop: Some(stop), thread: Some(thread) })
    }

    /// Waits until the process is ended.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&shared), request));
            // A client that goes away is no error of ours, and `Dropped` is on purpose.
            drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

/// Closes the connection without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

async fn answer(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    let (path, query) = Request::target(request.uri().path_and_query().map_or("/", |target| target.as_str()));
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let mut plain =
        Request { method: request.method().to_string(), path, query, headers: headers.collect(), body: Vec::new() };
    let body = request.into_body().collect().await.map_err(|_| Dropped)?;
    plain.body = body.to_bytes().to_vec();
    if plain.path.starts_with("/_control/") {
        let mut service = shared.service.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(encode(control::answer(&mut service, &plain)));
    }
    let in_flight = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    let latency = shared.service.lock().unwrap_or_else(PoisonError::into_inner).world.scenario.latency_ms;
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let outcome = shared.service.lock().unwrap_or_else(PoisonError::into_inner).handle(plain, in_flight);
    shared.in_flight.fetch_sub(1, Ordering::SeqCst);
    match outcome {
        Outcome::Drop => Err(Dropped),
        Outcome::Reply(reply) => Ok(encode(reply)),
    }
}

fn encode(reply: Reply) -> hyper::Response<Full<Bytes>> {
    let (media_type, bytes) = match reply.body {
        Body::Empty => (None, Vec::new()),
        Body::Json(value) => (Some("application/json; charset=utf-8"), value.to_string().into_bytes()),
        Body::Bytes(media_type, bytes) => (Some(media_type), bytes),
    };
    let mut response = hyper::Response::builder().status(reply.status);
    if let Some(media_type) = media_type {
        response = response.header("content-type", media_type);
    }
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(bytes))).unwrap_or_else(|_| {
        let mut response = hyper::Response::new(Full::new(Bytes::from_static(b"a header of a hook is not valid")));
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
