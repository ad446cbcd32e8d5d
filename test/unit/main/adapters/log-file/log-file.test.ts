import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openLogFile } from '../../../../../src/main/adapters/log-file/open-log-file.ts'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'
import type { Log } from '../../../../../src/main/ports/log.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-log-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const clock = { now: () => Date.UTC(2026, 10, 20, 2) }
let next = 0

function openLog(): { readonly log: Log; readonly folder: string; readonly text: () => string } {
  const folder = join(root, String((next += 1)))
  const log = openLogFile(folder, { clock, random: systemRandom })
  const text = (): string =>
    readdirSync(join(folder, 'log'))
      .map((name) => readFileSync(join(folder, 'log', name), 'utf8'))
      .join('')
  return { log, folder, text }
}

/** With what each encoding treats in its own way: quotes, a plus, a slash, spaces, a percent, letters beyond ASCII. */
const canary = 'c4n4ry+"wOrd"/of a\\ secret%=ß-end'

const bytes = Buffer.from(canary)
const hex = bytes.toString('hex')
const spellings: readonly (readonly [string, string])[] = [
  ['plain', canary],
  ['JSON', JSON.stringify(canary)],
  ['base64', bytes.toString('base64')],
  ['base64url', bytes.toString('base64url')],
  ['base64 behind a user name', Buffer.from(`user:${canary}`).toString('base64')],
  ['base64 between other bytes', Buffer.from(`ab${canary}yz`).toString('base64')],
  ['hex', hex],
  ['hex in capitals', hex.toUpperCase()],
  ['part of a URL', encodeURIComponent(canary)],
  [
    'part of a URL in small letters',
    encodeURIComponent(canary).replace(/%../g, (code) => code.toLowerCase()),
  ],
  ['a form field', new URLSearchParams({ s: canary }).toString()],
  ['wholly percent-encoded', hex.replace(/../g, '%$&')],
]

/** What of the canary must not be found: any eight letters in a row of any spelling of it. */
function pieces(spelling: string): readonly string[] {
  return Array.from({ length: Math.max(1, spelling.length - 11) }, (_, at) => spelling.slice(at, at + 12))
}
const base64Pieces = [0, 1, 2].flatMap((shift) => {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return pieces(text.slice(shift + 1, -1))
})
const forbidden = [
  ...new Set([
    ...pieces(canary),
    ...pieces(JSON.stringify(canary).slice(1, -1)),
    ...pieces(hex),
    ...pieces(hex.toUpperCase()),
    ...pieces(encodeURIComponent(canary)),
    ...base64Pieces,
    ...base64Pieces.map((piece) => piece.replaceAll('+', '-').replaceAll('/', '_')),
  ]),
]

function hits(text: string): readonly string[] {
  return forbidden.filter(
    (piece) => text.includes(piece) || text.includes(JSON.stringify(piece).slice(1, -1)),
  )
}

class SdkError extends Error {
  readonly $metadata = { httpStatusCode: 403, requestId: 'tx0001' }
  readonly $response: unknown
  readonly config: unknown
  constructor(message: string, inner: string) {
    super(message)
    this.$response = { headers: { authorization: inner, 'x-amz-security-token': inner }, body: inner }
    this.config = { credentials: { secretAccessKey: inner } }
  }
}

/** Where libraries put what they were given. */
const places: readonly (readonly [string, (spelling: string) => unknown])[] = [
  ['its message', (spelling) => new Error(`the server said: ${spelling}.`)],
  ['its name and code', (s) => Object.assign(new Error('x'), { name: s, code: s })],
  ['its stack', (s) => Object.assign(new Error('x'), { stack: `Error: x\n    at ${s} (file.ts:1:1)` })],
  ['a cause of a cause', (s) => new Error('a', { cause: new Error('b', { cause: new Error(s) }) })],
  ['errors of several', (s) => new AggregateError([new Error(s), s], 'all failed')],
  ['$response and config of an SDK', (s) => new SdkError('denied', s)],
  ['a thrown text', (s) => s],
  ['a thrown object', (s) => ({ message: s, headers: { authorization: s } })],
  ['a presigned address', (s) => new Error(`GET https://b.example/o?X-Amz-Signature=${s}&x=1 failed`)],
  ['a header', (s) => new Error(`sent:\r\nAuthorization: Basic ${s}\r\nHost: b`)],
]

