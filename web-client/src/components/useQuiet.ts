/** Controls that go when nobody touches anything, and come at the first touch. */
import { onMounted, onUnmounted, ref } from 'vue'

const QUIET_MS = 4000
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'focusin'] as const

export function useQuiet() {
  const quiet = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function touch(): void {
    quiet.value = false
    clearTimeout(timer)
    timer = setTimeout(() => (quiet.value = true), QUIET_MS)
  }

  /** A finger that wakes the controls must not press the one it happens to land on. */
  let waking = false

  function wake(event: PointerEvent): void {
    waking = event.pointerType === 'touch' && quiet.value
  }

  function swallow(event: MouseEvent): void {
    if (waking) event.stopPropagation()
    waking = false
  }

  onMounted(() => {
    addEventListener('pointerdown', wake, { capture: true, passive: true })
    addEventListener('click', swallow, { capture: true })
    for (const sign of SIGNS) addEventListener(sign, touch, { passive: true })
    touch()
  })
  onUnmounted(() => {
    clearTimeout(timer)
    removeEventListener('pointerdown', wake, { capture: true })
    removeEventListener('click', swallow, { capture: true })
    for (const sign of SIGNS) removeEventListener(sign, touch)
  })
  return quiet
}
