import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes every run of an installation that stands still one that this person has begun and holds. */
export async function handOver(stateFolder: string, to: string): Promise<void> {
  const folder = join(stateFolder, 'runbooks')
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.jsonl')) continue
    const path = join(folder, name)
    const text = await readFile(path, 'utf8')
    await writeFile(
      path,
      text.replaceAll(/"(startedBy|by)":"[^"]*"/g, (_, field: string) => `"${field}":"${to}"`),
    )
  }
}
