/** What needs a technician, worst first. Pure: rows, what was heard when, and the time go in. */

import type { RosterRow } from '../signalling/protocol'

export type TroubleKind = 'lost' | 'waiting' | 'asked' | 'loss' | 'silent' | 'noCamera'

export interface Trouble {
  row: RosterRow
  kind: TroubleKind
  /** Larger is worse. */
  weight: number
  /** Since when, ms of the caller's clock. */
  sinceMs: number
}

/** From this share of lost packets on, a listener begins to mind. */
export const LOSS_LIMIT = 0.03
/** Quieter than this is the room's own hum, not a voice. */
const VOICE_DBOV = -55
/** People pause; a microphone that is open and silent for this long is switched off elsewhere. */
const SILENT_MS = 15_000
/** From here on the desk counts it as an alarm. */
export const ALARM_WEIGHT = 60

const WEIGHTS: Readonly<Record<TroubleKind, number>> = {
  lost: 100,
  waiting: 80,
  asked: 70,
  loss: 60,
  silent: 40,
  noCamera: 30,
}

/** Remembers since when each trouble is there, and when each open microphone was last heard. */
export class TroubleWatch {
  private readonly since = new Map<string, number>()
  private readonly heardMs = new Map<string, number>()

  /** The troubles of now, worst first, longest first among equals. Call it about once a second. */
  rank(rows: Iterable<RosterRow>, nowMs: number, asksHere = false): Trouble[] {
    const found: Trouble[] = []
    const seen = new Set<string>()
    for (const row of rows) {
      const kind = this.kindOf(row, nowMs, asksHere)
      if (kind === null) continue
      const key = `${kind} ${row.site}`
      seen.add(key)
      const sinceMs = this.since.get(key) ?? nowMs
      this.since.set(key, sinceMs)
      const weight = WEIGHTS[kind] + (kind === 'loss' ? Math.min(20, (row.loss ?? 0) * 100) : 0)
      found.push({ row, kind, weight, sinceMs })
    }
    for (const key of [...this.since.keys()]) if (!seen.has(key)) this.since.delete(key)
    return found.sort((one, other) => other.weight - one.weight || one.sinceMs - other.sinceMs)
  }

  private kindOf(row: RosterRow, nowMs: number, asksHere: boolean): TroubleKind | null {
    const silent = this.isSilent(row, nowMs)
    if (row.state === 'lost') return 'lost'
    if (row.state === 'waiting') return 'waiting'
    if (asksHere && row.asked) return 'asked'
    if (row.state !== 'present') return null
    if ((row.loss ?? 0) > LOSS_LIMIT) return 'loss'
    if (silent) return 'silent'
    return row.capture && !row.camera ? 'noCamera' : null
  }

  private isSilent(row: RosterRow, nowMs: number): boolean {
    if (!row.mic || row.state !== 'present') {
      this.heardMs.delete(row.site)
      return false
    }
    const voice = row.level_dbov !== null && row.level_dbov > VOICE_DBOV
    const heard = voice ? nowMs : (this.heardMs.get(row.site) ?? nowMs)
    this.heardMs.set(row.site, heard)
    return nowMs - heard >= SILENT_MS
  }
}
