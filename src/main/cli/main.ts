import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import type { CliPorts } from './context.ts'
import { exitStatus, exitStatusOf, type ExitStatus } from './exit-status.ts'
import { createOutput, type Output } from './output.ts'
import { parseArguments } from './program.ts'
import { toldFailure } from './told-failure.ts'

/**
 * One run of the command line, from its arguments to its exit status. Never throws: what goes wrong is printed, as a
 * sentence for people or as one JSON document, and has its status.
 */
export async function main(
  args: readonly string[],
  ports: CliPorts,
  options: { readonly version: string; readonly signal: AbortSignal },
): Promise<ExitStatus> {
  const colours = ports.stdout.isTerminal && ports.env('NO_COLOR') === null
  // Before the arguments are understood, their words decide how a mistake in them is told.
  let output = createOutput(ports, { json: args.includes('--json'), colours })
  try {
    const parsed = await parseArguments(args, options.version)
    if (parsed.kind === 'text') {
      const stream = parsed.isMistake ? ports.stderr : ports.stdout
      stream.write(parsed.text)
      return parsed.isMistake ? exitStatus.usage : exitStatus.ok
    }
    output = createOutput(ports, { json: parsed.invocation.json, colours })
    return await parsed.invocation.run({ ports, output, signal: options.signal })
  } catch (thrown) {
    const error = await toldFailure(thrown)
    report(error, output, ports)
    return exitStatusOf(error)
  }
}

function report(error: unknown, output: Output, ports: CliPorts): void {
  const known = isHoldfastError(error) ? error : unexpected(error, ports)
  output.document({ error: { code: known.code, message: known.message } })
  const { what, why, unchanged, next } = known.text
  output.note(`holdfast: ${what}`)
  for (const part of [why, unchanged, next]) if (part !== undefined) output.note(`  ${part}`)
}

/** An unexpected error's own text may hold anything; where it happened is enough to find it. */
function unexpected(error: unknown, { env }: CliPorts): HoldfastError {
  const place = error instanceof Error ? /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] : undefined
  const detail = env('HOLDFAST_DEBUG') !== null && error instanceof Error ? ` ${error.stack}` : ''
  return new HoldfastError(
    'internal',
    {
      what: `This should not have happened${place === undefined ? '' : ` (at ${place})`}.${detail}`,
      why: 'It is a fault of Holdfast, not of the backup; no verdict was reached.',
      next: 'Run it again with HOLDFAST_DEBUG=1 and report what it prints, after reading it for secrets.',
    },
    { cause: error },
  )
}
