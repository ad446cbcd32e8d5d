import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { runCli, type CliOptions, type CliRun } from './run-cli.ts'

export const passphrase = 'six random words are best'

/** A document as a script reads it: whatever stands there. */
export type Json = ReturnType<typeof JSON.parse>

/** An installation of its own, and its command line. */
export interface Installation {
  readonly home: string
  readonly passphraseFile: readonly string[]
  run(args: readonly string[], options?: CliOptions): Promise<CliRun>
  /** The JSON document of a command, and its status. */
  json(
    args: readonly string[],
    options?: CliOptions,
  ): Promise<{ readonly status: number | null; readonly value: Json }>
}

export function installation(home: string): Installation {
  const file = join(home, 'passphrase')
  writeFileSync(file, `${passphrase}\n`, { mode: 0o600 })
  const run: Installation['run'] = async (args, options) => runCli(home, args, options)
  return {
    home,
    passphraseFile: ['--passphrase-file', file],
    run,
    json: async (args, options) => {
      const { status, stdout } = await run([...args, '--json'], options)
      return { status, value: JSON.parse(stdout) }
    },
  }
}
