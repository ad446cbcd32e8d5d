import { spawn } from 'node:child_process'
import { childEnvironment } from './child-environment.ts'

/** The platform's way to open a file with what the operator uses for it. */
function opener(path: string): readonly [command: string, ...args: string[]] | null {
  if (process.platform === 'darwin') return ['open', path]
  if (process.platform === 'win32') return ['explorer.exe', path]
  // Without a display there is no browser to open.
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open', path] : null
}

/** False where there is no browser, or nothing that opens one. */
export async function openInBrowser(path: string): Promise<boolean> {
  const command = opener(path)
  if (command === null) return false
  const [program, ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: childEnvironment() })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
