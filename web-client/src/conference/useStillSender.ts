/**
 * Sends a small still picture of the camera while the MCU asks for one, whether or not the camera
 * itself is being sent.
 */

import { onScopeDispose, watch } from 'vue'

import { StillQuality } from '../media/stillQuality'
import type { Conference } from './useConference'

const WIDTH = 320
const HEIGHT = 180
/** Enough for a camera that was just opened to show something. */
const FIRST_MS = 300

export function useStillSender(conference: Conference): void {
  const { upstream, capture, joined, sendStill } = conference
  const quality = new StillQuality()
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const brush = canvas.getContext('2d', { alpha: false })
  const camera = document.createElement('video')
  camera.muted = true
  camera.playsInline = true
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Fit the camera's whole picture in, black where it has another shape. */
  function paint(): boolean {
    const { videoWidth, videoHeight } = camera
    if (!brush || videoWidth === 0) return false
    const scale = Math.min(WIDTH / videoWidth, HEIGHT / videoHeight)
    const [width, height] = [videoWidth * scale, videoHeight * scale]
    brush.fillRect(0, 0, WIDTH, HEIGHT)
    brush.drawImage(camera, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
    return true
  }

  function encode(at: number): Promise<Blob | null> {
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', at))
  }

  async function send(everyMs: number): Promise<void> {
    timer = setTimeout(() => void send(everyMs), everyMs)
    if (!paint()) return
    const jpeg = await quality.encode(encode)
    if (jpeg !== null && upstream.value.still_s > 0) sendStill(jpeg)
  }

  function stop(): void {
    clearTimeout(timer)
    camera.srcObject = null
  }

  watch(
    [() => upstream.value.still_s, capture.video, joined],
    ([everyS, track, here]) => {
      stop()
      if (everyS <= 0 || track === null || !here) return
      camera.srcObject = new MediaStream([track])
      // Refused when the page is being closed; the next track begins anew.
      camera.play().catch(() => undefined)
      timer = setTimeout(() => void send(everyS * 1000), FIRST_MS)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}
