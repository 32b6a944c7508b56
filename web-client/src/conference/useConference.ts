/**
 * One page's part in a conference: the lines to the MCUs, kept alive, as reactive state.
 *
 *     useLines ── messages ──▶ useHeard: state, roster, upstream ──▶ pages
 *        ▲                            │
 *        └── commands ── MediaConnection ◀── tracks of useCapture, as the MCU asks for them
 */

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import type { MediaConnection } from '../media/connection'
import { hasCaptureDevice } from '../media/devices'
import type { Quality } from '../media/stats'
import { agentForPeople, agentName } from '../signalling/agent'
import { CommandError, Commands } from '../signalling/commands'
import type { Phase } from '../signalling/link'
import { PROTOCOL_VERSION, QUIET, type Command, type EndpointKind, type ServerMessage } from '../signalling/protocol'
import type { Credential } from './joinLink'
import { DrillReporter } from './drillReporter'
import { useCapture } from './useCapture'
import { useDrills } from './useDrills'
import { useHeard } from './useHeard'
import { useLines } from './useLines'
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

/** The list of devices comes in a few milliseconds; a browser that dawdles must not hold us up. */
const DEVICES_MS = 200

export function useConference(options: ConferenceOptions) {
  const notice = shallowRef<CommandError | null>(null)
  const mayCapture = ref(options.kind === 'site')
  const heard = useHeard()
  const drills = useDrills()
  const { upstream, move } = heard
  const stills = useStills()
  const capture = useCapture(options.processing)
  let connection: MediaConnection | null = null
  /** What the last greeting said of camera and microphone. */
  let greetedCapturing = false

  const capturing = computed(
    () =>
      mayCapture.value &&
      (!capture.settled.value || capture.video.value !== null || capture.audio.value !== null),
  )
  const agent = agentName()
  const { credential } = options
  const lines = useLines({
    origin: options.mcu || location.origin,
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
    on_phase,
    on_connection: (fresh, changed) => {
      connection = fresh
      reporter?.watch(fresh.peer)
      // What the other MCU asks for it will say.
      if (changed) upstream.value = QUIET
      feed()
    },
  })
  const commands = new Commands(lines.send)
  const reporter = options.kind === 'site' ? new DrillReporter(lines.send) : null
  const { link, joined } = lines
  const live = computed(() => joined.value && lines.connected.value)
  const quality = computed<Quality>(() => (live.value ? lines.word.value : 'lost'))
  const otherAgent = computed(() => agentForPeople(link.value.otherAgent ?? ''))

  async function lookForDevices(): Promise<void> {
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), DEVICES_MS))
    mayCapture.value = await Promise.race([hasCaptureDevice(), late])
  }

  function on_phase(now: Phase): void {
    if (now === 'greeting' || now === 'changing') greetedCapturing = capturing.value
    if (now === 'changing') commands.suspend()
    else if (now !== 'joined') commands.abandon()
  }

  function handle(message: ServerMessage, changed: boolean): void {
    commands.handle(message)
    heard.handle(message, changed)
    drills.handle(message)
    reporter?.handle(message)
    if (message.type !== 'welcome') return
    if (message.ticket) credential?.on_ticket?.(message.ticket)
    if (changed) commands.resume()
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
    lines.start()
    ensureCapture()
  }

  function takeOver(): void {
    lines.takeOver()
    ensureCapture()
  }

  function ensureCapture(): void {
    if (options.kind === 'site' && !capture.settled.value) void capture.start()
  }

  watch([upstream, capture.video, capture.audio, capture.screen], feed)
  // It can change between the greeting and its answer, when the MCU takes no new greeting yet.
  watch([joined, capturing], () => {
    if (joined.value && capturing.value !== greetedCapturing) lines.greetAnew()
  })
  onScopeDispose(() => {
    reporter?.stop()
    lines.close(move.value !== null)
  })

  return {
    ...heard,
    link,
    stills,
    streams: lines.streams,
    measured: lines.measured,
    notice,
    drills,
    capture,
    capturing,
    joined,
    live,
    quality,
    otherAgent,
    ask,
    start,
    takeOver,
    leave: lines.leave,
    sendStill: lines.sendBinary,
    watchStills: (sites: string[]) => lines.send({ type: 'watch_stills', sites }),
  }
}

export type Conference = ReturnType<typeof useConference>
