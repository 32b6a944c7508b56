/** The room waits at the fronts of its MCUs to be called; what they call to, as reactive state. */

import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import type { Challenge, DeviceProof } from '../signalling/protocol'
import { BellSocket } from './bellSocket'
import { answerTo, passedOver, roundOf, type Ring } from './rings'

export interface BellOptions {
  /** The origins of the fronts; as the office last said, also while it is away. */
  fronts: Ref<readonly string[]>
  meeting: Ref<string | null>
  prove: (challenge: Challenge) => Promise<DeviceProof>
}

/** More than any room is told; whoever lists more has the others passed over. */
const MOST = 4

export function useBell({ fronts, meeting, prove }: BellOptions) {
  const sockets = new Map<string, BellSocket>()
  const waiting = ref<ReadonlySet<string>>(new Set())
  const rings = shallowRef<ReadonlyMap<string, Ring>>(new Map())
  const aside = shallowRef<ReadonlySet<string>>(new Set())

  function dial(origins: readonly string[]): void {
    const wanted = new Set(origins.slice(0, MOST))
    for (const [origin, socket] of sockets) {
      if (wanted.has(origin)) continue
      socket.close()
      sockets.delete(origin)
    }
    for (const origin of wanted) {
      if (sockets.has(origin)) continue
      sockets.set(
        origin,
        new BellSocket(origin, {
          prove,
          standing: () => ({ meeting: meeting.value, declined: declined() }),
          on_ring: take,
          on_over: forget,
          on_waiting: (waits) => mark(origin, waits),
        }),
      )
    }
  }

  /** Several fronts tell of the same call. */
  function take(ring: Ring): void {
    const known = rings.value.get(ring.conference)
    if (known !== undefined && known.round >= ring.round && known.policy === ring.policy) return
    rings.value = new Map(rings.value).set(ring.conference, ring)
  }

  function forget(conference: string): void {
    const left = new Map(rings.value)
    if (left.delete(conference)) rings.value = left
  }

  function putAside(ring: Ring): void {
    aside.value = new Set([...aside.value, roundOf(ring)])
  }

  function wantAfterAll(ring: Ring): void {
    aside.value = new Set([...aside.value].filter((one) => one !== roundOf(ring)))
  }

  function declined(): string[] {
    return passedOver(rings.value.values(), now()).map(({ conference }) => conference)
  }

  function mark(origin: string, waits: boolean): void {
    const left = [...waiting.value].filter((one) => one !== origin)
    waiting.value = new Set(waits ? [...left, origin] : left)
  }

  function now() {
    return { meeting: meeting.value, aside: aside.value }
  }

  watch(() => [...fronts.value], dial, { immediate: true })
  watch([meeting, aside], () => sockets.forEach((socket) => socket.stand()))
  onScopeDispose(() => dial([]))

  return {
    rings,
    /** It can be called. */
    waits: computed(() => waiting.value.size > 0),
    answer: computed(() => answerTo(rings.value.values(), now())),
    passed: computed(() => passedOver(rings.value.values(), now())),
    putAside,
    wantAfterAll,
    forget,
  }
}
