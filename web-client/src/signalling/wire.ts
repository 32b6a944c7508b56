/**
 * One WebSocket to an MCU, and how a page says who it is on it: with its token, or as a device
 * that signs what the MCU asks it to.
 *
 *     token        hello | warm
 *     device       knock ─▶ challenge ─▶ hello | warm with the signature
 *
 * Who listens can change: a connection that stood by becomes the one that is worked on.
 */

import {
  PROTOCOL_VERSION,
  type Challenge,
  type ClientMessage,
  type DeviceProof,
  type Greeting,
  type ServerMessage,
} from './protocol'

/** What a page says of itself, and by what it proves it. */
export interface Greeter {
  /** Asked for at each greeting. */
  hello: () => Greeting
  /** A device's signature of the MCU's challenge; without it nothing is signed. */
  prove?: ((challenge: Challenge) => Promise<DeviceProof>) | undefined
}

export interface WireListener {
  on_open: () => void
  on_closed: (code: number) => void
  on_message: (message: ServerMessage) => void
  /** A still picture, as the MCU frames it. */
  on_binary: (frame: ArrayBuffer) => void
}

type FirstWord = { type: 'hello'; takeover: boolean } | { type: 'warm' }

export class Wire {
  private readonly socket: WebSocket
  private word: FirstWord = { type: 'warm' }
  private dropped = false

  constructor(
    url: string,
    private readonly greeter: Greeter,
    private listener: WireListener,
  ) {
    this.socket = new WebSocket(url)
    this.socket.binaryType = 'arraybuffer'
    // The last words of a socket that was dropped must not reach the state of a newer one.
    this.socket.onopen = () => this.dropped || this.listener.on_open()
    this.socket.onclose = ({ code }) => this.dropped || this.listener.on_closed(code)
    this.socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.hear(data)
  }

  /** From now on this one hears what comes. */
  listen(listener: WireListener): void {
    this.listener = listener
  }

  /** Ask for a seat, or for a connection that stands by. */
  greet(word: FirstWord): void {
    this.word = word
    if (this.greeter.prove) this.send({ type: 'knock', v: PROTOCOL_VERSION })
    else this.say()
  }

  /**
   * Take the seat by what was shown here when this connection began to stand by. From this page
   * itself that needs no more words; from another device it stays a person's choice.
   */
  takeSeat(): void {
    const { pin: _, ...hello } = this.greeter.hello()
    this.send({ ...hello, type: 'hello', token: '', takeover: false })
  }

  /** Send now; false when nobody is there to hear it. */
  send(message: ClientMessage): boolean {
    return this.sendRaw(JSON.stringify(message))
  }

  /** Send one binary frame; false when nobody is there to take it. */
  sendBinary(frame: Blob): boolean {
    return this.sendRaw(frame)
  }

  /** Hear nothing more of it. */
  drop(): void {
    this.dropped = true
    this.socket.close(1000)
  }

  private sendRaw(frame: string | Blob): boolean {
    if (this.dropped || this.socket.readyState !== WebSocket.OPEN) return false
    this.socket.send(frame)
    return true
  }

  private hear(data: string | ArrayBuffer): void {
    if (this.dropped) return
    if (typeof data !== 'string') {
      this.listener.on_binary(data)
      return
    }
    const message = JSON.parse(data) as ServerMessage
    if (message.type === 'challenge') void this.prove(message)
    this.listener.on_message(message)
  }

  /** Sign what this connection asks for; where it has been dropped meanwhile nothing is said. */
  private async prove(challenge: Challenge): Promise<void> {
    const proof = await this.greeter.prove?.(challenge)
    if (proof) this.say(proof)
  }

  private say(proof?: DeviceProof): void {
    this.send({ ...this.greeter.hello(), ...(proof ? { proof } : {}), ...this.word })
  }
}

/** Where an MCU of this origin is signalled to. */
export function signalUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws')}/signal`
}
