import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../../lib/client.tsx'
import { closingWords } from './model.ts'

/** What becomes of running jobs where the window is closed: of the desktop window Holdfast ends with it. */
export function WhenClosed() {
  const { data: info } = useQuery(useDesk().host.info.queryOptions())
  return info === undefined ? null : closingWords(info.shell)
}
