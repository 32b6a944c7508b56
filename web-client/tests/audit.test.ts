import { describe, expect, it } from 'vitest'

import { deedKeys, instantOf, momentOf, NO_FILTERS, queryOf, thingOf, wordKey } from '../src/audit/deeds'

describe('what is asked of the audit log', () => {
  it('is nothing when nothing is filled in', () => {
    expect(queryOf(NO_FILTERS).toString()).toBe('')
    expect(queryOf({ ...NO_FILTERS, who: '  ' }).toString()).toBe('')
  })

  it('carries moments as those of the clock in Vietnam', () => {
    const query = queryOf({ ...NO_FILTERS, since: '25/01/2024 07:00', outcome: 'refused' })
    expect(query.get('since')).toBe('2024-01-25T07:00:00+07:00')
    expect(query.get('outcome')).toBe('refused')
    expect(new Date(instantOf(' 5/1/2024  9:05 ')).toISOString()).toBe('2024-01-05T02:05:00.000Z')
    expect(instantOf('25/01/2024')).toBe('2024-01-25T00:00:00+07:00')
  })
})

describe('what the audit log tells', () => {
  it('has its moments in Vietnam wherever it is read', () => {
    expect(momentOf('2024-01-24T17:00:11.250Z')).toEqual({ day: '25/01/2024', time: '00:00:11' })
  })

  it('names things by their kind', () => {
    expect(thingOf('site:573')).toEqual({ kind: 'site', id: '573' })
    expect(thingOf('/api/v1/units/import')).toEqual({ kind: '', id: '/api/v1/units/import' })
    expect(thingOf('')).toEqual({ kind: '', id: '' })
  })

  it('calls a deed by what exactly was asked for, where that is known', () => {
    const keys = deedKeys('live.mic', { do: 'mic', open: 'false' })
    expect(keys).toEqual(['do.mic_false', 'do.mic', 'action.live_mic'])
    expect(deedKeys('units.import', { day: '2024-11-01' })).toEqual(['action.units_import'])
  })

  it('finds its words by dotted names', () => {
    expect(wordKey('live.mute_all')).toBe('live_mute_all')
    expect(wordKey('failed:disk')).toBe('failed_disk')
  })
})
