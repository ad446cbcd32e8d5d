import { Outlet } from '@tanstack/react-router'
import { UnlockDialog } from '../areas/vault/unlock-dialog.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { Palette } from './palette/palette.tsx'

/** What is there on every page and in every wizard. */
export function Window() {
  return (
    <>
      <Outlet />
      <UnlockDialog />
      <HelpDialog />
      <Palette />
    </>
  )
}
