/**
 * One page's part in a conference: the connection to the MCU, kept alive, as reactive state.
 *
 *     SignallingSocket ──messages──▶ state, roster, upstream ──▶ pages
 *            ▲                            │
 *            └── answer, commands ── MediaConnection ◀── tracks of useCapture
 */

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import { MediaConnection } from '../media/connection'
import type { DownMid } from '../media/lines'
import { hasCaptureDevice } from '../media/devices'
import { Monitor } from '../media/monitor'
import type { Quality } from '../media/stats'
import { agentForPeople, agentName } from '../signalling/agent'
import { CommandError, Commands } from '../signalling/commands'
import { idleLink, type Link } from '../signalling/link'
import {
  PROTOCOL_VERSION,
  type Branches,
  type Command,
  type ConferenceState,
  type EndpointKind,
  type McuLoad,
  type Measurement,
  type Move,
  type ServerMessage,
  type SiteName,
  type Upstream,
  type Welcome,
} from '../signalling/protocol'
import type { Roll } from '../signalling/roll'
import type { Scenario } from '../signalling/scenario'
import { SignallingSocket } from '../signalling/socket'
import type { Vote } from '../signalling/vote'
import type { Credential } from './joinLink'
import { useCapture } from './useCapture'
import { useRoster } from './useRoster'
import { useStills } from './useStills'

export interface ConferenceOptions {
  kind: EndpointKind
  token: string
  /** By what the page is let in, where that is more than a link's token. */
  credential?: Credential | undefined
  /** The MCU's origin; empty: this page's own. */
  mcu?: string | undefined
  /** Off for rooms whose own equipment cancels echo. */
  processing: boolean
  /** Ask for a view of one's own instead of the program. */
  director?: boolean
}

const QUIET: Upstream = {
  type: 'upstream',
  camera: false,
  microphone: false,
  content: false,
  still_s: 0,
  test: false,
  height: 0,
  fps: 0,
  max_bps: 0,
}
/** The list of devices comes in a few milliseconds; a browser that dawdles must not hold us up. */
const DEVICES_MS = 200
const RESTING: ReadonlySet<string> = new Set(['occupied', 'replaced', 'ended', 'moved', 'refused', 'left'])

