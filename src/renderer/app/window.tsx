import { Outlet } from '@tanstack/react-router'
import { UnlockDialog } from '../areas/vault/unlock-dialog.tsx'

/** What is there on every page and in every wizard. */
export function Window() {
  return (
    <>
      <Outlet />
      <UnlockDialog />
    </>
  )
}
