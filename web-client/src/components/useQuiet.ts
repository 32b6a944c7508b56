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

  onMounted(() => {
    for (const sign of SIGNS) addEventListener(sign, touch, { passive: true })
    touch()
  })
  onUnmounted(() => {
    clearTimeout(timer)
    for (const sign of SIGNS) removeEventListener(sign, touch)
  })
  return quiet
}
