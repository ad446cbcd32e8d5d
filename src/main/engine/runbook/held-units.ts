import { HoldfastError } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { StepContext } from '../../ports/runbook.ts'
import { mustRunOn, type HostAccess } from './on-host.ts'
import { sh } from './twins.ts'

/**
 * Keeps units of systemd from starting while a run is open, a reboot of their host included: one file beside each unit, whose assertion
 * never holds, since `/` is always there.
 *
 * - It holds however the start is asked for: at boot, by a person, as a dependency, by a timer (documented, systemd.unit). `disable`
 *   holds the boot alone, and loses what was enabled at runtime or through an alias; `mask` fails where the unit's own file lies in
 *   /etc/systemd/system, and `mask --runtime` is gone after the reboot.
 * - An assertion, not a condition: a start fails and says so. With a condition `systemctl start` ends with 0, and nothing runs (tried
 *   with systemd 252).
 * - Whether a unit is enabled is never touched, so taking the file away gives back what was found. Nothing that runs is stopped by it.
 * - It counts for the systemd that runs once that has read it again (`daemon-reload`), and for the next one from its beginning.
 *
 * Each run has files of its own, so that one that is taken back leaves alone what another one holds.
 */
const beginOfName = 'zz-holdfast-'
const folder = '/etc/systemd/system'
/** `.new`: cut short before systemd could read it. `.released`: systemd reads it no more, and has perhaps not been told so yet. */
const pattern = new RegExp(`^${folder}/([^/\\s]+)\\.d/${beginOfName}([^/\\s]+)\\.(new|conf|released)$`)

const hold = `umask 022
name=$1 said=$2 cluster=$3
shift 3
for unit do
at=${folder}/$unit.d
mkdir -p -- "$at" &&
printf '%s\\n' "$said" "$cluster" '[Unit]' 'AssertPathExists=!/' >"$at/$name.new" &&
sync -- "$at/$name.new" && mv -f -- "$at/$name.new" "$at/$name.conf" && sync -- "$at" ${folder} || exit 1
done
systemctl daemon-reload`

const list = `for file in ${folder}/*.d/${beginOfName}*; do
[ -e "$file" ] && grep -qxF -- "$1" "$file" && echo "$file"
done
:`

/** The file goes only once systemd was told: cut short, there is still something to be found. */
const release = `for file do
case $file in *.conf) mv -f -- "$file" "\${file%.conf}.released" || exit 1;; esac
done
systemctl daemon-reload || exit 1
for file do
rm -f -- "\${file%.*}.released" "\${file%.*}.new" || exit 1
rmdir -- "\${file%/*}" 2>/dev/null || sync -- "\${file%/*}"
done
sync -- ${folder}`

export interface HeldUnit {
  readonly unit: string
  readonly run: string
  readonly file: string
}

type Context = Pick<StepContext, 'session'>

/** Once more changes nothing. */
export async function holdUnits(
  host: HostAccess,
  units: readonly string[],
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<void> {
  const { runId, session } = context
  const said = `# Held back by Holdfast while run ${runId} is open. By hand: remove this file, then systemctl daemon-reload.`
  const args = [`${beginOfName}${runId}`, said, clusterLine(session), ...units]
  await asRoot(host, hold, args, context)
}

/** What runs of this cluster hold back on a host, by the files there. */
export async function heldUnits(host: HostAccess, context: Context): Promise<readonly HeldUnit[]> {
  const { stdout } = await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', list, 'sh', clusterLine(context.session)], deadlineMs: 30_000 },
    context,
  )
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((file) => {
      const [, unit, run] = pattern.exec(file) ?? []
      if (unit === undefined || run === undefined) throw notUnderstood(host, file)
      return { unit, run, file }
    })
}

/** Gives back the start of these; every one of which is among `heldUnits`. */
export async function releaseUnits(
  host: HostAccess,
  held: readonly HeldUnit[],
  context: Context,
): Promise<void> {
  if (held.length === 0) return
  await asRoot(
    host,
    release,
    held.map(({ file }) => file),
    context,
  )
}

/** Which of these units the systemd that runs would not hold back for this run. */
export async function unheldUnits(
  host: HostAccess,
  units: readonly string[],
  context: Pick<StepContext, 'session' | 'runId'>,
): Promise<readonly string[]> {
  if (units.length === 0) return []
  const files = new Set((await heldUnits(host, context)).map(({ file }) => file))
  const { stdout } = await mustRunOn(
    host,
    { argv: ['systemctl', 'show', '--property=Id,DropInPaths', '--', ...units], deadlineMs: 30_000 },
    context,
  )
  const known = stdout.trim().split(/\n\s*\n/)
  return units.filter((unit) => {
    const file = `${folder}/${unit}.d/${beginOfName}${context.runId}.conf`
    const block = known.find((each) => each.split('\n').includes(`Id=${unit}`)) ?? ''
    return !files.has(file) || !heldIn(/^DropInPaths=(.*)$/m.exec(block)?.[1]).includes(file)
  })
}

/** The files of runs, of whichever cluster, among a unit's `DropInPaths`: what systemd itself has read. */
export function heldIn(dropInPaths = ''): readonly string[] {
  return dropInPaths.split(' ').filter((path) => pattern.test(path))
}

/** For a person, on the host. */
export function releaseByHand(runId: string): string {
  return `sudo rm ${folder}/*.d/${beginOfName}${runId}.conf && sudo systemctl daemon-reload`
}

/** `RUN` stands for the id of the run. */
export function holdByHand(units: readonly string[]): string {
  return sh`for unit in ${units}; do mkdir -p ${folder}/$unit.d && printf '[Unit]\\nAssertPathExists=!/\\n' >${folder}/$unit.d/${beginOfName}RUN.conf; done; systemctl daemon-reload`
}

async function asRoot(
  host: HostAccess,
  script: string,
  args: readonly string[],
  context: Context,
): Promise<void> {
  await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', script, 'sh', ...args],
      ...(!host.address.startsWith('root@') && { asUser: 'root' }),
      deadlineMs: 60_000,
    },
    context,
  )
}

/** By the cluster's name, as its lock folder is; in letters of one line. */
function clusterLine({ cluster }: Context['session']): string {
  return `# Cluster: ${encodeURIComponent(cluster.name)}`
}

function notUnderstood({ address }: HostAccess, line: string): HoldfastError {
  return new HoldfastError('host.badAnswer', {
    what: `What is held back on ${address} cannot be read.`,
    why: `It says: ${printable(line.slice(0, 200))}`,
    unchanged: 'Nothing there was changed.',
    next: `Look at ${folder} on that host.`,
  })
}
