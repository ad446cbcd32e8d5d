import { printable } from '../../shared/domain/printable.ts'
import type { Notice } from './tell-finished.ts'

/**
 * A notification whose text is shown and nothing else. On Linux the desktop takes the body for markup (freedesktop.org, Desktop
 * Notifications 1.2, "Markup": links and images too), and Electron hands it over as it is; a desktop without markup would show
 * an escape as it stands, so the signs that make a tag become others.
 */
export function plainNotice({ title, body }: Notice): Notice {
  return { title: printable(title), body: printable(body).replaceAll('<', '‹').replaceAll('>', '›') }
}
