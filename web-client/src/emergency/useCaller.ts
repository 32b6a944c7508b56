/** A leader's office as reactive state: what its front knows, what it called, what was refused. */

import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { CallerSocket, type Called, type Heard, type Welcome } from './callerSocket'
import type { Wish } from './choosing'
import { keepPass, type KeptPass } from './pass'

/** A press that no front answers within this time is told to be lost. */
const ANSWER_MS = 20_000
/** By how much the clocks of two MCUs may differ. */
const CLOCKS_MS = 5000
const NO_ROOM: ReadonlySet<string> = new Set(['not_hosted', 'too_many', 'no_directory'])

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
  /** What no front has answered yet, and how many were asked. */
  let pressed: { title: string; wish: Wish; sinceMs: number; fronts: number } | null = null

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
        pressAgain(heard.calls)
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
        if (pressing.value) refuse(heard.code)
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
    pressed = { title, wish, sinceMs: Date.now() + aheadMs.value, fronts: 1 }
    clearTimeout(timer)
    timer = setTimeout(() => settle('lost'), ANSWER_MS)
    socket.press(title, wish)
  }

  /** The front fell silent after the press: what it did not call, the next one does. */
  function pressAgain(said: readonly Called[]): void {
    if (pressed === null) return
    const { title, wish, sinceMs } = pressed
    const done = said.find((one) => one.title === title && one.at_ms >= sinceMs - CLOCKS_MS)
    if (done) settle(null)
    else socket.press(title, wish)
  }

  /** An MCU that has no room is no reason to call nobody, while there is another. */
  function refuse(code: string): void {
    const others = welcome.value?.fronts.length ?? 1
    if (pressed !== null && NO_ROOM.has(code) && pressed.fronts < others) {
      pressed.fronts += 1
      socket.turnAway()
    } else settle(code)
  }

  function settle(problem: string | null): void {
    clearTimeout(timer)
    pressed = null
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
