import { describe, expect, it } from 'vitest'

import { dueMeeting, nextMeeting, WARNING_MS } from '../src/device/due'
import type { Agenda, AgendaMeeting } from '../src/device/office'
import { admission, encodeBytes, normalCode, pairing } from '../src/device/statements'
import { idleLink, step, type Link } from '../src/signalling/link'
import type { ServerMessage } from '../src/signalling/protocol'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const meeting = (id: string, live: boolean): AgendaMeeting => ({
  meeting: id,
  title: `Họp ${id}`,
  chair_name: 'Tỉnh Khánh Hòa',
  starts_ms: 0,
  live,
  mcus: ['https://mcu.example'],
})
const agenda = (join: Agenda['join'], ...meetings: AgendaMeeting[]): Agenda => ({
  now_ms: 0,
  device: 'd1',
  site: '573',
  site_name: 'Huyện Khánh Vĩnh',
  parent_name: null,
  join,
  meetings,
})

describe('what a device signs', () => {
  it('is byte for byte what the MCU expects', () => {
    const challenge = {
      type: 'challenge',
      nonce: 'n0nce',
      conference: 'tết-2024',
      mcu: 'mcu-tinh',
      at_ms: 1706144400000,
    } as const
    expect(text(admission(challenge, 'd1', 'BKey'))).toBe(
      'nhipcau/admission/1\n10:tết-2024\n8:mcu-tinh\n5:n0nce\n13:1706144400000\n2:d1\n4:BKey\n',
    )
    expect(text(pairing('ACDEFGHJ', 'BKey'))).toBe('nhipcau/pairing/1\n8:ACDEFGHJ\n4:BKey\n')
  })

  it('takes a code as people type it', () => {
    expect(normalCode(' acde-fghj ')).toBe('ACDEFGHJ')
    expect(normalCode('acde–fghj')).toBe('ACDEFGHJ')
  })

  it('writes bytes as base64url without padding', () => {
    expect(encodeBytes(new Uint8Array([251, 255, 0]).buffer)).toBe('-_8A')
    expect(encodeBytes(new Uint8Array([1]).buffer)).toBe('AQ')
  })
})

describe('the room before its meeting', () => {
  it('joins by itself after a warning, where its policy allows', () => {
    const own = agenda('itself', meeting('a', true))
    const since = new Map([['a', 1000]])
    expect(dueMeeting(own, new Set(), since, 1000)?.joinsInMs).toBe(WARNING_MS)
    expect(dueMeeting(own, new Set(), since, 1000 + WARNING_MS)?.joinsInMs).toBe(0)
  })

  it('only rings where it must be asked', () => {
    const own = agenda('ask', meeting('a', true))
    expect(dueMeeting(own, new Set(), new Map([['a', 0]]), 1e9)).toMatchObject({ joinsInMs: null })
  })

  it('leaves a meeting alone that somebody put aside, and waits for what is to come', () => {
    const own = agenda('itself', meeting('a', true), meeting('b', false))
    expect(dueMeeting(own, new Set(['a']), new Map(), 0)).toBeNull()
    expect(nextMeeting(own)?.meeting).toBe('b')
    expect(nextMeeting(null)).toBeNull()
  })
})

describe('the link of one who is put out', () => {
  const joined: Link = { ...idleLink, phase: 'joined', dueMs: 1 }

  it('rests with the reason and does not come back by itself', () => {
    const message = { type: 'removed', code: 'revoked' } as ServerMessage
    const { link, actions } = step(joined, { type: 'message', message }, 0)
    expect(link).toMatchObject({ phase: 'refused', refusal: 'revoked', dueMs: null })
    expect(actions).toEqual(['close'])
    expect(step(link, { type: 'closed', code: 4403 }, 5).link.refusal).toBe('revoked')
  })

  it('rests also when only the close code came through', () => {
    const { link } = step(joined, { type: 'closed', code: 4403 }, 0)
    expect(link).toMatchObject({ phase: 'refused', refusal: 'removed' })
  })
})
