import { expect, test } from 'vitest'
import type { CliDesk, CommandContext } from '../../../../src/main/cli/context.ts'
import { exitStatus } from '../../../../src/main/cli/exit-status.ts'
import { createOutput } from '../../../../src/main/cli/output.ts'
import { parseServe } from '../../../../src/main/cli/commands/serve.ts'
import { serveDesk } from '../../../../src/main/cli/serve-desk.ts'

test('Where another page cannot be made that is told, and what is served goes on', async () => {
  const said: string[] = []
  const stream = { isTerminal: false, columns: 80, write: (text: string) => void said.push(text) }
  const stop = new AbortController()
  let pages = 0
  const desk = {
    client: { jobs: { list: async () => [] } },
    serve: async () => ({
      origin: 'http://127.0.0.1:1',
      addresses: [],
      ended: new Promise<never>(() => undefined),
      close: async () => undefined,
      async makeLink() {
        pages += 1
        if (pages === 3) throw new Error('the disk is full')
        return { path: `/page-${pages}` }
      },
    }),
  } as unknown as CliDesk
  let lines = 0
  const ports = {
    stdinIsTerminal: () => false,
    async readLine() {
      lines += 1
      if (lines <= 2) return ''
      stop.abort()
      return null
    },
  }
  const output = createOutput({ stdout: stream, stderr: stream }, { json: false, colours: false })
  const context = { ports, output, signal: stop.signal } as unknown as CommandContext
  expect(await serveDesk(desk, { open: false } as never, context)).toBe(exitStatus.ok)
  const text = said.join('')
  expect(text).toContain('Another page could not be made.')
  expect(text).not.toContain('the disk is full')
  expect(text).toContain('/page-4')
})

test('What is served ends after twelve hours without a window, after as long as is said, or never', () => {
  expect(parseServe({}).idleMs).toBe(12 * 3_600_000)
  expect(parseServe({ idle: '5' }).idleMs).toBe(300_000)
  expect(parseServe({ idle: false }).idleMs).toBe(null)
  expect(() => parseServe({ idle: '0' })).toThrow('not a number from 1 to 100000')
})
