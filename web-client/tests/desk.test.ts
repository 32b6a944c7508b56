import { describe, expect, it } from 'vitest'

import { matter } from '../src/conference/useRoster'
import { readStill } from '../src/conference/useStills'
import { choicesOf } from '../src/desk/delegations'
import { drawLayout } from '../src/desk/layouts'
import { loudness } from '../src/desk/loudness'
import { nextThing } from '../src/desk/nextThing'
import { treeLines, type TreeWish } from '../src/desk/tree'
import { TroubleWatch } from '../src/desk/trouble'
import { doneSentence, secondsLeft } from '../src/desk/undo'
import { asClock, floorClocks, spokenMinutes } from '../src/desk/speaking'
import type { RosterRow } from '../src/signalling/protocol'

const row = (site: string, parent: string | null, more: Partial<RosterRow> = {}): RosterRow => ({
  site,
  name: `Xã ${site}`,
  level: 'commune',
  parent,
  present: more.state === undefined || more.state === 'present',
  state: 'present',
  mic: false,
  camera: true,
  hand: null,
  asked: false,
  floor: false,
  sharing: false,
  synthetic: false,
  level_dbov: null,
  loss: 0,
  rung: null,
  capture: true,
  guest: false,
  removed: false,
  roster_shown: false,
  spoken_ms: 0,
  speaks_since_ms: null,
  ...more,
})

describe('the way back', () => {
  it('counts down whole seconds of the MCU’s clock and ends at nothing', () => {
    expect(secondsLeft(10_000, 5_000)).toBe(5)
    expect(secondsLeft(10_000, 9_999)).toBe(1)
    expect(secondsLeft(10_000, 10_000)).toBe(0)
    expect(secondsLeft(0, -99_999)).toBe(0)
  })

  it('says what was done with the name of the site', () => {
    const name = (site: string) => (site === '1' ? 'Xã Giang Ly' : site)
    expect(doneSentence({ type: 'give_floor', site: '1' }, name)).toEqual({
      key: 'done.give',
      name: 'Xã Giang Ly',
    })
    expect(doneSentence({ type: 'mute_all', locked: true }, name)?.key).toBe('done.muteAndLock')
    expect(doneSentence({ type: 'mic', open: true }, name)).toBeNull()
  })
})

describe('the next right thing', () => {
  const one = { site: '1', name: 'một' }
  const two = { site: '2', name: 'hai' }

  it('is the first hand, then taking the floor back, then the door', () => {
    expect(nextThing({ hands: [one, two], floor: [two], waiting: [] })?.command).toEqual({
      type: 'give_floor',
      site: '1',
    })
    expect(nextThing({ hands: [], floor: [one, two], waiting: [two] })).toMatchObject({
      key: 'next.take',
      name: 'một · hai',
    })
    expect(nextThing({ hands: [], floor: [], waiting: [two] })?.command).toEqual({
      type: 'admit',
      site: '2',
    })
    expect(nextThing({ hands: [], floor: [], waiting: [] })).toBeNull()
  })
})

describe('the tree of sites', () => {
  const rows = [
    row('56', null),
    row('568', '56'),
    row('1', '568'),
    row('2', '568', { state: 'absent' }),
    row('569', '56', { state: 'absent' }),
    row('3', '569', { state: 'lost' }),
  ]
  const wish: TreeWish = { show: 'all', query: '', isOpen: () => true }
  const sites = (change: Partial<TreeWish>) =>
    treeLines(rows, { ...wish, ...change }).map((line) => line.row.site)

  it('has the top beside its districts and counts who is here', () => {
    const lines = treeLines(rows, wish)
    expect(lines.map(({ row: { site }, depth }) => [site, depth])).toEqual([
      ['56', 0],
      ['568', 0],
      ['1', 1],
      ['2', 1],
      ['569', 0],
      ['3', 1],
    ])
    expect(lines[1]).toMatchObject({ present: 2, invited: 3, hasBelow: true })
    expect(lines[2]).toMatchObject({ invited: 0, hasBelow: false })
  })

  it('keeps a head while anything below it is shown', () => {
    expect(sites({ show: 'missing' })).toEqual(['568', '2', '569', '3'])
    expect(sites({ show: 'present' })).toEqual(['56', '568', '1'])
  })

  it('folds, and a search unfolds', () => {
    expect(sites({ isOpen: () => false })).toEqual(['56', '568', '569'])
    expect(sites({ isOpen: () => false, query: 'xa 3' })).toEqual(['569', '3'])
  })

  it('is as deep as the administration, and a ring ends', () => {
    const deep = [row('a', null), row('b', 'a'), row('c', 'b'), row('d', 'c')]
    expect(treeLines(deep, wish).map(({ depth }) => depth)).toEqual([0, 0, 1, 2])
    expect(treeLines([row('x', 'y'), row('y', 'x')], wish)).toEqual([])
  })
})

