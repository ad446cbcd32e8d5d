import { word } from '../../../engine/runbook/twins.ts'
import type { KiokSite } from './site.ts'

/** A request as an operator would make it: what is secret comes to curl through its standard input, because `ps` shows arguments. */
export function curl({ connection }: KiokSite, method: string, path: string, body?: string): string {
  const lines = [
    'header = "Authorization: Bearer %s"\\n',
    ...(body === undefined ? [] : [`header = "Content-Type: application/json"\\ndata = ${body}\\n`]),
  ].join('')
  const secrets = ['"$TOKEN"', ...(body?.includes('%s') === true ? ['"$PASSWORD"'] : [])].join(' ')
  return `printf '${lines}' ${secrets} | curl --config - -X ${method} ${word(`${connection.masters[0] ?? 'MASTER'}${connection.contextPath}${path}`)}`
}
