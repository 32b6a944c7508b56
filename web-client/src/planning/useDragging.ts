/** A row of a list is dragged by its handle; the list scrolls along at its edges. */

import { onUnmounted, ref, type Ref } from 'vue'

const EDGE_PX = 48
const SCROLL_PX = 14

/** The order of rows in which one stands elsewhere. Pure. */
export function reordered(count: number, from: number | null, to: number): number[] {
  const rows = Array.from({ length: count }, (_, n) => n)
  if (from === null) return rows
  rows.splice(to, 0, ...rows.splice(from, 1))
  return rows
}

/** `offsets`: where each row begins, px, with the whole height last; `drop` is told once it is let go. */
export function useDragging(box: Ref<HTMLElement | null>, offsets: Ref<readonly number[]>, drop: (from: number, to: number) => void) {
  const from = ref<number | null>(null)
  const to = ref(0)
  let pointerY = 0
  let scrolling: ReturnType<typeof setInterval> | undefined

  function follow(): void {
    const element = box.value
    if (!element || from.value === null) return
    const rect = element.getBoundingClientRect()
    const y = pointerY - rect.top + element.scrollTop
    const rows = offsets.value.length - 1
    const over = offsets.value.findLastIndex((top) => top <= y)
    to.value = Math.max(0, Math.min(over, rows - 1))
  }

  function scroll(): void {
    const element = box.value
    if (!element) return
    const { top, bottom } = element.getBoundingClientRect()
    if (pointerY < top + EDGE_PX) element.scrollTop -= SCROLL_PX
    else if (pointerY > bottom - EDGE_PX) element.scrollTop += SCROLL_PX
    follow()
  }

  function moved(event: PointerEvent): void {
    pointerY = event.clientY
    follow()
  }

  function end(event: Event): void {
    const [start, place] = [from.value, to.value]
    stop()
    if (event.type === 'pointerup' && start !== null && start !== place) drop(start, place)
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'Escape') stop()
  }

  function stop(): void {
    from.value = null
    clearInterval(scrolling)
    removeEventListener('pointermove', moved)
    removeEventListener('pointerup', end)
    removeEventListener('pointercancel', end)
    removeEventListener('keydown', key)
  }

  function grab(event: PointerEvent, row: number): void {
    if (event.button !== 0) return
    event.preventDefault()
    from.value = row
    to.value = row
    pointerY = event.clientY
    scrolling = setInterval(scroll, 30)
    addEventListener('pointermove', moved)
    addEventListener('pointerup', end)
    addEventListener('pointercancel', end)
    addEventListener('keydown', key)
  }

  onUnmounted(stop)
  return { from, grab, order: (count: number) => reordered(count, from.value, to.value) }
}
