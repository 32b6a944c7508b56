/**
 * Commands in flight: each gets an id, and a promise that `ok`, `error` or the clock settles.
 *
 * While the page changes from one MCU to another they wait. What had no answer yet is asked again
 * there where that does no harm: it may have taken effect, and its answer been lost.
 */

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
  readonly command: Command
  /** It was asked before the MCU was changed. */
  again: boolean
  resolve: () => void
  reject: (error: CommandError) => void
  timer: ReturnType<typeof setTimeout>
}

/** An MCU answers in milliseconds, or after its own 50 ms of waiting for a standby. */
const ANSWER_MS = 4000
/** Twice would be another thing than once. */
const ONCE: ReadonlySet<Command['type']> = new Set(['undo', 'call_roll', 'vote_open'])

export class Commands {
  private nextId = 1
  private suspended = false
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
      if (!this.suspended && !this.send({ ...command, id })) {
        reject(new CommandError('not_connected', command.type))
        return
      }
      const timer = setTimeout(
        () => this.settle(id, new CommandError('no_answer', command.type)),
        ANSWER_MS,
      )
      this.pending.set(id, { command, again: false, resolve, reject, timer })
    })
  }

  /**
   * Take an `ok` or an `error` that bears an id. What was asked twice and finds the scenario moved
   * on has moved it.
   */
  handle(message: ServerMessage): void {
    if (message.type === 'ok') this.settle(message.id, null)
    if (message.type === 'error' && message.id != null) {
      const done = message.code === 'moved' && this.pending.get(message.id)?.again
      this.settle(message.id, done ? null : new CommandError(message.code, message.detail))
    }
  }

  /** The MCU is being changed: what is asked meanwhile waits. */
  suspend(): void {
    this.suspended = true
    for (const one of this.pending.values()) one.again = true
  }

  /** The other MCU listens. */
  resume(): void {
    this.suspended = false
    for (const [id, { command, again }] of [...this.pending]) {
      if (again && ONCE.has(command.type)) this.settle(id, new CommandError('no_answer', command.type))
      else if (!this.send({ ...command, id })) this.settle(id, new CommandError('not_connected', ''))
    }
  }

  /** The connection is gone: nobody will answer. */
  abandon(): void {
    this.suspended = false
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
