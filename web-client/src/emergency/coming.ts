/** Who has come to a call and who is missing, by the evidence of being connected. Pure. */

import { byDistrict } from '../conference/districts'
import type { KnownSite } from './choosing'

/** How a room without a seat stands; `off`: no page of it waits at this front. */
export type Away = 'coming' | 'ringing' | 'busy' | 'declined' | 'off'

export interface Missing {
  site: KnownSite
  district: string
  away: Away
}

export interface DistrictCount {
  site: string
  name: string
  present: number
  all: number
}

export interface Coming {
  present: number
  all: number
  districts: DistrictCount[]
  missing: Missing[]
}

/** Whom to hurry first: the phone on the table rings, before a machine that is off. */
const ORDER: readonly Away[] = ['declined', 'busy', 'ringing', 'coming', 'off']

/**
 * @param sites all that the caller knows, so that a room is counted with its district
 * @param called everybody who is called, the caller's own room included
 * @param present sites that are connected to the conference now
 * @param rooms how waiting pages stand, as the front says
 */
export function coming(
  sites: readonly KnownSite[],
  called: ReadonlySet<string>,
  present: ReadonlySet<string>,
  rooms: Readonly<Record<string, string>>,
): Coming {
  const groups = byDistrict(sites).map((group) => ({
    ...group,
    rows: group.rows.filter(({ site }) => called.has(site)),
  }))
  const districts = groups
    .map(({ site, name, rows }) => ({
      site,
      name,
      present: rows.filter((row) => present.has(row.site)).length,
      all: rows.length,
    }))
    .filter(({ all }) => all > 0)
  const names = new Map(groups.flatMap((group) => group.rows.map(({ site }) => [site, group.name])))
  const missing = sites
    .filter(({ site }) => called.has(site) && !present.has(site))
    .map((site) => ({ site, district: names.get(site.site) ?? '', away: awayOf(rooms[site.site]) }))
    .sort((one, other) => ORDER.indexOf(one.away) - ORDER.indexOf(other.away))
  const all = districts.reduce((sum, one) => sum + one.all, 0)
  return { present: all - missing.length, all, districts, missing }
}

function awayOf(state: string | undefined): Away {
  if (state === 'busy' || state === 'declined') return state
  if (state === 'meeting') return 'coming'
  return state === undefined ? 'off' : 'ringing'
}

/** Name and number of "Nguyễn Văn Mẫu · 0258 123 456"; either may be missing. */
export function callOf(call: string): { name: string; number: string } {
  const [name = '', number = ''] = call.split(' · ')
  return { name, number }
}
