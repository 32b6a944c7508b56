/** The MCU's clock on this page, once a second. */

import { onScopeDispose, ref, type Ref } from 'vue'

const TICK_MS = 1000

export function useNow(clockAheadMs: Ref<number>) {
  const nowMs = ref(Date.now() + clockAheadMs.value)
  const timer = setInterval(() => (nowMs.value = Date.now() + clockAheadMs.value), TICK_MS)
  onScopeDispose(() => clearInterval(timer))
  return nowMs
}
