/**
 * A room's page at one front's bell, kept there: knock, proof, then rings until it is over.
 *
 *     open ─▶ knock ─▶ challenge ─▶ proof ─▶ welcome ─▶ ring, over, beat
 *       ▲                                                  │ silent for two beats and more, closed
 *       └── ½ s, 1 s, 2 s … 10 s, with a share of chance ◀─┘
 */

import { PROTOCOL_VERSION, type Challenge, type DeviceProof } from '../signalling/protocol'
import type { Ring } from './rings'

export interface Standing {
  meeting: string | null
  declined: string[]
}

export interface BellHandlers {
  prove: (challenge: Challenge) => Promise<DeviceProof>
  standing: () => Standing
  on_ring: (ring: Ring) => void
  on_over: (conference: string) => void
  /** It waits there now, or no longer. */
  on_waiting: (waits: boolean) => void
}

type Heard =
  | Challenge
  | { type: 'welcome'; beat_s: number }
  | ({ type: 'ring' } & Ring)
  | { type: 'over'; conference: string }
  | { type: 'beat' }
  | { type: 'error'; code: string }

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000
/** Nothing heard for so long: the front is gone, whatever the socket says. */
const SILENCE_MS = 12_000
const OPENING_MS = 4000

/** Before the n-th new try, n from 0; `chance` from 0 to 1 spreads a province's rooms. */
export function bellWaitMs(attempt: number, chance: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS)
  return longest * (0.5 + chance / 2)
}

export class BellSocket {
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private closed = false
  private waits = false

  constructor(
    private readonly origin: string,
    private readonly handlers: BellHandlers,
  ) {
    this.open()
  }

  /** Say how the room stands now. */
  stand(): void {
    if (this.waits) this.send({ type: 'standing', ...this.handlers.standing() })
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.drop()
  }

  private open(): void {
    const socket = new WebSocket(`${this.origin.replace(/^http/, 'ws')}/bell`)
    this.socket = socket
    this.dueIn(OPENING_MS)
    socket.onopen = () => {
      if (this.socket === socket) this.send({ type: 'knock', v: PROTOCOL_VERSION })
    }
    socket.onclose = () => {
      if (this.socket === socket) this.again()
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket === socket) void this.hear(JSON.parse(event.data) as Heard, socket)
    }
  }

  private async hear(heard: Heard, socket: WebSocket): Promise<void> {
    this.dueIn(SILENCE_MS)
    switch (heard.type) {
      case 'challenge': {
        const proof = await this.handlers.prove(heard)
        if (this.socket === socket) {
          this.send({ type: 'hello', v: PROTOCOL_VERSION, proof, ...this.handlers.standing() })
        }
        break
      }
      case 'welcome':
        this.attempt = 0
        this.setWaits(true)
        break
      case 'ring':
        this.handlers.on_ring(heard)
        break
      case 'over':
        this.handlers.on_over(heard.conference)
        break
    }
  }

  private again(): void {
    this.drop()
    if (this.closed) return
    this.timer = setTimeout(() => this.open(), bellWaitMs(this.attempt, Math.random()))
    this.attempt += 1
  }

  private dueIn(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.again(), ms)
  }

  private drop(): void {
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close(1000)
    this.setWaits(false)
  }

  private setWaits(waits: boolean): void {
    if (waits === this.waits) return
    this.waits = waits
    this.handlers.on_waiting(waits)
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }
}
