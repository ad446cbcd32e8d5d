import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import type { StepContext } from '../../src/main/ports/runbook.ts'
import { shellHost } from '../lab/shell-host.ts'

/** The so-manieth rename from now on is the script's end: before it is made, or after. */
export interface Death {
  readonly die: number
  readonly when: 'before' | 'after'
}

export interface DyingHost {
  readonly host: RemoteHost
  readonly dieAt: (death: Death) => void
  /** Whether the death has come; none comes any more. */
  readonly hasDied: () => boolean
}

/** This machine, where a shell is killed at one of the renames of its script; `folder` is for what that takes. */
export function dyingHost(folder: string): DyingHost {
  const bin = join(folder, 'bin')
  const die = join(folder, 'die')
  const when = join(folder, 'when')
  mkdirSync(bin, { recursive: true })
  // It kills the shell that has called it.
  writeFileSync(
    join(bin, 'perl'),
    `#!/bin/sh
left=$(cat ${die} 2>/dev/null || echo 0)
if [ "$left" = 1 ] && [ "$(cat ${when})" = before ]; then rm ${die}; kill -9 $PPID; exit 1; fi
/usr/bin/perl "$@"; code=$?
if [ "$left" = 1 ]; then rm ${die}; kill -9 $PPID; exit 1; fi
[ "$left" -gt 1 ] && echo $((left - 1)) >${die}
exit $code
`,
  )
  // Coreutils before 9.5 cannot rename without copying.
  writeFileSync(
    join(bin, 'mv'),
    '#!/bin/sh\ncase "$*" in *--no-copy*) exit 1;; esac\nexec /usr/bin/mv "$@"\n',
  )
  for (const name of ['perl', 'mv']) chmodSync(join(bin, name), 0o755)
  const host = shellHost()
  const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  return {
    host: { ...host, run: async (command, signal) => host.run({ ...command, environment }, signal) },
    dieAt(death) {
      writeFileSync(die, String(death.die))
      writeFileSync(when, death.when)
    },
    hasDied() {
      const isOver = !existsSync(die)
      rmSync(die, { force: true })
      return isOver
    },
  }
}

/** One death at each of the first so many renames, before and after it. */
export function deathsAt(renames: number): readonly Death[] {
  return Array.from({ length: renames }, (_, index) => index + 1).flatMap((die) => [
    { die, when: 'before' as const },
    { die, when: 'after' as const },
  ])
}

/** What a step of a run has there, that began at 1000 and takes back at 5000. */
export function stepOn(
  host: RemoteHost,
  known: Readonly<Record<string, string>>,
  runId = 'run-1',
): StepContext {
  return {
    session: { signal: new AbortController().signal, clock: { now: () => 5000 }, host: async () => host },
    runId,
    beganMs: 1000,
    line: () => undefined,
    known: new Map(Object.entries(known)),
  } as unknown as StepContext
}
