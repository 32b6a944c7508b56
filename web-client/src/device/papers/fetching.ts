/**
 * Fetches one paper, from where it broke off last time.
 *
 *     Range, If-Range ─▶ 206 │ 200 (begin anew) ─▶ blocks on the shelf ─▶ SHA-256 right? ─▶ kept
 */

import type { Offer } from './offers'
import type { Shelf } from './shelf'

/** At a quarter of a line of 512 kbit/s four seconds; a power cut costs at most so much. */
export const BLOCK_BYTES = 64 * 1024

/**
 * `ticket`: ask for tickets again; `withdrawn`: the office has it no more; `broken`: go on later;
 * `spoiled`: all of it came and it is another file.
 */
export type Outcome = 'kept' | 'ticket' | 'withdrawn' | 'broken' | 'spoiled'

export interface Errand {
  offer: Offer
  shelf: Shelf
  signal: AbortSignal
  on_progress: (bytes: number) => void
}

/** Never throws for what line, office or disk do: that is `broken`, and what came stays. */
export async function fetchPaper(errand: Errand): Promise<Outcome> {
  try {
    return await tryOnce(errand)
  } catch {
    return 'broken'
  }
}

async function tryOnce({ offer, shelf, signal, on_progress }: Errand): Promise<Outcome> {
  let at = await shelf.partLength(offer.sha256)
  if (at < offer.size) {
    const answer = await fetch(offer.url ?? '', { signal, cache: 'no-store', headers: rest(offer, at) })
    if (answer.status === 401) return 'ticket'
    if (answer.status === 404) {
      await shelf.discard(offer.sha256)
      return 'withdrawn'
    }
    if (!answer.ok || answer.body === null) return 'broken'
    if (answer.status !== 206 && at > 0) {
      await shelf.discard(offer.sha256)
      at = 0
    }
    on_progress(at)
    await receive(answer.body, at, { offer, shelf, signal, on_progress })
  }
  return (await shelf.finish(offer.sha256)) ? 'kept' : 'spoiled'
}

function rest(offer: Offer, at: number): HeadersInit {
  return at > 0 ? { range: `bytes=${at}-`, 'if-range': `"${offer.sha256}"` } : {}
}

/** Put what comes on the shelf, block by block; also what came before it broke off. */
async function receive(body: ReadableStream<Uint8Array>, from: number, errand: Errand): Promise<void> {
  const { offer, shelf } = errand
  const reader = body.getReader()
  const block = new Uint8Array(BLOCK_BYTES)
  let at = from
  let filled = 0

  async function put(): Promise<void> {
    if (filled === 0) return
    await shelf.append(offer.sha256, at, block.slice(0, filled))
    at += filled
    filled = 0
    errand.on_progress(at)
  }

  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      for (let used = 0; used < value.length; ) {
        const piece = value.subarray(used, used + BLOCK_BYTES - filled)
        block.set(piece, filled)
        filled += piece.length
        used += piece.length
        if (filled === BLOCK_BYTES) await put()
      }
    }
  } finally {
    await put()
  }
  if (at !== offer.size) throw new Error('the office sent another length')
}
