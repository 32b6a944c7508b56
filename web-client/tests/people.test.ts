import { describe, expect, it } from 'vitest'

import { browserName } from '../src/people/browser'
import { spokenPassword, weakness } from '../src/people/password'
import { qrPath } from '../src/people/qr'
import type { Account, Grant } from '../src/people/types'
import { administered, homeOf, safeNext, signInAt } from '../src/people/ways'

function grant(role: string, unit: string | null, until: string | null = null): Grant {
  return { id: `${role}-${unit}`, role, unit, meeting: null, valid_from: null, valid_to: until }
}

function account(...grants: Grant[]): Account {
  return { id: 'a', login: 'a', name: 'A', unit: '56', company: '', disabled: false, second_factor: true, created: '', grants }
}

describe('the way after signing in', () => {
  it('leads back to the page that was asked for, and never to another origin', () => {
    expect(safeNext('?next=%2Frooms%3Fsite%3D573')).toBe('/rooms?site=573')
    for (const bad of ['https://x.test', '//x.test', '/\\x.test', '/\t/x.test', 'javascript:1', '/sign-in']) {
      expect(safeNext(`?next=${encodeURIComponent(bad)}`)).toBeNull()
    }
    expect(safeNext('')).toBeNull()
  })

  it('leads to the account’s own work', () => {
    expect(homeOf(account(grant('administrator', '573')))).toBe('/admin')
    expect(homeOf(account(grant('auditor', null)))).toBe('/audit')
    expect(homeOf(account(grant('secretary', '56')))).toBe('/meetings')
    expect(homeOf(account(grant('operator', '56')))).toBe('/')
  })

  it('remembers where the sign-in was asked for', () => {
    expect(signInAt('/')).toBe('/sign-in')
    expect(safeNext(signInAt('/me').slice('/sign-in'.length))).toBe('/me')
  })

  it('begins the tree at the units that are administered, the whole tree before any part', () => {
    const now = Date.parse('2024-01-25T00:00:00Z')
    const over = grant('administrator', '575', '2024-01-01T00:00:00Z')
    expect(administered(account(grant('administrator', '573'), over, grant('operator', '56')), now)).toEqual(['573'])
    expect(administered(account(grant('administrator', '573'), grant('administrator', null)), now)).toEqual([null])
  })
})

describe('a new password', () => {
  it('is told what to mend, the first thing first', () => {
    expect(weakness('ngắn', 'ngắn', '', 'a')).toBe('short')
    expect(weakness('aaaaaaaaaaaaa', 'aaaaaaaaaaaaa', '', 'x')).toBe('plain')
    expect(weakness('Quan-Tri con voi con', '', '', 'quan-tri')).toBe('login')
    expect(weakness('con voi con bay cao', 'con voi con bay cao', 'con voi con bay cao', 'x')).toBe('same')
    expect(weakness('con voi con bay cao', 'con voi con bay', '', 'x')).toBe('differs')
    expect(weakness('con voi con bay cao', 'con voi con bay cao', '', 'x')).toBeNull()
  })

  it('made for another can be read aloud, and each letter is as likely as any', () => {
    let next = 0
    const made = spokenPassword((count) => Uint8Array.from({ length: count }, () => (next += 37) % 256))
    expect(made).toMatch(/^([a-hj-kmnp-z2-9]{5}-){3}[a-hj-kmnp-z2-9]{5}$/)
    const high = spokenPassword((count) => Uint8Array.from({ length: count }, (_, i) => (i % 2 ? 255 : 0)))
    expect(high).toBe('aaaaa-aaaaa-aaaaa-aaaaa')
  })
})

describe('a session in a list', () => {
  it('is named by browser and system', () => {
    const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0'
    expect(browserName(edge)).toBe('Edge 120, Windows')
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/115.0')).toBe('Firefox 115, Linux')
    expect(browserName('curl/8.0')).toBe('curl/8.0')
  })
})

describe('a QR code', () => {
  it('is one path with a quiet zone around it', () => {
    const { size, path } = qrPath('otpauth://totp/x?secret=ABC')
    expect(size).toBeGreaterThanOrEqual(21 + 8)
    const marks = [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
    expect(marks.every(([x, y]) => x >= 4 && y >= 4 && x < size - 4 && y < size - 4)).toBe(true)
    expect(marks).toContainEqual([4, 4])
  })
})
