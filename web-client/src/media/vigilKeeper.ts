/** Keeps the vigil over one connection with a real timer and its real packets. */

import { noVigil, stepVigil, type Vigil, type VigilInput } from '../signalling/vigil'
import { packetAgeMs } from './stats'

export class VigilKeeper {
  private vigil: Vigil = noVigil
  private timer: ReturnType<typeof setTimeout> | undefined
  private peer: RTCPeerConnection | null = null

  /** `on_silent`: for too long neither a beat nor a packet has come. */
  constructor(private readonly on_silent: () => void) {}

  get watches(): boolean {
    return this.vigil.dueMs !== null
  }

  watch(peer: RTCPeerConnection): void {
    this.peer = peer
    this.feed({ type: 'watch' })
  }

  beat(): void {
    this.feed({ type: 'beat' })
  }

  stop(): void {
    this.peer = null
    this.feed({ type: 'stop' })
  }

  private feed(input: VigilInput): void {
    const { vigil, action } = stepVigil(this.vigil, input, performance.now())
    this.vigil = vigil
    clearTimeout(this.timer)
    if (vigil.dueMs !== null) {
      const inMs = Math.max(0, vigil.dueMs - performance.now())
      this.timer = setTimeout(() => this.feed({ type: 'tick' }), inMs + 1)
    }
    if (action === 'look') void this.look()
    else if (action === 'leave') this.on_silent()
  }

  private async look(): Promise<void> {
    const { peer } = this
    if (peer === null) return
    const report = await peer.getStats()
    if (this.peer !== peer) return
    const ageMs = packetAgeMs(report.values() as Iterable<never>)
    this.feed({ type: 'packets', lastMs: ageMs === null ? null : performance.now() - ageMs })
  }
}
