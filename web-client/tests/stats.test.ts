import { describe, expect, it } from 'vitest'

import { count, measure, packetAgeMs, qualityOf, worse } from '../src/media/stats'

const report = (packets: number, lost: number, frames: number) => [
  {
    type: 'inbound-rtp',
    mid: 'program',
    packetsReceived: packets,
    packetsLost: lost,
    framesDecoded: frames,
    frameWidth: 1280,
    frameHeight: 720,
    freezeCount: 0,
    jitter: 0.004,
  },
  {
    type: 'inbound-rtp',
    mid: 'sound',
    packetsReceived: packets,
    packetsLost: 0,
    jitter: 0.012,
    concealedSamples: 0,
    totalSamplesReceived: packets * 960,
  },
  { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 },
  { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
  { type: 'remote-inbound-rtp', fractionLost: 0.01 },
]

describe('statistics', () => {
  it('measure what happened between two looks', () => {
    const measured = measure(count(report(0, 0, 0), 0), count(report(90, 20, 50), 2000))
    expect(measured).toEqual({
      rtt_ms: 20,
      loss_up: 0.01,
      loss_down: 0.1,
      jitter_ms: 12,
      fps: 25,
      freezes: 0,
      width: 1280,
      height: 720,
      sound_gap: 0,
    })
  })

  it('stay within the schema when counters go back', () => {
    const measured = measure(count(report(90, 20, 50), 0), count(report(0, 0, 0), 2000))
    expect(measured).toMatchObject({ loss_down: 0, fps: 0, freezes: 0 })
  })

  it('say nothing of a line that was not measured', () => {
    const measured = measure(count([], 0), count([], 2000))
    expect(measured).not.toHaveProperty('rtt_ms')
    expect(measured).not.toHaveProperty('loss_up')
  })

  it('become a word that worsens at once and heals slowly', () => {
    expect(qualityOf({ loss_down: 0.005, rtt_ms: 40 })).toBe('good')
    expect(qualityOf({ loss_down: 0.05 })).toBe('fair')
    expect(qualityOf({ loss_up: 0.2 })).toBe('poor')
    expect(qualityOf({ rtt_ms: 900 })).toBe('poor')
    expect(worse('good', 'poor')).toBe('poor')
  })
})

it('the age of the last packet is that of the youngest line, by the clock of the report', () => {
  const line = (timestamp: number, last?: number) => ({
    type: 'inbound-rtp',
    timestamp,
    ...(last === undefined ? {} : { lastPacketReceivedTimestamp: last }),
  })
  expect(packetAgeMs([line(5000, 4100), line(5000, 4880), { type: 'transport', timestamp: 5000 }])).toBe(120)
  expect(packetAgeMs([line(5000), line(5000, 4900)])).toBe(100)
  expect(packetAgeMs([line(5000)])).toBeNull()
})
