import { Modal, type ModalRootProps } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import s from './dialog.module.css'

interface Props extends Omit<ModalRootProps, 'title'> {
  readonly title: ReactNode
  readonly children?: ReactNode
}

/**
 * A question above the page. Its head is no landmark, unlike the kit's own. A form in it is not submitted to the form that
 * opened it: events go up by who rendered, not by where it stands in the page.
 */
export function Dialog({ title, children, ...root }: Props) {
  useFocusBack()
  return (
    // Nothing behind it scrolls but by a scroll of its own, so there is nothing to lock, which would lay out the whole page again.
    <Modal.Root lockScroll={false} {...root}>
      <Modal.Overlay backgroundOpacity={1} color="var(--hf-scrim)" />
      <Modal.Content radius="xl" classNames={{ content: s['content'] ?? '' }}>
        <div className={s['head']}>
          <Modal.Title className={s['title'] ?? ''}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body className={s['body'] ?? ''} onSubmit={(event) => event.stopPropagation()}>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

interface FootProps {
  /** What pressing it leaves alone, or what is missing. */
  readonly note?: ReactNode
  readonly children: ReactNode
}

/** The end of a dialog: a line, and its buttons at the right. */
export function DialogFoot({ note, children }: FootProps) {
  return (
    <div className={s['foot']}>
      <p>{note}</p>
      {children}
    </div>
  )
}

/**
 * The kit gives the focus back where a dialog closes, but not where it goes away at once: then the keyboard would be in nowhere.
 * Where what opened it is gone as well, the page has it.
 */
function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement
    return () => {
      if (document.activeElement !== document.body) return
      const opener = before instanceof HTMLElement && before.isConnected ? before : null
      ;(opener ?? document.getElementById('page'))?.focus({ preventScroll: true })
    }
  }, [])
}