describe('The log never holds a secret that it was told of', () => {
  function openKnowing(): ReturnType<typeof openLog> {
    const opened = openLog()
    opened.log.neverWrite(canary)
    opened.log.neverWrite('another one that is told of')
    return opened
  }
  for (const [spellingName, spelling] of spellings) {
    for (const [place, errorOf] of places) {
      it(`as ${spellingName}, in ${place}`, () => {
        const { log, text } = openKnowing()
        const id = log.incident('test', errorOf(spelling))
        expect(text()).toContain(id)
        expect(hits(text())).toEqual([])
      })
    }
    it(`as ${spellingName}, in facts and names`, () => {
      const { log, text } = openKnowing()
      log.info(`event ${spelling}`, { place: spelling, [spelling]: 1, token: spelling })
      expect(hits(text())).toEqual([])
    })
  }
})

describe('The log withholds what authorises, though nobody told it', () => {
  const unknown = 'nobody-told-the-log-0123456789'
  const texts: readonly string[] = [
    `Authorization: Bearer ${unknown}`,
    `{"authorization":"${unknown}"}`,
    `{\\"Authorization\\":\\"${unknown}\\"}`,
    `x-amz-security-token: ${unknown}`,
    `'X-Amz-Security-Token': '${unknown}'`,
    `x-vault-token=${unknown}`,
    `Signature=${unknown}`,
    `Cookie: a=b; session=${unknown}`,
    `AWS4-HMAC-SHA256 Credential=AKIA/20261120/eu/s3, SignedHeaders=host, Signature=${unknown}`,
    `https://bucket.example/key?X-Amz-Credential=a&X-Amz-Signature=${unknown}`,
    `http://h-abc.localhost:8123/#${unknown}`,
    `s3://key:${unknown}@bucket`,
    `sftp://user:${unknown}@host/folder`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${unknown}\n-----END OPENSSH PRIVATE KEY-----`,
    `password=${unknown}`,
    `"passphrase": "${unknown}"`,
    `secretAccessKey: '${unknown}'`,
  ]
  it.each(texts)('%s', (line) => {
    const { log, text } = openLog()
    log.info('test', { line })
    log.incident('test', new Error(line))
    expect(text()).not.toContain(unknown)
  })

  it('and leaves what does not', () => {
    const { log, text } = openLog()
    const line = 'backups/kiok-prod/2026-11-20/manifest.json of s3://bucket/prefix is damaged at byte 512'
    log.info('test', { line, key: 'a/b.enc', count: 3, isGood: false, nothing: null })
    expect(JSON.parse(text())).toMatchObject({
      at: '2026-11-20T02:00:00.000Z',
      event: 'test',
      facts: { line, key: 'a/b.enc', count: 3, isGood: false, nothing: null },
    })
  })
})

describe('The log', () => {
  it('gives every incident an id of its own that can be searched for', () => {
    const { log, text } = openLog()
    const ids = Array.from({ length: 50 }, () => log.incident('test', new Error('x')))
    expect(new Set(ids).size).toBe(50)
    for (const id of ids) {
      expect(id).toMatch(/^[a-z0-9]{8}$/)
      expect(text()).toContain(`"incident":"${id}"`)
    }
  })

  it('belongs to its account alone', () => {
    const { log, folder } = openLog()
    log.info('test')
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'log/holdfast.log')).mode & 0o777).toBe(0o600)
  })

  it('keeps two files of 5 MB at most', () => {
    const { log, folder } = openLog()
    const line = 'a long line '.repeat(80_000)
    for (let index = 0; index < 16; index += 1) log.info('test', { line })
    expect(readdirSync(join(folder, 'log')).toSorted()).toEqual(['holdfast.1.log', 'holdfast.log'])
    for (const name of readdirSync(join(folder, 'log'))) {
      expect(statSync(join(folder, 'log', name)).size).toBeLessThan(6_000_000)
    }
  })

  it('ends at some depth where errors cause themselves', () => {
    const { log, text } = openLog()
    const error = new Error('round')
    error.cause = error
    log.incident('test', error)
    expect(text().match(/"message":"round"/g)).toHaveLength(6)
  })

  it('never throws: not for a folder that is none, not for what cannot be read', () => {
    const folder = join(root, 'none')
    mkdirSync(folder)
    writeFileSync(join(folder, 'log'), '')
    const log = openLogFile(folder, { clock, random: systemRandom })
    log.info('test')
    const trap = new Proxy(new Error('x'), {
      get() {
        throw new Error('trap')
      },
    })
    for (const thrown of [null, undefined, 1n, Symbol('s'), trap, Object.create(null)]) {
      expect(log.incident('test', thrown)).toMatch(/^[a-z0-9]{8}$/)
    }
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('')
  })
})
