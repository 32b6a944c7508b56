/**
 * Where a room's papers lie: blocks of one that is on its way in IndexedDB, whole files in the
 * cache that the service worker answers from.
 */

/** The same name stands in `room-worker.js`. */
const CACHE = 'nhipcau-papers-1'
const DATABASE = 'nhipcau-papers'
const BLOCKS = 'blocks'

export interface Shelf {
  /** SHA-256 of every whole file. */
  held(): Promise<Set<string>>
  /** How many bytes of a file are here, from its beginning on. */
  partLength(sha256: string): Promise<number>
  append(sha256: string, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Make a file of its blocks. False: they are not that file, and are gone. */
  finish(sha256: string): Promise<boolean>
  discard(sha256: string): Promise<void>
  /** Throw away all files and blocks but these. */
  keepOnly(hashes: ReadonlySet<string>): Promise<void>
}

/** Where the page opens a paper; the service worker answers. */
export function addressOf(sha256: string): string {
  return `/room/papers/${sha256}`
}

export async function sha256Of(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const browserShelf: Shelf = {
  async held() {
    const cache = await caches.open(CACHE)
    const names = (await cache.keys()).map(({ url }) => new URL(url).pathname.split('/').pop() ?? '')
    return new Set(names)
  },

  async partLength(sha256) {
    const blocks = await blocksOf(sha256)
    return blocks.reduce((sum, block) => sum + block.byteLength, 0)
  },

  async append(sha256, offset, bytes) {
    await inBlocks('readwrite', (store) => store.put(bytes.slice().buffer, [sha256, offset]))
  },

  async finish(sha256) {
    const whole = await new Blob(await blocksOf(sha256), { type: 'application/pdf' }).arrayBuffer()
    const right = (await sha256Of(whole)) === sha256
    if (right) {
      const cache = await caches.open(CACHE)
      const headers = { 'content-type': 'application/pdf', 'content-security-policy': 'sandbox' }
      await cache.put(addressOf(sha256), new Response(whole, { headers }))
    }
    await inBlocks('readwrite', (store) => store.delete(rangeOf(sha256)))
    return right
  },

  async discard(sha256) {
    await (await caches.open(CACHE)).delete(addressOf(sha256))
    await inBlocks('readwrite', (store) => store.delete(rangeOf(sha256)))
  },

  async keepOnly(hashes) {
    const begun = (await inBlocks('readonly', (store) => store.getAllKeys())) as [string, number][]
    const known = new Set([...(await browserShelf.held()), ...begun.map(([sha256]) => sha256)])
    for (const sha256 of known) {
      if (!hashes.has(sha256)) await browserShelf.discard(sha256)
    }
  },
}

async function blocksOf(sha256: string): Promise<ArrayBuffer[]> {
  return (await inBlocks('readonly', (store) => store.getAll(rangeOf(sha256)))) as ArrayBuffer[]
}

function rangeOf(sha256: string): IDBKeyRange {
  return IDBKeyRange.bound([sha256, 0], [sha256, Number.MAX_SAFE_INTEGER])
}

async function inBlocks(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await opened()
  try {
    const transaction = database.transaction(BLOCKS, mode)
    const request = work(transaction.objectStore(BLOCKS))
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error ?? new Error('storage refused'))
    })
  } finally {
    database.close()
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(BLOCKS)
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('storage refused'))
  })
}
