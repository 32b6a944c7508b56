import { describe, expect, it } from 'vitest'

import { applied, before, inverse, valueAt } from '../src/planning/parts'
import { insisted, pend, queued, rebased, type Pending } from '../src/planning/pending'
import { line, roleOf, twin } from '../src/planning/picking'
import { clockText, slotAt, timeline } from '../src/planning/timeline'
import type { Change, Cue, Plan } from '../src/planning/types'
import { reordered } from '../src/planning/useDragging'
import { drawnRows, offsetsOf } from '../src/planning/useWindow'
import { dayTime, parsedDay, parsedTime } from '../src/planning/words'

function cue(id: string, place: string, fields: Partial<Cue> = {}): Cue {
  return {
    id,
    place,
    kind: 'item',
    title: id,
    at: null,
    minutes: 5,
    turns: [],
    who: '',
    open_turns: 0,
    turn_minutes: null,
    layout: 'auto',
    picture: '',
    papers: [],
    note: '',
    split_level: '',
    ballot: null,
    ...fields,
  }
}

const start = {
  header: { title: 'Cũ', venue: 'Hội trường' },
  participants: [],
  cues: [cue('a', '1'), cue('b', '2'), cue('c', '3')],
  tasks: [],
  cases: [],
  papers: [],
  standins: [],
} as unknown as Plan

function order(plan: Plan): string {
  return plan.cues.map(({ id }) => id).join('')
}

function title(id: string, text: string, plan = start): Change {
  return { op: 'set', part: `cues/${id}`, value: { ...(valueAt(plan, `cues/${id}`) as object), title: text } }
}

function write(plan: Plan, ...changes: Change[]): Plan {
  return changes.reduce(applied, plan)
}

describe('changes of a plan', () => {
  it('write fields and rows, move rows and take them away', () => {
    expect(write(start, { op: 'set', part: 'header/title', value: 'Mới' }).header.title).toBe('Mới')
    expect(write(start, title('b', 'Báo cáo')).cues[1]).toMatchObject({ id: 'b', place: '2', title: 'Báo cáo' })
    expect(order(write(start, { op: 'move', part: 'cues/c', after: null }))).toBe('cab')
    expect(order(write(start, { op: 'move', part: 'cues/a', after: 'c' }))).toBe('bca')
    expect(order(write(start, { op: 'remove', part: 'cues/b' }))).toBe('ac')
    const { id: _id, place: _place, ...fields } = cue('x', '')
    expect(order(write(start, { op: 'set', part: 'cues/x', value: fields }))).toBe('abcx')
    expect(order(write(start, { op: 'set', part: 'cues/x', value: fields, after: 'a' }))).toBe('axbc')
  })

  it('are taken back by their inverses, first rows and removed ones too', () => {
    const changes: Change[] = [
      title('a', 'khác'),
      { op: 'remove', part: 'cues/a' },
      { op: 'remove', part: 'cues/c' },
      { op: 'move', part: 'cues/b', after: null },
      { op: 'move', part: 'cues/a', after: 'c' },
      { op: 'set', part: 'cues/x', value: { title: 'x' } },
      { op: 'set', part: 'header/venue', value: 'Phòng 2' },
    ]
    for (const change of changes) {
      const back = write(applied(start, change), ...inverse(start, change))
      expect(back.header).toEqual(start.header)
      expect(back.cues.map(({ id, title }) => [id, title])).toEqual(start.cues.map(({ id, title }) => [id, title]))
    }
    expect(before(start, 'cues/a')).toBeNull()
    expect(before(start, 'cues/c')).toBe('b')
  })
})

describe('changes that others wrote beside', () => {
  it('keep both where another part or another field was changed', () => {
    const theirs = write(start, { op: 'set', part: 'header/venue', value: 'Phòng 2' }, {
      op: 'set',
      part: 'cues/b',
      value: { ...cue('b', ''), minutes: 9 },
    })
    const { queue, troubles } = rebased([pend(start, title('b', 'Báo cáo'))], theirs)
    expect(troubles).toEqual([])
    expect(write(theirs, ...queue.map(({ change }) => change)).cues[1]).toMatchObject({ title: 'Báo cáo', minutes: 9 })
  })

  it('are told with both texts where the same field was changed, and can be insisted on', () => {
    const theirs = write(start, { op: 'set', part: 'cues/b', value: { ...cue('b', ''), title: 'Của họ', minutes: 9 } })
    const { queue, troubles } = rebased([pend(start, title('b', 'Của tôi'))], theirs)
    expect(queue).toEqual([])
    const [trouble] = troubles
    expect(trouble).toMatchObject({ part: 'cues/b', kind: 'conflict', fields: ['title'] })
    expect(trouble?.theirs).toMatchObject({ title: 'Của họ' })
    expect(trouble?.mine).toMatchObject({ title: 'Của tôi' })
    const change = trouble && insisted(trouble, theirs)
    expect(change && applied(theirs, change).cues[1]).toMatchObject({ title: 'Của tôi', minutes: 9 })
  })

  it('never bring a removed row back, nor remove a changed one, without a word', () => {
    const gone = write(start, { op: 'remove', part: 'cues/b' })
    expect(rebased([pend(start, title('b', 'x'))], gone)).toMatchObject({ queue: [], troubles: [{ theirs: undefined }] })
    const changed = write(start, title('b', 'Của họ'))
    expect(rebased([pend(start, { op: 'remove', part: 'cues/b' })], changed).troubles).toHaveLength(1)
    expect(rebased([pend(start, { op: 'remove', part: 'cues/b' })], gone)).toEqual({ queue: [], troubles: [] })
  })

  it('are told where both moved the same row, and stand where one moved and one wrote', () => {
    const move: Change = { op: 'move', part: 'cues/c', after: null }
    const moved = { ...start, cues: [cue('a', '1'), cue('c', '15'), cue('b', '2')] }
    expect(rebased([pend(start, move)], moved).troubles).toHaveLength(1)
    expect(rebased([pend(start, title('c', 'x'))], moved).queue).toHaveLength(1)
    expect(rebased([pend(start, move)], write(start, title('c', 'x'))).queue).toHaveLength(1)
  })

  it('see my own earlier change of the same row as mine', () => {
    const first = pend(start, title('b', 'một'))
    const after = applied(start, first.change)
    const second = pend(after, { op: 'remove', part: 'cues/b' })
    const { queue, troubles } = rebased([first, second], start)
    expect([queue.length, troubles.length]).toEqual([2, 0])
  })

  it('are one where one writes on in the same part', () => {
    const first = pend(start, title('b', 'Báo'))
    const second = pend(applied(start, first.change), title('b', 'Báo cáo'))
    const queue = [first, second].reduce<Pending[]>(queued, [])
    expect(queue).toHaveLength(1)
    expect(queue[0]?.base).toEqual(valueAt(start, 'cues/b'))
    expect(queue[0]?.change).toMatchObject({ value: { title: 'Báo cáo' } })
  })
})

