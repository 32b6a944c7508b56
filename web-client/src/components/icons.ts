/** Line icons of our own, on a 24 × 24 grid; always beside a word. */
export const PATHS = {
  mic: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3M8 21h8',
  micOff:
    'M9 6a3 3 0 0 1 6 0v5M9 9v3a3 3 0 0 0 4.5 2.6M5 11a7 7 0 0 0 10.5 6M19 11a7 7 0 0 1-.6 2.8M12 18v3M8 21h8M4 3l16 18',
  camera: 'M3 7h12v10H3ZM15 11l6-3.5v9L15 13',
  cameraOff: 'M7 7h8v8M15 11l6-3.5v9L17 14M3 7v10h11M4 3l16 18',
  hand: 'M8 13V6a1.5 1.5 0 0 1 3 0v5V4.5a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v9a6 6 0 0 1-6 6c-3 0-4.5-1.5-6-4l-2-3.5a1.5 1.5 0 0 1 2.5-1.5L8 14',
  share: 'M3 5h18v12H3ZM8 21h8M12 14V8M9 10.5 12 8l3 2.5',
  devices: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M17 4.5v5M7 14.5v5M11 14.5v5M13 4.5h4v5h-4ZM7 14.5h4v5H7Z',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  sound: 'M4 9v6h4l6 5V4L8 9ZM17 8.5a5 5 0 0 1 0 7M19.5 5.5a9 9 0 0 1 0 13',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 21 21',
  swap: 'M4 8h13M14 4l4 4-4 4M20 16H7M10 12l-4 4 4 4',
  close: 'M5 5l14 14M19 5 5 19',
} as const

export type IconName = keyof typeof PATHS
