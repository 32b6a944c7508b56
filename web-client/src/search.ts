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

/** Whether every word of `query` occurs in one of the `texts`. */
export function matches(query: string, ...texts: string[]): boolean {
  const hay = plain(texts.join(' '))
  return plain(query)
    .split(' ')
    .every((word) => hay.includes(word))
}
