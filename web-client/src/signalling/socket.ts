/**
 * Drives the link's state machine with real WebSockets and real timers. One object for the life
 * of a page; it opens as many wires, one after another, as it takes, and goes over to one that
 * stands by where there is one.
 */

import { idleLink, step, type Link, type LinkAction, type LinkInput } from './link'
import type { ClientMessage, ServerMessage } from './protocol'
import { Wire, type Greeter, type WireListener } from './wire'

export interface SocketHandlers extends Greeter {
  /** The greeting is not sent before this has settled. */
  ready: Promise<unknown>
  on_message: (message: ServerMessage) => void
  /** A still picture, as the MCU frames it. */
  on_binary: (frame: ArrayBuffer) => void
  on_link: (link: Link) => void
  /** Another connection stands by: the next loss leads to it. */
  stands_by?: () => boolean
  /** Give away the wire of the connection that stands by. */
  take_over?: () => Wire | null
}

/** What comes to pass beside the wire. */
export type News = 'media_connected' | 'media_failed' | 'silent' | 'astray' | 'greet_anew'

export class SignallingSocket {
  private link: Link = idleLink
  private wire: Wire | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listener: WireListener = {
    on_open: () => undefined,
    on_closed: (code) => this.feed({ type: 'closed', code }),
    on_message: (message) => {
      this.feed({ type: 'message', message })
      this.handlers.on_message(message)
    },
    on_binary: (frame) => this.handlers.on_binary(frame),
  }

  /** `url`: where to call after so many lost connections in a row. */
  constructor(
    private readonly url: (attempt: number) => string,
    private readonly handlers: SocketHandlers,
  ) {}

  /** Connect, or connect again after a rest (replaced, ended, left). */
  start(): void {
    this.feed({ type: 'start' })
  }

  /** Take the seat from the device that holds it. */
  takeOver(): void {
    this.feed({ type: 'take_over' })
  }

  /** Take news that bear on the connection. */
  tell(type: News): void {
    this.feed({ type })
  }

  /** Close without a word: whoever is called elsewhere keeps its seat here. */
  hangUp(): void {
    clearTimeout(this.timer)
    this.drop()
  }

  leave(): void {
    this.feed({ type: 'leave' })
  }

  /** Send now; false when nobody is there to hear it. */
  send(message: ClientMessage): boolean {
    return this.wire?.send(message) ?? false
  }

  /** Send one binary frame; false when nobody is there to take it. */
  sendBinary(frame: Blob): boolean {
    return this.wire?.sendBinary(frame) ?? false
  }

  private feed(input: LinkInput): void {
    const before = this.link
    const around = {
      ownAgent: this.handlers.hello().agent,
      standsBy: this.handlers.stands_by?.() ?? false,
    }
    const { link, actions } = step(before, input, performance.now(), around)
    this.link = link
    for (const action of actions) this.act(action)
    this.arm()
    if (link.phase !== before.phase || link.refusal !== before.refusal) this.handlers.on_link(link)
  }

  private act(action: LinkAction): void {
    switch (action) {
      case 'open':
        this.open()
        break
      case 'close':
        this.drop()
        break
      case 'hello':
        this.wire?.greet({ type: 'hello', takeover: this.link.takeover })
        break
      case 'leave':
        this.send({ type: 'leave' })
        break
      case 'change_over':
        this.changeOver()
        break
    }
  }

  private open(): void {
    this.drop()
    const opened = () => this.wire === wire && this.feed({ type: 'opened' })
    const wire: Wire = new Wire(this.url(this.link.attempt), this.handlers, {
      ...this.listener,
      on_open: () => void this.handlers.ready.then(opened),
    })
    this.wire = wire
  }

  /** Ask for the seat on the wire that stands by, then let go of the old one. */
  private changeOver(): void {
    const fresh = this.handlers.take_over?.() ?? null
    fresh?.listen(this.listener)
    fresh?.takeSeat()
    this.drop()
    this.wire = fresh
  }

  private drop(): void {
    this.wire?.drop()
    this.wire = null
  }

  private arm(): void {
    clearTimeout(this.timer)
    if (this.link.dueMs === null) return
    const inMs = Math.max(0, this.link.dueMs - performance.now())
    this.timer = setTimeout(() => this.feed({ type: 'tick' }), inMs + 1)
  }
}
