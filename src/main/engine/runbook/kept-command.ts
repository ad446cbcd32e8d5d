import { printable } from '../../../shared/domain/printable.ts'
import type { StepContext } from '../../ports/runbook.ts'
import { defineAlive } from './alive.ts'
import { mustRunOn, notThere, runOn, type HostAccess } from './on-host.ts'

/**
 * A command that changes something on a host. It goes on where the connection breaks, and its end can be looked up by a later
 * process: what it said and its status lie in a folder of its own account. So it is never run twice for want of an answer.
 */
export interface KeptCommand {
  /** Unique in the run on this host. */
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly asUser: string
  /** Where it is run. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  readonly secretEnvironment?: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

export type KeptEnd =
  /** It was never begun there by this run. */
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly code: number; readonly said: string }
  /** It began, and is gone without a status: killed, or the host went down. */
  | { readonly kind: 'gone'; readonly said: string }

/** Whether the process of the try in `$at` runs; its number may have been given to another one since. */
const defineRuns = `${defineAlive}runs() {
{ read -r pid started <"$at/process"; } 2>/dev/null
alive "$pid" && [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" = "$started" ]
}
`

/** Of one try: process, its start, output, status. */
const look = `[ -d "$at" ] || { echo none; exit 0; }
if [ -f "$at/status" ]; then echo "ended $(cat -- "$at/status")"; tail -c 4000 -- "$at/out" 2>/dev/null; exit 0; fi
if runs; then echo running; exit 0; fi
echo gone; tail -c 4000 -- "$at/out" 2>/dev/null
exit 0
`

/** What cannot be written down is not begun; where its status cannot be, nobody says how it ended. */
const run = `umask 077
top=$1 at=$2 folder=$3
shift 3
mkdir -p -- "$top" && [ -O "$top" ] && [ ! -L "$top" ] || { echo "$top is not mine" >&2; exit 97; }
if [ -d "$at" ] && [ ! -f "$at/status" ] && runs; then echo running; exit 0; fi
rm -rf -- "$at"
mkdir -- "$at" && cd -- "$folder" || exit 97
setsid sh -c 'at=$1
shift
echo "$$ $(cut -d" " -f22 /proc/$$/stat)" >"$at/process" || exit 97
"$@" >"$at/out" 2>&1 </dev/null
echo $? >"$at/status.new" && mv -- "$at/status.new" "$at/status"' sh "$at" "$@" &
wait "$!"
[ $? != 97 ] || { rm -rf -- "$at"; echo "$at cannot be written" >&2; exit 97; }
`

/** Runs it, and says how it ended. What it left running goes on. */
export async function runKept(
  host: HostAccess,
  command: KeptCommand,
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<KeptEnd> {
  const { argv, asUser, folder, environment, secretEnvironment, deadlineMs } = command
  const { top, at } = placeOf(command, context)
  const { code, stdout, stderr } = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', defineRuns + run + look, 'sh', top, at, folder, ...argv],
      asUser,
      ...(environment !== undefined && { environment }),
      ...(secretEnvironment !== undefined && { secretEnvironment }),
      deadlineMs,
    },
    context,
  )
  return readEnd(code, stdout, stderr, Object.entries(secretEnvironment ?? {}))
}

/** What became of it. `secrets` are never repeated, whatever it said. */
export async function keptEnd(
  host: HostAccess,
  command: Pick<KeptCommand, 'name' | 'asUser' | 'secretEnvironment'>,
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<KeptEnd> {
  const { at } = placeOf(command, context)
  const { code, stdout, stderr } = await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', `at=$1\n${defineRuns}${look}`, 'sh', at],
      asUser: command.asUser,
      deadlineMs: 30_000,
    },
    context,
  )
  return readEnd(code, stdout, stderr, Object.entries(command.secretEnvironment ?? {}))
}

/** Whether commands of this run have left anything on a host. */
export async function hasKept(
  host: HostAccess,
  asUser: string,
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<boolean> {
  const { top } = placeOf({ name: '', asUser }, context)
  const { code } = await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', `[ -e "$1" ] || exit ${notThere}`, 'sh', top], asUser, deadlineMs: 30_000 },
    context,
    [0, notThere],
  )
  return code === 0
}

/** From here on it was never begun: what it had done is taken back. */
export async function forgetKeptCommand(
  host: HostAccess,
  command: Pick<KeptCommand, 'name' | 'asUser'>,
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<void> {
  const { at } = placeOf(command, context)
  const { asUser } = command
  await mustRunOn(host, { argv: ['rm', '-rf', '--', at], asUser, deadlineMs: 30_000 }, context)
}

/** Takes away what commands of this run left of themselves on a host. */
export async function forgetKept(
  host: HostAccess,
  asUser: string,
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<void> {
  const { top } = placeOf({ name: '', asUser }, context)
  await mustRunOn(host, { argv: ['rm', '-rf', '--', top], asUser, deadlineMs: 30_000 }, context)
}

function placeOf(
  { name, asUser }: Pick<KeptCommand, 'name' | 'asUser'>,
  { runId }: Pick<StepContext, 'runId'>,
): { readonly top: string; readonly at: string } {
  const top = `/var/tmp/holdfast-${encodeURIComponent(runId)}-${asUser}`
  return { top, at: `${top}/${name}` }
}

function readEnd(
  code: number | null,
  stdout: string,
  stderr: string,
  secrets: readonly (readonly [string, string])[],
): KeptEnd {
  const cut = stdout.indexOf('\n')
  const word = cut === -1 ? stdout : stdout.slice(0, cut)
  const said = withoutSecrets(cut === -1 ? '' : stdout.slice(cut + 1), secrets)
  if (word === 'none') return { kind: 'none' }
  if (word === 'running') return { kind: 'running' }
  if (word === 'gone') return { kind: 'gone', said }
  const status = /^ended (\d+)$/.exec(word)?.[1]
  if (status !== undefined) return { kind: 'ended', code: Number(status), said }
  // The script itself went well, so what is missing is the status of the command.
  if (code === 0) return { kind: 'gone', said }
  return { kind: 'ended', code: code ?? 255, said: withoutSecrets(stderr, secrets) }
}

function withoutSecrets(text: string, secrets: readonly (readonly [string, string])[]): string {
  let safe = text
  for (const [name, value] of secrets) if (value !== '') safe = safe.replaceAll(value, `$${name}`)
  return printable(safe.trim().replace(/\s+/g, ' ')).slice(-400)
}
