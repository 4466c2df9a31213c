// Starts the worker: takes the compiled program, and fetches lists of names when the program asks for them.

import { initSync, worker } from './engine.js';

const RANKED = new URL('./ranked.bin', import.meta.url).href;
const WORDS = new URL('./words.bin', import.meta.url).href;
const INDEX = new URL('./names.bin', import.meta.url).href;
// The full list is too much for everybody's first visit. It is kept apart, so that a new page does not lose it.
const NAMES_CACHE = 'pychain-names';

// The first message is the program; those that came after it wait for whom it lets listen.
self.onmessage = ({ data: module }) => {
  self.onmessage = null;
  // Both are on their way while the program starts, which hears of it where one fails.
  const [ranked, words] = [RANKED, WORDS].map(bytes);
  words.catch(() => undefined);
  initSync({ module });
  worker({ ranked: () => ranked, words: () => words, index });
};

// Every project of the public index.
async function index() {
  const cache = await globalThis.caches?.open(NAMES_CACHE).catch(() => undefined);
  const kept = await cache?.match(INDEX);
  if (kept) return new Uint8Array(await kept.arrayBuffer());
  const found = await bytes(INDEX);
  if (cache) {
    await Promise.all((await cache.keys()).map((old) => cache.delete(old)));
    // No room is no reason to do without the names now.
    await cache.put(INDEX, new Response(found)).catch(() => undefined);
  }
  return found;
}

async function bytes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
