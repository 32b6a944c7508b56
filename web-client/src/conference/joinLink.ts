/** What the link says: `#token=…`, and for rooms with their own echo canceller `&processing=off`. */

export interface JoinLink {
  token: string
  processing: boolean
}

export function readJoinLink(fragment: string): JoinLink {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  return { token: fields.get('token') ?? '', processing: fields.get('processing') !== 'off' }
}
