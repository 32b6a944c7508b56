import { onMounted, onUnmounted, ref } from 'vue'

export function useFullscreen() {
  const full = ref(false)
  const look = () => {
    full.value = document.fullscreenElement !== null
  }

  async function toggle(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen?.()
  }

  onMounted(() => document.addEventListener('fullscreenchange', look))
  onUnmounted(() => document.removeEventListener('fullscreenchange', look))
  return { full, toggle }
}
