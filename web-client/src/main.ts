import { createApp } from 'vue'

import App from './App.vue'
import { i18n } from './i18n'
import './look/fonts'
import './look/base.css'
import { router } from './router'
import { signInByLink } from './signInLink'

// Another link pasted into the same tab differs only in its fragment: it is another meeting.
addEventListener('hashchange', () => location.reload())

void signInByLink().then(async (home) => {
  if (home !== null) await router.replace(home)
  createApp(App).use(router).use(i18n).mount('#app')
})
