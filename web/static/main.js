// Starts the page: scripts that may be loaded, the program, the worker, what is there without a network.

import init, { page } from './engine.js';

const WORKER = new URL('./worker.js', import.meta.url).href;
const SERVICE_WORKER = new URL('sw.js', document.baseURI).href;

// Scripts come from these addresses and from the one blob that is just being made, whatever else is asked for.
const scripts = new Set([SERVICE_WORKER]);
globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL: (url) => (scripts.has(url) ? url : null),
});

// The promise of the manuals, once somebody wanted them.
let fetched;

try {
  await painted();
  const program = await WebAssembly.compileStreaming(fetch(new URL('./engine.wasm', import.meta.url)));
  await init({ module_or_path: program });
  await turn();
  page(() => spawn(program), manuals);
  keepFocus();
} catch (error) {
  const notice = document.createElement('p');
  notice.setAttribute('role', 'alert');
  notice.textContent = `The page could not start: ${error}. It needs a browser of this year or the last, with WebAssembly.`;
  document.body.prepend(notice);
}

const { serviceWorker } = navigator;
if (serviceWorker) {
  // The first one takes over a page that it has not changed; a later one is a new version.
  const isFirst = !serviceWorker.controller;
  serviceWorker.addEventListener('controllerchange', () => isFirst || dispatchEvent(new Event('pychain-update')));
  // In a private window there may be none: the page then needs the network to be opened again.
  await serviceWorker.register(SERVICE_WORKER, { updateViaCache: 'none' }).catch(() => undefined);
}

// The manuals of the rules, which few visits need.
function manuals() {
  fetched ??= text(new URL('./manuals.txt', import.meta.url)).catch((error) => {
    fetched = undefined;
    throw error;
  });
  return fetched;
}

async function text(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

// What the page shows at first needs no program; it does not wait for one that takes all of the network. A page in the
// background is not painted.
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });
}

// Whoever works by keyboard goes on nearby when what had the focus is gone, hidden or out of use.
function keepFocus() {
  const near = '#findings, .tab.shown .name, .menu > summary, textarea';
  let trail = [];
  const isThere = (element) => element.isConnected && !element.disabled && element.checkVisibility();
  addEventListener('focusin', ({ target }) => {
    for (trail = []; target; target = target.parentElement) trail.push(target);
  });
  // Whoever presses on something else leaves it.
  addEventListener('pointerdown', () => { trail = []; }, { capture: true });
  new MutationObserver(() => {
    const [had] = trail;
    if (!had || isThere(had) || ![had, document.body].includes(document.activeElement)) return;
    const found = trail.filter(isThere).flatMap((around) => [...around.querySelectorAll(near)]);
    found.find(isThere)?.focus({ preventScroll: true });
  }).observe(document.body, { attributeFilter: ['disabled', 'open'], childList: true, subtree: true });
}

// Lets the browser answer whoever types or scrolls.
function turn() {
  return new Promise((resolve) => setTimeout(resolve));
}

// A new worker with the program in it. A worker from a blob inherits the page's content security policy, which one
// from an address of its own does not; so the blob is one line that imports the real script.
function spawn(program) {
  const blob = new Blob([`import ${JSON.stringify(WORKER)};`], { type: 'text/javascript' });
  const url = URL.createObjectURL(blob);
  scripts.add(url);
  const worker = new Worker(url, { type: 'module' });
  scripts.delete(url);
  worker.postMessage(program);
  return worker;
}
