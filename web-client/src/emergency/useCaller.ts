/** A leader's office as reactive state: what its front knows, what it called, what was refused. */

import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { CallerSocket, type Called, type Heard, type Welcome } from './callerSocket'
import type { Wish } from './choosing'
import { keepPass, type KeptPass } from './pass'

/** A press that no front answers within this time is told to be lost. */
const ANSWER_MS = 12_000

export function useCaller(pass: KeptPass) {
  const welcome = shallowRef<Welcome | null>(null)
  const rooms = shallowRef<Readonly<Record<string, string>>>({})
  const calls = shallowRef<readonly Called[]>([])
  const front = ref<string | null>(null)
  /** Why the pass is good no more. */
  const refused = ref<string | null>(null)
  /** Why the last press called nobody; `lost`: no front answered. */
  const failed = ref<string | null>(null)
  const pressing = ref(false)
  /** The MCU's clock minus ours, ms. */
  const aheadMs = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  const socket = new CallerSocket(pass.fronts, pass.text, {
    on_heard: handle,
    on_front: (now) => (front.value = now),
    on_refused: (code) => (refused.value = code),
  })

  function handle(heard: Heard): void {
    switch (heard.type) {
      case 'welcome':
        welcome.value = heard
        rooms.value = heard.rooms
        aheadMs.value = heard.wall_ms - Date.now()
        merge(heard.calls, heard.mcu)
        socket.know(heard.fronts)
        keepPass({ text: pass.text, fronts: [...new Set([...heard.fronts, ...pass.fronts])].slice(0, 8) })
        break
      case 'called':
        put(heard)
        settle(null)
        break
      case 'rooms':
        rooms.value = heard.rooms
        break
      case 'over':
        calls.value = calls.value.filter(({ conference }) => conference !== heard.conference)
        break
      case 'error':
        if (pressing.value) settle(heard.code)
        break
    }
  }

  /** Another front may not have heard of a call yet; its own MCU knows best. */
  function merge(said: readonly Called[], mcu: string): void {
    const others = calls.value.filter((one) => one.mcu !== mcu && !said.some((other) => other.conference === one.conference))
    calls.value = [...others, ...said]
  }

  function put(called: Called): void {
    calls.value = [...calls.value.filter(({ conference }) => conference !== called.conference), called]
  }

  function press(title: string, wish: Wish): void {
    failed.value = null
    pressing.value = true
    clearTimeout(timer)
    timer = setTimeout(() => settle('lost'), ANSWER_MS)
    if (!socket.press(title, wish)) settle('lost')
  }

  function settle(problem: string | null): void {
    clearTimeout(timer)
    pressing.value = false
    failed.value = problem
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    socket.close()
  })
  return {
    welcome,
    rooms,
    calls: computed(() => [...calls.value].sort((one, other) => other.at_ms - one.at_ms)),
    front,
    refused,
    failed,
    pressing,
    aheadMs,
    press,
  }
}

export type Caller = ReturnType<typeof useCaller>
