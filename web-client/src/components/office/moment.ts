/** A moment as an office writes it: 07:45, 25/01/2024. */
export function moment(ms: number): string {
  const at = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`
  return `${hour}, ${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`
}
