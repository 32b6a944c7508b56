/** Vietnamese first, English one click away, the choice remembered. */
import { createI18n } from 'vue-i18n'

import { en } from './en'
import { vi, type Words } from './vi'

export type Language = 'vi' | 'en'

const KEY = 'nhipcau.language'

export const i18n = createI18n<[Words], Language, false>({
  legacy: false,
  locale: localStorage.getItem(KEY) === 'en' ? 'en' : 'vi',
  fallbackLocale: 'vi',
  messages: { vi, en },
})

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  localStorage.setItem(KEY, language)
  document.documentElement.lang = language
}

document.documentElement.lang = i18n.global.locale.value
