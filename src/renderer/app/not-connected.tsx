import { failureOf } from '../lib/failure.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'
import { frame } from '../ui/frame.tsx'
import { KitProvider } from '../ui/kit-provider.tsx'

/** The page without a desk behind it: why, and how to get back in. */
export function NotConnected({ error }: { readonly error: unknown }) {
  return (
    <KitProvider scheme="system" contrast="system">
      <main className={frame.page}>
        <h1 className={frame.title}>Holdfast</h1>
        <ErrorPanel failure={failureOf(error)} />
      </main>
    </KitProvider>
  )
}
