/** From getStats to figures, and from figures to a word. Pure: snapshots in, measurements out. */

import type { Measurement } from '../signalling/protocol'

export type Quality = 'good' | 'fair' | 'poor' | 'lost'

/** The counters that matter, summed from one getStats report. */
export interface Counters {
  atMs: number
  received: number
  lost: number
  framesDecoded: number
  freezes: number
  concealed: number
  samples: number
  rttMs: number | null
  jitterMs: number
  lossUp: number | null
  width: number
  height: number
}

type Entry = Record<string, unknown> & { type: string }

function number(entry: Entry, key: string): number {
  const value = entry[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** Sum what `getStats` says; `programMid` names the line whose picture counts. */
export function count(report: Iterable<Entry>, atMs: number, programMid = 'program'): Counters {
  const sum: Counters = {
    atMs,
    received: 0,
    lost: 0,
    framesDecoded: 0,
    freezes: 0,
    concealed: 0,
    samples: 0,
    rttMs: null,
    jitterMs: 0,
    lossUp: null,
    width: 0,
    height: 0,
  }
  for (const entry of report) {
    if (entry.type === 'inbound-rtp') addInbound(sum, entry, programMid)
    else if (entry.type === 'remote-inbound-rtp') {
      sum.lossUp = Math.max(sum.lossUp ?? 0, number(entry, 'fractionLost'))
    } else if (entry.type === 'candidate-pair' && entry['nominated'] === true) {
      if ('currentRoundTripTime' in entry) sum.rttMs = number(entry, 'currentRoundTripTime') * 1000
    }
  }
  return sum
}

function addInbound(sum: Counters, entry: Entry, programMid: string): void {
  sum.received += number(entry, 'packetsReceived')
  sum.lost += number(entry, 'packetsLost')
  sum.jitterMs = Math.max(sum.jitterMs, number(entry, 'jitter') * 1000)
  sum.concealed += number(entry, 'concealedSamples') - number(entry, 'silentConcealedSamples')
  sum.samples += number(entry, 'totalSamplesReceived')
  if (entry['mid'] !== programMid) return
  sum.framesDecoded = number(entry, 'framesDecoded')
  sum.freezes = number(entry, 'freezeCount')
  sum.width = number(entry, 'frameWidth')
  sum.height = number(entry, 'frameHeight')
}

/** What has come so far: packets of sound, how much of it could be heard, pictures of the program. */
export interface Arrived {
  packets: number
  energy: number
  frames: number
}

export function arrived(report: Iterable<Entry>, programMid = 'program'): Arrived {
  const sum: Arrived = { packets: 0, energy: 0, frames: 0 }
  for (const entry of report) {
    if (entry.type !== 'inbound-rtp') continue
    if (entry['kind'] === 'audio') {
      sum.packets += number(entry, 'packetsReceived')
      sum.energy += number(entry, 'totalAudioEnergy')
    } else if (entry['mid'] === programMid) sum.frames += number(entry, 'framesDecoded')
  }
  return sum
}

/**
 * How many ms before the report was made the last packet of media came; null where the browser
 * doesn't say. Both times are of the report, whatever clock that goes by.
 */
export function packetAgeMs(report: Iterable<Entry>): number | null {
  let youngest: number | null = null
  for (const entry of report) {
    if (entry.type !== 'inbound-rtp' || !('lastPacketReceivedTimestamp' in entry)) continue
    const age = number(entry, 'timestamp') - number(entry, 'lastPacketReceivedTimestamp')
    youngest = Math.min(youngest ?? age, age)
  }
  return youngest
}

/** What happened between two counts; fractions are 0 to 1, as the MCU's schema demands. */
export function measure(before: Counters, now: Counters): Measurement {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000)
  const lost = Math.max(0, now.lost - before.lost)
  const received = Math.max(0, now.received - before.received)
  const samples = Math.max(0, now.samples - before.samples)
  return {
    ...(now.rttMs === null ? {} : { rtt_ms: round(now.rttMs) }),
    ...(now.lossUp === null ? {} : { loss_up: fraction(now.lossUp) }),
    loss_down: lost + received === 0 ? 0 : fraction(lost / (lost + received)),
    jitter_ms: round(now.jitterMs),
    fps: round(Math.max(0, now.framesDecoded - before.framesDecoded) / seconds),
    freezes: Math.max(0, now.freezes - before.freezes),
    width: now.width,
    height: now.height,
    sound_gap: samples === 0 ? 0 : fraction(Math.max(0, now.concealed - before.concealed) / samples),
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function fraction(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000
}

/**
 * One word for a technician. The bounds are those of the room test (loss under 1 %, round trip
 * under 150 ms, jitter under 30 ms pass), widened to where a listener begins to notice, then mind.
 */
export function qualityOf(measured: Measurement): Exclude<Quality, 'lost'> {
  const loss = Math.max(measured.loss_down ?? 0, measured.loss_up ?? 0)
  const rtt = measured.rtt_ms ?? 0
  const gap = measured.sound_gap ?? 0
  const jitter = measured.jitter_ms ?? 0
  if (loss > 0.08 || rtt > 800 || gap > 0.1 || jitter > 200) return 'poor'
  if (loss > 0.02 || rtt > 300 || gap > 0.03 || jitter > 80) return 'fair'
  return 'good'
}

const RANK: Record<Quality, number> = { good: 0, fair: 1, poor: 2, lost: 3 }

/** The worse of two: a word gets worse at once and better only after two good measurements. */
export function worse(one: Quality, other: Quality): Quality {
  return RANK[one] >= RANK[other] ? one : other
}
