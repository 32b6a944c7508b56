/**
 * How long a page heard and saw nothing, as pure bookkeeping: marks go in, the longest pause comes
 * out.
 *
 *     mark ─ mark ─ mark ── ── ── pause ── ── ── mark ─ mark
 *
 * A pause is what is longer than any line makes by itself: shorter ones are 0.
 */

/** A late packet, a picture of a slow rung: nobody calls that a pause. */
export const NO_PAUSE_MS = 200
/** A drill is reported within a minute. */
const KEPT_MS = 120_000
/** What came so long before a moment was coming then. */
const FLOWED_MS = 500

export interface Pause {
  readonly fromMs: number
  readonly untilMs: number
}

export interface Gaps {
  /** When something came first; null: nothing so far. */
  readonly firstMs: number | null
  /** When something came last, in ms of the caller's clock; null: nothing so far. */
  readonly lastMs: number | null
  readonly pauses: readonly Pause[]
}

export const noGaps: Gaps = { firstMs: null, lastMs: null, pauses: [] }

/** Something came. */
export function mark(gaps: Gaps, atMs: number): Gaps {
  const { lastMs } = gaps
  if (lastMs === null) return { ...gaps, firstMs: atMs, lastMs: atMs }
  if (atMs - lastMs <= NO_PAUSE_MS) return { ...gaps, lastMs: Math.max(lastMs, atMs) }
  const kept = gaps.pauses.filter(({ untilMs }) => atMs - untilMs < KEPT_MS)
  return { ...gaps, lastMs: atMs, pauses: [...kept, { fromMs: lastMs, untilMs: atMs }] }
}

/** The longest pause that was not over by `sinceMs`, one that goes on included; 0: there was none. */
export function longest(gaps: Gaps, sinceMs: number, nowMs: number): number {
  const { lastMs, pauses } = gaps
  const open = lastMs !== null && nowMs - lastMs > NO_PAUSE_MS ? [{ fromMs: lastMs, untilMs: nowMs }] : []
  const lengths = [...pauses, ...open].filter(({ untilMs }) => untilMs > sinceMs).map(({ fromMs, untilMs }) => untilMs - fromMs)
  return Math.round(Math.max(0, ...lengths))
}

/** Whether something was coming at that moment. */
export function flowed(gaps: Gaps, atMs: number): boolean {
  const { firstMs, lastMs, pauses } = gaps
  if (firstMs === null || lastMs === null || firstMs > atMs) return false
  return ![...pauses, { fromMs: lastMs, untilMs: Infinity }].some(
    ({ fromMs, untilMs }) => fromMs + FLOWED_MS < atMs && atMs <= untilMs,
  )
}