describe('days and times', () => {
  it('are written as an office writes them and read as people type them', () => {
    expect(dayTime('2024-01-25T08:00:00')).toBe('08:00, 25/01/2024')
    expect(dayTime('2024-01-25')).toBe('25/01/2024')
    expect([parsedDay('5/1/2024'), parsedDay('31/02/2024'), parsedDay('mai')]).toEqual(['2024-01-05', null, null])
    expect(['8:00', '8h', '0805', '8h30', '24:00', 'sáng'].map(parsedTime)).toEqual([
      '08:00',
      '08:00',
      '08:05',
      '08:30',
      null,
      null,
    ])
  })
})

describe('the scenario in time', () => {
  it('follows on, keeps fixed times, and says gaps and overlaps', () => {
    const cues = [
      cue('a', '1', { minutes: 15 }),
      cue('b', '2', { at: '08:00', minutes: null, turns: [turn(4), turn(null), turn(3)] }),
      cue('c', '3', { minutes: null, open_turns: 10, turn_minutes: 2 }),
      cue('d', '4', { at: '08:20' }),
    ]
    const slots = timeline(cues, '2024-01-25T07:50:00')
    expect(slots.map(({ begins, ends, gap }) => [clockText(begins), clockText(ends), gap])).toEqual([
      ['07:50', '08:05', 0],
      ['08:00', '08:07', -5],
      ['08:07', '08:27', 0],
      ['08:20', '08:25', -7],
    ])
    expect(slots[1]?.turns).toEqual([480, 484, null])
    expect([slotAt(slots, 481)?.cue, slotAt(slots, 499)?.cue, slotAt(slots, 540)]).toEqual(['b', 'c', null])
  })
})

describe('a long list', () => {
  it('draws only the rows in sight, whatever their heights', () => {
    const offsets = offsetsOf(Array.from({ length: 200 }, (_, n) => (n % 10 === 0 ? 88 : 64)))
    const drawn = drawnRows(offsets, 1000, 1500)
    expect(drawn.length).toBeLessThan(12)
    const [first, last] = [drawn[0], drawn.at(-1)]
    expect((first?.top ?? 0) <= 1000 && (offsets[(first?.index ?? 0) + 1] ?? 0) > 1000).toBe(true)
    expect((last?.top ?? 0) < 1500 && (offsets[(last?.index ?? 0) + 1] ?? 0) >= 1500).toBe(true)
    expect(drawnRows([0], 0, 500)).toEqual([])
  })

  it('shows a dragged row where it would be put', () => {
    expect(reordered(4, 0, 2)).toEqual([1, 2, 0, 3])
    expect(reordered(4, 3, 0)).toEqual([3, 0, 1, 2])
    expect(reordered(3, null, 0)).toEqual([0, 1, 2])
  })
})

describe('the list of participants', () => {
  const picks = [
    { id: '1', place: '1', ...line({ kind: 'level', level: 'commune', role: 'listening' }) },
    { id: '2', place: '2', ...line({ kind: 'unit', unit: 'giang-ly', role: 'reporting' }) },
    { id: '3', place: '3', ...line({ kind: 'subtree', unit: '575', role: 'observing' }) },
  ]

  it('gives each unit the role of the line that decides', () => {
    expect(roleOf(picks, { id: 'giang-ly', level: 'commune', above: ['56', '573'] })).toBe('reporting')
    expect(roleOf(picks, { id: 'song-cau', level: 'commune', above: ['56', '573'] })).toBe('listening')
    expect(roleOf(picks, { id: '575', level: 'district', above: ['56'] })).toBe('observing')
    expect(roleOf(picks, { id: '573', level: 'district', above: ['56'] })).toBeNull()
  })

  it('knows a line that is there already', () => {
    expect(twin(picks, line({ kind: 'unit', unit: 'giang-ly' }))?.id).toBe('2')
    expect(twin(picks, line({ kind: 'subtree', unit: 'giang-ly' }))).toBeNull()
    expect(twin(picks, line({ kind: 'guest', name: 'Đoàn giám sát' }))).toBeNull()
  })
})

function turn(minutes: number | null) {
  return { unit: 'u', guest: '', speaker: '', minutes }
}
