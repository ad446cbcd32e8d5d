import type { IncomingHttpHeaders } from 'node:http'

const codeForm = /^[A-Z][A-Za-z0-9]{1,63}$/
const idForm = /^[A-Za-z0-9-]{1,80}$/
const regionForm = /^[a-z0-9-]{1,63}$/

/** A refusal as the server gave it, read without trusting its form. It carries nothing of our request. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal'
  readonly status: number
  /** S3's own code; null where the answer had no body (HEAD) or none of S3's form. */
  readonly code: string | null
  /** The region that the bucket is in, where the server told it. */
  readonly region: string | null
  /** The server's clock, milliseconds since the epoch. */
  readonly serverTimeMs: number | null

  constructor(status: number, headers: IncomingHttpHeaders, error: { code?: string; region?: string }) {
    const code = matching(codeForm, error.code)
    const requestId = matching(idForm, headers['x-amz-request-id'])
    super(
      `HTTP ${status}${code === null ? '' : ` ${code}`}${requestId === null ? '' : ` (request ${requestId})`}`,
    )
    this.status = status
    this.code = code
    this.region = matching(regionForm, headers['x-amz-bucket-region']) ?? matching(regionForm, error.region)
    const time = Date.parse(headers.date ?? '')
    this.serverTimeMs = Number.isNaN(time) ? null : time
  }
}

/** An answer that no S3 server gives: a page of something else, or one that cannot be believed. */
export class S3Nonsense extends Error {
  override readonly name = 'S3Nonsense'
}

/** Of an answer only what has the form of a name is repeated, never free text: it may echo our request. */
function matching(form: RegExp, text: unknown): string | null {
  return typeof text === 'string' && form.test(text) ? text : null
}
