import { Section } from '../../ui/frame.tsx'
import { policyWords } from '../../../shared/domain/policy-words.ts'
import { usePolicy } from '../../lib/use-policy.ts'
import s from './settings.module.css'

/** What the administrator has locked; nothing where that is nothing. */
export function PolicySection() {
  const policy = usePolicy()
  if (policy === null) return null
  return (
    <>
      <Section>Locked by the administrator</Section>
      <ul className={s['text']} aria-label="Locked by the administrator">
        {policyWords(policy).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <p className={s['text']}>
        Written in <code className={s['path']}>{policy.file}</code>, which is read when Holdfast starts.
      </p>
    </>
  )
}
