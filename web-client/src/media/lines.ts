/** The six media lines, named by the offer's mids, and what we send on ours. */

export const UPSTREAM = ['camera', 'content-up', 'microphone'] as const
export const DOWNSTREAM = ['program', 'content', 'sound'] as const

export type UpMid = (typeof UPSTREAM)[number]
export type DownMid = (typeof DOWNSTREAM)[number]

export function isUpstream(mid: string | null): mid is UpMid {
  return UPSTREAM.includes(mid as UpMid)
}

export function isDownstream(mid: string | null): mid is DownMid {
  return DOWNSTREAM.includes(mid as DownMid)
}

export interface Sending {
  readonly maxBitrate: number
  readonly maxFramerate?: number
  readonly contentHint: string
  readonly degradation?: RTCDegradationPreference
}

export const SENDING: Readonly<Record<UpMid, Sending>> = {
  // 720p of a room with little motion; more is lost in a tile of the program.
  camera: {
    maxBitrate: 1_200_000,
    maxFramerate: 30,
    contentHint: 'motion',
    degradation: 'balanced',
  },
  // Text must stay sharp: fewer pictures, never fewer pixels.
  'content-up': {
    maxBitrate: 1_500_000,
    maxFramerate: 15,
    contentHint: 'detail',
    degradation: 'maintain-resolution',
  },
  microphone: { maxBitrate: 40_000, contentHint: 'speech' },
}

/** How much picture the MCU asks for: no more than is seen, nor than the line carries. */
export interface CameraBounds {
  /** Lines of a picture of 16:9. */
  readonly height: number
  readonly fps: number
  readonly maxBps: number
}

/** The bounds as WebRTC takes them, for a camera that delivers pictures of this size. */
export function cameraEncoding(
  bounds: CameraBounds,
  size: { width?: number | undefined; height?: number | undefined },
): { maxBitrate: number; maxFramerate: number; scaleResolutionDownBy: number } {
  const { maxBitrate, maxFramerate } = SENDING.camera
  // A portrait or a 4:3 camera is made to fit into the same box.
  const tall = (size.height ?? bounds.height) / bounds.height
  const wide = (size.width ?? 0) / ((bounds.height * 16) / 9)
  return {
    maxBitrate: Math.min(maxBitrate, bounds.maxBps),
    maxFramerate: Math.min(maxFramerate ?? bounds.fps, bounds.fps),
    scaleResolutionDownBy: Math.max(1, tall, wide),
  }
}

/** Enough for a clear room at once; without it Chromium feels its way up from 300 kbit/s. */
const START = 'x-google-start-bitrate=800'

/**
 * The MCU's offer with a start bitrate for our pictures, which Chromium reads from the format of
 * the side that receives; other browsers skip the words.
 */
export function withStartBitrate(offer: string): string {
  return offer
    .split(/(?=^m=)/m)
    .map((section) =>
      /^m=video/.test(section) && /^a=recvonly/m.test(section)
        ? section.replace(/^a=fmtp:.*packetization-mode.*$/gm, `$&;${START}`)
        : section,
    )
    .join('')
}
