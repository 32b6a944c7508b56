/**
 * A room's part in a rehearsal's drills: it measures all the while, and reports when it is asked.
 *
 *     welcome: a rehearsal? ─▶ measure      drill ─ so many ms later ─▶ drilled
 */

import { GapMeter } from '../media/gapMeter'
import type { DrillAsked } from '../signalling/drill'
import type { ClientMessage, ServerMessage } from '../signalling/protocol'

/** Nobody is there to hear it just now: it is tried again as long as the MCU takes it. */
const AGAIN_MS = 1000
const TRIES = 30

export class DrillReporter {
  private readonly meter = new GapMeter()
  private timer: ReturnType<typeof setTimeout> | undefined

  /** `send`: false while nobody is there to hear it. */
  constructor(private readonly send: (message: ClientMessage) => boolean) {}

  watch(peer: RTCPeerConnection): void {
    this.meter.watch(peer)
  }

  handle(message: ServerMessage): void {
    if (message.type === 'welcome') {
      if (message.conference.rehearsal) this.meter.start()
      else this.meter.stop()
    } else if (message.type === 'drill') this.ask(message)
  }

  stop(): void {
    this.meter.stop()
    clearTimeout(this.timer)
  }

  private ask({ drill, age_ms, report_in_ms }: DrillAsked): void {
    const sinceMs = performance.now() - age_ms
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.report(drill, sinceMs, TRIES), report_in_ms)
  }

  private report(drill: number, sinceMs: number, tries: number): void {
    if (this.send({ type: 'drilled', drill, ...this.meter.missed(sinceMs) }) || tries === 0) return
    this.timer = setTimeout(() => this.report(drill, sinceMs, tries - 1), AGAIN_MS)
  }
}
