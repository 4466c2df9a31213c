//! scratch
use pychain_browser::driver::Options;
use pychain_browser::page::{load, report};
use pychain_browser::visit::Visit;
use pychain_site::server::read;
use serde_json::json;
use std::path::Path;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let site = read(Path::new(&a[1])).unwrap();
    let visit = Visit::start(site, &Options::default()).unwrap();
    for f in &a[2..] {
        let text = std::fs::read_to_string(f).unwrap();
        load(&visit, &[("requirements.txt".to_owned(), text)], &[]).unwrap();
        report(&visit.browser).unwrap();
        visit.browser.run("document.querySelector('.pane .bar .link')?.click();", &[]).unwrap();
        visit.browser.wait_for("document.querySelector('#editor')").unwrap();
        let script = "
        const editor = document.querySelector('#editor');
        editor.focus();
        editor.setSelectionRange(0, 0);
        const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = resolve;
            port2.postMessage(0);
        }));
        const root = document.documentElement;
        const done = () => new Promise((resolve) => new MutationObserver((_, observer) => {
            if (root.dataset.state !== 'done') return;
            observer.disconnect();
            resolve();
        }).observe(root, { attributeFilter: ['data-state'] }));
        let marks = {};
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (...a) { marks.post0 = performance.now(); const r = post.apply(this, a); marks.post1 = performance.now(); return r; };
        let rep; Object.defineProperty(globalThis, 'pychainReport', { set(v) { rep = v; marks.report = performance.now(); }, get() { return rep; }, configurable: true });
        editor.addEventListener('input', () => { marks.input = performance.now(); }, true);
        const out = [];
        for (let n = 0; n < args[0]; n++) {
            await new Promise((resolve) => setTimeout(resolve, 500));
            const audited = done();
            marks = {};
            const start = performance.now();
            document.execCommand('insertText', false, '#');
            marks.exec = performance.now();
            await painted();
            marks.painted = performance.now();
            await audited;
            marks.done = performance.now();
            await painted();
            marks.end = performance.now();
            const r = {}; for (const k in marks) r[k] = +(marks[k] - start).toFixed(1);
            out.push(r);
        }
        return out;
    ";
        let v = visit.browser.run(script, &[json!(8)]).unwrap();
        println!("{f}");
        for r in v.as_array().unwrap() {
            println!("{r}");
        }
    }
}
