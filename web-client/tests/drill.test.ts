import { describe, expect, it } from 'vitest'

import { useDrills } from '../src/conference/useDrills'
import { flowed, longest, mark, noGaps, type Gaps } from '../src/media/gaps'
import { arrived } from '../src/media/stats'
import { beforehand } from '../src/planning/rehearsal'
import type { DrillResult } from '../src/signalling/drill'
import type { Welcome } from '../src/signalling/protocol'

function marked(...atMs: number[]): Gaps {
  return atMs.reduce(mark, noGaps)
}

function result(drill: number, reported = 0): DrillResult {
  const figures = {
    struck: 2,
    reported,
    sound_p95_ms: null,
    sound_max_ms: null,
    picture_p95_ms: null,
    picture_max_ms: null,
    late: 0,
    others: 0,
  }
  return {
    type: 'drill_result',
    drill,
    kind: 'kill',
    mcu: 'mcu-573',
    root: false,
    by: '',
    began_ms: drill,
    goal_ms: 400,
    figures,
    met: null,
    sites: [],
  }
}

describe('pauses of picture and sound', () => {
  it('are none while something comes five times a second or more', () => {
    expect(longest(marked(0, 200, 400, 600), 0, 700)).toBe(0)
  })

  it('are as long as nothing came, and the longest counts', () => {
    expect(longest(marked(0, 310, 320, 800), 0, 850)).toBe(480)
  })

  it('that were over before the drill are not its', () => {
    const gaps = marked(0, 900, 1000, 1100, 1350)
    expect(longest(gaps, 1000, 1400)).toBe(250)
    expect(longest(gaps, 1350, 1400)).toBe(0)
  })

  it('began a moment before the drill was decided and are its all the same', () => {
    expect(longest(marked(990, 1400), 1000, 1450)).toBe(410)
  })

  it('that go on count as far as they have come', () => {
    expect(longest(marked(0, 100), 50, 5000)).toBe(4900)
  })

  it('without anything ever are none: there was nothing to miss', () => {
    expect(longest(noGaps, 0, 9000)).toBe(0)
  })

  it('are not made by marks that come out of order', () => {
    expect(longest(marked(0, 150, 100, 300), 0, 350)).toBe(0)
  })
})

describe('what a console knows of drills', () => {
  it('is the newest table of each, the newest drill first', () => {
    const drills = useDrills()
    drills.handle(result(1))
    drills.handle(result(2))
    drills.handle(result(1, 2))
    expect(drills.results.value.map(({ drill, figures }) => [drill, figures.reported])).toEqual([
      [2, 0],
      [1, 2],
    ])
  })

  it('outlives a change of MCU, but for what can be drilled', () => {
    const drills = useDrills()
    drills.handle({ type: 'drill_ground', mcus: [], busy: true })
    drills.handle(result(1))
    drills.handle({ type: 'welcome' } as Welcome)
    expect(drills.ground.value).toBeNull()
    expect(drills.results.value).toHaveLength(1)
  })
})

describe('the time of a rehearsal', () => {
  it('is the day before, at the same hour', () => {
    expect(beforehand('2024-01-25T08:00:00', new Date('2024-01-20T10:00:00'))).toEqual({ day: '24/01/2024', time: '08:00' })
  })

  it('is soon where the day before is over, or no day is chosen', () => {
    const soon = { day: '24/01/2024', time: '10:30' }
    expect(beforehand('2024-01-25T08:00:00', new Date('2024-01-24T10:07:00'))).toEqual(soon)
    expect(beforehand(null, new Date('2024-01-24T10:07:00'))).toEqual(soon)
  })
})

describe('whether something was coming', () => {
  it('is so a moment after it came, and not long after', () => {
    expect(flowed(marked(900, 1000, 1100), 1050)).toBe(true)
    expect(flowed(marked(3800, 5000), 4000)).toBe(true)
    expect(flowed(marked(0, 5000), 4000)).toBe(false)
    expect(flowed(marked(0, 100), 1000)).toBe(false)
    expect(flowed(marked(2000, 2100), 1000)).toBe(false)
    expect(flowed(noGaps, 1000)).toBe(false)
  })
})

describe('what has come', () => {
  it('is sound by packets and by what can be heard, and pictures of the program alone', () => {
    const report = [
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 7, totalAudioEnergy: 0.5 },
      { type: 'inbound-rtp', kind: 'video', mid: 'program', framesDecoded: 3 },
      { type: 'inbound-rtp', kind: 'video', mid: 'content', framesDecoded: 9 },
      { type: 'outbound-rtp', kind: 'audio', packetsReceived: 99 },
    ]
    expect(arrived(report)).toEqual({ packets: 7, energy: 0.5, frames: 3 })
  })
})