export function useConference(options: ConferenceOptions) {
  const link = shallowRef<Link>(idleLink)
  const welcome = shallowRef<Welcome | null>(null)
  const state = shallowRef<ConferenceState | null>(null)
  const upstream = shallowRef<Upstream>(QUIET)
  const connected = ref(false)
  const streams = shallowRef<Partial<Record<DownMid, MediaStream>>>({})
  const measured = shallowRef<Measurement | null>(null)
  const word = ref<Quality>('good')
  const notice = shallowRef<CommandError | null>(null)
  const scenario = shallowRef<Scenario | null>(null)
  const votes = shallowRef<readonly Vote[]>([])
  const roll = shallowRef<Roll | null>(null)
  /** Where this page belongs, while that is not here. */
  const move = shallowRef<Move | null>(null)
  const branches = shallowRef<Branches | null>(null)
  const mcus = shallowRef<readonly McuLoad[]>([])
  /** The MCU's clock minus ours, ms. */
  const clockAheadMs = ref(0)
  const mayCapture = ref(options.kind === 'site')

  const roster = useRoster()
  const stills = useStills()
  const capture = useCapture(options.processing)
  let connection: MediaConnection | null = null
  let monitor: Monitor | null = null
  /** What the last greeting said of camera and microphone. */
  let greetedCapturing = false

  const capturing = computed(
    () =>
      mayCapture.value &&
      (!capture.settled.value || capture.video.value !== null || capture.audio.value !== null),
  )
  const joined = computed(() => link.value.phase === 'joined')
  const live = computed(() => joined.value && connected.value)
  const quality = computed<Quality>(() => (live.value ? word.value : 'lost'))
  const otherAgent = computed(() => agentForPeople(link.value.otherAgent ?? ''))

  const agent = agentName()
  const { credential } = options
  const participants = shallowRef<readonly SiteName[]>([])
  const socket = new SignallingSocket(signalUrl(options.mcu || location.origin), {
    prove: credential?.prove,
    ready: options.kind === 'site' ? lookForDevices() : Promise.resolve(),
    hello: () => ({
      v: PROTOCOL_VERSION,
      token: credential?.token() ?? options.token,
      ...(credential?.pin ? { pin: credential.pin() } : {}),
      kind: options.kind,
      capture: capturing.value,
      agent,
      director: options.director ?? false,
    }),
    on_message: handle,
    on_binary: stills.take,
    on_link: (now) => {
      link.value = now
      if (now.phase === 'greeting') greetedCapturing = capturing.value
      if (now.phase !== 'joined') commands.abandon()
      if (RESTING.has(now.phase)) dropMedia()
    },
  })
  const commands = new Commands((message) => socket.send(message))

  async function lookForDevices(): Promise<void> {
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), DEVICES_MS))
    mayCapture.value = await Promise.race([hasCaptureDevice(), late])
  }

  function handle(message: ServerMessage): void {
    commands.handle(message)
    roster.handle(message)
    switch (message.type) {
      case 'welcome':
        welcome.value = message
        clockAheadMs.value = message.wall_ms - Date.now()
        upstream.value = QUIET
        participants.value = []
        scenario.value = null
        votes.value = []
        roll.value = null
        move.value = null
        branches.value = null
        if (message.ticket) credential?.on_ticket?.(message.ticket)
        break
      case 'participants':
        participants.value = message.sites
        break
      case 'state':
        state.value = message
        break
      case 'upstream':
        upstream.value = message
        break
      case 'scenario':
        scenario.value = message
        break
      case 'votes':
        votes.value = message.votes
        break
      case 'roll':
        roll.value = message
        break
      case 'move':
        move.value = message
        break
      case 'branches':
        branches.value = message
        break
      case 'mcu':
        mcus.value = message.mcus
        break
      case 'offer':
        answer(message.sdp)
        break
    }
  }

  function answer(offer: string): void {
    closeConnection()
    connected.value = false
    const fresh = new MediaConnection({
      on_answer: (sdp) => socket.send({ type: 'answer', sdp }),
      on_track: (mid, track) => {
        streams.value = { ...streams.value, [mid]: new MediaStream([track]) }
      },
      on_connected: () => {
        connected.value = true
        socket.mediaConnected()
      },
      on_failed: () => {
        if (connection === fresh) connected.value = false
        socket.mediaFailed()
      },
    })
    connection = fresh
    monitor = new Monitor(fresh.peer, {
      on_measured: (figures, quality) => {
        measured.value = figures
        word.value = quality
        socket.send({ type: 'report', ...figures })
      },
      on_silence: () => socket.mediaFailed(),
    })
    feed()
    void fresh.accept(offer)
  }

  function closeConnection(): void {
    monitor?.stop()
    monitor = null
    connection?.close()
    connection = null
  }

  function dropMedia(): void {
    closeConnection()
    connected.value = false
    streams.value = {}
  }

  /** Send exactly what the MCU asks for and the room allows. */
  function feed(): void {
    const asked = upstream.value
    if (asked.camera) {
      connection?.bound({ height: asked.height, fps: asked.fps, maxBps: asked.max_bps })
    }
    connection?.feed('camera', asked.camera ? capture.video.value : null)
    connection?.feed('microphone', asked.microphone ? capture.audio.value : null)
    connection?.feed('content-up', asked.content ? capture.screen.value : null)
  }

  /** Ask the MCU; a refusal becomes the page's notice. Returns whether it took effect. */
  async function ask(command: Command): Promise<boolean> {
    try {
      await commands.ask(command)
      notice.value = null
      return true
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      notice.value = error
      return false
    }
  }

  /** Signalling and devices are asked at the same time: neither waits for the other. */
  function start(): void {
    socket.start()
    ensureCapture()
  }

  function takeOver(): void {
    socket.takeOver()
    ensureCapture()
  }

  function ensureCapture(): void {
    if (options.kind === 'site' && !capture.settled.value) void capture.start()
  }

  watch([upstream, capture.video, capture.audio, capture.screen], feed)
  // It can change between the greeting and its answer, when the MCU takes no new greeting yet.
  watch([joined, capturing], () => {
    if (joined.value && capturing.value !== greetedCapturing) socket.rejoin()
  })
  onScopeDispose(() => {
    if (move.value) socket.hangUp()
    else socket.leave()
    dropMedia()
  })

  return {
    link,
    welcome,
    state,
    upstream,
    mcus,
    scenario,
    votes,
    roll,
    move,
    branches,
    participants,
    clockAheadMs,
    stills,
    streams,
    measured,
    notice,
    roster,
    capture,
    capturing,
    joined,
    live,
    quality,
    otherAgent,
    ask,
    start,
    takeOver,
    leave: () => socket.leave(),
    sendStill: (jpeg: Blob) => socket.sendBinary(jpeg),
    watchStills: (sites: string[]) => socket.send({ type: 'watch_stills', sites }),
  }
}

export type Conference = ReturnType<typeof useConference>

function signalUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws')}/signal`
}
