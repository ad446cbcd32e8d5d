import { join } from 'node:path/posix'

/** What is mounted where, as one process sees it: proc(5) /proc/PID/mountinfo, fields 3 to 5. */
export interface Mount {
  readonly device: string
  /** Of the file system: the folder of it that is seen there. */
  readonly root: string
  readonly point: string
}

export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , device, root, point] = line.split(' ')
    if (device === undefined || root === undefined || point === undefined) return []
    return [{ device, root: unescaped(root), point: unescaped(point) }]
  })
}

/**
 * The names under which a process finds what this one finds at `path`, or a part of it: links in /proc say what it has open in
 * the words of its own mounts (mount_namespaces(7)). It is another name where a container has the folder as a volume, or where
 * the folder is bound to a second place.
 */
export function aliasesOf(path: string, own: readonly Mount[], theirs: readonly Mount[]): readonly string[] {
  const above = own.filter(({ point }) => restOf(path, point) !== null)
  // Of two at one place the later covers the earlier.
  const home = above.toReversed().toSorted((a, b) => b.point.length - a.point.length)[0]
  if (home === undefined) return []
  const inside = join(home.root, restOf(path, home.point) ?? '')
  return theirs
    .filter(({ device }) => device === home.device)
    .flatMap(({ root, point }) => {
      const rest = restOf(inside, root)
      if (rest !== null) return [join(point, rest)]
      return restOf(root, inside) === null ? [] : [point]
    })
}

/** What of a path lies below another one; null where it does not. */
function restOf(path: string, above: string): string | null {
  if (path === above) return ''
  if (above === '/') return path
  return path.startsWith(`${above}/`) ? path.slice(above.length) : null
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}
