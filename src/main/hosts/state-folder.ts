import { join } from 'node:path'

/** Where this installation remembers things: `HOLDFAST_STATE_DIR`, else the place that each system has for such data. */
export function stateFolder(
  env: NodeJS.ProcessEnv,
  home: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = env['HOLDFAST_STATE_DIR']
  if (chosen) return chosen
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'holdfast')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'holdfast')
  // XDG Base Directory Specification 0.8: state that should persist but is not portable.
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'holdfast')
}
