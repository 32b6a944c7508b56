/** Which of its two lists the chair's left column shows; remembered for this window. */

import { ref, watch } from 'vue'

export type Side = 'scenario' | 'sites'
const KEY = 'nhipcau.side'

export function useSide() {
  const side = ref<Side>(sessionStorage.getItem(KEY) === 'sites' ? 'sites' : 'scenario')
  watch(side, (now) => sessionStorage.setItem(KEY, now))
  return side
}
