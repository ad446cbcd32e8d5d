import { useEffect } from 'react'
import { useClient } from './client.tsx'

/** Tells the console whether this window is seen, so that a finished job is told by the system only where it is not. */
export function useSeen(): void {
  const client = useClient()
  useEffect(() => {
    const tell = (): void => {
      // Nothing depends on it but a notification: a call that fails is not told.
      client.host.setVisible({ visible: document.visibilityState === 'visible' }).catch(() => undefined)
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [client])
}
