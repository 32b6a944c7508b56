/**
 * Measures how long a page hears and sees nothing, over all changes of its connection.
 *
 *     getStats of whichever connection is worked on, 20 times a second ──▶ marks ──▶ gaps
 *
 * Only in a rehearsal: a meeting in earnest has nobody who asks.
 */

import { flowed, longest, mark, noGaps } from './gaps'
import { arrived, type Arrived } from './stats'

/** A tenth of the goal for the root: finer would cost more than it says. */
const LOOK_MS = 50

export interface Missed {
  readonly sound_ms: number
  readonly picture_ms: number
}

export class GapMeter {
  /** Packets of sound; of it what can be heard; pictures. */
  private sound = noGaps
  private voice = noGaps
  private picture = noGaps
  private peer: RTCPeerConnection | null = null
  private before: Arrived | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  private looking = false

  /** Look at this connection from now on; nothing has come on it yet. */
  watch(peer: RTCPeerConnection): void {
    this.peer = peer
    this.before = { packets: 0, energy: 0, frames: 0 }
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** The longest that sound and picture stayed away, of what was not over by then. */
  missed(sinceMs: number): Missed {
    const nowMs = performance.now()
    // Silence that is filled in can't be told from silence that was there before.
    const heard = flowed(this.voice, sinceMs) ? this.voice : this.sound
    return { sound_ms: longest(heard, sinceMs, nowMs), picture_ms: longest(this.picture, sinceMs, nowMs) }
  }

  private async look(): Promise<void> {
    const { peer, before } = this
    if (peer === null || before === null || this.looking || peer.connectionState !== 'connected') return
    this.looking = true
    try {
      const now = arrived((await peer.getStats()).values() as Iterable<never>)
      if (this.peer !== peer) return
      this.before = now
      const atMs = performance.now()
      if (now.packets > before.packets) this.sound = mark(this.sound, atMs)
      if (now.energy > before.energy) this.voice = mark(this.voice, atMs)
      if (now.frames > before.frames) this.picture = mark(this.picture, atMs)
    } finally {
      this.looking = false
    }
  }
}
