import { describe, expect, it } from 'vitest'

import { bellWaitMs } from '../src/device/bellSocket'
import { answerTo, passedOver, roundOf, type Ring } from '../src/device/rings'
import { bell } from '../src/device/statements'
import { calledBy, EVERYBODY, heads, levelCounts, wishOf, type KnownSite } from '../src/emergency/choosing'
import { callOf, coming } from '../src/emergency/coming'
import { passInLink, passLink } from '../src/emergency/pass'

function site(id: string, level: string, parent: string | null): KnownSite {
  return { site: id, name: `Room ${id}`, level, parent, call: '' }
}

const SITES = [
  site('hall', 'province', null),
  site('n', 'district', 'hall'),
  site('s', 'district', 'hall'),
  site('n1', 'commune', 'n'),
  site('n2', 'commune', 'n'),
  site('s1', 'commune', 's'),
]
const ids = (found: readonly KnownSite[]) => found.map((one) => one.site)

function ring(more: Partial<Ring> = {}): Ring {
  return {
    conference: 'khan-1',
    url: 'https://mcu',
    title: 'Họp khẩn',
    caller: 'Hall',
    round: 1,
    at_ms: 1000,
    policy: 'ask',
    ...more,
  }
}

describe('whom the button calls', () => {
  it('is everybody but the caller, a level, a part of the tree, or single rooms', () => {
    expect(ids(calledBy(SITES, 'hall', EVERYBODY))).toEqual(['n', 's', 'n1', 'n2', 's1'])
    const level = { ...EVERYBODY, way: 'level' as const, levels: ['district'] }
    expect(ids(calledBy(SITES, 'hall', level))).toEqual(['n', 's'])
    const below = { ...EVERYBODY, way: 'below' as const, below: 'n' }
    expect(ids(calledBy(SITES, 'hall', below))).toEqual(['n', 'n1', 'n2'])
    const some = { ...EVERYBODY, way: 'sites' as const, sites: ['s1'] }
    expect(ids(calledBy(SITES, 'hall', some))).toEqual(['s1'])
  })

  it('is nobody while nothing is chosen', () => {
    for (const way of ['level', 'below', 'sites'] as const) {
      expect(calledBy(SITES, 'hall', { ...EVERYBODY, way })).toEqual([])
    }
  })

  it('goes to the front as what was chosen, and nothing that was chosen before', () => {
    const chosen = { way: 'below' as const, levels: ['district'], below: 'n', sites: ['s1'] }
    expect(wishOf(chosen)).toEqual({ levels: [], below: 'n', sites: [] })
    expect(wishOf(EVERYBODY)).toEqual({ levels: [], below: null, sites: [] })
  })

  it('counts levels and parts without the caller', () => {
    const levels = ['province', 'district', 'commune'].map((key) => ({ key, name: key }))
    expect(levelCounts(levels, SITES, 'hall').map(({ level, count }) => [level.key, count])).toEqual([
      ['district', 2],
      ['commune', 3],
    ])
    expect(ids(heads(SITES, 'hall'))).toEqual(['n', 's'])
  })
})

describe('who has come', () => {
  it('counts by district, and lists the missing by what they do', () => {
    const here = coming(SITES, new Set(ids(SITES)), new Set(['hall', 'n', 'n1']), { n2: 'ringing', s: 'declined' })
    expect([here.present, here.all]).toEqual([3, 6])
    expect(here.districts.map(({ name, present, all }) => [name, present, all])).toEqual([
      ['Room hall', 1, 1],
      ['Room n', 2, 3],
      ['Room s', 0, 2],
    ])
    expect(here.missing.map(({ site: { site: id }, away }) => [id, away])).toEqual([
      ['s', 'declined'],
      ['n2', 'ringing'],
      ['s1', 'off'],
    ])
  })

  it('counts a room with its district, also where that was not called', () => {
    const here = coming(SITES, new Set(['hall', 's1']), new Set(['hall']), { s1: 'busy' })
    expect(here.districts.map(({ name, present, all }) => [name, present, all])).toEqual([
      ['Room hall', 1, 1],
      ['Room s', 0, 1],
    ])
    expect(here.missing.map(({ district, away }) => [district, away])).toEqual([['Room s', 'busy']])
  })

  it('reads name and number of a contact', () => {
    expect(callOf('Nguyễn Văn Mẫu · 0258 123 456')).toEqual({ name: 'Nguyễn Văn Mẫu', number: '0258 123 456' })
    expect(callOf('')).toEqual({ name: '', number: '' })
  })
})

describe('a room that is called', () => {
  const idle = { meeting: null, aside: new Set<string>() }

  it('goes in by itself when idle and its policy says so, and asks in another meeting', () => {
    expect(answerTo([ring({ policy: 'itself' })], idle)?.byItself).toBe(true)
    expect(answerTo([ring({ policy: 'itself' })], { ...idle, meeting: 'other' })?.byItself).toBe(false)
    expect(answerTo([ring({ policy: 'ask' })], idle)?.byItself).toBe(false)
    expect(answerTo([ring({ policy: 'move' })], { ...idle, meeting: 'other' })?.byItself).toBe(true)
  })

  it('is quiet in the call itself and after it said no, until it is called again', () => {
    expect(answerTo([ring()], { ...idle, meeting: 'khan-1' })).toBeNull()
    const said = { ...idle, aside: new Set([roundOf(ring())]) }
    expect(answerTo([ring()], said)).toBeNull()
    expect(passedOver([ring()], said)).toHaveLength(1)
    expect(answerTo([ring({ round: 2 })], said)?.ring.round).toBe(2)
  })

  it('answers the newest of two calls', () => {
    const calls = [ring(), ring({ conference: 'khan-2', at_ms: 2000 })]
    expect(answerTo(calls, idle)?.ring.conference).toBe('khan-2')
  })

  it('comes back to the bell slower and slower, and not all rooms at once', () => {
    expect(bellWaitMs(0, 0)).toBe(250)
    expect(bellWaitMs(0, 1)).toBe(500)
    expect(bellWaitMs(20, 1)).toBe(10_000)
  })

  it('signs the words that the front checks', () => {
    const challenge = { type: 'challenge' as const, nonce: 'n', conference: '', mcu: 'mcu-1', at_ms: 5 }
    const said = new TextDecoder().decode(bell(challenge, 'd', 'k'))
    expect(said).toBe('nhipcau/bell/1\n5:mcu-1\n1:n\n1:5\n1:d\n1:k\n')
  })
})

describe('a pass in an address', () => {
  it('is read with its fronts, and the page that served it is one where none is named', () => {
    const pass = { text: 'a.b.c', fronts: ['https://one', 'https://two'] }
    const link = new URL(passLink(pass, 'https://two'))
    expect(link.pathname).toBe('/emergency')
    expect(passInLink(link.hash, 'https://two')).toEqual(pass)
    expect(passInLink('#pass=a.b.c', 'https://here')).toEqual({ text: 'a.b.c', fronts: ['https://here'] })
    expect(passInLink('#pass=a.b.c&fronts=javascript:x', 'https://here')?.fronts).toEqual(['https://here'])
    expect(passInLink('', 'https://here')).toBeNull()
  })
})
