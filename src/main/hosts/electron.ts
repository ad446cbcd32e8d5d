import { app } from 'electron'
import { openWindow } from '../electron/window.ts'

app.enableSandbox()
await app.whenReady()
openWindow()
app.on('window-all-closed', () => app.quit())
