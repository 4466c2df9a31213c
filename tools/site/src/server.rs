//! A static file server for one person or one test: the right types and headers, and a log of what was asked for.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::budget;
use crate::build::{PAGE, SERVICE_WORKER, Site};

/// How long an idle connection is kept.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest line of a request.
const LONGEST: usize = 8192;

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    files: BTreeMap<String, File>,
    log: Mutex<Vec<String>>,
    open: Mutex<Vec<TcpStream>>,
    over: AtomicBool,
}

#[derive(Debug)]
struct File {
    raw: Vec<u8>,
    gzip: Vec<u8>,
}

impl Server {
    /// Serves a site on this machine alone; port 0 takes any that is free.
    ///
    /// # Errors
    ///
    /// Where the port is taken.
    pub fn start(site: Site, port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("port {port}"))?;
        let address = listener.local_addr()?;
        let files = site.into_iter().map(|(name, raw)| Ok((name, File { gzip: budget::gzip(&raw)?, raw })));
        let shared = Arc::new(Shared {
            files: files.collect::<Result<_>>()?,
            log: Mutex::default(),
            open: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.over.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                if let Ok(copy) = stream.try_clone() {
                    lock(&serving.open).push(copy);
                }
                let serving = Arc::clone(&serving);
                thread::spawn(move || {
                    // A browser that goes away is no error of ours.
                    let _ = serving.talk(&stream);
                });
            }
        });
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it is: `http://127.0.0.1:PORT/`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What was asked for, in order: `GET /style.css`.
    pub fn log(&self) -> Vec<String> {
        lock(&self.shared.log).clone()
    }

    /// Waits for ever.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Answers the requests of one connection.
    fn talk(&self, stream: &TcpStream) -> Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        loop {
            let Some(request) = line(&mut reader)? else { return Ok(()) };
            let mut gzip = false;
            while let Some(header) = line(&mut reader)?.filter(|header| !header.is_empty()) {
                let header = header.to_ascii_lowercase();
                gzip |= header.starts_with("accept-encoding:") && header.contains("gzip");
            }
            let mut words = request.split(' ');
            let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            lock(&self.log).push(format!("{method} {target}"));
            let path = target.split(['?', '#']).next().unwrap_or_default();
            let name = if path == "/" { PAGE } else { path.trim_start_matches('/') };
            let file = self.files.get(name).filter(|_| matches!(method, "GET" | "HEAD"));
            let answer = match file {
                Some(file) => head_of(name, file, gzip),
                None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
            };
            let mut stream = stream;
            stream.write_all(answer.as_bytes())?;
            if let (Some(file), "GET") = (file, method) {
                stream.write_all(if gzip { &file.gzip } else { &file.raw })?;
            }
        }
    }
}

fn head_of(name: &str, file: &File, gzip: bool) -> String {
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let keep = if name == PAGE || name == SERVICE_WORKER { "no-cache" } else { "max-age=31536000, immutable" };
    let (length, encoding) = if gzip { (file.gzip.len(), "Content-Encoding: gzip\r\n") } else { (file.raw.len(), "") };
    // What a `meta` element cannot say: nobody may frame the page.
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{encoding}Cache-Control: {keep}\r\n\
         Content-Security-Policy: frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\nVary: Accept-Encoding\r\n\r\n"
    )
}

/// A line without its end; `None` at the end of the connection.
fn line(reader: &mut BufReader<&TcpStream>) -> Result<Option<String>> {
    let mut line = String::new();
    let mut limited = std::io::Read::take(&mut *reader, LONGEST as u64);
    let read = limited.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

/// A site that was written to a folder.
///
/// # Errors
///
/// Where it cannot be read.
pub fn read(folder: &Path) -> Result<Site> {
    let mut site = Site::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        site.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
    }
    Ok(site)
}

/// What a poisoned lock holds is still a list.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
