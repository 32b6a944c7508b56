/**
 * The room as a device: paired once, then its agenda every few seconds, its key changed every
 * month without anyone noticing, and its word for the MCU's challenge.
 */

import { onScopeDispose, ref, shallowRef } from 'vue'

import type { Credential } from '../conference/joinLink'
import type { Challenge, DeviceProof } from '../signalling/protocol'
import { canHaveKey, makeKey, sign, type DeviceKey } from './deviceKey'
import { forgetDevice, keepDevice, loadDevice, type KeptDevice } from './keeping'
import { fetchAgenda, OfficeError, pair, rotate, type Agenda } from './office'
import { admission, bell } from './statements'

const EVERY_MS = 5000
/** 145 rooms that came up together after a power cut must not ask together for ever. */
const SPREAD_MS = 1500
const ROTATE_AFTER_MS = 30 * 24 * 3_600_000
const AGENDA = 'nhipcau.agenda'

export type DeviceState = 'loading' | 'insecure' | 'unpaired' | 'paired' | 'revoked'

export function useDevice() {
  const state = ref<DeviceState>('loading')
  const kept = shallowRef<KeptDevice | null>(null)
  const agenda = shallowRef<Agenda | null>(keptAgenda())
  const officeAnswers = ref(true)
  /** The office's clock minus ours, ms. */
  const aheadMs = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let disposed = false

  async function start(): Promise<void> {
    if (!canHaveKey()) {
      state.value = 'insecure'
      return
    }
    kept.value = await loadDevice()
    state.value = kept.value === null ? 'unpaired' : 'paired'
    if (kept.value !== null) await refresh()
  }

  /** Enrol this browser. Throws OfficeError: 403: the code is not good; 429: too many tries. */
  async function enrol(code: string, name: string): Promise<void> {
    const key = await makeKey()
    const said = await pair(code, key, name)
    const fresh = { device: said.device, site: said.site, siteName: said.site_name, key, coming: null }
    await keepDevice(fresh)
    kept.value = fresh
    state.value = 'paired'
    await refresh()
  }

  async function forget(): Promise<void> {
    clearTimeout(timer)
    await forgetDevice()
    localStorage.removeItem(AGENDA)
    kept.value = null
    agenda.value = null
    state.value = 'unpaired'
  }

  async function refresh(): Promise<void> {
    clearTimeout(timer)
    await look()
    if (!disposed && state.value === 'paired') {
      timer = setTimeout(() => void refresh(), EVERY_MS + Math.random() * SPREAD_MS)
    }
  }

  async function look(): Promise<void> {
    const own = kept.value
    if (own === null) return
    try {
      const said = await fetchAgenda(own.device, own.key, nowMs())
      aheadMs.value = said.now_ms - Date.now()
      agenda.value = said
      officeAnswers.value = true
      localStorage.setItem(AGENDA, JSON.stringify(said))
      await changeKey(own)
    } catch (error) {
      if (!(error instanceof OfficeError)) throw error
      await excuse(error, own)
    }
  }

  async function excuse(error: OfficeError, own: KeptDevice): Promise<void> {
    officeAnswers.value = error.status !== 0 && error.status < 500
    if (error.nowMs !== null) aheadMs.value = error.nowMs - Date.now()
    else if (error.status === 404) state.value = 'revoked'
    // The office knows the newer key, and its answer to that was lost.
    else if (error.status === 403 && own.coming !== null) await settle({ ...own, key: own.coming })
  }

  /** A new key follows the old one when its month is over. Kept here before the office hears. */
  async function changeKey(own: KeptDevice): Promise<void> {
    if (own.coming === null && Date.now() - own.key.madeMs < ROTATE_AFTER_MS) return
    const fresh: DeviceKey = own.coming ?? (await makeKey())
    const changing = { ...own, coming: fresh }
    await keepDevice(changing)
    kept.value = changing
    await rotate(own.device, own.key, fresh, nowMs())
    await settle({ ...own, key: fresh })
  }

  async function settle(own: KeptDevice): Promise<void> {
    const settled = { ...own, coming: null }
    await keepDevice(settled)
    kept.value = settled
  }

  async function prove(challenge: Challenge): Promise<DeviceProof> {
    const own = kept.value
    if (own === null) throw new Error('this browser is no device')
    const said = admission(challenge, own.device, own.key.text)
    return { device: own.device, key: own.key.text, signature: await sign(own.key, said) }
  }

  /** The same for a front at which the room waits to be called. */
  async function proveAtBell(challenge: Challenge): Promise<DeviceProof> {
    const own = kept.value
    if (own === null) throw new Error('this browser is no device')
    const said = bell(challenge, own.device, own.key.text)
    return { device: own.device, key: own.key.text, signature: await sign(own.key, said) }
  }

  /** By what this room enters a meeting; its resume ticket lives as long as the page. */
  function credential(): Credential {
    let ticket = ''
    return { token: () => ticket, prove, on_ticket: (fresh) => (ticket = fresh) }
  }

  function nowMs(): number {
    return Math.round(Date.now() + aheadMs.value)
  }

  onScopeDispose(() => {
    disposed = true
    clearTimeout(timer)
  })
  return { state, kept, agenda, officeAnswers, aheadMs, nowMs, start, enrol, forget, credential, proveAtBell }
}

export type Device = ReturnType<typeof useDevice>

function keptAgenda(): Agenda | null {
  try {
    return JSON.parse(localStorage.getItem(AGENDA) ?? 'null') as Agenda | null
  } catch {
    return null
  }
}
