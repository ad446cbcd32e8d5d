import { readFile } from 'node:fs/promises'
import { parseMounts, type Mount } from '../target-rules/mount-aliases.ts'

/** Empty where the system has no such list, or does not show it. */
export async function mountsOf(process: string): Promise<readonly Mount[]> {
  return parseMounts(await readFile(`/proc/${process}/mountinfo`, 'utf8').catch(() => ''))
}

/** Where file systems are mounted. */
export async function mountPoints(): Promise<readonly string[]> {
  return (await mountsOf('self')).map(({ point }) => point)
}
