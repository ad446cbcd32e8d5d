import type { TargetEntry } from '../../ports/restore-target.ts'

export interface FoundEntry extends Omit<TargetEntry, 'holdsMount'> {
  readonly device: string
}

/** The three fields of an entry as find(1) says them: `%y %D:%i %U %G`, then its name or path. */
export function parseEntry(facts: string, name: string): FoundEntry {
  const [type = '', identity = '', uid = '', gid = ''] = facts.split(' ')
  return {
    name,
    kind: type === 'f' ? 'file' : type === 'd' ? 'folder' : type === 'l' ? 'link' : 'other',
    owner: { uid: Number(uid), gid: Number(gid) },
    identity,
    device: identity.slice(0, identity.indexOf(':')),
  }
}

/** With what is known of mounts: `path` is where the entry stands, `device` that of the folder it stands in. */
export function withMounts(
  { device: own, ...entry }: FoundEntry,
  {
    path,
    device,
    mounts,
  }: { readonly path: string; readonly device: string; readonly mounts: readonly Mount[] },
): TargetEntry {
  const holdsMount =
    own !== device || mounts.some(({ point }) => point === path || point.startsWith(`${path}/`))
  return { ...entry, holdsMount }
}

/** Something mounted, proc(5) /proc/PID/mountinfo. */
export interface Mount {
  readonly id: string
  readonly point: string
  readonly isReadOnly: boolean
}

export function parseMount(line: string): Mount {
  const words = line.split(' ')
  const superOptions = words.at(-1) ?? ''
  const isReadOnly = [words[5] ?? '', superOptions].some((options) => options.split(',').includes('ro'))
  return {
    id: words[0] ?? '',
    point: (words[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    ),
    isReadOnly,
  }
}
