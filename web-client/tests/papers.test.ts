import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Agenda } from '../src/device/office'
import { BLOCK_BYTES, fetchPaper, type Outcome } from '../src/device/papers/fetching'
import { byMeeting, current, wanted, type Offer } from '../src/device/papers/offers'
import { sha256Of, type Shelf } from '../src/device/papers/shelf'
import { MemoryShelf } from './memoryShelf'
import { nextAskMs } from '../src/device/papers/when'

const SIZE = 2 * BLOCK_BYTES + 1000
const FILE = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31) % 251)
const HASH = await sha256Of(FILE.buffer)
const MINUTE_MS = 60_000

const offer = (paper: string, more: Partial<Offer> = {}): Offer => ({
  meeting: 'm1',
  meeting_title: 'Hội nghị ba cấp',
  paper,
  title: `Tài liệu ${paper}`,
  restricted: false,
  sha256: HASH,
  size: SIZE,
  pages: 3,
  keep_until_ms: 1000,
  url: '/api/v1/papers/x?ticket=t',
  ...more,
})

/** An office that sends the file from where it is asked, and breaks off after so many bytes. */
function office(breaksAfter = Infinity, file: Uint8Array = FILE, ranges = true) {
  const asked: (string | null)[] = []
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
    const range = new Headers(headers).get('range')
    asked.push(range)
    const from = range && ranges ? Number(range.slice(6, -1)) : 0
    const part = file.subarray(from)
    const body = new ReadableStream<Uint8Array>({
      start(stream) {
        const sent = part.subarray(0, breaksAfter)
        for (let at = 0; at < sent.length; at += 16_384) stream.enqueue(sent.subarray(at, at + 16_384))
        // What has come is read before the line breaks.
        if (breaksAfter >= part.length) stream.close()
        else setTimeout(() => stream.error(new Error('the line broke')))
      },
    })
    return new Response(body, { status: range && ranges ? 206 : 200 })
  })
  return asked
}

const errand = (shelf: Shelf, one = offer('TL1')) => ({
  offer: one,
  shelf,
  signal: new AbortController().signal,
  on_progress: () => undefined,
})

afterEach(() => vi.unstubAllGlobals())

describe('fetching a paper', () => {
  it('keeps it when its SHA-256 is right', async () => {
    const shelf = new MemoryShelf()
    office()
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>('kept')
    expect(shelf.whole.get(HASH)).toEqual(FILE)
  })

  it('goes on where it broke off, to the byte', async () => {
    const shelf = new MemoryShelf()
    const cut = BLOCK_BYTES + 777
    office(cut)
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>('broken')
    expect(await shelf.partLength(HASH)).toBe(cut)
    const asked = office()
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>('kept')
    expect(asked).toEqual([`bytes=${cut}-`])
    expect(shelf.whole.get(HASH)).toEqual(FILE)
  })

  it('begins anew where the office sends all of it', async () => {
    const shelf = new MemoryShelf()
    office(1000)
    await fetchPaper(errand(shelf))
    office(Infinity, FILE, false)
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>('kept')
    expect(shelf.whole.get(HASH)).toEqual(FILE)
  })

  it('keeps nothing of another file', async () => {
    const shelf = new MemoryShelf()
    office(Infinity, FILE.map((byte) => byte ^ 1))
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>('spoiled')
    expect([shelf.whole.size, await shelf.partLength(HASH)]).toEqual([0, 0])
  })

  it.each([
    [401, 'ticket', 1000],
    [404, 'withdrawn', 0],
    [503, 'broken', 1000],
  ] as const)('takes %i for %s', async (status, outcome, left) => {
    const shelf = new MemoryShelf()
    await shelf.append(HASH, 0, FILE.slice(0, 1000))
    vi.stubGlobal('fetch', async () => new Response(null, { status }))
    expect(await fetchPaper(errand(shelf))).toBe<Outcome>(outcome)
    expect(await shelf.partLength(HASH)).toBe(left)
  })
})

describe('the papers of a room', () => {
  it('are fetched once each, in the order of the office, and never with personal data', () => {
    const offers = [
      offer('TL1', { sha256: 'a' }),
      offer('TL3', { sha256: 'c', restricted: true, url: null }),
      offer('TL4', { sha256: 'b' }),
      offer('TL1', { sha256: 'a', meeting: 'm2' }),
      offer('TL5', { sha256: 'd' }),
    ]
    expect(wanted(offers, new Set(['b'])).map(({ sha256 }) => sha256)).toEqual(['a', 'd'])
  })

  it('are counted by meeting, without those that no room gets', () => {
    const offers = [
      offer('TL1', { sha256: 'a' }),
      offer('TL2', { sha256: 'b' }),
      offer('TL3', { sha256: 'c', restricted: true, url: null }),
      offer('TL1', { sha256: 'a', meeting: 'm2' }),
    ]
    const groups = byMeeting(offers, new Set(['a']))
    expect(groups.map(({ meeting, here, all, papers }) => [meeting, here, all, papers.length])).toEqual([
      ['m1', 1, 2, 3],
      ['m2', 1, 1, 1],
    ])
  })

  it('are gone when their time is over', () => {
    const offers = [offer('TL1', { keep_until_ms: 1000 }), offer('TL2', { keep_until_ms: 2000 })]
    expect(current(offers, 1000).map(({ paper }) => paper)).toEqual(['TL2'])
  })

  it('are asked for every quarter of an hour and half an hour before a bell', () => {
    const agenda = (...starts: number[]) =>
      ({ meetings: starts.map((starts_ms) => ({ starts_ms })) }) as unknown as Agenda
    expect(nextAskMs(null, 0)).toBe(15 * MINUTE_MS)
    expect(nextAskMs(agenda(40 * MINUTE_MS), 0)).toBe(10 * MINUTE_MS)
    expect(nextAskMs(agenda(30 * MINUTE_MS, 300 * MINUTE_MS), 0)).toBe(15 * MINUTE_MS)
  })
})
