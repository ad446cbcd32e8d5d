import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/**
 * One build for every process. The command line and the worker are further entries of the main build, so they share
 * its chunks; the first line of `cli.js` comes from its source and makes it runnable as it stands.
 */
export default defineConfig({
  main: {
    build: {
      // The command line also runs on the oldest Node that the package allows.
      target: 'node20.19',
      rollupOptions: {
        input: {
          electron: 'src/main/hosts/electron.ts',
          start: 'src/main/hosts/start.ts',
          cli: 'src/main/hosts/cli.ts',
          worker: 'src/main/hosts/worker.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      isolatedEntries: true,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    // The shell that serves the page puts a fresh value in its place.
    html: { cspNonce: '__HOLDFAST_NONCE__' },
    // Nothing is inlined: the policy allows no `data:` address.
    build: {
      minify: true,
      assetsInlineLimit: 0,
      // One file of styles: in pieces, their order would follow the order in which pages are opened.
      cssCodeSplit: false,
      rollupOptions: {
        input: 'src/renderer/index.html',
        output: {
          // Each area is a piece of its own, by its lazy route; what all of them share is in three, and what connects
          // the page is by itself, so that it runs before the others are read.
          codeSplitting: {
            groups: [
              {
                name: 'connect',
                test: /vite\/preload-helper|node_modules[\\/](@orpc[\\/](client|shared|standard-server)|zod)|src[\\/](renderer[\\/]lib[\\/]connect|shared[\\/]domain[\\/]error)/,
              },
              { name: 'kit', test: /node_modules[\\/](@mantine|@floating-ui)/ },
              { name: 'libraries', test: /node_modules/ },
              { name: 'common', test: /src[\\/](shared|renderer[\\/](app|lib|ui))[\\/]/ },
            ],
          },
        },
      },
    },
  },
})
