import { describe, expect, it } from 'vitest'

import { CHANGING_MS, idleLink, OPENING_MS, openingMs, SILENCE_MS, step, waitMs, type Link } from '../src/signalling/link'
import type { ServerMessage } from '../src/signalling/protocol'

const welcome = { type: 'welcome' } as ServerMessage

function joined(nowMs = 0): Link {
  let link = step(idleLink, { type: 'start' }, nowMs).link
  link = step(link, { type: 'opened' }, nowMs).link
  return step(link, { type: 'message', message: welcome }, nowMs).link
}

function heard(link: Link, message: object, nowMs: number, ownAgent = '') {
  const around = { ownAgent, standsBy: false }
  return step(link, { type: 'message', message: message as ServerMessage }, nowMs, around)
}

describe('the link', () => {
  it('opens, greets and joins', () => {
    const opening = step(idleLink, { type: 'start' }, 0)
    expect(opening.actions).toEqual(['open'])
    expect(step(opening.link, { type: 'opened' }, 5).actions).toEqual(['hello'])
    expect(joined().phase).toBe('joined')
  })

  it('waits 100, 200, 400 … and never more than 2000 ms', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(waitMs)).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
  })

  it('comes back after the socket closed', () => {
    const lost = step(joined(), { type: 'closed', code: 1006 }, 1000)
    expect(lost.link).toMatchObject({ phase: 'waiting', dueMs: 1100, attempt: 1 })
    expect(step(lost.link, { type: 'tick' }, 1099).actions).toEqual([])
    const again = step(lost.link, { type: 'tick' }, 1100)
    expect(again).toMatchObject({ link: { phase: 'connecting' }, actions: ['open'] })
  })

  it('is lost after three seconds without a word, and any word keeps it', () => {
    const link = heard(joined(0), { type: 'beat', t: 1 }, 2000).link
    expect(step(link, { type: 'tick' }, SILENCE_MS).actions).toEqual([])
    const lost = step(link, { type: 'tick' }, 2000 + SILENCE_MS)
    expect(lost).toMatchObject({ link: { phase: 'waiting' }, actions: ['close'] })
  })

  it('gives up a socket that does not open', () => {
    const opening = step(idleLink, { type: 'start' }, 0).link
    expect(step(opening, { type: 'tick' }, OPENING_MS).link.phase).toBe('waiting')
  })

  it('has more patience with each opening that was too slow, until one leads in', () => {
    expect([0, 1, 2, 3, 50].map(openingMs)).toEqual([4000, 8000, 16_000, 16_000, 16_000])
    let link = step(idleLink, { type: 'start' }, 0).link
    link = step(link, { type: 'tick' }, 4000).link
    link = step(link, { type: 'tick' }, 4100).link
    expect(link).toMatchObject({ phase: 'connecting', dueMs: 4100 + 8000 })
    link = step(link, { type: 'opened' }, 5000).link
    expect(link).toMatchObject({ phase: 'greeting', dueMs: 5000 + 8000 })
    link = heard(link, welcome, 6000).link
    link = step(link, { type: 'closed', code: 1006 }, 7000).link
    expect(step(link, { type: 'tick' }, 8000).link.dueMs).toBe(8000 + OPENING_MS)
  })

  it('waits longer while media keeps failing and forgets that once media flows', () => {
    let link = step(joined(), { type: 'media_failed' }, 0).link
    link = step(link, { type: 'tick' }, 100).link
    link = step(link, { type: 'opened' }, 100).link
    link = heard(link, welcome, 100).link
    expect(step(link, { type: 'media_failed' }, 200).link.dueMs).toBe(400)
    link = step(link, { type: 'media_connected' }, 200).link
    expect(step(link, { type: 'media_failed' }, 300).link.dueMs).toBe(400)
  })

  it('asks a person when the seat is taken, and takes it only then', () => {
    const greeting = step(step(idleLink, { type: 'start' }, 0).link, { type: 'opened' }, 0).link
    const full = heard(greeting, { type: 'occupied', agent: 'Edge', since_ms: 1 }, 1, 'Chrome')
    expect(full).toMatchObject({ link: { phase: 'occupied', otherAgent: 'Edge' } })
    expect(step(full.link, { type: 'closed', code: 1000 }, 2).link.phase).toBe('occupied')
    expect(step(full.link, { type: 'tick' }, 99999).actions).toEqual([])
    const taking = step(full.link, { type: 'take_over' }, 3)
    expect(taking).toMatchObject({ link: { takeover: true }, actions: ['open'] })
  })

  it('takes its own earlier seat back without asking', () => {
    const greeting = step(step(idleLink, { type: 'start' }, 0).link, { type: 'opened' }, 0).link
    const ghost = heard(greeting, { type: 'occupied', agent: 'me #1', since_ms: 1 }, 1, 'me #1')
    expect(ghost).toMatchObject({ link: { takeover: true }, actions: ['close', 'open'] })
  })

  it('does not come back by itself once replaced', () => {
    const out = heard(joined(), { type: 'replaced', agent: 'Edge' }, 1).link
    expect(out.phase).toBe('replaced')
    expect(step(out, { type: 'closed', code: 4009 }, 2).link.phase).toBe('replaced')
    expect(step(out, { type: 'tick' }, 99999).actions).toEqual([])
    expect(step(joined(), { type: 'closed', code: 4009 }, 1).link.phase).toBe('replaced')
  })

  it('stops at a link that is not valid, and tries on at an MCU that is not ready', () => {
    const greeting = step(step(idleLink, { type: 'start' }, 0).link, { type: 'opened' }, 0).link
    const bad = heard(greeting, { type: 'error', code: 'token_expired', detail: '' }, 1)
    expect(bad.link).toMatchObject({ phase: 'refused', refusal: 'token_expired' })
    const early = heard(greeting, { type: 'error', code: 'wrong_conference', detail: '' }, 1)
    expect(early.link).toMatchObject({ phase: 'waiting', dueMs: 2001 })
  })

  it('stays when one command is refused', () => {
    const link = heard(joined(), { type: 'error', code: 'not_allowed', detail: '', id: 4 }, 1).link
    expect(link.phase).toBe('joined')
  })

  it('says goodbye when it leaves, and can come again', () => {
    const gone = step(joined(), { type: 'leave' }, 1)
    expect(gone).toMatchObject({ link: { phase: 'left' }, actions: ['leave', 'close'] })
    expect(step(gone.link, { type: 'start' }, 2).actions).toEqual(['open'])
  })
})

