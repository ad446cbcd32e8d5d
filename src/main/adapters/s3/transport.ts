import { Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { S3Nonsense, S3Refusal } from './failure.ts'
import type { Agents } from './sockets.ts'
import { childText, parseXml } from './xml.ts'

const maxAnswerBytes = 16 * 1024 * 1024
/** For the whole body of an answer that is no object: against a server that drips. */
const answerMs = 300_000

type Handle = NodeHttpHandler['handle']

/**
 * What the answer to a question about a bucket begins with. A server that does not know a question may answer another one:
 * Ceph RGW 16 lists the bucket where it is asked for its encryption, which the SDK would read as "none".
 */
const settingRoots: ReadonlyMap<string, RegExp> = new Map([
  ['versioning', /^VersioningConfiguration$/],
  ['object-lock', /^ObjectLockConfiguration$/],
  ['encryption', /^ServerSideEncryptionConfiguration$/],
  // RGW writes BlockPublicAccessBlockConfiguration.
  ['publicAccessBlock', /PublicAccessBlockConfiguration$/],
  ['policyStatus', /^PolicyStatus$/],
  ['acl', /^AccessControlPolicy$/],
  ['lifecycle', /^LifecycleConfiguration$/],
  ['uploads', /^ListMultipartUploadsResult$/],
  ['retention', /^Retention$/],
  ['legal-hold', /^LegalHold$/],
])

/**
 * The SDK's way to the network. Only the bytes of an object pass through as a stream; any other answer is read here,
 * at most 16 MiB of it, and a refusal is thrown as `S3Refusal` before the SDK makes an error of its own of it, which
 * would hold the whole exchange, headers included.
 */
export function makeTransport(agents: Agents): NodeHttpHandler {
  const handler = new NodeHttpHandler({
    httpAgent: agents.http,
    httpsAgent: agents.https,
    // The agents watch their sockets.
    socketTimeout: 0,
  })
  const handle = handler.handle.bind(handler)
  const guarded: Handle = async (request, options) => {
    const answer = await handle(request, options)
    const { statusCode, headers } = answer.response
    const body: unknown = answer.response.body
    if (!(body instanceof Readable)) throw new Error('The HTTP handler gave no stream.')
    const isListing = 'list-type' in request.query || 'versions' in request.query
    const setting =
      request.method === 'GET' ? Object.keys(request.query).find((name) => isSetting(name)) : undefined
    const isObject = request.method === 'GET' && !isListing && setting === undefined
    if (isObject && (statusCode === 200 || statusCode === 206)) return answer
    const bytes = await collect(body)
    if (statusCode >= 300) throw new S3Refusal(statusCode, headers, readError(bytes) ?? {})
    // CompleteMultipartUpload and CopyObject may fail after the status went out (Amazon S3 API, "CompleteMultipartUpload").
    const late = readError(bytes)
    if (late !== null) throw new S3Refusal(500, headers, late)
    if (setting !== undefined) throwUnlessAbout(setting, bytes)
    answer.response.body = bytes
    return answer
  }
  handler.handle = guarded
  return handler
}

/** A policy is JSON and has no root of its own. */
function isSetting(name: string): boolean {
  return name === 'policy' || settingRoots.has(name)
}

function throwUnlessAbout(setting: string, bytes: Buffer): void {
  const root = settingRoots.get(setting)
  if (root !== undefined && !root.test(parseXml(bytes.toString()).name))
    throw new S3Nonsense('it answers another question')
}

async function collect(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  const deadline = setTimeout(() => {
    body.destroy(Object.assign(new Error('The answer took too long.'), { code: 'ETIMEDOUT' }))
  }, answerMs)
  try {
    // Leaving the loop closes the connection.
    for await (const piece of body as AsyncIterable<Buffer>) {
      sizeBytes += piece.byteLength
      if (sizeBytes > maxAnswerBytes) throw new S3Nonsense('more than 16 MiB')
      pieces.push(piece)
    }
  } finally {
    clearTimeout(deadline)
  }
  return Buffer.concat(pieces, sizeBytes)
}

/** S3's error document; null for anything else. */
function readError(bytes: Buffer): { code?: string; region?: string } | null {
  // An error document is small; a long answer is something else.
  if (bytes.byteLength > 65_536 || !bytes.includes('<Error')) return null
  try {
    const root = parseXml(bytes.toString())
    if (root.name !== 'Error') return null
    const code = childText(root, 'Code')
    const region = childText(root, 'Region')
    return { ...(code !== undefined && { code }), ...(region !== undefined && { region }) }
  } catch {
    return null
  }
}
