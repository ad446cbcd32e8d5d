import * as z from 'zod'
import { sshValues } from '../../../shared/contract/connection-fields.ts'
import type { HostAccess } from '../../engine/runbook/on-host.ts'
import type { RunbookSetting } from '../../ports/runbook.ts'

/** Every system’s connection names its hosts and how they are logged in to by these two. */
const hostValues = z.object({
  hosts: z.array(z.string()).default([]),
  ssh: sshValues.prefault({}),
})

/** The hosts of the cluster that can be logged in to; none where its connection names none. */
export function clusterHosts({ cluster: { connection } }: RunbookSetting): readonly HostAccess[] {
  if (connection === null) return []
  const { success, data } = hostValues.safeParse(connection)
  return success ? data.hosts.map((address) => ({ address, ssh: data.ssh })) : []
}

/** Every host name that the connection mentions, in small letters: of origins and of hosts to log in to. */
export function mentionedHosts({ cluster: { connection } }: RunbookSetting): ReadonlySet<string> {
  const names = textsIn(connection).flatMap((text) => {
    const name = hostOf(text)
    return name === null ? [] : [name]
  })
  return new Set(names)
}

/** `https://host:port`, `user@host:port`, `host`; null where it is none of these. */
export function hostOf(text: string): string | null {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `ssh://${text}`)
  if (url === null || url.hostname === '') return null
  try {
    return decodeURIComponent(url.hostname).toLowerCase()
  } catch {
    // Any text of a connection may stand here; a percent sign makes it no name of a host.
    return null
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
