import { describe, expect, it } from 'vitest'

import { treeMove, unitLines, windowOf, type Unit } from '../src/admin/unitTree'

function unit(id: string, children = 0): Unit {
  return { id, code: id, name: id, display_name: id, type: '', level: '', parent: null, path: [id], above: [], site: null, children }
}

const province = unit('56', 2)
const below = new Map([['56', [unit('573', 1), unit('575')]]])

describe('the lines of the tree of units', () => {
  it('are those that were opened, and what has not come yet waits', () => {
    expect(unitLines([province], below, new Set()).map(({ unit }) => unit.id)).toEqual(['56'])
    const lines = unitLines([province], below, new Set(['56', '573', '575']))
    expect(lines.map(({ unit, depth, open, waiting }) => [unit.id, depth, open, waiting])).toEqual([
      ['56', 0, true, false],
      ['573', 1, true, true],
      ['575', 1, false, false],
    ])
  })

  it('are drawn only where one looks, of 12,000 as of ten', () => {
    expect(windowOf(12_000, 44, 44_000, 660)).toEqual({ first: 992, end: 1023 })
    expect(windowOf(10, 44, 0, 660)).toEqual({ first: 0, end: 10 })
    expect(windowOf(5, 44, 44_000, 660)).toEqual({ first: 5, end: 5 })
  })

  it('are walked by keys', () => {
    const lines = unitLines([province], below, new Set(['56']))
    expect(treeMove(lines, 0, 'ArrowDown')).toEqual({ to: 1 })
    expect(treeMove(lines, 1, 'ArrowRight')).toEqual({ open: '573' })
    expect(treeMove(lines, 2, 'ArrowRight')).toBeNull()
    expect(treeMove(lines, 2, 'ArrowLeft')).toEqual({ to: 0 })
    expect(treeMove(lines, 0, 'ArrowLeft')).toEqual({ close: '56' })
    expect(treeMove(lines, 2, 'ArrowDown')).toEqual({ to: 2 })
    expect(treeMove([], 0, 'End')).toBeNull()
  })
})
