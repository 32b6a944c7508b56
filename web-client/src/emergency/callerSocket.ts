/**
 * A leader's office at a front: the first that answers, and the next when one falls silent.
 *
 *     fronts in turn ─▶ open ─▶ pass ─▶ welcome ─▶ rooms, over, beat ─┐
 *         ▲                      └─ refused for good: stop            │ silent, closed
 *         └───────────────────────────────────────────────────────────┘
 */

import { PROTOCOL_VERSION } from '../signalling/protocol'
import type { KnownLevel, KnownSite, Wish } from './choosing'

export interface Called {
  conference: string
  mcu: string
  url: string
  title: string
  round: number
  at_ms: number
  sites: string[]
  chair: string
  token: string
}

export interface Welcome {
  mcu: string
  wall_ms: number
  site: string
  name: string
  expires_s: number
  levels: KnownLevel[]
  sites: KnownSite[]
  fronts: string[]
  rooms: Record<string, string>
  calls: Called[]
}

export type Heard =
  | ({ type: 'welcome' } & Welcome)
  | ({ type: 'called'; fresh?: boolean; id?: number } & Called)
  | { type: 'rooms'; rooms: Record<string, string> }
  | { type: 'over'; conference: string }
  | { type: 'beat' }
  | { type: 'error'; code: string; detail: string }

export interface CallerHandlers {
  on_heard: (heard: Heard) => void
  /** Connected to this front, or to none. */
  on_front: (front: string | null) => void
  /** The pass is good nowhere; nothing is tried any more. */
  on_refused: (code: string) => void
}

/** Another front may still take it: its directory is younger, or its clock right. */
const FINAL: ReadonlySet<string> = new Set(['pass_invalid', 'pass_expired', 'pass_revoked', 'unknown_site'])
const OPENING_MS = 3000
/** The front beats every two seconds. */
const SILENCE_MS = 6500
const PAUSE_MS = 400

export class CallerSocket {
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private turn = 0
  private closed = false
  private refusals = 0

  constructor(
    private fronts: readonly string[],
    private readonly pass: string,
    private readonly handlers: CallerHandlers,
  ) {
    this.open()
  }

  /** Also these, from now on. */
  know(fronts: readonly string[]): void {
    const here = this.front()
    this.fronts = [...new Set([...this.fronts, ...fronts])]
    this.turn = Math.max(0, this.fronts.indexOf(here))
  }

  /** Try the next front: this one can't host. */
  turnAway(): void {
    if (this.fronts.length > 1) this.next()
  }

  /** Press; false when no front is there to hear it. */
  press(title: string, wish: Wish): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    const { below, ...rest } = wish
    this.socket.send(JSON.stringify({ type: 'press', title, ...rest, ...(below === null ? {} : { below }) }))
    return true
  }

  close(): void {
    this.closed = true
    this.drop()
  }

  private front(): string {
    return this.fronts[this.turn % this.fronts.length] ?? ''
  }

  private open(): void {
    const socket = new WebSocket(`${this.front().replace(/^http/, 'ws')}/emergency/call`)
    this.socket = socket
    this.dueIn(OPENING_MS)
    socket.onopen = () => {
      if (this.socket === socket) socket.send(JSON.stringify({ type: 'hello', v: PROTOCOL_VERSION, pass: this.pass }))
    }
    socket.onclose = () => {
      if (this.socket === socket) this.next()
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket === socket) this.hear(JSON.parse(event.data) as Heard)
    }
  }

  private hear(heard: Heard): void {
    this.dueIn(SILENCE_MS)
    if (heard.type === 'welcome') {
      this.refusals = 0
      this.handlers.on_front(this.front())
    }
    if (heard.type === 'error' && FINAL.has(heard.code)) {
      this.refusals += 1
      if (this.refusals >= this.fronts.length) {
        this.close()
        this.handlers.on_refused(heard.code)
        return
      }
    }
    this.handlers.on_heard(heard)
  }

  private next(): void {
    this.drop()
    if (this.closed) return
    this.turn += 1
    this.timer = setTimeout(() => this.open(), PAUSE_MS * (0.5 + Math.random()))
  }

  private dueIn(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.next(), ms)
  }

  private drop(): void {
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close(1000)
    this.handlers.on_front(null)
  }
}
