/** How wide a tile shall be, in pixels; 0: as wide as lets all of them fit. */
export const SIZES = { fit: 0, small: 112, medium: 168, large: 256 } as const

export type SizeName = keyof typeof SIZES
