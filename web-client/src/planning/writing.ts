/** The changes of one meeting's page on their way: shown at once, sent one batch at a time, none lost. */

import { computed, ref, shallowRef, type ShallowRef } from 'vue'

import { fetchPlan, PlanningError, sendChanges } from './api'
import { keep, kept } from './keeping'
import { applied } from './parts'
import { insisted, pend, queued, rebased, troubled, type Pending, type Trouble } from './pending'
import type { Change, Plan } from './types'

/** How long to wait before an office that can't be reached is asked again. */
const AGAIN_MS = 3000

export type Saving = 'saved' | 'sending' | 'stuck'

export interface Writing {
  /** The plan as the office has it. */
  confirmed: ShallowRef<Plan | null>
  /** The same with everything that is on its way. */
  shown: Readonly<ShallowRef<Plan | null>>
  troubles: ShallowRef<readonly Trouble[]>
  saving: Readonly<ShallowRef<Saving>>
  /** When the last batch was written, ms; null: none was yet. */
  savedMs: Readonly<ShallowRef<number | null>>
  /** Whether the sign-in is over: what is pending goes on after the next one. */
  signedOut: Readonly<ShallowRef<boolean>>
  accept: (plan: Plan) => void
  /** `seen`: the value that the first change began from, where others may have written since. */
  write: (changes: readonly Change[], seen?: unknown) => void
  insist: (trouble: Trouble) => void
  drop: (trouble: Trouble) => void
  /** Resolves once nothing is on its way, or nothing can go on. */
  settle: () => Promise<void>
  stop: () => void
}

export function useWriting(meeting: string, who: string): Writing {
  const confirmed = shallowRef<Plan | null>(null)
  const troubles = shallowRef<readonly Trouble[]>([])
  const queue = shallowRef<readonly Pending[]>([])
  const sent = shallowRef<readonly Pending[]>([])
  const saving = ref<Saving>('saved')
  const savedMs = ref<number | null>(null)
  const signedOut = ref(false)
  const shown = computed(() => [...sent.value, ...queue.value].reduce<Plan | null>(lay, confirmed.value))
  let restored = false
  let running: Promise<void> | null = null
  let waiting: ReturnType<typeof setTimeout> | undefined
  /** How many batches still go one change at a time, to find the one that the office refuses. */
  let single = 0

  function lay(plan: Plan | null, one: Pending): Plan | null {
    return plan && applied(plan, one.change)
  }

  function remember(): void {
    keep(who, meeting, { queue: [...sent.value, ...queue.value], troubles: [...troubles.value] })
  }

  /** A newer plan has come: what is on its way is laid on it. */
  function accept(plan: Plan): void {
    if (!restored) {
      restored = true
      const old = kept(who, meeting)
      queue.value = old.queue
      troubles.value = old.troubles
    }
    const laid = rebased(queue.value, plan)
    confirmed.value = plan
    queue.value = laid.queue
    add(laid.troubles)
    if (queue.value.length) run()
  }

  function add(more: readonly Trouble[]): void {
    if (more.length === 0) return
    const parts = new Set(more.map(({ part, change }) => `${change.op} ${part}`))
    troubles.value = [...troubles.value.filter(({ part, change }) => !parts.has(`${change.op} ${part}`)), ...more]
    remember()
  }

  function write(changes: readonly Change[], seen?: unknown): void {
    for (const change of changes) {
      const plan = shown.value
      if (plan === null) return
      const one = pend(plan, change)
      const laid = seen === undefined ? { queue: [one], troubles: [] } : rebased([{ ...one, base: seen }], plan)
      queue.value = laid.queue.reduce<readonly Pending[]>(queued, queue.value)
      add(laid.troubles)
    }
    remember()
    run()
  }

  function run(): void {
    clearTimeout(waiting)
    running ??= pump().finally(() => {
      running = null
    })
  }

  async function pump(): Promise<void> {
    // Whatever is changed in one go is sent in one.
    await Promise.resolve()
    while (queue.value.length && confirmed.value) {
      saving.value = 'sending'
      const batch = single > 0 ? 1 : queue.value.length
      single = Math.max(0, single - 1)
      sent.value = queue.value.slice(0, batch)
      queue.value = queue.value.slice(batch)
      if (!(await sendBatch(confirmed.value))) break
    }
    if (queue.value.length === 0) saving.value = 'saved'
    remember()
  }

  /** Send what is in `sent`; false: it is no use to go on now. */
  async function sendBatch(seen: Plan): Promise<boolean> {
    const batch = sent.value
    try {
      const { plan } = await sendChanges(meeting, seen.revision, batch.map(({ change }) => change))
      sent.value = []
      savedMs.value = Date.now()
      signedOut.value = false
      const laid = rebased(queue.value, plan)
      queue.value = laid.queue
      confirmed.value = plan
      add(laid.troubles)
      return true
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      return refused(error, batch)
    }
  }

  async function refused(error: PlanningError, batch: readonly Pending[]): Promise<boolean> {
    if (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500) {
      return putBack(batch, error)
    }
    if (error.status === 409) return lookAgain(error, batch)
    if (batch.length > 1) {
      queue.value = [...batch, ...queue.value]
      sent.value = []
      single = batch.length
      return true
    }
    const plan = confirmed.value
    sent.value = []
    if (plan) add(batch.map((one) => troubled(one, plan, 'refused', error.detail)))
    return true
  }

  function putBack(batch: readonly Pending[], error: PlanningError): false {
    queue.value = [...batch, ...queue.value]
    sent.value = []
    saving.value = 'stuck'
    signedOut.value = error.status === 401
    waiting = setTimeout(run, Math.max(AGAIN_MS, (error.retryS ?? 0) * 1000))
    return false
  }

  /** The office has another plan than was seen: lay the changes on that one. */
  async function lookAgain(error: PlanningError, batch: readonly Pending[]): Promise<boolean> {
    let plan: Plan
    try {
      plan = await fetchPlan(meeting)
    } catch (again) {
      if (!(again instanceof PlanningError)) throw again
      return putBack(batch, again)
    }
    const all = [...batch, ...queue.value]
    confirmed.value = plan
    sent.value = []
    if (error.code === 'frozen' || error.code === 'outdated') {
      queue.value = []
      add(all.map((one) => troubled(one, plan, error.code === 'frozen' ? 'frozen' : 'late', error.detail)))
      return true
    }
    const laid = rebased(all, plan)
    queue.value = laid.queue
    add(laid.troubles)
    return true
  }

  function drop(trouble: Trouble): void {
    troubles.value = troubles.value.filter((one) => one !== trouble)
    remember()
  }

  function insist(trouble: Trouble): void {
    if (shown.value === null) return
    const change = insisted(trouble, shown.value)
    drop(trouble)
    if (change) write([change])
  }

  async function settle(): Promise<void> {
    await running
  }

  return {
    confirmed,
    shown,
    troubles,
    saving,
    savedMs,
    signedOut,
    accept,
    write,
    insist,
    drop,
    settle,
    stop: () => clearTimeout(waiting),
  }
}
