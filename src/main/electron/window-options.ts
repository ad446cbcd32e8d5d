import type { BrowserWindowConstructorOptions } from 'electron'

/** The one window: sandboxed, isolated, with nothing of Node. What is a default of Electron's is stated all the same. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    title: 'Holdfast',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // It would fetch its dictionaries.
      spellcheck: false,
    },
  }
}
