import type { TargetEntry, TargetSurvey } from '../../ports/restore-target.ts'
import { refused } from '../target-rules/target-error.ts'
import { parseEntry, parseMount, withMounts, type FoundEntry, type Mount } from './entries.ts'
import { stagingScript, surveyScript } from './look-scripts.ts'
import type { RemotePlace } from './place.ts'
import { bookkeepingName } from './prelude.ts'
import type { RemoteShell } from './remote-shell.ts'
import type { BookArgs, TargetArgs } from './target-ids.ts'

interface Ways {
  readonly shell: RemoteShell
  readonly address: string
}

/** `target`: null as long as it does not exist; then the folder above is looked at. */
export async function surveyOf(
  target: TargetArgs | null,
  { shell, address, place }: Ways & { readonly place: RemotePlace },
): Promise<TargetSurvey> {
  const args = target ?? [place.above, place.aboveStat.identity]
  const said = await ask(surveyScript, [...args, target === null ? '0' : '1'], shell)
  if (said.may !== 'yes') {
    const isReadOnly = said.mounts.find(({ id }) => id === said.mount.trim())?.isReadOnly === true
    throw refused(
      `${address} cannot be written.`,
      isReadOnly ? 'The file system is mounted read-only.' : 'This account is not allowed to.',
      ...(isReadOnly ? [] : ['Use the account that owns the folder, or root.']),
    )
  }
  const [blocks = 0, blockBytes = 0] = said.space.split(' ').map(Number)
  const device = args[1].slice(0, args[1].indexOf(':'))
  return {
    folder: said.owner === null ? null : { owner: said.owner },
    entries: said.entries
      .filter(({ name }) => name !== bookkeepingName)
      .map((entry) =>
        withMounts(entry, { path: `${place.path}/${entry.name}`, device, mounts: said.mounts }),
      ),
    freeBytes: blocks * blockBytes,
    account: place.account,
    canGiveAway: place.account.uid === 0,
  }
}

/** Each staging folder with what stands directly in it. */
export async function listStaging(
  book: BookArgs,
  { shell }: Ways,
): Promise<readonly { readonly run: string; readonly entries: readonly TargetEntry[] }[]> {
  const { entries, mounts } = await ask(stagingScript, book, shell)
  const runs = entries.filter(({ name }) => !name.includes('/'))
  return runs.map((run) => ({
    run: run.name,
    entries: entries
      .filter(({ name }) => name.startsWith(`${run.name}/`))
      .map((entry) =>
        withMounts(
          { ...entry, name: entry.name.slice(run.name.length + 1) },
          { path: `${book[0]}/${bookkeepingName}/staging/${entry.name}`, device: run.device, mounts },
        ),
      ),
  }))
}

interface Said {
  readonly space: string
  readonly may: string
  readonly mount: string
  readonly owner: FoundEntry['owner'] | null
  readonly mounts: readonly Mount[]
  /** By name. */
  readonly entries: readonly FoundEntry[]
}

/** Fields come as a key and a value; the key `entry` has two. */
async function ask(script: string, args: readonly string[], shell: RemoteShell): Promise<Said> {
  const fields = (await shell.ask(script, args)) ?? []
  const values = new Map<string, string>()
  const mounts: Mount[] = []
  const entries: FoundEntry[] = []
  for (let at = 0; at < fields.length; at += 2) {
    const [key = '', value = ''] = fields.slice(at, at + 2)
    if (key === 'point') mounts.push(parseMount(value))
    else if (key === 'entry') entries.push(parseEntry(value, fields[(at += 1) + 1] ?? ''))
    else values.set(key, value)
  }
  const [uid, gid] = values.get('owner')?.split(' ').map(Number) ?? []
  return {
    space: values.get('space') ?? '',
    may: values.get('may') ?? '',
    mount: values.get('mount') ?? '',
    owner: uid === undefined || gid === undefined ? null : { uid, gid },
    mounts,
    entries: entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
