/**
 * The bytes that a device signs, as `docs/PROTOCOL.md` states them: a first line for the purpose,
 * then each part with its length in bytes. Pure.
 */

import type { Challenge } from '../signalling/protocol'

const TEXT = new TextEncoder()

function statement(purpose: string, ...parts: string[]): Uint8Array<ArrayBuffer> {
  const lines = [`nhipcau/${purpose}/1`, ...parts.map((part) => `${TEXT.encode(part).length}:${part}`)]
  return TEXT.encode(`${lines.join('\n')}\n`)
}

export function admission({ conference, mcu, nonce, at_ms }: Challenge, device: string, key: string) {
  return statement('admission', conference, mcu, nonce, String(at_ms), device, key)
}

export function bell({ mcu, nonce, at_ms }: Challenge, device: string, key: string) {
  return statement('bell', mcu, nonce, String(at_ms), device, key)
}

export function pairing(code: string, key: string) {
  return statement('pairing', code, key)
}

export function rotation(device: string, key: string, atMs: number) {
  return statement('rotation', device, key, String(atMs))
}

export function agenda(device: string, atMs: number) {
  return statement('agenda', device, String(atMs))
}

/** A pairing code as it is signed: capitals, nothing between the letters. */
export function normalCode(typed: string): string {
  return typed.toUpperCase().replace(/[ \-–.]/g, '')
}

/** Base64url without padding. */
export function encodeBytes(bytes: ArrayBuffer): string {
  const letters = btoa(String.fromCharCode(...new Uint8Array(bytes)))
  return letters.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
