/** One meeting's page: its plan, what its reader may do, edits that go on their way, undo. */

import { computed, inject, onScopeDispose, provide, reactive, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'

import { unitName as nameOfToday } from '../people/names'
import { fetchPlan, fetchRules, PlanningError, sendStep } from './api'
import { applied, inverse } from './parts'
import type { Trouble } from './pending'
import type { Change, Fields, Header, Plan, PlanProblem, Rules, Section, Step } from './types'
import { useWriting, type Saving } from './writing'

/** How often to look whether others wrote, while the page is in sight. */
const LOOK_MS = 15_000
const LONGEST_UNDO = 200

export interface PlanPage {
  id: string
  /** As it is with everything that is on its way; null until it has come. */
  plan: Readonly<Ref<Plan | null>>
  /** Of what the office has; counts up with every writing. */
  confirmedRevision: ComputedRef<number>
  rules: Readonly<Ref<Rules | null>>
  /** The last refusal of the page as a whole; null: none. */
  failed: Readonly<Ref<PlanningError | null>>
  /** A draft that its reader may write. */
  editable: ComputedRef<boolean>
  may: (deed: string) => boolean
  saving: Readonly<Ref<Saving>>
  savedMs: Readonly<Ref<number | null>>
  signedOut: Readonly<Ref<boolean>>
  troubles: Readonly<Ref<readonly Trouble[]>>
  troublesOf: (part: string) => Trouble[]
  insist: (trouble: Trouble) => void
  drop: (trouble: Trouble) => void
  /** Make changes; they can be undone together. */
  edit: (...changes: Change[]) => void
  /** Write a field of the header; `seen`: what stood there when its writer began. */
  setField: <K extends keyof Header>(name: K, value: Header[K] | true, seen?: Header[K]) => void
  /** Write some fields of a row; `seen`: what stood in them when their writer began. */
  setRow: <S extends Section>(section: S, id: string, fields: Partial<Fields<S>>, seen?: Partial<Fields<S>>) => void
  /** Add a row after another (left out: at the end); returns its id. */
  addRow: <S extends Section>(section: S, fields: Fields<S>, after?: string | null) => string
  moveRow: (section: Section, id: string, after: string | null) => void
  removeRow: (section: Section, id: string) => void
  undo: () => void
  redo: () => void
  canUndo: ComputedRef<boolean>
  canRedo: ComputedRef<boolean>
  /** Take a step of the meeting's life; throws the office's refusal. */
  take: (step: Step, note?: string) => Promise<string>
  problems: ComputedRef<readonly PlanProblem[]>
  problemsOf: (part: string) => readonly PlanProblem[]
  /** What a unit was called on the meeting's day; one that the plan does not name, as today. */
  unitName: (unit: string) => string
  /** Say what a unit is called that was just chosen; the plan knows it after its writing. */
  learnName: (unit: string, name: string) => void
  reload: () => Promise<void>
  /** Resolves once everything that was written is with the office, or can't go on. */
  settled: () => Promise<void>
}

const KEY: InjectionKey<PlanPage> = Symbol('plan')

/** The meeting of the page that a component stands on. */
export function usePlanPage(): PlanPage {
  const page = inject(KEY)
  if (!page) throw new Error('no meeting is open here')
  return page
}

/** A new id for a row. */
export function newRowId(letter: string): string {
  return `${letter}${Date.now().toString(36)}${Math.floor(Math.random() * 46_656).toString(36)}`
}

export function usePlan(id: string, who: string): PlanPage {
  const writing = useWriting(id, who)
  const { shown, confirmed } = writing
  const failed = shallowRef<PlanningError | null>(null)
  const rules = shallowRef<Rules | null>(null)
  const done = shallowRef<readonly Change[][]>([])
  const undone = shallowRef<readonly Change[][]>([])
  const stepping = ref(false)
  const learned = reactive(new Map<string, string>())
  const byPart = computed(() => {
    const found = new Map<string, PlanProblem[]>()
    for (const one of shown.value?.problems ?? []) found.set(one.part, [...(found.get(one.part) ?? []), one])
    return found
  })
  const may = (deed: string): boolean => confirmed.value?.may.includes(deed) ?? false
  const editable = computed(
    () => confirmed.value?.state === 'draft' && confirmed.value.edition === null && may('meetings.change') && !stepping.value,
  )

  async function reload(): Promise<void> {
    try {
      const plan = await fetchPlan(id)
      // While something is on its way the answer to that is newer.
      if (writing.saving.value === 'sending') return
      if (plan.revision !== confirmed.value?.revision || plan.seal !== confirmed.value.seal) writing.accept(plan)
      failed.value = null
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      if (confirmed.value === null || error.status !== 0) failed.value = error
    }
  }

  /** Write changes; returns what takes them back. */
  function write(changes: readonly Change[], seen?: unknown): Change[] {
    let plan = shown.value
    const back: Change[] = []
    for (const change of changes) {
      if (plan === null) return back
      back.unshift(...inverse(plan, change))
      plan = applied(plan, change)
    }
    writing.write(changes, seen)
    return back
  }

  function change(changes: readonly Change[], seen?: unknown): void {
    if (!editable.value) return
    const back = write(changes, seen)
    if (back.length === 0) return
    done.value = [...done.value.slice(-LONGEST_UNDO), back]
    undone.value = []
  }

  function setField<K extends keyof Header>(name: K, value: Header[K] | true, seen?: Header[K]): void {
    if (shown.value?.header[name] !== value) change([{ op: 'set', part: `header/${name}`, value }], seen)
  }

  function setRow<S extends Section>(section: S, row: string, fields: Partial<Fields<S>>, seen?: Partial<Fields<S>>): void {
    const old = shown.value?.[section].find((one) => one.id === row)
    if (!old) return
    const { id: _id, place: _place, ...all } = old
    change([{ op: 'set', part: `${section}/${row}`, value: { ...all, ...fields } }], seen && { ...all, ...seen })
  }

  function addRow<S extends Section>(section: S, fields: Fields<S>, after: string | null = null): string {
    const row = newRowId(section.charAt(0))
    change([{ op: 'set', part: `${section}/${row}`, value: fields, ...(after === null ? {} : { after }) }])
    return row
  }

  function step(from: typeof done, to: typeof done): void {
    const last = from.value.at(-1)
    if (!last || !editable.value) return
    from.value = from.value.slice(0, -1)
    to.value = [...to.value, write(last)]
  }

  async function take(wanted: Step, note = ''): Promise<string> {
    await writing.settle()
    const plan = confirmed.value
    if (plan === null) return ''
    stepping.value = true
    try {
      const { plan: next, briefing } = await sendStep(plan, wanted, note)
      writing.accept(next)
      done.value = undone.value = []
      return briefing
    } catch (error) {
      if (error instanceof PlanningError && error.status === 409) await reload()
      throw error
    } finally {
      stepping.value = false
    }
  }

  function leaving(event: BeforeUnloadEvent): void {
    if (writing.saving.value !== 'saved') event.preventDefault()
  }

  const looking = setInterval(() => {
    if (document.visibilityState === 'visible' && writing.saving.value === 'saved') void reload()
  }, LOOK_MS)
  addEventListener('beforeunload', leaving)
  onScopeDispose(() => {
    clearInterval(looking)
    removeEventListener('beforeunload', leaving)
    writing.stop()
  })
  void reload()
  void fetchRules().then(
    (found) => (rules.value = found),
    () => undefined,
  )

  const page: PlanPage = {
    id,
    plan: shown,
    confirmedRevision: computed(() => confirmed.value?.revision ?? 0),
    rules,
    failed,
    editable,
    may,
    saving: writing.saving,
    savedMs: writing.savedMs,
    signedOut: writing.signedOut,
    troubles: writing.troubles,
    troublesOf: (part) => writing.troubles.value.filter((one) => one.part === part),
    insist: writing.insist,
    drop: writing.drop,
    edit: (...changes) => change(changes),
    setField,
    setRow,
    addRow,
    moveRow: (section, row, after) => change([{ op: 'move', part: `${section}/${row}`, after }]),
    removeRow: (section, row) => change([{ op: 'remove', part: `${section}/${row}` }]),
    undo: () => step(done, undone),
    redo: () => step(undone, done),
    canUndo: computed(() => editable.value && done.value.length > 0),
    canRedo: computed(() => editable.value && undone.value.length > 0),
    take,
    problems: computed(() => shown.value?.problems ?? []),
    problemsOf: (part) => byPart.value.get(part) ?? [],
    unitName: (unit) => shown.value?.names[unit]?.display_name ?? learned.get(unit) ?? nameOfToday(unit),
    learnName: (unit, name) => learned.set(unit, name),
    reload,
    settled: writing.settle,
  }
  provide(KEY, page)
  return page
}
