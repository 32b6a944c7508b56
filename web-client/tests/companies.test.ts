import { describe, expect, it } from 'vitest'

import { companiesOf } from '../src/admin/companies'

describe('companies of lines', () => {
  it('names each once, in the order of the alphabet, and nobody where a line has none', () => {
    const lines = ['Viễn thông B', '', 'Đường truyền A', 'Viễn thông B'].map((line_operator) => ({ line_operator }))
    expect(companiesOf(lines)).toEqual(['Đường truyền A', 'Viễn thông B'])
  })
})
