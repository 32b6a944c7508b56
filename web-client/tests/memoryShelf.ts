import { sha256Of, type Shelf } from '../src/device/papers/shelf'

/** A shelf in memory: the twin of the browser's. */
export class MemoryShelf implements Shelf {
  blocks = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>()
  whole = new Map<string, Uint8Array>()

  held = async () => new Set(this.whole.keys())
  partLength = async (sha256: string) =>
    [...(this.blocks.get(sha256)?.values() ?? [])].reduce((sum, one) => sum + one.length, 0)

  async append(sha256: string, offset: number, bytes: Uint8Array<ArrayBuffer>) {
    const blocks = this.blocks.get(sha256) ?? new Map<number, Uint8Array<ArrayBuffer>>()
    this.blocks.set(sha256, blocks.set(offset, bytes))
  }

  async finish(sha256: string) {
    const blocks = [...(this.blocks.get(sha256) ?? [])].sort(([a], [b]) => a - b)
    const bytes = await new Blob(blocks.map(([, one]) => one)).arrayBuffer()
    this.blocks.delete(sha256)
    const right = (await sha256Of(bytes)) === sha256
    if (right) this.whole.set(sha256, new Uint8Array(bytes))
    return right
  }

  async discard(sha256: string) {
    this.blocks.delete(sha256)
    this.whole.delete(sha256)
  }

  async keepOnly(hashes: ReadonlySet<string>) {
    for (const known of [...this.whole.keys(), ...this.blocks.keys()]) {
      if (!hashes.has(known)) await this.discard(known)
    }
  }
}
