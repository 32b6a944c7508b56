/** The bell of a meeting that starts: two soft notes, again and again until somebody answers. */

import { onScopeDispose, watch, type Ref } from 'vue'

const NOTES_HZ = [659, 523]
const NOTE_S = 0.35
const EVERY_MS = 2500
const LOUDNESS = 0.18

export function useRinging(rings: Ref<boolean>): void {
  let context: AudioContext | null = null
  let timer: ReturnType<typeof setInterval> | undefined

  function ring(): void {
    context ??= new AudioContext()
    // A browser may hold sound back until somebody has touched the page; the picture rings then.
    if (context.state === 'suspended') void context.resume()
    NOTES_HZ.forEach((hertz, place) => note(context as AudioContext, hertz, place * NOTE_S))
  }

  function stop(): void {
    clearInterval(timer)
    void context?.close()
    context = null
  }

  watch(
    rings,
    (on) => {
      stop()
      if (!on) return
      ring()
      timer = setInterval(ring, EVERY_MS)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}

function note(context: AudioContext, hertz: number, inS: number): void {
  const at = context.currentTime + inS
  const tone = new OscillatorNode(context, { frequency: hertz, type: 'sine' })
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + NOTE_S)
}
