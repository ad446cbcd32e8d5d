import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The newest line of Electron in which a page of another origin could not read a custom scheme (CVE-2026-70604) began here. */
const oldestElectron = 42

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  /** Null where the platform has none. */
  readonly uid: number | null
}

/** Why there can be no desktop window on this machine, as the end of a sentence; null where there can be. */
export function whyNoDesktop({ platform, env, uid }: Machine): string | null {
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'there is no display'
  if (platform === 'linux' && uid === 0)
    return 'Electron keeps its sandbox only for an account that is not root'
  return null
}

/** What the electron package in a folder offers. */
export type ElectronState =
  | { readonly kind: 'ready'; readonly program: string }
  /** The package is there and its program is not: it is fetched by the package's own installer. */
  | { readonly kind: 'notFetched'; readonly installer: string }
  | { readonly kind: 'unusable'; readonly reason: string }

/** Looks into a folder of the electron package; null: there is none. */
export function electronIn(folder: string | null): ElectronState {
  if (folder === null) return { kind: 'unusable', reason: 'Electron is not installed' }
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  if (Number(version.split('.')[0]) < oldestElectron) {
    return { kind: 'unusable', reason: `Electron ${version} is too old to be safe` }
  }
  const name = join(folder, 'path.txt')
  const program = existsSync(name) ? join(folder, 'dist', readFileSync(name, 'utf8').trim()) : null
  return program !== null && existsSync(program)
    ? { kind: 'ready', program }
    : { kind: 'notFetched', installer: join(folder, 'install.js') }
}
