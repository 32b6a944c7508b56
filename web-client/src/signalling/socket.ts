/**
 * Drives the link's state machine with a real WebSocket and real timers. One object for the life
 * of a page; it opens as many sockets, one after another, as it takes.
 */

import { idleLink, step, type Link, type LinkAction, type LinkInput } from './link'
import {
  PROTOCOL_VERSION,
  type Challenge,
  type ClientMessage,
  type DeviceProof,
  type Hello,
  type ServerMessage,
} from './protocol'

export interface SocketHandlers {
  /** The greeting is not sent before this has settled. */
  ready: Promise<unknown>
  /** The greeting, asked for each time a socket opens. */
  hello: () => Omit<Hello, 'type' | 'takeover'>
  /** A device's signature of the MCU's challenge; without it nothing is signed. */
  prove?: ((challenge: Challenge) => Promise<DeviceProof>) | undefined
  on_message: (message: ServerMessage) => void
  /** A still picture, as the MCU frames it. */
  on_binary: (frame: ArrayBuffer) => void
  on_link: (link: Link) => void
}

export class SignallingSocket {
  private link: Link = idleLink
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
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

  /** Greet anew, because what the greeting says has changed. */
  rejoin(): void {
    this.feed({ type: 'media_failed' })
  }

  /** Close without a word: whoever is called elsewhere keeps its seat here. */
  hangUp(): void {
    clearTimeout(this.timer)
    this.drop()
  }

  leave(): void {
    this.feed({ type: 'leave' })
  }

  mediaConnected(): void {
    this.feed({ type: 'media_connected' })
  }

  mediaFailed(): void {
    this.feed({ type: 'media_failed' })
  }

  /** Send now; false when nobody is there to hear it. */
  send(message: ClientMessage): boolean {
    return this.sendRaw(JSON.stringify(message))
  }

  /** Send one binary frame; false when nobody is there to take it. */
  sendBinary(frame: Blob): boolean {
    return this.sendRaw(frame)
  }

  private sendRaw(frame: string | Blob): boolean {
    if (this.socket === null || this.socket.readyState !== WebSocket.OPEN) return false
    this.socket.send(frame)
    return true
  }

  private feed(input: LinkInput): void {
    const before = this.link
    const { link, actions } = step(before, input, performance.now(), this.handlers.hello().agent)
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
        if (this.handlers.prove) this.send({ type: 'knock', v: PROTOCOL_VERSION })
        else this.greet()
        break
      case 'leave':
        this.send({ type: 'leave' })
        break
    }
  }

  private greet(proof?: DeviceProof): void {
    const hello = { ...this.handlers.hello(), ...(proof ? { proof } : {}) }
    this.send({ type: 'hello', ...hello, takeover: this.link.takeover })
  }

  /** Sign what this connection asks for; a signature that comes too late is for no other. */
  private async prove(challenge: Challenge, socket: WebSocket): Promise<void> {
    const proof = await this.handlers.prove?.(challenge)
    if (proof && this.socket === socket) this.greet(proof)
  }

  private open(): void {
    this.drop()
    const socket = new WebSocket(this.url)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    // An old socket's last words must not reach the state of a newer one.
    const mine = (input: LinkInput) => {
      if (this.socket === socket) this.feed(input)
    }
    socket.onopen = () => void this.handlers.ready.then(() => mine({ type: 'opened' }))
    socket.onclose = (event) => mine({ type: 'closed', code: event.code })
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.socket !== socket) return
      if (typeof event.data !== 'string') {
        this.handlers.on_binary(event.data)
        return
      }
      const message = JSON.parse(event.data) as ServerMessage
      if (message.type === 'challenge') void this.prove(message, socket)
      mine({ type: 'message', message })
      this.handlers.on_message(message)
    }
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close(1000)
  }

  private arm(): void {
    clearTimeout(this.timer)
    if (this.link.dueMs === null) return
    const inMs = Math.max(0, this.link.dueMs - performance.now())
    this.timer = setTimeout(() => this.feed({ type: 'tick' }), inMs + 1)
  }
}
