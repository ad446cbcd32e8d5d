import { printable } from '../../shared/domain/printable.ts'

/** Whether the browser could still be asked to show notifications of the system. */
export function canAsk(): boolean {
  return 'Notification' in window && Notification.permission === 'default'
}

/** A notification of the system, where this page is not seen and may show one; pressing it brings the page back. */
export function tellBySystem(title: string, body: string, onOpen: () => void): void {
  if (document.visibilityState !== 'hidden') return
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  const notice = new Notification(printable(title), { body: printable(body) })
  notice.addEventListener('click', () => {
    window.focus()
    notice.close()
    onOpen()
  })
}
