import type { ReactNode, SVGProps } from 'react'

type P = SVGProps<SVGSVGElement> & { readonly size?: number }
/** One drawing grid: 16 × 16, 1.4 stroke, round ends. Decoration: the word beside it says the same. */
const line = (body: ReactNode) =>
  function Icon({ size = 16, ...p }: P) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        style={{ flex: 'none', display: 'block' }}
        {...p}
      >
        {body}
      </svg>
    )
  }
export const Search = line(
  <>
    <circle cx="7" cy="7" r="4.3" />
    <path d="m10.3 10.3 3.2 3.2" />
  </>,
)
export const Plus = line(<path d="M8 3v10M3 8h10" />)
export const ChevronRight = line(<path d="m6 3.5 4.5 4.5L6 12.5" />)
export const ChevronDown = line(<path d="m3.5 6 4.5 4.5L12.5 6" />)
export const ArrowUp = line(<path d="M8 13V3M4 7l4-4 4 4" />)
export const Close = line(<path d="m4 4 8 8M12 4l-8 8" />)
export const Key = line(
  <>
    <circle cx="5.2" cy="10.8" r="2.7" />
    <path d="m7.2 8.8 5.6-5.6M10.6 5.4l2 2M8.9 7.1l1.2 1.2" />
  </>,
)
export const Lock = line(
  <>
    <rect x="3.2" y="7" width="9.6" height="6.4" rx="1.2" />
    <path d="M5.2 7V5.2a2.8 2.8 0 0 1 5.6 0V7" />
  </>,
)
export const Eye = line(
  <>
    <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8Z" />
    <circle cx="8" cy="8" r="1.8" />
  </>,
)
export const ShieldCheck = line(
  <>
    <path d="M8 1.9 3 3.7v3.9c0 3 2 5.2 5 6.5 3-1.3 5-3.5 5-6.5V3.7L8 1.9Z" />
    <path d="m5.8 7.8 1.6 1.6 2.9-3" />
  </>,
)
export const Bucket = line(
  <>
    <ellipse cx="8" cy="4" rx="5" ry="2" />
    <path d="m3 4 1.2 8.4c.2.9 1.8 1.6 3.8 1.6s3.6-.7 3.8-1.6L13 4" />
  </>,
)
export const Grid = line(<path d="M2.5 4h11M2.5 8h11M2.5 12h7" />)
export const Book = line(
  <path d="M3 3.400c1.800-.6 3.600-.4 5 .8v9c-1.400-1.200-3.200-1.400-5-.8V3.400ZM13 3.400c-1.800-.6-3.600-.4-5 .8v9c1.400-1.200 3.200-1.400 5-.8V3.400Z" />,
)
export const Pulse = line(<path d="M1.600 8.400h3l1.700-4.800 3.200 8.800 1.800-4h3.100" />)
export const Gear = line(
  <>
    <circle cx="8" cy="8" r="2" />
    <path d="M8 1.800v1.700M8 12.500v1.700M1.800 8h1.700M12.500 8h1.700M3.600 3.600l1.200 1.200M11.200 11.200l1.200 1.200M3.600 12.400l1.200-1.200M11.200 4.800l1.200-1.200" />
  </>,
)
export const Copy = line(
  <>
    <rect x="5.400" y="5.400" width="8" height="8" rx="1.200" />
    <path d="M10.600 5.400V3.800c0-.7-.5-1.200-1.200-1.200H3.800c-.7 0-1.200.5-1.200 1.200v5.600c0 .7.500 1.200 1.200 1.200h1.600" />
  </>,
)
export const Terminal = line(
  <>
    <rect x="1.800" y="2.800" width="12.400" height="10.400" rx="1.400" />
    <path d="m4.600 6 2 2-2 2M8.400 10.200h3" />
  </>,
)
export const Undo = line(
  <path d="M3 6.500h6.200a3.300 3.300 0 0 1 0 6.600H6M5.600 3.600 2.800 6.500l2.800 2.900" />,
)
export const Download = line(<path d="M8 2.400v7.200M4.800 6.800 8 10l3.200-3.200M2.800 13.200h10.400" />)
export const Doc = line(
  <>
    <path d="M4 1.900h5.200L12.400 5v9.100H4V1.900Z" />
    <path d="M9 2v3.200h3.200M6 8h4.200M6 10.800h4.200" />
  </>,
)
export const Plug = line(
  <path d="M5.600 2v3M10.400 2v3M3.800 5h8.400v2.600a4.200 4.200 0 0 1-8.400 0V5ZM8 11.800V14" />,
)
export const Chain = line(
  <>
    <circle cx="4" cy="3.600" r="1.600" />
    <circle cx="4" cy="12.400" r="1.600" />
    <circle cx="12" cy="8" r="1.600" />
    <path d="M4 5.200v5.600M4 8h6.400" />
  </>,
)
export const Clock = line(
  <>
    <circle cx="8" cy="8" r="5.800" />
    <path d="M8 4.800V8l2.200 1.600" />
  </>,
)
export const Folder = line(
  <path d="M1.900 4.200c0-.6.5-1.100 1.100-1.100h3l1.500 1.700h5.500c.6 0 1.100.5 1.100 1.100v6c0 .6-.5 1.100-1.100 1.100H3c-.6 0-1.100-.5-1.100-1.100V4.200Z" />,
)
export const Sun = line(
  <>
    <circle cx="8" cy="8" r="2.800" />
    <path d="M8 1.600v1.200M8 13.200v1.200M1.600 8h1.200M13.200 8h1.200M3.500 3.500l.8.8M11.700 11.700l.8.8M3.500 12.500l.8-.8M11.700 4.300l.8-.8" />
  </>,
)
export const Moon = line(<path d="M13.400 9.600A5.800 5.800 0 0 1 6.400 2.600a5.800 5.800 0 1 0 7 7Z" />)
export const Check = line(<path d="m3 8.600 3.200 3.200L13 4.800" />)
export const Question = line(
  <>
    <path d="M5.800 5.900a2.300 2.300 0 1 1 3.300 2.200c-.7.4-1.100.8-1.100 1.600" />
    <path d="M8 12.200h.01" strokeWidth="2" />
  </>,
)

/** The product's mark: two posts and the line they hold. */
export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 18 18"
      aria-hidden="true"
      style={{ flex: 'none', display: 'block' }}
    >
      <rect x="3" y="1.500" width="3.200" height="15" rx=".8" fill="currentColor" />
      <rect x="11.800" y="1.500" width="3.200" height="15" rx=".8" fill="currentColor" />
      <path
        d="M0.800 10.800c2.400 0 2.800-3.600 5.200-3.600s3.600 3.600 6 3.600 2.800-3.600 5.200-3.600"
        fill="none"
        stroke="var(--hf-good-fill)"
        strokeWidth="1.700"
        strokeLinecap="round"
      />
    </svg>
  )
}
