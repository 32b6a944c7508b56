import { createApp } from 'vue'

import App from './App.vue'
import { comeBackByItself } from './comingBack'
import { i18n } from './i18n'
import './look/fonts'
import './look/base.css'
import { router } from './router'
import { signInByLink } from './signInLink'

// Another link pasted into the same tab differs only in its fragment: it is another meeting.
addEventListener('hashchange', () => location.reload())

comeBackByItself(router)

void signInByLink().then(async (home) => {
  // One that does not come is awaited on the page that stands.
  if (home !== null) await router.replace(home).catch(() => undefined)
  createApp(App).use(router).use(i18n).mount('#app')
})
