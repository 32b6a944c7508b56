/** What the audit's dotted words and ids are called on the page, in the reader's language. */
import { useI18n } from 'vue-i18n'

import { deedKeys, thingOf, wordKey, type Deed } from './deeds'

export function useAuditWords() {
  const { t, te } = useI18n()

  /** What was done; a deed without a word of its own keeps its name. */
  function action(name: string): string {
    const key = `audit.action.${wordKey(name)}`
    return te(key) ? t(key) : name
  }

  /** What exactly was done or asked for. */
  function deed(done: Deed): string {
    const key = deedKeys(done.action, done.more).find((one) => te(`audit.${one}`))
    return key ? t(`audit.${key}`) : done.action
  }

  /** Why something was refused or failed; empty for what was done. */
  function reason(outcome: string): string {
    if (outcome === 'done') return ''
    const key = `audit.reason.${wordKey(outcome)}`
    return te(key) ? t(key) : outcome
  }

  /** Whom an id names: “Điểm cầu 573”. */
  function thing(id: string): string {
    const named = thingOf(id)
    const key = `audit.kind.${named.kind}`
    if (!named.kind || !te(key)) return id
    const own = `audit.process.${wordKey(named.id)}`
    return named.kind === 'process' && te(own) ? t(own) : t(key, { id: shortId(named.id) })
  }

  /** From which page it came; empty: none. */
  function page(name: string): string {
    const key = `audit.page.${name}`
    return te(key) ? t(key) : name
  }

  return { action, deed, reason, thing, page }
}

/** A random id by its first letters; the whole of it stands in the details. */
function shortId(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? `${id.slice(0, 8)}…` : id
}
