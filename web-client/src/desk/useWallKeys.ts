/** The wall under the arrow keys: one tile is a stop of the Tab key, arrows go to its neighbours. */

import { computed, nextTick, ref, type Ref } from 'vue'

import type { WallLine } from './wallLines'

interface Wall {
  lines: Readonly<Ref<readonly WallLine[]>>
  visible: Readonly<Ref<readonly string[]>>
  /** Scroll so that a line is in the window. */
  reveal: (line: number) => void
}

const STEPS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function useWallKeys({ lines, visible, reveal }: Wall) {
  const last = ref<string | null>(null)
  const stop = computed(() =>
    last.value !== null && visible.value.includes(last.value)
      ? last.value
      : (visible.value[0] ?? null),
  )

  function focused(event: FocusEvent): void {
    const site = event.target instanceof HTMLElement ? event.target.dataset['site'] : undefined
    if (site !== undefined) last.value = site
  }

  function press(event: KeyboardEvent): void {
    const step = STEPS[event.key]
    if (step === undefined || stop.value === null) return
    event.preventDefault()
    const to = neighbour(lines.value, stop.value, step)
    if (to === null) return
    last.value = to.site
    const wall = event.currentTarget as HTMLElement
    if (!visible.value.includes(to.site)) reveal(to.line)
    void nextTick(() => {
      wall.querySelector<HTMLElement>(`[data-site="${CSS.escape(to.site)}"]`)?.focus()
    })
  }

  return { stop, focused, press }
}

/** The tile beside, above or below; across the end of a line goes on in the next. */
export function neighbour(
  lines: readonly WallLine[],
  site: string,
  [across, down]: readonly [number, number],
): { site: string; line: number } | null {
  const line = lines.findIndex(({ sites }) => sites.includes(site))
  const column = lines[line]?.sites.indexOf(site) ?? 0
  if (down !== 0) {
    const sites = lines[line + down]?.sites
    const found = sites?.[Math.min(column, sites.length - 1)]
    return found === undefined ? null : { site: found, line: line + down }
  }
  const beside = lines[line]?.sites[column + across]
  if (beside !== undefined) return { site: beside, line }
  const found = lines[line + across]?.sites.at(across > 0 ? 0 : -1)
  return found === undefined ? null : { site: found, line: line + across }
}
