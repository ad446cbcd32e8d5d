import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { childEnvironment } from './child-environment.ts'
import { electronIn, whyNoDesktop } from './desktop-way.ts'

/** The desktop window of a machine, or why it can have none, as the end of a sentence. */
export type DesktopWindow =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'possible'
      /** Null once the window was there and is closed, or the signal came; else why there was none. */
      readonly open: (env: NodeJS.ProcessEnv, signal: AbortSignal) => Promise<string | null>
    }

/** Looks for Electron beside the package in `packageFolder`, whose entry it opens. Fetches and starts nothing yet. */
export function findDesktopWindow(packageFolder: string): DesktopWindow {
  const { platform, env } = process
  const reason = whyNoDesktop({ platform, env, uid: process.getuid?.() ?? null })
  if (reason !== null) return { kind: 'none', reason }
  const electron = electronIn(electronFolder(packageFolder))
  if (electron.kind === 'unusable') return { kind: 'none', reason: electron.reason }
  return {
    kind: 'possible',
    async open(environment, signal) {
      let found = electron
      if (found.kind === 'notFetched') {
        process.stdout.write('Electron is fetched once; that takes a minute.\n')
        await runHere(process.execPath, [found.installer], { env: childEnvironment(), signal })
        if (signal.aborted) return null
        const fetched = electronIn(electronFolder(packageFolder))
        if (fetched.kind !== 'ready') return 'Electron could not be fetched'
        found = fetched
      }
      const status = await runHere(found.program, [packageFolder], { env: environment, signal })
      if (status === 0 || signal.aborted) return null
      return `Electron ended with ${status === null ? 'a crash' : `status ${status}`}`
    },
  }
}

function electronFolder(packageFolder: string): string | null {
  try {
    return dirname(createRequire(join(packageFolder, 'package.json')).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/**
 * The status of a program that has this terminal while it runs, and is asked to end when the signal comes; null where it was
 * ended by a signal or did not start.
 */
export async function runHere(
  program: string,
  args: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<number | null> {
  if (signal.aborted) return null
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env })
    const end = (): void => void child.kill()
    const ended = (status: number | null): void => {
      signal.removeEventListener('abort', end)
      resolve(status)
    }
    signal.addEventListener('abort', end, { once: true })
    child.once('error', () => ended(null))
    child.once('close', ended)
  })
}
