/**
 * One WebRTC connection to the MCU, from its offer to its end.
 *
 * The answer goes out at once: it waits for no candidate (the MCU learns our address from our
 * first check) and for no camera (`feed` puts tracks on the lines when they come and when the MCU
 * asks for them). Only the shape of the lines is settled here, so there is never a second round.
 */

import {
  cameraEncoding,
  isDownstream,
  isUpstream,
  SENDING,
  withStartBitrate,
  type CameraBounds,
  type DownMid,
  type UpMid,
} from './lines'

export interface ConnectionHandlers {
  on_answer: (sdp: string) => void
  on_track: (mid: DownMid, track: MediaStreamTrack) => void
  on_connected: () => void
  on_failed: (reason: string) => void
}

/** ICE and DTLS take three round trips; a line that needs longer is not there. */
const CONNECT_MS = 8000
/** ICE may heal by itself after a short break; after that a new connection is faster. */
const BROKEN_MS = 2000
/** Where the lip sync of a steady meeting came to rest by itself (measured by `bench latency`). */
const PICTURE_WAIT_MS = 160

export class MediaConnection {
  readonly peer: RTCPeerConnection
  /** What comes down, by line. */
  readonly tracks = new Map<DownMid, MediaStreamTrack>()
  private readonly senders = new Map<UpMid, RTCRtpSender>()
  /** What each line shall send; put on it as soon as the line is there. */
  private readonly wanted = new Map<UpMid, MediaStreamTrack | null>()
  private bounds: CameraBounds | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private closed = false
  /** One change of the senders at a time: `setParameters` refuses stale parameters. */
  private changes: Promise<void> = Promise.resolve()

  constructor(private handlers: ConnectionHandlers) {
    this.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' })
    this.peer.onconnectionstatechange = () => this.watch()
    this.peer.ontrack = ({ transceiver, track, receiver }) => {
      // Sound waits in the mix, the picture does not; Chromium's own lip sync finds that out within
      // 15 s, and lips should be with voices from the first second.
      if (transceiver.mid === 'program') receiver.jitterBufferTarget = PICTURE_WAIT_MS
      if (!isDownstream(transceiver.mid)) return
      this.tracks.set(transceiver.mid, track)
      this.handlers.on_track(transceiver.mid, track)
    }
    this.timer = setTimeout(() => this.fail('not connected in time'), CONNECT_MS)
  }

  /** From now on this one hears of it. */
  listen(handlers: ConnectionHandlers): void {
    this.handlers = handlers
  }

  /** Answer the MCU's offer. */
  async accept(offer: string): Promise<void> {
    try {
      const sdp = withStartBitrate(offer)
      await this.peer.setRemoteDescription({ type: 'offer', sdp })
      for (const line of this.peer.getTransceivers()) {
        if (!isUpstream(line.mid)) continue
        line.direction = 'sendonly'
        this.senders.set(line.mid, line.sender)
      }
      const answer = await this.peer.createAnswer()
      await this.peer.setLocalDescription(answer)
      if (this.closed) return
      this.handlers.on_answer(this.peer.localDescription?.sdp ?? answer.sdp ?? '')
      for (const mid of this.senders.keys()) {
        this.change(() => this.limit(mid))
        this.change(() => this.apply(mid))
      }
    } catch (error) {
      this.fail(String(error))
    }
  }

  /** Send the camera within these bounds from now on. */
  bound(bounds: CameraBounds): void {
    this.bounds = bounds
    this.change(() => this.limit('camera'))
  }

  /** Send `track` on a line; null stops its packets altogether. */
  feed(mid: UpMid, track: MediaStreamTrack | null): void {
    this.wanted.set(mid, track)
    this.change(() => this.apply(mid))
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.peer.close()
  }

  private change(act: () => Promise<void>): void {
    this.changes = this.changes.then(act).catch((error: unknown) => {
      if (!this.closed) console.warn('media line', error)
    })
  }

  private async apply(mid: UpMid): Promise<void> {
    const sender = this.senders.get(mid)
    const track = this.wanted.get(mid) ?? null
    if (sender === undefined || sender.track === track) return
    if (track !== null) track.contentHint = SENDING[mid].contentHint
    await sender.replaceTrack(track)
    // Another camera may deliver another size.
    if (mid === 'camera' && track !== null) await this.limit(mid)
  }

  private async limit(mid: UpMid): Promise<void> {
    const sender = this.senders.get(mid)
    const parameters = sender?.getParameters()
    const encoding = parameters?.encodings[0]
    if (sender === undefined || parameters === undefined || encoding === undefined) return
    const { maxBitrate, maxFramerate, degradation } = SENDING[mid]
    encoding.maxBitrate = maxBitrate
    if (maxFramerate !== undefined) encoding.maxFramerate = maxFramerate
    if (degradation !== undefined) parameters.degradationPreference = degradation
    if (mid === 'camera' && this.bounds !== null) {
      const size = (this.wanted.get(mid) ?? sender.track)?.getSettings() ?? {}
      Object.assign(encoding, cameraEncoding(this.bounds, size))
    }
    await sender.setParameters(parameters)
  }

  private watch(): void {
    const state = this.peer.connectionState
    if (state === 'connected') {
      clearTimeout(this.timer)
      this.handlers.on_connected()
    } else if (state === 'disconnected') {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.fail('broken'), BROKEN_MS)
    } else if (state === 'failed') {
      this.fail('failed')
    }
  }

  private fail(reason: string): void {
    if (this.closed) return
    this.close()
    this.handlers.on_failed(reason)
  }
}