describe('trouble', () => {
  it('is ranked: lost, at the door, losing packets, silent, dark', () => {
    const watch = new TroubleWatch()
    const rows = [
      row('dark', null, { camera: false }),
      row('lossy', null, { loss: 0.08 }),
      row('gone', null, { state: 'lost' }),
      row('fine', null),
      row('door', null, { state: 'waiting' }),
      row('absent', null, { state: 'absent', camera: false }),
    ]
    expect(watch.rank(rows, 0).map(({ kind }) => kind)).toEqual([
      'lost',
      'waiting',
      'loss',
      'noCamera',
    ])
  })

  it('takes an open microphone for silent only after a while without a voice', () => {
    const watch = new TroubleWatch()
    const quiet = [row('1', null, { mic: true, level_dbov: -70 })]
    const loud = [row('1', null, { mic: true, level_dbov: -20 })]
    expect(watch.rank(quiet, 0)).toEqual([])
    expect(watch.rank(loud, 10_000)).toEqual([])
    expect(watch.rank(quiet, 24_000)).toEqual([])
    expect(watch.rank(quiet, 25_000)[0]).toMatchObject({ kind: 'silent' })
    expect(watch.rank(loud, 26_000)).toEqual([])
  })

  it('remembers since when, and forgets what is over', () => {
    const watch = new TroubleWatch()
    const lost = [row('1', null, { state: 'lost' })]
    watch.rank(lost, 1000)
    expect(watch.rank(lost, 61_000)[0]?.sinceMs).toBe(1000)
    watch.rank([row('1', null)], 62_000)
    expect(watch.rank(lost, 63_000)[0]?.sinceMs).toBe(63_000)
  })

  it('has requests that wait to be passed on only for who can pass them on', () => {
    const asks = [row('1', null, { asked: true })]
    expect(new TroubleWatch().rank(asks, 0)).toEqual([])
    expect(new TroubleWatch().rank(asks, 0, true)[0]?.kind).toBe('asked')
  })
})

it('a row matters when more than its level or a trace of loss changed', () => {
  const before = row('1', null, { loss: 0.012 })
  expect(matter(before, { ...before, level_dbov: -30, loss: 0.009 })).toBe(false)
  expect(matter(before, { ...before, loss: 0.04 })).toBe(true)
  expect(matter(before, { ...before, mic: true })).toBe(true)
})

it('a still is read from its frame, and rubbish is none', () => {
  const frame = new Uint8Array([2, 53, 54, 0xff, 0xd8]).buffer
  expect(readStill(frame)).toMatchObject({ site: '56' })
  expect(readStill(frame)?.jpeg).toEqual(new Uint8Array([0xff, 0xd8]))
  expect(readStill(new Uint8Array([9, 1]).buffer)).toBeNull()
  expect(readStill(new ArrayBuffer(0))).toBeNull()
})

it('a level is a share of the bar', () => {
  expect([loudness(null), loudness(-127), loudness(-30), loudness(0)]).toEqual([0, 0, 0.5, 1])
})

it('a layout is drawn with as many boxes as it has cells', () => {
  const shipped = { speaker: 1, duo: 2, '1+2': 3, '1+7': 8, '1+8': 9, '3x3': 9 }
  for (const [name, cells] of Object.entries(shipped)) {
    expect(drawLayout(name, cells)).toHaveLength(cells)
  }
})

it('speaking time is a clock', () => {
  expect([0, 65_900, 3_727_000].map(asClock)).toEqual(['0:00', '1:05', '1:02:07'])
})

it('says how long each holder has spoken in this turn, and each site before', () => {
  const rows = [row('1', null, { speaks_since_ms: 60_000, spoken_ms: 130_000 }), row('2', null)]
  const floor = [rows[0]!, { site: '9', name: 'chín' }]
  expect(floorClocks(floor, rows, 125_000).map(({ clock }) => clock)).toEqual(['1:05', '0:00'])
  expect(rows.map(spokenMinutes)).toEqual([2, null])
})

it('puts a vote to the sites of one level, without the chair’s own and guests', () => {
  const rows = [
    row('56', null, { level: 'province' }),
    row('573', '56', { level: 'district' }),
    row('1', '573'),
    row('g', null, { guest: true }),
  ]
  expect(choicesOf(rows, '56')).toEqual([
    { key: 'district', sites: ['573'] },
    { key: 'commune', sites: ['1'] },
  ])
})
