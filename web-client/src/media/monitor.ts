/** Reads a connection's statistics every 2 s and says what it saw. */

import type { Measurement } from '../signalling/protocol'
import { count, measure, qualityOf, worse, type Counters, type Quality } from './stats'

export interface MonitorHandlers {
  on_measured: (measured: Measurement, quality: Quality) => void
  /** Connected, but nothing has come for a while although it had come before. */
  on_silence: () => void
}

const PERIOD_MS = 2000
/** The MCU sends sound without pause, so three silent periods mean a dead path. */
const SILENT_PERIODS = 3

export class Monitor {
  private before: Counters | null = null
  private lastWord: Quality = 'good'
  private silent = 0
  private readonly timer: ReturnType<typeof setInterval>

  constructor(
    private readonly peer: RTCPeerConnection,
    private readonly handlers: MonitorHandlers,
  ) {
    this.timer = setInterval(() => void this.look(), PERIOD_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async look(): Promise<void> {
    if (this.peer.connectionState !== 'connected') return
    const report = await this.peer.getStats()
    const now = count(report.values() as Iterable<never>, performance.now())
    const before = this.before
    this.before = now
    if (before === null) return
    this.silent = now.received === before.received && now.received > 0 ? this.silent + 1 : 0
    if (this.silent >= SILENT_PERIODS) {
      this.handlers.on_silence()
      return
    }
    const measured = measure(before, now)
    const word = qualityOf(measured)
    this.handlers.on_measured(measured, worse(word, this.lastWord))
    this.lastWord = word
  }
}
