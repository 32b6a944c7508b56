// Notes when the first element of a selector was drawn, ms after the page's beginning. The selector
// stands in the address as #show=…
(() => {
  const wanted = decodeURIComponent(location.hash.replace('#show=', ''))
  const look = () => {
    if (document.querySelector(wanted)) requestAnimationFrame(() => (window.shownMs = performance.now()))
    else requestAnimationFrame(look)
  }
  if (location.hash.startsWith('#show=')) requestAnimationFrame(look)
})()
