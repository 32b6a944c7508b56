/** The companies that run lines, as the places name them. Pure. */

export interface Place {
  line_operator: string
}

/** Each company once, in the order of the alphabet. */
export function companiesOf(places: readonly Place[]): string[] {
  const names = new Set(places.map(({ line_operator }) => line_operator).filter((name) => name !== ''))
  return [...names].sort((a, b) => a.localeCompare(b, 'vi'))
}
