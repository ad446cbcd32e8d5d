import { Button, DialogFoot } from '../../ui/kit.ts'

interface Props {
  readonly note: string
  /** It is switched on already: what is kept changes. */
  readonly isOn: boolean
  readonly isReady: boolean
  readonly isSending: boolean
  readonly onClose: () => void
}

/** The end of a form that switches on what this console does on time. */
export function SwitchFoot({ note, isOn, isReady, isSending, onClose }: Props) {
  return (
    <DialogFoot note={note}>
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" variant="filled" disabled={!isReady} loading={isSending}>
        {isOn ? 'Keep' : 'Switch on'}
      </Button>
    </DialogFoot>
  )
}
