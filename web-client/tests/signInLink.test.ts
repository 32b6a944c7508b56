import { afterEach, expect, test, vi } from 'vitest'

import { signInByLink, signInToken } from '../src/signInLink'

afterEach(() => vi.unstubAllGlobals())

test('a token is read from the fragment, and only a token', () => {
  expect(signInToken('#sign-in=a.1.f')).toBe('a.1.f')
  expect(signInToken('#token=a.1.f')).toBeNull()
  expect(signInToken('')).toBeNull()
})

test('it is sent once and taken out of the address', async () => {
  const fetched = vi.fn(() => Promise.reject(new Error('no office')))
  const replaced = vi.fn()
  vi.stubGlobal('fetch', fetched)
  vi.stubGlobal('location', { hash: '#sign-in=a.1.f', pathname: '/', search: '?x' })
  vi.stubGlobal('history', { state: null, replaceState: replaced })
  await signInByLink()
  expect(fetched).toHaveBeenCalledOnce()
  expect(fetched).toHaveBeenCalledWith(
    '/api/v1/sign-in/link',
    expect.objectContaining({ method: 'POST', body: '{"token":"a.1.f"}' }),
  )
  expect(replaced).toHaveBeenCalledWith(null, '', '/?x')
})

test('from the first page it leads to the account’s own work', async () => {
  const account = { grants: [{ role: 'administrator' }] }
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ account, stage: 'in' })))
  vi.stubGlobal('history', { state: null, replaceState: vi.fn() })
  vi.stubGlobal('location', { hash: '#sign-in=a.1.f', pathname: '/', search: '' })
  expect(await signInByLink()).toBe('/admin')
  vi.stubGlobal('location', { hash: '#sign-in=a.1.f', pathname: '/rooms', search: '' })
  expect(await signInByLink()).toBeNull()
})
