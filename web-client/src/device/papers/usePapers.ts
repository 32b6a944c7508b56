/**
 * The papers of a room's next meetings: asked for when the page opens, every quarter of an hour and
 * half an hour before a meeting; fetched one by one; never while the room is in a meeting.
 */

import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import type { Device } from '../useDevice'
import { fetchPaper, type Outcome } from './fetching'
import { current, fetchOffers, wanted, type Offer } from './offers'
import { browserShelf, type Shelf } from './shelf'
import { nextAskMs } from './when'

const RETRY_MS = 15_000
/** Another tab fetches; or this page before it was loaded anew, for a moment. */
const LOCKED_MS = 3000
/** 145 rooms that were switched on together must not ask together. */
const SPREAD_MS = 20_000
const EXPIRY_MS = 60_000
const OFFERS = 'nhipcau.papers'
const LOCK = 'nhipcau-papers'

export function usePapers(device: Device, busy: Ref<boolean>, shelf: Shelf = browserShelf) {
  const offers = shallowRef<Offer[]>(keptOffers())
  const held = shallowRef<ReadonlySet<string>>(new Set())
  /** The file that is on its way, and how much of it is here. */
  const coming = ref<{ sha256: string; bytes: number } | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = new AbortController()
  let running = false
  /** What is under way; ends soon once `stop` says so. */
  let under: Promise<unknown> = Promise.resolve()
  let disposed = false

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void run(), ms + Math.random() * Math.min(ms, SPREAD_MS))
  }

  async function run(): Promise<void> {
    if (running || !wants()) return
    running = true
    stop = new AbortController()
    let waitMs = RETRY_MS * 4
    try {
      // Of several tabs of this room one fetches.
      const fetching = navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) =>
        lock === null ? LOCKED_MS : (await round(stop.signal)) ? RETRY_MS : untilNext(),
      )
      under = fetching.catch(() => undefined)
      waitMs = await fetching
    } catch {
      // The office is away, or the browser's storage refuses.
    } finally {
      running = false
      coming.value = null
      if (wants()) later(waitMs)
    }
  }

  function wants(): boolean {
    return !disposed && !busy.value && device.state.value === 'paired'
  }

  /** Fetch what is missing. True: not all of it came, try again soon. */
  async function round(signal: AbortSignal): Promise<boolean> {
    await ask()
    const missing = wanted(offers.value, held.value)
    let outcome: Outcome = 'kept'
    for (const offer of missing) {
      const on_progress = (bytes: number): void => {
        coming.value = { sha256: offer.sha256, bytes }
      }
      outcome = await fetchPaper({ offer, shelf, signal, on_progress })
      held.value = await shelf.held()
      if (outcome !== 'kept' && outcome !== 'spoiled') break
      if (signal.aborted) break
    }
    // The office hears what is here now, and who looks at the meeting's papers sees it.
    if (missing.length > 0 && !signal.aborted) await ask()
    return outcome !== 'kept' && outcome !== 'spoiled'
  }

  async function ask(): Promise<void> {
    const own = device.kept.value
    if (own === null) return
    held.value = await shelf.held()
    const said = await fetchOffers(own.device, own.key, device.nowMs(), held.value)
    // Meanwhile the room may have been revoked, or its meeting may have begun.
    if (wants()) await settle(said)
  }

  async function settle(said: Offer[]): Promise<void> {
    offers.value = current(said, device.nowMs())
    // A ticket is for the moment; what lies in the browser's storage opens nothing.
    const plain = offers.value.map((one) => ({ ...one, url: one.url === null ? null : '' }))
    localStorage.setItem(OFFERS, JSON.stringify(plain))
    await shelf.keepOnly(new Set(offers.value.filter(({ url }) => url !== null).map(({ sha256 }) => sha256)))
    held.value = await shelf.held()
  }

  async function forget(): Promise<void> {
    stop.abort()
    clearTimeout(timer)
    await under
    offers.value = []
    localStorage.removeItem(OFFERS)
    await shelf.keepOnly(new Set())
    held.value = new Set()
  }

  function untilNext(): number {
    return nextAskMs(device.agenda.value, device.nowMs())
  }

  watch(
    [device.state, busy],
    async ([state, inMeeting]) => {
      if (state === 'revoked' || state === 'unpaired') await forget()
      else if (inMeeting) stop.abort()
      else if (state === 'paired') {
        await settle(offers.value)
        later(0)
      }
    },
    { immediate: true },
  )
  const expiring = setInterval(() => {
    if (current(offers.value, device.nowMs()).length < offers.value.length) void settle(offers.value)
  }, EXPIRY_MS)
  onScopeDispose(() => {
    disposed = true
    stop.abort()
    clearTimeout(timer)
    clearInterval(expiring)
  })
  return { offers, held, coming }
}

export type Papers = ReturnType<typeof usePapers>

function keptOffers(): Offer[] {
  try {
    return JSON.parse(localStorage.getItem(OFFERS) ?? '[]') as Offer[]
  } catch {
    return []
  }
}