describe('a link beside which another stands by', () => {
  const around = { ownAgent: 'me', standsBy: true }

  function changing(nowMs = 1000): Link {
    return step(joined(), { type: 'closed', code: 1006 }, nowMs, around).link
  }

  it.each([
    { type: 'closed', code: 1006 },
    { type: 'closed', code: 1001 },
    { type: 'media_failed' },
    { type: 'silent' },
    { type: 'astray' },
  ] as const)('changes over at once: $type', (input) => {
    const over = step(joined(), input, 1000, around)
    expect(over).toMatchObject({ link: { phase: 'changing', dueMs: 1000 + CHANGING_MS }, actions: ['change_over'] })
  })

  it('changes over after three seconds without a word', () => {
    expect(step(joined(), { type: 'tick' }, SILENCE_MS, around).actions).toEqual(['change_over'])
  })

  it('has its seat again with the welcome, and can change over again', () => {
    const there = heard(changing(), welcome, 1100).link
    expect(there).toMatchObject({ phase: 'joined', attempt: 0, dueMs: 1100 + SILENCE_MS })
    expect(step(there, { type: 'closed', code: 1006 }, 1200, around).link.phase).toBe('changing')
  })

  it('goes to the other while it waits, once that stands by', () => {
    const waiting = step(joined(), { type: 'closed', code: 1006 }, 1000).link
    const over = step(waiting, { type: 'tick' }, 1100, around)
    expect(over).toMatchObject({ link: { phase: 'changing' }, actions: ['change_over'] })
  })

  it('comes back the long way when the other does not welcome it', () => {
    const late = step(changing(), { type: 'tick' }, 1000 + CHANGING_MS, around)
    expect(late).toMatchObject({ link: { phase: 'waiting', attempt: 1, slow: 0 }, actions: ['close'] })
    expect(step(changing(), { type: 'closed', code: 1006 }, 1100, around).link.phase).toBe('waiting')
    const early = heard(changing(), { type: 'error', code: 'not_ready', detail: '' }, 1100)
    expect(early).toMatchObject({ link: { phase: 'waiting', dueMs: 1200 }, actions: ['close'] })
  })

  it.each([
    ['replaced', { type: 'closed', code: 4009 }],
    ['ended', { type: 'closed', code: 4010 }],
    ['moved', { type: 'closed', code: 4011 }],
    ['refused', { type: 'closed', code: 4403 }],
  ] as const)('rests all the same once it is %s', (phase, input) => {
    expect(step(joined(), input, 1000, around).link.phase).toBe(phase)
    expect(step(changing(), input, 1100, around).link.phase).toBe(phase)
  })

  it('rests when it is told so at the other', () => {
    expect(heard(changing(), { type: 'removed', code: 'removed' }, 1100).link.phase).toBe('refused')
    expect(heard(changing(), { type: 'move' }, 1100).link.phase).toBe('moved')
    expect(heard(changing(), { type: 'error', code: 'ended' }, 1100).link.phase).toBe('ended')
  })

  it('does not change over to say something new, nor before it has a seat', () => {
    expect(step(joined(), { type: 'greet_anew' }, 1000, around).link.phase).toBe('waiting')
    const greeting = step(step(idleLink, { type: 'start' }, 0).link, { type: 'opened' }, 0).link
    expect(step(greeting, { type: 'closed', code: 1006 }, 1, around).link.phase).toBe('waiting')
  })

  it('leaves from in between', () => {
    expect(step(changing(), { type: 'leave' }, 1100, around)).toMatchObject({
      link: { phase: 'left' },
      actions: ['leave', 'close'],
    })
  })
})

it('a silent MCU is borne where nothing stands by, and one of an old root is left', () => {
  expect(step(joined(), { type: 'silent' }, 1000).link.phase).toBe('joined')
  expect(step(joined(), { type: 'astray' }, 1000).link.phase).toBe('waiting')
})
