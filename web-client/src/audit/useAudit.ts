/** The audit log page's state: what was asked, what came, and whether the chains stand. */
import { computed, reactive, ref, shallowRef } from 'vue'

import { ask, OfficeError } from '../device/office'
import {
  NO_FILTERS,
  queryOf,
  type Chain,
  type Deed,
  type DeedPage,
  type Filters,
  type Standing,
} from './deeds'

/** One screen of deeds; further ones are asked for. */
const PAGE = 50
/** A look at every row of a year takes longer than other answers. */
const LOOK_MS = 120_000

export function useAudit() {
  const filters = reactive<Filters>({ ...NO_FILTERS })
  const asked = ref(queryOf(filters).toString())
  const deeds = shallowRef<readonly Deed[]>([])
  const next = ref<string | null>(null)
  const chains = shallowRef<readonly Chain[]>([])
  const standing = shallowRef<Standing | null>(null)
  const busy = ref(false)
  const looking = ref(false)
  /** The status of the last refusal; 0: the office can't be reached; null: none. */
  const failed = ref<number | null>(null)
  let turn = 0

  async function fetchPage(before: string | null): Promise<DeedPage | null> {
    const mine = ++turn
    const query = new URLSearchParams(asked.value)
    query.set('limit', String(PAGE))
    if (before !== null) query.set('before', before)
    busy.value = true
    try {
      const page = await ask<DeedPage>('GET', `/audit?${query}`)
      failed.value = null
      // What was asked for meanwhile is newer.
      return mine === turn ? page : null
    } catch (error) {
      if (!(error instanceof OfficeError)) throw error
      if (mine === turn) failed.value = error.status
      return null
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  async function search(): Promise<void> {
    asked.value = queryOf(filters).toString()
    const page = await fetchPage(null)
    if (page === null) return
    deeds.value = page.deeds
    next.value = page.next
  }

  async function more(): Promise<void> {
    const page = await fetchPage(next.value)
    if (page === null) return
    deeds.value = [...deeds.value, ...page.deeds]
    next.value = page.next
  }

  async function look(): Promise<void> {
    looking.value = true
    try {
      const answer = await fetch('/api/v1/audit/standing', { signal: AbortSignal.timeout(LOOK_MS) })
      standing.value = answer.ok ? ((await answer.json()) as Standing) : null
      chains.value = await ask<Chain[]>('GET', '/audit/chains')
    } catch {
      standing.value = null
    } finally {
      looking.value = false
    }
  }

  function reset(): Promise<void> {
    Object.assign(filters, NO_FILTERS)
    return search()
  }

  return {
    filters,
    deeds,
    next,
    chains,
    standing,
    busy,
    looking,
    failed,
    exportUrl: computed(() => `/api/v1/audit/export.csv?${asked.value}`),
    filtered: computed(() => asked.value !== ''),
    search,
    more,
    look,
    reset,
  }
}
