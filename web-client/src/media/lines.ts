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
