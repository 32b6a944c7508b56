import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { DownMid } from '../src/media/lines'
import { Stage, type Streams } from '../src/media/stage'

/** As much of a track as the stage touches. */
class Track {
  onunmute: (() => void) | null = null
  constructor(
    readonly name: string,
    public muted: boolean,
  ) {}

  /** Its first packet is there. */
  arrive(): void {
    this.muted = false
    this.onunmute?.()
  }
}

/** As much of a stream. */
class Stream {
  constructor(private tracks: Track[]) {}
  getTracks = () => [...this.tracks]
  addTrack = (track: Track) => void (this.tracks.includes(track) || this.tracks.push(track))
  removeTrack = (track: Track) => void (this.tracks = this.tracks.filter((one) => one !== track))
}

const LINES: DownMid[] = ['program', 'content', 'sound']

describe('the stage', () => {
  let streams: Streams = {}
  let stage: Stage

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('MediaStream', Stream)
    streams = {}
    stage = new Stage((now) => (streams = now))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  function lines(name: string, muted = true): Map<DownMid, Track> {
    return new Map(LINES.map((mid) => [mid, new Track(`${name} ${mid}`, muted)]))
  }

  function begin(tracks: Map<DownMid, Track>): void {
    for (const [mid, track] of tracks) stage.begin(mid, track as unknown as MediaStreamTrack)
  }

  function follow(tracks: Map<DownMid, Track>, done: () => void = () => undefined): void {
    stage.follow(tracks as unknown as Map<DownMid, MediaStreamTrack>, done)
  }

  function plays(): string[] {
    return LINES.flatMap((mid) => (streams[mid]?.getTracks() ?? []).map((track) => (track as unknown as Track).name))
  }

  it('plays each new track in the same stream once it brings something, and the old one until then', () => {
    begin(lines('old', false))
    const before = { ...streams }
    const fresh = lines('new')
    follow(fresh)
    expect(plays()).toEqual(['old program', 'old content', 'old sound'])
    fresh.get('sound')?.arrive()
    expect(plays()).toEqual(['old program', 'old content', 'new sound'])
    fresh.get('program')?.arrive()
    expect(plays()).toEqual(['new program', 'old content', 'new sound'])
    expect(streams).toEqual(before)
  })

  it('has let go of all old tracks before the old connection is closed', () => {
    begin(lines('old', false))
    let left: string[] = []
    follow(lines('new'), () => (left = plays()))
    vi.advanceTimersByTime(999)
    expect(left).toEqual([])
    vi.advanceTimersByTime(1)
    expect(left).toEqual(['new program', 'new content', 'new sound'])
  })

  it('goes on from one change to the next, however soon it comes', () => {
    begin(lines('old', false))
    const closed: string[] = []
    follow(lines('second'), () => closed.push('old'))
    follow(lines('third', false), () => closed.push('second'))
    expect(plays()).toEqual(['third program', 'third content', 'third sound'])
    expect(closed).toEqual(['old'])
    vi.runAllTimers()
    expect(closed).toEqual(['old', 'second'])
  })

  it('begins anew with streams that no earlier change touches', () => {
    begin(lines('old', false))
    const second = lines('second')
    follow(second)
    begin(lines('new', false))
    second.get('program')?.arrive()
    vi.runAllTimers()
    expect(plays()).toEqual(['new program', 'new content', 'new sound'])
    stage.clear()
    expect(streams).toEqual({})
  })

  it('plays a line that the old connection never had', () => {
    const old = lines('old', false)
    old.delete('content')
    begin(old)
    follow(lines('new'))
    vi.runAllTimers()
    expect(plays()).toEqual(['new program', 'new content', 'new sound'])
  })
})
