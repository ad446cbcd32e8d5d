import type { IncomingMessage, ServerResponse } from 'node:http'
import { frameLimits, readCallBody, type FrameReading } from '../../shared/frames/call-frame.ts'

/** Null where it is larger than a frame may be: then nothing more is read of it. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > frameLimits.bytes) return null
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    if (!(piece instanceof Uint8Array)) return null
    bytes += piece.byteLength
    if (bytes > frameLimits.bytes) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

export async function readCall(
  request: IncomingMessage,
): Promise<FrameReading | { readonly ok: false; readonly reason: string; readonly isTooLarge: true }> {
  const body = await readBody(request)
  return body === null ? { ok: false, reason: 'it is too large', isTooLarge: true } : readCallBody(body)
}

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
} as const

/** Answers that a request is not let in, in the form in which a call fails; the connection ends where its body was not read. */
export function refuse(response: ServerResponse, status: keyof typeof codes): void {
  if (!response.req.complete) response.setHeader('connection', 'close')
  const error = { defined: false, code: codes[status], status, message: codes[status] }
  answerJson(response, status, { json: error })
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
