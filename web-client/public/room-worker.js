/**
 * Keeps the room's page, and the emergency's, for the time without an office: page and files.
 *
 *     /room, /emergency   from the office, else the copy kept last
 *     /assets/*  the copy kept, else from the office; their names change with what they hold
 *     /room/papers/*  a paper that the page has fetched, by its SHA-256
 */

const PAGES = ['/room', '/emergency']
const KEPT = 'nhipcau-room-1'
/** The same name stands in `device/papers/shelf.ts`. */
const PAPERS = 'nhipcau-papers-1'
/** An office that is overloaded must not keep a room waiting. */
const PATIENCE_MS = 4000

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate' && PAGES.includes(url.pathname)) event.respondWith(page(request, url.pathname))
  else if (url.pathname.startsWith('/room/papers/')) event.respondWith(paper(url.pathname))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
})

self.addEventListener('message', (event) => {
  if (Array.isArray(event.data?.keep)) event.waitUntil(keep(event.data.keep))
})

async function page(request, path) {
  const kept = await caches.open(KEPT)
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (fresh.ok) await kept.put(path, fresh.clone())
    return fresh
  } catch {
    return (await kept.match(path)) ?? Response.error()
  }
}

async function asset(request) {
  const kept = await caches.open(KEPT)
  const known = await kept.match(request)
  if (known) return known
  const fresh = await fetch(request)
  if (fresh.ok) await kept.put(request, fresh.clone())
  return fresh
}

async function paper(path) {
  const papers = await caches.open(PAPERS)
  return (await papers.match(path)) ?? new Response('404', { status: 404 })
}

/** Keep what the page had loaded before this worker was there. */
async function keep(paths) {
  const kept = await caches.open(KEPT)
  for (const path of paths) {
    if (await kept.match(path)) continue
    const fresh = await fetch(path)
    if (fresh.ok) await kept.put(path, fresh)
  }
}
