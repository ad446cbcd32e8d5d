import { useNavigate, useParams } from '@tanstack/react-router'
import { Button } from '../../ui/kit.ts'
import { WizardFrame } from '../../ui/wizard.tsx'

export function RestoreWizard() {
  const { id = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const leave = (): void => void navigate({ to: '/clusters/$id/backups', params: { id } })
  return (
    <WizardFrame
      title="Restore"
      mode="normal"
      steps={[{ name: 'Choose', state: 'now' }]}
      truth="Nothing has been changed."
      buttons={<Button onClick={leave}>Leave</Button>}
      onLeave={leave}
    >
      <h2>Choose</h2>
    </WizardFrame>
  )
}
