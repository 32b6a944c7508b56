/** Which papers the office has for this room, and what of them to fetch, to keep, to throw away. */

import { sign, type DeviceKey } from '../deviceKey'
import { ask } from '../office'
import * as statements from '../statements'

export interface Offer {
  meeting: string
  meeting_title: string
  paper: string
  title: string
  /** Holds personal data: named, and not handed out to rooms. */
  restricted: boolean
  sha256: string
  size: number
  pages: number
  keep_until_ms: number
  /** With a ticket that is good for a day; null for a restricted one. */
  url: string | null
}

interface Offers {
  rate_bps: number
  papers: Offer[]
}

/** Ask for this room's papers, and say which of their files are here. */
export async function fetchOffers(
  device: string,
  key: DeviceKey,
  atMs: number,
  held: Iterable<string>,
): Promise<Offer[]> {
  const signature = await sign(key, statements.agenda(device, atMs))
  const body = { device, at_ms: atMs, signature, held: [...held] }
  return (await ask<Offers>('POST', '/room/papers', body)).papers
}

/** What is to be fetched, in this order; the same file for two meetings once. */
export function wanted(offers: readonly Offer[], held: ReadonlySet<string>): Offer[] {
  const missing = new Map<string, Offer>()
  for (const one of offers) {
    if (one.url !== null && !held.has(one.sha256) && !missing.has(one.sha256)) missing.set(one.sha256, one)
  }
  return [...missing.values()]
}

/** Those whose time is not over: what is not among them is thrown away. */
export function current(offers: readonly Offer[], nowMs: number): Offer[] {
  return offers.filter((one) => one.keep_until_ms > nowMs)
}

export interface MeetingPapers {
  meeting: string
  title: string
  papers: Offer[]
  /** How many of those that rooms get are here, and how many there are. */
  here: number
  all: number
}

/** The papers by their meetings, in the order in which the office named them. */
export function byMeeting(offers: readonly Offer[], held: ReadonlySet<string>): MeetingPapers[] {
  const found = new Map<string, MeetingPapers>()
  for (const one of offers) {
    const { meeting, meeting_title: title } = one
    const group = found.get(meeting) ?? { meeting, title, papers: [], here: 0, all: 0 }
    found.set(meeting, group)
    group.papers.push(one)
    if (one.restricted) continue
    group.all += 1
    if (held.has(one.sha256)) group.here += 1
  }
  return [...found.values()]
}
