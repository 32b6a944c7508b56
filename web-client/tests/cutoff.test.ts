import { describe, expect, it } from 'vitest'

import { cutNotice, withinSentence } from '../src/conference/cutoff'
import type { ConferenceInfo, Cut } from '../src/signalling/protocol'

const part: ConferenceInfo = {
  conference: 'm--mcu-1',
  title: 'Huyện Khánh Sơn',
  chair_site: '575',
  chair_name: 'Huyện Khánh Sơn',
  parent: 'm',
  cut_from: 'Tỉnh Khánh Hòa',
}
const cut: Cut = { type: 'cut', cut: true, why: 'waits', source: 'Tỉnh Khánh Hòa' }

describe('what a page says of a line that is down', () => {
  it('names both sides in the part that goes on', () => {
    expect(cutNotice(part, null)).toEqual({ word: 'goesOn', source: 'Tỉnh Khánh Hòa', name: 'Huyện Khánh Sơn' })
  })

  it('says nothing in a meeting that is whole, or that was split on purpose', () => {
    expect(cutNotice({ ...part, cut_from: null }, null)).toBeNull()
    expect(cutNotice(null, null)).toBeNull()
  })

  it('says that a page waits, and why where no place is free', () => {
    expect(cutNotice(null, cut)?.word).toBe('waits')
    expect(cutNotice(null, { ...cut, why: 'no_place' })?.word).toBe('noPlace')
  })

  it.each([
    ['Tỉnh Khánh Hòa', 'tỉnh Khánh Hòa'],
    ['Ủy ban nhân dân tỉnh', 'ủy ban nhân dân tỉnh'],
    ['UBND tỉnh Khánh Hòa', 'UBND tỉnh Khánh Hòa'],
    ['Đặc khu Trường Sa', 'đặc khu Trường Sa'],
    ['575', '575'],
    ['A', 'A'],
    ['', ''],
  ])('writes %s within a sentence', (name, written) => {
    expect(withinSentence(name)).toBe(written)
  })
})
