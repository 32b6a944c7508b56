/** The audit log as the office's API tells it, and how its words are read. */

export type Verdict = 'done' | 'refused' | 'failed'

export interface Deed {
  at: string
  who: string
  name: string
  address: string
  page: string
  action: string
  on: string
  verdict: Verdict
  outcome: string
  more: Record<string, string>
  chain: string
  row: number
  hash: string
  process: string
}

export interface DeedPage {
  deeds: Deed[]
  next: string | null
}

export interface Standing {
  stands: boolean
  at: string
  chains: number
  rows: number
  checkpoints: number
  findings: string[]
}

export interface Chain {
  chain: string
  process: string
  begun: string
  last: number
  signed: string | null
  cut: string | null
  key: string
}

/** What is asked; empty texts ask for nothing. Moments as a browser's field writes them. */
export interface Filters {
  since: string
  until: string
  who: string
  action: string
  on: string
  outcome: '' | Verdict
}

export const NO_FILTERS: Readonly<Filters> = {
  since: '',
  until: '',
  who: '',
  action: '',
  on: '',
  outcome: '',
}

/** Vietnam has had one offset, and no other one in summer, since 1975. */
const OFFSET = '+07:00'
const ZONE = 'Asia/Ho_Chi_Minh'

/** The query of a request, without what is empty. */
export function queryOf(filters: Readonly<Filters>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) {
    const text = value.trim()
    if (text) query.set(name, name === 'since' || name === 'until' ? instantOf(text) : text)
  }
  return query
}

/** What `2024-01-25T07:00` of a field means: the clock on the wall in Vietnam. */
export function instantOf(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}${OFFSET}`
}

export interface Moment {
  day: string
  time: string
}

/** A moment as an office in Vietnam writes it: 25/01/2024 and 07:00:11. */
export function momentOf(iso: string): Moment {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(iso))
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return {
    day: `${part('day')}/${part('month')}/${part('year')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  }
}

export interface Thing {
  /** `site`, `account`, `meeting` and so on; empty: of no kind. */
  kind: string
  id: string
}

/** What an id names: `site:573` is the site 573. */
export function thingOf(id: string): Thing {
  const colon = id.indexOf(':')
  return colon > 0 && !id.startsWith('/')
    ? { kind: id.slice(0, colon), id: id.slice(colon + 1) }
    : { kind: '', id }
}

/** A dotted word as a key of the dictionary: `live.mute_all` → `live_mute_all`. */
export function wordKey(dotted: string): string {
  return dotted.replaceAll('.', '_').replaceAll(':', '_')
}
