import { describe, expect, it } from 'vitest'

import { STILL_BYTES, StillQuality } from '../src/media/stillQuality'

const sized = (size: number) => new Blob([new Uint8Array(size)])

describe('the quality of a still', () => {
  it('goes down until the picture fits and stays there', async () => {
    const tried: number[] = []
    const still = new StillQuality()
    const encode = (quality: number) => {
      tried.push(quality)
      return Promise.resolve(sized(Math.round(quality * 2 * STILL_BYTES)))
    }
    expect((await still.encode(encode))?.size).toBeLessThanOrEqual(STILL_BYTES)
    expect(tried).toEqual([0.7, 0.6, 0.5])
    tried.length = 0
    await still.encode(encode)
    expect(tried).toEqual([0.5])
  })

  it('comes back up when there is room to spare', async () => {
    const still = new StillQuality()
    await still.encode((quality) => Promise.resolve(sized(quality > 0.3 ? 9000 : 7000)))
    const tried: number[] = []
    for (let n = 0; n < 3; n += 1) {
      await still.encode((quality) => {
        tried.push(quality)
        return Promise.resolve(sized(1000))
      })
    }
    expect(tried).toEqual([0.3, 0.4, 0.5])
  })

  it('gives up on a picture that never fits, and begins low with the next', async () => {
    const still = new StillQuality()
    expect(await still.encode(() => Promise.resolve(sized(9000)))).toBeNull()
    expect(await still.encode((quality) => Promise.resolve(sized(quality * 10_000)))).not.toBeNull()
    expect(await still.encode(() => Promise.resolve(null))).toBeNull()
  })
})
