/**
 * When to leave an MCU that says nothing any more, as a pure state machine.
 *
 *     beat ──▶ watching ── 300 ms without one ─▶ looking: when did the last packet come?
 *                 ▲                                 │ within 300 ms      │ before that
 *                 └─────────────────────────────────┘                    ▼ leave
 *
 * Packets are looked at only once the beat is late. Our own clock must have run: a page that slept
 * finds its check late and everything it missed still waiting at its door.
 */

export interface Vigil {
  /** When the last sign of life came, in ms of the caller's clock. */
  readonly heardMs: number
  /** When to check; null: nothing is watched. */
  readonly dueMs: number | null
  /** When it was asked for the packets, while no answer has come. */
  readonly lookingMs: number | null
}

export type VigilInput =
  | { type: 'watch' }
  | { type: 'beat' }
  | { type: 'tick' }
  /** When the last packet of media came; null: that can't be said. */
  | { type: 'packets'; lastMs: number | null }
  | { type: 'stop' }

export type VigilAction = 'look' | 'leave'

export interface VigilStep {
  readonly vigil: Vigil
  readonly action: VigilAction | null
}

/** Three beats: a line that loses one, and its repetition, is still a line. */
export const PATIENCE_MS = 300

export const noVigil: Vigil = { heardMs: 0, dueMs: null, lookingMs: null }

/** The next state of `vigil` and what the caller must do now. */
export function stepVigil(vigil: Vigil, input: VigilInput, nowMs: number): VigilStep {
  switch (input.type) {
    case 'watch':
      return heard(nowMs)
    case 'beat':
      return vigil.dueMs === null ? stay(vigil) : heard(nowMs)
    case 'tick':
      return tick(vigil, nowMs)
    case 'packets':
      return packets(vigil, input.lastMs, nowMs)
    case 'stop':
      return stay(noVigil)
  }
}

function stay(vigil: Vigil): VigilStep {
  return { vigil, action: null }
}

function heard(atMs: number): VigilStep {
  return stay({ heardMs: atMs, dueMs: atMs + PATIENCE_MS, lookingMs: null })
}

function tick(vigil: Vigil, nowMs: number): VigilStep {
  if (vigil.dueMs === null || nowMs < vigil.dueMs) return stay(vigil)
  if (nowMs - vigil.dueMs >= PATIENCE_MS) return heard(nowMs)
  return { vigil: { ...vigil, dueMs: nowMs + PATIENCE_MS, lookingMs: nowMs }, action: 'look' }
}

function packets(vigil: Vigil, lastMs: number | null, nowMs: number): VigilStep {
  // A beat came meanwhile.
  if (vigil.lookingMs === null) return stay(vigil)
  if (lastMs === null || nowMs - vigil.lookingMs >= PATIENCE_MS) return heard(nowMs)
  const lastSignMs = Math.max(vigil.heardMs, lastMs)
  if (nowMs - lastSignMs < PATIENCE_MS) return heard(lastSignMs)
  return { vigil: noVigil, action: 'leave' }
}
