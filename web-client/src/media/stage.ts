/**
 * What the page's picture and sound elements play: one stream for each line, which outlives the
 * connection that its track comes from.
 *
 *     connection ── tracks ──▶ streams ──▶ elements
 *     the next one ── each track when its first packet is there ──┘
 *
 * An element keeps its last picture when a track of its stream is replaced by another; given
 * another stream, or a track that ended, it would go black until the next picture.
 */

import type { DownMid } from './lines'

export type Streams = Partial<Record<DownMid, MediaStream>>
type Tracks = ReadonlyMap<DownMid, MediaStreamTrack>

/** A line that brings nothing by then has nothing to bring: nobody shares a screen. */
const FOLLOW_MS = 1000

export class Stage {
  private streams: Streams = {}
  private following: ReturnType<typeof setTimeout> | undefined
  private finish: () => void = () => undefined

  constructor(private readonly on_streams: (streams: Streams) => void) {}

  /** Play a line of a first connection, or of one that came after a while without any. */
  begin(mid: DownMid, track: MediaStreamTrack): void {
    this.finish()
    this.set({ ...this.streams, [mid]: new MediaStream([track]) })
  }

  /**
   * Play these instead, each as soon as it brings something.
   *
   * @param done none of the tracks before them is played any more.
   */
  follow(tracks: Tracks, done: () => void): void {
    this.finish()
    this.finish = () => {
      clearTimeout(this.following)
      this.finish = () => undefined
      for (const [mid, track] of tracks) {
        track.onunmute = null
        this.replace(mid, track)
      }
      done()
    }
    this.following = setTimeout(() => this.finish(), FOLLOW_MS)
    for (const [mid, track] of tracks) {
      if (track.muted) track.onunmute = () => this.replace(mid, track)
      else this.replace(mid, track)
    }
  }

  /** Play nothing any more. */
  clear(): void {
    this.finish()
    this.set({})
  }

  private replace(mid: DownMid, track: MediaStreamTrack): void {
    const stream = this.streams[mid]
    if (stream === undefined) {
      this.set({ ...this.streams, [mid]: new MediaStream([track]) })
      return
    }
    const before = stream.getTracks().filter((one) => one !== track)
    stream.addTrack(track)
    for (const one of before) stream.removeTrack(one)
  }

  private set(streams: Streams): void {
    this.streams = streams
    this.on_streams(streams)
  }
}
