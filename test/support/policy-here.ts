import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { policyFile } from '../../src/main/hosts/policy-file.ts'

/** Whether a program can be given a policy of its own here. */
export const canHavePolicy =
  process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0
export const whyNoPolicy = canHavePolicy ? '' : ' (skipped: only root may mount here)'

/**
 * What starts a program that finds this text as the policy of its machine, and no other program does: `folder` stands where the
 * administrator's is, in a mount namespace of its own. The caller is root.
 */
export function underPolicyText(folder: string, text: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const file = join(folder, 'policy.json')
  writeFileSync(file, text)
  chmodSync(file, 0o644)
  const place = join(policyFile(), '..')
  mkdirSync(place, { recursive: true })
  const script = 'place=$1 && mount --bind "$0" "$place" && shift && exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, folder, place]
}
