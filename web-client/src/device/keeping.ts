/** Where the room's page keeps what it is: its device's id and its keys, in IndexedDB. */

import type { DeviceKey } from './deviceKey'

export interface KeptDevice {
  device: string
  site: string
  siteName: string
  key: DeviceKey
  /** Made, and perhaps known to the office already; it becomes `key` once that is certain. */
  coming: DeviceKey | null
}

const DATABASE = 'nhipcau'
const STORE = 'device'
const OWN = 'own'

export async function loadDevice(): Promise<KeptDevice | null> {
  const found = await inStore('readonly', (store) => store.get(OWN))
  return (found as KeptDevice | undefined) ?? null
}

export async function keepDevice(device: KeptDevice): Promise<void> {
  await inStore('readwrite', (store) => store.put(device, OWN))
}

export async function forgetDevice(): Promise<void> {
  await inStore('readwrite', (store) => store.delete(OWN))
}

async function inStore(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await opened()
  try {
    const transaction = database.transaction(STORE, mode)
    const request = work(transaction.objectStore(STORE))
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error ?? new Error('storage refused'))
    })
  } finally {
    database.close()
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('storage refused'))
  })
}
