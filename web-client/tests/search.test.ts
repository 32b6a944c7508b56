import { describe, expect, it } from 'vitest'

import { byDistrict, shortName } from '../src/conference/districts'
import { matches, plain } from '../src/search'
import type { RosterRow } from '../src/signalling/protocol'

describe('search', () => {
  it('takes both ways of writing an accent, and none', () => {
    expect(plain('Thị xã Ninh Hòa')).toBe(plain('Thị xã Ninh Hoà'))
    expect(matches('ninh hoa', 'Thị xã Ninh Hòa')).toBe(true)
    expect(matches('dien khanh', 'Thị trấn Diên Khánh')).toBe(true)
    expect(matches('đảo', 'Cam Binh')).toBe(false)
  })

  it('finds words in any order, over name and parent', () => {
    expect(matches('van ninh thanh', 'Xã Vạn Thạnh', 'Huyện Vạn Ninh')).toBe(true)
    expect(matches('', 'x')).toBe(true)
  })

  it('takes one word for a name, several for a place', () => {
    expect(matches('hoa', 'Xã Ninh An', 'Thị xã Ninh Hòa')).toBe(false)
    expect(matches('ninh hoa', 'Xã Ninh An', 'Thị xã Ninh Hòa')).toBe(true)
  })
})

describe('grouping by district', () => {
  const row = (site: string, parent: string | null) => ({ site, name: site, parent }) as RosterRow

  it('puts a commune below its district and the top by itself', () => {
    const groups = byDistrict([row('56', null), row('568', '56'), row('22333', '568')])
    expect(groups.map(({ site, rows }) => [site, rows.length])).toEqual([
      ['56', 1],
      ['568', 2],
    ])
  })

  it('keeps deeper trees in their district', () => {
    const rows = [row('a', null), row('b', 'a'), row('c', 'b'), row('d', 'c'), row('e', 'd')]
    expect(byDistrict(rows).map(({ site, rows: all }) => [site, all.length])).toEqual([
      ['a', 1],
      ['b', 4],
    ])
  })

  it('keeps departments with the top that they are directly below', () => {
    const rows = [row('56', null), row('so-1', '56'), row('568', '56'), row('1', '568'), row('so-2', '56')]
    expect(byDistrict(rows).map(({ rows: all }) => all.map(({ site }) => site))).toEqual([
      ['56', 'so-1', 'so-2'],
      ['568', '1'],
    ])
  })

  it('keeps a site whose parent takes no part', () => {
    expect(byDistrict([row('x', 'gone')])[0]).toMatchObject({ site: 'x' })
  })
})

it('abbreviates the type of a unit as offices write it', () => {
  expect(shortName('Phường Phước Tân')).toBe('P. Phước Tân')
  expect(shortName('Thị trấn Tô Hạp')).toBe('TT. Tô Hạp')
  expect(shortName('Tỉnh Khánh Hòa')).toBe('Tỉnh Khánh Hòa')
})
