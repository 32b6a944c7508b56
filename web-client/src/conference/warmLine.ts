/**
 * The connection that stands by: a wire and its six media lines at another MCU of the plan, up and
 * silent. Drives the state machine of `signalling/standin` with real ones.
 */

import { MediaConnection } from '../media/connection'
import type { Posts, ServerMessage } from '../signalling/protocol'
import { noStandIn, postOf, stepStandIn, type StandIn, type StandInAction, type StandInInput } from '../signalling/standin'
import { signalUrl, Wire, type Greeter } from '../signalling/wire'

export interface Relief {
  readonly wire: Wire
  readonly connection: MediaConnection
}

export class WarmLine {
  private standIn: StandIn = noStandIn
  private wire: Wire | null = null
  private connection: MediaConnection | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly greeter: Greeter,
    /** It stands by, or does no longer. */
    private readonly on_change: (stands: boolean) => void,
  ) {}

  get stands(): boolean {
    return this.standIn.phase === 'warm'
  }

  /** Take what the MCU that serves us says of our posts. */
  hear({ here, posts }: Posts): void {
    this.feed({ type: 'posts', here, posts })
  }

  /** Give it away: whoever takes it works on it. */
  take(): Relief | null {
    const { wire, connection } = this
    if (!this.stands || wire === null || connection === null) return null
    this.wire = null
    this.connection = null
    this.feed({ type: 'taken' })
    return { wire, connection }
  }

  greetAnew(): void {
    this.feed({ type: 'greet_anew' })
  }

  /** Close it; it comes again only with new posts. */
  rest(): void {
    this.feed({ type: 'rest' })
  }

  private feed(input: StandInInput): void {
    const stood = this.stands
    const { standIn, actions } = stepStandIn(this.standIn, input, performance.now())
    this.standIn = standIn
    for (const action of actions) this.act(action)
    this.arm()
    if (this.stands !== stood) this.on_change(this.stands)
  }

  private act(action: StandInAction): void {
    switch (action) {
      case 'open':
        this.open()
        break
      case 'warm':
        this.wire?.greet({ type: 'warm' })
        break
      case 'close':
        this.drop()
        break
    }
  }

  private open(): void {
    this.drop()
    const post = postOf(this.standIn)
    if (post === null) return
    this.wire = new Wire(signalUrl(post.url), this.greeter, {
      on_open: () => this.feed({ type: 'opened' }),
      on_closed: () => this.feed({ type: 'closed' }),
      on_message: (message) => this.handle(message),
      on_binary: () => undefined,
    })
  }

  private handle(message: ServerMessage): void {
    this.feed({ type: 'message', message })
    if (message.type === 'offer' && this.wire !== null) this.answer(message.sdp, this.wire)
  }

  private answer(offer: string, wire: Wire): void {
    this.connection?.close()
    const connection = new MediaConnection({
      on_answer: (sdp) => wire.send({ type: 'answer', sdp }),
      on_track: () => undefined,
      on_connected: () => this.feed({ type: 'media_connected' }),
      on_failed: () => this.feed({ type: 'media_failed' }),
    })
    this.connection = connection
    void connection.accept(offer)
  }

  private drop(): void {
    this.wire?.drop()
    this.wire = null
    this.connection?.close()
    this.connection = null
  }

  private arm(): void {
    clearTimeout(this.timer)
    if (this.standIn.dueMs === null) return
    const inMs = Math.max(0, this.standIn.dueMs - performance.now())
    this.timer = setTimeout(() => this.feed({ type: 'tick' }), inMs + 1)
  }
}
