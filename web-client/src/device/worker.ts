/** Has the browser keep a page, the room's or the emergency's, so that it opens without an office. */

export async function keepPage(path: '/room' | '/emergency' = '/room'): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  try {
    // A browser that is short of space must not throw away what a room needs.
    void navigator.storage?.persist()
    await navigator.serviceWorker.register('/room-worker.js')
    const { active } = await navigator.serviceWorker.ready
    const files = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
    const own = files.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'))
    active?.postMessage({ keep: [path, ...own.map(({ pathname }) => pathname)] })
  } catch {
    // Without it the page only needs the office when it is loaded.
  }
}
