/** Search as Vietnamese offices type: without accents, and "Hòa" as good as "Hoà". */

/** Lower case, no accents, đ as d, single spaces. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * Whether every word of `query` occurs in `name` or in `above`, the name of the district. One word
 * alone is looked for in the name only: "hoa" means Phước Hòa, not every commune of Ninh Hòa.
 */
export function matches(query: string, name: string, above = ''): boolean {
  const words = plain(query).split(' ')
  const hay = plain(words.length > 1 ? `${name} ${above}` : name)
  return words.every((word) => hay.includes(word))
}
