/** What a person calls the browser behind a User-Agent line. Pure. */

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/(?:Headless)?(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** "Chrome 120, Windows"; what nobody knows stays as it came, shortened; empty: empty. */
export function browserName(agent: string): string {
  const name = NAMES.map(([mark, label]) => [agent.match(mark), label] as const).find(([found]) => found)
  const system = SYSTEMS.find(([mark]) => mark.test(agent))?.[1]
  if (!name) return agent.slice(0, 60)
  const said = `${name[1]} ${name[0]?.[1] ?? ''}`.trim()
  return system ? `${said}, ${system}` : said
}
