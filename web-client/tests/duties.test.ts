import { describe, expect, it } from 'vitest'

import { caseOf, megabits, raised, share, standInChoices, unnamedCases } from '../src/planning/backup'
import { PHONE } from '../src/planning/contacts'
import { dueLines, missingDuties, momentWords, taskOf, toggled } from '../src/planning/duties'
import { nextId, sizeOf, titleOf, unfit, usedIn } from '../src/planning/papers'
import type { Case, Cue, FailureCase, ModelDuty, Paper, Task } from '../src/planning/types'
import type { Duty, McuForecast } from '../src/planning/types.beside'

const model = (more: Partial<ModelDuty> = {}): ModelDuty => ({
  key: 'k',
  name: 'Đo kiểm đường truyền',
  name_en: 'Test the lines',
  phase: 'before',
  parties: ['telecom'],
  who: '',
  days: -1,
  minutes: null,
  at_latest: true,
  source: 'đề xuất',
  ...more,
})
const duty = (day: string | null, begins: string | null, ends: string | null) =>
  ({ day, begins, ends }) as unknown as Duty

describe('the responsibility table', () => {
  it('offers the model tasks that are not there, by text and phase', () => {
    const tasks = [{ phase: 'before', text: 'Đo kiểm đường truyền' }] as Task[]
    const models = [model(), model({ key: 'a', phase: 'after' }), model({ key: 'b', name: 'Khác' })]
    expect(missingDuties(models, tasks).map(({ key }) => key)).toEqual(['a', 'b'])
  })

  it('counts a model task back from the opening, and never into the day before', () => {
    const early = model({ days: null, minutes: 60 })
    expect(taskOf(early, '2024-01-25T08:00:00').due).toEqual({ days: 0, at: '07:00', until: null, at_latest: true })
    expect(taskOf(early, '2024-01-25T00:30:00').due).toBeNull()
    expect(taskOf(early, null).due).toBeNull()
    expect(taskOf(model(), null).due).toEqual({ days: -1, at: null, until: null, at_latest: true })
  })

  it('writes days and hours as an office does', () => {
    const [begins, ends] = ['2024-01-25T07:15:00+07:00', '2024-01-25T07:40:00+07:00']
    expect(dueLines(duty('2024-01-25', begins, ends))).toEqual(['07:15 – 07:40', '25/01/2024'])
    expect(dueLines(duty('2024-01-19', null, null))).toEqual(['19/01/2024'])
    expect(dueLines(duty(null, null, null))).toEqual([])
    expect(momentWords('2024-01-22T16:00:00+07:00')).toBe('16:00 22/01/2024')
    expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b'])
  })

  it('takes telephone numbers as people write them', () => {
    expect(['0258 3 822 229', '+84 258 000 0001', '114', '(0258)'].map((text) => PHONE.test(text))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

describe('the backup plan', () => {
  it('offers stand-ins and cases that are not chosen yet', () => {
    const mcus = ['a', 'b', 'c'].map((name) => ({ name })) as McuForecast[]
    expect(standInChoices(mcus, 'a', ['c']).map(({ name }) => name)).toEqual(['b'])
    expect(raised(['a', 'b', 'c'], 'c')).toEqual(['a', 'c', 'b'])
    expect(raised(['a', 'b'], 'a')).toEqual(['a', 'b'])
    const known = [{ key: 'power', name: 'Mất điện' }, { key: 'echo', name: 'Hú' }] as FailureCase[]
    expect(unnamedCases(known, [{ case: 'echo' }] as Case[]).map(({ key }) => key)).toEqual(['power'])
    expect(caseOf(known[0] ?? null)).toMatchObject({ case: 'power', trigger: 'Mất điện', call: [] })
  })

  it('shows rates and shares that can be compared', () => {
    expect([12_340_000, 189_600_000].map(megabits)).toEqual([12.3, 190])
    expect([share(0, 4), share(0.001, 4), share(2, 4)]).toEqual([0, 1, 50])
  })
})

describe('papers', () => {
  it('are named after their files and numbered where there is room', () => {
    expect(titleOf('Báo_cáo__Tết.PDF')).toBe('Báo cáo Tết')
    expect(nextId([{ id: 'TL1' }, { id: 'TL3' }] as Paper[])).toBe('TL4')
  })

  it('are looked at before they are sent', async () => {
    const file = (text: string) => new File([text], 'a.pdf')
    expect(await unfit(file('%PDF-1.7'))).toBeNull()
    expect(await unfit(file('PK docx'))).toBe('notPdf')
    expect(await unfit(file(''))).toBe('empty')
    expect(await unfit({ size: 60 * 1024 * 1024 } as File)).toBe('tooLarge')
  })

  it('say where they are shown and how large they are', () => {
    const cues = [{ id: 'c0', title: 'a', papers: [] }, { id: 'c1', title: 'b', papers: ['TL1'] }] as unknown as Cue[]
    expect(usedIn('TL1', cues)).toEqual([{ id: 'c1', number: 1, title: 'b' }])
    expect([sizeOf(900), sizeOf(3_300_000)]).toEqual([
      { number: 1, unit: 'kB' },
      { number: 3.1, unit: 'MB' },
    ])
  })
})
