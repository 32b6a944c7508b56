import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, shallowRef, type EffectScope } from 'vue'

import { makeKey } from '../src/device/deviceKey'
import { BLOCK_BYTES } from '../src/device/papers/fetching'
import { sha256Of } from '../src/device/papers/shelf'
import { usePapers } from '../src/device/papers/usePapers'
import type { Device, DeviceState } from '../src/device/useDevice'
import { MemoryShelf } from './memoryShelf'

const FILE = new Uint8Array(BLOCK_BYTES + 100).fill(7)
const HASH = await sha256Of(FILE.buffer)
const KEY = await makeKey()

/** What the room told the office that it holds, each time it asked. */
let told: string[][] = []
/** Lets the rest of the file come. */
let release: () => void = () => undefined
let held = false
let scope: EffectScope
let offered = [HASH]
const kept = new Map<string, string>()

function answer(path: string, init: RequestInit): Response {
  if (path.endsWith('/room/papers')) {
    told.push((JSON.parse(String(init.body)) as { held: string[] }).held)
    const papers = offered.map((sha256) => ({
      meeting: 'm1',
      meeting_title: 'Họp',
      paper: 'TL1',
      title: 'Báo cáo',
      restricted: false,
      sha256,
      size: FILE.length,
      pages: 1,
      keep_until_ms: 10_000,
      url: '/api/v1/papers/x?ticket=t',
    }))
    return Response.json({ rate_bps: 1, papers })
  }
  const from = Number(new Headers(init.headers).get('range')?.slice(6, -1) ?? 0)
  const body = new ReadableStream<Uint8Array>({
    async start(stream) {
      init.signal?.addEventListener('abort', () => stream.error(new Error('aborted')))
      stream.enqueue(FILE.slice(from, BLOCK_BYTES))
      if (held) await new Promise<void>((resolve) => (release = resolve))
      if (init.signal?.aborted) return
      stream.enqueue(FILE.slice(Math.max(from, BLOCK_BYTES)))
      stream.close()
    },
  })
  return new Response(body, { status: from ? 206 : 200 })
}

function room(shelf: MemoryShelf) {
  const state = ref<DeviceState>('paired')
  const busy = ref(false)
  const clock = { ms: 0 }
  const device = {
    state,
    kept: shallowRef({ device: 'd1', key: KEY }),
    agenda: shallowRef(null),
    nowMs: () => clock.ms,
  } as unknown as Device
  scope = effectScope()
  const papers = scope.run(() => usePapers(device, busy, shelf))
  if (!papers) throw new Error('no scope')
  return { state, busy, clock, papers }
}

/** Waits for as long as a loaded machine may take. */
function waitFor(look: () => void): Promise<void> {
  return vi.waitFor(look, { timeout: 20_000 })
}

beforeEach(() => {
  told = []
  held = false
  offered = [HASH]
  kept.clear()
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => answer(path, init))
  vi.stubGlobal('navigator', { locks: { request: async (_: string, __: object, work: (lock: object) => unknown) => work({}) } })
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  })
})

afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

describe('a room and its papers', { timeout: 30_000 }, () => {
  it('fetches what it lacks and tells the office what it holds', async () => {
    const shelf = new MemoryShelf()
    const { papers } = room(shelf)
    await waitFor(() => expect(told).toEqual([[], [HASH]]))
    expect([...papers.held.value]).toEqual([HASH])
    // A ticket opens a file: it is not left lying in the browser's storage.
    expect(kept.get('nhipcau.papers')).not.toContain('ticket')
  })

  it('stops when its meeting begins, keeps what came, and goes on after it', async () => {
    held = true
    const shelf = new MemoryShelf()
    const { busy, papers } = room(shelf)
    await waitFor(() => expect(papers.coming.value?.bytes).toBe(BLOCK_BYTES))
    busy.value = true
    await waitFor(() => expect(papers.coming.value).toBeNull())
    expect(await shelf.partLength(HASH)).toBe(BLOCK_BYTES)
    held = false
    release()
    busy.value = false
    await waitFor(() => expect([...papers.held.value]).toEqual([HASH]))
    expect(shelf.whole.get(HASH)).toEqual(FILE)
  })

  it('tries again soon where another tab, or its own page of before, still fetches', async () => {
    let asked = 0
    const locks = { request: async (_: string, __: object, work: (lock: object | null) => unknown) => work(asked++ === 0 ? null : {}) }
    vi.stubGlobal('navigator', { locks })
    const { papers } = room(new MemoryShelf())
    await waitFor(() => expect([...papers.held.value]).toEqual([HASH]))
    expect(asked).toBe(2)
  })

  it('throws away what the office names no more, and everything once it is revoked', async () => {
    const shelf = new MemoryShelf()
    shelf.whole.set('old', FILE)
    const { state, papers } = room(shelf)
    await waitFor(() => expect([...papers.held.value]).toEqual([HASH]))
    expect(shelf.whole.has('old')).toBe(false)
    state.value = 'revoked'
    await waitFor(() => expect(shelf.whole.size).toBe(0))
    expect([papers.offers.value, kept.has('nhipcau.papers')]).toEqual([[], false])
  })
})
