/** The room's own key: made here, used here, and never seen, not even by this page. */

import { encodeBytes } from './statements'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }

export interface DeviceKey {
  /** Not extractable: the browser signs with it, and gives it to nobody. */
  secret: CryptoKey
  /** The public half, an uncompressed point as base64url. */
  text: string
  madeMs: number
}

/** False where the page is not loaded over a secure connection: there is no key without one. */
export function canHaveKey(): boolean {
  return isSecureContext && 'indexedDB' in window
}

export async function makeKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
  const point = await crypto.subtle.exportKey('raw', pair.publicKey)
  return { secret: pair.privateKey, text: encodeBytes(point), madeMs: Date.now() }
}

/** The signature as r ‖ s in base64url. */
export async function sign(key: DeviceKey, statement: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeBytes(await crypto.subtle.sign(SIGNING, key.secret, statement))
}
