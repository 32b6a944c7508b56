import { describe, expect, it } from 'vitest'

import { clockOf, differing, lasting, notesOf, overOf, shown } from '../src/report/figures'
import type { Attendance, CueRow } from '../src/report/types'

const cue: CueRow = {
  cue: 'c1', kind: 'item', title: 'Khai mạc', who: '', planned_place: 1, actual_place: 1, planned_ms: 0, began_ms: 1,
  planned_min: 5, extra_min: 0, spent_ms: 430_000, state: 'done', moved: false, turns: [],
}

describe('a report on the page', () => {
  it('writes times on the meeting’s own clock, wherever the reader is', () => {
    expect(clockOf(1_706_144_400_000, 'Asia/Ho_Chi_Minh')).toBe('08:00')
    expect(clockOf(0, 'Asia/Ho_Chi_Minh')).toBe('–')
    expect([lasting(65_000), lasting(3_725_000), differing(-40_000)]).toEqual(['1:05', '1:02:05', '−0:40'])
  })

  it('says what became of a cue', () => {
    expect(overOf(cue)).toBe(130_000)
    expect(overOf({ ...cue, began_ms: 0 })).toBe(0)
    const turn = { turn: '0', site: null, name: '', speaker: 'Đại biểu', planned_min: 2, spent_ms: 0, state: 'skipped' }
    expect(notesOf({ ...cue, planned_place: 0, moved: true, extra_min: -3, state: 'running', turns: [turn] })).toEqual([
      { word: 'put_in' },
      { word: 'moved' },
      { word: 'shortened', n: 3 },
      { word: 'running' },
      { word: 'turn_skipped', name: 'Đại biểu' },
    ])
  })

  it('shows those who were late, early, absent or lost', () => {
    const row = (standing: Attendance['standing'], losses = 0) => ({ standing, losses }) as Attendance
    const rows = [row('present', 2), row('late'), row('late_and_left_early'), row('absent')]
    expect((['all', 'absent', 'late', 'early', 'lost'] as const).map((one) => shown(rows, one).length)).toEqual([4, 1, 2, 1, 1])
  })
})
