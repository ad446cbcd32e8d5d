import { execFileSync } from 'node:child_process'
import { expect } from 'vitest'
import { createOutput } from '../../../../src/main/cli/output.ts'
import { parseArguments } from '../../../../src/main/cli/program.ts'
import { describeSystems } from '../../../../src/main/desk/live/describe-systems.ts'
import type { CliDesk, CommandContext } from '../../../../src/main/cli/context.ts'

type Call = readonly [procedure: string, input: unknown]
type Answers = Readonly<Record<string, unknown>>

/** What a real `sh` makes of a command, as the words that it would run. */
function parsedBySh(text: string): readonly string[] {
  const script = `set -- ${text}\nfor word; do printf '%s\\0' "$word"; done`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** A change that the desk was asked for; what the command would make of its answer is not looked at here. */
class Asked extends Error {
  readonly call: Call
  constructor(call: Call) {
    super(call[0])
    this.call = call
  }
}

/** A desk that gives the answers that it has, and stops at the first procedure that it has none for. */
function deskWith(answers: Answers): CliDesk {
  const group = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, procedure) => (input: unknown) => {
          const path = `${name}.${String(procedure)}`
          return path in answers ? Promise.resolve(answers[path]) : Promise.reject(new Asked([path, input]))
        },
      },
    )
  const client = new Proxy({}, { get: (_target, name) => group(String(name)) })
  return { client, close: async () => undefined } as unknown as CliDesk
}

/** Runs what is shown as an operator does who pastes it: by `sh`, the parser of arguments and the command; gives what it asks for. */
export async function pasted(command: string, answers: Answers, typed = ''): Promise<Call> {
  const [program, ...args] = parsedBySh(command)
  expect(program).toBe('holdfast')
  const parsed = await parseArguments(args, 'test')
  if (parsed.kind !== 'command') throw new Error(parsed.text)
  const stream = { isTerminal: false, columns: 80, write: () => undefined }
  const ports = {
    stdout: stream,
    stderr: stream,
    stateFolder: '/state',
    stdinIsTerminal: () => true,
    clock: { now: () => Date.parse('2026-11-21T02:14:00Z') },
    askSecret: async () => typed,
    readTextFile: async (path: string) => `text of ${path}`,
    openDesk: async () =>
      deskWith({ ...usualAnswers, 'masters.systems': await describeSystems(), ...answers }),
  }
  const output = createOutput(ports, { json: false, colours: false })
  const context = { ports, output, signal: new AbortController().signal } as unknown as CommandContext
  const ended = await parsed.invocation.run(context).catch((error: unknown) => error)
  if (ended instanceof Asked) return ended.call
  throw new Error(`${command} asked for nothing`, { cause: ended })
}

const usualAnswers: Answers = {
  'vault.status': { state: 'open', backend: 'sealedFile', name: 'vault' },
  'vault.credentials': [
    { id: 'reader', kind: 's3', label: 'Reader' },
    { id: 'key-1', kind: 'masterKey', label: 'Key 1' },
    { id: 'key-2', kind: 'masterKey', label: 'Key 2' },
  ],
}

export function clusterNamed(name: string) {
  return {
    id: 'c1',
    name,
    system: 'kiok',
    mode: 'protected' as const,
    address: 'file:///b',
    rpoMs: 86_400_000,
    rtoMs: null,
    masterKeys: ['key-1'],
    hostKeys: [{ host: 'admin@m1:22', fingerprint: 'SHA256:x' }],
    look: null,
  }
}

/** Names that a shell or a parser of arguments could take for something else. */
export const names = [
  'kiok-prod',
  '--all',
  '-h',
  "it's",
  '$(id)',
  'a b',
  '`id`; rm -rf ~',
  '"',
  '\\',
  'é\u202e',
]
