import { describe, expect, it } from 'vitest'

import { atHome, stepMoving, type Moving } from '../src/conference/moving'
import type { Move } from '../src/signalling/protocol'

const move: Move = { type: 'move', conference: 'm.575', url: 'http://mcu:2', name: 'Khánh Sơn', why: 'split' }
const moves = ({ spots }: Moving) => spots.map((spot) => spot.move?.conference ?? 'home')

function inBranch(): Moving {
  const sent = stepMoving(atHome, { type: 'move', key: 0, move })
  return stepMoving(sent, { type: 'live', key: 1 })
}

describe('a page that is called elsewhere', () => {
  it('shows where it is until it is there, and only then lets go', () => {
    const sent = stepMoving(atHome, { type: 'move', key: 0, move })
    expect(moves(sent)).toEqual(['home', 'm.575'])
    expect(sent.shown).toBe(0)
    const there = stepMoving(sent, { type: 'live', key: 1 })
    expect(moves(there)).toEqual(['m.575'])
    expect(there.shown).toBe(1)
  })

  it('is told twice and goes once', () => {
    const sent = stepMoving(atHome, { type: 'move', key: 0, move })
    expect(stepMoving(sent, { type: 'move', key: 0, move })).toBe(sent)
  })

  it('shows the branch that is over until it is home again', () => {
    const back = stepMoving(inBranch(), { type: 'over', key: 1 })
    expect(moves(back)).toEqual(['m.575', 'home'])
    expect(back.shown).toBe(1)
    const home = stepMoving(back, { type: 'live', key: 2 })
    expect(home).toEqual({ spots: [{ key: 2, move: null }], shown: 2 })
  })

  it('tries a branch anew that home still knows of', () => {
    const back = stepMoving(inBranch(), { type: 'over', key: 1 })
    const again = stepMoving(back, { type: 'move', key: 2, move })
    expect(moves(again)).toEqual(['m.575', 'home', 'm.575'])
    expect(moves(stepMoving(again, { type: 'live', key: 3 }))).toEqual(['m.575'])
  })

  it('asks at home again when a branch never comes up', () => {
    const sent = stepMoving(atHome, { type: 'move', key: 0, move })
    const back = stepMoving(sent, { type: 'over', key: 1 })
    expect(moves(back)).toEqual(['home'])
    expect(back.shown).toBe(back.spots[0]?.key)
  })

  it('passes over what a connection says that is gone', () => {
    const there = inBranch()
    expect(stepMoving(there, { type: 'over', key: 0 })).toBe(there)
    expect(stepMoving(there, { type: 'live', key: 9 })).toBe(there)
  })
})
