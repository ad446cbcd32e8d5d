import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export const cliFile = join(import.meta.dirname, '../../../out/main/cli.js')

export interface CliRun {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly nodeOptions?: readonly string[]
  /** The program, with its arguments, that starts it. */
  readonly startedBy?: readonly string[]
  /** What is piped in; left out: nothing can be read. */
  readonly input?: string | Uint8Array
}

/** A folder for one test file; gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the built command line with an environment of its own: nothing of this machine's settings reaches it. */
export async function runCli(
  home: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliRun> {
  const words = [...(options.startedBy ?? []), process.execPath, ...(options.nodeOptions ?? []), cliFile]
  const [program = process.execPath, ...before] = words
  const child = spawn(program, [...before, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HOLDFAST_STATE_DIR: join(home, 'state'),
      ...options.env,
    },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  // A program that has refused what it read so far reads no more.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.input)
  const [stdout, stderr, status] = await Promise.all([
    textOf(child.stdout ?? []),
    textOf(child.stderr ?? []),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ])
  return { status, stdout, stderr }
}

async function textOf(stream: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
