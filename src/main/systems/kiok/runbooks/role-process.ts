import { HoldfastError } from '../../../../shared/domain/error.ts'
import { defineAlive } from '../../../engine/runbook/alive.ts'
import { mustRunOn, runOn, saidBy, type HostAccess } from '../../../engine/runbook/on-host.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KiokSite } from './site.ts'

export type Role = 'master' | 'worker'

export const roleWords = { master: 'A master', worker: 'A worker' } as const

/** One start or stop of a role on a host. */
export interface RoleAt {
  /** Unique among the starts of a run. */
  readonly id: string
  readonly role: Role
  readonly host: HostAccess
  readonly site: KiokSite
}

/** Documented (installation): pid files in bin; their names are not documented. */
const state = `${defineAlive}if [ -e "$1" ]; then echo "asked $(($(date +%s) - $(stat -c %Y -- "$1")))"; else echo never; fi
cd -- "$2" || exit 1
for file in bin/*"$3"*.pid; do
  [ -r "$file" ] || continue
  pid=$(cat -- "$file")
  kill -0 "$pid" 2>/dev/null && alive "$pid" && echo "pid $pid"
done
exit 0`

export interface Seen {
  /** How long ago this run asked for the start; null: never. */
  readonly askedMs: number | null
  readonly alive: readonly string[]
}

export async function lookAt(of: RoleAt, context: StepContext): Promise<Seen> {
  const { role, host, site } = of
  const output = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', state, 'sh', markOf(of, context), site.installFolder, role],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  if (output.code !== 0) {
    throw new HoldfastError('host.commandFailed', {
      what: `${site.installFolder} on ${host.address} cannot be entered.`,
      why: saidBy(output),
      next: 'Check the folder of kiok on that host.',
    })
  }
  const lines = output.stdout.trim().split('\n')
  const asked = lines
    .map((line) => /^asked (-?\d{1,12})$/.exec(line)?.[1])
    .find((found) => found !== undefined)
  return {
    askedMs: asked === undefined ? null : Number(asked) * 1000,
    alive: lines.flatMap((line) => /^pid (\d{1,10})$/.exec(line)?.[1] ?? []),
  }
}

/** Whether any master or worker of kiok has a process on a host; by its pid files. */
export async function runsOn(
  role: Role,
  host: HostAccess,
  site: KiokSite,
  context: StepContext,
): Promise<boolean> {
  return (await lookAt({ id: 'look', role, host, site }, context)).alive.length > 0
}

export function pids(alive: readonly string[]) {
  return alive.map((pid) => ({ name: 'pid', value: pid }))
}

/** In a folder of this run, so that a start is told from one of another run. */
export function markOf({ id, role }: Pick<RoleAt, 'id' | 'role'>, { runId }: StepContext): string {
  return `/var/tmp/holdfast-run-${runId}-${role}/${id}`
}

/** From here on this run has not asked for the start. */
export async function forgetMark(of: RoleAt, context: StepContext): Promise<void> {
  const { host, site } = of
  await mustRunOn(
    host,
    { argv: ['rm', '-f', '--', markOf(of, context)], ...as(userOn(site, host)), deadlineMs: 30_000 },
    context,
  )
}
