import { describe, expect, it } from 'vitest'

import { idleLink, OPENING_MS, openingMs, SILENCE_MS, step, waitMs, type Link } from '../src/signalling/link'
import type { ServerMessage } from '../src/signalling/protocol'

const welcome = { type: 'welcome' } as ServerMessage

function joined(nowMs = 0): Link {
  let link = step(idleLink, { type: 'start' }, nowMs).link
  link = step(link, { type: 'opened' }, nowMs).link
  return step(link, { type: 'message', message: welcome }, nowMs).link
}

function heard(link: Link, message: object, nowMs: number, ownAgent = '') {
  return step(link, { type: 'message', message: message as ServerMessage }, nowMs, ownAgent)
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
