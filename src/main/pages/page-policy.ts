/** Stands in the built page where the nonce of one load goes; `electron.vite.config.ts` puts it there. */
export const noncePlaceholder = '__HOLDFAST_NONCE__'

/**
 * Content-Security-Policy of a page: its own files, nothing inline, no eval, nowhere else. The nonce is for the styles that
 * the window's kit makes while it runs.
 */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For everything that is answered, page or not. There is no CORS header in it, and there must be none. */
export const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const
