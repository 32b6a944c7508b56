/** The units below the tops that one administers, loaded as they are opened or searched. */

import { computed, onUnmounted, reactive, ref, shallowReactive, shallowRef, watch } from 'vue'

import { ask } from '../device/office'
import { useAttempt } from '../people/useAttempt'
import { unitLines, type Unit, type UnitLine } from './unitTree'

/** The office's longest page; a unit with more below it is asked again. */
const PAGE = 1000
/** More hits than anyone reads; whoever wants fewer types more. */
const HITS = 200
const TYPING_MS = 200

interface UnitsPage {
  total: number
  units: Unit[]
}

async function all(query: string): Promise<Unit[]> {
  const units: Unit[] = []
  for (;;) {
    const page = await ask<UnitsPage>('GET', `/units?${query}&limit=${PAGE}&offset=${units.length}`)
    units.push(...page.units)
    if (page.units.length === 0 || units.length >= page.total) return units
  }
}

/** `roots`: the units whose subtrees are shown; null: the whole tree. `asOf`: the day, "": today. */
export function useUnits(roots: () => readonly (string | null)[], asOf: () => string = () => '') {
  const { problem, attempt } = useAttempt('units')
  const tops = shallowRef<readonly Unit[]>([])
  const below = shallowReactive(new Map<string, readonly Unit[]>())
  const open = reactive(new Set<string>())
  const query = ref('')
  const hits = shallowRef<{ units: readonly Unit[]; total: number } | null>(null)
  const loaded = ref(false)
  const lines = computed<UnitLine[]>(() =>
    hits.value
      ? hits.value.units.map((unit) => ({ unit, depth: 0, open: false, waiting: false }))
      : unitLines(tops.value, below, open),
  )
  let typing: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  function day(): string {
    return asOf() ? `&as_of=${asOf()}` : ''
  }

  async function start(): Promise<void> {
    await attempt(async () => {
      const parts = await Promise.all(
        roots().map(async (root) => {
          if (root === null) return all(`top=true${day()}`)
          const page = await ask<UnitsPage>('GET', `/units?within=${encodeURIComponent(root)}&limit=1${day()}`)
          return page.units
        }),
      )
      tops.value = parts.flat()
      loaded.value = true
    })
    if (tops.value.length <= 3) await Promise.all(tops.value.map(({ id }) => unfold(id)))
  }

  async function unfold(unit: string): Promise<void> {
    open.add(unit)
    if (below.has(unit)) return
    try {
      below.set(unit, await all(`parent=${encodeURIComponent(unit)}${day()}`))
    } catch (error) {
      open.delete(unit)
      await attempt(() => Promise.reject(error))
    }
  }

  async function search(text: string): Promise<void> {
    const mine = ++asked
    if (text === '') {
      hits.value = null
      return
    }
    await attempt(async () => {
      const words = `search=${encodeURIComponent(text)}&limit=${HITS}${day()}`
      const pages = await Promise.all(
        roots().map((root) =>
          ask<UnitsPage>('GET', `/units?${words}${root === null ? '' : `&within=${encodeURIComponent(root)}`}`),
        ),
      )
      if (mine !== asked) return
      hits.value = {
        units: pages.flatMap(({ units }) => units),
        total: pages.reduce((sum, { total }) => sum + total, 0),
      }
    })
  }

  watch(asOf, () => {
    below.clear()
    open.clear()
    void start()
  })
  watch(query, (text) => {
    clearTimeout(typing)
    typing = setTimeout(() => void search(text.trim()), TYPING_MS)
  })
  onUnmounted(() => clearTimeout(typing))
  void start()

  return { lines, query, hits, loaded, problem, unfold, fold: (unit: string) => open.delete(unit), start }
}
