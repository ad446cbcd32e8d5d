import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import type { HostCommand, RemoteHost } from '../../src/main/ports/remote-host.ts'
import { seededBytes } from '../fakes/seeded-bytes.ts'
import { failure } from './store-helpers.ts'

export interface RemoteHostCase {
  /** A connection that nobody else uses. */
  open(): Promise<RemoteHost>
  /** Users as whom sudo runs commands, by what it asks for. */
  readonly asUsers: Readonly<Record<string, string | undefined>>
  cleanUp(): Promise<void>
}

const inputs = [
  { name: 'standard input', how: {} },
  { name: 'standard input that tells its own end', how: { stdinTellsItsEnd: true } },
] as const
const deadlineMs = 60_000

/** What every way to run commands on a host promises. */
export function remoteHostSuite(
  name: string,
  prepare: () => Promise<RemoteHostCase | { readonly skip: string }>,
): void {
  describe(`${name} runs commands`, () => {
    let prepared: RemoteHostCase | { readonly skip: string }
    let host: RemoteHost | null = null

    beforeAll(async () => {
      prepared = await prepare()
      if ('open' in prepared) host = await prepared.open()
    })
    afterAll(async () => {
      await host?.close()
      if ('cleanUp' in prepared) await prepared.cleanUp()
    })

    function at(context: TestContext): RemoteHost {
      return host ?? context.skip('skip' in prepared ? prepared.skip : 'no host')
    }

    const awkward = [
      '',
      ' ',
      'two words',
      `it's "quoted"`,
      '$HOME `id` $(id) \\ \\\\ !1 ~ * ? [a] {a,b}',
      'line\nfeed\ttab\rreturn\u0001\u007f',
      '-n',
      '--',
      'A=b',
      'äöü 日本 \u{1f600} \u0081',
      '; rm -rf / & | > <',
      '#',
    ]

    for (const [kind, user] of [
      ['as the one who logged in', () => undefined],
      ['through sudo without a password', (users: RemoteHostCase['asUsers']) => users['free']],
      ['through sudo with a password', (users: RemoteHostCase['asUsers']) => users['asked']],
    ] as const) {
      describe(kind, () => {
        function as(context: TestContext): Pick<HostCommand, 'asUser'> {
          at(context)
          const asUser = 'asUsers' in prepared ? user(prepared.asUsers) : undefined
          if (asUser === undefined && kind !== 'as the one who logged in')
            return context.skip('no such user here')
          return asUser === undefined ? {} : { asUser }
        }

        it('hands arguments over byte for byte', async (context) => {
          const { stdout, code } = await at(context).run({
            ...as(context),
            argv: ['printf', '%s\\0', ...awkward],
            deadlineMs,
          })
          expect(stdout.split('\0').slice(0, -1)).toEqual(awkward)
          expect(code).toBe(0)
        })

        it.for(inputs)('hands $name over byte for byte, and nothing before it', async ({ how }, context) => {
          const bytes = seededBytes('stdin', 3_000_001)
          async function* pieces(): AsyncGenerator<Uint8Array> {
            for (let from = 0; from < bytes.byteLength; from += 77_777) {
              yield bytes.subarray(from, from + 77_777)
            }
          }
          const running = await at(context).start({
            ...as(context),
            argv: ['cat'],
            stdin: pieces(),
            ...how,
            deadlineMs,
          })
          const hash = createHash('sha256')
          for await (const piece of running.stdout) hash.update(piece)
          expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
          expect(await running.ended).toEqual({ code: 0, signal: null, stderr: '' })
        })

        it.for(inputs)('sets variables, secret ones before $name', async ({ how }, context) => {
          async function* data(): AsyncGenerator<Uint8Array> {
            yield Buffer.from('the data')
          }
          const variables = { OPEN: awkward.join('|') }
          const secrets = { SECRET: awkward.join('\n'), EMPTY: '', TRAILING: 'x\n\n' }
          const argv = ['sh', '-c', 'printf "%s\\0" "$OPEN" "$SECRET" "$EMPTY" "$TRAILING"; cat'] as const
          const { stdout } = await at(context).run({
            ...as(context),
            argv,
            environment: variables,
            secretEnvironment: secrets,
            stdin: data(),
            ...how,
            deadlineMs,
          })
          expect(stdout.split('\0')).toEqual([
            variables.OPEN,
            secrets.SECRET,
            '',
            secrets.TRAILING,
            'the data',
          ])
        })

        it('gives the exit status, or the signal, and keeps the two outputs apart', async (context) => {
          const answer = await at(context).run({
            ...as(context),
            argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
            deadlineMs,
          })
          expect(answer).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' })
          const killed = await at(context).run({
            ...as(context),
            argv: ['sh', '-c', 'kill -KILL $$'],
            deadlineMs,
          })
          expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' })
        })

        it('ends a command at its deadline', async (context) => {
          const running = at(context).run({ ...as(context), argv: ['sleep', '1000'], deadlineMs: 700 })
          const error = await failure(running, 'host.timedOut')
          expect(error.message).toContain('sleep')
        })
      })
    }

    it('refuses NUL, which no program can be given', async (context) => {
      await failure(at(context).run({ argv: ['echo', 'a\0b'], deadlineMs }), 'usage')
      await failure(at(context).run({ argv: ['echo', '\ud800'], deadlineMs }), 'usage')
    })

    it.for(inputs)('ends with the command, whether it has read $name or not', async ({ how }, context) => {
      let closed = 0
      const endless: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: new Uint8Array(100_000) }),
          return: async () => {
            closed += 1
            return { done: true, value: undefined }
          },
        }),
      }
      const answer = await at(context).run({ argv: ['true'], stdin: endless, ...how, deadlineMs })
      expect(answer).toMatchObject({ code: 0, stdout: '' })
      expect(closed).toBe(1)
    })

    it.for(inputs)('passes on what a source of $name throws', async ({ how }, context) => {
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(100)
        throw new RangeError('the source broke')
      }
      const running = at(context).run({ argv: ['cat'], stdin: breaking(), ...how, deadlineMs })
      await expect(running).rejects.toThrow('the source broke')
    })

    it('keeps the last 64 KiB of standard error', async (context) => {
      const { stderr } = await at(context).run({
        argv: ['sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x >&2; printf "\\033end" >&2'],
        deadlineMs,
      })
      // The escape takes six characters to print.
      expect(stderr).toBe(`${'x'.repeat(64 * 1024 - 4)}\\u001bend`)
    })

    it('gives up an answer of more than 16 MiB', async (context) => {
      const flood = at(context).run({ argv: ['head', '-c', '17000000', '/dev/zero'], deadlineMs })
      await failure(flood, 'host.badAnswer')
    })

    it('can be cancelled before and while a command runs', async (context) => {
      const early = at(context).run({ argv: ['sleep', '1000'], deadlineMs }, AbortSignal.abort())
      await failure(early, 'cancelled')
      const cancel = new AbortController()
      const running = await at(context).start(
        { argv: ['sh', '-c', 'echo started; sleep 1000'], deadlineMs },
        cancel.signal,
      )
      const read = (async () => {
        for await (const piece of running.stdout) if (piece.byteLength > 0) cancel.abort()
      })()
      await failure(read, 'cancelled')
      await failure(running.ended, 'cancelled')
    })

    it('ends a command whose output nobody wants any more', async (context) => {
      const running = await at(context).start({ argv: ['yes'], deadlineMs })
      for await (const piece of running.stdout) {
        expect(Buffer.from(piece).toString('latin1')).toMatch(/^y/)
        break
      }
      await failure(running.ended, 'cancelled')
    })

    it('runs several commands at the same time', async (context) => {
      const answers = await Promise.all(
        ['one', 'two', 'three', 'four'].map(async (word) =>
          at(context).run({ argv: ['printf', '%s\\0', word], deadlineMs }),
        ),
      )
      expect(answers.map(({ stdout }) => stdout)).toEqual(['one\0', 'two\0', 'three\0', 'four\0'])
    })

    it('runs nothing once it is closed', async (context) => {
      at(context)
      if (!('open' in prepared)) return
      const other = await prepared.open()
      await other.close()
      await failure(other.run({ argv: ['true'], deadlineMs }), 'host.lost')
    })
  })
}
