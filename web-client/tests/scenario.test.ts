import { describe, expect, it } from 'vitest'

import { cueNext, nextThing } from '../src/desk/nextThing'
import {
  canGoBack,
  countdown,
  lateMin,
  leftMs,
  nameOf,
  placeAfter,
  rowName,
  spentMs,
} from '../src/desk/scenario'
import { doneSentence } from '../src/desk/undo'
import type { Cue, CueStanding, Scenario } from '../src/signalling/scenario'

const MIN = 60_000

function cue(name: string, state: CueStanding, more: Partial<Cue> = {}): Cue {
  return {
    cue: name,
    kind: 'item',
    title: `Mục ${name}`,
    who: '',
    layout: 'auto',
    put_in: false,
    state,
    planned_ms: 0,
    began_ms: 0,
    expected_ms: 0,
    spent_ms: 0,
    allotted_ms: 7 * MIN,
    turns: [{ turn: '0', site: name, name: `Huyện ${name}`, speaker: 'Ông A', minutes: 7, state }],
    ...more,
  }
}

function scenario(cues: Cue[], more: Partial<Scenario> = {}): Scenario {
  return {
    type: 'scenario',
    revision: 3,
    now_ms: 10 * MIN,
    at: { cue: 'b', turn: '0' },
    over: false,
    awaited: null,
    following: { cue: 'c', turn: '0' },
    since_ms: 8 * MIN,
    step_ends_ms: 15 * MIN,
    ends_ms: 30 * MIN,
    late_ms: 2 * MIN,
    cues,
    ...more,
  }
}

const usual = scenario([cue('a', 'done'), cue('b', 'running', { spent_ms: 2 * MIN }), cue('c', 'coming')])
const nobody = { hands: [], floor: [], waiting: [] }

describe('the next right thing of a scenario', () => {
  it('is the step that follows, by name', () => {
    const found = nextThing({ ...nobody, scenario: usual })
    expect(found).toEqual({ key: 'next.cue', name: 'Huyện c', command: { type: 'cue_next', seen: 3 } })
    expect(nextThing({ ...nobody, scenario: { ...usual, at: null } })?.key).toBe('next.begin')
    expect(nextThing({ ...nobody, scenario: { ...usual, following: null } })?.key).toBe('next.end')
  })

  it('puts an absent turn off, and gives it the floor once it is here', () => {
    const waits = { ...usual, awaited: 'b' }
    expect(nextThing({ ...nobody, scenario: waits })).toEqual({
      key: 'next.putOff',
      name: 'Huyện c',
      command: { type: 'cue_put_off', seen: 3 },
    })
    const present = new Map([['b', 'Huyện b']])
    const found = nextThing({ ...nobody, scenario: waits, present })
    expect(found?.command).toEqual({ type: 'give_floor', site: 'b' })
  })

  it('hears the hands first in a discussion, and only there', () => {
    const hands = [{ site: '9', name: 'Xã chín' }]
    const talk = scenario([cue('a', 'done'), cue('b', 'running', { kind: 'discussion' }), cue('c', 'coming')])
    expect(nextThing({ ...nobody, hands, scenario: talk })?.key).toBe('next.give')
    expect(nextThing({ ...nobody, hands, scenario: usual })?.key).toBe('next.cue')
  })

  it('leaves the lead to hands and floor when the scenario is over or there is none', () => {
    const over = { ...usual, over: true }
    expect(cueNext(over, '')).toBeNull()
    const floor = [{ site: 'b', name: 'Huyện b' }]
    expect(nextThing({ ...nobody, floor, scenario: over })?.key).toBe('next.take')
    expect(nextThing({ ...nobody, floor, scenario: scenario([]) })?.key).toBe('next.take')
  })
})

describe('the clocks of a scenario', () => {
  it('count on from the moment as of which it was told', () => {
    expect(spentMs(usual, usual.cues[1]!, 11 * MIN)).toBe(3 * MIN)
    expect(spentMs(usual, usual.cues[0]!, 11 * MIN)).toBe(0)
    expect(leftMs(usual, 11 * MIN)).toBe(4 * MIN)
  })

  it('are late by more only once the running step is over its time', () => {
    expect(lateMin(usual, 14 * MIN)).toBe(2)
    expect(lateMin(usual, 18 * MIN)).toBe(5)
    expect(lateMin({ ...usual, over: true }, 18 * MIN)).toBe(2)
    expect(lateMin({ ...usual, late_ms: -3.5 * MIN }, 14 * MIN)).toBe(-3)
  })

  it('read as minutes and seconds on both sides of nothing', () => {
    expect([countdown(187_000), countdown(500), countdown(0), countdown(-12_000)]).toEqual([
      '3:07',
      '0:01',
      '0:00',
      '-0:12',
    ])
  })
})

describe('the rows of a scenario', () => {
  it('are named by who speaks, the chair’s own room by title, many by their subject', () => {
    const [, running] = usual.cues
    expect(rowName(running!, '56')).toBe('Huyện b')
    expect(rowName(running!, 'b')).toBe('Ông A')
    const three = cue('d', 'coming', { turns: ['1', '2', '3'].map((n) => ({ ...running!.turns[0]!, turn: n })) })
    expect(rowName(three, '')).toBe('Mục d')
    expect(nameOf(scenario([cue('b', 'running', { turns: [] })]), { cue: 'b', turn: '' }, '')).toBe('Mục b')
  })

  it('move one place among what comes, never before what runs', () => {
    const long = scenario([...usual.cues, cue('d', 'coming')])
    expect(placeAfter(long, 'd', 'up')).toBe('b')
    expect(placeAfter(long, 'c', 'up')).toBeNull()
    expect(placeAfter(long, 'c', 'down')).toBe('d')
    expect(placeAfter(long, 'd', 'down')).toBeNull()
  })

  it('can be gone back to where something has been', () => {
    expect(canGoBack(usual)).toBe(true)
    expect(canGoBack(scenario([cue('a', 'skipped'), cue('b', 'running')]))).toBe(false)
    expect(canGoBack(scenario([cue('a', 'coming')], { at: null }))).toBe(false)
    expect(canGoBack({ ...usual, over: true })).toBe(true)
  })
})

it('every step of the chair is said and can be taken back', () => {
  const name = (site: string) => site
  expect(doneSentence({ type: 'cue_next', seen: 1 }, name)?.key).toBe('done.cue_next')
  expect(doneSentence({ type: 'cue_skip', seen: 1, cue: 'a', on: false }, name)?.key).toBe('done.cue_unskip')
})
