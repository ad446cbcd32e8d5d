import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '../../lib/client.tsx'
import { canAsk } from '../../lib/system-notice.ts'
import { Button } from '../../ui/kit.ts'

/** In a browser the system tells of an ended job only where the operator has allowed it; the desktop window does so by itself. */
export function TellDone() {
  const { data: info } = useQuery(useDesk().host.info.queryOptions())
  const [isAsked, setAsked] = useState(false)
  if (info?.shell !== 'browser' || isAsked || !canAsk()) return null
  return (
    <Button
      size="xs"
      variant="subtle"
      onClick={() => void Notification.requestPermission().finally(() => setAsked(true))}
    >
      Tell me when it is done…
    </Button>
  )
}
