/**
 * The bell: two soft notes for a meeting that starts, three sharp ones for an emergency, again and
 * again until somebody answers.
 */

import { onScopeDispose, watch, type Ref } from 'vue'

interface Tune {
  notesHz: readonly number[]
  noteS: number
  everyMs: number
  loudness: number
  shape: OscillatorType
}

export const MEETING: Tune = { notesHz: [659, 523], noteS: 0.35, everyMs: 2500, loudness: 0.18, shape: 'sine' }
export const EMERGENCY: Tune = { notesHz: [988, 784, 988], noteS: 0.22, everyMs: 1300, loudness: 0.34, shape: 'triangle' }

export function useRinging(rings: Ref<boolean>, tune: Tune = MEETING): void {
  let context: AudioContext | null = null
  let timer: ReturnType<typeof setInterval> | undefined

  function ring(): void {
    context ??= new AudioContext()
    // A browser may hold sound back until somebody has touched the page; the picture rings then.
    if (context.state === 'suspended') void context.resume()
    tune.notesHz.forEach((hertz, place) => note(context as AudioContext, tune, hertz, place * tune.noteS))
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
      timer = setInterval(ring, tune.everyMs)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}

function note(context: AudioContext, tune: Tune, hertz: number, inS: number): void {
  const at = context.currentTime + inS
  const tone = new OscillatorNode(context, { frequency: hertz, type: tune.shape })
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.linearRampToValueAtTime(tune.loudness, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + tune.noteS)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + tune.noteS)
}
