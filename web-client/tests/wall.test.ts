import { describe, expect, it } from 'vitest'

import { EVERYTHING, wallGroups } from '../src/desk/wallFilter'
import { fitTile, GAP_PX, spanOf, tileSize, wallLines, type WallGroup } from '../src/desk/wallLines'
import { neighbour } from '../src/desk/useWallKeys'
import type { RosterRow } from '../src/signalling/protocol'

const group = (site: string, count: number): WallGroup => ({
  site,
  name: site,
  present: 0,
  invited: count,
  sites: Array.from({ length: count }, (_, n) => `${site}${n}`),
})
const row = (site: string, parent: string | null, more: Partial<RosterRow> = {}) =>
  ({ site, name: site, parent, level: 'commune', state: 'present', hand: null, ...more }) as RosterRow

describe('the wall', () => {
  it('names a group before its first line only', () => {
    const lines = wallLines([group('a', 5), group('b', 2)], 3)
    expect(lines.map(({ sites }) => sites.length)).toEqual([3, 2, 2])
    expect(lines.map((line) => line.group?.name ?? '')).toEqual(['a', '', 'b'])
  })

  it('fills its width with tiles that are not smaller than wished', () => {
    const { columns, width } = tileSize(1000, 160)
    expect(width).toBeGreaterThanOrEqual(160)
    expect(columns * width + (columns - 1) * GAP_PX).toBeLessThanOrEqual(1000)
    expect(tileSize(50, 160).columns).toBe(1)
  })

  it('makes tiles as large as lets all of them be seen', () => {
    const groups = [group('a', 27), group('b', 15), group('c', 103)]
    const { columns, height } = fitTile(groups, 1460, 950)
    expect(wallLines(groups, columns).length * (height + GAP_PX)).toBeLessThanOrEqual(950)
    expect(fitTile([group('a', 4)], 1460, 950).width).toBeGreaterThan(300)
    expect(fitTile([group('a', 500)], 1000, 400).width).toBeLessThan(110)
  })

  it('holds only the lines in the window and a few more', () => {
    expect(spanOf(100, 50, { top: 1000, height: 500 }, 2)).toEqual({ first: 18, end: 32 })
    expect(spanOf(5, 50, { top: 0, height: 500 }, 2)).toEqual({ first: 0, end: 5 })
    expect(spanOf(5, 50, { top: 9000, height: 500 }, 2)).toEqual({ first: 5, end: 5 })
  })

  it('goes from tile to tile under the arrow keys, also across the end of a line', () => {
    const lines = wallLines([group('a', 5), group('b', 2)], 3)
    expect(neighbour(lines, 'a1', [1, 0])?.site).toBe('a2')
    expect(neighbour(lines, 'a2', [1, 0])?.site).toBe('a3')
    expect(neighbour(lines, 'a2', [0, 1])).toEqual({ site: 'a4', line: 1 })
    expect(neighbour(lines, 'a0', [-1, 0])).toBeNull()
    expect(neighbour(lines, 'b1', [0, 1])).toBeNull()
  })
})

describe('what the wall shows', () => {
  const rows = [
    row('56', null, { level: 'province' }),
    row('568', '56', { level: 'district' }),
    row('1', '568', { state: 'lost' }),
    row('2', '568', { hand: 1 }),
    row('569', '56', { level: 'district', state: 'absent' }),
    row('3', '569', { state: 'absent' }),
  ]
  const shown = (change: object, places = new Map<string, number>()) =>
    wallGroups(rows, { ...EVERYTHING, ...change }, places, 'all').map(({ sites }) => sites)

  it('can be narrowed by state, level, district and name', () => {
    expect(shown({ state: 'lost' })).toEqual([['1']])
    expect(shown({ state: 'hands' })).toEqual([['2']])
    expect(shown({ level: 'district' })).toEqual([['568'], ['569']])
    expect(shown({ district: '568' })).toEqual([['568', '1', '2']])
    expect(shown({ query: '569' })).toEqual([['569']])
    expect(shown({ query: 'nowhere' })).toEqual([])
  })

  it('puts trouble first, then who asks, then who is here, then who is not', () => {
    expect(shown({ sort: 'trouble' }, new Map([['1', 0]]))).toEqual([
      ['1', '2', '56', '568', '569', '3'],
    ])
  })

  it('counts the whole group, also when few of it are shown', () => {
    const [only] = wallGroups(rows, { ...EVERYTHING, state: 'hands' }, new Map(), '')
    expect(only).toMatchObject({ invited: 3 })
  })
})
