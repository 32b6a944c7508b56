/** The JPEG quality of a still picture: as good as the size allows, found again for each room. */

/** The MCU refuses 8 KiB; this leaves room for a picture with more in it than the last. */
export const STILL_BYTES = 7 * 1024
const BEST = 0.7
const WORST = 0.1
const STEP = 0.1

export type Encode = (quality: number) => Promise<Blob | null>

/**
 * Finds the quality by trying: down until a picture fits, and up again by one step when there is
 * room to spare. One encoding is the habit.
 */
export class StillQuality {
  private quality = BEST

  /** The picture at the best quality that fits; null when none does, or there is none. */
  async encode(encode: Encode): Promise<Blob | null> {
    for (let quality = this.quality; quality >= WORST - 0.001; quality -= STEP) {
      const blob = await encode(round(quality))
      if (blob === null) return null
      if (blob.size <= STILL_BYTES) {
        this.quality = blob.size < STILL_BYTES / 2 ? Math.min(BEST, quality + STEP) : quality
        return blob
      }
    }
    this.quality = WORST
    return null
  }
}

function round(quality: number): number {
  return Math.round(quality * 100) / 100
}
