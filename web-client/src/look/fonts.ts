/** Be Vietnam Pro, made for Vietnamese; bundled, so that nothing is fetched from elsewhere. */
import '@fontsource/be-vietnam-pro/400.css'
import '@fontsource/be-vietnam-pro/500.css'
import '@fontsource/be-vietnam-pro/600.css'
import '@fontsource/be-vietnam-pro/700.css'
