/** Which rows of a long list are drawn: those in sight of its box and a few around them. */

import { computed, nextTick, onMounted, onUnmounted, ref, type Ref } from 'vue'

const AROUND_PX = 400

export interface Drawn {
  index: number
  top: number
}

/** The rows between two heights, by the offsets of all rows (one more than there are rows). Pure. */
export function drawnRows(offsets: readonly number[], from: number, to: number): Drawn[] {
  let first = 0
  let last = offsets.length - 1
  while (first < last) {
    const middle = (first + last) >> 1
    if ((offsets[middle + 1] ?? Infinity) <= from) first = middle + 1
    else last = middle
  }
  const drawn: Drawn[] = []
  for (let index = first; index < offsets.length - 1; index++) {
    const top = offsets[index] ?? 0
    if (top >= to) break
    drawn.push({ index, top })
  }
  return drawn
}

/** Heights as offsets from the top, with the whole height last. Pure. */
export function offsetsOf(heights: readonly number[]): number[] {
  const offsets = [0]
  for (const height of heights) offsets.push((offsets.at(-1) ?? 0) + height)
  return offsets
}

/** `heights`: of every row, px; `box`: what scrolls. */
export function useWindow(box: Ref<HTMLElement | null>, heights: () => readonly number[]) {
  const scrolled = ref(0)
  const height = ref(600)
  const offsets = computed(() => offsetsOf(heights()))
  const drawn = computed(() => drawnRows(offsets.value, scrolled.value - AROUND_PX, scrolled.value + height.value + AROUND_PX))
  const total = computed(() => offsets.value.at(-1) ?? 0)
  const observer = new ResizeObserver(([entry]) => {
    if (entry) height.value = entry.contentRect.height
  })

  function scroll(): void {
    if (box.value) scrolled.value = box.value.scrollTop
  }

  /** Bring a row into sight. */
  async function show(index: number): Promise<void> {
    const element = box.value
    const [top, end] = [offsets.value[index], offsets.value[index + 1]]
    if (!element || top === undefined || end === undefined) return
    if (top < element.scrollTop) element.scrollTop = top
    else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight
    scroll()
    await nextTick()
  }

  onMounted(() => {
    if (!box.value) return
    observer.observe(box.value)
    box.value.addEventListener('scroll', scroll, { passive: true })
  })
  onUnmounted(() => observer.disconnect())

  return { drawn, offsets, total, show }
}
