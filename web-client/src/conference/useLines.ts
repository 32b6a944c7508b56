/**
 * The page's two lines to its meeting: the one that it works on, and the one that stands by.
 *
 *     SignallingSocket ── messages ──▶ whoever reads them      WarmLine: at the next post
 *       │ lost: closed · silent (VigilKeeper) · media            │ stands by
 *       └──────────── changes over to ◀────────────────────────┘
 *     MediaConnection ── tracks ──▶ Stage ──▶ streams         its own becomes the one we work on
 */

import { computed, ref, shallowRef } from 'vue'

import { MediaConnection, type ConnectionHandlers } from '../media/connection'
import { UPSTREAM } from '../media/lines'
import { Monitor } from '../media/monitor'
import { Stage, type Streams } from '../media/stage'
import type { Quality } from '../media/stats'
import { VigilKeeper } from '../media/vigilKeeper'
import { idleLink, isIn, type Link, type Phase } from '../signalling/link'
import type { ClientMessage, Measurement, Posts, ServerMessage } from '../signalling/protocol'
import { SignallingSocket, type SocketHandlers } from '../signalling/socket'
import { signalUrl, type Wire } from '../signalling/wire'
import { WarmLine } from './warmLine'

export interface LinesOptions extends Pick<SocketHandlers, 'hello' | 'prove' | 'ready' | 'on_binary'> {
  /** The MCU that is called first. */
  origin: string
  /** `changed`: the line was changed under way, what was known before holds on. */
  on_message: (message: ServerMessage, changed: boolean) => void
  on_phase: (phase: Phase) => void
  /** A connection is there that nothing was put on. */
  on_connection: (connection: MediaConnection, changed: boolean) => void
}

const RESTING: ReadonlySet<Phase> = new Set(['occupied', 'replaced', 'ended', 'moved', 'refused', 'left'])

export function useLines(options: LinesOptions) {
  const link = shallowRef<Link>(idleLink)
  const connected = ref(false)
  const streams = shallowRef<Streams>({})
  const measured = shallowRef<Measurement | null>(null)
  const word = ref<Quality>('good')
  const joined = computed(() => isIn(link.value.phase))

  const stage = new Stage((now) => (streams.value = now))
  const vigil = new VigilKeeper(() => socket.tell('silent'))
  const warm = new WarmLine(options, watchOver)
  let posts: Posts | null = null
  /** The highest epoch heard of; who serves an older root is not called. */
  let epoch = 0
  let astray = ''
  let changed = false
  let connection: MediaConnection | null = null
  let monitor: Monitor | null = null

  const socket = new SignallingSocket(whereTo, {
    ...options,
    on_message: handle,
    on_link,
    stands_by: () => warm.stands,
    take_over: changeOver,
  })

  /** The first call goes where the page's link leads; after a loss each post is called in turn. */
  function whereTo(attempt: number): string {
    const ring = posts?.posts.filter(({ mcu }) => mcu !== astray) ?? []
    const post = attempt > 0 ? ring[(attempt - 1) % ring.length] : undefined
    return signalUrl(post?.url ?? options.origin)
  }

  function on_link(now: Link): void {
    const before = link.value.phase
    link.value = now
    changed = before === 'changing' && now.phase === 'joined'
    options.on_phase(now.phase)
    watchOver()
    if (RESTING.has(now.phase)) rest()
  }

  function handle(message: ServerMessage): void {
    vigil.beat()
    if (message.type === 'offer') answer(message.sdp)
    else if (message.type === 'posts') hearPosts(message)
    else if (message.type === 'welcome' && changed) socket.tell('media_connected')
    options.on_message(message, changed)
  }

  function hearPosts(heard: Posts): void {
    if (heard.epoch < epoch) {
      astray = heard.here
      socket.tell('astray')
      return
    }
    epoch = heard.epoch
    if (heard.here === astray) astray = ''
    posts = heard
    warm.hear(heard)
  }

  function answer(offer: string): void {
    connection?.close()
    connected.value = false
    const fresh: MediaConnection = new MediaConnection({
      ...handlers(() => fresh),
      on_answer: (sdp) => socket.send({ type: 'answer', sdp }),
      on_track: (mid, track) => stage.begin(mid, track),
    })
    work(fresh, false)
    void fresh.accept(offer)
  }

  /** The lines that stood by bring their picture and sound into the same elements. */
  function changeOver(): Wire | null {
    const relief = warm.take()
    if (relief === null) return null
    const { connection: fresh, wire } = relief
    const old = connection
    // Nobody is to hear this room twice.
    for (const mid of UPSTREAM) old?.feed(mid, null)
    fresh.listen(handlers(() => fresh))
    work(fresh, true)
    connected.value = true
    stage.follow(fresh.tracks, () => old?.close())
    return wire
  }

  function handlers(which: () => MediaConnection): ConnectionHandlers {
    return {
      on_answer: () => undefined,
      on_track: () => undefined,
      on_connected: () => {
        connected.value = true
        socket.tell('media_connected')
        watchOver()
      },
      on_failed: () => {
        if (connection !== which()) return
        connected.value = false
        socket.tell('media_failed')
      },
    }
  }

  function work(fresh: MediaConnection, changes: boolean): void {
    monitor?.stop()
    connection = fresh
    monitor = new Monitor(fresh.peer, {
      on_measured: (figures, quality) => {
        measured.value = figures
        word.value = quality
        send({ type: 'report', ...figures })
      },
      on_silence: () => socket.tell('media_failed'),
    })
    options.on_connection(fresh, changes)
  }

  /** Without a place to go to there is nothing to watch for. */
  function watchOver(): void {
    const watched = link.value.phase === 'joined' && connected.value && warm.stands
    if (!watched) vigil.stop()
    else if (!vigil.watches && connection !== null) vigil.watch(connection.peer)
  }

  function rest(): void {
    vigil.stop()
    warm.rest()
    monitor?.stop()
    monitor = null
    connection?.close()
    connection = null
    connected.value = false
    stage.clear()
  }

  /** Say what was said of ourselves anew, because it has changed. */
  function greetAnew(): void {
    warm.greetAnew()
    socket.tell('greet_anew')
  }

  /** Say it; false while nobody is there to hear it. */
  function send(message: ClientMessage): boolean {
    return link.value.phase === 'joined' && socket.send(message)
  }

  function sendBinary(frame: Blob): boolean {
    return link.value.phase === 'joined' && socket.sendBinary(frame)
  }

  /** Go for good; `quietly`: the seat waits for whoever is called elsewhere. */
  function close(quietly: boolean): void {
    if (quietly) socket.hangUp()
    else socket.leave()
    rest()
  }

  return {
    link,
    joined,
    connected,
    streams,
    measured,
    word,
    send,
    sendBinary,
    start: () => socket.start(),
    takeOver: () => socket.takeOver(),
    leave: () => socket.leave(),
    greetAnew,
    close,
  }
}
