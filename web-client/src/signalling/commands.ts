/** Commands in flight: each gets an id, and a promise that `ok`, `error` or the clock settles. */

import type { Command, ServerMessage } from './protocol'

/** Why a command did not take effect. */
export class CommandError extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

type Sender = (message: Command & { id: number }) => boolean

interface Pending {
  resolve: () => void
  reject: (error: CommandError) => void
  timer: ReturnType<typeof setTimeout>
}

/** An MCU answers in milliseconds, or after its own 50 ms of waiting for a standby. */
const ANSWER_MS = 4000

export class Commands {
  private nextId = 1
  private readonly pending = new Map<number, Pending>()

  constructor(private readonly send: Sender) {}

  /**
   * Ask the MCU to do it.
   *
   * @throws CommandError refused (its code), `not_connected`, or `no_answer` within 4 s.
   */
  ask(command: Command): Promise<void> {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      if (!this.send({ ...command, id })) {
        reject(new CommandError('not_connected', command.type))
        return
      }
      const timer = setTimeout(
        () => this.settle(id, new CommandError('no_answer', command.type)),
        ANSWER_MS,
      )
      this.pending.set(id, { resolve, reject, timer })
    })
  }

  /** Take an `ok` or an `error` that bears an id. */
  handle(message: ServerMessage): void {
    if (message.type === 'ok') this.settle(message.id, null)
    if (message.type === 'error' && message.id != null) {
      this.settle(message.id, new CommandError(message.code, message.detail))
    }
  }

  /** The connection is gone: nobody will answer. */
  abandon(): void {
    for (const id of [...this.pending.keys()]) {
      this.settle(id, new CommandError('not_connected', ''))
    }
  }

  private settle(id: number, error: CommandError | null): void {
    const pending = this.pending.get(id)
    if (pending === undefined) return
    this.pending.delete(id)
    clearTimeout(pending.timer)
    if (error === null) pending.resolve()
    else pending.reject(error)
  }
}
