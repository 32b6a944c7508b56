import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const outDir = fileURLToPath(new URL('../src/nhipcau/web/static', import.meta.url))

export default defineConfig({
  plugins: [vue()],
  build: {
    outDir,
    emptyOutDir: true,
    target: ['chrome109', 'edge109', 'firefox115', 'safari16'],
    // Nothing inline: the pages run under a policy that forbids inline scripts and data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/signal': { target: 'ws://127.0.0.1:8090', ws: true },
      '/api': { target: 'http://127.0.0.1:8080' },
    },
  },
  test: { include: ['tests/**/*.test.ts'] },
})
