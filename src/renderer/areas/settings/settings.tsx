import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'
import { AboutSection } from './about-section.tsx'
import { AnchorSection } from './anchor-section.tsx'
import { CredentialsSection } from './credentials-section.tsx'
import { DeskSection } from './desk-section.tsx'
import { HostsSection } from './hosts-section.tsx'
import { LooksSection } from './looks-section.tsx'
import { PolicySection } from './policy-section.tsx'
import { SetupSection } from './setup-section.tsx'
import { TargetsSection } from './targets-section.tsx'
import { VaultSection } from './vault-section.tsx'
import s from './settings.module.css'

export function Settings() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Settings' }]} />
      <h1 className={frame.title}>Settings</h1>
      <div className={s['columns']}>
        <section>
          <VaultSection />
          <CredentialsSection />
          <HostsSection />
          <TargetsSection />
          <AnchorSection />
          <PolicySection />
        </section>
        <section>
          <LooksSection />
          <DeskSection />
          <SetupSection />
          <AboutSection />
        </section>
      </div>
    </div>
  )
}
