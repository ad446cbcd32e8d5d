import { printable } from '../../../shared/domain/printable.ts'
import { mustRunOn, type HostAccess } from '../../engine/runbook/on-host.ts'
import type { StepContext } from '../../ports/runbook.ts'

/** Something on a host that holds a key: a process by its environment, or a file. */
export interface KeyHolder {
  readonly host: string
  /** `process 4242 (java)`, `/etc/kindling/master.key`. */
  readonly what: string
  /** SHA-256 over the label that was given and the key: to be compared, never shown. */
  readonly sha256: string
}

/**
 * Looks into the environment of every process for one variable, and at files by their names. A value stays in the shell that
 * reads it: it is no argument (printf is built into every sh) and no output; what leaves the host is a hash over a label
 * of this run and the value.
 */
const script = `variable=$1; label=$2; shift 2
if [ -n "$variable" ]; then
  for folder in /proc/[0-9]*; do
    value=$(tr '\\0' '\\n' <"$folder/environ" 2>/dev/null | sed -n "s/^$variable=//p")
    [ -n "$value" ] || continue
    hash=$({ printf '%s' "$label"; printf '%s' "$value"; } | sha256sum)
    name=$(tr -c 'A-Za-z0-9._\\n-' '?' <"$folder/comm" 2>/dev/null)
    echo "holds \${hash%% *} process \${folder#/proc/} ($name)"
  done
fi
for file in "$@"; do
  [ -s "$file" ] || continue
  hash=$({ printf '%s' "$label"; cat -- "$file"; } | sha256sum)
  echo "holds \${hash%% *} $file"
done
echo end`

/** As root: a process tells its environment to nobody else. Throws what a host throws. */
export async function findKeyHolders(
  host: HostAccess,
  wanted: { readonly variable: string | null; readonly files: readonly string[]; readonly label: string },
  context: Pick<StepContext, 'session'>,
): Promise<readonly KeyHolder[]> {
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', script, 'sh', wanted.variable ?? '', wanted.label, ...wanted.files],
      ...(!host.address.startsWith('root@') && { asUser: 'root' }),
      deadlineMs: 60_000,
    },
    context,
  )
  return stdout.split('\n').flatMap((line) => {
    const [, sha256, what] = /^holds ([0-9a-f]{64}) (.+)$/.exec(line) ?? []
    return sha256 === undefined || what === undefined
      ? []
      : [{ host: host.address, what: printable(what), sha256 }]
  })
}
