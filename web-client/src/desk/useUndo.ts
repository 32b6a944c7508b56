/** The chair's commands with the way back: what was done last, and for how long it can be undone. */

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import type { Conference } from '../conference/useConference'
import type { Command } from '../signalling/protocol'
import { doneSentence, secondsLeft, type Sentence } from './undo'

const TICK_MS = 200
/** What cannot be undone is still confirmed for as long. */
const CONFIRM_MS = 5000

export function useUndo({ state, roster, ask, clockAheadMs }: Conference) {
  const last = shallowRef<Sentence | null>(null)
  const nowMs = ref(Date.now())
  let doneMs = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const left = computed(() =>
    secondsLeft(state.value?.undo_ms ?? 0, nowMs.value + clockAheadMs.value),
  )
  /** Also a command of another page of the chair can be taken back here. */
  const said = computed<Sentence | null>(
    () => last.value ?? (left.value > 0 ? { key: 'done.other' } : null),
  )

  function tick(): void {
    nowMs.value = Date.now()
    if (left.value > 0 || nowMs.value - doneMs < CONFIRM_MS) return
    last.value = null
    clearInterval(timer)
    timer = undefined
  }

  function count(): void {
    nowMs.value = Date.now()
    timer ??= setInterval(tick, TICK_MS)
  }

  async function act(command: Command): Promise<boolean> {
    const sentence = doneSentence(command, (site) => roster.names.value.get(site) ?? site)
    if (!(await ask(command))) return false
    last.value = sentence
    doneMs = Date.now()
    count()
    return true
  }

  async function undo(): Promise<void> {
    if (!(await ask({ type: 'undo' }))) return
    last.value = { key: 'done.undone' }
    doneMs = Date.now()
    count()
  }

  watch(() => state.value?.undo_ms ?? 0, count)
  onScopeDispose(() => clearInterval(timer))
  return { said, left, act, undo }
}
