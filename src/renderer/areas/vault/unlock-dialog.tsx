import { askUnlock, useUnlockAsked } from '../../app/unlock-request.ts'
import { Modal } from '../../ui/kit.ts'
import { UnlockForm } from './unlock-form.tsx'

/** Opens wherever something needed a secret and found the vault locked. */
export function UnlockDialog() {
  const isAsked = useUnlockAsked()
  const close = (): void => askUnlock(false)
  // Above a dialog whose work needs the secret: Mantine puts each one at 200.
  return (
    <Modal zIndex={300} opened={isAsked} onClose={close} title="The vault is locked" centered>
      <UnlockForm onDone={close} onLeave={close} />
    </Modal>
  )
}
